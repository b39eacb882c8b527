//! The message layer: retransmission, separate responses, message ids and tokens (RFC 7252, 4.2 to
//! 5.3).

mod common;

use std::collections::BTreeSet;

use client_lite::{
    Account, Detail, Error, Event, Instant, Operation, RegisterReason, Transmission,
};
use coap_lite::{MessageClass, MessageType, Packet, ResponseType};
use common::*;

#[test]
fn a_message_is_sent_again_at_doubled_intervals() {
    for seed in 0xd00..0xd20 {
        let sent = retransmissions(seed, Transmission::default());
        assert_eq!(sent.len(), 5);
        let first = check_intervals(&sent);
        assert!((2_000..=3_000).contains(&first), "{first} ms");
    }
}

#[test]
fn its_parameters_can_be_chosen() {
    for (ack_timeout, ack_random_percent, max_retransmit) in [
        (10_000, 150, 2),
        (500, 300, 6),
        (4_000, 100, 0),
        (1_000, 100, 1),
    ] {
        let transmission = Transmission {
            ack_timeout: millis(ack_timeout),
            ack_random_percent,
            max_retransmit,
        };
        let sent = retransmissions(0xd20, transmission);
        assert_eq!(sent.len(), usize::from(max_retransmit) + 1);
        if sent.len() > 1 {
            let first = check_intervals(&sent);
            let longest = ack_timeout * u64::from(ack_random_percent) / 100;
            assert!((ack_timeout..=longest).contains(&first), "{first} ms");
        }
    }
}

#[test]
fn the_first_interval_is_a_random_one() {
    let firsts: BTreeSet<_> = (0xd30..0xd50)
        .map(|seed| {
            let sent = retransmissions(seed, Transmission::default());
            sent[1].as_millis() - sent[0].as_millis()
        })
        .collect();
    assert!(firsts.len() > 25, "{firsts:?}");
}

#[test]
fn it_gives_up_after_the_last_interval() {
    let mut world = World::new(0xd50);
    world.link.cut();
    world.register();
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    let sent: Vec<_> = world.wire.up().map(|datagram| datagram.at).collect();
    let first = check_intervals(&sent);
    let gave_up = world.now.saturating_since(sent[0]).as_millis();
    assert_eq!(gave_up, first * 31);
    // MAX_TRANSMIT_WAIT (4.8.2).
    assert!(gave_up <= 93_000);
}

#[test]
fn all_transmissions_of_a_message_are_the_same() {
    let mut world = World::new(0xd51);
    world.link.cut();
    world.register();
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    let first = world.wire.datagrams[0].bytes.clone();
    assert!(world.wire.up().all(|datagram| datagram.bytes == first));

    // Another attempt is another message.
    world.run_until(|world| world.wire.up().count() > 5);
    let next = &world.wire.datagrams[5].bytes;
    assert_ne!(next[2..4], first[2..4], "message id");
    assert_ne!(next[4..8], first[4..8], "token");
}

#[test]
fn one_whose_content_has_changed_is_another_message() {
    let mut world = World::new(0xd52);
    world.link.cut();
    world.register();
    world.run_for(seconds(1));
    world.objects.actuator = None;
    world.run_for(seconds(4));
    let [first, second] = &world.wire.datagrams[..] else {
        panic!("two datagrams");
    };
    assert_ne!(first.bytes[2..4], second.bytes[2..4], "message id");
    assert!(!String::from_utf8_lossy(&second.packet().payload).contains("/33000"));
}

#[test]
fn it_stops_with_the_answer() {
    let mut world = World::new(0xd53);
    world.link.latency = (seconds(4), seconds(4));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let sent = world.wire.up().count();
    assert!(sent > 1);
    world.run_for(hours(1));
    assert_eq!(world.wire.up().count(), sent);
    world.expect_no_event();
}

#[test]
fn an_answer_may_come_in_a_message_of_its_own() {
    let mut world = separate(0xd54);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.update();
    world.expect(Event::Updated);
    world.close();
    world.expect(Event::Deregistered);
    world.run_for(minutes(5));
    world.expect_no_event();
    let (up, down) = (world.wire.up().count(), world.wire.down().count());
    // A request and an acknowledgement each, and the same back.
    assert_eq!((up, down), (6, 6));
    assert_eq!(world.client.counters().retransmissions, 0);
}

#[test]
fn an_acknowledged_message_is_not_sent_again() {
    let mut world = World::new(0xd55);
    world.stand_in(Peer::acknowledging());
    world.register();
    world.run_for(seconds(90));
    assert_eq!(world.wire.up().count(), 1);
    world.expect_no_event();
    // The answer has as long as a whole transmission would have taken.
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    let waited = world.now.saturating_since(world.wire.datagrams[0].at);
    assert!((seconds(93)..seconds(94)).contains(&waited), "{waited:?}");
}

#[test]
fn acknowledgements_that_come_again_do_not_prolong_the_wait() {
    let mut world = World::new(0xd60);
    world.stand_in(Peer::acknowledging());
    world.register();
    world.run_until(|world| world.wire.down().count() == 1);
    let first = world.wire.datagrams[1].clone();
    for _ in 0..20 {
        world.run_for(seconds(10));
        world.deliver(&first.bytes);
    }
    let waited = world.events[0].0.saturating_since(first.at);
    let longest = Transmission::default().max_transmit_wait() + millis(20);
    assert!(waited <= longest, "{waited:?}");
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
}

#[test]
fn a_separate_answer_is_acknowledged_each_time_it_comes() {
    let mut world = separate(0xd56);
    // The device's acknowledgements are lost, the first three.
    let mut lost = 0;
    world.link.drops = Some(Box::new(move |direction, bytes| {
        let is_acknowledgement = direction == Direction::Up && bytes.len() == 4;
        lost += u32::from(is_acknowledgement);
        is_acknowledgement && lost <= 3
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(minutes(5));
    world.expect_no_event();
    let acknowledgements: Vec<_> = world
        .wire
        .up()
        .filter(|datagram| datagram.bytes.len() == 4)
        .collect();
    assert_eq!(acknowledgements.len(), 4);
    for acknowledgement in acknowledgements {
        let packet = acknowledgement.packet();
        assert_eq!(packet.header.get_type(), MessageType::Acknowledgement);
        assert_eq!(packet.header.code, MessageClass::Empty);
    }
    assert_eq!(world.client.counters().registrations, 1);
}

#[test]
fn a_separate_answer_counts_without_the_acknowledgement_before_it() {
    let mut world = separate(0xd57);
    world.link.drops = Some(Box::new(|direction, bytes| {
        direction == Direction::Down && bytes.len() == 4
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(minutes(5));
    world.expect_no_event();
    assert_eq!(
        world.wire.requests(demo_server::Operation::Register).len(),
        1
    );
}

#[test]
fn a_separate_answer_may_be_non_confirmable() {
    let mut world = World::new(0xd58);
    world.stand_in(Peer::answering(|request| {
        let mut packet = created(request, &["rd", "1"]);
        packet.header.set_type(MessageType::NonConfirmable);
        packet.header.message_id = 7;
        Some(packet)
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(world.wire.up().count(), 1);
}

#[test]
fn an_answer_that_comes_twice_is_one() {
    let mut world = World::new(0xd59);
    world.link.duplication = 1.0;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.update();
    world.expect(Event::Updated);
    world.run_for(minutes(5));
    world.expect_no_event();
}

#[test]
fn an_answer_to_something_else_is_none() {
    let mut world = World::new(0xd5a);
    world.stand_in(Peer::script(|datagram| {
        let request = packet(datagram);
        let mut wrong_token = created(&request, &["rd", "token"]);
        wrong_token.set_token(vec![1, 2, 3, 4]);
        let mut no_token = created(&request, &["rd", "none"]);
        no_token.set_token(Vec::new());
        let mut wrong_id = created(&request, &["rd", "id"]);
        wrong_id.header.message_id = request.header.message_id.wrapping_add(1);
        vec![bytes(&wrong_token), bytes(&no_token), bytes(&wrong_id)]
    }));
    world.register();
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    world.stand_down();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn a_confirmable_answer_to_nothing_is_rejected() {
    let mut world = World::registered(0xd5b);
    world.wire.clear();
    let mut packet = Packet::new();
    packet.header.code = MessageClass::Response(ResponseType::Changed);
    packet.header.set_type(MessageType::Confirmable);
    packet.header.message_id = 0x1234;
    packet.set_token(vec![1, 2, 3, 4]);
    world.deliver(&bytes(&packet));
    assert_eq!(
        world.wire.datagrams[0].bytes,
        bytes(&empty(MessageType::Reset, 0x1234))
    );
}

#[test]
fn a_ping_is_answered() {
    let mut world = World::registered(0xd5c);
    world.wire.clear();
    world.deliver(&bytes(&empty(MessageType::Confirmable, 0x4321)));
    assert_eq!(
        world.wire.datagrams[0].bytes,
        bytes(&empty(MessageType::Reset, 0x4321))
    );
}

#[test]
fn the_first_message_id_is_random() {
    let ids: BTreeSet<_> = (0..1000)
        .map(|seed| first_register(seed)[2..4].to_vec())
        .collect();
    // Of 65,536 ids 1,000 draws hit some eight twice.
    assert!(ids.len() > 970, "{}", ids.len());
    let high: BTreeSet<_> = ids.iter().map(|id| id[0] >> 4).collect();
    assert_eq!(high.len(), 16);
}

#[test]
fn message_ids_go_up_one_by_one() {
    let mut world = World::registered(0xd5d);
    for _ in 0..5 {
        world.update();
        world.expect(Event::Updated);
    }
    let ids: Vec<_> = world
        .wire
        .up()
        .map(|datagram| datagram.packet().header.message_id)
        .collect();
    for pair in ids.windows(2) {
        assert_eq!(pair[1], pair[0].wrapping_add(1));
    }
}

#[test]
fn tokens_without_security_are_four_random_bytes() {
    let mut tokens = BTreeSet::new();
    for seed in 0..1000 {
        let packet = packet(&first_register(seed));
        assert_eq!(packet.get_token().len(), 4);
        tokens.insert(packet.get_token().to_vec());
    }
    assert_eq!(tokens.len(), 1000);

    let mut world = World::registered(0xd5e);
    for _ in 0..100 {
        world.update();
        world.expect(Event::Updated);
    }
    let tokens: BTreeSet<_> = world
        .wire
        .up()
        .map(|datagram| datagram.packet().get_token().to_vec())
        .collect();
    assert_eq!(tokens.len(), 101);
}

#[test]
fn tokens_under_security_are_short_and_never_come_again() {
    let mut setup = Setup::new(0xd5f);
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    for _ in 0..300 {
        world.update();
        world.expect(Event::Updated);
    }
    let tokens: BTreeSet<_> = world
        .wire
        .up()
        .map(|datagram| datagram.packet().get_token().to_vec())
        .collect();
    assert_eq!(tokens.len(), 301);
    assert!(
        tokens.iter().all(|token| (1..=2).contains(&token.len())),
        "{tokens:?}"
    );
}

/// When an unanswered Register goes out.
fn retransmissions(seed: u64, transmission: Transmission) -> Vec<Instant> {
    let mut setup = Setup::new(seed);
    setup.config.transmission = transmission;
    let mut world = setup.build();
    world.link.cut();
    world.register();
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    world.wire.up().map(|datagram| datagram.at).collect()
}

/// Each interval is twice the one before; gives the first, in milliseconds.
#[track_caller]
fn check_intervals(sent: &[Instant]) -> u64 {
    let intervals: Vec<_> = sent
        .windows(2)
        .map(|pair| pair[1].as_millis() - pair[0].as_millis())
        .collect();
    for pair in intervals.windows(2) {
        assert_eq!(pair[1], pair[0] * 2, "{intervals:?}");
    }
    intervals[0]
}

fn first_register(seed: u64) -> Vec<u8> {
    let mut world = World::new(seed);
    world.register();
    world.run_for(millis(60));
    world.wire.datagrams[0].bytes.clone()
}

/// A world whose server answers in messages of their own.
fn separate(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.server.separate_responses = true;
    setup.build()
}
