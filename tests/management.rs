//! Device management (LwM2M Core 1.1, 6.3): the demo server reads, writes, executes and discovers;
//! what it must not be given is asked for by hand.

mod common;

use client_lite::{
    At, Detail, DeviceInfo, Event, Object, ObjectDefinition, ObjectLink, Operations, Path, Refusal,
    RegisterReason, ResourceDefinition, Type, Value, object,
};
use coap_lite::{RequestType, ResponseType};
use common::manual::*;
use common::*;
use demo_server::format::{self, LINK_FORMAT, SENML_CBOR, TEXT, TLV, Value as Written};
use demo_server::{Operation, RequestId, Response};

type StdDuration = std::time::Duration;

/// A registered device with something to tell of itself.
fn world(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.config.device = DeviceInfo {
        manufacturer: "Open Mobile Alliance",
        model: "Lightweight M2M Client",
        serial_number: "345000123",
        firmware_version: "1.0",
    };
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}

/// The answer to what the demo server asks.
#[track_caller]
fn ask(
    world: &mut World,
    ask: impl FnOnce(&mut demo_server::Server, StdDuration) -> Result<RequestId, demo_server::Error>,
) -> Response {
    let id = world.ask(ask).expect("a request");
    let answer = |world: &World| {
        world
            .server_events
            .iter()
            .find_map(|(_, event)| match event {
                demo_server::Event::Response(response) if response.id == id => {
                    Some(response.clone())
                }
                _ => None,
            })
    };
    world.run_until(|world| answer(world).is_some());
    answer(world).expect("it came")
}

#[track_caller]
fn read(world: &mut World, path: &str, accept: Option<u16>) -> Response {
    ask(world, |server, now| {
        server.read(now, ENDPOINT, path, accept)
    })
}

/// The values that a Read gives, one line each.
#[track_caller]
fn lines(world: &mut World, path: &str, accept: u16) -> Vec<String> {
    let response = read(world, path, Some(accept));
    assert_eq!(response.code, ResponseType::Content, "{path}");
    assert_eq!(response.content_format, Some(accept));
    let entries = format::decode(path, Some(accept), &response.payload).expect("decodes");
    entries.iter().map(|entry| entry.to_string()).collect()
}

#[track_caller]
fn write(world: &mut World, path: &str, format: u16, body: &[u8]) -> ResponseType {
    ask(world, |server, now| {
        server.write(now, ENDPOINT, path, format, body)
    })
    .code
}

#[track_caller]
fn execute(world: &mut World, path: &str, arguments: &str) -> ResponseType {
    ask(world, |server, now| {
        server.execute(now, ENDPOINT, path, arguments)
    })
    .code
}

#[track_caller]
fn discover(world: &mut World, path: &str) -> String {
    let response = ask(world, |server, now| server.discover(now, ENDPOINT, path));
    assert_eq!(response.code, ResponseType::Content, "{path}");
    assert_eq!(response.content_format, Some(LINK_FORMAT));
    String::from_utf8(response.payload).expect("UTF-8")
}

/// 6.3.1.
#[test]
fn a_resource_is_read_in_each_format() {
    let mut world = world(1);
    world.objects.button.presses = -300;
    for (path, value) in [
        ("/3/0/0", "Open Mobile Alliance"),
        ("/3/0/11/0", "0"),
        ("/1/0/1", "86400"),
        ("/1/0/7", "U"),
        ("/3200/0/5501", "-300"),
        ("/3303/0/5700", "21.5"),
    ] {
        for format in [TEXT, TLV, SENML_CBOR] {
            assert_eq!(
                lines(&mut world, path, format),
                [format!("{path} = {value}")],
                "{format}"
            );
        }
    }
    assert_eq!(lines(&mut world, "/1/0/6", TEXT), ["/1/0/6 = 1"]);
    assert_eq!(lines(&mut world, "/1/0/6", SENML_CBOR), ["/1/0/6 = true"]);
}

#[test]
fn an_instance_is_read() {
    let mut world = world(2);
    for format in [TLV, SENML_CBOR] {
        let device = [
            "/3/0/0 = Open Mobile Alliance",
            "/3/0/1 = Lightweight M2M Client",
            "/3/0/2 = 345000123",
            "/3/0/3 = 1.0",
            "/3/0/11/0 = 0",
            "/3/0/16 = U",
        ];
        assert_eq!(lines(&mut world, "/3/0", format), device);
    }
}

/// What cannot be read (W, E) is left out.
#[test]
fn an_object_is_read() {
    let mut world = world(3);
    world
        .objects
        .actuator
        .as_mut()
        .unwrap()
        .name
        .push_str("door")
        .unwrap();
    for format in [TLV, SENML_CBOR] {
        let actuator = [
            "/33000/0/1 = 0",
            "/33000/0/2 = door",
            "/33000/0/5 = 0",
            "/33000/0/6 = 0",
            "/33000/0/7 = 0",
        ];
        assert_eq!(lines(&mut world, "/33000", format), actuator);
    }
}

/// 1.1's common format, and 1.0's, for a server that accepts any.
#[test]
fn without_accept_the_version_decides() {
    let mut world = world(4);
    assert_eq!(
        read(&mut world, "/3/0", None).content_format,
        Some(SENML_CBOR)
    );

    let mut setup = Setup::new(4);
    setup.config.version = client_lite::Version::V1_0;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(read(&mut world, "/3/0", None).content_format, Some(TLV));
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut server = Manual::new(5);
    for path in [
        "/9",
        "/9/0",
        "/9/0/0",
        "/3/1",
        "/3/1/0",
        "/3/0/99",
        "/3/0/0/1",
        "/3/0/11/1",
        "/3303/0/5701",
        "/nothing",
        "/3/x",
        "/3/0/0/0/0",
        "/65535/0/0",
        "/70000",
        "/-1",
        "/03",
        "/3/0/",
        "//",
    ] {
        // An empty segment is no segment.
        let there = path.ends_with('/') && path.len() > 2;
        let request = server.request(RequestType::Get, path);
        let expected = match path {
            // There can be no such place.
            "//" | "/3/0/0/1" | "/65535/0/0" => "4.05",
            _ if there => "2.05",
            _ => "4.04",
        };
        assert_eq!(code(&server.ask(&request)), expected, "{path}");
    }
    for method in [RequestType::Put, RequestType::Post, RequestType::Delete] {
        for path in ["/9/0/0", "/9/0", "/3/1", "/3/0/99"] {
            let request = server.request(method, path);
            let request = match path.split('/').count() {
                3 => with_body(request, TLV, &[0xc1, 0, 0]),
                _ => with_body(request, TEXT, b"1"),
            };
            assert_eq!(code(&server.ask(&request)), "4.04", "{method:?} {path}");
        }
    }
    // Nor where there is nothing to write.
    for path in ["/9999/0", "/9999/0/1", "/3303/7"] {
        for (format, nothing) in [(TLV, &b""[..]), (SENML_CBOR, b"\x80")] {
            let request = with_body(server.request(RequestType::Put, path), format, nothing);
            assert_eq!(code(&server.ask(&request)), "4.04", "{path} {format}");
        }
    }
}

#[test]
fn what_a_resource_does_not_allow() {
    let mut server = Manual::new(6);
    let put =
        |server: &mut Manual, path| with_body(server.request(RequestType::Put, path), TEXT, b"1");
    for (request, what) in [
        (put(&mut server, "/3303/0/5700"), "Write to R"),
        (put(&mut server, "/33000/0/4"), "Write to E"),
        (server.request(RequestType::Get, "/33000/0/3"), "Read of W"),
        (server.request(RequestType::Get, "/33000/0/4"), "Read of E"),
        (
            server.request(RequestType::Post, "/33000/0/1"),
            "Execute of RW",
        ),
        (server.request(RequestType::Post, "/33000"), "Create"),
        (server.request(RequestType::Delete, "/33000/0"), "Delete"),
        (server.request(RequestType::Get, "/"), "Read of the root"),
    ] {
        assert_eq!(code(&server.ask(&request)), "4.05", "{what}");
    }
}

#[test]
fn formats_that_do_not_fit_are_not_acceptable() {
    let mut server = Manual::new(8);
    for (path, accept) in [
        ("/3/0", TEXT),
        ("/3", TEXT),
        ("/3303/0/5700", 42),
        ("/3303/0/5700", 1543),
        ("/3303/0/5700", 11543),
        ("/3303/0/5700", 65_535),
    ] {
        let request = with_accept(server.request(RequestType::Get, path), accept);
        assert_eq!(code(&server.ask(&request)), "4.06", "{path} {accept}");
    }
}

#[test]
fn formats_that_are_not_read_are_unsupported() {
    let mut server = Manual::new(9);
    for (path, format) in [
        ("/33000/0/1", 50),
        ("/33000/0/1", 1543),
        ("/33000/0", 11543),
    ] {
        let request = with_body(server.request(RequestType::Put, path), format, b"1");
        assert_eq!(code(&server.ask(&request)), "4.15", "{path} {format}");
    }
}

/// Appendix E.1: object 0 is the bootstrap server's alone.
#[test]
fn the_security_object_is_out_of_reach() {
    let mut server = Manual::new(10);
    for path in ["/0", "/0/0", "/0/0/0", "/0/0/5", "/0/1", "/0/0/5/0"] {
        let get = server.request(RequestType::Get, path);
        let put = with_body(server.request(RequestType::Put, path), TEXT, b"1");
        let post = server.request(RequestType::Post, path);
        let delete = server.request(RequestType::Delete, path);
        let discover = with_accept(get.clone(), LINK_FORMAT);
        for request in [get, put, delete, discover, post] {
            assert_eq!(code(&server.ask(&request)), "4.01", "{path}");
        }
        server.run_for(minutes(5));
    }
}

#[test]
fn a_resource_is_written_in_each_format() {
    let mut world = world(11);
    let changed = ResponseType::Changed;
    for (level, format) in [(-7, TEXT), (70_000, TLV), (300, SENML_CBOR)] {
        let body = match format {
            TEXT => level.to_string().into_bytes(),
            TLV => format::encode(TLV, "/33000/0", &[(1, Written::Integer(level))]).unwrap(),
            _ => format::encode(SENML_CBOR, "/33000/0", &[(1, Written::Integer(level))]).unwrap(),
        };
        assert_eq!(
            write(&mut world, "/33000/0/1", format, &body),
            changed,
            "{format}"
        );
        assert_eq!(world.objects.actuator.as_ref().unwrap().level, level as i64);
    }
    assert_eq!(
        write(&mut world, "/33000/0/2", TEXT, "Tür".as_bytes()),
        changed
    );
    assert_eq!(world.objects.actuator.as_ref().unwrap().name, "Tür");
    assert_eq!(write(&mut world, "/33000/0/2", TEXT, b""), changed);
    assert_eq!(world.objects.actuator.as_ref().unwrap().name, "");
    let body = format::encode(TLV, "/33000/0", &[(3, Written::Opaque(vec![0, 255]))]).unwrap();
    assert_eq!(write(&mut world, "/33000/0/3", TLV, &body), changed);
    assert_eq!(world.objects.actuator.as_ref().unwrap().secret, [0, 255]);
}

/// 7.4: a value without a Content-Format is text.
#[test]
fn a_write_without_a_format_is_text() {
    let mut server = Manual::new(12);
    let mut request = server.request(RequestType::Put, "/33000/0/1");
    request.payload = b"42".to_vec();
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(server.objects.actuator.as_ref().unwrap().level, 42);
}

#[test]
fn an_instance_is_written() {
    for format in [TLV, SENML_CBOR] {
        for partial in [false, true] {
            let mut world = world(13);
            let values = [(1, Written::Integer(5)), (2, Written::Text("gate".into()))];
            let body = format::encode(format, "/33000/0", &values).unwrap();
            let response = ask(&mut world, |server, now| match partial {
                false => server.write(now, ENDPOINT, "/33000/0", format, &body),
                true => server.write_partial(now, ENDPOINT, "/33000/0", format, &body),
            });
            assert_eq!(response.code, ResponseType::Changed);
            let actuator = world.objects.actuator.as_ref().unwrap();
            assert_eq!((actuator.level, actuator.name.as_str()), (5, "gate"));
            assert_eq!(actuator.writes, 2);
        }
    }
}

/// Where one value is refused, whatever the reason, none is written.
#[test]
fn a_write_is_all_or_nothing() {
    let good = || vec![(1, Written::Integer(5)), (2, Written::Text("gate".into()))];
    for (third, code) in [
        // Too long for its place, of another type, read-only, executable.
        (
            (2, Written::Text("a name of too many bytes".into())),
            ResponseType::BadRequest,
        ),
        ((1, Written::Text("one".into())), ResponseType::BadRequest),
        ((3, Written::Opaque(vec![0; 17])), ResponseType::BadRequest),
        ((5, Written::Integer(1)), ResponseType::MethodNotAllowed),
        ((4, Written::Integer(1)), ResponseType::MethodNotAllowed),
    ] {
        for format in [TLV, SENML_CBOR] {
            let mut world = world(14);
            let mut values = good();
            values.push(third.clone());
            let body = format::encode(format, "/33000/0", &values).unwrap();
            assert_eq!(
                write(&mut world, "/33000/0", format, &body),
                code,
                "{format} {third:?}"
            );
            let actuator = world.objects.actuator.as_ref().unwrap();
            assert_eq!(
                (actuator.level, actuator.name.as_str()),
                (0, ""),
                "{third:?}"
            );
            assert_eq!(actuator.writes, 0);
        }
    }
    // A body that breaks off behind its good values.
    for format in [TLV, SENML_CBOR] {
        let mut world = world(14);
        let body = format::encode(format, "/33000/0", &good()).unwrap();
        for length in 0..body.len() {
            let boundary = format == TLV && matches!(length, 0 | 3);
            let answer = write(&mut world, "/33000/0", format, &body[..length]);
            let expected = match boundary {
                true => ResponseType::Changed,
                false => ResponseType::BadRequest,
            };
            assert_eq!(answer, expected, "{format} {length}");
            assert_eq!(world.objects.actuator.as_ref().unwrap().name, "");
        }
    }
}

#[test]
fn values_of_another_type_are_bad() {
    let mut server = Manual::new(15);
    for (path, text) in [
        ("/33000/0/1", &b"one"[..]),
        ("/33000/0/1", b"1.5"),
        ("/33000/0/1", b"9223372036854775808"),
        ("/33000/0/1", b""),
        ("/33000/0/2", b"\xff"),
        ("/33000/0/2", b"seventeen letters"),
        ("/1/0/6", b"yes"),
        ("/1/0/1", b"0"),
        ("/1/0/1", b"-5"),
        ("/1/0/1", b"4294967296"),
        ("/1/0/7", b"X"),
        ("/1/0/7", b""),
    ] {
        let request = with_body(server.request(RequestType::Put, path), TEXT, text);
        assert_eq!(code(&server.ask(&request)), "4.00", "{path} {text:x?}");
    }
}

/// A value belongs to a resource.
#[test]
fn a_value_of_an_instance_is_bad() {
    let mut server = Manual::new(30);
    let body = [&b"\x81\xa2\x00\x68/33000/0"[..], &[2, 5]].concat();
    let request = with_body(
        server.request(RequestType::Put, "/33000/0"),
        SENML_CBOR,
        &body,
    );
    assert_eq!(code(&server.ask(&request)), "4.00");
}

/// 6.3.5 and 7.4.5: the arguments are the application's to understand.
#[test]
fn a_resource_is_executed_with_its_arguments() {
    let mut world = world(16);
    assert_eq!(execute(&mut world, "/33000/0/4", ""), ResponseType::Changed);
    assert_eq!(
        execute(&mut world, "/33000/0/4", "0='42'"),
        ResponseType::Changed
    );
    assert_eq!(
        execute(&mut world, "/33000/0/4", "nonsense"),
        ResponseType::BadRequest
    );
    let actuator = world.objects.actuator.as_ref().unwrap();
    assert_eq!((actuator.executions, actuator.level), (3, 42));
}

#[test]
fn a_multiple_resource_is_read_as_such() {
    let mut world = world(19);
    assert_eq!(
        read(&mut world, "/3/0/11", Some(TLV)).payload,
        [0x83, 0x0b, 0x41, 0x00, 0x00]
    );
    assert_eq!(lines(&mut world, "/3/0/11", SENML_CBOR), ["/3/0/11/0 = 0"]);
    assert_eq!(lines(&mut world, "/3/0/11/0", TEXT), ["/3/0/11/0 = 0"]);
    let cells = Cells::default();
    world.objects.others.push(Box::new(cells));
    for format in [TLV, SENML_CBOR] {
        let volts = ["/33001/3/1/0 = 3800", "/33001/3/1/7 = 3900"];
        assert_eq!(lines(&mut world, "/33001/3/1", format), volts);
        assert_eq!(lines(&mut world, "/33001/3/1/7", format), volts[1..]);
    }
    assert_eq!(
        read(&mut world, "/33001/3/1", Some(TEXT)).code,
        ResponseType::NotAcceptable
    );
}

#[test]
fn a_multiple_resource_is_written_as_such() {
    let mut world = world(20);
    world.objects.others.push(Box::new(Cells::default()));
    let body = [0x88, 1, 8, 0x42, 0, 0x0e, 0xd9, 0x42, 7, 0x0e, 0xda];
    assert_eq!(
        write(&mut world, "/33001/3", TLV, &body),
        ResponseType::Changed
    );
    assert_eq!(
        write(&mut world, "/33001/3/1", TLV, &body),
        ResponseType::Changed
    );
    assert_eq!(
        write(&mut world, "/33001/3/1/7", TEXT, b"4000"),
        ResponseType::Changed
    );
    let volts = ["/33001/3/1/0 = 3801", "/33001/3/1/7 = 4000"];
    assert_eq!(lines(&mut world, "/33001/3/1", TLV), volts);
    // A single value is none of several, and a multiple resource's is none of a single one.
    assert_eq!(
        write(&mut world, "/33001/3/1", TEXT, b"4000"),
        ResponseType::BadRequest
    );
    assert_eq!(
        write(&mut world, "/33001/3", TLV, &[0xc1, 1, 1]),
        ResponseType::BadRequest
    );
    assert_eq!(
        write(&mut world, "/33001/3/1/9", TEXT, b"4000"),
        ResponseType::NotFound
    );
    assert_eq!(
        write(&mut world, "/33000/0/1/0", TEXT, b"1"),
        ResponseType::MethodNotAllowed
    );
}

#[test]
fn instances_have_any_ids() {
    let mut world = world(21);
    world.objects.others.push(Box::new(Cells::default()));
    for format in [TLV, SENML_CBOR] {
        let all = lines(&mut world, "/33001", format);
        assert_eq!(all[0], "/33001/3/1/0 = 3800", "{format}");
        assert!(all[4].starts_with("/33001/300/2 = "), "{all:?}");
    }
    assert_eq!(
        lines(&mut world, "/33001/300/2", TEXT),
        ["/33001/300/2 = 33001:3"]
    );
    assert_eq!(
        lines(&mut world, "/33001/300/2", SENML_CBOR),
        ["/33001/300/2 = 33001:3"]
    );
    assert_eq!(
        discover(&mut world, "/33001"),
        "</33001>,</33001/3>,</33001/3/1>;dim=2,</33001/300>,</33001/300/1>;dim=2,</33001/300/2>"
    );
    assert_eq!(
        read(&mut world, "/33001/0", None).code,
        ResponseType::NotFound
    );
    assert_eq!(
        read(&mut world, "/33001/3/2", None).code,
        ResponseType::NotFound
    );
}

/// /1/0/1: the server's new lifetime is confirmed by an Update that carries it.
#[test]
fn a_written_lifetime_is_told() {
    let mut world = world(22);
    assert_eq!(
        write(&mut world, "/1/0/1", TEXT, b"600"),
        ResponseType::Changed
    );
    world.expect(Event::Updated);
    let update = world.wire.requests(Operation::Update)[0].packet();
    assert_eq!(queries(&update), ["lt=600"]);
    assert_eq!(world.registration().unwrap().lifetime, 600);
    // And it is kept from now on.
    let before = world.now;
    world.expect(Event::Updated);
    assert!(world.now.saturating_since(before) < minutes(10));
    let updates = world.wire.requests(Operation::Update);
    assert_eq!(queries(&updates[1].packet()), [""; 0]);
}

/// /1/0/8: Registration Update Trigger.
#[test]
fn the_update_trigger_is_executed() {
    let mut world = world(23);
    assert_eq!(execute(&mut world, "/1/0/8", ""), ResponseType::Changed);
    world.expect(Event::Updated);
    let update = world.wire.requests(Operation::Update)[0].packet();
    assert_eq!((queries(&update), update.payload), (vec![], vec![]));
}

/// /3/0/4: the application reboots when the answer is on its way.
#[test]
fn a_reboot_is_told_after_its_answer() {
    let mut setup = Setup::new(24);
    setup.config.can_reboot = true;
    let mut server = Manual::of(setup.build());
    assert!(server.discover("/3/0").contains("</3/0/4>"));
    let request = server.request(RequestType::Post, "/3/0/4");
    let bytes = bytes(&request);
    let now = server.device_time();
    let world = &mut *server;
    world
        .client
        .handle_datagram(now, &bytes, &mut world.objects.list());
    assert_eq!(world.client.poll_event(), None);
    assert!(
        world
            .client
            .poll_transmit(now, &mut world.objects.list())
            .is_some()
    );
    assert_eq!(world.client.poll_event(), Some(Event::Reboot));
    assert_eq!(world.client.poll_event(), None);
    // Once, though the request comes twice.
    assert_eq!(code(&server.ask(&request)), "2.04");
    server.expect_no_event();
}

/// /3/0/4 of a device that nobody restarts: no server is told 2.04.
#[test]
fn a_device_that_nobody_restarts_has_no_reboot() {
    let mut world = World::registered(29);
    assert_eq!(execute(&mut world, "/3/0/4", ""), ResponseType::NotFound);
    assert!(!discover(&mut world, "/3").contains("</3/0/4>"));
    world.expect_no_event();
}

/// Five lines make an object that a server registers, discovers and reads.
#[test]
fn an_object_takes_five_lines() {
    let mut world = World::new(25);
    world.objects.button.presses = 3;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let listed = world
        .registration()
        .unwrap()
        .objects
        .iter()
        .map(|link| link.to_string());
    assert!(listed.collect::<Vec<_>>().contains(&"/3200/0".to_owned()));
    assert_eq!(discover(&mut world, "/3200/0"), "</3200/0>,</3200/0/5501>");
    assert_eq!(
        lines(&mut world, "/3200/0/5501", TEXT),
        ["/3200/0/5501 = 3"]
    );
    let definition = world.objects.button.definition();
    assert_eq!(
        (
            definition.id,
            definition.version,
            definition.resources.len()
        ),
        (3200, (1, 0), 1)
    );
    let resource = definition.resource(5501).expect("there");
    assert!(resource.auto_observable && !resource.multiple);
    assert_eq!(
        (resource.kind, resource.operations),
        (Type::Integer, Operations::R)
    );
}

#[test]
fn the_application_is_told_of_what_was_written() {
    let mut world = world(26);
    write(&mut world, "/33000/0/1", TEXT, b"1");
    write(&mut world, "/33000/0/2", TEXT, b"a");
    write(&mut world, "/33000/0/1", TEXT, b"refused");
    assert_eq!(world.objects.actuator.as_ref().unwrap().writes, 2);
}

object! {
    /// A device with a battery.
    #[derive(Default)]
    pub struct Battery: 3, version (1, 1) {
        0: manufacturer: &'static str [R],
        9: level: i64 [R],
        13: time: client_lite::typed::Time [RW],
    }
}

/// An object 3 of the application's own takes the place of the client's.
#[test]
fn the_device_object_can_be_replaced() {
    let mut world = World::new(27);
    let battery = Battery {
        manufacturer: "Acme",
        level: 80,
        ..Battery::default()
    };
    world.objects.others.push(Box::new(battery));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let objects = &world.registration().unwrap().objects;
    assert_eq!(objects.iter().filter(|link| link.object == 3).count(), 1);
    let all = ["/3/0/0 = Acme", "/3/0/9 = 80", "/3/0/13 = 0"];
    assert_eq!(lines(&mut world, "/3/0", SENML_CBOR), all);
    assert_eq!(
        write(&mut world, "/3/0/13", TEXT, b"1367491215"),
        ResponseType::Changed
    );
    assert_eq!(
        lines(&mut world, "/3/0/13", SENML_CBOR),
        ["/3/0/13 = 1367491215"]
    );
    assert_eq!(execute(&mut world, "/3/0/4", ""), ResponseType::NotFound);
    world.expect_no_event();
}

/// Empty texts of the configuration are no resources.
#[test]
fn the_device_tells_only_what_it_knows() {
    let mut world = World::registered(28);
    assert_eq!(
        discover(&mut world, "/3/0"),
        "</3/0>,</3/0/11>;dim=1,</3/0/16>"
    );
    assert_eq!(
        read(&mut world, "/3/0/0", None).code,
        ResponseType::NotFound
    );
}

/// Security and Server are the client's alone: objects of the application with their ids are as if
/// they were not there.
#[test]
fn security_and_server_cannot_be_replaced() {
    let mut world = World::new(31);
    world.objects.others = vec![Box::new(Impostor(0)), Box::new(Impostor(1))];
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let objects = &world.registration().unwrap().objects;
    let listed: Vec<_> = objects.iter().map(ToString::to_string).collect();
    let expected = ["/1/0", "/3/0", "/3200/0", "/3303/0", "/33000", "/33000/0"];
    assert_eq!(listed, expected);

    assert_eq!(lines(&mut world, "/1/0/1", TEXT), ["/1/0/1 = 86400"]);
    assert!(!discover(&mut world, "/1").contains("/1/5"));
    for (path, code) in [
        ("/0/5/1", ResponseType::Unauthorized),
        ("/1/5/1", ResponseType::NotFound),
        ("/1/5", ResponseType::NotFound),
    ] {
        assert_eq!(read(&mut world, path, None).code, code, "{path}");
        assert_eq!(write(&mut world, path, TEXT, b"1"), code, "{path}");
    }

    // Nor are they sent.
    world.changed("/0/5/1");
    world.changed("/1/5/1");
    for path in ["/0/5/1", "/1/5/1"] {
        world
            .client
            .send(world.device_time(), path.parse().unwrap())
            .unwrap();
        world.settle();
        world.expect(Event::SendFailed(Detail::NoValue));
    }
    world.run_for(minutes(1));
    assert_eq!(world.wire.requests(Operation::Send).len(), 0);
}

/// Takes the place of an object of the client's.
struct Impostor(u16);

impl Object for Impostor {
    fn definition(&self) -> &ObjectDefinition {
        static RESOURCES: [ResourceDefinition; 1] =
            [ResourceDefinition::new(1, Type::Integer, Operations::RW).auto_observable()];
        static DEFINITIONS: [ObjectDefinition; 2] = [definition(0), definition(1)];
        const fn definition(id: u16) -> ObjectDefinition {
            ObjectDefinition {
                id,
                version: (1, 1),
                resources: &RESOURCES,
            }
        }
        &DEFINITIONS[usize::from(self.0)]
    }

    fn instance(&self, index: usize) -> Option<u16> {
        [5].get(index).copied()
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(666))
    }

    fn write(&mut self, _: At, _: Value<'_>) -> Result<(), Refusal> {
        Ok(())
    }
}

/// 7.1: 65535 is nobody's id, so that a path ends before it.
#[test]
fn the_reserved_id_ends_a_path() {
    assert_eq!(Path::resource(3, 65_535, 1), Path::object(3));
    assert_eq!(Path::resource(65_535, 0, 1), Path::ROOT);
    assert_eq!(
        Path::resource_instance(3, 0, 65_535, 1),
        Path::instance(3, 0)
    );
    assert_eq!(Path::object(65_535), Path::ROOT);
    assert_eq!(Path::resource(3, 65_535, 1).to_string(), "/3");
}

/// Cells with voltages, at instances 3 and 300; the latter links to the former.
struct Cells {
    volts: [i64; 2],
}

impl Default for Cells {
    fn default() -> Self {
        Self {
            volts: [3800, 3900],
        }
    }
}

impl Object for Cells {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33001,
            version: (1, 0),
            resources: &[
                ResourceDefinition::new(1, Type::Integer, Operations::RW).multiple(),
                ResourceDefinition::new(2, Type::ObjectLink, Operations::R),
            ],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        [3, 300].get(index).copied()
    }

    fn has(&self, at: At) -> bool {
        at.resource == 1 || at.instance == 300
    }

    fn resource_instance(&self, _: At, index: usize) -> Option<u16> {
        [0, 7].get(index).copied()
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        Ok(match at.resource {
            1 => Value::Integer(self.volts[usize::from(at.resource_instance == 7)]),
            _ => Value::ObjectLink(ObjectLink {
                object: 33001,
                instance: 3,
            }),
        })
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        if let Value::Integer(volts) = value {
            self.volts[usize::from(at.resource_instance == 7)] = volts;
        }
        Ok(())
    }
}
