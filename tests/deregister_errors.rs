//! What can go wrong with a De-register: each error halts the client, and the next command says how
//! it goes on.

mod common;

use client_lite::{
    Association, Detail, Error, Event, Operation, RegisterReason, State, TransportError, storage,
};
use coap_lite::ResponseType;
use common::*;

#[test]
fn no_registration() {
    let mut world = World::new(0x301);
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_silence();
    assert!(world.transport.opened.is_empty());
}

#[test]
fn no_answer() {
    Halting::new(Error::NetworkError, Detail::NoResponse).from(|world| world.link.cut());
}

#[test]
fn a_socket_that_fails() {
    Halting::new(Error::NetworkError, Detail::Socket)
        .from(|world| world.fail_to_open(TransportError::Socket));
}

#[test]
fn a_socket_that_fails_under_an_outstanding_deregister() {
    let mut world = World::registered(0x302);
    world.stand_in(Peer::silent());
    world.close();
    world.run_for(seconds(1));
    world.lose_association(TransportError::Socket);
    world.expect_error(Operation::Deregister, Error::NetworkError, Detail::Socket);
    world.expect_state(State::Halted);
    world.expect_silence();
}

#[test]
fn an_interface_that_is_down() {
    Halting::new(Error::NetworkError, Detail::InterfaceDown)
        .from(|world| world.fail_to_open(TransportError::InterfaceDown));
}

#[test]
fn a_name_without_address() {
    Halting::new(Error::DnsResolvingFailed, Detail::NoAddress)
        .from(|world| world.fail_to_open(TransportError::NotResolved));
}

#[test]
fn a_refused_handshake() {
    Halting::new(Error::SecureConnectionFailed, Detail::Handshake)
        .from(|world| world.fail_to_open(TransportError::Handshake));
}

#[test]
fn a_certificate_that_is_not_accepted() {
    Halting::new(Error::SecureConnectionFailed, Detail::Certificate)
        .from(|world| world.fail_to_open(TransportError::Certificate));
}

#[test]
fn credentials_that_are_missing() {
    Halting::new(Error::SecureConnectionFailed, Detail::Credentials)
        .from(|world| world.fail_to_open(TransportError::Credentials));
}

#[test]
fn a_server_that_has_forgotten_the_device() {
    let forgotten = || {
        let mut world = World::registered(0x303);
        world.server().forget_all();
        world.close();
        world.expect_forgotten(Operation::Deregister);
        world.expect_state(State::Halted);
        assert_eq!(world.client.endpoint_info(), None);
        world
    };
    let mut world = forgotten();
    world.expect_silence();
    world.update();
    world.expect_not_registered(Operation::Update);
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_silence();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn a_server_that_forbids_it() {
    let code = ResponseType::Forbidden;
    Halting::new(Error::NotAllowed, answered(code)).from(|world| refuse(world, code, None));
}

#[test]
fn a_server_that_refuses() {
    for code in [
        ResponseType::BadRequest,
        ResponseType::Unauthorized,
        ResponseType::MethodNotAllowed,
        ResponseType::InternalServerError,
    ] {
        Halting::new(Error::UnregistrationFailed, answered(code))
            .from(|world| refuse(world, code, None));
    }
    // Not even a server that asks for another attempt gets one.
    for code in [
        ResponseType::ServiceUnavailable,
        ResponseType::TooManyRequests,
    ] {
        Halting::new(Error::UnregistrationFailed, answered(code))
            .from(|world| refuse(world, code, Some(60)));
    }
}

#[test]
fn a_reset() {
    Halting::new(Error::UnknownError, Detail::Reset)
        .from(|world| world.server().reset(demo_server::Operation::Deregister));
}

#[test]
fn a_success_that_is_not_deleted() {
    Halting::new(Error::UnknownError, Detail::MalformedResponse)
        .from(|world| world.server().malformed(demo_server::Operation::Deregister));
}

#[test]
fn an_answer_with_an_unknown_critical_option() {
    Halting::new(Error::UnknownError, Detail::MalformedResponse).from(|world| {
        world.stand_in(Peer::answering(|request| {
            Some(with_unknown_option(answer(request, ResponseType::Deleted)))
        }));
    });
}

#[test]
fn a_location_that_makes_the_message_too_large() {
    let mut world = Setup::new(0x304).build_in(leak(
        <storage! { message_size: 130, location_size: 255 }>::new(),
    ));
    let segment: &str = Box::leak("x".repeat(70).into_boxed_str());
    world.stand_in(Peer::answering(move |request| {
        Some(created(request, &[segment, segment]))
    }));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.close();
    world.expect_error(
        Operation::Deregister,
        Error::MemoryFail,
        Detail::MessageTooLarge,
    );
    world.expect_state(State::Halted);
    world.expect_silence();
    world.stand_down();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn a_new_association_is_no_reason_not_to_deregister() {
    let mut world = World::registered(0x305);
    world.transport.then(Ok(Association::New));
    world.lose_association(TransportError::Socket);
    world.close();
    world.expect(Event::Deregistered);
    assert!(world.registration().is_none());
}

/// An error after which the client halts with a registration that may still be there.
struct Halting {
    error: Error,
    detail: Detail,
}

impl Halting {
    fn new(error: Error, detail: Detail) -> Self {
        Self { error, detail }
    }

    fn from(&self, cause: impl Fn(&mut World)) {
        self.failed(&cause).expect_silence();

        // The registration goes on.
        let mut world = self.failed(&cause);
        mend(&mut world);
        world.update();
        world.expect(Event::Updated);
        world.expect_state(State::Registered);
        assert_eq!(world.client.counters().registrations, 1);

        let mut world = self.failed(&cause);
        mend(&mut world);
        world.close();
        world.expect(Event::Deregistered);
        world.expect_state(State::Idle);
        assert!(world.registration().is_none());
        world.expect_silence();

        let mut world = self.failed(&cause);
        mend(&mut world);
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        assert_eq!(world.client.counters().registrations, 2);
    }

    fn failed(&self, cause: &impl Fn(&mut World)) -> World {
        let mut world = World::registered(0x310);
        cause(&mut world);
        world.close();
        world.expect_error(Operation::Deregister, self.error, self.detail);
        world.expect_state(State::Halted);
        world
    }
}

fn refuse(world: &mut World, code: ResponseType, max_age: Option<u32>) {
    world
        .server()
        .refuse(demo_server::Operation::Deregister, code, max_age);
}

fn mend(world: &mut World) {
    world.transport.as_usual();
    world.link.mend();
    world.stand_down();
    world.server().allow(demo_server::Operation::Deregister);
}
