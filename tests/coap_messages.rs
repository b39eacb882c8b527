//! The message layer (RFC 7252): what the device says to each kind of message, and what it keeps
//! silent to.

mod common;

use client_lite::{Event, RegisterReason, storage};
use coap_lite::{CoapOption, MessageType, Packet, RequestType};
use common::manual::*;
use common::*;
use demo_server::Operation;

const TEXT: u16 = 0;
const TLV: u16 = 11542;
const CONFIRMABLE: u8 = 0x40;
const OTHER_TYPES: [u8; 3] = [0x50, 0x60, 0x70];
const MOVE: &str = "/33000/0/4";

fn executions(server: &Manual) -> i64 {
    server.objects.actuator.as_ref().expect("there").executions
}

#[track_caller]
fn assert_reset(said: &[Packet], id: u16) {
    let reset = bytes(&empty(MessageType::Reset, id));
    assert_eq!(said.iter().map(bytes).collect::<Vec<_>>(), [reset]);
}

/// 4.3.
#[test]
fn a_ping_is_answered_with_a_reset() {
    let mut server = Manual::new(1);
    assert_reset(
        &server.say(&empty(MessageType::Confirmable, 0x7d34)),
        0x7d34,
    );
}

/// 4.3, 4.2: nothing is said to an empty NON, nor to an ACK or RST to nothing.
#[test]
fn other_empty_messages_are_ignored() {
    let mut server = Manual::new(2);
    for kind in [
        MessageType::NonConfirmable,
        MessageType::Acknowledgement,
        MessageType::Reset,
    ] {
        assert!(server.say(&empty(kind, 0x7d34)).is_empty());
    }
    server.expect_no_event();
}

/// 3, 4.2, 4.3: a CON with a format error is rejected with a RST, everything else by silence.
#[test]
fn format_errors() {
    let mut server = Manual::new(3);
    let get = b"\xb43303\x010\x045700";
    let mut malformed: Vec<(u8, u8, Vec<u8>)> = (9..16)
        .map(|length| (length, 1, [&[7; 15][..length.into()], get].concat()))
        .collect();
    malformed.extend([
        // A token that is cut short.
        (4, 1, vec![7; 3]),
        // The reserved delta and length.
        (0, 1, vec![0xf0]),
        (0, 1, vec![0x0f]),
        (0, 1, vec![0xf1, 0]),
        // Extensions and values that are cut short.
        (0, 1, vec![0xd0]),
        (0, 1, vec![0xe0, 0]),
        (0, 1, vec![0xb4, b'3']),
        // An option number over 65,535.
        (0, 1, vec![0xe0, 0xff, 0xff]),
        // A payload marker without a payload.
        (0, 1, vec![0xff]),
        (0, 2, [&get[..], &[0xff]].concat()),
        // An empty message with a token, an option, a payload (4.1).
        (1, 0, vec![7]),
        (0, 0, vec![0xb1, b'3']),
        (0, 0, vec![0xff, 1]),
    ]);
    for (length, code, rest) in malformed {
        let datagram = |kind| [&[kind | length, code, 0x7d, 0x34], &rest[..]].concat();
        assert_reset(&server.say_bytes(&datagram(CONFIRMABLE)), 0x7d34);
        for kind in OTHER_TYPES {
            assert!(
                server.say_bytes(&datagram(kind)).is_empty(),
                "{length} {code} {rest:x?}"
            );
        }
    }
    server.expect_no_event();
}

/// 3: another version is ignored, whatever follows.
#[test]
fn other_versions_are_ignored() {
    let mut server = Manual::new(4);
    for version in [0x00, 0x80, 0xc0] {
        for kind in [0x00, 0x10, 0x20, 0x30] {
            for rest in [
                &[0, 0x7d, 0x34][..],
                b"\x01\x7d\x34\xb43303",
                &[1, 0x7d, 0x34, 0xff],
            ] {
                let datagram = [&[version | kind], rest].concat();
                assert!(server.say_bytes(&datagram).is_empty(), "{datagram:x?}");
            }
        }
    }
}

/// 3: less than a header is no message.
#[test]
fn less_than_a_header_is_ignored() {
    let mut server = Manual::new(5);
    for datagram in [&[][..], &[0x40], &[0x40, 0x01], &[0x40, 0x01, 0x7d]] {
        assert!(server.say_bytes(datagram).is_empty());
    }
}

/// 12.1: the classes 1, 6 and 7 are reserved; 4.2, 4.3 say how they are rejected.
#[test]
fn reserved_code_classes() {
    let mut server = Manual::new(6);
    for class in [1, 6, 7] {
        for detail in [0, 1, 31] {
            let datagram = |kind| [kind, class << 5 | detail, 0x7d, 0x34];
            assert_reset(&server.say_bytes(&datagram(CONFIRMABLE)), 0x7d34);
            for kind in OTHER_TYPES {
                assert!(
                    server.say_bytes(&datagram(kind)).is_empty(),
                    "{class}.{detail:02}"
                );
            }
        }
    }
}

/// 5.8: 4.05 to an unknown method.
#[test]
fn unknown_methods() {
    let mut server = Manual::new(7);
    for method in 5..32 {
        let mut request = bytes(&server.request(RequestType::Get, TEMPERATURE));
        request[1] = method;
        let said = server.say_bytes(&request);
        assert_eq!(
            said.iter().map(code).collect::<Vec<_>>(),
            ["4.05"],
            "0.{method:02}"
        );
    }
}

/// 4.2, Table 1: an ACK or a RST never carries a request; such a message is ignored.
#[test]
fn a_request_is_neither_an_acknowledgement_nor_a_reset() {
    let mut server = Manual::new(8);
    for kind in [MessageType::Acknowledgement, MessageType::Reset] {
        let mut request = server.request(RequestType::Post, MOVE);
        request.header.set_type(kind);
        assert_eq!(server.say(&request), [], "{kind:?}");
    }
    assert_eq!(executions(&server), 0);
}

/// 5.2.1: the answer to a CON rides on its acknowledgement.
#[test]
fn a_confirmable_request_is_answered_in_its_acknowledgement() {
    let mut server = Manual::new(9);
    for length in [0, 1, 4, 8] {
        let mut request = server.request(RequestType::Get, TEMPERATURE);
        request.set_token(vec![0xa5; length]);
        let answer = server.ask(&with_accept(request.clone(), TEXT));
        assert_eq!(answer.header.get_type(), MessageType::Acknowledgement);
        assert_eq!(answer.header.message_id, request.header.message_id);
        assert_eq!((code(&answer).as_str(), text(&answer)), ("2.05", "21.5"));
    }
}

/// 5.2.3: the answer to a NON is a NON with a message id of the device's.
#[test]
fn a_non_confirmable_request_is_answered_with_a_new_message() {
    let mut server = Manual::new(10);
    let mut ids = Vec::new();
    for _ in 0..20 {
        let request = non(server.request(RequestType::Get, TEMPERATURE));
        let answer = server.ask(&request);
        assert_eq!(answer.header.get_type(), MessageType::NonConfirmable);
        ids.push(answer.header.message_id);
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// LwM2M Transport 1.2, 6.8.1: an Execute may be a NON, and runs once though it comes twice.
#[test]
fn a_non_confirmable_execution_runs_once() {
    let mut server = Manual::new(28);
    let request = non(server.request(RequestType::Post, MOVE));
    for _ in 0..2 {
        let answer = server.ask(&request);
        assert_eq!(kind(&answer), MessageType::NonConfirmable);
        assert_eq!(code(&answer), "2.04");
    }
    assert_eq!(executions(&server), 1);
}

/// 5.4.1: an unknown critical option in a CON is answered 4.02.
#[test]
fn unknown_critical_options_are_bad() {
    let mut server = Manual::new(11);
    for number in [1, 5, 9, 13, 21, 25, 65_001, 65_535] {
        let mut request = server.request(RequestType::Get, TEMPERATURE);
        request.add_option(CoapOption::from(number), vec![0]);
        assert_eq!(code(&server.ask(&request)), "4.02", "{number}");
    }
    let mut request = server.request(RequestType::Post, MOVE);
    request.add_option(CoapOption::Unknown(65_001), vec![0]);
    assert_eq!(code(&server.ask(&request)), "4.02");
    assert_eq!(executions(&server), 0);
}

/// 5.4.1, 4.3: in a NON it is rejected, by a RST or by silence.
#[test]
fn unknown_critical_options_in_a_non_confirmable_request_reject_it() {
    let mut server = Manual::new(12);
    let mut request = non(server.request(RequestType::Post, MOVE));
    request.add_option(CoapOption::Unknown(65_001), vec![0]);
    for message in server.say(&request) {
        assert_eq!(message.header.get_type(), MessageType::Reset, "{message:?}");
    }
    assert_eq!(executions(&server), 0);
}

/// 5.4.1: unknown elective options are ignored, at the end as between known ones.
#[test]
fn unknown_elective_options_are_ignored() {
    let mut server = Manual::new(13);
    for number in [2, 10, 14, 28, 258, 2048, 65_000] {
        let mut request = with_accept(server.request(RequestType::Get, TEMPERATURE), TEXT);
        request.add_option(CoapOption::from(number), vec![7; 300]);
        request.add_option(CoapOption::from(number), vec![]);
        assert_eq!(text(&server.ask(&request)), "21.5", "{number}");
    }
}

/// 5.10.1: host and port name the device itself.
#[test]
fn the_host_and_port_are_understood() {
    let mut server = Manual::new(14);
    let mut request = server.request(RequestType::Get, TEMPERATURE);
    request.add_option(CoapOption::UriHost, b"device.example".to_vec());
    request.add_option(CoapOption::UriPort, vec![0x16, 0x33]);
    assert_eq!(code(&server.ask(&request)), "2.05");
}

/// 5.4.5: an option that comes too often is, but for the first, one that is not known.
#[test]
fn repeated_options() {
    let mut server = Manual::new(15);
    // Accept is critical.
    let request = server.request(RequestType::Get, TEMPERATURE);
    let request = with_accept(with_accept(request, TEXT), TEXT);
    assert_eq!(code(&server.ask(&request)), "4.02");
    // Content-Format is elective: the first is the one that counts.
    let mut request = with_body(server.request(RequestType::Put, LEVEL), TEXT, b"7");
    request.add_option(CoapOption::ContentFormat, TLV.to_be_bytes().to_vec());
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(server.objects.actuator.as_ref().unwrap().level, 7);
}

/// 5.4.3: an option of a length that it cannot have is one that is not known.
#[test]
fn options_of_a_wrong_length() {
    let mut server = Manual::new(16);
    // Accept has up to two bytes and is critical.
    for length in [3, 4, 9] {
        let mut request = server.request(RequestType::Get, TEMPERATURE);
        request.add_option(CoapOption::Accept, vec![0; length]);
        assert_eq!(code(&server.ask(&request)), "4.02", "{length}");
    }
    // Observe has up to three and is elective (RFC 7641, 2).
    for length in [4, 5, 9] {
        let mut request = server.request(RequestType::Get, TEMPERATURE);
        request.add_option(CoapOption::Observe, vec![0; length]);
        let answer = server.ask(&request);
        assert_eq!(
            (code(&answer).as_str(), observe(&answer)),
            ("2.05", None),
            "{length}"
        );
    }
}

/// 3.2: leading zeros change no number.
#[test]
fn numbers_may_have_leading_zeros() {
    let mut server = Manual::new(17);
    let mut request = server.request(RequestType::Get, TEMPERATURE);
    request.add_option(CoapOption::Accept, vec![0, 0]);
    request.add_option(CoapOption::Observe, vec![0, 0, 0]);
    let answer = server.ask(&request);
    assert_eq!((text(&answer), observe(&answer).is_some()), ("21.5", true));
}

/// 4.2, 4.5; Figure 20 of Appendix A: the acknowledgement of a POST was lost, and it comes again.
#[test]
fn a_post_that_comes_twice_runs_once() {
    for confirmable in [true, false] {
        let mut server = Manual::new(18);
        let mut request = server.request(RequestType::Post, MOVE);
        request.payload = b"0='5'".to_vec();
        if !confirmable {
            request = non(request);
        }
        let first = server.ask(&request);
        server.objects.actuator.as_mut().unwrap().level = 9;
        for _ in 0..3 {
            server.run_for(seconds(60));
            let again = server.ask(&request);
            assert_eq!(again.header.code, first.header.code);
            if confirmable {
                assert_eq!(bytes(&again), bytes(&first));
            }
        }
        assert_eq!(executions(&server), 1);
        assert_eq!(server.objects.actuator.as_ref().unwrap().level, 9);
    }
}

/// 4.5: what was refused has not run, and needs no memory; it may run where it comes again.
#[test]
fn refused_posts_leave_room_for_others() {
    let mut server = Manual::new(19);
    let actuator = server.objects.actuator.take();
    let request = server.request(RequestType::Post, MOVE);
    for _ in 0..20 {
        let request = server.request(RequestType::Post, MOVE);
        assert_eq!(code(&server.ask(&request)), "4.04");
    }
    assert_eq!(code(&server.ask(&request)), "4.04");
    server.objects.actuator = actuator;
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(executions(&server), 1);
}

/// 4.8.2: after EXCHANGE_LIFETIME a message id is a new one.
#[test]
fn a_message_id_is_free_again_after_its_lifetime() {
    let mut server = Manual::new(20);
    let request = server.request(RequestType::Post, MOVE);
    server.ask(&request);
    server.run_for(millis(246_900));
    server.ask(&request);
    assert_eq!(executions(&server), 1);
    server.run_for(millis(200));
    server.ask(&request);
    assert_eq!(executions(&server), 2);
}

/// 4.5: a GET may run again, and then tells what is now.
#[test]
fn a_get_that_comes_twice_may_run_twice() {
    let mut server = Manual::new(21);
    let request = with_accept(server.request(RequestType::Get, TEMPERATURE), TEXT);
    assert_eq!(text(&server.ask(&request)), "21.5");
    server.objects.temperature.celsius = 22.0;
    assert_eq!(text(&server.ask(&request)), "22");
}

/// Without room to remember it nothing runs that must not run twice.
#[test]
fn a_full_table_of_requests_is_unavailable() {
    let storage = Box::leak(Box::new(<storage! { requests: 2 }>::new()));
    let mut server = Manual::of(Setup::new(22).build_in(storage));
    let requests = [(); 3].map(|()| server.request(RequestType::Post, MOVE));
    assert_eq!(code(&server.ask(&requests[0])), "2.04");
    assert_eq!(code(&server.ask(&requests[1])), "2.04");
    assert_eq!(code(&server.ask(&requests[2])), "5.03");
    assert_eq!(executions(&server), 2);
    // What may run twice is served, and what is remembered is answered.
    let get = server.request(RequestType::Get, TEMPERATURE);
    assert_eq!(code(&server.ask(&get)), "2.05");
    let put = with_body(server.request(RequestType::Put, LEVEL), TEXT, b"3");
    assert_eq!(code(&server.ask(&put)), "2.04");
    assert_eq!(code(&server.ask(&requests[0])), "2.04");
    assert_eq!(executions(&server), 2);
    server.run_for(seconds(248));
    let request = server.request(RequestType::Post, MOVE);
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(executions(&server), 3);
}

/// 5.2.2: the answer comes in a message of its own; it is acknowledged where it asks for that.
#[test]
fn separate_answers_are_taken_and_acknowledged() {
    let mut setup = Setup::new(23);
    setup.server.separate_responses = true;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(seconds(1));
    let answer = world.wire.down().last().expect("an answer").packet();
    assert_eq!(answer.header.get_type(), MessageType::Confirmable);
    let last = world.wire.up().last().expect("an acknowledgement").packet();
    assert_eq!(
        last,
        empty(MessageType::Acknowledgement, answer.header.message_id)
    );
    world.run_for(hours(1));
    assert_eq!(world.wire.requests(Operation::Register).len(), 1);
    assert_eq!(world.client.counters().retransmissions, 0);
}

/// 4.5: its acknowledgement was lost, so that the separate answer comes again.
#[test]
fn a_separate_answer_that_comes_twice_is_acknowledged_twice() {
    let mut setup = Setup::new(24);
    setup.server.separate_responses = true;
    let mut world = setup.build();
    let mut lost = false;
    world.link.drops = Some(Box::new(move |direction, datagram| {
        let acknowledgement = direction == Direction::Up && datagram[..2] == [0x60, 0];
        acknowledgement && !std::mem::replace(&mut lost, true)
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(minutes(2));
    world.expect_no_event();
    let acknowledgements = world
        .wire
        .up()
        .filter(|datagram| datagram.bytes[..2] == [0x60, 0]);
    assert_eq!(acknowledgements.count(), 2);
    assert_eq!(world.client.counters().registrations, 1);
}

/// 5.2.2: a separate answer may overtake the acknowledgement, or come without one.
#[test]
fn a_separate_answer_needs_no_acknowledgement_before() {
    for confirmable in [true, false] {
        let mut world = World::new(25);
        world.peer = Peer::answering(move |request| {
            let mut answer = created(request, &["rd", "1"]);
            answer.header.message_id = 0x7d34;
            answer.header.set_type(match confirmable {
                true => MessageType::Confirmable,
                false => MessageType::NonConfirmable,
            });
            Some(answer)
        });
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        world.run_for(minutes(2));
        let said: Vec<_> = world
            .wire
            .up()
            .skip(1)
            .map(|datagram| datagram.packet())
            .collect();
        match confirmable {
            true => assert_eq!(said, [empty(MessageType::Acknowledgement, 0x7d34)]),
            false => assert_eq!(said, []),
        }
    }
}

/// 4.2: an answer that nothing waits for is rejected where it is confirmable.
#[test]
fn an_unexpected_confirmable_answer_is_reset() {
    let mut server = Manual::new(26);
    for kind in [CONFIRMABLE, 0x50, 0x60, 0x70] {
        for code in [0x41, 0x44, 0x45, 0x80, 0x84, 0xa0] {
            let datagram = [kind | 2, code, 0x7d, 0x34, 1, 2];
            let said = server.say_bytes(&datagram);
            match kind {
                CONFIRMABLE => assert_reset(&said, 0x7d34),
                0x50 => assert!(
                    said.iter()
                        .all(|said| said.header.get_type() == MessageType::Reset)
                ),
                _ => assert_eq!(said, []),
            }
        }
    }
    server.expect_no_event();
}

/// 5.4.1, 4.2: an answer with an unknown critical option is rejected.
#[test]
fn an_answer_with_an_unknown_critical_option_is_reset() {
    let mut world = World::new(27);
    world.peer = Peer::answering(|request| {
        let mut answer = created(request, &["rd", "1"]);
        answer.header.set_type(MessageType::Confirmable);
        answer.header.message_id = 0x7d34;
        answer.add_option(CoapOption::Unknown(65_001), vec![]);
        Some(answer)
    });
    world.register();
    world.run_for(seconds(1));
    let said = world.wire.up().nth(1).expect("a rejection").packet();
    assert_eq!(said, empty(MessageType::Reset, 0x7d34));
    assert_eq!(world.client.counters().registrations, 0);
}

/// 4.4: within EXCHANGE_LIFETIME no message id is used twice.
#[test]
fn message_ids_are_not_reused() {
    let mut server = Manual::new(28);
    server.observe(TEMPERATURE);
    let mut ids = Vec::new();
    for count in 0..500 {
        let said = server.measure(count.into());
        ids.extend(said.iter().map(|packet| packet.header.message_id));
        let request = non(server.request(RequestType::Get, TEMPERATURE));
        ids.push(server.ask(&request).header.message_id);
    }
    assert_eq!(ids.len(), 1000);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 1000);
}

/// 4.4: the first message id is not to be guessed.
#[test]
fn the_first_message_id_and_token_are_random() {
    let first = |seed| {
        let mut world = World::new(seed);
        world.register();
        world.run_for(seconds(1));
        let request = world.wire.up().next().expect("a Register").packet();
        (request.header.message_id, request.get_token().to_vec())
    };
    let mut all: Vec<_> = (0..50).map(first).collect();
    assert!(all.iter().all(|(_, token)| token.len() == 4));
    all.sort_unstable();
    all.dedup_by_key(|(id, _)| *id);
    assert!(all.len() > 48);
}
