//! The way back to a server that was restarted under DTLS: it is silent to the records of the
//! association before, and knows neither that nor the registration.

mod common;

use client_lite::{
    Account, Association, Detail, Duration, Error, Event, Operation, RegisterReason, State,
    Transmission, TransportError,
};
use coap_lite::MessageType;
use common::manual::{confirming, kind, willing};
use common::*;
use demo_server::Operation as Asked;

#[test]
fn an_update_becomes_a_register_within_half_of_max_transmit_wait() {
    let limit = Transmission::default().max_transmit_wait().half();
    for seed in 0x2200..0x2300 {
        let mut world = registered(Setup::new(seed));
        restart(&mut world);
        world.update();
        let way = way_back(&mut world);
        assert!(way <= limit, "{way:?}");
        world.expect(Event::Registered(RegisterReason::NewAssociation));
        world.expect_no_event();
    }
}

#[test]
fn so_does_every_other_message() {
    let limit = Transmission::default().max_transmit_wait().half();
    for seed in 0x2300..0x2320 {
        // A Send.
        let mut world = registered(Setup::new(seed));
        restart(&mut world);
        world.objects.button.presses += 1;
        world.changed(PRESSES);
        let way = way_back(&mut world);
        assert!(way <= limit, "{way:?}");
        world.expect(Event::Registered(RegisterReason::NewAssociation));
        world.run_for(seconds(5));
        assert_eq!(world.sends().len(), 1, "the value is not lost");

        // A confirmable notification.
        let mut world = registered(confirming(seed));
        world.observe(TEMPERATURE);
        world.run_for(seconds(1));
        restart(&mut world);
        world.objects.temperature.celsius += 1.0;
        world.changed(TEMPERATURE);
        let way = way_back(&mut world);
        assert!(way <= limit, "{way:?}");
        world.expect(Event::Registered(RegisterReason::NewAssociation));

        // A De-register goes out once more; the server has forgotten the device.
        let mut world = registered(Setup::new(seed));
        restart(&mut world);
        world.close();
        let started = world.now;
        let detail = answered(coap_lite::ResponseType::NotFound);
        world.expect_error(Operation::Deregister, Error::NotRegistered, detail);
        let way = world.now.saturating_since(started);
        assert!(way <= limit, "{way:?}");
    }
}

#[test]
fn a_register_over_an_association_from_before() {
    let limit = Transmission::default().max_transmit_wait().half();
    let mut world = secure(Setup::new(0x2320)).build();
    world.register();
    world.run_for(millis(10));
    world.pause();
    // The handshake was complete, as far as the device knows.
    world.transport.then(Ok(Association::Continued));
    restart(&mut world);
    world.resume();
    world.run_until(|world| !world.wire.requests(Asked::Register).is_empty());
    let started = world.now;
    world.expect(Event::Registered(RegisterReason::First));
    let way = world.now.saturating_since(started);
    assert!(way <= limit, "{way:?}");
}

#[test]
fn it_works_again_and_again() {
    let mut world = registered(Setup::new(0x2321));
    let limit = Transmission::default().max_transmit_wait().half();
    for _ in 0..3 {
        restart(&mut world);
        world.update();
        let way = way_back(&mut world);
        assert!(way <= limit, "{way:?}");
        world.expect(Event::Registered(RegisterReason::NewAssociation));
        world.update();
        world.expect(Event::Updated);
    }
}

#[test]
fn an_association_that_goes_on_is_updated() {
    // A connection id has found the server.
    let mut world = registered(Setup::new(0x2322));
    world.transport.then(Ok(Association::Continued));
    let port = world.transport.port();
    world.link.cut();
    world.update();
    world.run_until(|world| world.transport.opened.len() == 2);
    world.link.mend();
    world.expect(Event::Updated);
    assert_eq!(world.transport.opened.len(), 2);
    assert_eq!(world.transport.port(), port);
    assert_eq!(world.client.counters().registrations, 1);
}

#[test]
fn a_server_that_is_away_is_met_with_back_off() {
    let mut world = registered(Setup::new(0x2323));
    world.transport.always(Err(TransportError::Handshake));
    world.link.cut();
    world.update();
    for _ in 0..4 {
        world.expect_error(
            Operation::Update,
            Error::SecureConnectionFailed,
            Detail::Handshake,
        );
        world.expect_state(State::Updating);
    }
    // And one whose handshakes succeed, but which answers nothing.
    let mut world = registered(Setup::new(0x2324));
    world.link.cut();
    world.update();
    world.run_for(hours(24));
    let opened = world.transport.opened.len();
    assert!(opened < 60, "{opened} handshakes in a day");
    assert!(opened > 20, "{opened} handshakes in a day");
}

#[test]
fn a_server_that_answers_all_but_one_kind_of_message_gets_no_endless_handshakes() {
    for (index, deaf) in [Some(Asked::Update), Some(Asked::Send), None]
        .into_iter()
        .enumerate()
    {
        let mut world = registered(confirming(0x2330 + index as u64));
        world.stand_in(Peer::answering(move |request| {
            willing(request).filter(|_| operation(request) != deaf)
        }));
        world.objects.button.presses += 1;
        match deaf {
            Some(Asked::Update) => world.update(),
            _ => world.changed(PRESSES),
        }
        world.run_for(hours(12));
        let opened = world.transport.opened.len();
        assert!(
            opened <= 16,
            "{opened} handshakes in half a day for {deaf:?}"
        );
    }
}

#[test]
fn notifications_that_nobody_acknowledges_end_their_observation_and_not_the_battery() {
    let mut world = registered(confirming(0x2340));
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    // All but acknowledgements arrive.
    world.link.drops = Some(Box::new(|direction, bytes| {
        let packet = packet(bytes);
        direction == Direction::Up
            && kind(&packet) == MessageType::Confirmable
            && operation(&packet).is_none()
    }));
    for round in 0..40 {
        world.objects.temperature.celsius = f64::from(round);
        world.changed(TEMPERATURE);
        world.run_for(minutes(10));
        let now_observed =
            world.ask(|server, now| server.observe(now, ENDPOINT, TEMPERATURE, None));
        assert!(now_observed.is_ok());
        world.run_for(seconds(5));
    }
    let opened = world.transport.opened.len();
    assert!(opened <= 41, "{opened} handshakes for 40 values");
}

#[test]
fn an_association_that_is_slow_to_acknowledge_goes_on() {
    let mut world = registered(Setup::new(0x2350));
    world.server().allow(Asked::Update);
    world.link.latency = (seconds(2), seconds(4));
    world.update();
    world.expect(Event::Updated);
    assert_eq!(world.transport.opened.len(), 1);
}

#[test]
fn nothing_of_this_without_security() {
    let mut world = World::registered(0x2351);
    world.link.cut();
    world.update();
    world.expect_error(Operation::Update, Error::NetworkError, Detail::NoResponse);
    assert_eq!(world.transport.opened.len(), 1);
    assert_eq!(world.wire.requests(Asked::Update).len(), 5);
}

#[test]
fn an_update_is_not_sent_again_after_the_registration_has_expired() {
    for secured in [false, true] {
        for seed in 0x2360..0x2380 {
            let mut setup = Setup::new(seed);
            setup.config.lifetime = 30;
            let mut world = match secured {
                true => secure(setup).build(),
                false => setup.build(),
            };
            world.register();
            world.run_until(|world| !world.wire.requests(Asked::Register).is_empty());
            let expires = world.now + seconds(30);
            world.expect(Event::Registered(RegisterReason::First));
            world.link.cut();
            world.run_until_time(expires + seconds(40));
            let updates = world.wire.requests(Asked::Update);
            assert!(!updates.is_empty());
            assert!(updates.iter().all(|update| update.at <= expires));
            let registers = world.wire.requests(Asked::Register);
            let at_once = registers.iter().any(|register| {
                register.at > at(seconds(5)) && register.at <= expires + seconds(1)
            });
            assert!(at_once, "{secured}");
        }
    }
}

fn secure(mut setup: Setup) -> Setup {
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    setup
}

/// A device that has registered over DTLS.
fn registered(setup: Setup) -> World {
    let mut world = secure(setup).build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(seconds(1));
    world.wire.clear();
    world
}

/// The server forgets everything, and does not hear what comes over the associations before.
fn restart(world: &mut World) {
    world.server().forget_all();
    world.server_events.clear();
    world.link.silent_up_to = world.transport.port();
}

/// The time from the first transmission to the Register.
#[track_caller]
fn way_back(world: &mut World) -> Duration {
    world.run_until(|world| world.wire.up().count() > 0);
    let started = world.wire.datagrams[0].at;
    world.run_until(|world| !world.wire.requests(Asked::Register).is_empty());
    let register = world.wire.requests(Asked::Register)[0].at;
    world.wire.clear();
    register.saturating_since(started)
}
