//! Write that replaces, and Write that adds (LwM2M Core 1.1, 6.3.3).

mod common;

use client_lite::Event;
use coap_lite::RequestType;
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT, TLV};

fn shelf(seed: u64) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.shelf = Some(Shelf::with(&[0]));
    Manual::of(world)
}

fn counts(server: &Manual) -> Vec<(u16, i64)> {
    let case = &server.objects.shelf.as_ref().unwrap().cases[&0];
    case.counts.clone().into_iter().collect()
}

fn note(server: &Manual) -> Option<&str> {
    let case = &server.objects.shelf.as_ref().unwrap().cases[&0];
    case.note.as_deref()
}

/// `{2: {1: 7, 2: 8}}`
const COUNTS: &[u8] = &[0x86, 2, 0x41, 1, 7, 0x41, 2, 8];

#[test]
fn put_of_an_instance_replaces_what_can_be_written() {
    let mut server = shelf(1);
    assert_eq!(server.put("/33002/0", TLV, COUNTS), "2.04");
    assert_eq!(counts(&server), [(1, 7), (2, 8)]);
    assert_eq!(note(&server), None);
    // What every instance has stays.
    assert_eq!(
        server.objects.shelf.as_ref().unwrap().cases[&0].label,
        "case 0"
    );
}

/// A body of a single number takes a shorter way, and replaces as well.
#[test]
fn put_of_one_number_replaces_the_rest() {
    let mut server = shelf(12);
    // {2: {1: 7}}
    assert_eq!(server.put("/33002/0", TLV, &[0x83, 2, 0x41, 1, 7]), "2.04");
    assert_eq!(counts(&server), [(1, 7)]);
    assert_eq!(note(&server), None);
}

#[test]
fn post_of_an_instance_adds_and_overwrites() {
    let mut server = shelf(2);
    assert_eq!(server.post("/33002/0", TLV, COUNTS), "2.04");
    assert_eq!(counts(&server), [(0, 10), (1, 7), (2, 8)]);
    assert_eq!(note(&server), Some("old"));
}

#[test]
fn put_of_a_multiple_resource_replaces_its_instances() {
    let mut server = shelf(3);
    assert_eq!(server.put("/33002/0/2", TLV, &[0x41, 2, 9]), "2.04");
    assert_eq!(counts(&server), [(2, 9)]);
    assert_eq!(note(&server), Some("old"));
    assert_eq!(server.put("/33002/0/2", TLV, &[0x80, 2]), "2.04");
    assert_eq!(counts(&server), []);
}

#[test]
fn put_of_a_resource_instance_touches_no_other() {
    let mut server = shelf(4);
    assert_eq!(server.put("/33002/0/2/1", TEXT, b"99"), "2.04");
    assert_eq!(server.put("/33002/0/2/2", TEXT, b"98"), "2.04");
    assert_eq!(counts(&server), [(0, 10), (1, 99), (2, 98)]);
    assert_eq!(
        server.put("/33002/0/2/3", TEXT, b"97"),
        "4.04",
        "the object has no place for it"
    );
}

#[test]
fn an_optional_resource_comes_with_its_value() {
    let mut server = shelf(5);
    server
        .objects
        .shelf
        .as_mut()
        .unwrap()
        .cases
        .get_mut(&0)
        .unwrap()
        .note = None;
    let get = server.request(RequestType::Get, "/33002/0/3");
    assert_eq!(code(&server.ask(&get)), "4.04");
    assert_eq!(server.put("/33002/0/3", TEXT, b"new"), "2.04");
    assert_eq!(note(&server), Some("new"));
}

/// The third value is refused: the first two, and what would have been cleared, are as they were.
#[test]
fn a_refused_replacement_changes_nothing() {
    let mut server = shelf(6);
    for body in [
        &[0xc3, 0, b'n', b'e', b'w', 0x86, 2, 0x41, 1, 7, 0x41, 2, 0][..],
        &[0xc3, 0, b'n', b'e', b'w', 0x86, 2, 0x41, 1, 7, 0x41, 9, 8],
        &[0xc3, 0, b'n', b'e', b'w', 0xc1, 1, 5],
        &[0xc3, 0, b'n', b'e', b'w', 0x86, 2, 0x41, 1, 7, 0x41, 2],
    ] {
        let answer = server.put("/33002/0", TLV, body);
        assert!(answer.starts_with("4."), "{answer}");
        assert_eq!(counts(&server), [(0, 10), (1, 11)], "{body:x?}");
        assert_eq!(note(&server), Some("old"));
        assert_eq!(
            server.objects.shelf.as_ref().unwrap().cases[&0].label,
            "case 0"
        );
    }
    assert_eq!(server.take_events(), [] as [Event; 0]);
}

/// A body without a value is none for a single one, which so would be lost.
#[test]
fn a_single_value_is_not_replaced_by_nothing() {
    let mut server = shelf(7);
    for (format, body) in [(SENML_CBOR, &[0x80][..]), (TLV, &[])] {
        assert_eq!(server.put("/33002/0/3", format, body), "4.00");
        assert_eq!(note(&server), Some("old"));
    }
    // Of instances there may be none.
    assert_eq!(server.put("/33002/0/2", TLV, &[]), "2.04");
    assert_eq!(counts(&server), []);
}
