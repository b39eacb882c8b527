//! What plain text, opaque and CBOR share: a body is one value, and nothing else has one.

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::format::{Content, Encoder, RawValue, Visit};
use crate::model::path::Path;
use crate::model::value::Value;

/// How a format writes a value; None where it has no form for it.
pub(crate) type Put = fn(&mut Buffer<'_>, &Value<'_>) -> Option<()>;

/// Writes the value of a path.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    path: Path,
    put: Put,
    written: bool,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, path: Path, put: Put) -> Self {
        Self {
            buffer,
            path,
            put,
            written: false,
        }
    }

    /// Refuses what is not one value, or is one that the format has no form for.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.written {
            Ok(())
        } else {
            Err(Refusal::NotAcceptable)
        }
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        // The values of a multiple resource are below its path.
        self.written = path == self.path && (self.put)(self.buffer, value).is_some();
    }
}

/// Reads the value of a path.
pub(crate) fn read(path: Path, value: RawValue<'_>, visit: Visit<'_>) -> Result<(), Refusal> {
    if path.depth() < 3 {
        return Err(Refusal::BadRequest);
    }
    visit(path, Content::Value(value))
}
