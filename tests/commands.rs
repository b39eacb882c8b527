//! Commands in all states: one that the state does not allow changes nothing, the same twice is
//! one, and of opposites the later wins.

mod common;

use client_lite::{Detail, Error, Event, Operation, RegisterReason, State};
use common::*;

#[test]
fn a_refused_command_is_told_and_changes_nothing() {
    let mut world = World::registered(0x401);
    let due = world.client.next_update();
    world.wire.clear();
    world.register();
    world.expect_error(
        Operation::Register,
        Error::NotAllowed,
        Detail::AlreadyRegistered,
    );
    world.expect_state(State::Registered);
    assert_eq!(world.client.next_update(), due);
    world.run_for(hours(1));
    world.expect_no_event();
    assert!(world.wire.datagrams.is_empty());
}

#[test]
fn without_a_registration_there_is_nothing_to_update_or_close() {
    let mut world = World::new(0x402);
    world.update();
    world.expect_not_registered(Operation::Update);
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Idle);
    world.expect_silence();

    // Nor while the first Register is on its way.
    world.register();
    world.update();
    world.expect_not_registered(Operation::Update);
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn register_twice_is_one() {
    let mut world = World::new(0x403);
    world.register();
    world.register();
    world.run_for(millis(60));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(minutes(5));
    world.expect_no_event();
    assert_eq!(
        world.wire.requests(demo_server::Operation::Register).len(),
        1
    );
    assert_eq!(world.transport.opened.len(), 1);
}

#[test]
fn update_twice_is_one() {
    let mut world = World::registered(0x404);
    world.update();
    world.update();
    world.run_for(millis(10));
    world.update();
    world.expect(Event::Updated);
    world.run_for(minutes(5));
    world.expect_no_event();
    assert_eq!(world.wire.requests(demo_server::Operation::Update).len(), 1);

    // The next one is another.
    world.update();
    world.expect(Event::Updated);
}

#[test]
fn close_twice_is_one() {
    let mut world = World::registered(0x405);
    world.close();
    world.close();
    world.run_for(millis(10));
    world.close();
    world.expect(Event::Deregistered);
    world.run_for(minutes(5));
    world.expect_no_event();
    assert_eq!(
        world
            .wire
            .requests(demo_server::Operation::Deregister)
            .len(),
        1
    );
}

#[test]
fn close_before_the_association_is_there_stops() {
    let mut world = World::new(0x406);
    world.register();
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Halted);
    world.expect_silence();
    assert_eq!(world.wire.up().count(), 0);
}

#[test]
fn close_while_a_register_is_outstanding_deregisters_after_its_answer() {
    let mut world = World::new(0x407);
    world.register();
    world.run_for(millis(60));
    world.close();
    world.close();
    world.expect(Event::Registered(RegisterReason::First));
    world.expect(Event::Deregistered);
    world.expect_state(State::Idle);
    assert!(world.registration().is_none());
    world.expect_silence();
}

#[test]
fn close_while_a_register_is_outstanding_halts_where_it_fails() {
    let mut world = World::new(0x408);
    world.link.cut();
    world.register();
    world.run_for(seconds(1));
    world.close();
    world.expect_error(Operation::Register, Error::NetworkError, Detail::NoResponse);
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Halted);
    world.expect_silence();
}

#[test]
fn register_after_close_after_register_leaves_the_first_one() {
    let mut world = World::new(0x409);
    world.register();
    world.run_for(millis(60));
    world.close();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(hours(1));
    world.expect_no_event();
    world.expect_state(State::Registered);
    assert_eq!(world.wire.up().count(), 1);
}

#[test]
fn register_while_deregistering_registers_after_its_answer() {
    let mut world = World::registered(0x40a);
    world.close();
    world.register();
    world.register();
    world.expect(Event::Deregistered);
    world.expect(Event::Registered(RegisterReason::First));
    assert!(world.registration().is_some());

    // Even where the De-register fails.
    world.server().refuse(
        demo_server::Operation::Deregister,
        coap_lite::ResponseType::InternalServerError,
        None,
    );
    world.close();
    world.register();
    let detail = answered(coap_lite::ResponseType::InternalServerError);
    world.expect_error(Operation::Deregister, Error::UnregistrationFailed, detail);
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(hours(1));
    world.expect_no_event();
}

#[test]
fn close_after_register_while_deregistering_leaves_it_at_that() {
    let mut world = World::registered(0x40b);
    world.close();
    world.register();
    world.close();
    world.expect(Event::Deregistered);
    world.expect_state(State::Idle);
    world.expect_silence();
}

#[test]
fn close_while_an_update_is_outstanding_deregisters() {
    let mut world = World::registered(0x40c);
    world.update();
    world.run_for(millis(5));
    world.close();
    world.expect(Event::Deregistered);
    world.expect_silence();
    assert!(world.registration().is_none());
}

#[test]
fn close_while_backing_off_stops() {
    let mut world = World::new(0x40d);
    world
        .transport
        .then(Err(client_lite::TransportError::NotResolved));
    world.register();
    world.expect_no_address(Operation::Register);
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Halted);
    world.expect_silence();
    assert_eq!(world.transport.opened.len(), 1);
}

#[test]
fn commands_while_bootstrapping() {
    let writing = || {
        let mut world = bootstrap::world(0x411);
        world.register();
        world.run_until(|world| !world.wire.requests(BOOTSTRAP).is_empty());
        world.run_for(millis(50));
        world.expect_state(State::Bootstrapping);
        world
    };
    let mut world = writing();
    world.register();
    world.update();
    world.expect_not_registered(Operation::Update);
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(world.wire.requests(BOOTSTRAP).len(), 1);

    let mut world = writing();
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Halted);
    world.expect_silence();
}

#[test]
fn update_while_deregistering_is_refused() {
    let mut world = World::registered(0x40e);
    world.close();
    world.update();
    world.expect_not_registered(Operation::Update);
    world.expect(Event::Deregistered);
    world.expect_silence();
}

#[test]
fn all_begins_anew_after_close() {
    let mut world = World::registered(0x40f);
    for _ in 0..3 {
        world.close();
        world.expect(Event::Deregistered);
        world.expect_state(State::Idle);
        assert_eq!(world.client.endpoint_info(), None);
        assert_eq!(world.client.next_update(), None);
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
    }
    assert_eq!(world.client.counters().registrations, 4);
}

#[test]
fn a_registration_that_outlives_a_halt_can_be_updated_and_closed() {
    for finish in [World::update, World::close] {
        let mut world = World::registered(0x410);
        world.server().reset(demo_server::Operation::Deregister);
        world.close();
        world.expect_error(Operation::Deregister, Error::UnknownError, Detail::Reset);
        world.expect_state(State::Halted);
        world.server().allow(demo_server::Operation::Deregister);
        finish(&mut world);
        let event = world.next_event(minutes(1));
        assert!(
            matches!(event, Some(Event::Updated | Event::Deregistered)),
            "{event:?}"
        );
    }
}

#[test]
fn any_order_of_commands_ends_as_the_last_one_says() {
    for seed in 0x420..0x4a0 {
        let pauses = seed % 2 == 0;
        let mut random = Random::new(seed);
        let mut world = World::new(seed);
        world.link.latency = (millis(20), seconds(3));
        for _ in 0..30 {
            match random.below(5) {
                0 => world.register(),
                1 => world.update(),
                2 => world.close(),
                3 if pauses && world.client.is_paused() => world.resume(),
                3 if pauses => world.pause(),
                _ => world.run_for(random.between(millis(1), seconds(8))),
            }
        }
        world.resume();
        let registered = random.chance(0.5);
        match registered {
            true => world.register(),
            false => world.close(),
        }
        world.run_for(minutes(30));
        let state = world.client.state();
        let there = world.registration().is_some();
        match registered {
            true => assert!(state == State::Registered && there),
            // A Register whose answer a pause cut off may have left a registration behind.
            false => assert!(
                matches!(state, State::Idle | State::Halted) && (!there || pauses),
                "{state:?}"
            ),
        }
    }
}

const BOOTSTRAP: demo_server::Operation = demo_server::Operation::BootstrapRequest;
