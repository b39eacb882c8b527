//! What a support case needs: counts, the last error and its time, and the next Update's time.

mod common;

use client_lite::{
    Detail, Error, Event, LastError, Operation, RegisterReason, State, TransportError,
};
use common::*;

#[test]
fn registrations_and_updates() {
    let mut world = World::new(0xc01);
    assert_eq!(world.client.counters(), Default::default());
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    for _ in 0..3 {
        world.update();
        world.expect(Event::Updated);
    }
    world.close();
    world.expect(Event::Deregistered);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let counters = world.client.counters();
    assert_eq!((counters.registrations, counters.updates), (2, 3));
    assert_eq!(
        (
            counters.errors,
            counters.retransmissions,
            counters.discarded
        ),
        (0, 0, 0)
    );
}

#[test]
fn retransmissions() {
    let mut world = World::new(0xc02);
    world.link.cut();
    world.register();
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    assert_eq!(world.client.counters().retransmissions, 4);
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    assert_eq!(world.client.counters().retransmissions, 8);
    assert_eq!(world.wire.up().count(), 10);
}

#[test]
fn bytes() {
    let mut world = World::new(0xc03);
    world.link.loss = 0.3;
    world.register();
    world.run_for(days(3));
    // Let what is under way arrive.
    world.run_for(minutes(1));
    let sent: usize = world.wire.up().map(|datagram| datagram.bytes.len()).sum();
    let arrived = world
        .wire
        .down()
        .filter(|datagram| datagram.arrives.is_some());
    let received: usize = arrived.map(|datagram| datagram.bytes.len()).sum();
    let counters = world.client.counters();
    assert_eq!(counters.bytes_sent as usize, sent);
    assert_eq!(counters.bytes_received as usize, received);
}

#[test]
fn notifications() {
    let mut world = World::registered(0xc04);
    world
        .ask(|server, now| server.observe(now, ENDPOINT, "/3303/0/5700", None))
        .expect("asked");
    world.run_for(seconds(1));
    for celsius in [1.0, 2.0, 3.0] {
        world.objects.temperature.celsius = celsius;
        world.changed("/3303/0/5700");
        world.run_for(seconds(1));
    }
    assert_eq!(world.client.counters().notifications, 3);
}

#[test]
fn what_is_no_answer_to_anything() {
    let mut world = World::registered(0xc05);
    world.deliver(b"");
    world.deliver(b"no CoAP at all");
    world.deliver(&[0x60, 0x44, 0x12, 0x34]);
    assert_eq!(world.client.counters().discarded, 3);
}

#[test]
fn the_last_error_and_its_time() {
    let mut world = World::new(0xc06);
    assert_eq!(world.client.last_error(), None);
    world.run_for(hours(1));
    world.transport.then(Err(TransportError::NotResolved));
    world.register();
    world.expect_no_address(Operation::Register);
    let first = LastError {
        operation: Operation::Register,
        error: Error::DnsResolvingFailed,
        detail: Detail::NoAddress,
        at: world.now,
    };
    assert_eq!(world.client.last_error(), Some(first));

    // It stays when all is well again, and gives way to the next.
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(hours(1));
    assert_eq!(world.client.last_error(), Some(first));
    world.register();
    let second = LastError {
        operation: Operation::Register,
        error: Error::NotAllowed,
        detail: Detail::AlreadyRegistered,
        at: world.now,
    };
    assert_eq!(world.client.last_error(), Some(second));
    assert_eq!(world.client.counters().errors, 2);
}

#[test]
fn the_time_of_the_next_update() {
    let mut world = World::new(0xc07);
    assert_eq!(world.client.next_update(), None);
    world.register();
    assert_eq!(world.client.next_update(), None);
    world.expect(Event::Registered(RegisterReason::First));
    let due = world.client.next_update().expect("an Update");
    world.run_until_time(due);
    let update = world.wire.requests(demo_server::Operation::Update);
    assert_eq!(update.last().expect("an Update").at, due);
    world.expect(Event::Updated);
    assert!(world.client.next_update() > Some(due));
    world.close();
    world.expect(Event::Deregistered);
    assert_eq!(world.client.next_update(), None);
}

#[test]
fn no_update_is_due_while_the_client_is_halted() {
    let mut world = World::registered(0xc08);
    let update = demo_server::Operation::Update;
    let forbidden = coap_lite::ResponseType::Forbidden;
    world.server().refuse(update, forbidden, None);
    world.update();
    world.run_for(seconds(1));
    world.expect_state(State::Halted);
    assert_eq!(world.client.next_update(), None);
    world.run_for(hours(25));
    world.settle();
    assert_eq!(world.client.next_update(), None);
    world.server().allow(update);
    world.register();
    world.run_for(seconds(1));
    assert!(world.client.next_update().is_some());
}
