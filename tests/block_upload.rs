//! Values that an object takes block by block (RFC 7959, 2.5), so that no memory of the client bounds
//! them.

mod common;

use client_lite::{Event, RegisterReason, storage};
use coap_lite::{CoapOption, Packet, RequestType};
use common::block::{block, codes, number, part, put, with_block};
use common::manual::{Manual, code, with_body};
use common::*;
use demo_server::format::{OPAQUE, TEXT, TLV};

fn server(seed: u64) -> (Manual, Vault) {
    let storage = leak(<storage! { message_size: 256, observations: 4, changes: 4, requests: 4, location_size: 32, written_attributes: 4, composite_paths: 4, records: 4, body_size: 64 }>::new());
    Vault::with_server(Setup::new(seed).build_in(storage))
}

fn put_data(server: &mut Manual) -> Packet {
    with_body(server.request(RequestType::Put, "/33013/0/0"), OPAQUE, b"")
}

fn data(length: usize) -> Vec<u8> {
    (0..=255).cycle().take(length).collect()
}

/// Sends the block of this number, in blocks of 64 bytes of which there are four.
fn ask(server: &mut Manual, body: &[u8], number: usize) -> Packet {
    let piece = &body[number * 64..][..64];
    let request = part(put_data(server), body, number, piece, number < 3, 64);
    server.ask(&request)
}

#[test]
fn far_more_than_the_memory() {
    let (mut server, vault) = server(1);
    let body = data(100_000);
    let answers = put(&mut server, &put_data, &body, 256);
    assert_eq!(codes(&answers).last().unwrap(), "2.04");
    let last = block(answers.last().unwrap(), CoapOption::Block1);
    assert_eq!(last, Some((390, false, 256)));
    let steps = vault.steps();
    assert_eq!(steps[0], Step::Begin(Some(100_000)));
    assert!(steps[1..391].iter().all(|step| *step == Step::Piece(256)));
    assert_eq!(steps[391..], [Step::Piece(160), Step::Commit]);
    assert_eq!(vault.take_values(), [(0, body)]);
}

/// A value in a single message, or in one block, is written.
#[test]
fn small_values() {
    let (mut server, vault) = server(2);
    let request = |server: &mut Manual| server.request(RequestType::Put, "/33013/0/1");
    let plain = with_body(request(&mut server), TEXT, b"plain");
    assert_eq!(code(&server.ask(&plain)), "2.04");
    let single = part(request(&mut server), b"single", 0, b"single", false, 16);
    assert_eq!(code(&server.ask(&single)), "2.04");
    assert_eq!(vault.steps(), []);
    assert_eq!(
        vault.take_values(),
        [(1, b"plain".into()), (1, b"single".into())]
    );
}

/// Only bare values go to the object; others are collected, with the limit that this has.
#[test]
fn what_is_not_handed_on() {
    let (mut server, vault) = server(3);
    for (path, format) in [
        ("/33013/0/0", TLV),
        ("/33013/0/0", TEXT),
        ("/33013/0/1", OPAQUE),
        ("/33013/0/2", OPAQUE),
        ("/33013/0/3", TEXT),
        ("/33013/0", TLV),
        ("/33013/0/6", OPAQUE),
        ("/33013/0/99", OPAQUE),
        ("/33013/1/0", OPAQUE),
    ] {
        let request =
            |server: &mut Manual| with_body(server.request(RequestType::Put, path), format, b"");
        let answers = put(&mut server, &request, &data(65), 16);
        assert_eq!(codes(&answers), ["4.13"], "{path} {format}");
        let attributes = |server: &mut Manual| {
            let mut packet = put_data(server);
            packet.add_option(CoapOption::UriQuery, b"pmin=1".to_vec());
            packet
        };
        assert_eq!(
            codes(&put(&mut server, &attributes, &data(65), 16)),
            ["4.13"]
        );
    }
    assert_eq!((vault.steps(), vault.take_values()), (vec![], vec![]));
}

/// The formats of bare values, also those of LwM2M 1.0; without one a body is text.
#[test]
fn formats() {
    for (path, format) in [
        ("/33013/0/0", Some(OPAQUE)),
        ("/33013/0/0", Some(1544)),
        ("/33013/0/1", None),
        ("/33013/0/1", Some(TEXT)),
        ("/33013/0/1", Some(1541)),
    ] {
        let (mut server, vault) = server(4);
        let request = |server: &mut Manual| {
            let request = server.request(RequestType::Put, path);
            match format {
                Some(format) => with_body(request, format, b""),
                None => request,
            }
        };
        let body = vec![b'a'; 300];
        let answers = put(&mut server, &request, &body, 64);
        assert_eq!(codes(&answers).last().unwrap(), "2.04", "{path} {format:?}");
        assert_eq!(vault.take_values()[0].1, body);
    }
}

/// Blocks cut characters in two; the object gets whole ones.
#[test]
fn text() {
    let put_text = |server: &mut Manual| server.request(RequestType::Put, "/33013/0/1");
    for size in [16, 32, 64] {
        for shift in 0..4 {
            let (mut server, vault) = server(5);
            let body = ["x".repeat(shift), "aß世🌍".repeat(40)]
                .concat()
                .into_bytes();
            let answers = put(&mut server, &put_text, &body, size);
            assert_eq!(codes(&answers).last().unwrap(), "2.04");
            assert_eq!(vault.take_values(), [(1, body.clone())]);

            // An end in the middle of a character is none.
            let cut = &body[..body.len() - 1];
            let answers = put(&mut server, &put_text, cut, size);
            assert_eq!(codes(&answers).last().unwrap(), "4.00");
            assert_eq!(vault.steps().last(), Some(&Step::Abort));

            let mut wrong = body.clone();
            wrong[40] = 0xff;
            let answers = put(&mut server, &put_text, &wrong, size);
            assert_eq!(codes(&answers).last().unwrap(), "4.00");
            assert_eq!(answers.len(), 40 / size + 1);
            assert_eq!(vault.steps().last(), Some(&Step::Abort));
            assert_eq!(vault.take_values(), []);
        }
    }
}

/// A block again is a retransmission; the first block in a new message begins anew.
#[test]
fn again_and_anew() {
    let (mut server, vault) = server(6);
    let body = data(256);
    let first = part(put_data(&mut server), &body, 0, &body[..64], true, 64);
    for _ in 0..3 {
        assert_eq!(code(&server.ask(&first)), "2.31");
        assert_eq!(code(&ask(&mut server, &body, 1)), "2.31");
    }
    let begin = Step::Begin(Some(256));
    assert_eq!(vault.steps(), [begin, Step::Piece(64), Step::Piece(64)]);
    assert_eq!(code(&ask(&mut server, &body, 0)), "2.31");
    assert_eq!(vault.steps()[3..], [Step::Abort, begin, Step::Piece(64)]);
    for number in 1..3 {
        assert_eq!(code(&ask(&mut server, &body, number)), "2.31");
    }
    for _ in 0..2 {
        let last = ask(&mut server, &body, 3);
        assert_eq!(code(&last), "2.04");
        assert_eq!(block(&last, CoapOption::Block1), Some((3, false, 64)));
    }
    assert_eq!(vault.take_values(), [(0, body)]);
}

/// One upload at a time: another one takes its place.
#[test]
fn another_upload() {
    let (mut server, vault) = server(7);
    let body = data(256);
    assert_eq!(code(&ask(&mut server, &body, 0)), "2.31");
    let request = with_body(server.request(RequestType::Put, "/33013/0/2"), OPAQUE, b"");
    let other = with_block(request, CoapOption::Block1, (0, true, 16));
    let mut other = other;
    other.payload = data(16);
    assert_eq!(code(&server.ask(&other)), "2.31");
    assert_eq!(vault.steps()[2..], [Step::Abort]);
    assert_eq!(code(&ask(&mut server, &body, 1)), "4.08");
}

/// What stalls for EXCHANGE_LIFETIME is aborted then, and not at the next message.
#[test]
fn stalled() {
    let (mut server, vault) = server(8);
    let body = data(256);
    ask(&mut server, &body, 0);
    server.run_for(seconds(240));
    ask(&mut server, &body, 1);
    server.run_for(seconds(246));
    assert_eq!(vault.steps().len(), 3);
    server.run_for(seconds(2));
    assert_eq!(vault.steps()[3..], [Step::Abort]);
    assert_eq!(code(&ask(&mut server, &body, 2)), "4.08");
    server.run_for(hours(1));
    assert_eq!(vault.steps().len(), 4);
}

/// Where the server cannot go on with it, nobody waits for it.
#[test]
fn a_registration_that_ends() {
    let ends: [fn(&mut Manual); 3] = [
        |server| server.close(),
        |server| {
            server.transport.then(Ok(client_lite::Association::New));
            server.pause();
            server.resume();
            server.expect(Event::Registered(RegisterReason::NewAssociation));
        },
        |server| {
            server.peer = Peer::answering(|request| {
                let forgotten = coap_lite::ResponseType::NotFound;
                match operation(request)? {
                    demo_server::Operation::Update => Some(answer(request, forgotten)),
                    _ => manual::willing(request),
                }
            });
            server.update();
            server.run_for(seconds(1));
        },
    ];
    for end in ends {
        let (mut server, vault) = server(9);
        let body = data(256);
        ask(&mut server, &body, 0);
        end(&mut server);
        server.run_for(seconds(1));
        assert_eq!(vault.steps()[2..], [Step::Abort]);
    }
    // An association that goes on, and an Update, do no harm.
    let (mut server, vault) = server(10);
    let body = data(256);
    ask(&mut server, &body, 0);
    server.pause();
    server.resume();
    server.run_for(seconds(1));
    server.update();
    server.run_for(seconds(1));
    server.wire.clear();
    assert_eq!(code(&ask(&mut server, &body, 1)), "2.31");
    assert_eq!(vault.steps().len(), 3);
}

/// The object refuses a step: the server is told, and that was it.
#[test]
fn an_object_that_refuses() {
    let begin = Step::Begin(Some(256));
    let piece = Step::Piece(64);
    for (after, steps) in [
        (0, vec![begin]),
        (1, vec![begin, piece, Step::Abort]),
        (2, vec![begin, piece, piece, Step::Abort]),
        (4, vec![begin, piece, piece, piece, piece, Step::Abort]),
        (5, vec![begin, piece, piece, piece, piece, Step::Commit]),
    ] {
        let (mut server, vault) = server(11);
        vault.0.borrow_mut().refuse_after = Some(after);
        let body = data(256);
        let answers = put(&mut server, &put_data, &body, 64);
        assert_eq!(codes(&answers).last().unwrap(), "5.03");
        assert_eq!(vault.steps(), steps);
        assert_eq!(number(answers.last().unwrap(), CoapOption::Size1), None);
        if after >= 4 {
            assert_eq!(code(&ask(&mut server, &body, 3)), "5.03");
        }
        server.run_for(hours(1));
        assert_eq!(vault.steps(), steps);
        assert_eq!(vault.take_values(), []);
        let answers = put(&mut server, &put_data, &body, 64);
        assert_eq!(codes(&answers).last().unwrap(), "2.04");
    }
}

/// The object went away on the way.
#[test]
fn an_object_that_goes() {
    let (mut server, _) = server(12);
    let body = data(256);
    ask(&mut server, &body, 0);
    server.objects.others.clear();
    assert_eq!(code(&ask(&mut server, &body, 1)), "4.04");
    assert_eq!(code(&ask(&mut server, &body, 2)), "4.08");
}

/// The server sends each block until it is answered, over a network that loses and repeats.
#[test]
fn a_poor_network() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let (mut server, vault) = server(seed);
        for (path, format, length) in [("/33013/0/0", OPAQUE, 900), ("/33013/0/3", TEXT, 64)] {
            let body = data(length);
            let mut sent: Vec<Packet> = Vec::new();
            let pieces = body.chunks(16);
            let count = pieces.len();
            for (number, piece) in pieces.enumerate() {
                let request = with_body(server.request(RequestType::Put, path), format, b"");
                sent.push(part(request, &body, number, piece, number + 1 < count, 16));
                loop {
                    // Old ones come late.
                    if random.chance(0.2) {
                        let old = random.below(sent.len() as u64) as usize;
                        server.say(&sent[old]);
                    }
                    if random.chance(0.3) {
                        continue;
                    }
                    let answer = server.ask(sent.last().unwrap());
                    if random.chance(0.3) {
                        continue;
                    }
                    let expected = if number + 1 < count { "2.31" } else { "2.04" };
                    assert_eq!(code(&answer), expected, "seed {seed}, block {number}");
                    break;
                }
            }
            let values = vault.take_values();
            assert!(!values.is_empty());
            assert!(
                values.iter().all(|(_, value)| *value == body),
                "seed {seed}"
            );
        }
        let steps = vault.steps();
        assert_eq!(
            steps.iter().filter(|step| **step == Step::Commit).count(),
            1,
            "seed {seed}"
        );
    }
}

/// Whatever a server sends, an object sees uploads that begin, go on and end, and a value is never a
/// mixture of two.
#[test]
fn blocks_in_any_order() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let (mut server, vault) = server(seed);
        for _ in 0..300 {
            let size = 16 << random.below(7);
            let number = random.below(4) as usize;
            // The bytes tell the resource and the place.
            let resource = [0, 1, 2, 4][random.below(4) as usize];
            let length = match random.below(4) {
                0 => random.below(size as u64 + 2) as usize,
                _ => size,
            };
            let body: Vec<u8> = (0..length)
                .map(|offset| b'0' + ((number * size + offset) as u64 % 10) as u8)
                .collect();
            let path = format!("/33013/0/{resource}");
            let mut request = server.request(RequestType::Put, &path);
            // Bytes in plain text would be Base64.
            if resource == 0 || resource == 2 {
                request = with_body(request, OPAQUE, b"");
            } else if random.chance(0.2) {
                request = with_body(request, TEXT, b"");
            }
            let mut packet = with_block(
                request,
                CoapOption::Block1,
                (number, random.chance(0.7), size),
            );
            packet.payload = body;
            if random.chance(0.1) {
                let size = random.below(2000) as usize;
                packet = block::with_number(packet, CoapOption::Size1, size);
            }
            server.say(&packet);
            if random.chance(0.02) {
                server.run_for(seconds(300));
            }
            server.wire.clear();
        }
        for (resource, value) in vault.take_values() {
            if resource != 4 {
                let sound = value
                    .iter()
                    .enumerate()
                    .all(|(at, byte)| *byte == b'0' + (at % 10) as u8);
                assert!(sound, "seed {seed}: {resource} {value:?}");
            }
        }
        let mut open = false;
        for step in vault.steps() {
            assert_eq!(open, !matches!(step, Step::Begin(_)), "seed {seed}");
            open = !matches!(step, Step::Commit | Step::Abort);
        }
    }
}
