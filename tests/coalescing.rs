//! What is due soon goes while the radio is on, so that it is on less often.
#![cfg(feature = "coalescing")]

mod common;

use client_lite::Event;
use common::driven::Driven;
use common::*;
use demo_server::Operation;

/// With a lifetime of a day Updates have no burst of their own where values come each eight hours or more
/// often.
#[test]
fn updates_go_with_other_messages() {
    for every in [1, 2, 8] {
        let mut device = asleep(|_| {});
        let values = 10 * 24 / every as usize;
        for _ in 0..values {
            device.run_for(hours(every));
            device.changed(PRESSES);
        }
        device.run_for(minutes(1));
        assert_eq!(device.requests(Operation::Send), values);
        let updates = device.requests(Operation::Update);
        assert!((10..=20).contains(&updates), "{updates} Updates");
        assert_eq!(device.bursts(), values);
    }
}

/// Three observers of five minutes each, who have begun at different times.
#[test]
fn notifications_that_are_due_soon_go_together() {
    let mut device = asleep(|_| {});
    for path in [TEMPERATURE, LEVEL, PRESSES] {
        device.observe(path);
        device.write_attributes(path, &["pmax=300"]);
        device.command(|client, now| client.update(now));
        device.run_for(seconds(60));
    }
    device.run_for(minutes(10));
    device.bursts();
    device.sent();
    device.run_for(hours(1));
    assert_eq!(device.bursts(), 12);
    assert_eq!(device.sent().len(), 3 * 12);
}

#[test]
fn a_notification_does_not_come_before_its_shortest_period() {
    let mut device = asleep(|_| {});
    device.observe(TEMPERATURE);
    device.write_attributes(TEMPERATURE, &["pmin=280", "pmax=300"]);
    device.command(|client, now| client.update(now));
    device.run_for(seconds(1));
    device.command(|client, now| client.update(now));
    device.run_for(seconds(270));
    device.sent();
    device.command(|client, now| client.update(now));
    device.run_for(seconds(1));
    assert_eq!(device.sent().len(), 1, "the Update alone");
}

#[test]
#[cfg(feature = "records")]
fn records_go_with_any_message() {
    let mut device = asleep(|_| {});
    let time = 1_700_000_000_000;
    let now = device.now();
    let path = TEMPERATURE.parse().expect("a path");
    let objects = &mut device.board.objects.list();
    let client = device.driver.client_mut();
    client.record(now, path, time, objects).expect("a number");
    device.run_for(hours(1));
    assert!(device.driver.is_asleep(), "a record alone wakes nobody");
    assert_eq!(device.sent().len(), 0);
    device.command(|client, now| client.update(now));
    device.run_for(seconds(1));
    assert_eq!(device.requests(Operation::Send), 1);
    assert_eq!(device.driver.client().records(), 0);
}

/// As before a tracking area update of the modem.
#[test]
fn an_update_goes_when_the_radio_is_on_anyway() {
    let device = asleep(|_| {});
    let update = device.driver.client().next_update().expect("an Update");
    let period = update.saturating_since(device.now()).as_millis();
    for (tenths, expected) in [(1, 0), (4, 0), (6, 1), (9, 1)] {
        let mut device = asleep(|_| {});
        device.run_for(millis(period / 10 * tenths));
        device.command(|client, now| client.radio_on(now));
        device.run_for(seconds(1));
        assert_eq!(
            device.requests(Operation::Update),
            expected,
            "{tenths} tenths"
        );
        assert_eq!(device.driver.is_asleep(), expected == 0);
    }
}

#[test]
fn it_is_no_command_to_a_device_that_is_not_registered() {
    let mut device = asleep(|_| {});
    device.command(|client, now| client.close(now));
    device.run_for(seconds(1));
    assert_eq!(device.board.events.pop(), Some(Event::Deregistered));
    device.sent();
    device.command(|client, now| client.radio_on(now));
    device.run_for(hours(1));
    assert_eq!(device.sent().len(), 0);
    assert_eq!(device.board.events.len(), 1);
}

/// A device that always listens has its Updates when they are due.
#[test]
fn without_queue_mode_nothing_comes_early() {
    let mut device = asleep(|setup| setup.config.queue_mode = false);
    let update = device.driver.client().next_update().expect("an Update");
    for _ in 0..11 {
        device.run_for(hours(2));
        device.changed(PRESSES);
    }
    assert_eq!(device.driver.client().next_update(), Some(update));
}

fn asleep(set: impl FnOnce(&mut Setup)) -> Driven {
    let mut setup = Setup::new(0);
    setup.config.queue_mode = true;
    set(&mut setup);
    let mut device = Driven::registered(setup, seconds(93));
    device.run_for(minutes(5));
    device.sent();
    device.bursts();
    device
}
