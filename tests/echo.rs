//! The Echo option (RFC 9175): a server that wants to see that a request is fresh gets it again at
//! once, with what it has asked for.

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use client_lite::{
    Account, Association, Error, Event, Operation, RegisterReason, TransportError, storage,
};
use coap_lite::{CoapOption, MessageClass, Packet, RequestType, ResponseType};
use common::manual::{Manual, code, willing};
use common::*;
use demo_server::Operation as Asked;

#[test]
fn each_request_is_repeated_with_it() {
    for asked in [
        Asked::Register,
        Asked::Update,
        Asked::Send,
        Asked::Deregister,
    ] {
        for value in [vec![7], vec![0xec; 8], vec![0xff; 40]] {
            let wanted = value.clone();
            let mut world = World::new(0x2501);
            world.stand_in(Peer::answering(move |request| {
                let content = echo(request);
                let fresh = operation(request) != Some(asked) || content == Some(wanted.clone());
                match fresh {
                    true => willing(request),
                    false => Some(challenge(request, &wanted)),
                }
            }));
            world.register();
            world.expect(Event::Registered(RegisterReason::First));
            let told = world.now;
            world.update();
            world.expect(Event::Updated);
            world.changed(PRESSES);
            world.run_for(seconds(1));
            world.close();
            world.expect(Event::Deregistered);
            assert!(world.now < told + seconds(2), "at once");
            world.expect_no_event();

            let requests = world.wire.requests(asked);
            let [first, second] = requests.as_slice() else {
                panic!("{} requests", requests.len());
            };
            let (first, mut second) = (first.packet(), second.packet());
            assert_eq!(echo(&first), None);
            assert_eq!(echo(&second), Some(value));
            assert_ne!(first.get_token(), second.get_token());
            assert_ne!(first.header.message_id, second.header.message_id);
            second.clear_option(ECHO);
            assert_eq!(first.payload, second.payload);
            let options = |packet: &Packet| {
                packet
                    .options()
                    .map(|(n, v)| (*n, v.clone()))
                    .collect::<Vec<_>>()
            };
            let others = |packet: &Packet| {
                let mut all = options(packet);
                all.retain(|(_, values)| !values.is_empty());
                all
            };
            assert_eq!(others(&first), others(&second));
        }
    }
}

#[test]
fn a_bootstrap_request_too() {
    let mut world = bootstrap::world(0x2502);
    world.stand_in(Peer::answering(|request| match echo(request) {
        None => Some(challenge(request, b"fresh")),
        Some(_) => willing(request),
    }));
    world.register();
    world.run_for(seconds(1));
    assert_eq!(world.wire.requests(Asked::BootstrapRequest).len(), 2);
    world.expect_no_event();
}

#[test]
fn a_server_that_is_never_content_is_met_with_back_off() {
    let mut world = World::new(0x2503);
    world.stand_in(Peer::answering(|request| {
        Some(challenge(request, b"again"))
    }));
    world.register();
    for attempt in 1..4 {
        let detail = answered(ResponseType::Unauthorized);
        world.expect_error(Operation::Register, Error::UnknownError, detail);
        let registers = world.wire.requests(Asked::Register).len();
        assert_eq!(registers, 2 * attempt);
    }
}

#[test]
fn a_refusal_without_it_is_a_refusal() {
    for value in [None, Some(vec![]), Some(vec![1; 41])] {
        let mut world = World::new(0x2504);
        world.stand_in(Peer::answering(move |request| {
            let mut refusal = answer(request, ResponseType::Unauthorized);
            if let Some(value) = &value {
                refusal.add_option(ECHO, value.clone());
            }
            Some(refusal)
        }));
        world.register();
        let detail = answered(ResponseType::Unauthorized);
        world.expect_error(Operation::Register, Error::UnknownError, detail);
        assert_eq!(world.wire.requests(Asked::Register).len(), 1);
    }
}

/// RFC 9175, 2.3: what another answer has goes into the next request.
#[test]
fn what_a_success_has_goes_into_the_next_request() {
    let mut world = World::new(0x2505);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let log = seen.clone();
    world.stand_in(Peer::answering(move |request| {
        log.borrow_mut().push(echo(request));
        let mut packet = willing(request)?;
        if operation(request) == Some(Asked::Register) {
            packet.add_option(ECHO, b"next".to_vec());
        }
        Some(packet)
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.update();
    world.expect(Event::Updated);
    world.update();
    world.expect(Event::Updated);
    let next = Some(b"next".to_vec());
    assert_eq!(*seen.borrow(), [None, next, None]);
}

/// The security association is part of the endpoint that the value belongs to.
#[test]
fn it_does_not_go_to_another_association() {
    let mut setup = Setup::new(0x2506);
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    let mut world = setup.build();
    world.stand_in(Peer::answering(|request| {
        let mut packet = willing(request)?;
        packet.add_option(ECHO, b"next".to_vec());
        Some(packet)
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.wire.clear();
    world.transport.then(Ok(Association::New));
    world.lose_association(TransportError::Socket);
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    assert_eq!(echo(&world.wire.datagrams[0].packet()), None);
}

#[test]
fn a_register_in_blocks_has_room_for_it() {
    for message in 64..160 {
        let mut world = blocks(message);
        let bodies = Rc::new(RefCell::new(Vec::new()));
        let (log, wanted) = (bodies.clone(), vec![0xab; 40]);
        world.stand_in(Peer::answering(move |request| {
            if operation(request) != Some(Asked::Register) {
                return willing(request);
            }
            if echo(request).as_ref() != Some(&wanted) {
                return Some(challenge(request, &wanted));
            }
            log.borrow_mut().extend_from_slice(&request.payload);
            let block = request.get_first_option(CoapOption::Block1).cloned();
            let more = block
                .as_ref()
                .is_some_and(|block| block.last().is_some_and(|last| last & 8 != 0));
            let mut packet = match more {
                true => answer(request, ResponseType::Continue),
                false => created(request, &["rd", "1"]),
            };
            if let Some(block) = block {
                packet.add_option(CoapOption::Block1, block);
            }
            Some(packet)
        }));
        world.register();
        match world.next_event(minutes(1)) {
            Some(Event::Registered(RegisterReason::First)) => {
                let list = String::from_utf8(bodies.borrow().clone()).expect("UTF-8");
                assert!(list.starts_with("</>;ct=112,<"), "{message}: {list}");
                assert!(list.ends_with("</33000/0>"), "{message}: {list}");
            }
            // Not even the smallest block has room.
            Some(Event::Error { error, .. }) => {
                assert_eq!(error, Error::MemoryFail, "{message}");
                assert!(message < 140, "{message}");
            }
            other => panic!("{message}: {other:?}"),
        }
    }
}

#[test]
fn in_a_request_of_the_server_it_is_ignored() {
    let mut server = Manual::new(0x2507);
    let mut request = server.request(RequestType::Get, "/3303/0/5700");
    request.add_option(ECHO, vec![1, 2, 3]);
    let answer = server.ask(&request);
    assert_eq!(code(&answer), "2.05");
    assert_eq!(echo(&answer), None);
}

/// A device whose messages are so small.
fn blocks(message: usize) -> World {
    macro_rules! sizes {
        ($($size:literal)*) => {
            match message {
                $($size => Setup::new(0x2510).build_in(leak(<storage! {
                    message_size: $size,
                }>::new())),)*
                _ => Setup::new(0x2510).build_in(leak(<storage! { message_size: 160 }>::new())),
            }
        };
    }
    sizes!(64 80 90 100 105 110 115 120 121 122 123 124 125 126 127 128 129 130 135 140 145 150 155)
}

/// 4.01 with this Echo.
fn challenge(request: &Packet, value: &[u8]) -> Packet {
    let mut packet = answer(request, ResponseType::Unauthorized);
    packet.add_option(ECHO, value.to_vec());
    packet
}

fn echo(packet: &Packet) -> Option<Vec<u8>> {
    assert!(!matches!(packet.header.code, MessageClass::Empty));
    packet.get_first_option(ECHO).cloned()
}

const ECHO: CoapOption = CoapOption::Unknown(252);
