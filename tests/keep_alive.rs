//! Pings keep the way back to a device open that always listens (RFC 7252, 4.3).
#![cfg(feature = "keep-alive")]

mod common;

use client_lite::{Event, RegisterReason};
use common::*;
use demo_server::Operation;

#[test]
fn where_nothing_goes_out_a_ping_does() {
    let mut world = registered(25, |_| {});
    world.run_for(seconds(60));
    let registered = world.wire.up().next().expect("a Register").at;
    assert_eq!(
        pings(&world),
        [25, 50].map(|after| registered + seconds(after))
    );
    // Each is answered, once, and nobody else is told.
    assert_eq!(world.wire.down().count(), 3);
    let reset = world.wire.down().last().expect("an answer").packet();
    assert_eq!(reset.header.get_type(), coap_lite::MessageType::Reset);
    assert_eq!(world.client.counters().discarded, 0);
    world.expect_no_event();
}

#[test]
fn any_message_is_as_good() {
    let mut world = registered(25, |_| {});
    world.observe(TEMPERATURE);
    for _ in 0..10 {
        world.run_for(seconds(20));
        world.changed(TEMPERATURE);
    }
    assert_eq!(pings(&world), []);
    world.run_for(seconds(25));
    assert_eq!(pings(&world).len(), 1);
}

#[test]
fn without_a_registration_there_is_none() {
    let mut world = registered(25, |_| {});
    world.close();
    world.expect(Event::Deregistered);
    world.expect_silence();
}

#[test]
fn in_queue_mode_nobody_comes_back() {
    let mut world = registered(25, |setup| setup.config.queue_mode = true);
    world.run_for(hours(1));
    assert_eq!(pings(&world), []);
}

#[test]
fn by_default_there_is_none() {
    let mut world = World::registered(0xca1);
    world.run_for(hours(1));
    assert_eq!(pings(&world), []);
}

#[test]
fn a_ping_that_is_lost_is_sent_again() {
    let mut world = registered(25, |_| {});
    world.link.cut();
    world.run_for(seconds(26));
    world.link.mend();
    world.run_for(seconds(10));
    assert_eq!(pings(&world).len(), 2);
    world.expect_no_event();
}

/// A server that has lost its way to the device, or its memory, is found out by an Update.
#[test]
fn where_nobody_answers_an_update_is_next() {
    let mut world = registered(25, |_| {});
    world.stand_in(Peer::silent());
    world.run_until(|world| !world.wire.requests(Operation::Update).is_empty());
    world.stand_down();
    world.server().forget_all();
    world.expect_forgotten(client_lite::Operation::Update);
    world.expect(Event::Registered(RegisterReason::Forgotten));
}

/// Such a server is told no more often than its pings are missed.
#[test]
fn a_server_that_knows_no_ping_keeps_the_device() {
    let mut world = registered(60, |setup| setup.link.drops = Some(Box::new(is_ping)));
    world.run_for(hours(1));
    let updates = world.take_events();
    assert!(updates.iter().all(|event| *event == Event::Updated));
    assert!((20..=30).contains(&updates.len()), "{}", updates.len());
    assert_eq!(world.wire.requests(Operation::Register).len(), 1);
}

fn is_ping(direction: Direction, bytes: &[u8]) -> bool {
    direction == Direction::Up && bytes.len() == 4 && bytes[..2] == [0x40, 0]
}

/// When the device has sent pings.
fn pings(world: &World) -> Vec<client_lite::Instant> {
    let pings = world
        .wire
        .up()
        .filter(|sent| is_ping(sent.direction, &sent.bytes));
    pings.map(|ping| ping.at).collect()
}

fn registered(keep_alive: u32, set: impl FnOnce(&mut Setup)) -> World {
    let mut setup = Setup::new(0xca0);
    setup.config.keep_alive = keep_alive;
    set(&mut setup);
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}
