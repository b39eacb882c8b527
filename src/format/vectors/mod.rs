//! The examples of the specifications for every format, both ways; what is written here against
//! decoders that share no code; and bodies that are meant to hurt. Sections of LwM2M Core 1.1 are those
//! of its edition 1.1.1.

mod cbor;
mod hostile;
mod link;
#[cfg(feature = "lwm2m-cbor")]
mod lwm2m_cbor;
mod numbers;
mod opaque;
#[cfg(feature = "full")]
mod oracles;
mod properties;
mod senml_cbor;
#[cfg(feature = "senml-json")]
mod senml_json;
mod text;
mod tlv;

use std::string::String;
use std::vec;
use std::vec::Vec;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::{Body, Content, Encoder};
use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::model::path::Path;
use crate::model::value::{ObjectLink, Type, Value};

type Values<'a> = [(Path, Value<'a>)];

/// The formats for several values.
const MULTIPLE: &[u16] = &[
    super::TLV,
    super::SENML_CBOR,
    #[cfg(feature = "senml-json")]
    super::SENML_JSON,
    #[cfg(feature = "lwm2m-cbor")]
    super::LWM2M_CBOR,
];

/// Whether a format has no form for one of the values: text and JSON have no infinity.
fn refuses(format: u16, values: &Values<'_>) -> bool {
    let is_text = !matches!(format, super::TLV | super::SENML_CBOR | super::CBOR | 11544);
    let mut values = values.iter().map(|(_, value)| *value);
    is_text && values.any(|value| matches!(value, Value::Float(value) if !value.is_finite()))
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
    super::decode(
        &mut Body::new(Some(format), body, &mut vec![0; body.len()]),
        base,
        &mut |path, content| {
            let Content::Value(content) = content else {
                return Ok(());
            };
            count += 1;
            content.into_value(kind(path)).map(|_| ())
        },
    )?;
    Ok(count)
}

fn assert_decodes(format: u16, base: Path, body: &[u8], values: &Values<'_>) {
    let mut count = 0;
    super::decode(
        &mut Body::new(Some(format), body, &mut vec![0; body.len()]),
        base,
        &mut |path, content| {
            let Content::Value(content) = content else {
                return Ok(());
            };
            let (expected, value) = values[count];
            count += 1;
            assert_eq!(path, expected);
            let decoded = content.into_value(value.kind())?;
            assert!(same(decoded, value), "{path}: {decoded:?} is not {value:?}");
            Ok(())
        },
    )
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
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits
        .chunks(2)
        .map(|pair| str::from_utf8(pair).expect("digits"));
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("hex digits"))
        .collect()
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
