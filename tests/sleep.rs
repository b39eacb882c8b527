//! How long a device in queue mode listens, and what wakes it (LwM2M Transport 1.1, 6.5).

mod common;

use client_lite::{Duration, Event, Version};
use common::driven::Driven;
use common::*;
use demo_server::Operation;
use demo_server::format::TEXT;

#[test]
fn it_listens_for_max_transmit_wait_after_the_last_message() {
    let wait = Duration::from_secs(93);
    assert_eq!(Setup::new(0).config.transmission.max_transmit_wait(), wait);
    let mut device = sleeper(Version::V1_1);
    device.run_for(seconds(60));
    device
        .ask(|server, now| server.read(now, ENDPOINT, TEMPERATURE, None))
        .expect("a request");
    device.run_for(seconds(80));
    assert!(!device.driver.is_asleep());
    let (response, ..) = device.sent().pop().expect("a response");
    device.run_for(seconds(60));
    assert!(device.driver.is_asleep());
    assert_eq!(device.board.asleep, [response + wait]);
}

#[test]
fn update_send_and_notify_wake_it() {
    let mut device = sleeper(Version::V1_1);
    device.observe(TEMPERATURE);
    let wake: [fn(&mut Driven); 3] = [
        |device| device.command(|client, now| client.update(now)),
        |device| device.changed(PRESSES),
        |device| device.changed(TEMPERATURE),
    ];
    for wake in wake {
        device.run_for(hours(1));
        assert!(device.driver.is_asleep());
        device.sent();
        device.board.asleep.clear();
        wake(&mut device);
        assert!(!device.driver.is_asleep());
        let (sent, ..) = device.sent()[0];
        assert_eq!(sent, device.now());
        device.run_for(minutes(5));
        assert_eq!(device.board.asleep.len(), 1, "it sleeps again");
    }
}

#[test]
fn in_1_0_the_server_takes_it_out_of_queue_mode_and_back() {
    let mut device = sleeper(Version::V1_0);
    for (binding, sleeps) in [("U", false), ("UQ", true)] {
        let bytes = binding.as_bytes();
        device
            .ask(|server, now| server.write(now, ENDPOINT, "/1/0/7", TEXT, bytes))
            .expect("a request");
        device.run_for(seconds(1));
        assert_eq!(device.requests(Operation::Update), 1);
        device.sent();
        device.run_for(hours(1));
        assert_eq!(device.driver.is_asleep(), sleeps, "{binding}");
    }
    assert!(
        !device
            .board
            .events
            .iter()
            .any(|event| matches!(event, Event::Error { .. }))
    );
}

fn sleeper(version: Version) -> Driven {
    let mut setup = Setup::new(0);
    setup.config.version = version;
    setup.config.queue_mode = true;
    let wait = setup.config.transmission.max_transmit_wait();
    Driven::registered(setup, wait)
}
