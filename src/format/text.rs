//! Plain text for single values (LwM2M Core 1.1, 7.4.1 and Appendix C).

use core::str;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::format::decimal::{self, Decimal};
use crate::format::{Encoder, object_link};
use crate::model::path::Path;
use crate::model::value::{Type, Value};

/// Writes one value.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    values: usize,
    representable: bool,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>) -> Self {
        Self {
            buffer,
            values: 0,
            representable: true,
        }
    }

    /// Refuses what is not exactly one value, or one without a text.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.values == 1 && self.representable {
            Ok(())
        } else {
            Err(Refusal::NotAcceptable)
        }
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, _: Path, value: &Value<'_>) {
        self.values += 1;
        match *value {
            Value::String(value) => self.buffer.put(value.as_bytes()),
            Value::Integer(value) | Value::Time(value) => {
                self.buffer.put(Decimal::from_integer(value).as_bytes());
            }
            Value::Unsigned(value) => self.buffer.put(Decimal::from_unsigned(value).as_bytes()),
            Value::Float(value) => match Decimal::from_float(value) {
                Some(text) => self.buffer.put(text.as_bytes()),
                None => self.representable = false,
            },
            Value::Boolean(value) => self.buffer.byte(b'0' + u8::from(value)),
            Value::ObjectLink(link) => object_link::put(self.buffer, link),
            Value::Opaque(_) => self.representable = false,
        }
    }
}

/// A value of the given type.
pub(crate) fn value(kind: Type, text: &[u8]) -> Option<Value<'_>> {
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
