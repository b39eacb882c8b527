//! How often a device writes to its flash: not because of what changes by itself.
#![cfg(feature = "snapshot")]

mod common;

use client_lite::{Event, Instant, Path, RegisterReason};
use common::*;

/// A registration is stored when it is made, and when it has been updated, four times a day at most.
#[test]
fn updates_are_stored_a_few_times_a_day() {
    // The lifetime in seconds, and the writes of a day: of the first Register, and of Updates.
    for (lifetime, most) in [(60, 5), (3600, 5), (86_400, 2), (1_000_000, 1)] {
        let mut setup = Setup::new(1);
        setup.config.lifetime = lifetime;
        let mut world = keeping(setup);
        world.run_for(hours(24));
        let writes = writes(&world);
        assert!(writes <= most, "{writes} writes at {lifetime} s");
    }
}

/// The first notification behind a snapshot makes another one due, and the following ones none.
#[test]
fn notifications_are_not_stored() {
    let mut world = keeping(Setup::new(2));
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    let before = writes(&world);
    for hour in 0..24 {
        world.objects.temperature.celsius = f64::from(hour);
        world.changed(TEMPERATURE);
        world.run_for(hours(1));
    }
    let writes = writes(&world) - before;
    assert!(writes <= 3, "{writes} writes");
}

/// Records are stored where the application asks, and when those that were stored have gone out.
#[cfg(feature = "records")]
#[test]
fn records_are_stored_where_the_application_asks() {
    const BEFORE: u64 = 1_700_000_000_000;
    const PRESSES: Path = Path::resource(3200, 0, 5501);
    let mut world = keeping(Setup::new(3));
    let before = writes(&world);
    for count in 0..5 {
        let now = world.device_time();
        let objects = &mut world.objects.list();
        let kept = world.client.record(now, PRESSES, BEFORE + count, objects);
        assert_eq!(kept, Ok(()));
        world.settle();
    }
    assert_eq!(writes(&world), before);
    world.client.request_snapshot();
    world.settle();
    assert_eq!(writes(&world), before + 1);

    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    assert_eq!(world.client.records(), 5);
    world.client.send_records(world.device_time());
    world.settle();
    world.run_for(seconds(1));
    assert_eq!((world.sends().len(), world.client.records()), (1, 0));

    // They are not sent again after another loss of power.
    world.restart(minutes(1));
    assert_eq!(world.client.records(), 0);
}

/// The places of a Read-Composite are those of a response.
#[cfg(feature = "composite")]
#[test]
fn reads_are_not_stored() {
    let mut world = Setup::new(5).build();
    world.keep_snapshots().session.expect_err("nothing yet");
    let mut server = manual::Manual::of(world);
    let before = writes(&server);
    for paths in [&[TEMPERATURE, PRESSES][..], &[PRESSES], &[LEVEL]] {
        let names = composite::names(paths);
        let request = composite::fetch(&mut server, &names);
        assert_eq!(manual::code(&server.ask(&request)), "2.05");
    }
    assert_eq!(writes(&server), before);
}

#[test]
fn an_idle_device_stores_nothing() {
    let mut setup = Setup::new(4);
    setup.config.lifetime = 4_000_000;
    let mut world = keeping(setup);
    let before = writes(&world);
    world.run_until_time(Instant::from_millis(0) + days(20));
    assert_eq!(writes(&world), before);
}

fn keeping(setup: Setup) -> World {
    let mut world = setup.build();
    world.keep_snapshots().session.expect_err("nothing yet");
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}

fn writes(world: &World) -> usize {
    world.flash.as_ref().expect("a flash").writes
}
