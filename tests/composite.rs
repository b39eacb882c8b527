//! Read-Composite and Write-Composite (LwM2M Core 1.1, 6.3.8 and 6.3.9), in SenML-CBOR.

mod common;

use coap_lite::{CoapOption, RequestType};
use common::composite::*;
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT, TLV};

fn server(seed: u64) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.button.presses = 7;
    world.objects.shelf = Some(Shelf::with(&[0, 1]));
    Manual::of(world)
}

/// The values of the answer, one line each.
#[track_caller]
fn read(server: &mut Manual, paths: &[&str]) -> Vec<String> {
    let request = fetch(server, &names(paths));
    let answer = server.ask(&request);
    assert_eq!(code(&answer), "2.05", "{paths:?}");
    lines(&answer)
}

#[test]
fn resources_of_several_objects_are_read_at_once() {
    let mut server = server(1);
    assert_eq!(
        read(&mut server, &["/3303/0/5700", "/1/0/1", "/3200/0"]),
        ["/1/0/1 = 86400", "/3200/0/5501 = 7", "/3303/0/5700 = 21.5"]
    );
}

/// RFC 8949, 5.6: the keys of a map are unique, in whatever order the places are asked for.
#[cfg(feature = "lwm2m-cbor")]
#[test]
fn each_object_is_one_entry_of_a_map() {
    let mut server = server(10);
    let names = names(&[
        "/33002/1/0",
        "/3200/0/5501",
        "/33002/0/0",
        "/1/0/1",
        "/33002/0/3",
    ]);
    let request = server.request(RequestType::Fetch, "/");
    let request = with_accept(with_body(request, SENML_CBOR, &names), 11544);
    let answer = server.ask(&request);
    let map: ciborium::Value = ciborium::from_reader(&answer.payload[..]).expect("CBOR");
    let map = map.into_map().expect("a map");
    let keys = map.iter().map(|(key, _)| key.as_integer().expect("an id"));
    assert_eq!(keys.map(i128::from).collect::<Vec<_>>(), [1, 3200, 33002]);
}

/// A resource that is asked for twice is told once.
#[test]
fn places_of_each_level_are_read() {
    let mut server = server(2);
    assert_eq!(
        read(&mut server, &["/33002/0/2/1", "/33002/1", "/33002/1/0"]),
        [
            "/33002/0/2/1 = 11",
            "/33002/1/0 = case 1",
            "/33002/1/1 = 0",
            "/33002/1/2/0 = 10",
            "/33002/1/2/1 = 11",
            "/33002/1/3 = old"
        ]
    );
}

#[test]
fn what_is_not_there_is_left_out() {
    let mut server = server(3);
    assert_eq!(
        read(
            &mut server,
            &[
                "/9",
                "/3303/4",
                "/3303/0/1",
                "/33000/0/3",
                "/33000/0/4",
                "/3200/0/5501/0",
                "/3200"
            ]
        ),
        ["/3200/0/5501 = 7"]
    );
    assert_eq!(read(&mut server, &["/9/0/1"]), [] as [&str; 0]);
    assert_eq!(read(&mut server, &[]), [] as [&str; 0]);
}

/// All that a server may read, and nothing of the Security object.
#[test]
fn the_root_is_everything() {
    let mut server = server(4);
    let all = read(&mut server, &["/"]);
    for line in ["/1/0/1 = 86400", "/3200/0/5501 = 7", "/33002/1/3 = old"] {
        assert!(all.contains(&line.to_owned()), "{line} is not in {all:?}");
    }
    assert!(!all.iter().any(|line| line.starts_with("/0/")));
    assert_eq!(read(&mut server, &["/0", "/0/0/0"]), [] as [&str; 0]);
}

/// RFC 8428, 4.2: without a base name, a name is whole.
#[test]
fn names_may_have_a_base() {
    let mut server = server(5);
    let body = b"\x82\xa2\x21\x68/33002/0\x00\x62/0\xa1\x00\x62/3";
    let request = fetch(&mut server, body);
    assert_eq!(
        lines(&server.ask(&request)),
        ["/33002/0/0 = case 0", "/33002/0/3 = old"]
    );
}

#[test]
fn a_composite_read_that_makes_no_sense() {
    let mut server = server(6);
    let good = names(&["/3"]);
    let mut request = fetch(&mut server, &good);
    request.clear_option(CoapOption::Accept);
    let answer = server.ask(&request);
    assert_eq!(code(&answer), "2.05", "the answer has the request's format");
    assert_eq!(
        answer.get_first_option(CoapOption::ContentFormat),
        Some(&vec![112])
    );
    for (body, format, accept, expected) in [
        (&good[..], SENML_CBOR, TEXT, "4.06"),
        (&good, SENML_CBOR, 40, "4.06"),
        (&good, SENML_CBOR, 11543, "4.06"),
        (&good, TEXT, SENML_CBOR, "4.15"),
        (&good, TLV, SENML_CBOR, "4.15"),
        (&good, 11543, SENML_CBOR, "4.15"),
        (&good[..3], SENML_CBOR, SENML_CBOR, "4.00"),
        (b"\x81\xa1\x00\x63abc", SENML_CBOR, SENML_CBOR, "4.00"),
        (b"", SENML_CBOR, SENML_CBOR, "4.00"),
    ] {
        let request = server.request(RequestType::Fetch, "/");
        let request = with_accept(with_body(request, format, body), accept);
        assert_eq!(
            code(&server.ask(&request)),
            expected,
            "{body:x?} {format} {accept}"
        );
    }
    let request = server.request(RequestType::Fetch, "/3303");
    let request = with_body(request, SENML_CBOR, &good);
    assert_eq!(code(&server.ask(&request)), "4.05", "its place is the root");
}

#[test]
fn resources_of_several_objects_are_written_at_once() {
    let mut server = server(7);
    let body = values(&[
        ("/33000/0/1", Ok(5)),
        ("/33002/1/3", Err("new")),
        ("/33002/0/2/2", Ok(3)),
    ]);
    assert_eq!(patch(&mut server, &body), "2.04");
    assert_eq!(server.objects.actuator.as_ref().unwrap().level, 5);
    let shelf = server.objects.shelf.as_ref().unwrap();
    assert_eq!(shelf.cases[&1].note.as_deref(), Some("new"));
    // Others stay: it is no replacement.
    assert_eq!(shelf.cases[&0].counts, [(0, 10), (1, 11), (2, 3)].into());
}

/// The last record is refused: the others change nothing.
#[test]
fn a_composite_write_is_all_or_nothing() {
    let mut server = server(8);
    for (last, expected) in [
        (("/9/0/1", Ok(1)), "4.04"),
        (("/33002/7/0", Err("new")), "4.04"),
        (("/3303/0/5700", Ok(1)), "4.05"),
        (("/33002/0/2/1", Ok(0)), "4.00"),
        (("/33002/0/0", Ok(1)), "4.00"),
        (("/33002/0", Ok(1)), "4.00"),
        (("/0/0/0", Err("coap://evil")), "4.01"),
    ] {
        let body = values(&[("/33000/0/1", Ok(5)), ("/33002/0/3", Err("new")), last]);
        assert_eq!(patch(&mut server, &body), expected, "{last:?}");
        assert_eq!(server.objects.actuator.as_ref().unwrap().level, 0);
        let shelf = server.objects.shelf.as_ref().unwrap();
        assert_eq!(shelf.cases[&0].note.as_deref(), Some("old"));
    }
    let request = server.request(RequestType::IPatch, "/33002");
    let request = with_body(request, SENML_CBOR, &values(&[]));
    assert_eq!(code(&server.ask(&request)), "4.05", "its place is the root");
}

/// More places than the storage has room for.
#[test]
fn a_composite_read_of_too_many_places_is_too_large() {
    let mut server = server(9);
    let paths: Vec<String> = (0..20).map(|id| format!("/33002/{id}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let request = fetch(&mut server, &names(&paths));
    assert_eq!(code(&server.ask(&request)), "4.13");
}
