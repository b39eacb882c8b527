//! A clock that is set while the client runs: no panic, no storm, and the device is registered in
//! the end.

mod common;

use client_lite::{Duration, Event, Instant, State, TransportError};
use common::*;

#[test]
fn a_step_back_by_a_second() {
    survives(|shown| Instant::from_millis(shown.as_millis().saturating_sub(1000)));
}

#[test]
fn a_step_back_to_the_start() {
    survives(|_| Instant::from_millis(0));
}

#[test]
fn a_jump_by_a_minute() {
    survives(|shown| shown + minutes(1));
}

#[test]
fn a_jump_by_a_year() {
    survives(|shown| later(shown, 365 * 86_400_000));
}

#[test]
fn a_jump_from_1970_to_now() {
    survives(|_| Instant::from_millis(1_800_000_000_000));
}

#[test]
fn a_jump_to_the_end_of_time() {
    survives(|_| Instant::from_millis(u64::MAX));
}

#[test]
fn a_jump_to_just_before_the_end_of_time() {
    survives(|_| Instant::from_millis(u64::MAX - 30_000));
}

#[test]
fn a_clock_that_is_set_again_and_again() {
    for seed in 0x701..0x711 {
        let mut random = Random::new(seed);
        let mut world = World::registered(seed);
        for _ in 0..200 {
            let shown = random.next() >> random.below(64);
            world.set_device_time(Instant::from_millis(shown));
            run_calmly(&mut world, random.between(millis(0), minutes(10)));
            if random.chance(0.1) {
                world.update();
            }
        }
        recovers(&mut world);
    }
}

#[test]
fn a_step_back_keeps_the_distance_to_what_is_due() {
    let mut world = World::registered(0x720);
    world.run_for(hours(10));
    // The client learns of each step by the next call, here a command that changes nothing.
    world.register();
    world.set_device_time(Instant::from_millis(0));
    world.register();
    world.take_events();
    let due = world.client.next_update().expect("an Update");
    let expected = seconds(86_204).saturating_sub(hours(10)).as_millis();
    assert!(due.as_millis().abs_diff(expected) < 100, "{due:?}");
    world.expect_no_event();
    let limit = due
        .saturating_since(world.device_time())
        .saturating_sub(seconds(1));
    assert_eq!(world.next_event(limit), None);
    world.expect(Event::Updated);
}

#[test]
fn the_last_error_stays_where_it_was_on_the_clock_of_the_caller() {
    let mut world = World::new(0x721);
    world.run_for(hours(10));
    world.close();
    world.set_device_time(Instant::from_millis(1000));
    world.update();
    let at = world.client.last_error().expect("an error").at;
    assert_eq!(at, Instant::from_millis(1000));
}

/// Sets the clock in whatever the client is about.
fn survives(set: impl Fn(Instant) -> Instant) {
    for (seed, begin) in BEGINNINGS.iter().enumerate() {
        let mut world = begin(0x730 + seed as u64);
        let shown = set(world.device_time());
        world.set_device_time(shown);
        run_calmly(&mut world, hours(24));
        recovers(&mut world);
    }
}

/// The device sends no more in this time than one that backs off does, however long it takes.
#[track_caller]
fn run_calmly(world: &mut World, span: Duration) {
    let (before, end) = (world.wire.up().count(), world.now + span);
    while world.now < end {
        world.run_for(minutes(1).min(end.saturating_since(world.now)));
        let sent = world.wire.up().count() - before;
        assert!(
            sent <= MOST_IN_A_DAY,
            "{sent} datagrams until {:?}",
            world.now
        );
    }
}

/// With a clock that works and a network that carries all is well after a while.
fn recovers(world: &mut World) {
    world.transport.as_usual();
    world.link.mend();
    if world.device_time().as_millis() > u64::MAX / 2 {
        world.set_device_time(Instant::from_millis(1_800_000_000_000));
    }
    // The client learns of the clock's step by the next call.
    world.resume();
    run_calmly(world, hours(25));
    world.expect_state(State::Registered);
    assert!(world.registration().is_some());
}

/// Each leaves the client in another state.
const BEGINNINGS: [fn(u64) -> World; 8] = [
    // Registered.
    |seed| {
        let mut world = World::registered(seed);
        world.run_for(hours(2));
        world
    },
    // Registered, with an Update soon.
    |seed| {
        let mut world = World::registered(seed);
        world.run_for(seconds(86_203));
        world
    },
    // An Update is outstanding.
    |seed| {
        let mut world = World::registered(seed);
        world.run_for(hours(2));
        world.link.cut();
        world.update();
        world.run_for(seconds(5));
        world.link.mend();
        world
    },
    // An Update will not arrive for long.
    |seed| {
        let mut world = World::registered(seed);
        world.run_for(hours(2));
        world.link.cut();
        world.update();
        world
    },
    // Opening.
    |seed| {
        let mut world = World::new(seed);
        world.register();
        world
    },
    // A Register is outstanding, and stays so.
    |seed| {
        let mut world = World::new(seed);
        world.link.cut();
        world.register();
        world.run_for(seconds(1));
        world
    },
    // Backing off.
    |seed| {
        let mut world = World::new(seed);
        world.transport.always(Err(TransportError::NotResolved));
        world.register();
        world.run_for(hours(5));
        world
    },
    // Paused.
    |seed| {
        let mut world = World::registered(seed);
        world.run_for(hours(1));
        world.pause();
        world
    },
];

/// An attempt has five transmissions; with waits of half an hour and more there are 48 in a day, and
/// a dozen before that.
const MOST_IN_A_DAY: usize = 5 * (48 + 12);
