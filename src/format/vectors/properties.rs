//! Random values and random bodies, in every format.

use std::string::ToString;

use demo_server::format::Entry;

use super::*;
use crate::format::{CBOR, OPAQUE, SENML_CBOR, TEXT, TLV};

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn a_value_comes_back_from_each_format(value in owned()) {
        let resource = Path::resource(9, 0, 300);
        let value = value.value();
        for format in [TEXT, OPAQUE, CBOR].iter().chain(MULTIPLE).copied() {
            let values = [(resource, value)];
            let opaque = format != OPAQUE || matches!(value, Value::Opaque(_));
            match encode(format, resource, &values) {
                Ok(body) => assert_decodes(format, resource, &body, &values),
                Err(refusal) => {
                    prop_assert_eq!(refusal, Refusal::NotAcceptable);
                    prop_assert!(!opaque || refuses(format, &values), "{} {:?}", format, value);
                }
            }
        }
    }

    #[test]
    fn many_values_come_back(tree in tree(), depth in 0..2_usize) {
        let (Some((first, _)), values) = (tree.first(), values(&tree)) else {
            return Ok(());
        };
        let instance = first.instance_id().expect("an instance");
        let base = [Path::object(9), Path::instance(9, instance)][depth];
        let inside: Vec<_> = values.into_iter().filter(|(path, _)| base.contains(*path)).collect();
        for format in MULTIPLE.iter().copied() {
            match encode(format, base, &inside) {
                Ok(body) => assert_decodes(format, base, &body, &inside),
                Err(refusal) => {
                    prop_assert_eq!(refusal, Refusal::NotAcceptable);
                    prop_assert!(refuses(format, &inside));
                }
            }
        }
    }

    #[test]
    fn the_demo_server_reads_the_same(tree in tree(), depth in 0..2_usize) {
        let (Some((first, _)), values) = (tree.first(), values(&tree)) else {
            return Ok(());
        };
        let instance = first.instance_id().expect("an instance");
        let base = [Path::object(9), Path::instance(9, instance)][depth];
        let inside: Vec<_> = values.into_iter().filter(|(path, _)| base.contains(*path)).collect();
        for format in [TLV, SENML_CBOR] {
            let body = encode(format, base, &inside).expect("can be written");
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
        for format in [TEXT, OPAQUE, CBOR].iter().chain(MULTIPLE).copied() {
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
        for format in MULTIPLE.iter().copied() {
            let Ok(mut body) = encode(format, Path::object(9), &values(&tree)) else {
                continue;
            };
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
        for format in MULTIPLE.iter().copied() {
            let values = values(&tree);
            let Ok(whole) = encode(format, Path::object(9), &values) else {
                continue;
            };
            let mut bytes = vec![0; whole.len().saturating_sub(short)];
            let room = bytes.len();
            let mut buffer = Buffer::new(&mut bytes);
            fill(format, Path::object(9), &mut buffer, &values).expect("can be written");
            prop_assert_eq!(buffer.finish().1.is_none(), room < whole.len());
        }
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
