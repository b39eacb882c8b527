//! The server's own order of retries (/1/x/17 to 20; LwM2M Core 1.1, 6.2.1.2), which takes the place
//! of the configured back-off.

mod common;

use client_lite::{Duration, Event, Operation, RegisterReason, TransportError};
use common::*;
use demo_server::format::Value;

/// A registered device whose bootstrap server has set these resources of the server's object, and
/// is not to be asked again.
fn world(seed: u64, numbers: &[(u16, u32)]) -> World {
    registered(seed, numbers, false)
}

fn registered(seed: u64, numbers: &[(u16, u32)], asks_again: bool) -> World {
    let mut world = bootstrap::world(seed);
    let number = |(resource, number): &(u16, u32)| (*resource, Value::Integer((*number).into()));
    let mut resources: Vec<_> = numbers.iter().map(number).collect();
    resources.push((16, Value::Boolean(asks_again)));
    world.peer = bootstrap::server_with(resources);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world
}

/// The waits before the next attempts, all of which fail.
fn waits(world: &mut World, count: usize) -> Vec<Duration> {
    world.close();
    world.expect(Event::Deregistered);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    (0..count)
        .map(|_| {
            world.expect_no_address(Operation::Register);
            let opened = world.transport.opened.len();
            let (failed, _) = *world.events.last().expect("the error");
            while world.transport.opened.len() == opened {
                world.run_for(seconds(1));
            }
            world.transport.opened[opened].at.saturating_since(failed)
        })
        .collect()
}

/// Each from what the server says to half as much again; behind the last sequence from half an hour
/// to one hour, for ever.
#[test]
fn sequences_of_doubling_waits() {
    for seed in 0..20 {
        let numbers = [(17, 3), (18, 10), (19, 1000), (20, 2)];
        let mut world = world(0xa00 + seed, &numbers);
        let expected = [10, 20, 1000, 10, 20, 1800, 1800, 1800];
        let waits = waits(&mut world, expected.len());
        for (wait, low) in waits.iter().zip(expected) {
            let high = if low == 1800 { 3600 } else { low * 3 / 2 };
            assert!(
                (seconds(low)..=seconds(high)).contains(wait),
                "{waits:?} for {expected:?}"
            );
        }
    }
}

/// The waits are drawn at random, so that a fleet stays spread out.
#[test]
fn every_wait_is_jittered() {
    let all: Vec<Vec<Duration>> = (0..20)
        .map(|seed| {
            waits(
                &mut world(0xa40 + seed, &[(17, 2), (18, 100), (19, 5000)]),
                3,
            )
        })
        .collect();
    for step in 0..3 {
        let mut drawn: Vec<u64> = all.iter().map(|waits| waits[step].as_millis()).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert!(drawn.len() > 15, "step {step}: {drawn:?}");
    }
}

/// Where the server sets a part, the specification's defaults stand for the others: five attempts,
/// 60 s, a day, one sequence.
#[test]
fn the_specifications_defaults_stand_for_the_rest() {
    let mut set = world(0xa80, &[(20, 2)]);
    let waits = waits(&mut set, 6);
    for (wait, low) in waits.iter().zip([60, 120, 240, 480, 86_400, 60]) {
        assert!(
            (seconds(low)..=seconds(low * 3 / 2)).contains(wait),
            "{waits:?}"
        );
    }
}

/// The largest number as the wait between sequences: there is to be one only.
#[test]
fn no_second_sequence() {
    let numbers = [(17, 2), (18, 10), (19, u32::MAX), (20, 5)];
    let mut set = world(0xa81, &numbers);
    let waits = waits(&mut set, 4);
    assert!((seconds(10)..=seconds(15)).contains(&waits[0]), "{waits:?}");
    for wait in &waits[1..] {
        assert!((seconds(1800)..=seconds(3600)).contains(wait), "{waits:?}");
    }
}

/// Any numbers: a wait is never over before it has begun, and there is always another attempt.
#[test]
fn extreme_numbers() {
    let numbers = [
        (17, u32::MAX),
        (18, u32::MAX),
        (19, u32::MAX),
        (20, u32::MAX),
    ];
    let mut world = world(0xa82, &numbers);
    world.transport.always(Err(TransportError::NotResolved));
    world.lose_association(TransportError::Socket);
    world.expect_no_address(Operation::Update);
    world.run_for(Duration::MAX);
    let events = world.take_events();
    assert_eq!(events.len(), 1, "{events:?}");
}

/// A success starts again with the first wait.
#[test]
fn a_success_starts_again() {
    let mut world = world(0xa83, &[(17, 10), (18, 30)]);
    for _ in 0..3 {
        world.transport.always(Err(TransportError::NotResolved));
        world.lose_association(TransportError::Socket);
        world.expect_no_address(Operation::Update);
        let wait = world.wait_for_attempt();
        assert!((seconds(30)..=seconds(45)).contains(&wait), "{wait:?}");
        world.transport.as_usual();
        world.run_for(hours(1));
        world.take_events();
    }
}

/// The Update goes out early enough for a second attempt at the server's wait.
#[test]
fn the_update_leaves_room_for_the_first_wait() {
    let mut world = world(0xa84, &[(17, 5), (18, 1000)]);
    world.update();
    world.expect(Event::Updated);
    let next = world.client.next_update().expect("registered");
    let left = seconds(3600).saturating_sub(next.saturating_since(world.now));
    assert!(left >= seconds(1500), "{left:?}");
}

/// A registration that has failed in all the server's sequences goes to the bootstrap server once.
#[test]
fn after_the_last_sequence_the_bootstrap_server_is_asked() {
    let mut world = registered(0xa85, &[(17, 2), (18, 10), (20, 1)], true);
    world.close();
    world.expect(Event::Deregistered);
    for _ in 0..2 {
        world.transport.then(Err(TransportError::NotResolved));
    }
    world.register();
    for _ in 0..2 {
        world.expect_no_address(Operation::Register);
    }
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}
