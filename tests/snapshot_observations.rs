//! Observations go on over a loss of power, under their tokens.
#![cfg(all(feature = "composite", feature = "snapshot"))]

mod common;

use client_lite::{Association, Event, RegisterReason};
use coap_lite::{MessageType, Packet, RequestType};
use common::composite::{fetch, lines, names};
use common::manual::*;
use common::*;
use demo_server::format::TEXT;

/// RFC 7641, 3.4 and 4.2: with the token of the request, and a newer number than all before.
#[test]
fn a_change_is_notified_under_the_same_token() {
    for notified in [0, 1, 1000] {
        let mut server = keeping(1);
        let token = observe_temperature(&mut server);
        let mut newest = 0;
        for count in 0..notified {
            newest = observe(&notification(server.measure(count.into()))).expect("a number");
        }
        for told in restart(&mut server) {
            newest = observe(&told).expect("a number");
            server.acknowledge(&told);
        }
        let told = notification(server.measure(-40.5));
        assert_eq!((text(&told), told.get_token()), ("-40.5", &*token));
        let number = observe(&told).expect("a number");
        assert!(is_newer(number, newest), "{number} after {newest}");
    }
}

/// The server has this value.
#[test]
fn a_value_that_was_reported_is_not_reported_again() {
    let mut server = keeping(2);
    observe_temperature(&mut server);
    assert_eq!(restart(&mut server), []);
}

#[test]
fn a_value_that_has_changed_meanwhile_is_reported() {
    let mut server = keeping(3);
    observe_temperature(&mut server);
    server.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    server.objects.temperature.celsius = 30.0;
    let told = notification(go_on(&mut server));
    assert_eq!(text(&told), "30");
}

/// What was notified since the snapshot is not in it.
#[test]
fn a_value_of_which_nobody_knows_whether_it_was_reported_is() {
    let mut server = keeping(4);
    observe_temperature(&mut server);
    server.measure(30.0);
    server.objects.temperature.celsius = 21.5;
    let told = notification(restart(&mut server));
    assert_eq!(text(&told), "21.5");
}

/// RFC 7641, 4.5: the server may have been restarted as well.
#[test]
fn the_first_notification_asks_whether_the_server_is_still_interested() {
    let mut server = keeping(5);
    observe_temperature(&mut server);
    restart(&mut server);
    let told = notification(server.measure(30.0));
    assert_eq!(kind(&told), MessageType::Confirmable);
    server.acknowledge(&told);
    let next = notification(server.measure(31.0));
    assert_eq!(kind(&next), MessageType::NonConfirmable);
}

#[test]
fn a_server_that_is_not_interested_any_longer_ends_it() {
    let mut server = keeping(6);
    observe_temperature(&mut server);
    restart(&mut server);
    let told = notification(server.measure(30.0));
    server.reset(&told);
    assert_eq!(server.measure(31.0), []);
    restart(&mut server);
    assert_eq!(server.measure(32.0), []);
}

#[test]
fn attributes_hold() {
    let mut server = keeping(7);
    let mut attributes = server.request(RequestType::Put, TEMPERATURE);
    for attribute in ["gt=25", "pmin=60"] {
        attributes.add_option(coap_lite::CoapOption::UriQuery, attribute.into());
    }
    assert_eq!(code(&server.ask(&attributes)), "2.04");
    observe_temperature(&mut server);
    restart(&mut server);
    assert_eq!(server.measure(24.0), [], "does not cross");
    assert_eq!(server.measure(26.0), [], "within pmin");
    let before = server.wire.up().count();
    server.run_for(minutes(1));
    let told = server.wire.up().nth(before).expect("one").packet();
    assert_eq!(text(&told), "26");
}

#[test]
fn composite_ones_go_on() {
    let mut server = keeping(8);
    let mut request = fetch(&mut server, &names(&[TEMPERATURE, PRESSES]));
    request.set_observe_value(0);
    let answer = server.ask(&request);
    assert!(observe(&answer).is_some(), "{answer:?}");
    assert_eq!(restart(&mut server), []);
    let told = notification(server.measure(30.0));
    assert_eq!(told.get_token(), request.get_token());
    assert_eq!(lines(&told), ["/3200/0/5501 = 0", "/3303/0/5700 = 30"]);
}

/// RFC 7641, 3.3.1: a server refreshes it by the same request, whose response has a number, too.
#[test]
fn one_that_is_refreshed_has_newer_numbers_and_costs_no_write_each_time() {
    let mut server = keeping(12);
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    server.ask(&request);
    let other = server.observe_request(PRESSES);
    server.ask(&other);
    let mut refresh = request.clone();
    let (mut newest, mut writes) = (0, 0);
    for count in 0..50 {
        server.objects.temperature.celsius = f64::from(count);
        refresh.header.message_id += 0x100;
        newest = observe(&server.ask(&refresh)).expect("observed");
        if count == 1 {
            writes = server.flash.as_ref().expect("a flash").writes;
        }
    }
    assert_eq!(server.flash.as_ref().expect("a flash").writes, writes);
    restart(&mut server);
    server.run_for(minutes(5));
    let mut told = server.wire.up().map(Datagram::packet);
    let told = told.find(|packet| packet.get_token() == request.get_token());
    let number = observe(&told.expect("a value that may be new")).expect("a number");
    assert!(is_newer(number, newest), "{number} after {newest}");
}

#[test]
fn one_that_was_cancelled_is_gone() {
    let mut server = keeping(9);
    let token = observe_temperature(&mut server);
    let mut cancel = server.request(RequestType::Get, TEMPERATURE);
    cancel.set_token(token);
    cancel.set_observe_value(1);
    server.ask(&cancel);
    restart(&mut server);
    assert_eq!(server.measure(30.0), []);
}

/// The server observes anew what it wants (LwM2M Core 1.1, 6.2.1).
#[test]
fn a_new_registration_has_none() {
    let mut server = keeping(10);
    observe_temperature(&mut server);
    server.transport.then(Ok(Association::New));
    server.restart(minutes(1));
    server.expect(Event::Registered(RegisterReason::NewAssociation));
    assert_eq!(server.measure(30.0), []);
}

#[test]
fn each_notification_costs_no_write() {
    let mut server = keeping(11);
    observe_temperature(&mut server);
    server.measure(0.0);
    let writes = server.flash.as_ref().expect("a flash").writes;
    for count in 0..5000 {
        server.measure(f64::from(count + 1));
    }
    assert_eq!(server.flash.as_ref().expect("a flash").writes, writes);
}

/// A device that is registered with a server by hand.
fn keeping(seed: u64) -> Manual {
    let mut world = Setup::new(seed).build();
    world.keep_snapshots().session.expect_err("nothing yet");
    Manual::of(world)
}

fn observe_temperature(server: &mut Manual) -> Vec<u8> {
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    let answer = server.ask(&request);
    assert!(observe(&answer).is_some(), "{answer:?}");
    request.get_token().to_vec()
}

/// The power goes for a minute; what the device says within ten seconds after it.
fn restart(server: &mut Manual) -> Vec<Packet> {
    server.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    go_on(server)
}

fn go_on(server: &mut Manual) -> Vec<Packet> {
    server.wire.clear();
    server.restore().session.expect("a session");
    server.register();
    server.expect(Event::Registered(RegisterReason::Restored));
    server.run_for(seconds(2));
    let said = server.wire.up().map(Datagram::packet);
    said.collect()
}
