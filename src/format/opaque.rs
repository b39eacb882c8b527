//! Bytes as they are, for single values of type Opaque (LwM2M Core 1.1, 7.4.2).

use crate::buffer::Buffer;
use crate::model::value::{Type, Value};

/// The bytes of a value; None where its type is another one.
pub(crate) fn put(buffer: &mut Buffer<'_>, value: &Value<'_>) -> Option<()> {
    match value {
        Value::Opaque(bytes) => {
            buffer.put(bytes);
            Some(())
        }
        _ => None,
    }
}

/// A value of the given type.
pub(crate) fn value(kind: Type, bytes: &[u8]) -> Option<Value<'_>> {
    (kind == Type::Opaque).then_some(Value::Opaque(bytes))
}
