//! What is written here is read by libraries that share no code with it, and what they write is
//! read here.

use std::format;
use std::string::ToString;

use ciborium::Value as Cbor;
use serde_json::{Value as Json, json};

use super::*;
use crate::format::{LWM2M_CBOR, SENML_CBOR, SENML_JSON};

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn senml_cbor(tree in tree()) {
        let values = values(&tree);
        let body = encode(SENML_CBOR, Path::object(9), &values).expect("can be written");
        let Ok(Cbor::Array(records)) = ciborium::from_reader(&body[..]) else {
            panic!("{body:x?} is no array");
        };
        let mut base = String::new();
        prop_assert_eq!(records.len(), values.len());
        for (record, (path, value)) in records.iter().zip(&values) {
            let field = |label: Cbor| {
                let entries = record.as_map().expect("a map");
                let entry = entries.iter().find(|(key, _)| *key == label);
                entry.map(|(_, value)| value.clone())
            };
            let text = |label: i64| field(label.into()).map(|text| text.into_text().expect("text"));
            base = text(-2).unwrap_or(base);
            prop_assert_eq!(format!("{base}{}", text(0).unwrap_or_default()), path.to_string());
            let (label, expected) = senml_field(value);
            prop_assert!(is_same(&field(label).expect("a value"), &expected), "{:?}", record);
        }
    }

    #[test]
    fn senml_cbor_of_others(tree in tree()) {
        let values = values(&tree);
        let records = values.iter().map(|(path, value)| {
            let (label, value) = senml_field(value);
            Cbor::Map(vec![
                (label, value),
                (Cbor::from(0), Cbor::from(path.to_string())),
            ])
        });
        let body = written(&Cbor::Array(records.collect()));
        assert_decodes(SENML_CBOR, Path::object(9), &body, &numbers(&values));
    }

    #[test]
    fn lwm2m_cbor(tree in tree()) {
        let values = values(&tree);
        for base in [Path::ROOT, Path::object(9)] {
            let body = encode(LWM2M_CBOR, base, &values).expect("can be written");
            let map = ciborium::from_reader(&body[..]).expect("CBOR");
            prop_assert_eq!(count(&map), values.len());
            for (path, value) in &values {
                let ids = (0..).map_while(|level| path.id(level));
                let found = ids.fold(&map, |map, id| {
                    let entries = map.as_map().expect("a map").iter();
                    entries.clone().find(|(key, _)| *key == Cbor::from(id)).map(|(_, value)| value).expect("a key")
                });
                prop_assert!(is_same(found, &tagged(value)), "{:?} is not {:?}", found, value);
            }
        }
    }

    #[test]
    fn lwm2m_cbor_of_others(tree in tree()) {
        let values = values(&tree);
        let entries = values.iter().map(|(path, value)| {
            let ids = (0..).map_while(|level| path.id(level)).map(Cbor::from);
            (Cbor::Array(ids.collect()), tagged(value))
        });
        let body = written(&Cbor::Map(entries.collect()));
        assert_decodes(LWM2M_CBOR, Path::object(9), &body, &numbers(&values));
    }

    #[test]
    fn single_cbor(value in owned()) {
        let (resource, value) = (Path::resource(9, 0, 1), value.value());
        let body = encode(crate::format::CBOR, resource, &[(resource, value)]).expect("can be written");
        let item = ciborium::from_reader(&body[..]).expect("CBOR");
        prop_assert!(is_same(&item, &tagged(&value)), "{:?} is not {:?}", item, value);
        assert_decodes(crate::format::CBOR, resource, &written(&item), &numbers(&[(resource, value)]));
    }

    #[test]
    fn senml_json(tree in tree()) {
        let values = values(&tree);
        let Ok(body) = encode(SENML_JSON, Path::object(9), &values) else {
            return Ok(());
        };
        let records: Vec<Json> = serde_json::from_slice(&body).expect("JSON");
        let mut base = String::new();
        prop_assert_eq!(records.len(), values.len());
        for (record, (path, value)) in records.iter().zip(&values) {
            let text = |label: &str| record[label].as_str().map(ToString::to_string);
            base = text("bn").unwrap_or(base);
            prop_assert_eq!(format!("{base}{}", text("n").unwrap_or_default()), path.to_string());
            let is_same = match *value {
                Value::Float(value) => record["v"].as_f64().map(f64::to_bits) == Some(value.to_bits()),
                _ => {
                    let (label, expected) = json_field(value);
                    record[label] == expected
                }
            };
            prop_assert!(is_same, "{} is not {:?}", record, value);
        }
    }

    #[test]
    fn senml_json_of_others(tree in tree(), is_pretty in any::<bool>()) {
        let values = values(&tree);
        if refuses(SENML_JSON, &values) {
            return Ok(());
        }
        let records: Vec<Json> = values.iter().map(|(path, value)| {
            let (label, value) = json_field(value);
            json!({ label: value, "n": path.to_string() })
        }).collect();
        let body = match is_pretty {
            true => serde_json::to_vec_pretty(&records),
            false => serde_json::to_vec(&records),
        };
        assert_decodes(SENML_JSON, Path::object(9), &body.expect("JSON"), &values);
    }

    /// Every character that a text can have, in escapes.
    #[test]
    fn escaped_texts_of_others(text in "\\PC{0,40}|[\u{0}-\u{ff}]{0,40}") {
        let resource = Path::resource(9, 0, 1);
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        let escaped = units.collect::<String>();
        let parsed: String = serde_json::from_str(&format!("\"{escaped}\"")).expect("JSON");
        prop_assert_eq!(&parsed, &text);
        let body = format!(r#"[{{"bn":"/9/0/1","vs":"{escaped}"}}]"#);
        assert_decodes(SENML_JSON, resource, body.as_bytes(), &[(resource, Value::String(&text))]);
    }
}

/// The label and the value of SenML's fields (RFC 8428, 6), which has times as numbers.
fn senml_field(value: &Value<'_>) -> (Cbor, Cbor) {
    let label = match value {
        Value::String(_) => 3.into(),
        Value::Boolean(_) => 4.into(),
        Value::Opaque(_) => 8.into(),
        Value::ObjectLink(_) => Cbor::from("vlo"),
        _ => 2.into(),
    };
    let value = match tagged(value) {
        Cbor::Tag(_, number) => *number,
        value => value,
    };
    (label, value)
}

fn tagged(value: &Value<'_>) -> Cbor {
    match *value {
        Value::String(text) => text.into(),
        Value::Integer(number) => number.into(),
        Value::Unsigned(number) => number.into(),
        Value::Float(number) => number.into(),
        Value::Boolean(value) => value.into(),
        Value::Opaque(bytes) => bytes.into(),
        Value::Time(number) => Cbor::Tag(1, Cbor::from(number).into()),
        Value::ObjectLink(link) => link.to_string().into(),
    }
}

fn json_field(value: &Value<'_>) -> (&'static str, Json) {
    match *value {
        Value::String(text) => ("vs", text.into()),
        Value::Integer(number) | Value::Time(number) => ("v", number.into()),
        Value::Unsigned(number) => ("v", number.into()),
        Value::Float(number) => ("v", number.into()),
        Value::Boolean(value) => ("vb", value.into()),
        Value::Opaque(bytes) => ("vd", base64(bytes).into()),
        Value::ObjectLink(link) => ("vlo", link.to_string().into()),
    }
}

/// RFC 4648, 5, bit by bit.
fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |place| (byte >> place) & 1))
        .collect();
    let digits = bits.chunks(6).map(|digit| {
        let padded = digit.iter().chain(&[0; 6]).take(6);
        padded.fold(0, |digit, bit| (digit << 1) | usize::from(*bit))
    });
    digits.map(|digit| char::from(alphabet[digit])).collect()
}

fn written(value: &Cbor) -> Vec<u8> {
    let mut body = vec![];
    ciborium::into_writer(value, &mut body).expect("can be written");
    body
}

/// The values with each NaN as the one that ciborium writes for all.
fn numbers<'a>(values: &Values<'a>) -> Vec<(Path, Value<'a>)> {
    let number = |value| match value {
        Value::Float(number) if number.is_nan() => {
            let body = written(&number.into());
            let item = crate::format::cbor_item::Reader::new(&body).item();
            Value::Float(item.and_then(|item| item.float()).expect("NaN"))
        }
        value => value,
    };
    let values = values.iter();
    values
        .map(|(path, value)| (*path, number(*value)))
        .collect()
}

/// How many values there are in maps in maps.
fn count(value: &Cbor) -> usize {
    match value {
        Cbor::Map(entries) => entries.iter().map(|(_, value)| count(value)).sum(),
        _ => 1,
    }
}

/// Equal, floats by their bits.
fn is_same(one: &Cbor, other: &Cbor) -> bool {
    match (one, other) {
        (Cbor::Float(one), Cbor::Float(other)) => one.to_bits() == other.to_bits(),
        _ => one == other,
    }
}
