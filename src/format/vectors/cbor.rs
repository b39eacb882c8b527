//! CBOR for single values: LwM2M Core 1.1, 7.4.3 and Appendix C, with the examples of RFC 8949,
//! Appendix A.

use super::*;
use crate::format::CBOR;

#[test]
fn values_are_items() {
    let resource = Path::resource(9, 0, 1);
    for (value, body) in [
        (Value::Integer(0), "00"),
        (Value::Integer(23), "17"),
        (Value::Integer(24), "1818"),
        (Value::Integer(1_000_000), "1A 000F4240"),
        (Value::Integer(1_000_000_000_000), "1B 000000E8D4A51000"),
        (Value::Unsigned(u64::MAX), "1B FFFFFFFFFFFFFFFF"),
        (Value::Integer(-1), "20"),
        (Value::Integer(-100), "3863"),
        (Value::Integer(i64::MIN), "3B 7FFFFFFFFFFFFFFF"),
        (Value::Float(100_000.0), "FA 47C35000"),
        (Value::Float(1.1), "FB 3FF199999999999A"),
        (Value::Boolean(false), "F4"),
        (Value::Boolean(true), "F5"),
        (Value::Time(1_363_896_240), "C1 1A 514B67B0"),
        (Value::Opaque(&[1, 2, 3, 4]), "44 01020304"),
        (Value::String(""), "60"),
        (Value::String("\"\\"), "62 225C"),
        (Value::String("\u{6c34}"), "63 E6B0B4"),
        (to(10, 1), "64 31303A31"),
    ] {
        both_ways(CBOR, resource, &[(resource, value)], &hex(body));
    }
    // A time without its tag, a float in half precision, an integer as a float.
    for (value, body) in [
        (Value::Time(1_363_896_240), "1A 514B67B0"),
        (Value::Float(1.5), "F9 3E00"),
        (Value::Float(4.0), "04"),
        (Value::Integer(-4), "F9 C400"),
    ] {
        assert_decodes(CBOR, resource, &hex(body), &[(resource, value)]);
    }
}

#[test]
fn what_is_no_value() {
    let resource = Path::resource(9, 0, 1);
    for (kind, body) in [
        (Type::Integer, ""),
        (Type::Integer, "01 01"),
        (Type::Integer, "18"),
        (Type::Integer, "1B FFFFFFFFFFFFFFFF"),
        (Type::Integer, "F6"),
        (Type::Integer, "81 01"),
        (Type::Integer, "A0"),
        (Type::Integer, "C1 C1 01"),
        (Type::Integer, "C2 41 01"),
        (Type::Integer, "FB 7FF0000000000000"),
        (Type::Unsigned, "20"),
        (Type::Boolean, "F7"),
        (Type::Boolean, "01"),
        (Type::String, "41 61"),
        (Type::String, "61 FF"),
        (Type::String, "7F 61 61 FF"),
        (Type::Opaque, "61 61"),
        (Type::ObjectLink, "61 31"),
    ] {
        let decoded = decode(CBOR, resource, &hex(body), |_| kind);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{kind:?} {body}");
    }
    let decoded = decode(CBOR, Path::instance(9, 0), &[1], |_| Type::Integer);
    assert_eq!(decoded, Err(Refusal::BadRequest));
    assert_eq!(
        encode(CBOR, Path::instance(3, 0), &device()),
        Err(Refusal::NotAcceptable)
    );
}
