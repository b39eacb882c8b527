//! An application that drops the network: nothing is sent meanwhile, nothing is lost, and where the
//! association goes on it costs nothing.

mod common;

use client_lite::{
    Association, Detail, Error, Event, Operation, RegisterReason, State, TransportError,
};
use common::*;

#[test]
fn nothing_is_sent_while_paused() {
    let mut world = World::registered(0x801);
    world.run_for(seconds(86_000));
    world.pause();
    assert!(world.client.is_paused());
    world.wire.clear();
    world.run_for(days(3));
    assert!(world.wire.up().next().is_none());
    assert_eq!(world.client.poll_timeout(), None);
    world.expect_no_event();
    world.expect_state(State::Registered);
}

#[test]
fn a_registration_that_holds_goes_on_without_a_message() {
    let mut world = World::registered(0x802);
    let due = world.client.next_update();
    for _ in 0..10 {
        world.run_for(hours(1));
        world.pause();
        world.run_for(hours(1));
        world.wire.clear();
        world.resume();
        world.run_for(minutes(1));
        assert!(world.wire.datagrams.is_empty());
    }
    world.expect_no_event();
    world.expect_state(State::Registered);
    assert_eq!(world.client.next_update(), due);
    world.run_for(hours(5));
    world.expect(Event::Updated);
}

#[test]
fn a_new_association_is_registered_over() {
    let mut world = World::registered(0x803);
    world.pause();
    world.transport.then(Ok(Association::New));
    world.resume();
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    assert_eq!(world.registration().expect("a registration").registers, 2);
}

#[test]
fn a_registration_that_has_expired_meanwhile_is_made_anew() {
    let mut world = World::registered(0x804);
    world.pause();
    world.run_for(hours(25));
    assert!(world.registration().is_none());
    world.resume();
    world.expect(Event::Registered(RegisterReason::Expired));
    world.expect_no_event();
}

#[test]
fn an_update_that_fell_due_meanwhile_goes_out_at_once() {
    let mut world = World::registered(0x805);
    world.run_for(seconds(86_000));
    world.pause();
    world.run_for(seconds(300));
    world.resume();
    let resumed = world.now;
    world.expect(Event::Updated);
    assert!(world.now.saturating_since(resumed) < seconds(1));
}

#[test]
fn an_association_that_does_not_come_back_is_asked_for_again() {
    let mut world = World::registered(0x806);
    world.pause();
    world.transport.then(Err(TransportError::InterfaceDown));
    world.resume();
    world.expect_error(
        Operation::Update,
        Error::NetworkError,
        Detail::InterfaceDown,
    );
    world.expect_first_wait();
    world.expect(Event::Updated);
}

#[test]
fn register_while_paused_is_kept() {
    let mut world = World::new(0x807);
    world.pause();
    world.register();
    world.run_for(hours(1));
    assert!(world.transport.opened.is_empty());
    world.expect_no_event();
    world.resume();
    world.expect(Event::Registered(RegisterReason::First));
    world.expect_no_event();
}

#[test]
fn update_while_paused_is_kept() {
    let mut world = World::registered(0x808);
    world.pause();
    world.update();
    world.update();
    world.run_for(hours(1));
    world.expect_no_event();
    world.wire.clear();
    world.resume();
    world.expect(Event::Updated);
    world.run_for(hours(1));
    world.expect_no_event();
    assert_eq!(world.wire.up().count(), 1);
}

#[test]
fn close_while_paused_is_kept() {
    let mut world = World::registered(0x809);
    world.pause();
    world.close();
    world.run_for(hours(1));
    world.expect_no_event();
    assert!(world.registration().is_some());
    world.resume();
    world.expect(Event::Deregistered);
    assert!(world.registration().is_none());
    world.expect_silence();
}

#[test]
fn changed_objects_while_paused_are_told_after() {
    let mut world = World::registered(0x80a);
    world.pause();
    world.objects.actuator = None;
    world.objects_changed();
    world.run_for(hours(1));
    world.resume();
    world.expect(Event::Updated);
    let objects = &world.registration().expect("a registration").objects;
    assert!(
        objects.iter().all(|link| link.object != 33_000),
        "{objects:?}"
    );
}

#[test]
fn a_changed_value_while_paused_is_sent_after() {
    let mut world = World::registered(0x80b);
    world.pause();
    world.objects.button.presses = 1;
    world.changed("/3200/0/5501");
    world.objects.button.presses = 2;
    world.changed("/3200/0/5501");
    world.run_for(hours(1));
    world.wire.clear();
    world.resume();
    world.run_for(minutes(1));
    assert_eq!(world.wire.requests(demo_server::Operation::Send).len(), 1);
    assert_eq!(world.wire.up().count(), 1);
}

#[test]
fn a_request_that_was_outstanding_is_made_again() {
    let mut world = World::new(0x80c);
    world.register();
    world.run_for(millis(60));
    world.pause();
    world.run_for(hours(1));
    world.expect_no_event();
    world.resume();
    world.expect(Event::Registered(RegisterReason::First));

    for (command, event) in [
        (World::update as fn(&mut World), Event::Updated),
        (World::close, Event::Deregistered),
    ] {
        let mut world = World::registered(0x80d);
        world.link.cut();
        command(&mut world);
        world.run_for(millis(10));
        world.pause();
        world.run_for(hours(1));
        world.expect_no_event();
        world.link.mend();
        world.resume();
        world.expect(event);
        world.run_for(hours(1));
        world.expect_no_event();
    }
}

#[test]
fn a_bootstrap_that_was_under_way_is_made_again() {
    let mut world = bootstrap::world(0x813);
    world.register();
    world.run_for(millis(150));
    world.expect_state(State::Bootstrapping);
    world.pause();
    world.run_for(hours(1));
    world.expect_no_event();
    world.resume();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}

#[test]
fn close_then_pause_then_register_ends_registered() {
    let mut world = World::registered(0x80e);
    world.close();
    world.pause();
    world.register();
    world.resume();
    world.run_for(minutes(10));
    world.expect_state(State::Registered);
    assert!(world.registration().is_some());
}

#[test]
fn a_wait_starts_again_with_its_first_step() {
    let mut world = World::new(0x80f);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    for _ in 0..9 {
        world.expect_no_address(Operation::Register);
    }
    world.pause();
    world.run_for(hours(1));
    assert_eq!(world.transport.opened.len(), 9);
    world.transport.as_usual();
    world.resume();
    world.expect_first_wait();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn the_same_twice_is_one() {
    let mut world = World::registered(0x810);
    world.pause();
    world.pause();
    world.wire.clear();
    world.resume();
    world.resume();
    world.run_for(minutes(1));
    world.resume();
    world.run_for(hours(1));
    assert!(!world.client.is_paused());
    assert_eq!(world.transport.opened.len(), 2);
    assert!(world.wire.datagrams.is_empty());
    world.expect_no_event();
}

#[test]
fn without_anything_to_do_no_association_is_asked_for() {
    let mut world = World::new(0x811);
    world.pause();
    world.resume();
    world.run_for(hours(1));
    assert!(world.transport.opened.is_empty());
    world.expect_state(State::Idle);
}

#[test]
fn what_comes_late_over_the_old_association_is_not_taken() {
    let mut world = World::new(0x812);
    world.register();
    world.run_for(millis(60));
    let register = world.wire.requests(demo_server::Operation::Register)[0].packet();
    world.pause();
    world.deliver(&bytes(&created(&register, &["rd", "old"])));
    world.expect_no_event();
    assert_eq!(world.client.endpoint_info(), None);
}
