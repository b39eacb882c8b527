//! Queue mode, as the version of LwM2M has it.

mod common;

use client_lite::{Event, RegisterReason, Version};
use common::*;
use demo_server::Operation;

#[test]
fn version_1_1_has_a_parameter_for_it() {
    let mut world = registered(Version::V1_1, true);
    assert_eq!(
        queries(&register(&world)),
        ["ep=device", "lt=86400", "lwm2m=1.1", "Q"]
    );
    let registration = world.registration().expect("a registration");
    assert!(registration.queue);
    assert_eq!(registration.binding, "U");
}

#[test]
fn version_1_0_has_a_binding_for_it() {
    let mut world = registered(Version::V1_0, true);
    assert_eq!(
        queries(&register(&world)),
        ["ep=device", "lt=86400", "lwm2m=1.0", "b=UQ"]
    );
    let registration = world.registration().expect("a registration");
    assert!(registration.queue);
    assert_eq!(registration.binding, "UQ");
}

#[test]
fn without_it_neither_is_there() {
    for (version, query) in [(Version::V1_1, "lwm2m=1.1"), (Version::V1_0, "lwm2m=1.0")] {
        let mut world = registered(version, false);
        assert_eq!(queries(&register(&world)), ["ep=device", "lt=86400", query]);
        assert!(!world.registration().expect("a registration").queue);
    }
}

#[test]
fn the_server_of_1_0_changes_it_by_the_binding() {
    let mut world = registered(Version::V1_0, false);
    for (binding, queue) in [("UQ", true), ("U", false)] {
        let write = |server: &mut demo_server::Server, now| {
            server.write(now, ENDPOINT, "/1/0/7", 0, binding.as_bytes())
        };
        world.ask(write).expect("a request");
        world.expect(Event::Updated);
        let updates = world.wire.requests(Operation::Update);
        let update = updates.last().expect("an Update").packet();
        assert_eq!(queries(&update), [format!("b={binding}")]);
        assert_eq!(world.registration().expect("a registration").queue, queue);
    }
}

#[test]
fn a_device_that_turned_to_1_0_says_it_the_old_way() {
    let mut setup = Setup::new(0xa05);
    setup.config.queue_mode = true;
    let mut world = setup.build();
    world.stand_in(Peer::answering(|request| {
        Some(match queries(request).contains(&"lwm2m=1.0".to_owned()) {
            true => created(request, &["rd", "1"]),
            false => answer(request, coap_lite::ResponseType::PreconditionFailed),
        })
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let queries = world
        .wire
        .requests(Operation::Register)
        .into_iter()
        .map(|register| {
            let mut queries = queries(&register.packet());
            queries.split_off(2)
        });
    assert_eq!(
        queries.collect::<Vec<_>>(),
        [["lwm2m=1.1", "Q"], ["lwm2m=1.0", "b=UQ"]]
    );
}

#[test]
fn a_request_that_waited_is_answered_when_the_device_wakes() {
    let mut world = registered(Version::V1_1, true);
    world.run_for(hours(1));
    world.wire.clear();
    world
        .ask(|server, now| server.read(now, ENDPOINT, "/3303/0/5700", None))
        .expect("a request");
    world.run_for(hours(1));
    assert!(world.wire.datagrams.is_empty(), "the device sleeps");
    world.update();
    world.expect(Event::Updated);
    world.run_for(seconds(1));
    let answered = world.server_events.iter().any(|(_, event)| {
        matches!(event, demo_server::Event::Response(response) if response.is_success())
    });
    assert!(answered);
}

fn registered(version: Version, queue_mode: bool) -> World {
    let mut setup = Setup::new(0xa01);
    setup.config.version = version;
    setup.config.queue_mode = queue_mode;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}

fn register(world: &World) -> coap_lite::Packet {
    world.wire.requests(Operation::Register)[0].packet()
}
