//! What a request's body says (LwM2M Core 1.1, 6.3.3, 6.3.6 and 7.4; RFC 8428): what a device passes
//! over, what it takes, and what it refuses, in each operation and format.

mod common;

use client_lite::{ObjectLink, object};
use coap_lite::RequestType;
use common::manual::*;
use common::*;
use demo_server::format::{CBOR, SENML_CBOR, TEXT, TLV};

object! {
    /// A resource of each type whose body has more than one form.
    #[derive(Default)]
    pub struct Sample: 33001 {
        0: count: i64 [RW],
        1: ratio: f64 [RW],
        2: since: client_lite::typed::Time [RW],
        3: link: ObjectLink [RW],
    }
}

/// A server of a device with a sample and two shelves, 0 and 1.
fn server(seed: u64) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.shelf = Some(Shelf::with(&[0, 1]));
    world.objects.others.push(Box::new(Sample::default()));
    Manual::of(world)
}

fn level(server: &Manual) -> i64 {
    server.objects.actuator.as_ref().unwrap().level
}

fn writes(server: &Manual) -> i64 {
    server.objects.actuator.as_ref().unwrap().writes
}

/// A value as a server reads it in plain text.
fn text_of(server: &mut Manual, path: &str) -> String {
    let request = with_accept(server.request(RequestType::Get, path), TEXT);
    let answer = server.ask(&request);
    assert_eq!(code(&answer), "2.05", "{path}");
    text(&answer).to_owned()
}

fn send(server: &mut Manual, method: RequestType, path: &str, format: u16, body: &[u8]) -> String {
    let request = server.request(method, path);
    code(&server.say(&with_body(request, format, body))[0])
}

/// 6.3.3: a device has not heard of each optional resource of an object.
#[test]
fn a_write_of_an_instance_passes_over_resources_that_the_device_does_not_know() {
    for (format, body) in [
        (TLV, &b"\xc1\x01\x05\xc1\x4d\x05\x83\x4e\x41\x00\x01"[..]),
        (
            SENML_CBOR,
            b"\x83\xa3\x21\x69/33000/0/\x00\x6277\x02\x05\xa2\x00\x611\x02\x05\xa2\x00\x6478/0\x02\x01",
        ),
        #[cfg(feature = "senml-json")]
        (
            110,
            br#"[{"bn":"/33000/0/","n":"77","v":5},{"n":"1","v":5},{"n":"78/0","v":1}]"#,
        ),
        #[cfg(feature = "lwm2m-cbor")]
        (
            11544,
            b"\xa1\x82\x19\x80\xe8\x00\xa3\x01\x05\x18\x4d\x05\x18\x4e\xa1\x00\x01",
        ),
    ] {
        for method in [RequestType::Put, RequestType::Post] {
            let mut server = server(1);
            let answer = send(&mut server, method, "/33000/0", format, body);
            assert_eq!(answer, "2.04", "{format}");
            assert_eq!((level(&server), writes(&server)), (5, 1), "{format}");
        }
    }
    // What is named by a path of its own is looked for.
    let mut server = server(1);
    assert_eq!(server.put("/33000/0/77", TEXT, b"5"), "4.04");
    assert_eq!(server.put("/33000/0/77", TLV, b"\xc1\x4d\x05"), "4.04");
    assert_eq!(server.put("/33000/7", TLV, b"\xc1\x01\x05"), "4.04");
}

/// What the device knows and servers cannot write rejects all of it, as before.
#[test]
fn a_write_of_an_instance_does_not_pass_over_what_cannot_be_written() {
    let mut server = server(2);
    for body in [
        b"\xc1\x01\x05\xc1\x05\x05\xc1\x4d\x05",
        b"\xc1\x01\x05\xc1\x4d\x05\xc1\x04\x05",
    ] {
        assert_eq!(server.put("/33000/0", TLV, body), "4.05");
        assert_eq!(server.post("/33000/0", TLV, body), "4.05");
        assert_eq!(writes(&server), 0);
    }
}

/// RFC 8428, 4.2: a record with a name sets something, or the pack is refused whole.
#[test]
fn a_record_with_a_name_has_a_value_that_is_known() {
    let packs = [
        #[cfg(feature = "senml-json")]
        (
            110,
            &br#"[{"bn":"/33000/0/","n":"2","vs":"gate"},{"n":"1","sv":"5"}]"#[..],
        ),
        #[cfg(feature = "senml-json")]
        (
            110,
            br#"[{"bn":"/33000/0/","n":"2","vs":"gate"},{"n":"1","v":null}]"#,
        ),
        (
            SENML_CBOR,
            &b"\x82\xa3\x21\x69/33000/0/\x00\x612\x03\x64gate\xa2\x00\x611\x61v\x05"[..],
        ),
        (
            SENML_CBOR,
            b"\x82\xa3\x21\x69/33000/0/\x00\x612\x03\x64gate\xa1\x00\x611",
        ),
        (
            SENML_CBOR,
            b"\x82\xa3\x21\x69/33000/0/\x00\x612\x03\x64gate\xa2\x00\x611\x02\xf6",
        ),
        #[cfg(feature = "lwm2m-cbor")]
        (11544, b"\xa1\x82\x19\x80\xe8\x00\xa2\x02\x64gate\x01\xf6"),
        #[cfg(feature = "lwm2m-cbor")]
        (11544, b"\xa1\x82\x19\x80\xe8\x00\xa2\x02\x64gate\x01\xa0"),
    ];
    for (format, body) in packs {
        for (method, path) in [
            (RequestType::Put, "/33000/0"),
            (RequestType::Post, "/33000/0"),
            (RequestType::IPatch, ""),
        ] {
            let mut server = server(3);
            let answer = send(&mut server, method, path, format, body);
            assert_eq!(answer, "4.00", "{format} {method:?} {body:x?}");
            assert_eq!(writes(&server), 0, "{format} {method:?}");
        }
    }
    let mut server = server(3);
    let pack = b"\x81\xa2\x00\x6a/33000/0/1\x61v\x05";
    assert_eq!(server.put("/33000/0/1", SENML_CBOR, pack), "4.00");
    // TLV's form for no instances is for a resource that has some.
    assert_eq!(server.put("/33000/0", TLV, b"\x80\x01"), "4.00");
    let create = b"\x82\xa3\x21\x69/33002/4/\x00\x610\x03\x63new\xa1\x00\x613";
    assert_eq!(server.post("/33002", SENML_CBOR, create), "4.00");
    assert_eq!(server.objects.shelf.as_ref().unwrap().cases.len(), 2);
}

/// RFC 8428, 4.1: a record may do no more than set fields for those behind it.
#[test]
fn a_record_of_base_fields_alone_is_passed_over() {
    for (format, body) in [
        (
            SENML_CBOR,
            &b"\x82\xa2\x21\x69/33000/0/\x22\x05\xa2\x00\x611\x02\x05"[..],
        ),
        (
            SENML_CBOR,
            b"\x82\xa1\x21\x61/\xa2\x00\x6933000/0/1\x02\x05",
        ),
        #[cfg(feature = "senml-json")]
        (110, br#"[{"bn":"/33000/0/","bver":10},{"n":"1","v":5}]"#),
    ] {
        let mut server = server(4);
        assert_eq!(server.put("/33000/0", format, body), "2.04", "{body:x?}");
        assert_eq!(level(&server), 5);
    }
}

/// 6.3.3 and Appendix C: to an object or an instance that is there, or to nothing.
#[test]
fn an_object_link_leads_somewhere() {
    let mut server = server(5);
    for (link, expected) in [
        ("3:0", "2.04"),
        ("33002:1", "2.04"),
        ("33002:65535", "2.04"),
        ("65535:65535", "2.04"),
        ("33002:7", "4.00"),
        ("9:65535", "4.00"),
        ("9:0", "4.00"),
        ("65535:0", "4.00"),
    ] {
        let before = text_of(&mut server, "/33001/0/3");
        let answer = server.put("/33001/0/3", TEXT, link.as_bytes());
        assert_eq!(answer, expected, "{link}");
        let after = text_of(&mut server, "/33001/0/3");
        assert_eq!(after, if expected == "2.04" { link } else { &before });
    }
}

/// RFC 8428, 6, and RFC 8949, 3.4: numbers to base ten and times with a tag.
#[test]
fn tagged_numbers_and_times_are_read() {
    // As the items of CBOR; in SenML they stand behind a label, in LwM2M CBOR behind a path.
    for (resource, item, expected) in [
        (0, &b"\xc4\x82\x00\x11"[..], Some("17")),
        (0, b"\xc4\x82\x02\x03", Some("300")),
        (0, b"\xc4\x82\x21\x19\x06\xa4", Some("17")),
        (0, b"\xc4\x82\x20\x11", None),
        (0, b"\xc4\x9f\x00\x20\xff", Some("-1")),
        (1, b"\xc4\x82\x20\x18\xd7", Some("21.5")),
        (1, b"\xc4\x82\x21\x39\x6a\xb3", Some("-273.16")),
        (1, b"\xc4\x82\x00\x11", Some("17")),
        (1, b"\xf9\x3e\x00", Some("1.5")),
        (1, b"\x05", Some("5")),
        (2, b"\xc1\x1a\x51\x4b\x67\xb0", Some("1363896240")),
        (
            2,
            b"\xc1\xfb\x41\xd4\x52\xd9\xec\x20\x00\x00",
            Some("1363896240"),
        ),
        (2, b"\xc0\x742013-03-21T20:04:00Z", Some("1363896240")),
        (
            2,
            b"\xc0\x78\x192013-03-21T21:04:00+01:00",
            Some("1363896240"),
        ),
        (2, b"\xc0\x6a2013-03-21", None),
        (2, b"\xfb\x41\xd4\x52\xd9\xec\x20\x00\x00", None),
        (0, b"\xfb\x40\x14\x00\x00\x00\x00\x00\x00", Some("5")),
        (0, b"\xfb\x40\x16\x00\x00\x00\x00\x00\x00", None),
        (0, b"\xc4\x81\x11", None),
        (0, b"\xc4\x83\x00\x11\x11", None),
        (0, b"\xc5\x82\x00\x11", None),
        (0, b"\xc2\x41\x11", None),
    ] {
        let path = format!("/33001/0/{resource}");
        let record = [
            b"\x81\xa2\x00\x6b".as_slice(),
            path.as_bytes(),
            b"/\x02",
            item,
        ];
        let records = record.concat();
        #[cfg(feature = "lwm2m-cbor")]
        let map = [b"\xa1\x83\x19\x80\xe9\x00".as_slice(), &[resource], item].concat();
        for (format, body) in [
            (CBOR, item),
            (SENML_CBOR, &records),
            #[cfg(feature = "lwm2m-cbor")]
            (11544, &map),
        ] {
            let mut server = server(6);
            let answer = server.put(&path, format, body);
            match expected {
                Some(expected) => {
                    assert_eq!(answer, "2.04", "{format} {item:x?}");
                    assert_eq!(text_of(&mut server, &path), expected, "{format} {item:x?}");
                }
                None => assert_eq!(answer, "4.00", "{format} {item:x?}"),
            }
        }
    }
}

/// RFC 8428, 4.4: a version that is not understood, and labels that are not.
#[test]
fn versions_and_labels_of_senml() {
    let cbor = |field: &[u8]| [b"\x81\xa3\x00\x6a/33000/0/1\x02\x05", field].concat();
    for (field, expected) in [
        (&b"\x20\x0a"[..], "2.04"),
        (b"\x20\x0b", "4.00"),
        (b"\x20\x18\x1a", "4.00"),
        (b"\x20\x6210", "4.00"),
        (b"\x09\x01", "2.04"),
        (b"\x17\x61a", "2.04"),
        (b"\x18\x64\x82\x01\x02", "2.04"),
        (b"\x26\xa1\x61a\x81\x01", "2.04"),
        (b"\x38\x63\xf6", "2.04"),
        (b"\x64name\x81\x01", "2.04"),
        (b"\x65name_\x01", "4.00"),
        (b"\x06\xc4\x82\x20\x05", "2.04"),
        (b"\x22\xc1\x05", "2.04"),
        (b"\x24\x01", "4.00"),
        (b"\x25\x01", "4.00"),
        (b"\x05\x01", "4.00"),
    ] {
        let mut server = server(7);
        let answer = server.put("/33000/0/1", SENML_CBOR, &cbor(field));
        assert_eq!(answer, expected, "{field:x?}");
    }
    #[cfg(feature = "senml-json")]
    for (field, expected) in [
        (r#""bver":10"#, "2.04"),
        (r#""bver":11"#, "4.00"),
        (r#""bver":"10""#, "4.00"),
        (r#""bver":-1"#, "4.00"),
        (r#""x":[1,{"y":null}]"#, "2.04"),
        (r#""x_":1"#, "4.00"),
    ] {
        let mut server = server(7);
        let body = format!("[{{\"n\":\"/33000/0/1\",\"v\":5,{field}}}]");
        let answer = server.put("/33000/0/1", 110, body.as_bytes());
        assert_eq!(answer, expected, "{field}");
    }
}

/// RFC 8259, 6.
#[cfg(feature = "senml-json")]
#[test]
fn numbers_of_json_are_written_as_json_writes_them() {
    for (number, expected) in [
        ("17", Some("17")),
        ("0", Some("0")),
        ("-0.5e+1", Some("-5")),
        ("1.7E1", Some("17")),
        ("01", None),
        ("-01", None),
        ("1.", None),
        (".5", None),
        ("+1", None),
        ("-", None),
        ("1e", None),
        ("1e+", None),
        ("0x10", None),
        ("1.5.0", None),
        ("NaN", None),
    ] {
        let mut server = server(8);
        let body = format!("[{{\"n\":\"/33001/0/1\",\"v\":{number}}}]");
        let answer = server.put("/33001/0/1", 110, body.as_bytes());
        match expected {
            Some(expected) => {
                assert_eq!(answer, "2.04", "{number}");
                assert_eq!(text_of(&mut server, "/33001/0/1"), expected);
            }
            None => assert_eq!(answer, "4.00", "{number}"),
        }
    }
}

/// RFC 8949, 5.6: which of two values counts, nobody could say.
#[test]
fn a_place_that_is_there_twice_is_refused() {
    for (format, body) in [
        (TLV, &b"\xc1\x01\x05\xc1\x01\x06"[..]),
        (TLV, b"\xc1\x03\x05\xc1\x01\x05\xc1\x03\x06"),
        #[cfg(feature = "lwm2m-cbor")]
        (11544, b"\xa1\x82\x19\x80\xe8\x00\xa2\x01\x05\x01\x06"),
        #[cfg(feature = "lwm2m-cbor")]
        (
            11544,
            b"\xa2\x19\x80\xe8\xa1\x00\xa2\x01\x05\x02\x61a\x83\x19\x80\xe8\x00\x01\x06",
        ),
    ] {
        let mut server = server(9);
        assert_eq!(server.put("/33000/0", format, body), "4.00", "{body:x?}");
        assert_eq!(writes(&server), 0);
    }
    // In any order, as long as each is there once.
    let mut server = server(9);
    let body = b"\xc1\x02a\xc1\x01\x05";
    assert_eq!(server.put("/33000/0", TLV, body), "2.04");
    #[cfg(feature = "lwm2m-cbor")]
    {
        let body = b"\xbf\x9f\x19\x80\xe8\x00\xff\xbf\x02\x61b\x01\x06\xff\xff";
        assert_eq!(server.put("/33000/0", 11544, body), "2.04");
        assert_eq!(level(&server), 6);
    }
}
