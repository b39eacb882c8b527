//! The examples of LwM2M Core 1.1, 7.4, both ways; what is written here against the decoders of the
//! demo server, which share no code; and bodies that are meant to hurt.

use std::boxed::Box;
use std::format;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use demo_server::format::Entry;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{Encoder, LINK, SENML_CBOR, TEXT, TLV, link};
use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::Tree;
use crate::model::value::{ObjectLink, Type, Value};

type Values<'a> = [(Path, Value<'a>)];

/// 7.4.3.1: Read /3/0.
#[test]
fn tlv_of_an_object_instance() {
    let body = hex(DEVICE_TLV);
    assert_eq!(body.len(), 121);
    both_ways(TLV, Path::instance(3, 0), &device(), &body);
}

/// 7.4.3.2 A: Read /3.
#[test]
fn tlv_of_an_object_with_one_instance() {
    let body = hex(&format!("080079 {DEVICE_TLV}"));
    both_ways(TLV, Path::object(3), &device(), &body);
}

/// 7.4.3.2 B: Read /2, with resource instance ids of one and of two bytes.
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

/// 7.4.3.2 C: Read /1.
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

/// 7.4.3.3: Read /65/0 and /66, whose resources link to each other's objects.
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

/// 7.4.3: a Write's entries may stand for the place that is written to, or for what is below it.
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

/// 7.4.4: Read /3/0.
#[test]
fn senml_cbor_of_an_object_instance() {
    both_ways(
        SENML_CBOR,
        Path::instance(3, 0),
        &device(),
        &hex(DEVICE_SENML_CBOR),
    );
}

/// 7.4.4: Read /65/0, whose links are text under the label `vlo`.
#[test]
fn senml_cbor_of_object_links() {
    let body = "84 A3 21 66 2F36352F302F 00 63 302F30 63 766C6F 64 36363A30
                   A2 00 63 302F31 63 766C6F 64 36363A31
                   A2 00 61 31 03 6D 38363133383030373535353030
                   A2 00 61 32 02 01";
    both_ways(SENML_CBOR, Path::instance(65, 0), &linking(1), &hex(body));
}

/// 7.4.4: a value that was asked for by its own path has that as its base name, and no name.
#[test]
fn senml_cbor_of_a_resource() {
    let body = hex("81 A2 21 66 2F332F302F30 03 74 4F70656E204D6F62696C6520416C6C69616E6365");
    let value = [(
        Path::resource(3, 0, 0),
        Value::String("Open Mobile Alliance"),
    )];
    both_ways(SENML_CBOR, Path::resource(3, 0, 0), &value, &body);
}

/// RFC 8428, 4.1 and 4.5.1: a base name holds from its record on, a name is appended to it.
#[test]
fn senml_names_are_base_name_and_name() {
    for body in [
        // Base name only; name only; a base name that ends in the middle of a number.
        "81 A2 21 66 2F332F302F39 02 0A",
        "81 A2 00 66 2F332F302F39 02 0A",
        "81 A3 21 64 2F332F30 00 62 2F39 02 0A",
        // The base name behind the value, and one that is replaced.
        "81 A2 02 0A 21 66 2F332F302F39",
        "82 A1 21 66 2F332F302F38 A2 21 66 2F332F302F39 02 0A",
    ] {
        let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
        assert_decodes(SENML_CBOR, Path::instance(3, 0), &hex(body), &values);
    }
}

/// RFC 8428, 4.4: unknown labels are ignored, but for those that end in `_`; times and units say
/// nothing of a value that is written; a base value or a sum (4.1, 4.2) would change it.
#[test]
fn senml_labels() {
    let record = |fields: &str, count| format!("81 A{count} 21 66 2F332F302F39 {fields}");
    for (fields, count) in [
        ("02 0A", 2),
        ("20 0A 02 0A", 3),
        ("22 1A 5182428F 02 0A", 3),
        ("23 61 56 02 0A", 3),
        ("01 61 56 02 0A", 3),
        ("06 18 64 07 18 64 02 0A", 4),
        ("64 75736572 01 02 0A", 3),
        ("02 FB 4024000000000000", 2),
        ("02 F9 4900", 2),
    ] {
        let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
        let body = hex(&record(fields, count));
        assert_decodes(SENML_CBOR, Path::instance(3, 0), &body, &values);
    }
    for (fields, count) in [
        // A label that must be understood, base value, base sum, sum.
        ("65 757365725F 01 02 0A", 3),
        ("24 01 02 0A", 3),
        ("25 01 02 0A", 3),
        ("05 01 02 0A", 3),
        // Two values in one record; a value of the wrong type for its label.
        ("02 0A 02 0A", 3),
        ("02 0A 04 F5", 3),
        ("02 61 61", 2),
        ("03 0A", 2),
        ("04 0A", 2),
        ("08 61 61", 2),
        // 10.5 is no integer, nor is null.
        ("02 FB 4025000000000000", 2),
        ("02 F6", 2),
    ] {
        let body = hex(&record(fields, count));
        let decoded = decode(SENML_CBOR, Path::instance(3, 0), &body, |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{fields}");
    }
}

/// RFC 8428, 4.5.3: a base time holds until the next one; 0 is the time of the message.
#[cfg(feature = "send")]
#[test]
fn senml_cbor_of_a_backlog() {
    let body = hex("84
        A3 21 6C 2F333330332F302F35373030 22 1A 59130000 02 FA 41B40000
        A2 22 FB 41D644C000600000 02 FA 41B80000
        A1 02 FA 41BC0000
        A2 22 00 02 FA 41C00000");
    let path = Path::resource(3303, 0, 5700);
    let mut bytes = [0; 128];
    let mut buffer = Buffer::new(&mut bytes);
    super::encode(SENML_CBOR, path, &mut buffer, &mut |encoder| {
        encoder.time(0x5913_0000_i64 * 1000);
        encoder.value(path, &Value::Float(22.5));
        encoder.time(0x5913_0001_i64 * 1000 + 500);
        encoder.value(path, &Value::Float(23.0));
        encoder.value(path, &Value::Float(23.5));
        encoder.time(0);
        encoder.value(path, &Value::Float(24.0));
        Ok(())
    })
    .expect("can be written");
    assert_eq!(buffer.written_since(0), body);
}

#[test]
fn senml_that_names_another_place_is_refused() {
    for name in [
        "65 2F332F312F39",
        "61 39",
        "67 2F332F302F3961",
        "60",
        "67 2F36353533352F",
    ] {
        let body = hex(&format!("81 A2 00 {name} 02 0A"));
        let decoded = decode(SENML_CBOR, Path::instance(3, 0), &body, |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{name}");
    }
}

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

#[test]
fn formats_that_are_not_there() {
    for format in [LINK, 42, 60, 110, 1541, 11543, 65_535] {
        let resource = Path::resource(3, 0, 9);
        let values = [(resource, Value::Integer(10))];
        assert_eq!(
            encode(format, resource, &values),
            Err(Refusal::NotAcceptable)
        );
        let decoded = decode(format, resource, b"10", |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::UnsupportedContentFormat), "{format}");
    }
}

/// 6.2.1: the list of Register, and 6.3.2: what Discover tells.
#[test]
fn link_format() {
    let mut tree = [
        Sketch::new(1, (1, 1), &[0, 1], &[]),
        Sketch::new(
            3,
            (1, 1),
            &[0],
            &[(0, false), (4, false), (6, true), (16, false)],
        ),
        Sketch::new(5, (2, 0), &[], &[]),
        Sketch::new(3303, (1, 1), &[0, 65_534], &[(5700, false)]),
        Sketch::new(3200, (1, 0), &[0], &[(5501, false)]),
    ];
    let [server, device, rest @ ..] = &mut tree;
    let mut objects: Vec<&mut dyn Object> = rest.iter_mut().map(|object| object as _).collect();
    let mut tree = Tree::new(server, device, &mut objects);

    let list = "</>;ct=112,</1/0>,</1/1>,</3/0>,</5>;ver=2.0,\
                </3303>;ver=1.1,</3303/0>,</3303/65534>,</3200/0>";
    assert_eq!(text_of(|buffer| link::object_list(&mut tree, buffer)), list);

    for (path, links) in [
        (
            "/3",
            "</3>,</3/0>,</3/0/0>,</3/0/4>,</3/0/6>;dim=2,</3/0/16>",
        ),
        ("/3/0", "</3/0>,</3/0/0>,</3/0/4>,</3/0/6>;dim=2,</3/0/16>"),
        ("/3/0/6", "</3/0/6>;dim=2,</3/0/6/0>,</3/0/6/1>"),
        ("/5", "</5>;ver=2.0"),
        ("/3303/65534", "</3303/65534>,</3303/65534/5700>"),
    ] {
        let path = path.parse().expect("a path");
        let text =
            text_of(|buffer| link::discover(&mut tree, path, buffer, |_, _| {}).expect("is there"));
        assert_eq!(text, links);
    }
    for path in ["/4", "/3/1", "/3/0/1", "/5/0"] {
        let path = path.parse().expect("a path");
        let answer = link::discover(&mut tree, path, &mut Buffer::new(&mut [0; 64]), |_, _| {});
        assert_eq!(answer, Err(Refusal::NotFound), "{path}");
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_value_comes_back_from_each_format(value in owned()) {
        let resource = Path::resource(9, 0, 300);
        for format in [TEXT, TLV, SENML_CBOR] {
            let value = value.value();
            match encode(format, resource, &[(resource, value)]) {
                Ok(body) => assert_decodes(format, resource, &body, &[(resource, value)]),
                Err(refusal) => {
                    prop_assert_eq!((format, refusal), (TEXT, Refusal::NotAcceptable));
                    let has_text = match value {
                        Value::Opaque(_) => false,
                        Value::Float(value) => value.is_finite(),
                        _ => true,
                    };
                    prop_assert!(!has_text);
                }
            }
        }
    }

    #[test]
    fn many_values_come_back_and_the_demo_server_reads_the_same(tree in tree(), depth in 0..2_usize) {
        let (Some((first, _)), values) = (tree.first(), values(&tree)) else {
            return Ok(());
        };
        let instance = first.instance_id().expect("an instance");
        let base = [Path::object(9), Path::instance(9, instance)][depth];
        let inside: Vec<_> = values.into_iter().filter(|(path, _)| base.contains(*path)).collect();
        for format in [TLV, SENML_CBOR] {
            let body = encode(format, base, &inside).expect("can be written");
            assert_decodes(format, base, &body, &inside);
            let entries = demo_server::format::decode(&base.to_string(), Some(format), &body)
                .expect("the demo server reads it");
            prop_assert_eq!(entries.len(), inside.len());
            for (entry, (path, value)) in entries.iter().zip(&inside) {
                prop_assert_eq!(&entry.path, &path.to_string());
                prop_assert!(is_same(entry, value), "{entry} is not {value:?}");
            }
        }
    }

    #[test]
    fn random_bodies_are_read_or_refused(
        body in vec(any::<u8>(), 0..64),
        base in prop::sample::select(vec!["/9", "/9/0", "/9/0/1", "/9/0/1/2"]),
        kind in prop::sample::select(&TYPES[..]),
    ) {
        let base: Path = base.parse().unwrap();
        for format in [TEXT, TLV, SENML_CBOR] {
            let result = decode(format, base, &body, |path| {
                assert!(base.contains(path));
                kind
            });
            prop_assert!(matches!(result, Ok(_) | Err(Refusal::BadRequest)));
        }
    }

    #[test]
    fn mutated_bodies_are_read_or_refused(
        tree in tree(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        kind in prop::sample::select(&TYPES[..]),
    ) {
        for format in [TLV, SENML_CBOR] {
            let mut body = encode(format, Path::object(9), &values(&tree)).expect("can be written");
            for (index, byte) in &changes {
                if let Some(at) = (!body.is_empty()).then(|| index.index(body.len())) {
                    body[at] = *byte;
                }
            }
            let result = decode(format, Path::object(9), &body, |path| {
                assert!(Path::object(9).contains(path));
                kind
            });
            prop_assert!(matches!(result, Ok(_) | Err(Refusal::BadRequest)));
        }
    }

    #[test]
    fn what_does_not_fit_is_not_written(tree in tree(), short in 1..40_usize) {
        for format in [TLV, SENML_CBOR] {
            let values = values(&tree);
            let whole = encode(format, Path::object(9), &values).expect("can be written");
            let mut bytes = vec![0; whole.len().saturating_sub(short)];
            let room = bytes.len();
            let mut buffer = Buffer::new(&mut bytes);
            fill(format, Path::object(9), &mut buffer, &values).expect("can be written");
            prop_assert_eq!(buffer.finish().1.is_none(), room < whole.len());
        }
    }
}

proptest! {
    #![proptest_config(config(100))]

    /// Of a body cut short nothing is taken that is not in the whole.
    #[test]
    fn what_is_cut_short_is_refused_or_a_beginning(tree in tree()) {
        let values = values(&tree);
        for format in [TLV, SENML_CBOR] {
            let body = encode(format, Path::object(9), &values).expect("can be written");
            for length in 0..body.len() {
                let mut count = 0;
                let result = super::decode(
                    Some(format),
                    Path::object(9),
                    &body[..length],
                    &mut |path, content| {
                        let (expected, value) = values[count];
                        count += 1;
                        assert_eq!(path, expected);
                        assert!(same(content.unwrap().into_value(kind(&value)).unwrap(), value));
                        Ok(())
                    },
                );
                prop_assert!(format == TLV || result == Err(Refusal::BadRequest));
            }
        }
    }
}

/// Containers in containers, of which TLV has three levels and LwM2M's CBOR two.
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

/// Writes the values as the body, and reads the body as the values.
fn both_ways(format: u16, base: Path, values: &Values<'_>, body: &[u8]) {
    let written = encode(format, base, values).expect("can be written");
    assert_eq!(written, body, "{base}");
    assert_decodes(format, base, body, values);
}

fn encode(format: u16, base: Path, values: &Values<'_>) -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![0; 65_536];
    let mut buffer = Buffer::new(&mut bytes);
    fill(format, base, &mut buffer, values)?;
    let length = buffer.finish().1.expect("fits");
    bytes.truncate(length);
    Ok(bytes)
}

fn fill(
    format: u16,
    base: Path,
    buffer: &mut Buffer<'_>,
    values: &Values<'_>,
) -> Result<(), Refusal> {
    super::encode(format, base, buffer, &mut |encoder: &mut dyn Encoder| {
        values
            .iter()
            .for_each(|(path, value)| encoder.value(*path, value));
        Ok(())
    })
}

/// Reads a body whose values are of the types that `kind` tells; how many there are.
fn decode(
    format: u16,
    base: Path,
    body: &[u8],
    kind: impl Fn(Path) -> Type,
) -> Result<usize, Refusal> {
    let mut count = 0;
    super::decode(Some(format), base, body, &mut |path, content| {
        let Some(content) = content else {
            return Ok(());
        };
        count += 1;
        content.into_value(kind(path)).map(|_| ())
    })?;
    Ok(count)
}

fn assert_decodes(format: u16, base: Path, body: &[u8], values: &Values<'_>) {
    let mut count = 0;
    super::decode(Some(format), base, body, &mut |path, content| {
        let Some(content) = content else {
            return Ok(());
        };
        let (expected, value) = values[count];
        count += 1;
        assert_eq!(path, expected);
        let decoded = content.into_value(kind(&value))?;
        assert!(same(decoded, value), "{path}: {decoded:?} is not {value:?}");
        Ok(())
    })
    .unwrap_or_else(|refusal| panic!("{base}: {refusal:?} of {body:x?}"));
    assert_eq!(count, values.len());
}

/// Equal, floats by their bits.
fn same(one: Value<'_>, other: Value<'_>) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        _ => one == other,
    }
}

/// Whether the demo server has read this value; TLV's bytes do not tell it the type.
fn is_same(entry: &Entry, value: &Value<'_>) -> bool {
    let theirs = &entry.value;
    match *value {
        Value::String(text) => theirs.as_text() == Some(text),
        Value::Integer(number) | Value::Time(number) => theirs.as_integer() == Some(number.into()),
        Value::Unsigned(number) => match theirs.as_bytes() {
            Some(bytes) => {
                number
                    == bytes
                        .iter()
                        .fold(0, |value, byte| (value << 8) | u64::from(*byte))
            }
            None => theirs.as_integer() == Some(number.into()),
        },
        Value::Float(number) => theirs
            .as_float()
            .is_some_and(|theirs| theirs.to_bits() == number.to_bits()),
        Value::Boolean(value) => theirs.as_boolean() == Some(value),
        Value::Opaque(bytes) => theirs.as_bytes() == Some(bytes),
        Value::ObjectLink(ObjectLink { object, instance }) => match theirs.as_bytes() {
            Some(bytes) => bytes == [object.to_be_bytes(), instance.to_be_bytes()].concat(),
            None => *theirs == demo_server::format::Value::ObjectLink(object, instance),
        },
    }
}

fn kind(value: &Value<'_>) -> Type {
    match value {
        Value::String(_) => Type::String,
        Value::Integer(_) => Type::Integer,
        Value::Unsigned(_) => Type::Unsigned,
        Value::Float(_) => Type::Float,
        Value::Boolean(_) => Type::Boolean,
        Value::Opaque(_) => Type::Opaque,
        Value::Time(_) => Type::Time,
        Value::ObjectLink(_) => Type::ObjectLink,
    }
}

const TYPES: [Type; 8] = [
    Type::String,
    Type::Integer,
    Type::Unsigned,
    Type::Float,
    Type::Boolean,
    Type::Opaque,
    Type::Time,
    Type::ObjectLink,
];

/// A value that owns its text or bytes.
#[derive(Clone, Debug)]
enum Owned {
    String(String),
    Opaque(Vec<u8>),
    Plain(Value<'static>),
}

impl Owned {
    fn value(&self) -> Value<'_> {
        match self {
            Self::String(text) => Value::String(text),
            Self::Opaque(bytes) => Value::Opaque(bytes),
            Self::Plain(value) => *value,
        }
    }
}

fn owned() -> impl Strategy<Value = Owned> {
    let integer = prop_oneof![
        any::<i64>(),
        -70_000..70_000_i64,
        Just(i64::MIN),
        Just(i64::MAX)
    ];
    let float = prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<f32>().prop_map(f64::from),
        (-1_000..1_000_i32).prop_map(|tenths| f64::from(tenths) / 10.0),
    ];
    let plain = prop_oneof![
        2 => integer.clone().prop_map(Value::Integer),
        1 => integer.prop_map(Value::Time),
        1 => any::<u64>().prop_map(Value::Unsigned),
        1 => (0..70_000_u64).prop_map(Value::Unsigned),
        2 => float.prop_map(Value::Float),
        1 => any::<bool>().prop_map(Value::Boolean),
        1 => (any::<u16>(), any::<u16>()).prop_map(|(object, instance)| to(object, instance)),
    ];
    prop_oneof![
        4 => plain.prop_map(Owned::Plain),
        1 => "\\PC{0,40}".prop_map(Owned::String),
        1 => "a{240,280}".prop_map(Owned::String),
        1 => vec(any::<u8>(), 0..300).prop_map(Owned::Opaque),
    ]
}

/// Values of object 9 in the order of their paths, some in multiple resources.
fn tree() -> impl Strategy<Value = Vec<(Path, Owned)>> {
    let id = || prop_oneof![0..4_u16, 254..258_u16, Just(65_534_u16)];
    btree_map(
        (id(), id()),
        prop_oneof![
            2 => owned().prop_map(|value| vec![(None, value)]),
            1 => btree_map(id().prop_map(Some), owned(), 1..4)
                .prop_map(|instances| instances.into_iter().collect()),
        ],
        0..8,
    )
    .prop_map(|resources| {
        let values = resources
            .into_iter()
            .flat_map(|((instance, resource), values)| {
                values.into_iter().map(move |(id, value)| {
                    let path = Path::resource(9, instance, resource);
                    (id.map_or(path, |id| path.join(id).expect("an id")), value)
                })
            });
        values.collect()
    })
}

fn values(tree: &[(Path, Owned)]) -> Vec<(Path, Value<'_>)> {
    tree.iter()
        .map(|(path, value)| (*path, value.value()))
        .collect()
}

fn paths<const N: usize>(values: [(&str, Value<'static>); N]) -> [(Path, Value<'static>); N] {
    values.map(|(path, value)| (path.parse().expect("a path"), value))
}

fn to(object: u16, instance: u16) -> Value<'static> {
    Value::ObjectLink(ObjectLink { object, instance })
}

/// The specification's example device.
fn device() -> [(Path, Value<'static>); 16] {
    paths([
        ("/3/0/0", Value::String("Open Mobile Alliance")),
        ("/3/0/1", Value::String("Lightweight M2M Client")),
        ("/3/0/2", Value::String("345000123")),
        ("/3/0/3", Value::String("1.0")),
        ("/3/0/6/0", Value::Integer(1)),
        ("/3/0/6/1", Value::Integer(5)),
        ("/3/0/7/0", Value::Integer(3800)),
        ("/3/0/7/1", Value::Integer(5000)),
        ("/3/0/8/0", Value::Integer(125)),
        ("/3/0/8/1", Value::Integer(900)),
        ("/3/0/9", Value::Integer(100)),
        ("/3/0/10", Value::Integer(15)),
        ("/3/0/11/0", Value::Integer(0)),
        ("/3/0/13", Value::Time(1_367_491_215)),
        ("/3/0/14", Value::String("+02:00")),
        ("/3/0/16", Value::String("U")),
    ])
}

/// The specification's example of links; the last number differs between its formats.
fn linking(number: i64) -> [(Path, Value<'static>); 4] {
    paths([
        ("/65/0/0/0", to(66, 0)),
        ("/65/0/0/1", to(66, 1)),
        ("/65/0/1", Value::String("8613800755500")),
        ("/65/0/2", Value::Integer(number)),
    ])
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

const DEVICE_SENML_CBOR: &str = "90
    A3 21 65 2F332F302F 00 61 30 03 74 4F70656E204D6F62696C6520416C6C69616E6365
    A2 00 61 31 03 76 4C69676874776569676874204D324D20436C69656E74
    A2 00 61 32 03 69 333435303030313233
    A2 00 61 33 03 63 312E30
    A2 00 63 362F30 02 01
    A2 00 63 362F31 02 05
    A2 00 63 372F30 02 190ED8
    A2 00 63 372F31 02 191388
    A2 00 63 382F30 02 187D
    A2 00 63 382F31 02 190384
    A2 00 61 39 02 1864
    A2 00 62 3130 02 0F
    A2 00 64 31312F30 02 00
    A2 00 62 3133 02 1A5182428F
    A2 00 62 3134 03 66 2B30323A3030
    A2 00 62 3136 03 61 55";

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| str::from_utf8(pair).expect("digits"));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("hex digits"))
        .collect()
}

fn text_of(write: impl FnOnce(&mut Buffer<'_>)) -> String {
    let mut bytes = [0; 256];
    let mut buffer = Buffer::new(&mut bytes);
    write(&mut buffer);
    String::from_utf8(buffer.written_since(0).to_vec()).expect("UTF-8")
}

/// An object of which only the outline matters; its multiple resources have two instances.
struct Sketch {
    definition: ObjectDefinition,
    instances: Vec<u16>,
}

impl Sketch {
    fn new(id: u16, version: (u8, u8), instances: &[u16], resources: &[(u16, bool)]) -> Self {
        let resources = resources.iter().map(|(id, multiple)| {
            let resource = ResourceDefinition::new(*id, Type::Integer, Operations::R);
            if *multiple {
                resource.multiple()
            } else {
                resource
            }
        });
        let resources = Box::leak(resources.collect());
        Self {
            definition: ObjectDefinition {
                id,
                version,
                resources,
            },
            instances: instances.to_vec(),
        }
    }
}

impl Object for Sketch {
    fn definition(&self) -> &ObjectDefinition {
        &self.definition
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.instances.get(index).copied()
    }

    fn resource_instance(&self, _: u16, _: u16, index: usize) -> Option<u16> {
        (index < 2).then_some(index as u16)
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(0))
    }
}

/// The same cases at every run.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(8428),
        ..ProptestConfig::default()
    }
}
