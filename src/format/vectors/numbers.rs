//! The numbers of content formats: which are understood, and what the others are answered.

use super::*;
use crate::format::{LINK, OPAQUE, TEXT, TLV};

/// LwM2M 1.0's first servers have these numbers for text, TLV and opaque.
#[test]
fn old_numbers_mean_the_same() {
    let resource = Path::resource(3, 0, 9);
    for (new, old, value) in [
        (TEXT, 1541, Value::Integer(100)),
        (TLV, 1542, Value::Integer(100)),
        (OPAQUE, 1544, Value::Opaque(b"100")),
    ] {
        let values = [(resource, value)];
        let body = encode(new, resource, &values).expect("can be written");
        both_ways(old, resource, &values, &body);
    }
}

/// Old JSON is one of them.
#[test]
fn formats_that_are_not_there() {
    let resource = Path::resource(3, 0, 9);
    for format in [LINK, 50, 1543, 11543, 65_535] {
        let values = [(resource, Value::Integer(10))];
        assert_eq!(
            encode(format, resource, &values),
            Err(Refusal::NotAcceptable)
        );
        let decoded = decode(format, resource, b"10", |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::UnsupportedContentFormat), "{format}");
    }
}

/// TLV has no objects, so that what is read or written at the root needs another format.
#[test]
fn tlv_has_no_root() {
    let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
    assert_eq!(
        encode(TLV, Path::ROOT, &values),
        Err(Refusal::NotAcceptable)
    );
    let decoded = decode(TLV, Path::ROOT, &hex("C1090A"), |_| Type::Integer);
    assert_eq!(decoded, Err(Refusal::UnsupportedContentFormat));
}

/// A composite read of what is not there is answered all the same.
#[test]
fn nothing_has_a_body() {
    assert_eq!(encode(112, Path::ROOT, &[]), Ok(hex("80")));
    #[cfg(feature = "senml-json")]
    assert_eq!(encode(110, Path::ROOT, &[]), Ok(b"[]".to_vec()));
    #[cfg(feature = "lwm2m-cbor")]
    assert_eq!(encode(11544, Path::ROOT, &[]), Ok(hex("A0")));
    for (format, body) in [(112, &b"\x80"[..]), (110, b" [ ] "), (11544, b"\xa0")] {
        if MULTIPLE.contains(&format) {
            assert_eq!(decode(format, Path::ROOT, body, |_| Type::Integer), Ok(0));
        }
    }
}
