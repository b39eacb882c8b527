//! TLV: the examples of LwM2M Core 1.1, 7.4.4, both ways.

use std::format;
use std::vec;

use super::*;
use crate::format::TLV;

/// 7.4.4.1: Read /3/0.
#[test]
fn tlv_of_an_object_instance() {
    let body = hex(DEVICE_TLV);
    assert_eq!(body.len(), 121);
    both_ways(TLV, Path::instance(3, 0), &device(), &body);
}

/// 7.4.4.2 A: Read /3.
#[test]
fn tlv_of_an_object_with_one_instance() {
    let body = hex(&format!("080079 {DEVICE_TLV}"));
    both_ways(TLV, Path::object(3), &device(), &body);
}

/// 7.4.4.2 B: Read /2, with resource instance ids of one and of two bytes.
#[test]
fn tlv_of_an_object_with_two_instances() {
    let body = "08000E C10001 C10100 8302 417F07 C1037F
                080212 C10003 C10100 8702 417F07 61013601 C1037F";
    let values = [
        ("/2/0/0", Value::Integer(1)),
        ("/2/0/1", Value::Integer(0)),
        ("/2/0/2/127", Value::Integer(7)),
        ("/2/0/3", Value::Integer(127)),
        ("/2/2/0", Value::Integer(3)),
        ("/2/2/1", Value::Integer(0)),
        ("/2/2/2/127", Value::Integer(7)),
        ("/2/2/2/310", Value::Integer(1)),
        ("/2/2/3", Value::Integer(127)),
    ];
    both_ways(TLV, Path::object(2), &paths(values), &hex(body));
}

/// 7.4.4.2 C: Read /1.
#[test]
fn tlv_of_the_server_object() {
    let body = hex("08000F C10001 C40100015180 C10601 C10755");
    let values = [
        ("/1/0/0", Value::Integer(1)),
        ("/1/0/1", Value::Integer(86_400)),
        ("/1/0/6", Value::Boolean(true)),
        ("/1/0/7", Value::String("U")),
    ];
    both_ways(TLV, Path::object(1), &paths(values), &body);
}

/// 7.4.4.3: Read /65/0 and /66, whose resources link to each other's objects.
#[test]
fn tlv_of_object_links() {
    let body = "88000C 440000420000 440100420001
                C8010D 38363133383030373535353030 C40212345678";
    both_ways(
        TLV,
        Path::instance(65, 0),
        &linking(0x1234_5678),
        &hex(body),
    );

    let body = "080026 C8000B 6D79536572766963652031
                C8010F 496E7465726E65742E31352E323334 C40200430000
                080126 C8000B 6D79536572766963652032
                C8010F 496E7465726E65742E31352E323335 C402FFFFFFFF";
    let values = [
        ("/66/0/0", Value::String("myService 1")),
        ("/66/0/1", Value::String("Internet.15.234")),
        ("/66/0/2", to(67, 0)),
        ("/66/1/0", Value::String("myService 2")),
        ("/66/1/1", Value::String("Internet.15.235")),
        ("/66/1/2", to(65_535, 65_535)),
    ];
    both_ways(TLV, Path::object(66), &paths(values), &hex(body));
}

/// Appendix C: a number has 1, 2, 4 or 8 bytes, an object link 4, a boolean one that is 0 or 1.
#[test]
fn tlv_values_of_other_lengths_are_refused() {
    for (kind, good, bad) in [
        (Type::Integer, &[1, 2, 4, 8][..], &[0, 3, 5, 6, 7, 9][..]),
        (Type::Time, &[1, 2, 4, 8], &[0, 3, 5, 6, 7, 9]),
        (Type::Unsigned, &[1, 2, 4, 8], &[0, 3, 5, 6, 7, 9]),
        (Type::Float, &[4, 8], &[0, 1, 2, 3, 5, 7, 9]),
        (Type::Boolean, &[1], &[0, 2, 4]),
        (Type::ObjectLink, &[4], &[0, 2, 3, 5, 8]),
    ] {
        let taken = |length: &usize| {
            let mut body = vec![0xc8, 7, *length as u8];
            body.extend(vec![1; *length]);
            decode(TLV, Path::instance(9, 0), &body, |_| kind) == Ok(1)
        };
        assert!(good.iter().all(taken), "{kind:?}");
        assert!(!bad.iter().any(taken), "{kind:?}");
    }
    let boolean = |byte| {
        decode(TLV, Path::instance(9, 0), &[0xc1, 7, byte], |_| {
            Type::Boolean
        })
    };
    assert_eq!(boolean(0), Ok(1));
    assert_eq!(boolean(2), Err(Refusal::BadRequest));
    let text = decode(TLV, Path::instance(9, 0), &[0xc1, 7, 0xff], |_| {
        Type::String
    });
    assert_eq!(text, Err(Refusal::BadRequest));
}

/// 7.4.4: a Write's entries may stand for the place that is written to, or for what is below it.
#[test]
fn tlv_of_a_write_may_name_its_place() {
    for (base, body) in [
        (Path::object(3), "080003 C1090A"),
        (Path::instance(3, 0), "C1090A"),
        (Path::instance(3, 0), "080003 C1090A"),
        (Path::resource(3, 0, 9), "C1090A"),
    ] {
        let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
        assert_decodes(TLV, base, &hex(body), &values);
    }
    for (base, body) in [
        (Path::resource(3, 0, 6), "8606 410001 410105"),
        (Path::resource(3, 0, 6), "410001 410105"),
    ] {
        let values = paths([
            ("/3/0/6/0", Value::Integer(1)),
            ("/3/0/6/1", Value::Integer(5)),
        ]);
        assert_decodes(TLV, base, &hex(body), &values);
    }
}

#[test]
fn tlv_that_names_another_place_is_refused() {
    for (base, body) in [
        (Path::instance(3, 0), "080103 C1090A"),
        (Path::resource(3, 0, 9), "C10A0A"),
        (Path::resource(3, 0, 9), "080003 C1090A"),
        (Path::instance(3, 0), "410001"),
        // An object instance or a resource inside a resource.
        (Path::instance(3, 0), "8603 080000"),
        (Path::instance(3, 0), "8603 C10001"),
        // An object instance inside an object instance.
        (Path::object(3), "080003 080000"),
        // The reserved id.
        (Path::instance(3, 0), "E1FFFF01"),
    ] {
        let decoded = decode(TLV, base, &hex(body), |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{base} {body}");
    }
}

const DEVICE_TLV: &str = "
    C80014 4F70656E204D6F62696C6520416C6C69616E6365
    C80116 4C69676874776569676874204D324D20436C69656E74
    C80209 333435303030313233
    C303 312E30
    8606 410001 410105
    880708 42000ED8 42011388
    8708 41007D 42010384
    C10964
    C10A0F
    830B 410000
    C40D5182428F
    C60E 2B30323A3030
    C11055";
