//! Opaque: LwM2M Core 1.1, 7.4.2.

use super::*;
use crate::format::OPAQUE;

#[test]
fn bytes_are_as_they_are() {
    let resource = Path::resource(19, 0, 0);
    for bytes in [&[][..], b"\x00\xff", b"text"] {
        both_ways(OPAQUE, resource, &[(resource, Value::Opaque(bytes))], bytes);
    }
    let instance = Path::resource_instance(19, 0, 0, 1);
    both_ways(OPAQUE, instance, &[(instance, Value::Opaque(b"1"))], b"1");
}

#[test]
fn what_has_no_bytes() {
    let resource = Path::resource(19, 0, 0);
    for value in [Value::String("text"), Value::Integer(1)] {
        let values = [(resource, value)];
        assert_eq!(
            encode(OPAQUE, resource, &values),
            Err(Refusal::NotAcceptable)
        );
        let decoded = decode(OPAQUE, resource, b"1", |_| value.kind());
        assert_eq!(decoded, Err(Refusal::BadRequest));
    }
    // A multiple resource, also one with a single instance, and what is above resources.
    let values = [(Path::resource_instance(19, 0, 0, 0), Value::Opaque(b"1"))];
    for base in [resource, Path::instance(19, 0)] {
        assert_eq!(encode(OPAQUE, base, &values), Err(Refusal::NotAcceptable));
    }
    let decoded = decode(OPAQUE, Path::instance(19, 0), b"1", |_| Type::Opaque);
    assert_eq!(decoded, Err(Refusal::BadRequest));
}
