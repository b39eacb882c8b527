//! The resources of the Server object, 1, that a server may set: what they take, and that they are
//! absent until they are set.

mod common;

use client_lite::{
    Account, Detail, Error, Event, Operation, RegisterReason, TransportError, Version,
};
use coap_lite::{CoapOption, Packet, RequestType};
use common::manual::{Manual, code, text, willing, with_accept, with_body};
use common::*;
use demo_server::Operation as Asked;
use demo_server::format::{self, SENML_CBOR, TEXT, TLV, Value};

fn write(server: &mut Manual, resource: u16, value: &str) -> String {
    server.put(&format!("/1/0/{resource}"), TEXT, value.as_bytes())
}

fn read(server: &mut Manual, resource: u16) -> Packet {
    let request = server.request(RequestType::Get, &format!("/1/0/{resource}"));
    server.ask(&with_accept(request, TEXT))
}

/// The resources that a Read of the instance has.
fn present(server: &mut Manual) -> Vec<String> {
    let request = server.request(RequestType::Get, "/1/0");
    let answer = server.ask(&with_accept(request, SENML_CBOR));
    let entries = format::decode("/1/0", Some(SENML_CBOR), &answer.payload).expect("SenML");
    entries.iter().map(|entry| entry.path.to_string()).collect()
}

/// Numbers that a server may set itself; 0 is the least that each takes.
const NUMBERS: [u16; 3] = [2, 3, 5];

/// What version 1.1 of the object has for the bootstrap server alone, and a value of each.
fn for_bootstrap() -> Vec<(u16, Value)> {
    let numbers = [13, 14, 17, 18, 19, 20].map(|resource| (resource, Value::Integer(5)));
    let flags = [15, 16].map(|resource| (resource, Value::Boolean(true)));
    numbers.into_iter().chain(flags).collect()
}

#[test]
fn numbers_are_absent_until_they_are_written() {
    let mut server = Manual::new(0x5e01);
    for resource in NUMBERS {
        assert_eq!(
            code(&read(&mut server, resource)),
            "4.04",
            "/1/0/{resource}"
        );
        for number in [u32::MAX, 0] {
            let number = number.to_string();
            assert_eq!(write(&mut server, resource, &number), "2.04");
            assert_eq!(
                text(&read(&mut server, resource)),
                number,
                "/1/0/{resource}"
            );
        }
    }
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    let mut server = Manual::new(0x5e02);
    for resource in NUMBERS {
        assert_eq!(write(&mut server, resource, "77"), "2.04");
        for wrong in ["-1", "4294967296", "18446744073709551615", "1.5", "x", ""] {
            assert_eq!(write(&mut server, resource, wrong), "4.00", "{wrong:?}");
        }
        assert_eq!(text(&read(&mut server, resource)), "77");
    }
}

/// A device whose bootstrap server has set all that is its own to set, with a server by hand.
fn bootstrapped(seed: u64, version: Version) -> Manual {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    setup.config.version = version;
    let mut world = setup.build();
    world.peer = bootstrap::server_with(for_bootstrap());
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.close();
    world.expect(Event::Deregistered);
    Manual::of(world)
}

/// /1/x/13 to 20 are none of the server's business in the versions of the object that a device of
/// LwM2M 1.0 or 1.1 has (LwM2M Core 1.1, E.2): set or not, they can neither be seen nor changed.
#[test]
fn what_is_for_the_bootstrap_server_alone() {
    let servers = [
        bootstrapped(0x5e0b, Version::V1_1),
        bootstrapped(0x5e0c, Version::V1_0),
        Manual::new(0x5e0d),
    ];
    for mut server in servers {
        let before = present(&mut server);
        let links = server.discover("/1/0");
        for (resource, value) in for_bootstrap() {
            let path = format!("/1/0/{resource}");
            assert!(!before.contains(&path), "{before:?}");
            assert!(!links.contains(&format!("<{path}>")), "{links}");
            for refused in [
                code(&read(&mut server, resource)),
                server.discover(&path),
                server.write_attributes(&path, "pmin=1"),
                server.execute(&path),
            ] {
                assert!(["4.04", "4.05"].contains(&refused.as_str()), "{refused}");
            }
            let observe = server.observe_request(&path);
            assert!(code(&server.ask(&observe)).starts_with("4.0"), "{path}");
            assert_eq!(write(&mut server, resource, "1"), "4.05", "{path}");
            // In a Write of more it refuses all.
            let resources = [(1, Value::Integer(300)), (resource, value)];
            let body = format::encode(TLV, "/1/0", &resources).expect("encodes");
            assert_eq!(server.post("/1/0", TLV, &body), "4.05");
            assert_eq!(server.put("/1/0", TLV, &body), "4.05");
        }
        assert_eq!(present(&mut server), before);
        assert_ne!(text(&read(&mut server, 1)), "300");
    }
}

#[test]
fn flags_and_the_preferred_transport() {
    let mut server = Manual::new(0x5e03);
    assert_eq!(code(&read(&mut server, 21)), "4.04");
    for flag in ["1", "0"] {
        assert_eq!(write(&mut server, 21, flag), "2.04");
        assert_eq!(text(&read(&mut server, 21)), flag);
    }
    assert_eq!(write(&mut server, 21, "2"), "4.00");
    assert_eq!(code(&read(&mut server, 22)), "4.04");
    for transport in ["", "T", "UQ", "UT", "u"] {
        assert_eq!(write(&mut server, 22, transport), "4.00", "{transport:?}");
    }
    assert_eq!(code(&read(&mut server, 22)), "4.04");
    assert_eq!(write(&mut server, 22, "U"), "2.04");
    assert_eq!(text(&read(&mut server, 22)), "U");
}

/// 10 and 12 need what this device does not have, an APN profile and a clock; 11 an alert of the server's.
#[test]
fn what_the_device_cannot_tell_is_absent() {
    let mut server = Manual::new(0x5e04);
    for resource in [10, 11, 12] {
        assert_eq!(code(&read(&mut server, resource)), "4.04");
    }
}

/// /1/x/11: by what the server has last ended a handshake or a session.
#[test]
fn the_newest_alert_can_be_read() {
    let mut world = World::new(0x5e0b);
    for alert in [115, 49] {
        world.transport.then(Err(TransportError::Alert(alert)));
    }
    world.peer = Peer::answering(willing);
    world.register();
    for alert in [115, 49] {
        let (operation, error) = (Operation::Register, Error::SecureConnectionFailed);
        world.expect_error(operation, error, Detail::Alert(alert));
    }
    world.expect(Event::Registered(RegisterReason::First));
    world.close();
    world.expect(Event::Deregistered);
    let mut server = Manual::of(world);
    assert_eq!(text(&read(&mut server, 11)), "49");
    assert_eq!(write(&mut server, 11, "0"), "4.05");
    assert!(present(&mut server).contains(&"/1/0/11".into()));
}

#[test]
fn an_instance_has_what_was_written() {
    let mut server = Manual::new(0x5e05);
    let before = present(&mut server);
    for resource in ["2", "3", "5", "13", "15", "17", "21", "22"] {
        assert!(!before.contains(&format!("/1/0/{resource}")), "{before:?}");
    }
    assert_eq!(write(&mut server, 5, "3"), "2.04");
    assert_eq!(write(&mut server, 21, "1"), "2.04");
    let after = present(&mut server);
    assert_eq!(after.len(), before.len() + 2, "{after:?}");
    assert!(after.contains(&"/1/0/5".into()) && after.contains(&"/1/0/21".into()));
}

/// What a replacing Write leaves out is as if it had never been written, as far as the server may
/// write it.
#[test]
fn a_replacing_write_takes_the_rest_away() {
    let mut server = Manual::new(0x5e06);
    for resource in NUMBERS {
        assert_eq!(write(&mut server, resource, "10"), "2.04");
    }
    let resources = [
        (1, Value::Integer(300)),
        (3, Value::Integer(5)),
        (6, Value::Boolean(true)),
        (7, Value::Text("U".into())),
    ];
    for format in [TLV, SENML_CBOR] {
        let body = format::encode(format, "/1/0", &resources).expect("encodes");
        let request = server.request(RequestType::Put, "/1/0");
        let said = server.say(&with_body(request, format, &body));
        assert_eq!(code(&said[0]), "2.04");
        server.run_for(seconds(1));
        assert_eq!(text(&read(&mut server, 3)), "5");
        assert_eq!(text(&read(&mut server, 1)), "300");
        for resource in [2, 5] {
            assert_eq!(
                code(&read(&mut server, resource)),
                "4.04",
                "/1/0/{resource}"
            );
        }
    }
}

#[test]
fn what_can_be_executed() {
    let mut server = Manual::new(0x5e07);
    for resource in [4, 8] {
        let request = server.request(RequestType::Get, &format!("/1/0/{resource}"));
        assert_eq!(code(&server.ask(&request)), "4.05");
    }
    // There is no bootstrap server.
    let request = server.request(RequestType::Post, "/1/0/9");
    assert_eq!(code(&server.ask(&request)), "4.05");
}

/// Core 1.1, E.2: Registration Update Trigger may name a binding, in the body or, as some servers do,
/// in the query. There is one.
#[test]
fn the_update_trigger_may_name_the_binding() {
    let mut server = Manual::new(0x5e0b);
    for (body, query) in [(&b""[..], None), (b"0='U'", None), (b"", Some("0='U'"))] {
        let mut trigger = server.request(RequestType::Post, "/1/0/8");
        trigger.payload = body.to_vec();
        if let Some(query) = query {
            trigger.add_option(CoapOption::UriQuery, query.into());
        }
        assert_eq!(code(&server.say(&trigger)[0]), "2.04", "{body:?} {query:?}");
        server.expect(Event::Updated);
        server.expect_no_event();
    }
}

/// Bootstrap-Request Trigger: the device gets its accounts anew, and registers with them.
#[test]
fn the_server_sends_the_device_to_the_bootstrap_server() {
    let mut world = bootstrap::world(0x5e08);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.wire.clear();
    world.execute("/1/0/9");
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(world.wire.requests(Asked::BootstrapRequest).len(), 1);
    assert_eq!(world.wire.requests(Asked::Register).len(), 1);
    let answered = world
        .server_events
        .iter()
        .any(|(_, event)| matches!(event, demo_server::Event::Response(_)));
    assert!(answered, "the Execute");
}

/// The bootstrap server may be away: the account that there is goes on.
#[test]
fn a_bootstrap_that_fails_leads_back_to_the_server() {
    let mut world = bootstrap::world(0x5e09);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.execute("/1/0/9");
    world.transport.then(Err(TransportError::NotResolved));
    let events = [world.next_event(hours(1)), world.next_event(hours(1))];
    assert!(matches!(events[0], Some(Event::Error { .. })), "{events:?}");
    assert_eq!(
        events[1],
        Some(Event::Registered(RegisterReason::Bootstrapped))
    );
}

/// Initial Registration Delay Timer (/1/x/14): the wait behind a bootstrap, and only there.
#[test]
fn the_first_register_waits_after_a_bootstrap() {
    let mut setup = Setup::new(0x5e0a);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    let mut world = setup.build();
    world.peer = bootstrap::server_with(vec![(14, Value::Integer(300))]);
    world.register();
    world.expect(Event::BootstrapDone);
    let since = world.now;
    assert!(!world.transport.is_open() || world.transport.opened.len() == 1);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    let waited = world.now.saturating_since(since);
    assert!((seconds(300)..seconds(311)).contains(&waited), "{waited:?}");

    let since = world.now;
    world.close();
    world.expect(Event::Deregistered);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert!(world.now.saturating_since(since) < seconds(1));
}
