//! What can go wrong with an Update: what the application is told, whether the client tries again
//! or registers anew, and what the next command does.

mod common;

use client_lite::{
    Association, Detail, Duration, Error, Event, Operation, RegisterReason, State, TransportError,
    storage,
};
use coap_lite::ResponseType;
use common::*;
use demo_server::Operation as Asked;

#[test]
fn no_answer() {
    RetriedAsUpdate::new(Error::NetworkError, Detail::NoResponse).from(|world| world.link.cut());
}

#[test]
fn a_socket_that_fails() {
    RetriedAsUpdate::new(Error::NetworkError, Detail::Socket)
        .from(|world| world.fail_to_open(TransportError::Socket));
}

#[test]
fn an_interface_that_is_down() {
    RetriedAsUpdate::new(Error::NetworkError, Detail::InterfaceDown)
        .from(|world| world.fail_to_open(TransportError::InterfaceDown));
}

#[test]
fn a_name_without_address() {
    RetriedAsUpdate::new(Error::DnsResolvingFailed, Detail::NoAddress)
        .from(|world| world.fail_to_open(TransportError::NotResolved));
}

#[test]
fn a_refused_handshake() {
    RetriedAsUpdate::new(Error::SecureConnectionFailed, Detail::Handshake)
        .from(|world| world.fail_to_open(TransportError::Handshake));
}

#[test]
fn a_certificate_that_is_not_accepted() {
    RetriedAsUpdate::new(Error::SecureConnectionFailed, Detail::Certificate)
        .from(|world| world.fail_to_open(TransportError::Certificate));
}

#[test]
fn credentials_that_are_missing() {
    RetriedAsUpdate::new(Error::SecureConnectionFailed, Detail::Credentials)
        .from(|world| world.fail_to_open(TransportError::Credentials));
}

#[test]
fn a_reset() {
    RetriedAsUpdate::new(Error::UnknownError, Detail::Reset)
        .from(|world| world.server().reset(demo_server::Operation::Update));
}

#[test]
fn an_answer_with_an_unknown_critical_option() {
    RetriedAsUpdate::new(Error::UnknownError, Detail::MalformedResponse).from(|world| {
        world.stand_in(Peer::answering(|request| {
            Some(with_unknown_option(answer(request, ResponseType::Changed)))
        }));
    });
}

#[test]
fn a_success_that_is_not_changed() {
    RetriedAsRegister::new(Error::UnknownError, Detail::MalformedResponse)
        .from(|world| world.server().malformed(demo_server::Operation::Update));
}

#[test]
fn an_answer_of_another_error_code() {
    for code in [
        ResponseType::BadRequest,
        ResponseType::Unauthorized,
        ResponseType::MethodNotAllowed,
        ResponseType::PreconditionFailed,
        ResponseType::RequestEntityTooLarge,
    ] {
        RetriedAsRegister::new(Error::UnknownError, answered(code))
            .from(|world| refuse(world, code, None));
    }
}

#[test]
fn a_server_that_has_trouble_of_its_own_keeps_the_registration() {
    for code in [
        ResponseType::InternalServerError,
        ResponseType::NotImplemented,
        ResponseType::BadGateway,
        ResponseType::GatewayTimeout,
    ] {
        RetriedAsUpdate::new(Error::UnknownError, answered(code))
            .from(|world| refuse(world, code, None));
    }
}

#[test]
fn trouble_that_lasts_longer_than_the_registration_ends_in_a_register() {
    let mut setup = Setup::new(0x220);
    setup.config.lifetime = 300;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    refuse(&mut world, ResponseType::InternalServerError, None);
    world.run_until(|world| world.client.counters().registrations == 2);
    let updates = world.wire.requests(Asked::Update);
    let last = updates.last().expect("an Update").at;
    assert!(last < at(seconds(301)), "{last:?}");
}

#[test]
fn an_overloaded_server_is_left_alone_for_its_max_age() {
    for code in [
        ResponseType::ServiceUnavailable,
        ResponseType::TooManyRequests,
    ] {
        RetriedAsUpdate::new(Error::UnknownError, answered(code))
            .not_before(seconds(120))
            .from(|world| refuse(world, code, Some(120)));
        RetriedAsUpdate::new(Error::UnknownError, answered(code))
            .not_before(seconds(60))
            .from(|world| refuse(world, code, None));
    }
}

#[test]
fn the_server_is_answered_while_the_client_waits() {
    let refused: fn(&mut World) =
        |world| refuse(world, ResponseType::ServiceUnavailable, Some(120));
    let unheard: fn(&mut World) = |world| {
        let is_update =
            |bytes: &[u8]| operation(&packet(bytes)) == Some(demo_server::Operation::Update);
        world.link.drops = Some(Box::new(move |_, bytes| is_update(bytes)));
    };
    for cause in [refused, unheard] {
        let mut world = World::registered(0x212);
        cause(&mut world);
        world.update();
        assert!(matches!(
            world.next_event(hours(1)),
            Some(Event::Error { .. })
        ));
        world.server_events.clear();
        world
            .ask(|server, now| server.read(now, ENDPOINT, "/3303/0/5700", Some(0)))
            .expect("a request");
        world.run_for(seconds(1));
        assert_ne!(world.client.state(), State::Registered);
        let read = world
            .server_events
            .iter()
            .find_map(|(_, event)| match event {
                demo_server::Event::Response(response) => Some(response.payload.as_slice()),
                _ => None,
            });
        assert_eq!(read, Some(&b"21.5"[..]));
    }
}

#[test]
fn an_association_lost_while_registered_costs_one_update() {
    let mut world = World::registered(0x201);
    world.wire.clear();
    world.lose_association(TransportError::Socket);
    world.expect(Event::Updated);
    world.expect_no_event();
    assert_eq!(world.wire.up().count(), 1);
}

#[test]
fn an_update_over_a_new_association_is_a_register() {
    let mut world = World::registered(0x202);
    world.transport.then(Err(TransportError::Socket));
    world.transport.then(Ok(Association::New));
    world.lose_association(TransportError::Socket);
    world.expect_error(Operation::Update, Error::NetworkError, Detail::Socket);
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    assert_eq!(world.registration().expect("a registration").registers, 2);
}

#[test]
fn an_update_that_fails_until_the_registration_has_expired_is_a_register() {
    let mut setup = Setup::new(0x203);
    setup.config.lifetime = 300;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.link.cut();
    world.update();
    while world.registration().is_some() {
        world.expect_error(Operation::Update, Error::NetworkError, Detail::NoResponse);
        world.expect_state(State::Updating);
        world.run_for(seconds(100));
    }
    world.take_events();
    world.run_for(minutes(10));
    world.expect_state(State::Registering);
    world.take_events();
    world.link.mend();
    world.expect(Event::Registered(RegisterReason::Expired));
}

#[test]
fn a_server_that_has_forgotten_the_device_is_registered_with_at_once() {
    let mut world = World::registered(0x204);
    world.server().forget_all();
    world.update();
    world.expect_forgotten(Operation::Update);
    let told = world.now;
    world.expect(Event::Registered(RegisterReason::Forgotten));
    assert!(world.now.saturating_since(told) < seconds(1), "no back-off");
    world.expect_no_event();
}

#[test]
fn a_server_that_forgets_again_is_registered_with_under_back_off() {
    let mut world = World::registered(0x205);
    refuse(&mut world, ResponseType::NotFound, None);
    world.update();
    world.expect_forgotten(Operation::Update);
    world.expect(Event::Registered(RegisterReason::Forgotten));
    for (shortest, longest) in [(2, 10), (4, 20), (8, 40), (16, 80)] {
        world.update();
        world.expect_forgotten(Operation::Update);
        world.expect_state(State::Registering);
        let wait = world.wait_for_attempt();
        assert!(
            (seconds(shortest)..=seconds(longest)).contains(&wait),
            "{wait:?}"
        );
        world.expect(Event::Registered(RegisterReason::Forgotten));
    }

    // An Update that succeeds proves that it knows the device now.
    world.server().allow(demo_server::Operation::Update);
    world.update();
    world.expect(Event::Updated);
    world.server().forget_all();
    world.update();
    world.expect_forgotten(Operation::Update);
    let told = world.now;
    world.expect(Event::Registered(RegisterReason::Forgotten));
    assert!(world.now.saturating_since(told) < seconds(1), "no back-off");
}

#[test]
fn a_device_that_is_not_to_register_anew_halts() {
    let mut world = not_to_reregister(0x206);
    world.server().forget_all();
    world.update();
    world.expect_forgotten(Operation::Update);
    world.expect_state(State::Halted);
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
fn a_server_that_forbids_it_halts() {
    let forbidden = || {
        let mut world = World::registered(0x207);
        refuse(&mut world, ResponseType::Forbidden, None);
        world.update();
        let detail = answered(ResponseType::Forbidden);
        world.expect_error(Operation::Update, Error::NotAllowed, detail);
        world.expect_state(State::Halted);
        world
    };
    let mut world = forbidden();
    world.run_for(minutes(1));
    world.server().allow(demo_server::Operation::Update);
    world.update();
    world.expect(Event::Updated);

    let mut world = forbidden();
    world.close();
    world.expect(Event::Deregistered);
    world.expect_state(State::Idle);

    let mut world = forbidden();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));

    let mut world = forbidden();
    world.expect_silence();
    // The registration has expired by now.
    world.update();
    world.expect_not_registered(Operation::Update);
    world.expect_silence();
}

/// Where the location leaves no room for even the smallest block.
#[test]
fn an_object_list_that_does_not_fit() {
    let too_many = || {
        let mut world = Setup::new(0x208).build_in(leak(
            <storage! { message_size: 133, location_size: 80 }>::new(),
        ));
        let location = "x".repeat(72);
        world.stand_in(Peer::answering(move |request| {
            Some(match operation(request)? {
                Asked::Register => created(request, &["rd", &location]),
                Asked::Deregister => answer(request, ResponseType::Deleted),
                _ => answer(request, ResponseType::Changed),
            })
        }));
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        world.objects.others = (0..8)
            .map(|_| Box::new(Temperature::default()) as _)
            .collect();
        world.objects_changed();
        world.expect_error(
            Operation::Update,
            Error::MemoryFail,
            Detail::MessageTooLarge,
        );
        world.expect_state(State::Halted);
        world
    };
    too_many().expect_silence();

    // It is the object list that has to go out, and still does not fit.
    let mut world = too_many();
    world.update();
    world.expect_error(
        Operation::Update,
        Error::MemoryFail,
        Detail::MessageTooLarge,
    );
    world.objects.others.clear();
    world.objects.actuator = None;
    world.update();
    world.expect(Event::Updated);
    let update = world
        .wire
        .requests(Asked::Update)
        .pop()
        .map(Datagram::packet);
    let list = update.expect("an Update").payload;
    assert!(list.ends_with(b"</3303/0>"), "{list:x?}");

    let mut world = too_many();
    world.close();
    world.expect(Event::Deregistered);
}

/// An error after which the client tries to update again, while the registration lasts.
struct RetriedAsUpdate {
    error: Error,
    detail: Detail,
    not_before: Duration,
}

impl RetriedAsUpdate {
    fn new(error: Error, detail: Detail) -> Self {
        Self {
            error,
            detail,
            not_before: Duration::ZERO,
        }
    }

    /// The server asks to be left alone for so long.
    fn not_before(self, not_before: Duration) -> Self {
        Self { not_before, ..self }
    }

    fn from(&self, cause: impl Fn(&mut World)) {
        let mut world = self.failed(&cause);
        for (shortest, longest) in [(2, 10), (4, 20), (8, 40)] {
            self.is_waited_for(&mut world, shortest, longest);
            self.is_told(&mut world);
        }
        mend(&mut world);
        world.expect(Event::Updated);
        assert_eq!(world.client.counters().registrations, 1);

        // Commands meanwhile: refused, already under way, and carried out.
        let mut world = self.failed(&cause);
        world.register();
        world.expect_error(
            Operation::Register,
            Error::NotAllowed,
            Detail::AlreadyRegistered,
        );
        world.update();
        world.expect_no_event();
        self.is_waited_for(&mut world, 2, 10);

        let mut world = self.failed(&cause);
        mend(&mut world);
        world.close();
        world.expect(Event::Deregistered);
        assert!(world.registration().is_none());
        world.expect_silence();
    }

    /// The next attempt comes so many seconds after the server may be asked again.
    fn is_waited_for(&self, world: &mut World, shortest: u64, longest: u64) {
        let wait = world.wait_for_attempt();
        let range = seconds(shortest) + self.not_before..=seconds(longest) + self.not_before;
        assert!(range.contains(&wait), "{wait:?}");
    }

    /// A world in which an Update has failed once.
    fn failed(&self, cause: &impl Fn(&mut World)) -> World {
        let mut world = World::registered(0x210);
        cause(&mut world);
        if world.client.state() == State::Registered {
            world.update();
        }
        self.is_told(&mut world);
        world
    }

    fn is_told(&self, world: &mut World) {
        world.expect_error(Operation::Update, self.error, self.detail);
        world.expect_state(State::Updating);
    }
}

/// An error after which the client registers anew under back-off, while the server may still have
/// the registration before.
struct RetriedAsRegister {
    error: Error,
    detail: Detail,
}

impl RetriedAsRegister {
    fn new(error: Error, detail: Detail) -> Self {
        Self { error, detail }
    }

    fn from(&self, cause: impl Fn(&mut World)) {
        let mut world = self.failed(&cause);
        self.is_waited_for(&mut world);
        world.expect(Event::Registered(RegisterReason::Forgotten));
        assert_eq!(world.registration().expect("a registration").registers, 2);

        // Commands meanwhile: already under way, and refused.
        let mut world = self.failed(&cause);
        world.register();
        world.expect_no_event();
        world.update();
        world.expect_not_registered(Operation::Update);
        self.is_waited_for(&mut world);
        world.expect(Event::Registered(RegisterReason::Forgotten));

        let mut world = self.failed(&cause);
        world.stand_down();
        world.close();
        world.expect(Event::Deregistered);
        world.expect_state(State::Idle);
        assert!(world.registration().is_none());
        world.expect_silence();
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
    }

    fn failed(&self, cause: &impl Fn(&mut World)) -> World {
        let mut world = World::registered(0x211);
        cause(&mut world);
        world.update();
        world.expect_error(Operation::Update, self.error, self.detail);
        world.expect_state(State::Registering);
        world
    }

    fn is_waited_for(&self, world: &mut World) {
        world.expect_first_wait();
    }
}

fn not_to_reregister(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.config.reregister = false;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}

fn refuse(world: &mut World, code: ResponseType, max_age: Option<u32>) {
    world
        .server()
        .refuse(demo_server::Operation::Update, code, max_age);
}

fn mend(world: &mut World) {
    world.transport.as_usual();
    world.link.mend();
    world.stand_down();
    world.server().allow(demo_server::Operation::Update);
}
