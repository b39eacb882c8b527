//! Plain text for single values (LwM2M Core 1.1, 7.4.1 and Appendix C).

use core::str;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::format::{base64, object_link};
use crate::model::value::{Type, Value};
use crate::number::decimal::{self, Decimal};

/// The text of a value; None where it has none.
pub(crate) fn put(buffer: &mut Buffer<'_>, value: &Value<'_>) -> Option<()> {
    match *value {
        Value::String(value) => buffer.put(value.as_bytes()),
        Value::Integer(value) | Value::Time(value) => {
            buffer.put(Decimal::from_integer(value).as_bytes());
        }
        Value::Unsigned(value) => buffer.put(Decimal::from_unsigned(value).as_bytes()),
        Value::Float(value) => buffer.put(Decimal::from_float(value)?.as_bytes()),
        Value::Boolean(value) => buffer.byte(b'0' + u8::from(value)),
        Value::ObjectLink(link) => object_link::put(buffer, link),
        Value::Opaque(value) => base64::put(buffer, value),
    }
    Some(())
}

/// A value of the given type; bytes, in Base64, need room for their text.
pub(crate) fn value<'a>(
    kind: Type,
    text: &'a [u8],
    scratch: &'a mut [u8],
) -> Result<Option<Value<'a>>, Refusal> {
    if kind == Type::Opaque {
        let mut copy = Buffer::new(scratch);
        copy.put(text);
        let (scratch, length) = copy.finish();
        let text = scratch.get_mut(..length.ok_or(Refusal::TooLarge)?);
        return Ok(text
            .and_then(|text| base64::decode(text))
            .map(Value::Opaque));
    }
    Ok(plain(kind, text))
}

fn plain(kind: Type, text: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        Type::String => Value::String(str::from_utf8(text).ok()?),
        Type::Integer => Value::Integer(decimal::parse_integer(text)?),
        Type::Time => Value::Time(decimal::parse_integer(text)?),
        Type::Unsigned => Value::Unsigned(decimal::parse_unsigned(text)?),
        Type::Float => Value::Float(decimal::parse_float(text)?),
        Type::Boolean => match text {
            b"0" => Value::Boolean(false),
            b"1" => Value::Boolean(true),
            _ => return None,
        },
        Type::ObjectLink => Value::ObjectLink(object_link::parse(text)?),
        Type::Opaque => return None,
    })
}
