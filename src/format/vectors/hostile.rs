//! Bodies that are meant to hurt: cut short, nested without end, or of lengths that no datagram has.

use super::*;
use crate::format::{SENML_CBOR, TLV};

proptest! {
    #![proptest_config(config(50))]

    /// Of a body cut short nothing is taken that is not in the whole.
    #[test]
    fn what_is_cut_short_is_refused_or_a_beginning(tree in tree()) {
        let values = values(&tree);
        for format in MULTIPLE.iter().copied() {
            let Ok(body) = encode(format, Path::object(9), &values) else {
                continue;
            };
            for length in 0..body.len() {
                let mut count = 0;
                let result = crate::format::decode(
                    &mut Body::new(Some(format), &body[..length], &mut vec![0; body.len()]),
                    Path::object(9),
                    &mut |path, content| {
                        let (expected, value) = values[count];
                        count += 1;
                        assert_eq!(path, expected);
                        let Content::Value(content) = content else {
                            panic!("{path} has no value");
                        };
                        assert!(same(content.into_value(value.kind()).unwrap(), value));
                        Ok(())
                    },
                );
                prop_assert!(format == TLV || result == Err(Refusal::BadRequest));
            }
        }
    }
}

/// Containers in containers, of which TLV has three levels and SenML two.
#[test]
fn nesting_bombs() {
    for head in ["080000", "8600", "4000", "C000", "100000"] {
        let mut body = Vec::new();
        for _ in 0..5_000 {
            let mut outer = hex(head);
            let length = body.len() as u32;
            outer[0] = (outer[0] & 0xe0) | 0x18;
            outer.truncate(2);
            outer.extend(&length.to_be_bytes()[1..]);
            outer.extend(&body);
            body = outer;
            if body.len() > 64_000 {
                break;
            }
        }
        let result = decode(TLV, Path::object(9), &body, |_| Type::Opaque);
        assert!(result.is_err(), "{head}");
    }
    for head in [0x81, 0xa1, 0xc1, 0xd8, 0x9f, 0xbf, 0x5f, 0x7f] {
        let result = decode(SENML_CBOR, Path::object(9), &[head; 64_000], |_| {
            Type::Opaque
        });
        assert_eq!(result, Err(Refusal::BadRequest), "{head:x}");
    }
    // Below an ignored label too.
    let mut body = hex("81 A2 21 66 2F332F302F39 61 61");
    body.extend([0x81; 60_000]);
    let result = decode(SENML_CBOR, Path::instance(3, 0), &body, |_| Type::Integer);
    assert_eq!(result, Err(Refusal::BadRequest));
}

/// Lengths and counts that no datagram holds.
#[test]
fn length_bombs() {
    for body in [
        "C8 01 FF 00",
        "D0 01 FFFF 00",
        "D8 01 FFFFFF 00",
        "F8 0101 FFFFFF",
        "18 01 FFFFFF 10",
    ] {
        let result = decode(TLV, Path::instance(9, 0), &hex(body), |_| Type::Opaque);
        assert_eq!(result, Err(Refusal::BadRequest), "{body}");
    }
    for body in [
        "9B FFFFFFFFFFFFFFFF",
        "9A FFFFFFFF A0",
        "81 BB FFFFFFFFFFFFFFFF",
        "81 BA FFFFFFFF 00 60",
        "81 A1 21 7B FFFFFFFFFFFFFFFF",
        "81 A1 21 7A 7FFFFFFF 2F",
        "81 A2 21 66 2F392F302F31 08 5B FFFFFFFFFFFFFFFF",
        "81 A2 21 66 2F392F302F31 08 5B 7FFFFFFFFFFFFFFF 00",
    ] {
        let result = decode(SENML_CBOR, Path::object(9), &hex(body), |_| Type::Opaque);
        assert_eq!(result, Err(Refusal::BadRequest), "{body}");
    }
    // 64 kB of the smallest records.
    let mut body = hex("99 FA00");
    body.extend([0xa0; 64_000]);
    let result = decode(SENML_CBOR, Path::object(9), &body, |_| Type::Opaque);
    assert_eq!(result, Err(Refusal::BadRequest));
}

#[cfg(feature = "senml-json")]
#[test]
fn json_bombs() {
    use crate::format::SENML_JSON;
    let repeated = |text: &str, count| text.repeat(count).into_bytes();
    let mut bodies = vec![
        repeated("[", 64_000),
        repeated("{", 64_000),
        repeated("[{", 32_000),
        repeated("[{\"a\":", 9_000),
        repeated("\"", 64_000),
        repeated("[\\", 32_000),
        repeated(" ", 64_000),
    ];
    // Below an unknown label, and where a text or a number should end.
    for start in [
        "[{\"bn\":\"/9/0/1\",\"a\":",
        "[{\"bn\":\"/9/0/1\",\"v\":1",
        "[{\"bn\":\"/9/0/1\",\"vs\":\"",
        "[{\"bn\":\"",
        "[{\"",
    ] {
        for rest in ["[", "{\"a\":", "\\u0041", "1", "e", "/"] {
            let mut body = start.as_bytes().to_vec();
            body.extend(repeated(rest, 60_000 / rest.len()));
            bodies.push(body);
        }
    }
    for body in bodies {
        let result = decode(SENML_JSON, Path::object(9), &body, |_| Type::Opaque);
        assert_eq!(result, Err(Refusal::BadRequest), "{:?}", &body[..8]);
    }
    // A number of 60,000 digits is one all the same.
    let mut body = b"[{\"bn\":\"/9/0/1\",\"v\":1.".to_vec();
    body.extend(repeated("1", 60_000));
    body.extend(b"}]");
    let result = decode(SENML_JSON, Path::object(9), &body, |_| Type::Float);
    assert_eq!(result, Ok(1));
}

#[cfg(feature = "lwm2m-cbor")]
#[test]
fn lwm2m_cbor_bombs() {
    use crate::format::LWM2M_CBOR;
    let bodies = [
        hex(&"A1 09".repeat(30_000)),
        hex(&"BF 09".repeat(30_000)),
        hex(&"A1 81".repeat(30_000)),
        hex(&"BF 9F".repeat(30_000)),
        hex(&"A1".repeat(60_000)),
        hex(&"C1".repeat(60_000)),
        hex("BB FFFFFFFFFFFFFFFF 09 01"),
        hex("A1 9B FFFFFFFFFFFFFFFF 09"),
        hex("A1 83 09 00 01 5B FFFFFFFFFFFFFFFF"),
        hex("A1 83 09 00 01 7A FFFFFFFF 41"),
    ];
    for body in bodies {
        let result = decode(LWM2M_CBOR, Path::object(9), &body, |_| Type::Opaque);
        assert_eq!(result, Err(Refusal::BadRequest), "{:x?}", &body[..4]);
    }
}
