//! Bootstrap initiated by the client (LwM2M Core 1.1, 6.1): accounts from a bootstrap server, then
//! registration at the server that they name.

mod common;

use std::time::Duration as StdDuration;

use client_lite::{
    Account, Association, Client, Config, Detail, Error, Event, Instant, Object, Operation,
    RegisterReason, Security, State, Storage, TransportRequest,
};
use coap_lite::{CoapOption, MessageType, Packet, RequestType, ResponseType};
use common::manual::{code, with_body};
use common::*;
use demo_server::format::{self, SENML_CBOR, TLV, Value};
use demo_server::{
    BootstrapOperation, Content, Credentials, SecurityInstance, Server, ServerInstance,
};

const BOOTSTRAP: &str = "coap://bootstrap.example";
const MANAGEMENT: &str = "coaps://server.example:5694";

fn security() -> SecurityInstance {
    SecurityInstance {
        instance: 1,
        uri: MANAGEMENT.into(),
        bootstrap: false,
        credentials: Credentials::PreSharedKey {
            identity: b"identity".to_vec(),
            key: b"sixteen byte key".to_vec(),
        },
        short_server_id: 101,
    }
}

fn server() -> ServerInstance {
    ServerInstance {
        instance: 7,
        short_server_id: 101,
        lifetime: 600,
        storing: true,
        binding: "U".into(),
    }
}

/// A device with a bootstrap account, at a server with these operations for it.
fn setup(seed: u64, operations: Vec<BootstrapOperation>) -> Setup {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    setup.server.bootstrap.insert(ENDPOINT.into(), operations);
    setup
}

fn world(seed: u64, operations: Vec<BootstrapOperation>) -> World {
    setup(seed, operations).build()
}

/// The same operations in TLV, whatever the client prefers.
fn in_tlv(operations: Vec<BootstrapOperation>) -> Vec<BootstrapOperation> {
    let in_tlv = |mut operation: BootstrapOperation| {
        if let Content::Resources(resources) = &operation.content {
            let body = format::encode(TLV, &operation.path, resources).expect("encodes");
            operation.content = Content::Bytes(TLV, body);
        }
        operation
    };
    operations.into_iter().map(in_tlv).collect()
}

fn opened(world: &World) -> Vec<&str> {
    world
        .transport
        .opened
        .iter()
        .map(|opened| opened.uri.as_str())
        .collect()
}

#[test]
fn accounts_are_written_and_used() {
    let account = BootstrapOperation::account(&security(), &server());
    for (format, operations) in [(SENML_CBOR, account.clone()), (TLV, in_tlv(account))] {
        let mut world = world(1, operations);
        world.register();
        world.expect_state(State::Bootstrapping);
        world.expect(Event::BootstrapDone);
        world.expect_state(State::Registering);
        world.expect(Event::Registered(RegisterReason::Bootstrapped));
        assert_eq!(opened(&world), [BOOTSTRAP, MANAGEMENT]);
        assert_eq!(world.registration().unwrap().lifetime, 600);
        world.expect_no_event();

        let written: Vec<_> = world.wire.down().map(Datagram::packet).collect();
        let written = written.iter().filter(|packet| code(packet) == "0.03");
        let formats: Vec<_> = written
            .map(|packet| {
                packet
                    .get_first_option(CoapOption::ContentFormat)
                    .unwrap()
                    .clone()
            })
            .collect();
        assert_eq!(
            formats,
            [format.to_be_bytes(), format.to_be_bytes()].map(|bytes| {
                bytes
                    .iter()
                    .copied()
                    .skip_while(|byte| *byte == 0)
                    .collect::<Vec<_>>()
            })
        );
        let done = world
            .server_events
            .iter()
            .any(|(_, event)| matches!(event, demo_server::Event::Bootstrapped { .. }));
        assert!(done);
    }
}

/// 6.1.7.1: the request has the endpoint's name and the format that the device prefers.
#[test]
fn the_request() {
    let mut world = world(2, vec![]);
    world.register();
    world.run_for(seconds(1));
    let request = world.wire.up().next().expect("a request").packet();
    assert_eq!(code(&request), "0.02");
    assert_eq!(texts(&request, CoapOption::UriPath), ["bs"]);
    assert_eq!(queries(&request), ["ep=device", "pct=112"]);
}

/// The written account is what the transport opens, with its key.
#[test]
fn the_transport_gets_the_written_key() {
    let operations = BootstrapOperation::account(&security(), &server());
    let mut config = demo_server::Config::default();
    config.bootstrap.insert("device".into(), operations);
    let mut server = Server::new(config, 3);
    let peer = "192.0.2.1:40000".parse().unwrap();

    let mut storage: Storage = Storage::new();
    let account = Account::new("coaps://bootstrap").with_psk(b"first", b"first key");
    let config = Config::new("device", account.for_bootstrap());
    let mut client = Client::new(config, &mut storage, [1, 2, 3, 4]);
    let objects: &mut [&mut dyn Object] = &mut [];
    let now = Instant::from_millis(0);
    let mut keys = Vec::new();
    client.register(now);
    for _ in 0..20 {
        while let Some(datagram) = client.poll_transmit(now, objects) {
            server.handle_datagram(StdDuration::ZERO, peer, datagram);
        }
        let mut connected = false;
        if let Some(TransportRequest::Open { account, .. }) = client.poll_transport() {
            let Security::PreSharedKey { identity, key } = account.security else {
                panic!("no key for {}", account.uri);
            };
            keys.push((account.uri.to_owned(), identity.to_vec(), key.to_vec()));
            assert!(!format!("{account:?}").contains("key\""), "{account:?}");
            connected = true;
        }
        if connected {
            client.handle_connected(now, Association::New);
        }
        while let Some((_, datagram)) = server.poll_transmit() {
            client.handle_datagram(now, &datagram, objects);
            while let Some(datagram) = client.poll_transmit(now, objects) {
                server.handle_datagram(StdDuration::ZERO, peer, datagram);
            }
        }
    }
    assert_eq!(client.poll_event(), Some(Event::BootstrapDone));
    assert_eq!(
        client.poll_event(),
        Some(Event::Registered(RegisterReason::Bootstrapped))
    );
    let expected = [
        ("coaps://bootstrap", &b"first"[..], &b"first key"[..]),
        (MANAGEMENT, b"identity", b"sixteen byte key"),
    ];
    let keys: Vec<_> = keys
        .iter()
        .map(|(uri, identity, key)| (uri.as_str(), identity.as_slice(), key.as_slice()))
        .collect();
    assert_eq!(keys, expected);
}

/// A server without security, and objects of the application that are written on the way.
#[test]
fn other_objects_are_written_too() {
    let plain = SecurityInstance {
        uri: "coap://server.example".into(),
        credentials: Credentials::None,
        ..security()
    };
    let mut operations = BootstrapOperation::account(&plain, &server());
    let name = vec![(2, Value::Text("hall".into()))];
    operations.push(BootstrapOperation::write(
        "/33000/0",
        Content::Resources(name),
    ));
    let mut world = world(4, operations);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(opened(&world), [BOOTSTRAP, "coap://server.example"]);
    assert_eq!(world.objects.actuator.as_ref().unwrap().name, "hall");
}

/// The bootstrap server's own account may be among those that it writes, and survives a Delete.
#[test]
fn the_bootstrap_servers_own_account_is_written_too() {
    let own = SecurityInstance {
        instance: 0,
        uri: BOOTSTRAP.into(),
        bootstrap: true,
        credentials: Credentials::None,
        short_server_id: 0,
    };
    let mut operations = vec![own.operation()];
    operations.extend(BootstrapOperation::account(&security(), &server()));
    let mut world = world(16, operations);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(opened(&world), [BOOTSTRAP, MANAGEMENT]);
}

/// Registered again later, the device does not ask the bootstrap server again.
#[test]
fn the_account_is_kept() {
    let mut world = world(5, BootstrapOperation::account(&security(), &server()));
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.close();
    world.expect(Event::Deregistered);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(opened(&world), [BOOTSTRAP, MANAGEMENT, MANAGEMENT]);
}

/// 6.1.7.6: what was written before can be deleted; the last word counts.
#[test]
fn accounts_can_be_deleted_and_written_again() {
    let wrong = SecurityInstance {
        instance: 2,
        uri: "coap://wrong.example".into(),
        credentials: Credentials::None,
        ..security()
    };
    for delete in ["/", "/0", "/0/2"] {
        let mut operations = vec![wrong.operation(), BootstrapOperation::delete(delete)];
        operations.extend([security().operation(), server().operation()]);
        let mut world = world(6, operations);
        world.register();
        world.expect(Event::BootstrapDone);
        world.expect(Event::Registered(RegisterReason::Bootstrapped));
        assert_eq!(opened(&world), [BOOTSTRAP, MANAGEMENT], "{delete}");
    }
}

/// 6.1.7.7: a Finish before the accounts fit together is refused 4.06, and the device tries again.
#[test]
fn inconsistent_accounts_are_refused() {
    let other = |short_server_id| ServerInstance {
        short_server_id,
        ..server()
    };
    let keyless = SecurityInstance {
        credentials: Credentials::None,
        ..security()
    };
    let twin = SecurityInstance {
        instance: 2,
        ..security()
    };
    let without_uri = SecurityInstance {
        uri: String::new(),
        ..security()
    };
    let http = SecurityInstance {
        uri: "http://server.example".into(),
        ..security()
    };
    for (what, operations) in [
        ("nothing", vec![]),
        (
            "no Security",
            vec![BootstrapOperation::delete("/"), server().operation()],
        ),
        (
            "no Server of its id",
            vec![security().operation(), other(102).operation()],
        ),
        (
            "two Securities of one id",
            vec![
                security().operation(),
                twin.operation(),
                server().operation(),
            ],
        ),
        (
            "coaps without a key",
            vec![keyless.operation(), server().operation()],
        ),
        (
            "no URI",
            vec![without_uri.operation(), server().operation()],
        ),
        (
            "another scheme",
            vec![http.operation(), server().operation()],
        ),
        (
            "deleted again",
            vec![
                security().operation(),
                server().operation(),
                BootstrapOperation::delete("/"),
            ],
        ),
    ] {
        let mut world = world(7, operations);
        world.register();
        for _ in 0..3 {
            world.expect_error(
                Operation::Bootstrap,
                Error::BootstrapFailed,
                Detail::InconsistentAccounts,
            );
            world.expect_state(State::Bootstrapping);
        }
        assert!(opened(&world).iter().all(|uri| *uri == BOOTSTRAP), "{what}");
        world.run_for(seconds(1));
        let refused = world.server_events.iter().filter(|(_, event)| {
            matches!(event, demo_server::Event::BootstrapFailed {
                operation,
                code: Some(ResponseType::NotAcceptable),
                ..
            } if operation == "POST /bs")
        });
        assert_eq!(refused.count(), 3, "{what}");
    }
}

/// After a failure the next attempt can succeed.
#[test]
fn a_failed_bootstrap_is_tried_again() {
    let mut world = world(8, BootstrapOperation::account(&security(), &server()));
    let operation = demo_server::Operation::BootstrapRequest;
    world
        .server()
        .refuse(operation, ResponseType::InternalServerError, None);
    world.register();
    for _ in 0..3 {
        world.expect_error(
            Operation::Bootstrap,
            Error::BootstrapFailed,
            Detail::Response(0xa0),
        );
    }
    world.server().allow(operation);
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// A server that goes silent in the middle is given EXCHANGE_LIFETIME, 247 s.
#[test]
fn a_bootstrap_without_finish_fails() {
    let mut world = World::new(9);
    let config = Config::new(ENDPOINT, Account::new(BOOTSTRAP).for_bootstrap());
    let storage = Box::leak(Box::new(<Storage>::new()));
    world.client = Client::new(config, storage, [1, 2, 3, 4]);
    world.peer = Peer::answering(manual::willing);
    world.register();
    let began = world.now;
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::NoBootstrapFinish,
    );
    let waited = world.now.saturating_since(began);
    assert!(
        waited >= seconds(247) && waited < seconds(250),
        "{waited:?}"
    );
}

/// /1/x/16: a rejected registration goes to the bootstrap server once before it halts.
#[test]
fn a_rejected_registration_asks_the_bootstrap_server_once() {
    let mut world = world(10, BootstrapOperation::account(&security(), &server()));
    let operation = demo_server::Operation::Register;
    world
        .server()
        .refuse(operation, ResponseType::Forbidden, None);
    world.register();
    for state in [State::Bootstrapping, State::Halted] {
        world.expect(Event::BootstrapDone);
        world.expect_error(
            Operation::Register,
            Error::InvalidParameters,
            Detail::Response(0x83),
        );
        world.expect_state(state);
    }
    assert_eq!(
        opened(&world),
        [BOOTSTRAP, MANAGEMENT, BOOTSTRAP, MANAGEMENT]
    );
    world.expect_silence();
    // The application may try again.
    world.server().allow(operation);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

/// The same where the second account is good.
#[test]
fn a_new_account_ends_a_rejection() {
    let mut world = world(11, BootstrapOperation::account(&security(), &server()));
    let operation = demo_server::Operation::Register;
    world
        .server()
        .refuse(operation, ResponseType::BadRequest, None);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        Detail::Response(0x80),
    );
    world.server().allow(operation);
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// Where the bootstrap server is gone, the account that it wrote before is tried again.
#[test]
fn a_rejection_while_the_bootstrap_server_is_gone() {
    let mut world = world(14, BootstrapOperation::account(&security(), &server()));
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    let register = demo_server::Operation::Register;
    let bootstrap = demo_server::Operation::BootstrapRequest;
    world
        .server()
        .refuse(register, ResponseType::Forbidden, None);
    world
        .server()
        .refuse(bootstrap, ResponseType::ServiceUnavailable, None);
    world.server().forget_all();
    world.update();
    world.expect_forgotten(Operation::Update);
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        Detail::Response(0x83),
    );
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::Response(0xa3),
    );
    world.server().allow(register);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// The same where the bootstrap server takes the request and writes nothing.
#[test]
fn a_rejection_while_the_bootstrap_server_writes_nothing() {
    let mut world = rejected_once(17);
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::NoBootstrapFinish,
    );
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(
        opened(&world),
        [BOOTSTRAP, MANAGEMENT, BOOTSTRAP, MANAGEMENT]
    );
}

/// What it has begun to write and not finished is nothing: the account is whole as it was (6.1.3.3).
#[test]
fn a_rejection_while_the_bootstrap_server_writes_half_an_account() {
    let mut world = rejected_once(18);
    let half = write("/0/1", &[(0, Value::Text("coap://half.example".into()))]);
    assert_eq!(ask(&mut world, 1, half, "/0/1"), "2.04");
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::NoBootstrapFinish,
    );
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(
        opened(&world),
        [BOOTSTRAP, MANAGEMENT, BOOTSTRAP, MANAGEMENT]
    );
}

/// A device whose bootstrapped registration is gone, and whose next Register is rejected; it asks
/// a bootstrap server that only says yes.
fn rejected_once(seed: u64) -> World {
    type Asked = demo_server::Operation;
    let mut world = world(seed, BootstrapOperation::account(&security(), &server()));
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    let mut rejected = false;
    world.stand_in(Peer::answering(move |request| match operation(request)? {
        Asked::Update => Some(answer(request, ResponseType::NotFound)),
        Asked::Register if !std::mem::replace(&mut rejected, true) => {
            Some(answer(request, ResponseType::Forbidden))
        }
        _ => manual::willing(request),
    }));
    world.update();
    world.expect_forgotten(Operation::Update);
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        Detail::Response(0x83),
    );
    world.run_for(seconds(1));
    world.expect_state(State::Bootstrapping);
    world
}

/// /1/x/16 false: no more than the rejection.
#[test]
fn a_server_may_forbid_that() {
    let mut instance = server().operation();
    if let Content::Resources(resources) = &mut instance.content {
        resources.push((16, Value::Boolean(false)));
    }
    let mut world = world(12, vec![security().operation(), instance]);
    let operation = demo_server::Operation::Register;
    world
        .server()
        .refuse(operation, ResponseType::Forbidden, None);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        Detail::Response(0x83),
    );
    world.expect_state(State::Halted);
    assert_eq!(opened(&world), [BOOTSTRAP, MANAGEMENT]);
}

/// /1/x/23: absent it means no Send.
#[test]
fn a_server_gets_sends_where_its_account_says_so() {
    for (muted, sends) in [(None, 0), (Some(true), 0), (Some(false), 2)] {
        let mut instance = server().operation();
        if let Content::Resources(resources) = &mut instance.content {
            resources.extend(muted.map(|muted| (23, Value::Boolean(muted))));
        }
        let mut world = world(19, vec![security().operation(), instance]);
        world.register();
        world.expect(Event::BootstrapDone);
        world.expect(Event::Registered(RegisterReason::Bootstrapped));
        for _ in 0..2 {
            world.changed("/3200/0/5501");
            world.run_for(seconds(1));
        }
        let told: &[Event] = match sends {
            0 => &[Event::SendUnavailable],
            _ => &[],
        };
        assert_eq!(world.take_events(), told, "{muted:?}");
        let sent = world.wire.requests(demo_server::Operation::Send).len();
        assert_eq!(sent, sends, "{muted:?}");
    }
}

/// Nobody has said yet that there is no Send.
#[test]
fn a_change_before_the_bootstrap_is_sent() {
    let mut instance = server().operation();
    if let Content::Resources(resources) = &mut instance.content {
        resources.push((23, Value::Boolean(false)));
    }
    let mut world = world(23, vec![security().operation(), instance]);
    world.changed("/3200/0/5501");
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.run_for(seconds(1));
    world.expect_no_event();
    assert_eq!(world.wire.requests(demo_server::Operation::Send).len(), 1);
}

/// A bootstrap server manages nothing, not even while the device waits to ask it again.
#[test]
fn a_bootstrap_server_is_no_management_server() {
    let mut world = world(24, vec![]);
    world.register();
    world.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::InconsistentAccounts,
    );
    world.run_for(seconds(1));
    world.expect_state(State::Bootstrapping);
    for (id, method, path) in [
        (1, RequestType::Get, "3"),
        (2, RequestType::Get, "33000/0/1"),
        (3, RequestType::Post, "33000/0/4"),
    ] {
        let mut request = request(method);
        request.header.message_id = id;
        for segment in path.split('/') {
            request.add_option(CoapOption::UriPath, segment.into());
        }
        let before = world.wire.datagrams.len();
        world.deliver(&bytes(&request));
        let said = world.wire.datagrams[before..].iter();
        let codes: Vec<_> = said.map(|said| code(&said.packet())).collect();
        assert!(
            codes.iter().all(|code| code.starts_with('4')),
            "{path}: {codes:?}"
        );
    }
    assert_eq!(world.objects.actuator.as_ref().unwrap().executions, 0);
}

/// Each step over a network that loses a third of it.
#[test]
fn a_poor_network_delays_it() {
    for seed in 0..10 {
        let mut setup = setup(seed, BootstrapOperation::account(&security(), &server()));
        setup.link = Link::poor();
        let mut world = setup.build();
        world.register();
        world.run_until(|world| world.client.state() == State::Registered);
        assert_eq!(world.registration().unwrap().lifetime, 600);
    }
}

/// A device that waits for its bootstrap server's requests.
fn waiting(seed: u64) -> World {
    let mut world = setup(seed, vec![]).build();
    world.peer = Peer::answering(manual::willing);
    world.register();
    world.run_for(seconds(1));
    world.expect_state(State::Bootstrapping);
    world
}

/// Delivers a request of the bootstrap server by hand; the answer's code.
#[track_caller]
fn ask(world: &mut World, id: u16, mut request: Packet, path: &str) -> String {
    request.header.message_id = id;
    request.set_token(vec![id as u8]);
    for segment in path
        .split('/')
        .skip(1)
        .filter(|segment| !segment.is_empty())
    {
        request.add_option(CoapOption::UriPath, segment.into());
    }
    let before = world.wire.datagrams.len();
    world.deliver(&bytes(&request));
    let said = &world.wire.datagrams[before..];
    assert!(!said.is_empty(), "no answer to {path}");
    let answer = said[0].packet();
    assert_eq!(answer.header.get_type(), MessageType::Acknowledgement);
    code(&answer)
}

fn request(method: RequestType) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = coap_lite::MessageClass::Request(method);
    packet
}

/// A Bootstrap-Write of these resources in TLV; the path is for [`ask`] to add.
fn write(path: &str, resources: &[(u16, Value)]) -> Packet {
    let body = format::encode(TLV, path, resources).expect("encodes");
    with_body(request(RequestType::Put), TLV, &body)
}

/// 6.1.7.5: a bootstrap server may write of an instance what this device does not have.
#[test]
fn resources_that_the_device_does_not_have_are_ignored() {
    let security = [
        (0, Value::Text("coap://server.example".into())),
        (1, Value::Boolean(false)),
        (2, Value::Integer(3)),
        // SMS security.
        (6, Value::Integer(3)),
        (10, Value::Integer(101)),
    ];
    let server = [
        (0, Value::Integer(101)),
        (1, Value::Integer(300)),
        // The APN's profile.
        (10, Value::ObjectLink(11, 0)),
        (6, Value::Boolean(true)),
        (7, Value::Text("UQ".into())),
    ];
    for format in [TLV, SENML_CBOR] {
        let mut world = waiting(20);
        let put = |path, resources: &[_]| {
            let body = format::encode(format, path, resources).expect("encodes");
            with_body(request(RequestType::Put), format, &body)
        };
        assert_eq!(ask(&mut world, 1, put("/0/1", &security), "/0/1"), "2.04");
        assert_eq!(ask(&mut world, 2, put("/1/0", &server), "/1/0"), "2.04");
        // Asked for by its own path it is missed.
        let sms = put("/0/1", &security[3..4]);
        assert_eq!(ask(&mut world, 3, sms, "/0/1/6"), "4.04");
        let profile = put("/1/0", &server[2..3]);
        assert_eq!(ask(&mut world, 4, profile, "/1/0/10"), "4.04");
        assert_eq!(
            ask(&mut world, 5, request(RequestType::Post), "/bs"),
            "2.04"
        );
        world.expect(Event::BootstrapDone);
        world.expect(Event::Registered(RegisterReason::Bootstrapped));
        assert_eq!(opened(&world), [BOOTSTRAP, "coap://server.example"]);
        let register = world.wire.requests(demo_server::Operation::Register)[0].packet();
        assert!(queries(&register).contains(&"lt=300".to_owned()));
    }
}

/// 6.1.7.6: what can be deleted is an object or an instance.
#[test]
fn a_resource_is_not_deleted() {
    let mut world = waiting(21);
    let account = [
        (0, Value::Text("coap://server.example".into())),
        (2, Value::Integer(3)),
        (10, Value::Integer(101)),
    ];
    let server = [(0, Value::Integer(101)), (1, Value::Integer(300))];
    assert_eq!(ask(&mut world, 1, write("/0/1", &account), "/0/1"), "2.04");
    assert_eq!(ask(&mut world, 2, write("/1/0", &server), "/1/0"), "2.04");
    for (id, path) in [(3, "/0/1/5"), (4, "/0/1/0"), (5, "/1/0/1")] {
        let delete = request(RequestType::Delete);
        assert_eq!(ask(&mut world, id, delete, path), "4.05", "{path}");
    }
    assert_eq!(
        ask(&mut world, 6, request(RequestType::Post), "/bs"),
        "2.04"
    );
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(opened(&world), [BOOTSTRAP, "coap://server.example"]);
}

/// A request that is refused does not show that the bootstrap server has heard the device's.
#[test]
fn a_refused_request_leaves_the_bootstrap_request_outstanding() {
    let mut world = setup(22, vec![]).build();
    world.peer = Peer::silent();
    world.register();
    world.run_for(seconds(1));
    assert_eq!(
        ask(&mut world, 1, request(RequestType::Get), "/3/0"),
        "4.05"
    );
    world.expect_error(
        Operation::Bootstrap,
        Error::NetworkError,
        Detail::NoResponse,
    );
    let sent = world
        .wire
        .requests(demo_server::Operation::BootstrapRequest);
    assert_eq!(sent.len(), 5);
}

/// What a bootstrap server must not do, and values that are none.
#[test]
fn what_is_refused_while_bootstrapping() {
    let mut world = waiting(13);
    let put = |format, body: &[u8]| with_body(request(RequestType::Put), format, body);
    let resource = |id, value| format::encode(TLV, "/0/1", &[(id, value)]).unwrap();
    for (id, (request, path, expected)) in [
        (request(RequestType::Get), "/0/1", "4.05"),
        (request(RequestType::Get), "/0/1/5", "4.05"),
        (request(RequestType::Get), "/3/0", "4.05"),
        (request(RequestType::Put), "/bs", "4.05"),
        (request(RequestType::Delete), "/33000", "4.05"),
        (
            put(TLV, &resource(0, Value::Text("u".repeat(256)))),
            "/0/1",
            "4.00",
        ),
        (
            put(TLV, &resource(5, Value::Opaque(vec![1; 65]))),
            "/0/1",
            "4.00",
        ),
        (put(TLV, &resource(2, Value::Integer(5))), "/0/1", "4.00"),
        (
            put(TLV, &resource(10, Value::Integer(65_536))),
            "/0/1",
            "4.00",
        ),
        (
            put(TLV, &resource(99, Value::Integer(1))),
            "/0/1/99",
            "4.04",
        ),
        (put(TLV, b"\xc8\x00\xff"), "/0/1", "4.00"),
        (put(SENML_CBOR, b"\x81"), "/0/1", "4.00"),
        (put(11543, b"{}"), "/0/1", "4.15"),
        (put(TLV, &resource(0, Value::Integer(1))), "/9/1", "4.04"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            ask(&mut world, 100 + id as u16, request, path),
            expected,
            "{id}: {path}"
        );
    }
    // A third account has no room; the two that were made before stay.
    for (id, expected) in [(1, "2.04"), (2, "2.04"), (3, "4.13")] {
        let body = put(TLV, &resource(2, Value::Integer(3)));
        let answer = ask(&mut world, 200 + id, body, &format!("/0/{id}"));
        assert_eq!(answer, expected, "/0/{id}");
    }
    assert_eq!(
        ask(&mut world, 300, request(RequestType::Post), "/bs"),
        "4.06"
    );
}

/// A Write that is refused leaves no trace of itself.
#[test]
fn a_refused_write_changes_nothing() {
    let mut world = waiting(15);
    let account = |uri: &str, mode| {
        let uri = Value::Text(uri.into());
        let plain = [
            (0, uri),
            (2, Value::Integer(mode)),
            (10, Value::Integer(101)),
        ];
        write("/0/1", &plain)
    };
    let server = |lifetime| [(0, Value::Integer(101)), (1, Value::Integer(lifetime))];
    assert_eq!(
        ask(&mut world, 1, account("coap://good.example", 3), "/0/1"),
        "2.04"
    );
    assert_eq!(
        ask(&mut world, 2, write("/1/7", &server(600)), "/1/7"),
        "2.04"
    );
    assert_eq!(
        ask(&mut world, 3, account("coap://bad.example", 9), "/0/1"),
        "4.00"
    );
    assert_eq!(
        ask(&mut world, 4, write("/1/9", &server(0)), "/1/9"),
        "4.00"
    );
    assert_eq!(
        ask(&mut world, 5, request(RequestType::Post), "/bs"),
        "2.04"
    );
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(opened(&world), [BOOTSTRAP, "coap://good.example"]);
    let register = world.wire.requests(demo_server::Operation::Register)[0].packet();
    let list = manual::text(&register);
    assert!(list.contains("</1/7>"), "{list}");
}

/// A Finish that comes twice is answered twice and done once.
#[test]
fn a_finish_that_comes_twice() {
    let mut world = waiting(14);
    let write = |operation: BootstrapOperation| {
        let Content::Resources(resources) = operation.content else {
            panic!("no resources");
        };
        write(&operation.path, &resources)
    };
    assert_eq!(
        ask(&mut world, 1, write(security().operation()), "/0/1"),
        "2.04"
    );
    assert_eq!(
        ask(&mut world, 2, write(server().operation()), "/1/7"),
        "2.04"
    );
    assert_eq!(
        ask(&mut world, 3, request(RequestType::Post), "/bs"),
        "2.04"
    );
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(opened(&world), [BOOTSTRAP, MANAGEMENT]);
    // What a bootstrap server did, a management server cannot.
    assert_eq!(
        ask(&mut world, 4, request(RequestType::Post), "/bs"),
        "4.04"
    );
    assert_eq!(
        ask(&mut world, 5, write(security().operation()), "/0/1"),
        "4.01"
    );
}
