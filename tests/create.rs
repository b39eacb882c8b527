//! Create and Delete (LwM2M Core 1.1, 6.3.6 and 6.3.7).

mod common;

use client_lite::{Event, RegisterReason};
use coap_lite::{CoapOption, Packet, RequestType};
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT, TLV};

/// A registered device with these shelves.
fn shelves(seed: u64, ids: &[u16]) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.shelf = Some(Shelf::with(ids));
    Manual::of(world)
}

fn create(server: &mut Manual, path: &str, format: u16, body: &[u8]) -> Packet {
    let request = server.request(RequestType::Post, path);
    let said = server.say(&with_body(request, format, body));
    said[0].clone()
}

fn delete(server: &mut Manual, path: &str) -> String {
    let request = server.request(RequestType::Delete, path);
    code(&server.say(&request)[0])
}

fn ids(server: &Manual) -> Vec<u16> {
    let shelf = server.objects.shelf.as_ref().unwrap();
    shelf.cases.keys().copied().collect()
}

fn location(answer: &Packet) -> String {
    let segments = answer.get_option(CoapOption::LocationPath);
    let segments = segments.into_iter().flatten();
    segments.fold(String::new(), |path, segment| {
        path + "/" + std::str::from_utf8(segment).unwrap()
    })
}

/// `{0: "new", 2: {1: 7}}` of instance 4.
const NAMED: &[u8] = &[0x08, 4, 10, 0xc3, 0, b'n', b'e', b'w', 0x83, 2, 0x41, 1, 7];
/// The same without the instance.
const UNNAMED: &[u8] = &[0xc3, 0, b'n', b'e', b'w', 0x83, 2, 0x41, 1, 7];

#[test]
fn the_server_names_the_instance() {
    let mut server = shelves(1, &[]);
    let answer = create(&mut server, "/33002", TLV, NAMED);
    assert_eq!(
        (code(&answer), location(&answer)),
        ("2.01".into(), "".into())
    );
    let shelf = server.objects.shelf.as_ref().unwrap();
    assert_eq!(shelf.cases[&4].label, "new");
    assert_eq!(shelf.cases[&4].counts, [(1, 7)].into());
}

#[test]
fn the_server_names_the_instance_in_senml() {
    let mut server = shelves(2, &[]);
    let body = b"\x81\xa3\x21\x69/33002/7/\x00\x610\x03\x63new";
    assert_eq!(
        code(&create(&mut server, "/33002", SENML_CBOR, body)),
        "2.01"
    );
    assert_eq!(
        server.objects.shelf.as_ref().unwrap().cases[&7].label,
        "new"
    );
}

/// The answer's Location-Path tells which id that is.
#[test]
fn the_device_chooses_the_least_free_id() {
    let mut server = shelves(3, &[0, 2]);
    let answer = create(&mut server, "/33002", TLV, UNNAMED);
    assert_eq!(
        (code(&answer), location(&answer)),
        ("2.01".into(), "/33002/1".into())
    );
    assert_eq!(ids(&server), [0, 1, 2]);
}

/// RFC 7252, 4.5: the lost answer comes again, and no second instance.
#[test]
fn a_repeated_create_creates_once() {
    let mut server = shelves(4, &[]);
    let request = server.request(RequestType::Post, "/33002");
    let request = with_body(request, TLV, UNNAMED);
    let first = server.say(&request)[0].clone();
    let again = server.say(&request)[0].clone();
    assert_eq!(bytes(&first), bytes(&again));
    assert_eq!(location(&again), "/33002/0");
    assert_eq!(ids(&server), [0]);
}

#[test]
fn a_repeated_delete_is_answered_alike() {
    let mut server = shelves(5, &[0]);
    let request = server.request(RequestType::Delete, "/33002/0");
    assert_eq!(code(&server.say(&request)[0]), "2.02");
    assert_eq!(code(&server.say(&request)[0]), "2.02");
    assert_eq!(delete(&mut server, "/33002/0"), "4.04");
}

/// 6.2.2: the object list is told whole.
#[test]
fn instances_that_come_and_go_are_told_by_an_update() {
    let mut world = Setup::new(6).build();
    world.objects.shelf = Some(Shelf::with(&[]));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let links = |world: &mut World| {
        let registration = world.registration().expect("registered");
        registration
            .objects
            .iter()
            .map(ToString::to_string)
            .filter(|link| link.starts_with("/33002"))
            .collect::<Vec<_>>()
    };
    assert_eq!(links(&mut world), ["/33002"]);
    let id = world.ask(|server, now| server.create(now, ENDPOINT, "/33002", TLV, NAMED));
    id.expect("asked");
    world.expect(Event::Updated);
    assert_eq!(links(&mut world), ["/33002/4"]);
    let id = world.ask(|server, now| server.delete(now, ENDPOINT, "/33002/4"));
    id.expect("asked");
    world.expect(Event::Updated);
    assert_eq!(links(&mut world), ["/33002"]);
}

#[test]
fn a_refused_create_leaves_nothing() {
    for (body, expected, what) in [
        (&[0x08, 4, 3, 0x81, 2, 0x41][..], "4.00", "truncated"),
        (
            &[0x83, 2, 0x41, 1, 7],
            "4.00",
            "without the mandatory label",
        ),
        (&[], "4.00", "empty, without the mandatory label"),
        (
            &[0xc3, 0, b'n', b'e', b'w', 0x83, 2, 0x41, 1, 0],
            "4.00",
            "a count that is out of range, behind a good label",
        ),
        (
            &[
                0x05, 4, 0xc3, 0, b'n', b'e', b'w', 0x05, 4, 0xc3, 0, b'n', b'e', b'w',
            ],
            "4.00",
            "the same instance twice",
        ),
        (
            &[
                0x05, 4, 0xc3, 0, b'n', b'e', b'w', 0x05, 1, 0xc3, 0, b'n', b'e', b'w',
            ],
            "4.00",
            "two instances, one of which is there already",
        ),
        (
            &[0x05, 4, 0xc3, 0, b'n', b'e', b'w', 0x00, 5],
            "4.00",
            "two instances, one without the mandatory label",
        ),
        (
            &[
                0x08, 4, 10, 0xc3, 0, b'n', b'e', b'w', 0x83, 2, 0x41, 1, 7, 0x08, 5, 10, 0xc3, 0,
                b'n', b'e', b'w', 0x83, 2, 0x41, 1, 0,
            ],
            "4.00",
            "two instances, a count of one out of range",
        ),
        (
            &[0x08, 1, 5, 0xc3, 0, b'n', b'e', b'w'],
            "4.00",
            "there already",
        ),
    ] {
        let mut server = shelves(7, &[1]);
        let answer = create(&mut server, "/33002", TLV, body);
        assert_eq!(code(&answer), expected, "{what}");
        assert_eq!(ids(&server), [1], "{what}");
        let case = &server.objects.shelf.as_ref().unwrap().cases[&1];
        assert_eq!(case.label, "case 1", "{what}");
    }
}

/// 6.3.6 of 1.2.2: what the device does not know, and what servers cannot write, is passed over.
#[test]
fn a_create_takes_what_it_knows_of_a_body() {
    for (format, body) in [
        (
            TLV,
            &b"\x08\x04\x0b\xc3\x00new\xc1\x01\x63\xc1\x4d\x05"[..],
        ),
        (TLV, b"\xc3\x00new\xc1\x01\x63\xc1\x4d\x05\x80\x4e"),
        (
            SENML_CBOR,
            b"\x83\xa3\x21\x69/33002/4/\x00\x610\x03\x63new\xa2\x00\x611\x02\x18\x63\xa2\x00\x6277\x02\x05",
        ),
        #[cfg(feature = "senml-json")]
        (
            110,
            br#"[{"bn":"/33002/4/","n":"0","vs":"new"},{"n":"1","v":99},{"n":"77","v":5}]"#,
        ),
        #[cfg(feature = "lwm2m-cbor")]
        (
            11544,
            b"\xa1\x82\x19\x80\xea\x04\xa3\x00\x63new\x01\x18\x63\x18\x4d\x05",
        ),
    ] {
        let mut server = shelves(11, &[]);
        let answer = create(&mut server, "/33002", format, body);
        assert_eq!(code(&answer), "2.01", "{format} {body:x?}");
        let shelf = server.objects.shelf.as_ref().unwrap();
        let case = shelf.cases.values().next().unwrap();
        assert_eq!((case.label.as_str(), case.weight), ("new", 0), "{format}");
    }
}

/// All of a request, under the ids that it has, which need not be told again.
#[test]
fn several_instances_are_created_at_once() {
    for (format, body) in [
        (TLV, &b"\x05\x04\xc3\x00one\x05\x02\xc3\x00two"[..]),
        (
            SENML_CBOR,
            b"\x82\xa3\x21\x67/33002/\x00\x634/0\x03\x63one\xa2\x00\x632/0\x03\x63two",
        ),
        #[cfg(feature = "senml-json")]
        (
            110,
            br#"[{"bn":"/33002/","n":"4/0","vs":"one"},{"n":"2/0","vs":"two"}]"#,
        ),
        #[cfg(feature = "lwm2m-cbor")]
        (
            11544,
            b"\xa1\x19\x80\xea\xa2\x04\xa1\x00\x63one\x02\xa1\x00\x63two",
        ),
    ] {
        let mut server = shelves(12, &[1]);
        let observed = server.observe("/33002/1");
        let request = server.request(RequestType::Post, "/33002");
        let request = with_body(request, format, body);
        let said = server.say(&request);
        assert_eq!(code(&said[0]), "2.01", "{format}");
        assert_eq!(location(&said[0]), "");
        // An instance that is not in it has not changed.
        assert!(said.iter().all(|packet| *packet.get_token() != observed));
        let again = server.say(&request);
        assert_eq!(bytes(&again[0]), bytes(&said[0]), "the lost answer");
        let cases = &server.objects.shelf.as_ref().unwrap().cases;
        let labels: Vec<_> = cases.iter().map(|(id, case)| (*id, &*case.label)).collect();
        assert_eq!(labels, [(1, "case 1"), (2, "two"), (4, "one")]);
    }
    // The third of them finds no room.
    let mut server = shelves(12, &[1]);
    let body = b"\x05\x04\xc3\x00one\x05\x02\xc3\x00two\x05\x09\xc3\x00six";
    assert_eq!(code(&create(&mut server, "/33002", TLV, body)), "5.00");
    assert_eq!(ids(&server), [1]);
}

/// LwM2M CBOR has no form without an instance: the reserved id stands for it (7.5.4 of 1.2.2).
#[cfg(feature = "lwm2m-cbor")]
#[test]
fn the_reserved_id_leaves_the_choice_to_the_device() {
    let mut server = shelves(13, &[0]);
    for body in [
        &b"\xa1\x82\x19\x80\xea\x19\xff\xff\xa1\x00\x63new"[..],
        b"\xa1\x19\x80\xea\xa1\x19\xff\xff\xa1\x00\x63new",
    ] {
        let answer = create(&mut server, "/33002", 11544, body);
        let free = ids(&server).len() - 1;
        assert_eq!(
            (code(&answer), location(&answer)),
            ("2.01".into(), format!("/33002/{free}"))
        );
    }
    // It is for Create.
    let body = b"\xa1\x82\x19\x80\xea\x19\xff\xff\xa1\x00\x63old";
    assert_eq!(server.put("/33002/0", 11544, body), "4.00");
}

#[test]
fn a_create_without_room_is_an_error_of_the_device() {
    let mut server = shelves(8, &[1, 2, 3]);
    assert_eq!(code(&create(&mut server, "/33002", TLV, NAMED)), "5.00");
    assert_eq!(ids(&server), [1, 2, 3]);
}

#[test]
fn what_cannot_be_created_or_deleted() {
    let mut server = shelves(9, &[0]);
    for (path, expected) in [
        ("/1", "4.05"),
        ("/3", "4.05"),
        ("/3303", "4.05"),
        ("/0", "4.01"),
        ("/9", "4.04"),
    ] {
        let answer = create(&mut server, path, TLV, &[0x00, 9]);
        assert_eq!(code(&answer), expected, "Create {path}");
    }
    for (path, expected) in [
        ("/1/0", "4.05"),
        ("/3/0", "4.05"),
        ("/3303/0", "4.05"),
        ("/3303/1", "4.04"),
        ("/0/0", "4.01"),
        ("/33002", "4.05"),
        ("/33002/0/3", "4.05"),
    ] {
        assert_eq!(delete(&mut server, path), expected, "Delete {path}");
    }
    assert_eq!(
        code(&create(&mut server, "/33000", TLV, &[])),
        "4.05",
        "an object of one instance, whatever the body lacks"
    );
    assert_eq!(code(&create(&mut server, "/33002", TEXT, b"new")), "4.00");
    assert_eq!(code(&create(&mut server, "/33002", 11543, b"{}")), "4.15");
    assert_eq!(ids(&server), [0]);
}

/// RFC 7641, 4.2: the last notification tells that there is nothing to observe any longer.
#[test]
fn an_observation_of_a_deleted_instance_ends() {
    let mut server = shelves(10, &[0]);
    let token = server.observe("/33002/0");
    let request = server.request(RequestType::Delete, "/33002/0");
    let said = server.say(&request);
    let last = said.iter().find(|packet| *packet.get_token() == token);
    assert_eq!(code(last.expect("a notification")), "4.04");
}
