//! A registration goes on over a loss of power.
#![cfg(feature = "snapshot")]

mod common;

use client_lite::{
    Account, Association, Error, Event, Operation, Part, RegisterReason, RestoreError, State,
};
use coap_lite::RequestType;
use common::*;

#[test]
fn it_goes_on_without_a_message() {
    let mut world = keeping(Setup::new(1));
    let before = world.registration().cloned();
    let restored = world.restart(hours(1));
    assert_eq!(restored.session, Ok(()));
    let sent = world.wire.up().count();
    world.expect(Event::Registered(RegisterReason::Restored));
    world.run_for(minutes(10));
    assert_eq!(world.wire.up().count(), sent);
    world.expect_state(State::Registered);
    // The Update comes when it would have, within the lifetime of a day.
    world.run_for(hours(23));
    world.expect(Event::Updated);
    world.expect_no_event();
    assert_eq!(
        world.registration().map(|after| after.location.clone()),
        before.map(|before| before.location)
    );
}

/// Without a clock that runs on nobody knows how much of the lifetime is left.
#[test]
fn a_device_that_does_not_know_the_time_asks() {
    let mut world = keeping(Setup::new(2));
    world.birth = None;
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect(Event::Updated);
    assert_eq!(requests(&world), ["POST rd", "POST rd/…"]);
}

/// The time was set back meanwhile.
#[test]
fn a_clock_that_went_backwards_is_none() {
    let mut world = keeping(Setup::new(3));
    world.birth = Some(1_000);
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect(Event::Updated);
}

/// Updates are stored a few times a day at most, so that one that is not stored may have prolonged it.
#[test]
fn one_that_seems_to_have_expired_is_tried() {
    let mut setup = Setup::new(4);
    setup.config.lifetime = 600;
    let mut world = keeping(setup);
    world.run_for(hours(5));
    world.take_events();
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect(Event::Updated);
    world.expect_no_event();
}

#[test]
fn one_that_has_expired_is_made_anew() {
    let mut setup = Setup::new(5);
    setup.config.lifetime = 600;
    let mut world = keeping(setup);
    world.restart(hours(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect_forgotten(Operation::Update);
    world.expect(Event::Registered(RegisterReason::Forgotten));
    world.expect_no_event();
}

/// Without security a registration belongs to an address and a port (Transport 1.1, 6.4.3).
#[test]
fn another_port_registers() {
    let mut world = keeping(Setup::new(6));
    world.transport.then(Ok(Association::New));
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    world.expect_no_event();
}

/// The keys of a DTLS session have gone with the power.
#[test]
fn a_new_security_context_registers() {
    let mut setup = Setup::new(7);
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    let mut world = keeping(setup);
    let restored = world.restart(minutes(1));
    assert_eq!(restored.session, Ok(()));
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    world.expect_no_event();
}

/// A modem that keeps the session says so.
#[test]
fn a_security_context_that_goes_on_needs_no_message() {
    let mut setup = Setup::new(8);
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    let mut world = keeping(setup);
    world.transport.then(Ok(Association::Continued));
    let sent = world.wire.up().count();
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.run_for(minutes(10));
    assert_eq!(world.wire.up().count(), sent);
}

#[test]
fn a_network_that_is_not_there_yet_is_waited_for() {
    let mut world = keeping(Setup::new(9));
    world
        .transport
        .then(Err(client_lite::TransportError::InterfaceDown));
    world.restart(minutes(1));
    let detail = client_lite::Detail::InterfaceDown;
    world.expect_error(Operation::Update, Error::NetworkError, detail);
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect(Event::Updated);
}

#[test]
fn it_can_be_ended() {
    let mut world = keeping(Setup::new(10));
    world.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    world.restore();
    world.close();
    world.expect(Event::Deregistered);
    assert!(world.registration().is_none());
    // And is nothing to go on with.
    let restored = world.restart(minutes(1));
    assert_eq!(restored.session, Ok(()));
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn what_the_server_has_written_holds() {
    let mut world = keeping(Setup::new(11));
    world.write("/1/0/1", 7200);
    world.run_for(seconds(5));
    world.take_events();
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    // What the server wrote holds, and it knows that it does.
    world
        .ask(|server, now| server.read(now, ENDPOINT, "/1/0/1", None))
        .expect("a request");
    world.run_for(minutes(1));
    world.expect_no_event();
    assert_eq!(world.registration().expect("one").lifetime, 7200);
}

/// The Update that lists an instance may go with the power.
#[test]
fn an_object_list_that_nobody_acknowledged_is_told_again() {
    let mut setup = Setup::new(15);
    setup.link.drops = Some(Box::new(|_, _| false));
    let mut world = keeping(setup);
    world.objects.shelf = Some(Shelf::with(&[0]));
    world.link.cut();
    world.objects_changed();
    world.run_for(seconds(1));
    world.link.mend();
    assert_eq!(world.restart(minutes(1)).session, Ok(()));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect(Event::Updated);
    let objects = &world.registration().expect("one").objects;
    assert!(objects.iter().any(|link| link.object == 33002));
}

/// The server has ended the registration, but the device has not heard of it.
#[test]
fn one_that_was_about_to_end_is_doubted() {
    let mut world = keeping(Setup::new(16));
    world.close();
    // The De-register arrives, its response does not.
    world.run_for(millis(30));
    assert!(world.registration().is_none());
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::Restored));
    world.expect_forgotten(Operation::Update);
    world.expect(Event::Registered(RegisterReason::Forgotten));
}

/// Nothing is stored at a start that needs nothing stored, yet none is like the one before.
#[test]
fn message_ids_and_tokens_do_not_come_again() {
    let mut world = keeping(Setup::new(17));
    world.birth = None;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        world.wire.clear();
        world.restart(seconds(1));
        world.run_for(seconds(5));
        for datagram in world.wire.up() {
            assert!(seen.insert(datagram.packet().header.message_id));
        }
    }
    assert!(seen.len() >= 20, "{seen:?}");
}

/// What the server is told is stored before.
#[test]
fn nothing_goes_out_before_it_is_stored() {
    let mut world = keeping(Setup::new(12));
    let mut observe = request(RequestType::Get, TEMPERATURE, 7);
    observe.set_observe_value(0);
    let now = world.device_time();
    let objects = &mut world.objects.list();
    let client = &mut world.client;
    client.handle_datagram(now, &bytes(&observe), objects);
    assert!(client.is_snapshot_due(objects));
    assert_eq!(client.poll_transmit(now, objects), None);
    let flash = world.flash.as_mut().expect("a flash");
    assert_eq!(client.save(now, flash, objects), Ok(()));
    assert!(client.poll_transmit(now, objects).is_some());
}

/// A medium that is worn out is no reason to be out of reach.
#[test]
fn a_store_that_fails_is_told_and_gone_on_without() {
    let mut world = keeping(Setup::new(13));
    let flash = world.flash.as_mut().expect("a flash");
    flash.is_broken = true;
    world.observe(TEMPERATURE);
    world.expect(Event::SnapshotFailed);
    world.objects.temperature.celsius = 30.0;
    world.changed(TEMPERATURE);
    world.run_for(seconds(1));
    world.take_events();
    let is_notification =
        |event: &demo_server::Event| matches!(event, demo_server::Event::Notification { .. });
    let mut told = world.server_events.iter().map(|(_, event)| event);
    assert!(told.any(is_notification));

    // One that has recovered has it with the next Update.
    let flash = world.flash.as_mut().expect("a flash");
    flash.is_broken = false;
    let writes = flash.writes;
    world.update();
    world.run_for(seconds(1));
    assert!(world.flash.as_ref().expect("a flash").writes > writes);
}

#[test]
fn without_snapshots_nothing_is_stored() {
    let mut world = World::registered(14);
    let objects = &mut world.objects.list();
    assert!(!world.client.is_snapshot_due(objects));
}

/// A device that has registered and keeps snapshots.
fn keeping(setup: Setup) -> World {
    let mut world = setup.build();
    let restored = world.keep_snapshots();
    assert_eq!(restored.accounts, Err(RestoreError::Missing));
    assert_eq!(restored.session, Err(RestoreError::Missing));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let flash = world.flash.as_ref().expect("a flash");
    assert!(flash.part(Part::Session).is_some());
    world
}

/// The requests that the device has sent, without the registration's id.
fn requests(world: &World) -> Vec<String> {
    let packets = world.wire.up().map(|datagram| datagram.packet());
    let requests = packets.filter_map(|packet| match packet.header.code {
        coap_lite::MessageClass::Request(RequestType::Post) => Some(packet),
        _ => None,
    });
    requests
        .map(
            |packet| match packet.get_option(coap_lite::CoapOption::UriPath) {
                Some(path) if path.len() > 1 => "POST rd/…".to_owned(),
                _ => "POST rd".to_owned(),
            },
        )
        .collect()
}
