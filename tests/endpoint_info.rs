//! Who the device is: the name that it registered with, and the id that the server gave it.

mod common;

use client_lite::{Account, EndpointInfo, Event, RegisterReason, State, Storage};
use coap_lite::ResponseType;
use common::*;
use demo_server::{Operation, Segment};

#[test]
fn the_id_is_the_last_segment_of_the_location() {
    for location in [
        &["only"][..],
        &["rd", "0123456789"],
        &["a", "b", "c", "d", "e"],
        &["a", "", "segment with blanks/and ümlauts"],
    ] {
        let mut world = located("coap://server", location);
        assert_eq!(
            world.client.endpoint_info(),
            Some(EndpointInfo {
                endpoint_name: ENDPOINT,
                device_id: location.last().expect("a segment"),
            })
        );

        // And the whole is what is updated and de-registered.
        world.update();
        world.expect(Event::Updated);
        world.close();
        world.expect(Event::Deregistered);
        assert!(world.registration().is_none());
    }
}

#[test]
fn the_id_is_the_server_uris_where_it_has_one() {
    for uri in [
        "coap://server?iep=0123abc",
        "coap://server:5683/?aid=1&iep=0123abc",
    ] {
        let world = located(uri, &["rd", "x"]);
        let info = world.client.endpoint_info().expect("registered");
        assert_eq!(info.device_id, "0123abc");
    }
    let world = located("coap://server?aid=1", &["rd", "x"]);
    assert_eq!(
        world.client.endpoint_info().expect("registered").device_id,
        "x"
    );
}

#[test]
fn there_is_none_without_a_registration() {
    let mut world = World::new(0xb03);
    assert_eq!(world.client.endpoint_info(), None);
    world.register();
    assert_eq!(world.client.endpoint_info(), None);
    world.expect(Event::Registered(RegisterReason::First));
    assert!(world.client.endpoint_info().is_some());
    world.update();
    assert!(world.client.endpoint_info().is_some());
    world.expect(Event::Updated);
    world.close();
    world.expect(Event::Deregistered);
    assert_eq!(world.client.endpoint_info(), None);
}

#[test]
fn there_is_none_after_a_registration_that_has_expired() {
    let mut world = World::registered(0xb05);
    world
        .server()
        .refuse(Operation::Update, ResponseType::Forbidden, None);
    world.update();
    world.run_for(minutes(1));
    world.expect_state(State::Halted);
    // At the server it is there still.
    assert!(world.client.endpoint_info().is_some());
    world.run_for(hours(25));
    assert!(world.registration().is_none());
    world.settle();
    assert_eq!(world.client.endpoint_info(), None);
}

#[test]
fn another_registration_is_another_id() {
    let mut world = World::registered(0xb04);
    let id = |world: &World| {
        world
            .client
            .endpoint_info()
            .expect("registered")
            .device_id
            .to_owned()
    };
    let first = id(&world);
    world.server().forget_all();
    world.update();
    world.run_for(minutes(1));
    let second = id(&world);
    assert_ne!(first, second);
    assert_eq!(
        world.registration().expect("a registration").location,
        ["rd", &second]
    );
}

fn located(uri: &'static str, location: &[&str]) -> World {
    let mut setup = Setup::new(0xb01);
    setup.config.account = Account::new(uri);
    setup.server.location = location
        .iter()
        .map(|segment| Segment::Fixed((*segment).to_owned()))
        .collect();
    let mut world = setup.build_in(leak(<Storage>::new()));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}
