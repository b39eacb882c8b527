//! Write-Attributes (LwM2M Core 1.1, 6.3.4): which attributes a place takes.

mod common;

use client_lite::storage;
use coap_lite::{CoapOption, RequestType};
use common::manual::*;
use common::*;

const FLOAT: &str = "/33010/0/1";

fn server(seed: u64) -> Manual {
    let mut server = Manual::new(seed);
    server.objects.probe = Some(Probe::default());
    server
}

/// 5.1.2: which attribute may stand where, and on what.
#[test]
fn each_attribute_has_its_places() {
    let places = [
        "/33010",
        "/33010/0",
        "/33010/0/1",   // Float
        "/33010/0/2",   // Integer
        "/33010/0/3",   // Unsigned
        "/33010/0/4",   // Time
        "/33010/0/5",   // Boolean
        "/33010/0/6",   // String
        "/33010/0/9",   // several Integers
        "/33010/0/9/7", // one of them
    ];
    let all = [true; 10];
    let (no, yes) = (false, true);
    let numbers = [no, no, yes, yes, yes, yes, no, no, yes, yes];
    let booleans = [no, no, no, no, no, no, yes, no, no, no];
    for (attribute, expected) in [
        ("pmin=1", all),
        ("pmax=1", all),
        ("epmin=1", all),
        ("epmax=1", all),
        ("con=1", all),
        ("gt=1", numbers),
        ("lt=1", numbers),
        ("st=1", numbers),
        ("edge=1", booleans),
    ] {
        for (place, allowed) in places.iter().zip(expected) {
            let code = if allowed { "2.04" } else { "4.00" };
            assert_eq!(
                server(1).write_attributes(place, attribute),
                code,
                "{attribute} on {place}"
            );
        }
    }
}

/// What is wrong is refused, and nothing of it is written.
#[test]
fn wrong_attributes_change_nothing() {
    let mut server = server(2);
    assert_eq!(server.write_attributes(FLOAT, "gt=10&lt=2"), "2.04");
    let before = server.discover(FLOAT);
    for attributes in [
        "pmin=",
        "pmin=-1",
        "pmin=1.5",
        "pmin=4294967296",
        "pmin=x",
        "pmax=1 ",
        "gt=",
        "gt=high",
        "gt=1e999",
        "st=-1",
        "st=0",
        "con=2",
        "con=true",
        "edge=1",
        "Pmin=1",
        "ver=1.0",
        "dim=3",
        "=1",
        "",
        "pmin=1&pmin=2",
        "pmin=1&unknown=2",
        // lt < gt and lt + 2 st < gt, also together with what is there already.
        "gt=2",
        "gt=1",
        "lt=10",
        "lt=11",
        "st=4",
        "lt=9&st=1",
        "gt=5&lt=5",
        "pmin=7&gt=1",
    ] {
        assert_eq!(
            server.write_attributes(FLOAT, attributes),
            "4.00",
            "{attributes}"
        );
        assert_eq!(server.discover(FLOAT), before, "{attributes}");
    }
}

/// What is right together may be written together, and alone in a fitting order.
#[test]
fn thresholds_are_checked_as_they_result() {
    let mut server = server(3);
    for attributes in [
        "gt=10&lt=2&st=3.9",
        // A step less wide first, then the thresholds closer.
        "st=1&gt=5",
        "lt=-40&gt=-30",
        "st&lt=-31",
        "gt&lt&st",
        "lt=100",
        "gt=100.1",
    ] {
        assert_eq!(
            server.write_attributes(FLOAT, attributes),
            "2.04",
            "{attributes}"
        );
    }
    // A resource instance has the thresholds of its resource.
    assert_eq!(server.write_attributes("/33010/0/9", "gt=10"), "2.04");
    assert_eq!(server.write_attributes("/33010/0/9/0", "lt=10"), "4.00");
    assert_eq!(server.write_attributes("/33010/0/9/0", "lt=9"), "2.04");
}

/// Attributes that are not named stay; a name alone removes.
#[test]
fn attributes_add_up_until_they_are_removed() {
    let mut server = server(4);
    for (attributes, links) in [
        ("pmin=5", ";pmin=5"),
        ("pmax=60&gt=4", ";pmin=5;pmax=60;gt=4"),
        ("pmin=6", ";pmin=6;pmax=60;gt=4"),
        ("pmin&gt=5", ";pmax=60;gt=5"),
        ("edge", "4.00"),
        ("epmin", ";pmax=60;gt=5"),
        ("gt&pmax", ""),
    ] {
        let code = server.write_attributes(FLOAT, attributes);
        if links == "4.00" {
            assert_eq!(code, links, "{attributes}");
        } else {
            assert_eq!(code, "2.04", "{attributes}");
            assert_eq!(server.discover(FLOAT), format!("<{FLOAT}>{links}"));
        }
    }
}

/// pmax below pmin is no error: it is ignored as long as that is so (5.1.2).
#[test]
fn periods_may_be_written_in_any_order() {
    let mut server = server(5);
    assert_eq!(server.write_attributes(FLOAT, "pmax=5&pmin=10"), "2.04");
    assert_eq!(server.write_attributes(FLOAT, "epmax=5&epmin=10"), "2.04");
}

/// What is not there, and what the server has no right to, takes none.
#[test]
fn places_that_take_no_attributes() {
    let mut server = server(6);
    for (path, error) in [
        ("/9", "4.04"),
        ("/33010/1", "4.04"),
        ("/33010/0/0", "4.04"),
        ("/33010/0/9/1", "4.04"),
        ("/33010/0/1/0", "4.05"),
        ("/33010/0/7", "4.05"),
        ("/33010/0/8", "4.05"),
        ("/", "4.05"),
        ("/0/0", "4.01"),
    ] {
        assert_eq!(server.write_attributes(path, "pmin=1"), error, "{path}");
    }
}

/// A Write is none, and writes nothing where it has queries.
#[test]
fn a_body_has_no_queries() {
    let mut server = server(7);
    for path in ["/33000/0/1", "/33000/0"] {
        let mut request = with_body(server.request(RequestType::Put, path), 0, b"7");
        request.add_option(CoapOption::UriQuery, b"pmin=10".to_vec());
        assert_eq!(code(&server.ask(&request)), "4.00", "{path}");
        assert!(!server.discover(path).contains("pmin"));
    }
    let mut post = server.request(RequestType::Post, "/33000/0/4");
    post.add_option(CoapOption::UriQuery, b"pmin=10".to_vec());
    assert_eq!(code(&server.ask(&post)), "2.04", "an Execute");
    assert_eq!(server.objects.actuator.as_ref().unwrap().writes, 0);
}

/// A full store refuses what is new, as a whole, and still changes what is there.
#[test]
fn a_full_store_keeps_what_it_has() {
    let storage = leak(<storage! { written_attributes: 3 }>::new());
    let mut server = Manual::of(Setup::new(8).build_in(storage));
    assert_eq!(
        server.write_attributes(TEMPERATURE, "pmin=1&pmax=20"),
        "2.04"
    );
    assert_eq!(server.write_attributes(TEMPERATURE, "gt=1&st=1"), "5.00");
    assert_eq!(
        server.discover(TEMPERATURE),
        format!("<{TEMPERATURE}>;pmin=1;pmax=20")
    );
    assert_eq!(server.write_attributes(TEMPERATURE, "pmin&pmax=30"), "2.04");
    assert_eq!(server.write_attributes(TEMPERATURE, "gt=1&st=1"), "2.04");
    assert_eq!(server.write_attributes("/3303", "pmin=1"), "5.00");
    assert_eq!(server.write_attributes(TEMPERATURE, "st&lt=0"), "2.04");
    assert_eq!(
        server.discover(TEMPERATURE),
        format!("<{TEMPERATURE}>;pmax=30;gt=1;lt=0")
    );
}
