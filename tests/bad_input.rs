//! What no well-behaved server sends: the device answers with a named error or with silence, loses
//! nothing, and goes on.

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use client_lite::{
    Account, Detail, Error, Event, Memory, Operation, RegisterReason, State, Storage, storage,
};
use coap_lite::{
    CoapOption, ContentFormat, MessageClass, MessageType, Packet, RequestType, ResponseType,
};
use common::manual::*;
use common::*;
use demo_server::format::{self, SENML_CBOR, TEXT, TLV, Value};

type Asked = demo_server::Operation;

/// Whatever has happened, the device gets to be registered, at the latest when told to.
#[track_caller]
fn assert_recovers(world: &mut World) {
    world.peer = Peer::answering(willing);
    world.link.mend();
    world.run_until(|world| {
        matches!(
            world.client.state(),
            State::Registered | State::Idle | State::Halted
        )
    });
    if world.client.state() != State::Registered {
        world.register();
    }
    world.run_until(|world| world.client.state() == State::Registered);
    world.take_events();
    world.update();
    world.expect(Event::Updated);
    assert!(world.client.endpoint_info().is_some());
}

/// Requests as a server sends them, of every kind.
fn requests(server: &mut Manual) -> Vec<Packet> {
    let values = [(1, Value::Integer(5)), (2, Value::Text("gate".into()))];
    let body = |format| format::encode(format, "/33000/0", &values).expect("encodes");
    let links = Value::ObjectLink(3, 0);
    let mut execute = server.request(RequestType::Post, "/33000/0/4");
    execute.payload = b"0='42'".to_vec();
    vec![
        server.request(RequestType::Get, "/3"),
        with_accept(server.request(RequestType::Get, "/3/0/11"), TLV),
        with_accept(server.request(RequestType::Get, TEMPERATURE), TEXT),
        with_accept(server.request(RequestType::Get, "/33000"), 40),
        with_accept(server.observe_request(TEMPERATURE), SENML_CBOR),
        with_body(
            server.request(RequestType::Put, "/33000/0/1"),
            TEXT,
            b"70000",
        ),
        with_body(
            server.request(RequestType::Put, "/33000/0"),
            TLV,
            &body(TLV),
        ),
        with_body(
            server.request(RequestType::Put, "/33000/0"),
            SENML_CBOR,
            &body(SENML_CBOR),
        ),
        with_body(
            server.request(RequestType::Post, "/33000/0"),
            SENML_CBOR,
            &format::encode(SENML_CBOR, "/33000/0", &[(3, links)]).expect("encodes"),
        ),
        with_body(server.request(RequestType::Put, "/1/0/1"), TEXT, b"7200"),
        server.request(RequestType::Post, "/1/0/8"),
        server.request(RequestType::Delete, "/33000/0"),
        non(execute),
    ]
}

/// Each is rejected, or means what is left of it; none does half of what it was to do.
#[test]
fn truncated_requests() {
    let mut server = Manual::new(1);
    let requests = requests(&mut server);
    // Half a text is a text, half of a path is a path, and half of an argument is one.
    let whole_only = |request: &&Packet| match request.header.code {
        MessageClass::Request(RequestType::Put | RequestType::Post) => !matches!(
            request.get_content_format(),
            None | Some(ContentFormat::TextPlain)
        ),
        _ => true,
    };
    for request in requests.iter().filter(whole_only) {
        let whole = bytes(request);
        for length in 0..whole.len() {
            for said in server.say_bytes(&whole[..length]) {
                let id = said.header.message_id;
                assert_eq!(id, request.header.message_id, "an answer to something else");
            }
        }
    }
    let actuator = server.objects.actuator.as_ref().unwrap();
    assert_eq!((actuator.name.as_str(), actuator.executions), ("", 0));
    server.expect_no_event();
    assert_recovers(&mut server);
}

#[test]
fn oversized_datagrams() {
    const LARGEST: usize = 65_507;
    let mut server = Manual::new(2);
    let mut random = Random::new(2);
    let fill = |head: &[u8], fill: &mut dyn FnMut() -> u8| {
        let mut datagram = head.to_vec();
        datagram.resize_with(LARGEST, fill);
        datagram
    };
    for (head, answer) in [
        // A payload, a Write of a text, an option after the other, segments without end.
        (
            &b"\x40\x01\x7d\x34\xb43303\x010\x045700\xff"[..],
            Some("2.05"),
        ),
        (b"\x40\x03\x7d\x34\xb533000\x010\x012\x10\xff", Some("4.00")),
        (
            b"\x40\x03\x7d\x34\xb533000\x010\x12\x2d\x16\xff",
            Some("4.00"),
        ),
        (b"\x40\x03\x7d\x34\xb533000\x010\x11\x70\xff", Some("4.00")),
        (b"\x40\x02\x7d\x34\xb533000\x010\x014\xff", Some("4.00")),
        (b"\x40\x45\x7d\x34\xff", Some("0.00")),
    ] {
        for byte in [0x01, 0x30, 0x41, 0x81, 0x9f, 0xff] {
            let datagram = fill(head, &mut || byte);
            let said = server.say_bytes(&datagram);
            assert!(said.len() == 1, "{head:x?} {byte:x}");
            assert_eq!(
                said.first().map(code).as_deref(),
                answer,
                "{head:x?} {byte:x}"
            );
            server.run_for(seconds(300));
        }
    }
    for head in [
        &[0x40, 0x01, 0x7d, 0x34][..],
        &[0x50, 0x01, 0x7d, 0x34],
        &[0x68],
    ] {
        for byte in [0x00, 0x10, 0xb0, 0xe0, 0xee, 0xdd] {
            let datagram = fill(head, &mut || byte);
            server.say_bytes(&datagram);
        }
        for _ in 0..20 {
            let datagram = fill(head, &mut || random.next() as u8);
            server.say_bytes(&datagram);
        }
    }
    assert_recovers(&mut server);
}

/// A URI of 10 kB, in each place where there is one.
#[test]
fn long_uris() {
    let long = "a".repeat(10_000);
    let mut server = Manual::new(3);
    for option in [
        CoapOption::UriPath,
        CoapOption::UriQuery,
        CoapOption::UriHost,
    ] {
        let mut request = server.request(RequestType::Get, TEMPERATURE);
        request.add_option(option, long.clone().into_bytes());
        let answer = bytes_unlimited(&request);
        let said = server.say_bytes(&answer);
        let code = said.first().map(code);
        // Longer than these options may be, they may be taken for ones that are not known.
        let allowed: &[&str] = match option {
            CoapOption::UriPath => &["4.04", "4.02"],
            _ => &["2.05", "4.02"],
        };
        assert!(
            code.as_deref().is_some_and(|code| allowed.contains(&code)),
            "{option:?} {code:?}"
        );
    }
    let mut request = server.request(RequestType::Get, "");
    for _ in 0..10_000 {
        request.add_option(CoapOption::UriPath, b"3".to_vec());
    }
    let said = server.say_bytes(&bytes_unlimited(&request));
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["4.04"]);
    assert_recovers(&mut server);

    for scheme in ["coap://", "coap://[", "coap://h:", "coap://h/"] {
        let mut setup = Setup::new(3);
        let uri: &str = Box::leak(format!("{scheme}{long}").into_boxed_str());
        setup.config.account = Account::new(uri);
        let mut world = setup.build();
        world.register();
        world.expect_error(
            Operation::Register,
            Error::InvalidParameters,
            Detail::ServerUri,
        );
        world.expect_state(State::Halted);
    }
}

fn bytes_unlimited(packet: &Packet) -> Vec<u8> {
    packet
        .to_bytes_unlimited()
        .expect("a packet that can be written")
}

/// Random bytes in each state, some behind the header of a message.
#[test]
fn random_datagrams() {
    for (seed, state) in [
        State::Idle,
        State::Registering,
        State::Registered,
        State::Updating,
        State::Deregistering,
        State::Bootstrapping,
    ]
    .into_iter()
    .enumerate()
    {
        let mut setup = Setup::new(seed as u64);
        if state == State::Bootstrapping {
            setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
        }
        let mut world = setup.build();
        world.peer = match state {
            State::Idle | State::Registering | State::Bootstrapping => Peer::silent(),
            _ => Peer::answering(willing),
        };
        if state != State::Idle {
            world.register();
            world.run_for(seconds(1));
        }
        world.peer = Peer::silent();
        match state {
            State::Updating => world.update(),
            State::Deregistering => world.close(),
            _ => {}
        }
        world.expect_state(state);

        let mut random = Random::new(100 + seed as u64);
        for _ in 0..3_000 {
            let mut datagram = Vec::new();
            datagram.resize_with(random.below(64) as usize, || random.next() as u8);
            if random.chance(0.7) && !datagram.is_empty() {
                datagram[0] = 0x40 | (datagram[0] & 0x34);
            }
            world.deliver(&datagram);
        }
        if state == State::Bootstrapping {
            world.peer = Peer::silent();
            world.run_for(minutes(10));
            world.expect_state(State::Bootstrapping);
            continue;
        }
        assert_recovers(&mut world);
    }
}

/// Before any association there is nobody to listen to.
#[test]
fn datagrams_without_an_association() {
    let mut world = World::new(7);
    let mut request = Packet::new();
    request.header.code = MessageClass::Request(RequestType::Get);
    request.add_option(CoapOption::UriPath, b"3".to_vec());
    world.deliver(&bytes(&request));
    world.deliver(&bytes(&empty(MessageType::Confirmable, 1)));
    assert_eq!(world.wire.up().count(), 0);
    assert_eq!(world.client.counters().discarded, 2);
}

/// Answers to the outstanding Register that are not its answer.
#[test]
fn wrong_tokens_and_message_ids() {
    let forge: [fn(&mut Packet); 6] = [
        |answer| answer.set_token(vec![]),
        |answer| answer.set_token(vec![0; 8]),
        |answer| {
            let mut token = answer.get_token().to_vec();
            token[3] ^= 1;
            answer.set_token(token);
        },
        |answer| answer.header.message_id ^= 1,
        |answer| answer.header.set_type(MessageType::Reset),
        |answer| {
            answer.header.set_type(MessageType::NonConfirmable);
            let mut token = answer.get_token().to_vec();
            token.push(0);
            answer.set_token(token);
        },
    ];
    for (seed, forge) in forge.into_iter().enumerate() {
        for code in [ResponseType::Created, ResponseType::BadRequest] {
            let mut world = World::new(10 + seed as u64);
            let mut count = 0;
            world.peer = Peer::answering(move |request| {
                count += 1;
                if count > 2 {
                    return Some(created(request, &["rd", "true"]));
                }
                let mut answer = created(request, &["rd", "forged"]);
                answer.header.code = MessageClass::Response(code);
                forge(&mut answer);
                Some(answer)
            });
            world.register();
            world.expect(Event::Registered(RegisterReason::First));
            assert_eq!(world.client.endpoint_info().unwrap().device_id, "true");
            assert_eq!(world.client.counters().discarded, 2);
            assert_eq!(world.wire.requests(Asked::Register).len(), 3);
        }
    }
}

/// Success and failure of requests that the device did not make change nothing.
#[test]
fn answers_to_questions_never_asked() {
    let mut server = Manual::new(20);
    server.observe(TEMPERATURE);
    let last = server.client.counters();
    for code in 0x40..0xc0_u8 {
        if matches!(code >> 5, 3) {
            continue;
        }
        for kind in [0x40, 0x50, 0x60, 0x70] {
            // With a location, Max-Age and an Observe number.
            let rest = b"\x7d\x34\x01\x02\x03\x04\x61\x09\x26forged\x61\x3c\xff?";
            server.say_bytes(&[&[kind | 4, code], &rest[..]].concat());
        }
    }
    assert!(server.client.counters().discarded > last.discarded + 300);
    server.expect_no_event();
    server.expect_state(State::Registered);
    assert_eq!(server.client.endpoint_info().unwrap().device_id, "1");
    assert_eq!(server.measure(30.0).len(), 1);
    server.update();
    let update = server.wire.up().last().expect("an Update").packet();
    assert_eq!(texts(&update, CoapOption::UriPath), ["rd", "1"]);
}

/// A Reset or an acknowledgement of a message that was not sent.
#[test]
fn empty_messages_to_nothing() {
    let mut server = Manual::new(21);
    server.observe(TEMPERATURE);
    let notification = server.measure(22.0).remove(0);
    for id in (0..=u16::MAX)
        .filter(|id| *id != notification.header.message_id)
        .step_by(13)
    {
        for kind in [MessageType::Acknowledgement, MessageType::Reset] {
            assert_eq!(server.say(&empty(kind, id)), []);
        }
    }
    assert_eq!(server.measure(23.0).len(), 1);
    server.expect_no_event();
}

/// A device whose Register is answered with this Location-Path, after the first event.
fn located(memory: impl Into<Memory<'static>>, seed: u64, location: Vec<Vec<u8>>) -> World {
    let mut world = Setup::new(seed).build_in(memory);
    world.peer = Peer::answering(move |request| {
        let mut created = answer(request, ResponseType::Created);
        for segment in &location {
            created.add_option(CoapOption::LocationPath, segment.clone());
        }
        match operation(request) {
            Some(Asked::Register) => Some(created),
            _ => willing(request),
        }
    });
    world.register();
    world
}

/// Location-Path has any number of segments of up to 255 bytes; Update and Deregister go there.
#[test]
fn locations_of_any_form() {
    for location in [
        vec![b"1".to_vec()],
        vec![b"rd".to_vec(), b"5a3f".to_vec()],
        [&b"a"[..], b"b", b"c", b"d", b"e"]
            .map(<[u8]>::to_vec)
            .to_vec(),
        vec![vec![b'a'; 255], vec![b'b'; 255]],
        vec!["räum/e?&%".into(), b".".to_vec(), b"..".to_vec()],
        vec![b"rd".to_vec(), Vec::new(), b"x".to_vec()],
    ] {
        let mut world = located(
            leak(<storage! { location_size: 520 }>::new()),
            30,
            location.clone(),
        );
        world.expect(Event::Registered(RegisterReason::First));
        let id = location.last().unwrap();
        assert_eq!(
            world.client.endpoint_info().unwrap().device_id.as_bytes(),
            id
        );
        world.update();
        world.expect(Event::Updated);
        world.close();
        world.expect(Event::Deregistered);
        for operation in [Asked::Update, Asked::Deregister] {
            let [request] = &world.wire.requests(operation)[..] else {
                panic!("not one {operation:?}");
            };
            let request = request.packet();
            let path: Vec<_> = request
                .get_option(CoapOption::UriPath)
                .unwrap()
                .iter()
                .collect();
            assert_eq!(path, location.iter().collect::<Vec<_>>());
        }
    }
}

/// A location that the device has no room for is an error that the application must act on.
#[test]
fn locations_that_do_not_fit() {
    for location in [
        vec![vec![b'a'; 64]],
        vec![vec![b'a'; 255]],
        vec![vec![b'a'; 31], vec![b'b'; 32]],
        vec![b"x".to_vec(); 33],
        vec![Vec::new(); 65],
    ] {
        let mut world = located(leak(<Storage>::new()), 31, location);
        world.expect_error(
            Operation::Register,
            Error::MemoryFail,
            Detail::LocationTooLong,
        );
        world.expect_state(State::Halted);
        assert!(world.client.endpoint_info().is_none());
        world.expect_silence();
        assert_recovers(&mut world);
    }
    // As long as there is room for.
    let mut world = located(
        leak(<Storage>::new()),
        31,
        vec![vec![b'a'; 31], vec![b'b'; 31]],
    );
    world.expect(Event::Registered(RegisterReason::First));
}

/// A location that is none is an answer that makes no sense; the device tries again.
#[test]
fn locations_that_are_none() {
    for location in [
        vec![],
        vec![vec![0xff, 0xfe]],
        vec![b"rd".to_vec(), vec![b'x', 0xc3]],
        vec![vec![b'a'; 256]],
        vec![vec![b'a'; 1000]],
    ] {
        let mut world = located(leak(<Storage>::new()), 32, location);
        for _ in 0..3 {
            world.expect_error(
                Operation::Register,
                Error::UnknownError,
                Detail::MalformedResponse,
            );
            world.expect_state(State::Registering);
        }
        assert!(world.client.endpoint_info().is_none());
        assert_recovers(&mut world);
    }
}

/// A server that answers everything with the same error, of every code there is.
#[test]
fn errors_to_everything() {
    for code in 0x80..0xc0_u8 {
        let mut world = World::new(40);
        let all = move |request: &Packet| {
            let mut error = answer(request, ResponseType::BadRequest);
            error.header.code = MessageClass::from(code);
            Some(error)
        };
        world.peer = Peer::answering(all);
        world.register();
        world.run_for(hours(6));
        let events = world.take_events();
        let refused = Event::Error {
            operation: Operation::Register,
            error: match world.client.state() {
                State::Halted => Error::InvalidParameters,
                _ => Error::UnknownError,
            },
            detail: Detail::Response(code),
        };
        assert!(
            !events.is_empty() && events.iter().all(|event| *event == refused),
            "{events:?}"
        );
        assert_recovers(&mut world);

        // The same to a device that is registered: to its Send, its Update, its Register.
        world.peer = Peer::answering(all);
        world.changed("/3200/0/5501");
        world.update();
        world.run_for(hours(6));
        let events = world.take_events();
        assert!(
            events
                .iter()
                .any(|event| matches!(event, Event::Error { .. })),
            "{events:?}"
        );
        assert!(
            !events.contains(&Event::Registered(RegisterReason::First))
                && !events.contains(&Event::Updated)
        );
        assert_recovers(&mut world);

        world.peer = Peer::answering(all);
        world.close();
        world.run_for(hours(6));
        assert!(matches!(
            world.take_events()[..],
            [Event::Error {
                operation: Operation::Deregister,
                error: Error::UnregistrationFailed
                    | Error::NotRegistered
                    | Error::NotAllowed
                    | Error::UnknownError,
                ..
            }]
        ));
        world.expect_state(State::Halted);
        assert_recovers(&mut world);
    }
}

/// A server whose answers are damaged on the way, now and then, to a device that does all it can.
#[test]
fn damaged_answers() {
    for seed in 50..80 {
        let mut world = World::new(seed);
        let random = Rc::new(RefCell::new(Random::new(seed)));
        let dice = random.clone();
        world.peer = Peer::script(move |datagram| {
            let request = packet(datagram);
            let Some(answer) = willing(&request) else {
                return Vec::new();
            };
            let mut answer = bytes(&answer);
            if dice.borrow_mut().chance(0.6) {
                damage(&mut answer, &mut dice.borrow_mut());
            }
            vec![answer]
        });
        for _ in 0..60 {
            let next = random.borrow_mut().below(7);
            match next {
                0 | 1 => world.register(),
                2 => world.update(),
                3 => world.close(),
                4 => world.changed("/3200/0/5501"),
                5 => world.objects_changed(),
                _ => world.run_for(minutes(3)),
            }
            world.run_for(seconds(7));
        }
        assert_recovers(&mut world);
    }
}

/// Requests that are damaged on the way: each is answered once or not at all, and the device stays
/// registered.
#[test]
fn damaged_requests() {
    for seed in 80..110 {
        let mut server = Manual::new(seed);
        let mut random = Random::new(seed);
        for _ in 0..30 {
            for request in requests(&mut server) {
                let mut datagram = bytes(&request);
                damage(&mut datagram, &mut random);
                server.say_bytes(&datagram);
                if random.chance(0.2) {
                    server.say_bytes(&datagram);
                }
                server.measure(random.below(100) as f64);
            }
            server.run_for(seconds(20));
        }
        server.expect_state(State::Registered);
        assert_eq!(server.client.counters().registrations, 1);
        assert_recovers(&mut server);
    }
}

/// Changes, inserts, removes or repeats a few bytes.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let length = bytes.len() as u64;
        if length == 0 {
            return;
        }
        let at = random.below(length) as usize;
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => bytes.insert(at, random.next() as u8),
            3 => {
                bytes.remove(at);
            }
            4 => bytes.truncate(at),
            _ => bytes.extend_from_within(at..),
        }
    }
}
