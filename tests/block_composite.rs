//! FETCH in blocks (RFC 7959, 2.7): what it names, what is answered, and what is notified.

mod common;

use client_lite::Storage;
use coap_lite::{CoapOption, Packet};
use common::block::{block, joined, number, part, with_block};
use common::composite::{fetch, names};
use common::manual::{Manual, code, observe};
use common::*;

const OBJECTS: [&str; 5] = ["/1/0", "/3/0", "/3200/0", "/3303/0", "/33000/0"];

fn server<const MESSAGE: usize>() -> Manual {
    Manual::of(Setup::new(1).build_in(leak(<Storage<MESSAGE>>::new())))
}

/// The blocks behind the first; with the names again, or without them.
fn rest(server: &mut Manual, first: &Packet, body: &[u8]) -> Vec<Packet> {
    let mut answers = vec![first.clone()];
    while let Some((number, true, size)) = block(answers.last().unwrap(), CoapOption::Block2) {
        let request = fetch(server, body);
        let request = with_block(request, CoapOption::Block2, (number + 1, false, size));
        answers.push(server.ask(&request));
    }
    answers
}

fn whole() -> Vec<u8> {
    let mut large = server::<8192>();
    let request = fetch(&mut large, &names(&OBJECTS));
    let answer = large.ask(&request);
    assert_eq!(code(&answer), "2.05");
    answer.payload
}

#[test]
fn a_large_answer() {
    let mut server = server::<128>();
    let body = names(&OBJECTS);
    for again in [&body[..], &[]] {
        let request = fetch(&mut server, &body);
        let first = server.ask(&request);
        assert_eq!(block(&first, CoapOption::Block2), Some((0, true, 64)));
        assert_eq!(number(&first, CoapOption::Size2), Some(whole().len()));
        let answers = rest(&mut server, &first, again);
        assert_eq!(joined(&answers), whole());
    }
}

/// Both ways: the answer to the last block of the names is the first of the values.
#[test]
fn a_large_question() {
    let mut server = server::<128>();
    let body = names(&OBJECTS);
    let count = body.chunks(16).len();
    for (number, piece) in body.chunks(16).enumerate() {
        let request = part(
            fetch(&mut server, b""),
            &body,
            number,
            piece,
            number + 1 < count,
            16,
        );
        let answer = server.ask(&request);
        let more = number + 1 < count;
        assert_eq!(block(&answer, CoapOption::Block1), Some((number, more, 16)));
        if more {
            assert_eq!(code(&answer), "2.31");
            continue;
        }
        assert_eq!(code(&answer), "2.05");
        // The last block again has the same answer.
        assert_eq!(server.ask(&request), answer);
        let answers = rest(&mut server, &answer, b"");
        assert_eq!(joined(&answers), whole());
    }
}

#[test]
fn a_large_notification() {
    let mut server = server::<128>();
    let body = names(&OBJECTS);
    let mut request = fetch(&mut server, &body);
    request.set_observe_value(0);
    let first = server.ask(&request);
    assert!(observe(&first).is_some());
    assert_eq!(joined(&rest(&mut server, &first, b"")), whole());
    server.objects.temperature.celsius = 21.0;
    let said = server.change("/3303/0/5700");
    assert_eq!((said.len(), said[0].get_token()), (1, request.get_token()));
    assert_eq!(block(&said[0], CoapOption::Block2), Some((0, true, 64)));
    for again in [&b""[..], &body] {
        let answers = rest(&mut server, &said[0], again);
        assert_eq!(joined(&answers).len(), whole().len());
    }
    // The observation has not been touched by that.
    let said = server.change("/3303/0/5700");
    assert_eq!(said.len(), 1);
}

/// Without names the further blocks are those of the newest content that had any.
#[test]
fn a_large_notification_after_another_read() {
    let mut server = server::<128>();
    let mut request = fetch(&mut server, &names(&OBJECTS));
    request.set_observe_value(0);
    server.ask(&request);
    let other = fetch(&mut server, &names(&["/1/0/1"]));
    assert_eq!(code(&server.ask(&other)), "2.05");
    let said = server.change("/3303/0/5700");
    assert_eq!(joined(&rest(&mut server, &said[0], b"")), whole());
}
