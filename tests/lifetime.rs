//! A registration is kept for as long as it is wanted, over networks that lose, reorder and repeat.

mod common;

use client_lite::{Event, Instant, RegisterReason, Transmission};
use common::*;
use demo_server::Operation;

#[test]
fn five_minutes_are_kept_for_a_month() {
    for seed in 0x600..0x604 {
        keeps(seed, 300);
    }
}

#[test]
fn an_hour_is_kept_for_a_month() {
    for seed in 0x610..0x618 {
        keeps(seed, 3600);
    }
}

#[test]
fn a_day_is_kept_for_a_month() {
    for seed in 0x620..0x640 {
        keeps(seed, 86_400);
    }
}

#[test]
fn a_network_that_is_away_for_longer_than_the_lifetime_is_the_one_reason_for_a_lapse() {
    for seed in 0x640..0x660 {
        let mut world = world(seed, 300);
        world.run_for(minutes(30));
        world.link.cut();
        world.run_for(minutes(20));
        assert!(world.registration().is_none());
        world.link.loss = 0.3;
        world.run_for(hours(1));
        assert!(world.registration().is_some());
        assert!(count_of_lapses_that_the_network_explains(&world, 300) > 0);
    }
}

#[test]
fn an_update_leaves_time_for_two_attempts_but_half_of_the_lifetime_at_least() {
    // MAX_TRANSMIT_WAIT is 93 s by default (RFC 7252, 4.8.2), the first back-off at most 10 s.
    let usual = Transmission::default();
    // 10 s * 1.5 * (2^3 - 1) = 105 s.
    let slow = Transmission {
        ack_timeout: seconds(10),
        max_retransmit: 2,
        ..usual
    };
    for (lifetime, transmission, wait) in [
        (2, usual, 1_000),
        (60, usual, 30_000),
        (300, usual, 150_000),
        (392, usual, 196_000),
        (400, usual, 204_000),
        (3_600, usual, 3_404_000),
        (86_400, usual, 86_204_000),
        (u32::MAX, usual, (u64::from(u32::MAX) - 196) * 1000),
        (440, slow, 220_000),
        (442, slow, 222_000),
        (3_600, slow, 3_380_000),
    ] {
        let mut setup = Setup::new(0x660);
        setup.config.lifetime = lifetime;
        setup.config.transmission = transmission;
        let mut world = setup.build();
        world.register();
        let first = first_transmission(&mut world);
        world.expect(Event::Registered(RegisterReason::First));
        let due = later(first, wait);
        assert_eq!(world.client.next_update(), Some(due), "{lifetime} s");
        if lifetime < u32::MAX {
            world.run_until_time(due);
            world.expect(Event::Updated);
            let update = world.wire.requests(Operation::Update)[0].at;
            assert_eq!(update, due, "{lifetime} s");
        }
    }
}

#[test]
fn the_shortest_lifetime_is_no_storm() {
    let mut setup = Setup::new(0x662);
    setup.config.lifetime = 1;
    let mut world = setup.build();
    world.register();
    world.run_for(minutes(1));
    assert!(world.registration().is_some());
    let sent = world.wire.up().count();
    assert!(sent <= 130, "{sent} datagrams in a minute");
}

#[test]
fn the_lifetime_counts_from_the_first_transmission() {
    let mut world = World::new(0x661);
    world.link.cut();
    world.register();
    let first = first_transmission(&mut world);
    world.run_for(seconds(20));
    world.link.mend();
    world.expect(Event::Registered(RegisterReason::First));
    assert!(world.now > first + seconds(20));
    assert_eq!(world.client.next_update(), Some(first + seconds(86_204)));
}

fn keeps(seed: u64, lifetime: u32) {
    let mut world = world(seed, lifetime);
    world.run_for(days(30));
    let lapses = count_of_lapses_that_the_network_explains(&world, lifetime);
    // Ten transmissions in a row are lost once in 170,000 times.
    assert!(lapses <= 1, "{lapses} lapses");
    world.link.mend();
    world.run_for(hours(3));
    assert!(world.registration().is_some());
}

fn world(seed: u64, lifetime: u32) -> World {
    let mut setup = Setup::new(seed);
    setup.config.lifetime = lifetime;
    setup.link = Link::poor();
    let mut world = setup.build();
    world.register();
    world.run_until(|world| world.registration().is_some());
    world
}

/// Checks each lapse on the server: nothing that the device sent in time has arrived, and where it
/// knew of its registration it sent as much as the slowest schedule allows.
fn count_of_lapses_that_the_network_explains(world: &World, lifetime: u32) -> usize {
    let mut renewed = None;
    let mut count = 0;
    for (at, event) in &world.server_events {
        match event {
            demo_server::Event::Registered { .. } | demo_server::Event::Updated { .. } => {
                renewed = Some(*at);
            }
            demo_server::Event::Expired { .. } => {
                let renewed = renewed.expect("what has lapsed was renewed before");
                let tries = tries(world, renewed, *at);
                let expected = match is_heard_of(world, renewed, *at) {
                    true => fewest_tries(lifetime),
                    // Every answer was lost: the device backs off.
                    false => 0,
                };
                assert!(
                    tries >= expected,
                    "{tries} of {expected} from {renewed:?} to {at:?}"
                );
                count += 1;
            }
            _ => {}
        }
    }
    count
}

/// Whether an answer to what renewed the registration has reached the device.
fn is_heard_of(world: &World, renewed: Instant, lapse: Instant) -> bool {
    let id = |bytes: &[u8]| [bytes[2], bytes[3]];
    let request = world
        .wire
        .up()
        .find(|request| request.arrives == Some(renewed));
    let request = id(&request.expect("what renewed it").bytes);
    world
        .wire
        .down()
        .filter(|answer| answer.at >= renewed)
        .any(|answer| {
            id(&answer.bytes) == request && answer.arrives.is_some_and(|arrives| arrives < lapse)
        })
}

/// How many Registers and Updates, retransmissions included, were sent between the two points, and
/// too late or never arrived. One that has arrived before goes for nothing: it is a repetition.
fn tries(world: &World, renewed: Instant, lapse: Instant) -> usize {
    let requests: Vec<_> = world
        .wire
        .up()
        .filter(|datagram| datagram.at <= lapse && datagram.at + minutes(5) >= renewed)
        .filter(|datagram| {
            matches!(
                datagram.operation(),
                Some(Operation::Register | Operation::Update)
            )
        })
        .collect();
    let heard = |bytes: &[u8]| {
        requests.iter().any(|request| {
            request.bytes == bytes && request.arrives.is_some_and(|at| at <= renewed)
        })
    };
    let tries = requests
        .iter()
        .filter(|request| request.at > renewed && !heard(&request.bytes));
    let mut count = 0;
    for request in tries {
        let in_time = request.arrives.is_some_and(|arrives| arrives < lapse);
        assert!(
            !in_time,
            "what was sent at {:?} arrived, and the server let it lapse",
            request.at
        );
        count += 1;
    }
    count
}

/// How many transmissions fit between the time of an Update and the end of the lifetime, with the
/// longest of all random waits.
fn fewest_tries(lifetime: u32) -> usize {
    let lifetime = u64::from(lifetime);
    let mut at = (lifetime / 2).max(lifetime.saturating_sub(2 * 93 + 10));
    let mut back_off = 10;
    let mut count = 0;
    loop {
        // RFC 7252, 4.2: 3 s at most, doubled; after four retransmissions it is over.
        for wait in [3, 6, 12, 24, 48] {
            if at + 1 >= lifetime {
                return count;
            }
            count += 1;
            at += wait;
        }
        at += back_off;
        back_off *= 2;
    }
}

fn first_transmission(world: &mut World) -> Instant {
    world.run_until(|world| world.wire.up().count() > 0);
    world.wire.datagrams[0].at
}
