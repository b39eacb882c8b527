//! CBOR for single values (LwM2M Core 1.1, 7.4.3 and Appendix C).

use crate::buffer::Buffer;
use crate::format::cbor_item::{Item, Reader, put_tagged_value};
use crate::model::value::Value;

/// The item of a value; there is one for each.
pub(crate) fn put(buffer: &mut Buffer<'_>, value: &Value<'_>) -> Option<()> {
    put_tagged_value(buffer, value);
    Some(())
}

/// The one item of a body.
pub(crate) fn read(body: &[u8]) -> Option<Item<'_>> {
    let mut reader = Reader::new(body);
    let item = reader.value()?;
    (item.is_scalar() && reader.is_empty()).then_some(item)
}
