//! A server that forgets the device now and then, as one does that is restarted each night.

mod common;

use client_lite::{Duration, Error, Event, Operation, RegisterReason, TransportError};
use coap_lite::ResponseType;
use common::*;

#[test]
fn one_that_forgets_each_night_costs_no_wait() {
    let mut world = World::registered(0x2401);
    for _ in 0..30 {
        world.server().forget_all();
        assert!(way_back(&mut world) < seconds(1));
    }
}

#[test]
fn a_registration_that_has_lasted_as_long_as_the_longest_wait_is_a_success() {
    // The longest wait is an hour.
    for (lasts, waits) in [(minutes(50), true), (minutes(61), false)] {
        let mut world = World::registered(0x2402);
        for round in 0..5 {
            world.run_for(lasts);
            world.server().forget_all();
            world.update();
            let way = way_back(&mut world);
            assert_eq!(way >= seconds(2), waits && round > 0, "{lasts:?}: {way:?}");
        }
    }
}

#[test]
fn the_back_off_then_begins_with_its_first_step() {
    let mut world = World::registered(0x2403);
    for _ in 0..6 {
        world.server().forget_all();
        world.update();
        way_back(&mut world);
    }
    world.run_for(hours(2));
    world.transport.always(Err(TransportError::NotResolved));
    world.lose_association(TransportError::Socket);
    world.expect_no_address(Operation::Update);
    world.expect_first_wait();
}

#[test]
fn one_that_is_away_before_it_has_forgotten_costs_no_more_than_the_first_step() {
    let mut world = World::registered(0x2404);
    world
        .server()
        .refuse(demo_server::Operation::Update, ResponseType::NotFound, None);
    for _ in 0..10 {
        world.run_for(hours(2));
        world.lose_association(TransportError::Socket);
        assert!(way_back(&mut world) < seconds(11));
    }
}

/// The time from the news that the server has forgotten the device to the next registration.
#[track_caller]
fn way_back(world: &mut World) -> Duration {
    let forgotten = Event::Error {
        operation: Operation::Update,
        error: Error::NotRegistered,
        detail: answered(ResponseType::NotFound),
    };
    while world.next_event(hours(25)).expect("an Update") != forgotten {}
    let told = world.now;
    world.expect(Event::Registered(RegisterReason::Forgotten));
    world.now.saturating_since(told)
}
