//! Values as text, both ways.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use client_lite::{ObjectLink, Type, Value};

use crate::table::Owned;

/// A value as text: opaque data hexadecimal, an object link as `3:0`.
pub(crate) fn describe(value: &Value<'_>) -> String {
    match value {
        Value::String(text) => (*text).into(),
        Value::Integer(number) | Value::Time(number) => number.to_string(),
        Value::Unsigned(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Opaque(bytes) => hex(bytes),
        Value::ObjectLink(link) => link.to_string(),
    }
}

/// Bytes as text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A value from the same text.
pub(crate) fn parse(kind: Type, text: &str) -> Option<Owned> {
    Some(match kind {
        Type::String => Owned::String(text.into()),
        Type::Integer => Owned::Integer(text.parse().ok()?),
        Type::Unsigned => Owned::Unsigned(text.parse().ok()?),
        Type::Float => Owned::Float(text.parse().ok()?),
        Type::Boolean => Owned::Boolean(text.parse().ok()?),
        Type::Opaque => Owned::Opaque(bytes(text)?),
        Type::Time => Owned::Time(text.parse().ok()?),
        Type::ObjectLink => {
            let (object, instance) = text.split_once(':')?;
            Owned::ObjectLink(ObjectLink {
                object: object.parse().ok()?,
                instance: instance.parse().ok()?,
            })
        }
    })
}

/// Bytes from the same text.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|index| u8::from_str_radix(text.get(index..index + 2)?, 16).ok())
        .collect()
}
