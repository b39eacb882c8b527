//! `close` tells the server wherever it stands, as long as that may have a registration of this
//! device.

mod common;

use client_lite::{Association, Error, Event, Operation, RegisterReason, State, TransportError};
use coap_lite::ResponseType;
use common::*;
use demo_server::Operation as Asked;

#[test]
fn after_an_update_that_was_refused() {
    for code in [
        ResponseType::InternalServerError,
        ResponseType::ServiceUnavailable,
        ResponseType::MethodNotAllowed,
        ResponseType::BadRequest,
        ResponseType::Forbidden,
    ] {
        let mut world = World::registered(0x2101);
        world.server().refuse(Asked::Update, code, None);
        world.update();
        assert!(matches!(
            world.next_event(seconds(5)),
            Some(Event::Error { .. })
        ));
        is_deregistered(&mut world);
    }
}

#[test]
fn while_a_register_in_its_place_fails() {
    for code in [
        ResponseType::ServiceUnavailable,
        ResponseType::InternalServerError,
        ResponseType::Forbidden,
    ] {
        let mut world = registering_anew(0x2102);
        world.server().refuse(Asked::Register, code, None);
        let failed = |event: &Event| {
            matches!(
                event,
                Event::Error {
                    operation: Operation::Register,
                    ..
                }
            )
        };
        while !world
            .next_event(hours(1))
            .is_some_and(|event| failed(&event))
        {}
        is_deregistered(&mut world);
    }
}

#[test]
fn while_a_register_in_its_place_is_outstanding_and_then_fails() {
    let mut world = registering_anew(0x2103);
    let code = ResponseType::InternalServerError;
    world.server().refuse(Asked::Register, code, None);
    world.run_until(|world| !world.wire.requests(Asked::Register)[1..].is_empty());
    world.expect_state(State::Registering);
    world.close();
    world.expect_error(Operation::Register, Error::UnknownError, answered(code));
    world.expect(Event::Deregistered);
    assert!(world.registration().is_none());
    world.expect_silence();
}

#[test]
fn while_an_association_for_it_opens() {
    let mut world = registering_anew(0x2104);
    world.transport.delay = seconds(20);
    world.wait_for_attempt();
    world.expect_state(State::Registering);
    is_deregistered(&mut world);
}

#[test]
fn after_a_new_association_over_which_registering_failed() {
    let mut world = World::registered(0x2105);
    let code = ResponseType::InternalServerError;
    world.server().refuse(Asked::Register, code, None);
    world.transport.then(Ok(Association::New));
    world.lose_association(TransportError::Socket);
    world.expect_error(Operation::Register, Error::UnknownError, answered(code));
    is_deregistered(&mut world);
}

#[test]
fn no_longer_than_the_registration_can_live() {
    let mut world = registering_anew(0x2106);
    let code = ResponseType::InternalServerError;
    world.server().refuse(Asked::Register, code, None);
    world.run_for(hours(25));
    assert!(world.registration().is_none());
    world.take_events();
    world.wire.clear();
    world.close();
    world.expect_not_registered(Operation::Deregister);
    assert!(world.wire.requests(Asked::Deregister).is_empty());
    world.expect_silence();
}

#[test]
fn not_where_the_server_has_forgotten_the_device() {
    let mut world = World::registered(0x2107);
    world.server().forget_all();
    let code = ResponseType::InternalServerError;
    world.server().refuse(Asked::Register, code, None);
    world.update();
    world.run_for(seconds(1));
    world.take_events();
    world.close();
    world.expect_not_registered(Operation::Deregister);
    assert!(world.wire.requests(Asked::Deregister).is_empty());
}

#[test]
fn a_device_that_registers_anew_is_told_as_not_registered() {
    let mut world = registering_anew(0x2108);
    assert_eq!(world.client.endpoint_info(), None);
    world.update();
    world.expect_not_registered(Operation::Update);
    // It is under way already.
    world.register();
    world.expect_no_event();
    world.expect(Event::Registered(RegisterReason::Forgotten));
    assert!(world.client.endpoint_info().is_some());
}

#[test]
fn where_the_server_has_disabled_itself_and_was_not_told() {
    let mut world = World::registered(0x2109);
    let code = ResponseType::InternalServerError;
    world.server().refuse(Asked::Deregister, code, None);
    world.execute("/1/0/4");
    world.run_for(seconds(5));
    world.expect_state(State::Disabled);
    assert_eq!(world.client.endpoint_info(), None);
    world.server().allow(Asked::Deregister);
    is_deregistered(&mut world);
}

/// A device whose Update makes no sense to the server, and that will register anew.
fn registering_anew(seed: u64) -> World {
    let mut world = World::registered(seed);
    let code = ResponseType::MethodNotAllowed;
    world.server().refuse(Asked::Update, code, None);
    world.update();
    world.expect_error(Operation::Update, Error::UnknownError, answered(code));
    world.expect_state(State::Registering);
    world
}

#[track_caller]
fn is_deregistered(world: &mut World) {
    world.take_events();
    assert!(world.registration().is_some());
    world.close();
    world.expect(Event::Deregistered);
    world.expect_state(State::Idle);
    assert!(world.registration().is_none());
    world.expect_silence();
}
