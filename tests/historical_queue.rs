//! The Maximum Historical Queue (LwM2M Core 1.2, 7.3.2): what changes while the server is out of reach is
//! told with its times.
#![cfg(feature = "historical-queue")]

mod common;

use client_lite::storage;
use coap_lite::{MessageType, Packet, RequestType};
use common::manual::*;
use common::senml::entries;
use common::*;
use demo_server::format::{SENML_CBOR, SENML_JSON, TEXT};

/// A server that observes the temperature and has written these attributes.
fn observer(seed: u64, attributes: &str) -> Manual {
    observing(Manual::new(seed), attributes)
}

fn observing(mut server: Manual, attributes: &str) -> Manual {
    assert_eq!(server.write_attributes(TEMPERATURE, attributes), "2.04");
    let request = with_accept(server.observe_request(TEMPERATURE), SENML_CBOR);
    server.ask(&request);
    server.wire.clear();
    server
}

/// Temperatures, five seconds apart, that the server does not hear of.
fn measure_unheard(server: &mut Manual, celsius: impl IntoIterator<Item = u8>) {
    server.pause();
    for celsius in celsius {
        assert_eq!(server.measure(celsius.into()), []);
        server.run_for(seconds(5));
    }
}

/// What the device says when the server is in reach again.
fn meet_again(server: &mut Manual) -> Vec<Packet> {
    server.wire.clear();
    server.resume();
    server.run_for(seconds(1));
    let said = server.wire.up().map(Datagram::packet);
    said.filter(|packet| observe(packet).is_some()).collect()
}

/// Temperatures and their times in whole seconds, as the notification counts them.
fn told(notification: &Packet) -> Vec<(i64, f64)> {
    let entries = entries(&notification.payload).into_iter();
    let of_temperature = entries.map(|(path, time, celsius)| {
        assert_eq!(path, TEMPERATURE);
        (time.round() as i64, celsius)
    });
    of_temperature.collect()
}

#[test]
fn the_newest_so_many_are_told_with_their_times() {
    let mut server = observer(1, "hqmax=3");
    measure_unheard(&mut server, 20..26);
    let notification = notification(meet_again(&mut server));
    let expected = [(-15, 23.0), (-10, 24.0), (-5, 25.0), (0, 25.0)];
    assert_eq!(told(&notification), expected);
    assert_eq!(kind(&notification), MessageType::Confirmable);
    assert_eq!(server.acknowledge(&notification), []);
    // They are told once.
    let next = manual::notification(server.measure(30.0));
    assert_eq!(told(&next), [(0, 30.0)]);
}

#[test]
fn without_it_the_newest_value_is_told() {
    for attributes in ["hqmax=0", "pmin=0"] {
        let mut server = observer(2, attributes);
        measure_unheard(&mut server, 20..23);
        let notification = notification(meet_again(&mut server));
        assert_eq!(told(&notification), [(0, 22.0)], "{attributes}");
    }
}

/// /1/x/6 decides whether anything is stored.
#[test]
fn nothing_is_kept_where_notifications_are_not_stored() {
    let mut server = observer(3, "hqmax=3");
    assert_eq!(server.put("/1/0/6", TEXT, b"0"), "2.04");
    measure_unheard(&mut server, 20..23);
    assert_eq!(meet_again(&mut server), []);
}

/// What would not have been notified is not kept either.
#[test]
fn periods_and_thresholds_decide_on_what_is_kept() {
    let mut server = observer(4, "hqmax=9&pmin=10");
    server.run_for(minutes(1));
    measure_unheard(&mut server, 20..25);
    let notification = notification(meet_again(&mut server));
    let expected = [(-25, 20.0), (-15, 22.0), (-5, 24.0), (0, 24.0)];
    assert_eq!(told(&notification), expected);

    let mut server = observer(5, "hqmax=9&gt=22");
    measure_unheard(&mut server, [20, 21, 23, 24, 19]);
    let notification = manual::notification(meet_again(&mut server));
    // It was 21.5 before.
    let expected = [(-15, 23.0), (-5, 19.0), (0, 19.0)];
    assert_eq!(told(&notification), expected);
}

/// Text has no times.
#[test]
fn a_format_without_times_has_the_newest_value() {
    let mut server = Manual::new(6);
    server.write_attributes(TEMPERATURE, "hqmax=3");
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    server.ask(&request);
    measure_unheard(&mut server, 20..23);
    let notification = notification(meet_again(&mut server));
    assert_eq!(text(&notification), "22");
}

#[test]
fn senml_json_has_them_too() {
    let mut server = Manual::new(7);
    server.write_attributes(TEMPERATURE, "hqmax=1");
    let request = with_accept(server.observe_request(TEMPERATURE), SENML_JSON);
    server.ask(&request);
    measure_unheard(&mut server, 20..22);
    let notification = notification(meet_again(&mut server));
    // A network's delay later.
    let expected = r#"[{"bn":"/3303/0/5700","bt":-5.050,"v":21},{"bt":0,"v":21}]"#;
    assert_eq!(text(&notification), expected);
}

#[test]
fn of_more_than_there_is_room_for_the_newest_are_kept() {
    let storage = leak(<storage! { historical_values: 2 }>::new());
    let server = Manual::of(Setup::new(8).build_in(storage));
    let mut server = observing(server, "hqmax=100");
    measure_unheard(&mut server, 20..25);
    let notification = notification(meet_again(&mut server));
    assert_eq!(told(&notification), [(-10, 23.0), (-5, 24.0), (0, 24.0)]);
}

/// One after the other, each when the one before is acknowledged.
#[test]
fn more_than_a_message_holds_goes_in_several() {
    let storage = leak(<storage! { message_size: 160, historical_values: 40 }>::new());
    let server = Manual::of(Setup::new(9).build_in(storage));
    let mut server = observing(server, "hqmax=40");
    measure_unheard(&mut server, 1..41);
    let mut messages = meet_again(&mut server);
    let mut heard = Vec::new();
    let mut count = 0;
    while let Some(message) = messages.pop() {
        assert_eq!(messages, []);
        assert!(message.payload.len() <= 160);
        let mut told = told(&message);
        assert_eq!(told.pop(), Some((0, 40.0)));
        heard.extend(told.into_iter().map(|(_, celsius)| celsius as u8));
        count += 1;
        messages = server.acknowledge(&message);
    }
    assert!((2..=10).contains(&count), "{count} messages");
    assert_eq!(heard, (1..41).collect::<Vec<u8>>());
}

/// A server knows a message that it has by its id and its bytes (RFC 7252, 4.5).
#[test]
fn a_retransmission_is_the_same_message() {
    let mut server = observer(10, "hqmax=3");
    measure_unheard(&mut server, 20..23);
    let first = notification(meet_again(&mut server));
    server.wire.clear();
    server.run_for(minutes(1));
    let again: Vec<Packet> = server.wire.up().map(Datagram::packet).collect();
    assert!(again.len() >= 3, "{}", again.len());
    for packet in again {
        assert_eq!(bytes(&packet), bytes(&first));
    }
}

#[test]
fn what_is_not_acknowledged_goes_with_the_next() {
    let mut server = observer(11, "hqmax=3");
    measure_unheard(&mut server, 20..22);
    notification(meet_again(&mut server));
    measure_unheard(&mut server, [22]);
    let notification = notification(meet_again(&mut server));
    let celsius: Vec<f64> = told(&notification)
        .iter()
        .map(|(_, celsius)| *celsius)
        .collect();
    assert_eq!(celsius, [20.0, 21.0, 22.0, 22.0]);
}

#[test]
fn each_observer_has_its_own() {
    let mut server = observer(13, "hqmax=3");
    let other = with_accept(server.observe_request(TEMPERATURE), SENML_CBOR);
    server.ask(&other);
    measure_unheard(&mut server, 20..22);
    let first = notification(meet_again(&mut server));
    let expected = [(-10, 20.0), (-5, 21.0), (0, 21.0)];
    assert_eq!(told(&first), expected);
    let second = notification(server.acknowledge(&first));
    assert_ne!(second.get_token(), first.get_token());
    assert_eq!(told(&second).len(), expected.len());
    assert_eq!(server.acknowledge(&second), []);
}

/// The server asks again with the same token, as it may (RFC 7641, 3.3.1), before it has been told.
#[test]
fn a_refreshed_observation_still_has_them() {
    let mut server = observer(18, "hqmax=3");
    let mut other = with_accept(server.observe_request(TEMPERATURE), SENML_CBOR);
    server.ask(&other);
    measure_unheard(&mut server, 20..22);
    // One at a time waits for its acknowledgement.
    let first = notification(meet_again(&mut server));
    other.header.message_id += 100;
    assert_eq!(told(&server.ask(&other)), [(0, 21.0)]);
    let second = notification(server.acknowledge(&first));
    assert_eq!(told(&second).len(), 3);
}

/// Over the message that has them others go out meanwhile.
#[test]
fn other_notifications_do_not_take_them() {
    let mut server = observer(19, "hqmax=3");
    let presses = with_accept(server.observe_request(PRESSES), TEXT);
    server.ask(&presses);
    measure_unheard(&mut server, 20..22);
    let first = notification(meet_again(&mut server));
    let other = notification(server.change(PRESSES));
    assert_eq!(kind(&other), MessageType::NonConfirmable);
    assert_eq!(server.acknowledge(&first), []);
    server.run_for(minutes(1));
    assert_eq!(told(&notification(server.measure(30.0))), [(0, 30.0)]);
}

/// The server ends the observation while the message that has them waits for its acknowledgement.
#[test]
fn another_observer_gets_its_own_after_one_has_ended() {
    let mut server = observer(20, "hqmax=3");
    let other = with_accept(server.observe_request(TEMPERATURE), SENML_CBOR);
    server.ask(&other);
    measure_unheard(&mut server, 20..22);
    let first = notification(meet_again(&mut server));
    let mut end = server.request(RequestType::Get, TEMPERATURE);
    end.set_token(first.get_token().to_vec());
    end.set_observe_value(1);
    server.wire.clear();
    server.say(&end);
    server.run_for(seconds(10));
    let said: Vec<Packet> = server.wire.up().map(Datagram::packet).collect();
    let second = said.iter().find(|packet| observe(packet).is_some());
    let second = second.expect("a notification");
    assert_eq!(second.get_token(), other.get_token());
    assert_eq!(told(second).len(), 3);
    server.acknowledge(second);
    server.wire.clear();
    server.run_for(minutes(5));
    let said = server.wire.up().map(Datagram::packet);
    assert_eq!(said.filter(|packet| observe(packet).is_some()).count(), 0);
}

#[test]
fn a_cancelled_observation_leaves_nothing() {
    let mut server = observer(14, "hqmax=3");
    measure_unheard(&mut server, 20..22);
    let notification = notification(meet_again(&mut server));
    server.reset(&notification);
    let request = with_accept(server.observe_request(TEMPERATURE), SENML_CBOR);
    assert_eq!(told(&server.ask(&request)), [(0, 21.0)]);
    server.run_for(minutes(1));
    let next = manual::notification(server.measure(30.0));
    assert_eq!(told(&next), [(0, 30.0)]);
}

/// Of several values those with the attribute are kept; the others are there once.
#[cfg(feature = "composite")]
#[test]
fn composite_observations_have_them() {
    use common::composite::{fetch, names};
    let mut server = Manual::new(15);
    server.write_attributes(TEMPERATURE, "hqmax=3");
    let mut request = fetch(&mut server, &names(&[TEMPERATURE, PRESSES]));
    request.set_observe_value(0);
    server.ask(&request);
    measure_unheard(&mut server, 20..22);
    let notification = notification(meet_again(&mut server));
    let told = entries(&notification.payload);
    let of_temperature = told.iter().filter(|(path, ..)| path == TEMPERATURE);
    assert_eq!(of_temperature.count(), 3, "{told:?}");
    let of_button = told.iter().filter(|(path, ..)| path == PRESSES);
    assert_eq!(of_button.count(), 1, "{told:?}");
}

/// The time without power counts.
#[cfg(feature = "snapshot")]
#[test]
fn they_outlive_a_loss_of_power() {
    let mut world = Setup::new(16).build();
    world.keep_snapshots().session.expect_err("nothing yet");
    let mut server = observing(Manual::of(world), "hqmax=3");
    measure_unheard(&mut server, 20..22);
    server.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    server.wire.clear();
    server.restore().session.expect("a session");
    server.register();
    server.run_for(seconds(2));
    let said = server.wire.up().map(Datagram::packet);
    let said = said.filter(|packet| observe(packet).is_some()).collect();
    let told = told(&notification(said));
    assert_eq!(told, [(-70, 20.0), (-65, 21.0), (0, 21.0)]);
}

#[test]
fn it_can_be_written_where_it_has_a_meaning_and_is_shown() {
    let mut server = Manual::new(17);
    for path in ["/3303", "/3303/0", TEMPERATURE] {
        assert_eq!(server.write_attributes(path, "hqmax=7"), "2.04", "{path}");
    }
    assert!(server.discover(TEMPERATURE).contains(";hqmax=7"));
    for wrong in ["hqmax=-1", "hqmax=1.5", "hqmax="] {
        assert_eq!(
            server.write_attributes(TEMPERATURE, wrong),
            "4.00",
            "{wrong}"
        );
    }
}
