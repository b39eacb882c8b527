//! Resource instances that a server adds and takes away (LwM2M Core 1.1, 6.3.3 and 6.3.7; RFC 8790).

mod common;

use client_lite::object;
use client_lite::typed::Multiple;
use coap_lite::RequestType;
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT, TLV};

object! {
    #[derive(Default)]
    struct List: 33020 {
        0: limit: i64 [RW],
        1: entries: Multiple<i64, 4> [RW],
        2: measured: Multiple<i64, 4> [R],
    }
}

/// A server of a device with a list `{0: 9, 1: {0: 10, 1: 11}, 2: {0: 1}}`.
fn server(seed: u64) -> Manual {
    let mut list = List {
        limit: 9,
        ..List::default()
    };
    for value in [10, 11] {
        list.entries.push(value).unwrap();
    }
    list.measured.push(1).unwrap();
    let mut world = Setup::new(seed).build();
    world.objects.others.push(Box::new(list));
    Manual::of(world)
}

fn patch(server: &mut Manual, format: u16, body: &[u8]) -> String {
    let request = server.request(RequestType::IPatch, "");
    code(&server.say(&with_body(request, format, body))[0])
}

#[test]
fn a_server_deletes_a_resource_instance() {
    let mut server = server(1);
    let token = server.observe("/33020/0/1");
    let request = server.request(RequestType::Delete, "/33020/0/1/0");
    let said = server.say(&request);
    assert_eq!(code(&said[0]), "2.02");
    assert!(said.iter().any(|packet| *packet.get_token() == token));
    assert_eq!(server.lines("/33020/0/1"), ["/33020/0/1/1 = 11"]);
    for (path, expected) in [
        ("/33020/0/1/0", "4.04"),
        ("/33020/0/1/3", "4.04"),
        ("/33020/0/0/0", "4.05"),
        ("/33020/0/2/0", "4.05"),
        ("/33020/0/1", "4.05"),
        ("/3/0/11/0", "4.05"),
    ] {
        assert_eq!(server.delete(path), expected, "{path}");
    }
    assert_eq!(server.lines("/33020/0/2"), ["/33020/0/2/0 = 1"]);
}

/// A Partial Update of an array adds and overwrites; a Replace leaves nothing else.
#[test]
fn an_array_is_updated_by_post_and_replaced_by_put() {
    let mut server = server(2);
    assert_eq!(
        server.post("/33020/0/1", TLV, b"\x41\x01\x05\x41\x02\x06"),
        "2.04"
    );
    assert_eq!(
        server.lines("/33020/0/1"),
        ["/33020/0/1/0 = 10", "/33020/0/1/1 = 5", "/33020/0/1/2 = 6"]
    );
    assert_eq!(server.put("/33020/0/1", TLV, b"\x41\x03\x07"), "2.04");
    assert_eq!(server.lines("/33020/0/1"), ["/33020/0/1/3 = 7"]);
    assert_eq!(server.post("/33020/0/2", TLV, b"\x41\x00\x05"), "4.05");
    // To a single resource POST is Execute.
    assert_eq!(server.post("/33020/0/0", TEXT, b"5"), "4.05");
}

/// RFC 8790, 3.2: null in a patch takes away what it names; only there has it a meaning.
#[test]
fn null_in_a_patch_deletes_a_resource_instance() {
    let cbor = b"\x82\xa3\x21\x69/33020/0/\x00\x631/1\x02\xf6\xa2\x00\x610\x02\x08";
    for (format, body) in [
        (322, &cbor[..]),
        #[cfg(feature = "senml-json")]
        (
            320,
            br#"[{"bn":"/33020/0/","n":"1/1","v":null},{"n":"0","v":8}]"#,
        ),
    ] {
        let mut server = server(3);
        assert_eq!(patch(&mut server, format, body), "2.04", "{format}");
        assert_eq!(
            server.lines("/33020/0"),
            ["/33020/0/0 = 8", "/33020/0/1/0 = 10", "/33020/0/2/0 = 1"]
        );
    }
    for (format, path, expected) in [
        (SENML_CBOR, "/33020/0/1/1", "4.00"),
        (322, "/33020/0/1", "4.00"),
        (322, "/33020/0/0", "4.00"),
        (322, "/33020/0/2/0", "4.05"),
        (322, "/33020/0/1/7", "4.04"),
    ] {
        let mut server = server(3);
        let head = [0xa2, 0x00, 0x60 | path.len() as u8];
        // A good value before it, which is not written either.
        let good = b"\x82\xa2\x00\x6a/33020/0/0\x02\x08";
        let body = [&good[..], &head, path.as_bytes(), b"\x02\xf6"].concat();
        assert_eq!(
            patch(&mut server, format, &body),
            expected,
            "{format} {path}"
        );
        assert_eq!(server.lines("/33020/0/0"), ["/33020/0/0 = 9"]);
    }
    // It is for composite operations.
    let mut server = server(3);
    let body = b"\x81\xa2\x00\x6a/33020/0/0\x02\x08";
    assert_eq!(server.put("/33020/0/0", 322, body), "4.15");
}

/// RFC 8790, 3.1: the answer has SenML's own format, and what is asked for has no value.
#[test]
fn a_read_composite_may_ask_in_senml_etch() {
    let mut server = server(4);
    let request = server.request(RequestType::Fetch, "");
    let names = b"\x81\xa1\x00\x6a/33020/0/0";
    let answer = server.ask(&with_body(request, 322, names));
    assert_eq!(code(&answer), "2.05");
    assert_eq!(
        answer.payload,
        b"\x81\xa3\x21\x61/\x00\x6933020/0/0\x02\x09"
    );
    for format in [SENML_CBOR, 322] {
        let request = server.request(RequestType::Fetch, "");
        let values = b"\x81\xa2\x00\x6a/33020/0/0\x02\x09";
        assert_eq!(
            code(&server.ask(&with_body(request, format, values))),
            "4.00"
        );
    }
}
