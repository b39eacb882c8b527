//! Disable (/1/x/4): the server wants the device gone for a while, and back by itself.

mod common;

use client_lite::{Detail, Error, Event, Operation, RegisterReason, State, TransportError};
use coap_lite::{RequestType, ResponseType};
use common::manual::{Manual, code, willing};
use common::*;
use demo_server::Operation as Asked;

/// The server sets the timeout and executes Disable.
fn disable(world: &mut World, seconds: u32) {
    set_timeout(world, seconds);
    world.execute("/1/0/4");
}

fn set_timeout(world: &mut World, seconds: u32) {
    world.write("/1/0/5", seconds);
    world.run_for(millis(200));
}

/// A device that is disabled for 600 s.
fn disabled(seed: u64) -> World {
    let mut world = World::registered(seed);
    disable(&mut world, 600);
    world.expect(Event::Disabled);
    world.expect_state(State::Disabled);
    world
}

#[test]
fn the_device_deregisters_and_comes_back() {
    let mut world = World::registered(0xd01);
    disable(&mut world, 600);
    world.expect(Event::Disabled);
    world.expect_state(State::Disabled);
    assert_eq!(world.wire.requests(Asked::Deregister).len(), 1);
    assert!(world.registration().is_none());
    assert!(!world.transport.is_open(), "the association stays");
    assert_eq!(world.client.endpoint_info(), None);
    let until = world.client.disabled_until().expect("disabled");

    let (sent, since) = (world.wire.up().count(), world.now);
    world.expect(Event::Registered(RegisterReason::EnabledAgain));
    let waited = world.now.saturating_since(since);
    assert!((seconds(600)..seconds(611)).contains(&waited), "{waited:?}");
    assert!(world.now.saturating_since(until) < millis(200));
    assert_eq!(world.client.disabled_until(), None);
    assert_eq!(world.wire.up().count(), sent + 1, "only the Register");
    world.expect_state(State::Registered);
}

/// Core 1.1, E.2: a day where the server has set nothing.
#[test]
fn a_day_is_the_default() {
    let mut world = World::registered(0xd02);
    world.execute("/1/0/4");
    world.expect(Event::Disabled);
    world.run_for(hours(23));
    world.expect_no_event();
    world.expect(Event::Registered(RegisterReason::EnabledAgain));
}

/// A fleet that is sent away at once does not come back at once.
#[test]
fn devices_come_back_at_different_times() {
    let times: std::collections::BTreeSet<u64> = (0..20)
        .map(|seed| {
            let mut world = disabled(0xd10 + seed);
            world.expect(Event::Registered(RegisterReason::EnabledAgain));
            world.now.as_millis() / 100
        })
        .collect();
    assert!(times.len() > 10, "{times:?}");
}

/// The server has its answer before the device leaves.
#[test]
fn the_execute_is_answered() {
    let mut server = Manual::new(0xd03);
    let execute = server.request(RequestType::Post, "/1/0/4");
    let said = server.say(&execute);
    assert_eq!(code(&said[0]), "2.04");
    assert_eq!(said[0].get_token(), execute.get_token());
    assert_eq!(operation(&said[1]), Some(Asked::Deregister));
    server.expect(Event::Disabled);
    assert_eq!(said.len(), 2, "{said:?}");
}

/// The same message again is no second Disable, and is not heard.
#[test]
fn a_duplicate_is_ignored() {
    let mut server = Manual::new(0xd04);
    let execute = server.request(RequestType::Post, "/1/0/4");
    server.say(&execute);
    let again = server.say(&execute);
    assert_eq!(code(&again[0]), "2.04");
    server.expect(Event::Disabled);
    assert_eq!(server.say(&execute).len(), 0);
    assert_eq!(server.wire.requests(Asked::Deregister).len(), 1);
}

/// What goes wrong with the De-register is told, and the server is left alone all the same.
#[test]
fn a_deregister_that_fails_does_not_keep_the_device() {
    let mut world = World::registered(0xd05);
    set_timeout(&mut world, 600);
    world
        .server()
        .refuse(Asked::Deregister, ResponseType::NotFound, None);
    disable(&mut world, 600);
    world.expect_forgotten(Operation::Deregister);
    world.expect(Event::Disabled);
    world.expect(Event::Registered(RegisterReason::EnabledAgain));

    let mut world = World::registered(0xd06);
    set_timeout(&mut world, 600);
    world.stand_in(Peer::silent());
    let request = Manual::new(0).request(RequestType::Post, "/1/0/4");
    world.deliver(&bytes(&request));
    world.expect_error(
        Operation::Deregister,
        Error::NetworkError,
        Detail::NoResponse,
    );
    world.expect(Event::Disabled);
    world.stand_down();
    world.expect(Event::Registered(RegisterReason::EnabledAgain));
}

/// A registration that fails when the time is over is tried again.
#[test]
fn coming_back_is_tried_for_ever() {
    let mut world = disabled(0xd07);
    world.transport.always(Err(TransportError::NotResolved));
    for _ in 0..5 {
        world.expect_no_address(Operation::Register);
    }
    world.transport.as_usual();
    world.expect(Event::Registered(RegisterReason::EnabledAgain));
}

/// `register` does not shorten the time, `update` is refused, and `close` stays.
#[test]
fn commands_meanwhile() {
    let mut world = disabled(0xd08);
    let since = world.now;
    world.register();
    world.expect_state(State::Disabled);
    world.expect_no_event();
    world.update();
    world.expect_not_registered(Operation::Update);
    world.objects_changed();
    world.changed("/3200/0/5501");
    world.expect_state(State::Disabled);
    world.expect(Event::Registered(RegisterReason::EnabledAgain));
    assert!(world.now.saturating_since(since) >= seconds(600));

    let mut world = disabled(0xd09);
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Halted);
    world.expect_silence();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

/// The commands while the De-register is on its way: `register` changes nothing, `close` wins.
#[test]
fn commands_on_the_way() {
    for close in [false, true] {
        let mut server = Manual::new(0xd0a);
        server.stand_in(Peer::silent());
        let execute = server.request(RequestType::Post, "/1/0/4");
        server.say(&execute);
        server.expect_state(State::Deregistering);
        server.register();
        if close {
            server.close();
        }
        server.stand_in(Peer::answering(willing));
        if close {
            server.expect(Event::Deregistered);
            server.expect_silence();
        } else {
            server.expect(Event::Disabled);
        }
    }
}

/// The server disables itself while the application's De-register is on its way: it has no say any
/// longer.
#[test]
fn disable_while_the_application_closes() {
    for register in [false, true] {
        let mut server = Manual::new(0xd0b);
        server.stand_in(Peer::silent());
        server.close();
        if register {
            server.register();
        }
        let execute = server.request(RequestType::Post, "/1/0/4");
        assert_eq!(server.say(&execute), []);
        server.stand_in(Peer::answering(willing));
        server.expect(Event::Deregistered);
        if register {
            server.expect(Event::Registered(RegisterReason::First));
        } else {
            server.expect_silence();
        }
    }
}

/// The time runs on while the network is away, and is over when it is over.
#[test]
fn it_survives_pause_and_resume() {
    let mut world = disabled(0xd0c);
    let since = world.now;
    world.pause();
    world.run_for(seconds(100));
    world.resume();
    world.expect_state(State::Disabled);
    world.expect(Event::Registered(RegisterReason::EnabledAgain));
    let waited = world.now.saturating_since(since);
    assert!((seconds(600)..seconds(611)).contains(&waited), "{waited:?}");

    let mut world = disabled(0xd0d);
    world.pause();
    world.run_for(hours(1));
    world.expect_no_event();
    world.resume();
    world.run_for(seconds(1));
    assert_eq!(
        world.take_events(),
        [Event::Registered(RegisterReason::EnabledAgain)]
    );

    // The De-register that the pause cut off is made up for.
    let mut server = Manual::new(0xd0e);
    server.stand_in(Peer::silent());
    let execute = server.request(RequestType::Post, "/1/0/4");
    server.say(&execute);
    server.pause();
    server.run_for(hours(1));
    server.stand_in(Peer::answering(willing));
    server.resume();
    server.expect(Event::Disabled);
}

/// Observations go with the registration.
#[test]
fn observations_end() {
    let mut server = Manual::new(0xd0f);
    server.observe("/3303/0/5700");
    let execute = server.request(RequestType::Post, "/1/0/4");
    server.say(&execute);
    server.expect(Event::Disabled);
    assert_eq!(server.measure(22.0).len(), 0);
    server.run_for(hours(23));
    server.expect(Event::Registered(RegisterReason::EnabledAgain));
    assert_eq!(server.measure(23.0).len(), 0);
}

/// On a poor network the device always ends up registered again, and stays away for its time.
#[test]
fn a_poor_network_changes_nothing() {
    for seed in 0..50 {
        let mut world = World::registered(0xd100 + seed);
        set_timeout(&mut world, 3600);
        world.link.loss = 0.3;
        world.link.duplication = 0.1;
        world.link.reordering = 0.1;
        let mut disabled = None;
        for _ in 0..20 {
            world.ask(|server, now| {
                let _ = server.execute(now, ENDPOINT, "/1/0/4", "");
            });
            world.run_for(minutes(5));
            let events = world.take_events();
            if events.contains(&Event::Disabled) {
                disabled = Some(world.now);
                break;
            }
        }
        let since = disabled.expect("disabled at last");
        let sent = world.wire.up().count();
        while !matches!(world.next_event(hours(2)), Some(Event::Registered(_))) {}
        assert!(world.now.saturating_since(since) >= minutes(54));
        assert!(world.wire.up().count() > sent);
    }
}
