//! Content formats as a server meets them: what it may ask for and write in, and how it is told that
//! it may not.

mod common;

use client_lite::{ObjectLink, object};
use coap_lite::{CoapOption, Packet, RequestType};
use common::manual::*;
use common::*;
use demo_server::format::{CBOR, OPAQUE, SENML_CBOR, TEXT, TLV};

object! {
    /// A resource of each kind that formats treat differently.
    pub struct Sampler: 33001, version (1, 0) {
        0: name: heapless::String<32> [RW],
        1: count: i64 [RW],
        2: ratio: f64 [RW],
        3: data: heapless::Vec<u8, 16> [RW],
        4: link: ObjectLink [RW],
    }
}

/// A server of a device with a sampler.
fn server(seed: u64) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.others.push(Box::new(Sampler {
        name: "a \"b\"".try_into().unwrap(),
        count: -5,
        ratio: 0.1,
        data: [0xfb, 0xff].into_iter().collect(),
        link: ObjectLink {
            object: 3,
            instance: 0,
        },
    }));
    Manual::of(world)
}

fn content_format(packet: &Packet) -> Option<u16> {
    let value = packet.get_first_option(CoapOption::ContentFormat)?;
    let number = value
        .iter()
        .fold(0, |number, byte| (number << 8) | u16::from(*byte));
    Some(number)
}

/// A resource's value in a format, which the answer names as it was asked for.
#[track_caller]
fn read(server: &mut Manual, path: &str, accept: u16) -> Result<Vec<u8>, String> {
    let request = with_accept(server.request(RequestType::Get, path), accept);
    let answer = server.ask(&request);
    if code(&answer) != "2.05" {
        return Err(code(&answer));
    }
    assert_eq!(content_format(&answer), Some(accept));
    Ok(answer.payload)
}

#[test]
fn values_are_read_in_the_format_that_is_asked_for() {
    let mut server = server(1);
    for (resource, format, body) in [
        ("0", TEXT, &b"a \"b\""[..]),
        ("1", 1541, b"-5"),
        ("2", TEXT, b"0.1"),
        ("3", TEXT, b"+/8="),
        ("3", OPAQUE, b"\xfb\xff"),
        ("3", 1544, b"\xfb\xff"),
        ("3", CBOR, b"\x42\xfb\xff"),
        ("4", CBOR, b"\x633:0"),
        ("1", TLV, b"\xc1\x01\xfb"),
        ("1", 1542, b"\xc1\x01\xfb"),
        ("1", SENML_CBOR, b"\x81\xa2\x21\x6a/33001/0/1\x02\x24"),
        #[cfg(feature = "senml-json")]
        ("0", 110, br#"[{"bn":"/33001/0/0","vs":"a \"b\""}]"#),
        #[cfg(feature = "senml-json")]
        ("3", 110, br#"[{"bn":"/33001/0/3","vd":"-_8"}]"#),
        #[cfg(feature = "lwm2m-cbor")]
        ("1", 11544, b"\xa1\x83\x19\x80\xe9\x00\x01\x24"),
    ] {
        let path = format!("/33001/0/{resource}");
        assert_eq!(
            read(&mut server, &path, format).as_deref(),
            Ok(body),
            "{path} {format}"
        );
    }
}

#[test]
fn formats_for_single_values_have_no_others() {
    let mut server = server(2);
    for (path, format) in [
        ("/33001/0", TEXT),
        ("/33001/0", OPAQUE),
        ("/33001", CBOR),
        ("/33001/0/1", OPAQUE),
        ("/33001/0/1", 1543),
        ("/33001/0/1", 11543),
    ] {
        assert_eq!(
            read(&mut server, path, format),
            Err("4.06".into()),
            "{path} {format}"
        );
    }
    for (path, format, code) in [
        ("/33001/0", TEXT, "4.00"),
        ("/33001/0", OPAQUE, "4.00"),
        ("/33001/0", CBOR, "4.00"),
        ("/33001/0/1", OPAQUE, "4.00"),
        ("/33001/0/1", 1543, "4.15"),
        ("/33001/0/1", 11543, "4.15"),
    ] {
        assert_eq!(server.put(path, format, b"1"), code, "{path} {format}");
    }
}

#[test]
fn values_are_written_in_each_format() {
    for (resource, format, body, text) in [
        ("0", TEXT, &b"new"[..], &b"new"[..]),
        ("1", 1541, b"42", b"42"),
        ("3", TEXT, b"AQIDBAU=", b"AQIDBAU="),
        ("3", TEXT, b"-_8", b"+/8="),
        ("3", OPAQUE, b"\x01\x02", b"AQI="),
        ("3", 1544, b"\x01\x02", b"AQI="),
        ("2", CBOR, b"\xf9\x3e\x00", b"1.5"),
        ("1", 1542, b"\xc1\x01\x2a", b"42"),
        #[cfg(feature = "senml-json")]
        (
            "0",
            110,
            br#"[{"bn":"/33001/0/","n":"0","vs":"\u00e9\t\ud834\udd1e"}]"#,
            "\u{e9}\t\u{1d11e}".as_bytes(),
        ),
        #[cfg(feature = "senml-json")]
        ("3", 110, br#"[{"n":"/33001/0/3","vd":"AQI"}]"#, b"AQI="),
        #[cfg(feature = "senml-json")]
        ("2", 110, br#"[{"n":"/33001/0/2","v":1e300}]"#, b"1e300"),
        #[cfg(feature = "lwm2m-cbor")]
        (
            "1",
            11544,
            b"\xa1\x19\x80\xe9\xa1\x00\xa1\x01\x18\x2a",
            b"42",
        ),
    ] {
        let mut server = server(3);
        let path = format!("/33001/0/{resource}");
        assert_eq!(server.put(&path, format, body), "2.04", "{path} {format}");
        assert_eq!(
            read(&mut server, &path, TEXT).as_deref(),
            Ok(text),
            "{path} {format}"
        );
    }
}

/// What is wrong at its end leaves what is right before it unwritten.
#[test]
#[allow(clippy::single_element_loop, reason = "features add others")]
fn a_wrong_body_writes_nothing() {
    let mut server = server(4);
    for (format, body) in [
        (
            SENML_CBOR,
            &b"\x82\xa2\x21\x6a/33001/0/1\x02\x18\x2a\xa2\x21\x6a/33001/0/2\x03\x60"[..],
        ),
        #[cfg(feature = "senml-json")]
        (
            110,
            br#"[{"bn":"/33001/0/","n":"1","v":42},{"n":"2","v":"1"}]"#,
        ),
        #[cfg(feature = "lwm2m-cbor")]
        (11544, b"\xa1\x82\x19\x80\xe9\x00\xa2\x01\x18\x2a\x02\x60"),
    ] {
        assert_eq!(server.post("/33001/0", format, body), "4.00", "{format}");
        assert_eq!(
            read(&mut server, "/33001/0/1", TEXT).as_deref(),
            Ok(&b"-5"[..])
        );
    }
}

/// Infinity has no text and no JSON, but the others have it.
#[test]
fn infinity_is_not_for_every_format() {
    let mut server = server(5);
    let infinity = b"\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00";
    assert_eq!(server.put("/33001/0/2", CBOR, infinity), "2.04");
    assert_eq!(
        read(&mut server, "/33001/0/2", CBOR).as_deref(),
        Ok(&infinity[..])
    );
    assert_eq!(read(&mut server, "/33001/0/2", TEXT), Err("4.06".into()));
    #[cfg(feature = "senml-json")]
    assert_eq!(read(&mut server, "/33001/0", 110), Err("4.06".into()));
}

/// What a composite operation names and brings, in every format that has paths.
#[cfg(feature = "full")]
#[test]
fn composite_operations_have_every_format_with_paths() {
    for (format, names, values) in [
        (
            SENML_CBOR,
            &b"\x82\xa1\x00\x6a/33001/0/1\xa1\x00\x6a/33001/0/4"[..],
            &b"\x82\xa3\x21\x61/\x00\x69"[..],
        ),
        (
            110,
            br#"[{"n":"/33001/0/1"},{"n":"/33001/0/4"}]"#,
            b"[{\"bn\":\"/\",",
        ),
        (
            11544,
            b"\xa1\x82\x19\x80\xe9\x00\xa2\x01\xf6\x04\xf6",
            b"\xa1\x19\x80\xe9\xa1\x00\xa2\x01\x24\x04\x633:0",
        ),
    ] {
        let mut server = server(6);
        let request = server.request(RequestType::Fetch, "");
        let answer = server.ask(&with_body(request, format, names));
        assert_eq!(code(&answer), "2.05", "{format}");
        assert_eq!(content_format(&answer), Some(format));
        assert!(answer.payload.starts_with(values), "{:x?}", answer.payload);
    }
}
