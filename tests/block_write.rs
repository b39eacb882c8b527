//! What the server writes in blocks (RFC 7959, 2.5) is carried out as if it had come in one message.

mod common;

use client_lite::{Event, RegisterReason, storage};
use coap_lite::{CoapOption, Packet, RequestType};
use common::block::{block, codes, number, part, put, with_block};
use common::manual::{Manual, code, non, with_body};
use common::*;
use demo_server::format::{OPAQUE, TEXT, TLV};

fn server(seed: u64) -> (Manual, Vault) {
    Vault::with_server(Setup::new(seed).build())
}

fn text(length: usize) -> Vec<u8> {
    (b'a'..=b'z').cycle().take(length).collect()
}

fn put_text(server: &mut Manual) -> Packet {
    let request = server.request(RequestType::Put, "/33013/0/3");
    with_body(request, TEXT, b"")
}

#[test]
fn a_value_in_blocks() {
    let (mut server, vault) = server(1);
    for (length, size) in [
        (1000, 64),
        (1024, 1024),
        (1024, 16),
        (17, 16),
        (32, 16),
        (500, 512),
    ] {
        let body = text(length);
        let answers = put(&mut server, &put_text, &body, size);
        let (last, others) = answers.split_last().expect("answers");
        assert_eq!(code(last), "2.04");
        let count = length.div_ceil(size);
        assert_eq!(answers.len(), count);
        assert_eq!(
            block(last, CoapOption::Block1),
            Some((count - 1, false, size))
        );
        for (number, answer) in others.iter().enumerate() {
            assert_eq!(code(answer), "2.31");
            assert_eq!(
                block(answer, CoapOption::Block1),
                Some((number, true, size))
            );
        }
        assert_eq!(vault.take_values(), [(3, body)]);
    }
    assert_eq!(vault.steps(), []);
}

/// Several values take place as a whole or not at all.
#[test]
fn an_instance_in_blocks() {
    let (mut server, vault) = server(2);
    let request = |server: &mut Manual| {
        let request = server.request(RequestType::Post, "/33013/0");
        with_body(request, TLV, b"")
    };
    let body = [&[0xc8, 3, 200], &text(200)[..]].concat();
    let sound = [&body[..], &[0xc1, 4, 7]].concat();
    assert_eq!(
        codes(&put(&mut server, &request, &sound, 64))
            .last()
            .unwrap(),
        "2.04"
    );
    assert_eq!(
        vault.take_values(),
        [(3, text(200)), (4, b"Integer(7)".to_vec())]
    );
    let refused = [&body[..], &[0xc1, 4, 0xff]].concat();
    assert_eq!(
        codes(&put(&mut server, &request, &refused, 64))
            .last()
            .unwrap(),
        "4.00"
    );
    assert_eq!(vault.take_values(), []);
}

/// 2.9.3: over the limit it is too large; where the size is told, from the first block on.
#[test]
fn a_body_that_is_too_large() {
    let (mut server, vault) = server(3);
    let answers = put(&mut server, &put_text, &text(1025), 128);
    assert_eq!(codes(&answers), ["4.13"]);
    assert_eq!(number(&answers[0], CoapOption::Size1), Some(1024));
    assert_eq!(
        block(&answers[0], CoapOption::Block1),
        Some((0, false, 128))
    );

    // Where nobody tells it, once it is.
    let block_of = |server: &mut Manual, number, more, length| {
        let block = (number, more, 128);
        let mut request = with_block(put_text(server), CoapOption::Block1, block);
        request.payload = text(length);
        server.ask(&request)
    };
    for number in 0..8 {
        assert_eq!(code(&block_of(&mut server, number, true, 128)), "2.31");
    }
    let answer = block_of(&mut server, 8, false, 1);
    assert_eq!(code(&answer), "4.13");
    assert_eq!(number(&answer, CoapOption::Size1), Some(1024));
    assert_eq!(vault.take_values(), []);
    // The next one is as good as any.
    put(&mut server, &put_text, &text(1024), 128);
    assert_eq!(vault.take_values(), [(3, text(1024))]);
}

/// The limit is the application's.
#[test]
fn the_largest_body() {
    let storage = leak(<storage! { observations: 4, changes: 4, requests: 4, location_size: 32, written_attributes: 4, composite_paths: 4, records: 4, body_size: 5000 }>::new());
    let (mut server, vault) = Vault::with_server(Setup::new(4).build_in(storage));
    put(&mut server, &put_text, &text(5000), 1024);
    assert_eq!(vault.take_values(), [(3, text(5000))]);
    assert_eq!(
        codes(&put(&mut server, &put_text, &text(5001), 1024)),
        ["4.13"]
    );
}

/// 2.3: blocks that are larger than this device's messages should be smaller.
#[test]
fn smaller_blocks_are_proposed() {
    let storage = leak(<storage! { message_size: 256, observations: 4, changes: 4, requests: 4, location_size: 32 }>::new());
    let (mut server, vault) = Vault::with_server(Setup::new(5).build_in(storage));
    let body = text(1000);
    let first = part(put_text(&mut server), &body, 0, &body[..512], true, 512);
    let answer = server.ask(&first);
    assert_eq!(block(&answer, CoapOption::Block1), Some((0, true, 256)));
    let second = part(put_text(&mut server), &body, 2, &body[512..768], true, 256);
    assert_eq!(code(&server.ask(&second)), "2.31");
    let third = part(put_text(&mut server), &body, 3, &body[768..], false, 256);
    assert_eq!(code(&server.ask(&third)), "2.04");
    assert_eq!(vault.take_values(), [(3, body)]);
}

/// A body of one block needs none.
#[test]
fn a_single_block() {
    let (mut server, vault) = server(6);
    for (length, size) in [(0, 16), (5, 16), (16, 16), (1024, 1024)] {
        let body = text(length);
        let request = part(put_text(&mut server), &body, 0, &body, false, size);
        let answer = server.ask(&request);
        assert_eq!(code(&answer), "2.04");
        assert_eq!(block(&answer, CoapOption::Block1), Some((0, false, size)));
        assert_eq!(vault.take_values(), [(3, body)]);
    }
}

/// A block that was taken is answered again, and not taken twice; the last one too.
#[test]
fn blocks_that_come_again() {
    let (mut server, vault) = server(7);
    let body = text(100);
    let mut all = Vec::new();
    for (number, piece) in body.chunks(32).enumerate() {
        let request = part(put_text(&mut server), &body, number, piece, number < 3, 32);
        let answer = server.ask(&request);
        // At once, and under another message id.
        assert_eq!(server.ask(&request), answer);
        if (1..3).contains(&number) {
            let mut again = request.clone();
            again.header.message_id += 0x800;
            assert_eq!(code(&server.ask(&again)), "2.31");
        }
        all.push((request, answer));
        // And those before it, late.
        for (request, answer) in &all {
            assert_eq!(server.ask(request).header.code, answer.header.code);
        }
    }
    let values = vault.take_values();
    assert!(
        values.iter().all(|value| *value == (3, body.clone())),
        "{values:?}"
    );
    // The last one may write again what it wrote (RFC 7252, 4.5).
    server.run_for(seconds(200));
    let (request, answer) = &all[3];
    assert_eq!(server.ask(request), *answer);
    assert_eq!(vault.take_values(), [(3, body)]);
}

/// What must not run twice does not, although its last block comes again.
#[test]
fn an_execution_in_blocks() {
    let (mut server, vault) = server(8);
    let arguments = b"0='a rather long argument for an execution'".to_vec();
    let request = |server: &mut Manual| server.request(RequestType::Post, "/33013/0/5");
    let before = server
        .request(RequestType::Post, "/33013/0/5")
        .header
        .message_id;
    let answers = put(&mut server, &request, &arguments, 16);
    assert_eq!(codes(&answers).last().unwrap(), "2.04");
    let mut last = request(&mut server);
    last.header.message_id = before + 3;
    let last = part(last, &arguments, 2, &arguments[32..], false, 16);
    let again = server.ask(&last);
    assert_eq!(
        (code(&again).as_str(), block(&again, CoapOption::Block1)),
        ("2.04", Some((2, false, 16)))
    );
    assert_eq!(vault.take_values(), [(5, arguments.clone())]);
    // Nor in a message of its own, since there is nothing left that it could be the end of.
    let last = request(&mut server);
    let last = part(last, &arguments, 2, &arguments[32..], false, 16);
    assert_eq!(code(&server.ask(&last)), "4.08");
    assert_eq!(vault.take_values(), []);
    // Blocks on the way take no place among what must not run twice.
    for _ in 0..7 {
        assert_eq!(
            codes(&put(&mut server, &request, &arguments, 16))
                .last()
                .unwrap(),
            "2.04"
        );
    }
    let answers = put(&mut server, &request, &arguments, 16);
    assert_eq!(codes(&answers), ["2.31", "2.31", "5.03"]);
    assert_eq!(vault.take_values().len(), 7);
}

/// 2.5: the first block again begins anew.
#[test]
fn an_upload_that_begins_anew() {
    let (mut server, vault) = server(9);
    let (old, new) = (vec![b'x'; 100], text(100));
    for number in 0..2 {
        let piece = &old[number * 32..][..32];
        let request = part(put_text(&mut server), &old, number, piece, true, 32);
        assert_eq!(code(&server.ask(&request)), "2.31");
    }
    assert_eq!(
        codes(&put(&mut server, &put_text, &new, 32))
            .last()
            .unwrap(),
        "2.04"
    );
    assert_eq!(vault.take_values(), [(3, new)]);
}

/// 2.9.2: without what comes before it, a block is no use.
#[test]
fn a_gap() {
    let (mut server, vault) = server(10);
    let body = text(128);
    let ask = |server: &mut Manual, number: usize, more| {
        let piece = &body[number * 32..][..32];
        let request = part(put_text(server), &body, number, piece, more, 32);
        code(&server.ask(&request))
    };
    assert_eq!(ask(&mut server, 1, true), "4.08");
    assert_eq!(ask(&mut server, 0, true), "2.31");
    assert_eq!(ask(&mut server, 2, true), "4.08");
    assert_eq!(ask(&mut server, 3, false), "4.08");
    // What is there is not lost.
    assert_eq!(ask(&mut server, 1, true), "2.31");
    assert_eq!(ask(&mut server, 2, true), "2.31");
    assert_eq!(ask(&mut server, 1, false), "4.08");
    assert_eq!(ask(&mut server, 3, false), "2.04");
    assert_eq!(vault.take_values(), [(3, body)]);
}

/// Only what has the same method and options is the same upload (RFC 7959, 2.5; RFC 9175, 3.3).
#[test]
fn blocks_of_another_request() {
    let body = text(64);
    let plain = put_text;
    let path =
        |server: &mut Manual| with_body(server.request(RequestType::Put, "/33013/0/2"), TEXT, b"");
    let method =
        |server: &mut Manual| with_body(server.request(RequestType::Post, "/33013/0/3"), TEXT, b"");
    let format = |server: &mut Manual| {
        with_body(server.request(RequestType::Put, "/33013/0/3"), OPAQUE, b"")
    };
    let tag = |server: &mut Manual| {
        let mut request = put_text(server);
        request.add_option(CoapOption::Unknown(292), vec![1]);
        request
    };
    for other in [
        &path as &dyn Fn(&mut Manual) -> Packet,
        &method,
        &format,
        &tag,
    ] {
        let (mut server, vault) = server(11);
        let first = part(plain(&mut server), &body, 0, &body[..32], true, 32);
        assert_eq!(code(&server.ask(&first)), "2.31");
        let foreign = part(other(&mut server), &body, 1, &body[32..], false, 32);
        assert_eq!(code(&server.ask(&foreign)), "4.08");
        // Requests without blocks go in between.
        let other = with_body(
            server.request(RequestType::Put, "/33013/0/3"),
            TEXT,
            b"other",
        );
        assert_eq!(code(&server.ask(&other)), "2.04");
        let last = part(plain(&mut server), &body, 1, &body[32..], false, 32);
        assert_eq!(code(&server.ask(&last)), "2.04");
        assert_eq!(
            vault.take_values(),
            [(3, b"other".to_vec()), (3, body.clone())]
        );
    }
}

/// A block that is followed by others is full; none is longer than its size.
#[test]
fn blocks_of_a_wrong_length() {
    let (mut server, vault) = server(12);
    for (length, more) in [(15, true), (0, true), (17, true), (17, false)] {
        let request = part(put_text(&mut server), &text(99), 0, &text(length), more, 16);
        assert_eq!(code(&server.ask(&request)), "4.00");
    }
    assert_eq!(vault.take_values(), []);
}

/// What stalls is forgotten.
#[test]
fn an_upload_that_stalls() {
    let (mut server, vault) = server(13);
    let body = text(96);
    let ask = |server: &mut Manual, number: usize| {
        let piece = &body[number * 32..][..32];
        let request = part(put_text(server), &body, number, piece, number < 2, 32);
        code(&server.ask(&request))
    };
    assert_eq!(ask(&mut server, 0), "2.31");
    server.run_for(seconds(246));
    assert_eq!(ask(&mut server, 1), "2.31");
    server.run_for(seconds(248));
    assert_eq!(ask(&mut server, 2), "4.08");
    assert_eq!(vault.take_values(), []);
}

/// Another association, or registration, knows nothing of it.
#[test]
fn an_association_that_ends() {
    let (mut server, _) = server(14);
    let body = text(64);
    let first = part(put_text(&mut server), &body, 0, &body[..32], true, 32);
    assert_eq!(code(&server.ask(&first)), "2.31");
    server.transport.then(Ok(client_lite::Association::New));
    server.pause();
    server.resume();
    server.expect(Event::Registered(RegisterReason::NewAssociation));
    server.wire.clear();
    let last = part(put_text(&mut server), &body, 1, &body[32..], false, 32);
    assert_eq!(code(&server.ask(&last)), "4.08");
}

/// Blocks that need no acknowledgement.
#[test]
fn non_confirmable_blocks() {
    let (mut server, vault) = server(15);
    let body = text(64);
    for (number, piece) in body.chunks(32).enumerate() {
        let request = part(put_text(&mut server), &body, number, piece, number < 1, 32);
        let answer = server.ask(&non(request));
        assert_eq!(code(&answer), ["2.31", "2.04"][number]);
    }
    assert_eq!(vault.take_values(), [(3, body)]);
}

/// The bootstrap server writes accounts in blocks, too.
#[test]
fn an_account_in_blocks() {
    let mut world = bootstrap::world(16);
    world.peer = Peer::answering(|request| match operation(request)? {
        demo_server::Operation::BootstrapRequest => {
            Some(answer(request, coap_lite::ResponseType::Changed))
        }
        _ => manual::willing(request),
    });
    world.register();
    world.run_for(seconds(1));
    let uri = b"coap://a-server-with-a-long-name.example.org";
    let security = [
        &[0xc8, 0, uri.len() as u8],
        &uri[..],
        b"\xc1\x01\x00\xc1\x02\x03\xc1\x0a\x07",
    ];
    let server: &[&[u8]] = &[b"\xc1\x00\x07\xc2\x01\x0e\x10\xc1\x06\x00\xc1\x07U"];
    let mut id = 0x2000;
    for (path, body) in [
        (["0", "1"], security.concat()),
        (["1", "0"], server.concat()),
    ] {
        let count = body.chunks(16).len();
        for (number, piece) in body.chunks(16).enumerate() {
            let mut request = Packet::new();
            request.header.code = coap_lite::MessageClass::Request(RequestType::Put);
            id += 1;
            request.header.message_id = id;
            for segment in path {
                request.add_option(CoapOption::UriPath, segment.into());
            }
            let request = with_body(request, TLV, b"");
            let more = number + 1 < count;
            let request = part(request, &body, number, piece, more, 16);
            world.deliver(&bytes(&request));
            let answer = world.wire.up().last().expect("an answer").packet();
            assert_eq!(code(&answer), if more { "2.31" } else { "2.04" });
        }
    }
    let mut finish = Packet::new();
    finish.header.code = coap_lite::MessageClass::Request(RequestType::Post);
    finish.header.message_id = 0x3000;
    finish.add_option(CoapOption::UriPath, b"bs".to_vec());
    world.deliver(&bytes(&finish));
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    let opened = world.transport.opened.last().expect("an association");
    assert_eq!(opened.uri.as_bytes(), uri);
}
