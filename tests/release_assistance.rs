//! What a device in queue mode tells its network of what it expects, so that the radio is released in
//! time.
#![cfg(feature = "release-assistance")]

mod common;

use client_lite::ReleaseAssistance::{self, Last, NoData, OneResponse, Ongoing, WaitMore};
use client_lite::{Notifications, Path};
use coap_lite::{CoapOption, MessageClass, MessageType, ResponseType};
use common::driven::Driven;
use common::*;
use demo_server::Operation;

/// Most servers read or observe something then.
#[test]
fn after_a_register_the_server_is_likely_to_go_on() {
    let mut device = awake(|_| {});
    assert_eq!(device.expected(), [WaitMore]);
}

#[test]
fn an_update_has_one_response() {
    let mut device = asleep(|_| {});
    device.command(|client, now| client.update(now));
    expect(&mut device, &[OneResponse, NoData]);
}

#[test]
fn a_notification_that_nobody_acknowledges_is_the_last_message() {
    let mut device = observed(|_| {});
    device.changed(TEMPERATURE);
    expect(&mut device, &[Last, NoData]);
}

#[test]
fn a_confirmable_notification_is_acknowledged() {
    let mut device = observed(|setup| setup.config.notifications = Notifications::Confirmable);
    device.changed(TEMPERATURE);
    expect(&mut device, &[OneResponse, NoData]);
}

#[test]
fn what_waits_behind_a_message_keeps_the_radio() {
    let mut device = observed(|_| {});
    let now = device.now();
    let temperature: Path = TEMPERATURE.parse().expect("a path");
    let objects = &mut device.board.objects.list();
    let client = device.driver.client_mut();
    client
        .send(now, LEVEL.parse().expect("a path"))
        .expect("room");
    client.changed(now, temperature, objects).expect("room");
    device.driver.turn(&mut device.board);
    expect(&mut device, &[Ongoing, OneResponse, NoData]);
}

/// A notification that goes out while an Update is outstanding is not the end of it.
#[test]
fn a_response_that_is_still_to_come_is_expected() {
    let mut device = observed(|_| {});
    device.command(|client, now| client.update(now));
    device.changed(TEMPERATURE);
    expect(&mut device, &[OneResponse, OneResponse, NoData]);
}

#[test]
fn a_server_that_asks_may_ask_again() {
    let mut device = asleep(|_| {});
    for path in [TEMPERATURE, PRESSES] {
        device
            .ask(|server, now| server.read(now, ENDPOINT, path, None))
            .expect("a request");
    }
    device.command(|client, now| client.update(now));
    expect(&mut device, &[OneResponse, WaitMore, WaitMore, NoData]);
}

#[test]
fn the_blocks_of_a_request_follow_each_other() {
    let mut device = asleep(|_| {});
    device.board.objects.shelf = Some(shelf(200));
    device.peer = Peer::answering(|request| {
        let block = request.get_first_option(CoapOption::Block1)?;
        let has_more = block.last()? & 8 != 0;
        let code = match has_more {
            true => ResponseType::Continue,
            false => ResponseType::Changed,
        };
        let mut response = answer(request, code);
        response.add_option(CoapOption::Block1, block.clone());
        Some(response)
    });
    device.command(|client, now| client.objects_changed(now));
    device.run_for(minutes(5));
    let blocks = device.requests(Operation::Update);
    assert!(blocks > 2, "{blocks} blocks");
    let mut expected = vec![Ongoing; blocks - 1];
    expected.extend([OneResponse, NoData]);
    assert_eq!(device.expected(), expected);
}

/// RFC 7959, 3.4: the server fetches the others.
#[test]
fn the_blocks_of_a_notification_are_asked_for() {
    let mut device = awake(|_| {});
    device.board.objects.shelf = Some(shelf(40));
    device.observe("/33002");
    device.run_for(minutes(5));
    device.expected();
    device.changed("/33002");
    assert_eq!(device.expected(), [WaitMore]);
}

#[test]
fn the_acknowledgement_of_a_separate_response_is_the_last_message() {
    let mut device = asleep(|_| {});
    let mut id = 0;
    device.peer = Peer::script(move |datagram| {
        let request = packet(datagram);
        let MessageClass::Request(_) = request.header.code else {
            return Vec::new();
        };
        id += 1;
        let acknowledgement = empty(MessageType::Acknowledgement, request.header.message_id);
        let mut response = answer(&request, ResponseType::Changed);
        response.header.set_type(MessageType::Confirmable);
        response.header.message_id = id;
        vec![bytes(&acknowledgement), bytes(&response)]
    });
    device.command(|client, now| client.update(now));
    expect(&mut device, &[OneResponse, Last, NoData]);
}

/// To release a connection and to set up another one within seconds costs more than to keep it.
#[test]
fn what_is_due_soon_keeps_the_radio() {
    for (period, expected) in [("pmax=5", Ongoing), ("pmax=60", Last)] {
        let mut device = observed(|_| {});
        device.write_attributes(TEMPERATURE, &[period]);
        device.command(|client, now| client.update(now));
        device.run_for(seconds(1));
        device.expected();
        device.changed(TEMPERATURE);
        assert_eq!(device.expected(), [expected], "{period}");
    }
}

/// Without queue mode the server may speak at any time.
#[test]
fn a_device_that_always_listens_releases_nothing() {
    let mut device = awake(|setup| setup.config.queue_mode = false);
    device.observe(TEMPERATURE);
    device.run_for(minutes(5));
    device.changed(TEMPERATURE);
    device.command(|client, now| client.update(now));
    device.run_for(hours(1));
    assert!(device.requests(Operation::Update) > 0);
    assert_eq!(device.expected(), []);
}

fn awake(set: impl FnOnce(&mut Setup)) -> Driven {
    let mut setup = Setup::new(0);
    setup.config.queue_mode = true;
    set(&mut setup);
    Driven::registered(setup, seconds(93))
}

fn asleep(set: impl FnOnce(&mut Setup)) -> Driven {
    let mut device = awake(set);
    device.run_for(minutes(5));
    device.expected();
    device
}

/// Asleep, with an observer of the temperature.
fn observed(set: impl FnOnce(&mut Setup)) -> Driven {
    let mut device = awake(set);
    device.observe(TEMPERATURE);
    device.run_for(minutes(5));
    assert_eq!(device.expected(), [WaitMore, WaitMore, NoData]);
    device
}

fn shelf(cases: u16) -> Shelf {
    Shelf::with(&Vec::from_iter(0..cases))
}

/// Until it has fallen asleep the device says this.
#[track_caller]
fn expect(device: &mut Driven, expected: &[ReleaseAssistance]) {
    device.run_for(minutes(5));
    assert_eq!(device.expected(), expected);
}
