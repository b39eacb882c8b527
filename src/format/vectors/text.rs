//! Plain text: LwM2M Core 1.1, 7.4.1 and Appendix C.

use super::*;
use crate::format::TEXT;

/// 7.4.1 and Appendix C.
#[test]
fn plain_text() {
    let resource = Path::resource(3, 0, 9);
    for (value, text) in [
        (
            Value::String("Open Mobile Alliance"),
            "Open Mobile Alliance",
        ),
        (Value::String(""), ""),
        (Value::Integer(-5), "-5"),
        (Value::Integer(i64::MIN), "-9223372036854775808"),
        (Value::Unsigned(u64::MAX), "18446744073709551615"),
        (Value::Float(22.5), "22.5"),
        (Value::Float(-0.1), "-0.1"),
        (Value::Boolean(true), "1"),
        (Value::Boolean(false), "0"),
        (Value::Time(1_367_491_215), "1367491215"),
        (Value::Opaque(&[1, 2, 3, 4, 5]), "AQIDBAU="),
        (Value::Opaque(&[]), ""),
        (to(66, 0), "66:0"),
        (to(65_535, 65_535), "65535:65535"),
    ] {
        both_ways(TEXT, resource, &[(resource, value)], text.as_bytes());
    }
    for (kind, text) in [
        (Type::Integer, "1.0"),
        (Type::Integer, "9223372036854775808"),
        (Type::Integer, ""),
        (Type::Unsigned, "-1"),
        (Type::Boolean, "true"),
        (Type::Boolean, "2"),
        (Type::Float, "nan"),
        (Type::Float, "1e999"),
        (Type::Time, "now"),
        (Type::Opaque, "AQIDBAU= "),
        (Type::ObjectLink, "66"),
        (Type::ObjectLink, "66:65536"),
        (Type::String, "\u{0}\u{fffd}"),
    ] {
        let mut text = text.as_bytes().to_vec();
        if kind == Type::String {
            text.push(0xff);
        }
        let decoded = decode(TEXT, resource, &text, |_| kind);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{kind:?} {text:?}");
    }
}

/// 7.4.1: only a single value has a plain text.
#[test]
fn what_has_no_plain_text() {
    let instance = Path::instance(3, 0);
    assert_eq!(
        encode(TEXT, instance, &device()),
        Err(Refusal::NotAcceptable)
    );
    let multiple = Path::resource(3, 0, 6);
    let values = paths([
        ("/3/0/6/0", Value::Integer(1)),
        ("/3/0/6/1", Value::Integer(5)),
    ]);
    assert_eq!(encode(TEXT, multiple, &values), Err(Refusal::NotAcceptable));
    let infinite = [(multiple, Value::Float(f64::INFINITY))];
    assert_eq!(
        encode(TEXT, multiple, &infinite),
        Err(Refusal::NotAcceptable)
    );
    let decoded = decode(TEXT, instance, b"1", |_| Type::Integer);
    assert_eq!(decoded, Err(Refusal::BadRequest));
}
