//! What can go wrong with a Register: what the application is told, whether the client tries again,
//! and what the next command does.

mod common;

use std::collections::BTreeSet;

use client_lite::{
    Account, Config, Detail, Duration, Error, Event, Operation, RegisterReason, State,
    TransportError, Version, storage,
};
use coap_lite::ResponseType;
use common::*;
use demo_server::BootstrapOperation;

#[test]
fn a_name_without_address() {
    Temporary::new(Error::DnsResolvingFailed, Detail::NoAddress)
        .from(|world| world.transport.always(Err(TransportError::NotResolved)));
}

#[test]
fn a_refused_handshake() {
    Temporary::new(Error::SecureConnectionFailed, Detail::Handshake)
        .from(|world| world.transport.always(Err(TransportError::Handshake)));
}

#[test]
fn an_alert_of_the_server() {
    Temporary::new(Error::SecureConnectionFailed, Detail::Alert(115))
        .from(|world| world.transport.always(Err(TransportError::Alert(115))));
    assert_eq!(
        Detail::Alert(115).to_string(),
        "the server has ended DTLS with alert 115: it does not know this identity"
    );
}

#[test]
fn a_certificate_that_is_not_accepted() {
    Temporary::new(Error::SecureConnectionFailed, Detail::Certificate)
        .from(|world| world.transport.always(Err(TransportError::Certificate)));
}

#[test]
fn credentials_that_are_missing() {
    Temporary::new(Error::SecureConnectionFailed, Detail::Credentials)
        .from(|world| world.transport.always(Err(TransportError::Credentials)));
}

#[test]
fn an_interface_that_is_down() {
    Temporary::new(Error::NetworkError, Detail::InterfaceDown)
        .from(|world| world.transport.always(Err(TransportError::InterfaceDown)));
}

#[test]
fn a_socket_that_fails() {
    Temporary::new(Error::NetworkError, Detail::Socket)
        .from(|world| world.transport.always(Err(TransportError::Socket)));
}

#[test]
fn a_socket_that_fails_under_an_outstanding_register() {
    let mut world = World::new(0x101);
    world.peer = Peer::silent();
    world.register();
    world.run_for(seconds(1));
    world.lose_association(TransportError::Socket);
    world.expect_error(Operation::Register, Error::NetworkError, Detail::Socket);
    world.expect_state(State::Registering);
    world.peer = bootstrap::server();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn no_answer() {
    Temporary::new(Error::NetworkError, Detail::NoResponse).from(|world| world.link.cut());
}

#[test]
fn a_server_that_fails() {
    for code in [
        ResponseType::InternalServerError,
        ResponseType::NotImplemented,
        ResponseType::BadGateway,
        ResponseType::GatewayTimeout,
        ResponseType::NotFound,
        ResponseType::Unauthorized,
    ] {
        Temporary::new(Error::UnknownError, answered(code))
            .from(move |world| refuse(world, code, None));
    }
}

#[test]
fn an_overloaded_server_is_left_alone_for_its_max_age() {
    for code in [
        ResponseType::ServiceUnavailable,
        ResponseType::TooManyRequests,
    ] {
        Temporary::new(Error::UnknownError, answered(code))
            .not_before(seconds(120))
            .from(move |world| refuse(world, code, Some(120)));
        // RFC 7252, 5.10.5: without the option it is 60 s.
        Temporary::new(Error::UnknownError, answered(code))
            .not_before(seconds(60))
            .from(move |world| refuse(world, code, None));
        // And it does not make the back-off shorter.
        Temporary::new(Error::UnknownError, answered(code))
            .from(move |world| refuse(world, code, Some(0)));
    }
}

#[test]
fn a_fleet_comes_back_to_an_overloaded_server_spread_out() {
    let code = ResponseType::ServiceUnavailable;
    let waits: BTreeSet<_> = (0x120..0x1e8)
        .map(|seed| wait_after(seed, code, 120).as_millis())
        .collect();
    assert!(waits.len() > 180, "{} of 200", waits.len());
    let (first, last) = (waits.first().expect("200"), waits.last().expect("200"));
    assert!((122_000..123_000).contains(first), "{first}");
    assert!((129_000..=130_000).contains(last), "{last}");
}

#[test]
fn an_overloaded_server_is_not_left_alone_for_longer_than_a_day() {
    for code in [
        ResponseType::ServiceUnavailable,
        ResponseType::TooManyRequests,
    ] {
        for max_age in [86_401, u32::MAX] {
            let wait = wait_after(0x113, code, max_age);
            let day = hours(24);
            assert!(
                (day + seconds(2)..=day + seconds(10)).contains(&wait),
                "{wait:?}"
            );
        }
    }
}

/// The wait after the first Register, which the server answers with this Max-Age.
fn wait_after(seed: u64, code: ResponseType, max_age: u32) -> Duration {
    let mut world = World::new(seed);
    refuse(&mut world, code, Some(max_age));
    world.register();
    world.expect_error(Operation::Register, Error::UnknownError, answered(code));
    let next = world.client.poll_timeout().expect("another attempt");
    next.saturating_since(world.now)
}

#[test]
fn created_without_a_location() {
    Temporary::new(Error::UnknownError, Detail::MalformedResponse)
        .from(|world| world.server().malformed(demo_server::Operation::Register));
}

#[test]
fn a_success_that_is_not_created() {
    for code in [
        ResponseType::Content,
        ResponseType::Changed,
        ResponseType::Valid,
    ] {
        Temporary::new(Error::UnknownError, Detail::MalformedResponse).from(move |world| {
            world.peer = Peer::answering(move |request| Some(answer(request, code)));
        });
    }
}

#[test]
fn an_answer_with_an_unknown_critical_option() {
    Temporary::new(Error::UnknownError, Detail::MalformedResponse).from(|world| {
        world.peer =
            Peer::answering(|request| Some(with_unknown_option(created(request, &["rd", "1"]))));
    });
}

#[test]
fn a_reset() {
    Temporary::new(Error::UnknownError, Detail::Reset)
        .from(|world| world.server().reset(demo_server::Operation::Register));
}

#[test]
fn a_server_that_rejects_the_device() {
    for code in [ResponseType::BadRequest, ResponseType::Forbidden] {
        Halting::new(Error::InvalidParameters, answered(code))
            .from(move |world| refuse(world, code, None));
    }
}

#[test]
fn a_server_of_another_version_is_asked_once_more_as_1_0() {
    let code = ResponseType::PreconditionFailed;
    Halting::new(Error::InvalidParameters, answered(code))
        .from(move |world| refuse(world, code, None));

    let mut world = World::new(0x102);
    refuse(&mut world, code, None);
    world.register();
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        answered(code),
    );
    assert_eq!(versions(&world), ["lwm2m=1.1", "lwm2m=1.0"]);

    // The next `register` begins with the configured version again.
    world.wire.clear();
    world.register();
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        answered(code),
    );
    assert_eq!(versions(&world), ["lwm2m=1.1", "lwm2m=1.0"]);
}

#[test]
fn a_server_of_1_0_gets_a_device_of_1_0() {
    let mut world = World::new(0x103);
    world.peer = Peer::answering(|request| {
        Some(match queries(request).contains(&"lwm2m=1.0".to_owned()) {
            true => created(request, &["rd", "1"]),
            false => answer(request, ResponseType::PreconditionFailed),
        })
    });
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.expect_no_event();
}

#[test]
fn a_device_of_1_0_has_no_other_version_to_try() {
    let mut setup = Setup::new(0x104);
    setup.config.version = Version::V1_0;
    let mut world = setup.build();
    let code = ResponseType::PreconditionFailed;
    refuse(&mut world, code, None);
    world.register();
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        answered(code),
    );
    assert_eq!(versions(&world), ["lwm2m=1.0"]);
    world.expect_state(State::Halted);
}

#[test]
fn a_configuration_that_cannot_work() {
    for name in ["", &"x".repeat(253), &"ü".repeat(127)] {
        let name: &str = leak(name.to_owned());
        cannot_work(Detail::EndpointName, |config| config.endpoint = name);
    }
    for uri in ["", "http://server", "coap://server:0", "coap://server/rd"] {
        cannot_work(Detail::ServerUri, |config| {
            config.account = Account::new(uri)
        });
    }
    let coap = Account::new("coap://server");
    let coaps = Account::new("coaps://server");
    for account in [
        coaps,
        coaps.with_psk(b"", b"key"),
        coaps.with_psk(b"identity", b""),
        coap.with_psk(b"identity", b"key"),
    ] {
        cannot_work(Detail::Security, |config| config.account = account);
    }
    cannot_work(Detail::Lifetime, |config| config.lifetime = 0);
    for id in [0, 65_535] {
        cannot_work(Detail::ShortServerId, |config| config.short_server_id = id);
    }
    cannot_work(Detail::Transmission, |config| {
        config.transmission.ack_timeout = Duration::ZERO
    });
    cannot_work(Detail::Transmission, |config| {
        config.transmission.ack_random_percent = 99
    });
    cannot_work(Detail::Transmission, |config| {
        config.transmission.max_retransmit = 21
    });
    cannot_work(Detail::BackOff, |config| {
        config.back_off.min = Duration::ZERO
    });
    cannot_work(Detail::BackOff, |config| {
        config.back_off.min = config.back_off.max
    });
    cannot_work(Detail::BackOff, |config| {
        config.back_off.max = seconds(3601)
    });
    cannot_work(Detail::BackOff, |config| config.back_off.factor = 0);
}

fn cannot_work(detail: Detail, spoil: impl Fn(&mut Config<'static>)) {
    let mut setup = Setup::new(0x105);
    spoil(&mut setup.config);
    let mut world = setup.build();
    for _ in 0..2 {
        world.register();
        world.expect_error(Operation::Register, Error::InvalidParameters, detail);
        world.expect_state(State::Halted);
        world.expect_silence();
    }
    refuses_update_and_close(&mut world);
    assert!(world.transport.opened.is_empty());
}

#[test]
fn an_object_list_that_does_not_fit() {
    let mut world = Setup::new(0x106).build_in(leak(<storage! { message_size: 64 }>::new()));
    for _ in 0..2 {
        world.register();
        world.expect_error(
            Operation::Register,
            Error::MemoryFail,
            Detail::MessageTooLarge,
        );
        world.expect_state(State::Halted);
        world.expect_silence();
    }
    refuses_update_and_close(&mut world);
}

#[test]
fn a_location_that_does_not_fit() {
    let mut world = Setup::new(0x107).build_in(leak(<storage! { location_size: 12 }>::new()));
    world.register();
    world.expect_error(
        Operation::Register,
        Error::MemoryFail,
        Detail::LocationTooLong,
    );
    world.expect_state(State::Halted);
    world.expect_silence();
    refuses_update_and_close(&mut world);
    world.peer = Peer::answering(|request| Some(created(request, &["rd", "12345678"])));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn a_bootstrap_server_that_refuses() {
    for code in [
        ResponseType::BadRequest,
        ResponseType::Forbidden,
        ResponseType::InternalServerError,
    ] {
        Temporary::new(Error::BootstrapFailed, answered(code))
            .bootstrapping()
            .from(move |world| {
                world
                    .server()
                    .refuse(demo_server::Operation::BootstrapRequest, code, None);
            });
    }
}

#[test]
fn a_bootstrap_server_that_does_not_finish() {
    let failure = Temporary::new(Error::BootstrapFailed, Detail::NoBootstrapFinish).bootstrapping();
    failure.from(|world| {
        world.link.drops = Some(Box::new(|direction, bytes| {
            direction == Direction::Down && operation(&packet(bytes)).is_some_and(is_bootstrap)
        }));
    });

    // LwM2M Core 1.1, 6.1.6.1: it has EXCHANGE_LIFETIME.
    let mut world = bootstrap::world(0x108);
    world.peer = Peer::answering(|request| Some(answer(request, ResponseType::Changed)));
    world.register();
    assert_eq!(world.next_event(seconds(247)), None);
    world.expect_state(State::Bootstrapping);
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::NoBootstrapFinish,
    );
    assert!(world.now < at(seconds(248)));
}

#[test]
fn accounts_that_do_not_fit_together() {
    let incomplete = || {
        let mut config = demo_server::Config::default();
        let nothing = vec![BootstrapOperation::delete("/")];
        config.bootstrap.insert(ENDPOINT.to_owned(), nothing);
        Peer::Server(Box::new(demo_server::Server::new(config, 1)))
    };
    Temporary::new(Error::BootstrapFailed, Detail::InconsistentAccounts)
        .bootstrapping()
        .from(move |world| world.peer = incomplete());

    let mut world = bootstrap::world(0x109);
    world.peer = incomplete();
    world.register();
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::InconsistentAccounts,
    );
    world.run_for(seconds(1));
    let refused = world
        .server_events
        .iter()
        .find_map(|(_, event)| match event {
            demo_server::Event::BootstrapFailed {
                operation, code, ..
            } => Some((operation.as_str(), *code)),
            _ => None,
        });
    assert_eq!(
        refused,
        Some(("POST /bs", Some(ResponseType::NotAcceptable)))
    );
}

#[test]
fn a_bootstrap_server_that_is_not_reached() {
    Temporary::new(Error::DnsResolvingFailed, Detail::NoAddress)
        .bootstrapping()
        .from(|world| world.transport.always(Err(TransportError::NotResolved)));
    Temporary::new(Error::NetworkError, Detail::NoResponse)
        .bootstrapping()
        .from(|world| world.link.cut());
}

#[test]
fn a_rejection_leads_to_the_bootstrap_server_once_before_it_halts() {
    let mut world = bootstrap::world(0x10a);
    refuse(&mut world, ResponseType::Forbidden, None);
    world.register();
    let detail = answered(ResponseType::Forbidden);
    for state in [State::Bootstrapping, State::Halted] {
        world.expect(Event::BootstrapDone);
        world.expect_error(Operation::Register, Error::InvalidParameters, detail);
        world.expect_state(state);
    }
    world.expect_silence();
    let uris: Vec<_> = world
        .transport
        .opened
        .iter()
        .map(|open| &open.uri[..])
        .collect();
    let each = ["coap://bootstrap", "coap://server"];
    assert_eq!(uris, [each, each].concat());

    world.server().allow(demo_server::Operation::Register);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

#[test]
fn each_attempt_resolves_and_connects_afresh() {
    let mut setup = Setup::new(0x10c);
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    let mut world = setup.build();
    refuse(&mut world, ResponseType::InternalServerError, None);
    world.register();
    world.run_until(|world| world.transport.opened.len() == 3);
    let renewed: Vec<_> = world
        .transport
        .opened
        .iter()
        .map(|open| open.renew)
        .collect();
    assert_eq!(renewed, [false, true, true]);
}

#[test]
fn an_error_may_come_and_another_after_it() {
    let mut world = World::new(0x10b);
    world.transport.then(Err(TransportError::NotResolved));
    world.transport.then(Err(TransportError::InterfaceDown));
    refuse(&mut world, ResponseType::InternalServerError, None);
    world.register();
    world.expect_no_address(Operation::Register);
    world.expect_error(
        Operation::Register,
        Error::NetworkError,
        Detail::InterfaceDown,
    );
    let failed = answered(ResponseType::InternalServerError);
    world.expect_error(Operation::Register, Error::UnknownError, failed);
    refuse(&mut world, ResponseType::Forbidden, None);
    let rejected = answered(ResponseType::Forbidden);
    world.expect_error(Operation::Register, Error::InvalidParameters, rejected);
    world.expect_state(State::Halted);
}

/// An error after which the client tries again, for ever and ever later.
struct Temporary {
    operation: Operation,
    error: Error,
    detail: Detail,
    not_before: Duration,
}

impl Temporary {
    fn new(error: Error, detail: Detail) -> Self {
        Self {
            operation: Operation::Register,
            error,
            detail,
            not_before: Duration::ZERO,
        }
    }

    /// The server asks to be left alone for so long.
    fn not_before(self, not_before: Duration) -> Self {
        Self { not_before, ..self }
    }

    /// The account is a bootstrap server's.
    fn bootstrapping(self) -> Self {
        Self {
            operation: Operation::Bootstrap,
            ..self
        }
    }

    fn from(&self, cause: impl Fn(&mut World)) {
        self.is_retried_until_it_succeeds(&cause);
        self.is_not_retried_sooner_by_register(&cause);
        self.leaves_nothing_to_update(&cause);
        self.ends_by_close(&cause);
    }

    fn failed(&self, cause: &impl Fn(&mut World)) -> World {
        let mut world = match self.operation {
            Operation::Bootstrap => bootstrap::world(0x110),
            _ => World::new(0x111),
        };
        cause(&mut world);
        world.register();
        self.is_told(&mut world);
        world
    }

    fn is_told(&self, world: &mut World) {
        world.expect_error(self.operation, self.error, self.detail);
        world.expect_state(match self.operation {
            Operation::Bootstrap => State::Bootstrapping,
            _ => State::Registering,
        });
    }

    fn is_retried_until_it_succeeds(&self, cause: &impl Fn(&mut World)) {
        let mut world = self.failed(cause);
        for (shortest, longest) in [(2, 10), (4, 20), (8, 40)] {
            let wait = world.wait_for_attempt();
            let shortest = seconds(shortest) + self.not_before;
            let longest = seconds(longest) + self.not_before;
            assert!((shortest..=longest).contains(&wait), "{wait:?}");
            self.is_told(&mut world);
        }
        self.mend(&mut world);
        self.expect_registered(&mut world);
        world.expect_state(State::Registered);
    }

    fn is_not_retried_sooner_by_register(&self, cause: &impl Fn(&mut World)) {
        let mut world = self.failed(cause);
        let mut other = self.failed(cause);
        other.register();
        other.expect_no_event();
        assert_eq!(world.wait_for_attempt(), other.wait_for_attempt());
    }

    fn leaves_nothing_to_update(&self, cause: &impl Fn(&mut World)) {
        let mut world = self.failed(cause);
        world.update();
        world.expect_not_registered(Operation::Update);
        world.wait_for_attempt();
        self.is_told(&mut world);
    }

    fn ends_by_close(&self, cause: &impl Fn(&mut World)) {
        let mut world = self.failed(cause);
        world.close();
        world.expect_not_registered(Operation::Deregister);
        world.expect_state(State::Halted);
        world.expect_silence();
        self.mend(&mut world);
        world.register();
        self.expect_registered(&mut world);
    }

    fn expect_registered(&self, world: &mut World) {
        let mut reason = RegisterReason::First;
        if self.operation == Operation::Bootstrap {
            world.expect(Event::BootstrapDone);
            reason = RegisterReason::Bootstrapped;
        }
        world.expect(Event::Registered(reason));
    }

    fn mend(&self, world: &mut World) {
        world.transport.as_usual();
        world.link.mend();
        world.peer = bootstrap::server();
    }
}

/// An error after which the client does nothing until the application acts.
struct Halting {
    error: Error,
    detail: Detail,
}

impl Halting {
    fn new(error: Error, detail: Detail) -> Self {
        Self { error, detail }
    }

    fn from(&self, cause: impl Fn(&mut World)) {
        let mut world = World::new(0x112);
        cause(&mut world);
        for _ in 0..2 {
            world.register();
            world.expect_error(Operation::Register, self.error, self.detail);
            world.expect_state(State::Halted);
            world.expect_silence();
        }
        refuses_update_and_close(&mut world);
        world.peer = bootstrap::server();
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
    }
}

fn refuses_update_and_close(world: &mut World) {
    world.update();
    world.expect_not_registered(Operation::Update);
    world.close();
    world.expect_not_registered(Operation::Deregister);
    world.expect_state(State::Halted);
    world.expect_silence();
}

fn refuse(world: &mut World, code: ResponseType, max_age: Option<u32>) {
    world
        .server()
        .refuse(demo_server::Operation::Register, code, max_age);
}

fn versions(world: &World) -> Vec<String> {
    let registers = world.wire.requests(demo_server::Operation::Register);
    let queries = registers
        .iter()
        .flat_map(|register| queries(&register.packet()));
    queries
        .filter(|query| query.starts_with("lwm2m="))
        .collect()
}

fn is_bootstrap(operation: demo_server::Operation) -> bool {
    operation == demo_server::Operation::BootstrapRequest
}
