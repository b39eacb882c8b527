//! SenML in CBOR (RFC 8428, 6; LwM2M Core 1.1, 7.4.4).

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::format::cbor::{self, Item, Reader};
use crate::format::link::put_path;
use crate::format::{Content, Encoder, put_object_link};
use crate::model::path::Path;
use crate::model::value::Value;

/// Writes a pack: an array of records, the first with the base name.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    base: Path,
    start: usize,
    records: u64,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, base: Path) -> Self {
        let start = buffer.len();
        cbor::head(buffer, ARRAY, 0);
        Self {
            buffer,
            base,
            start,
            records: 0,
        }
    }

    /// Sets the number of records, which is known only now.
    pub(crate) fn finish(self) {
        let mut head = [0; 9];
        let mut counted = Buffer::new(&mut head);
        cbor::head(&mut counted, ARRAY, self.records);
        let head = counted.written_since(0);
        self.buffer.open_gap(self.start, head.len() - 1);
        for (offset, byte) in head.iter().enumerate() {
            self.buffer.set(self.start + offset, *byte);
        }
    }

    /// A text item of the given path, `/` behind it where it is a base name of something below.
    fn name(&mut self, path: Path, trailing: bool) {
        let at = self.buffer.len();
        self.buffer.byte(0);
        put_path(path, self.buffer);
        if trailing {
            self.buffer.byte(b'/');
        }
        self.close_text(at);
    }

    /// The text's length, under 24: four ids and their slashes at most.
    fn close_text(&mut self, at: usize) {
        let length = self.buffer.len() - at - 1;
        if length < 24 {
            self.buffer.set(at, (TEXT << 5) | length as u8);
        } else {
            self.buffer.open_gap(at + 1, 1);
            self.buffer.set(at, (TEXT << 5) | 24);
            self.buffer.set(at + 1, length as u8);
        }
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        let below = path.depth() > self.base.depth();
        let first = self.records == 0;
        self.records += 1;
        cbor::head(self.buffer, MAP, 1 + u64::from(first) + u64::from(below));
        if first {
            cbor::integer(self.buffer, BASE_NAME);
            self.name(self.base, below);
        }
        if below {
            cbor::integer(self.buffer, NAME);
            let at = self.buffer.len();
            self.buffer.byte(0);
            for (index, id) in path.ids().skip(self.base.depth()).enumerate() {
                if index > 0 {
                    self.buffer.byte(b'/');
                }
                self.buffer.number(id.into());
            }
            self.close_text(at);
        }
        let buffer = &mut *self.buffer;
        match value {
            Value::Integer(value) | Value::Time(value) => {
                cbor::integer(buffer, VALUE);
                cbor::integer(buffer, *value);
            }
            Value::Unsigned(value) => {
                cbor::integer(buffer, VALUE);
                cbor::head(buffer, 0, *value);
            }
            Value::Float(value) => {
                cbor::integer(buffer, VALUE);
                cbor::float(buffer, *value);
            }
            Value::String(value) => {
                cbor::integer(buffer, STRING_VALUE);
                cbor::string(buffer, value);
            }
            Value::Boolean(value) => {
                cbor::integer(buffer, BOOLEAN_VALUE);
                cbor::boolean(buffer, *value);
            }
            Value::Opaque(value) => {
                cbor::integer(buffer, DATA_VALUE);
                cbor::bytes(buffer, value);
            }
            Value::ObjectLink(value) => {
                cbor::string(buffer, OBJECT_LINK_VALUE);
                let at = buffer.len();
                buffer.byte(0);
                put_object_link(buffer, *value);
                self.close_text(at);
            }
        }
    }
}

/// Reads a pack whose names are all at or below `base`.
pub(crate) fn read(
    base: Path,
    body: &[u8],
    visit: &mut dyn FnMut(Path, Content<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut reader = Reader::new(body);
    let Some(Item::Array(records)) = reader.item() else {
        return Err(Refusal::BadRequest);
    };
    let mut base_name = "";
    for _ in 0..records {
        let record = record(&mut reader, &mut base_name).ok_or(Refusal::BadRequest)?;
        let path = Path::from_parts(&[base_name.as_bytes(), record.name.as_bytes()])
            .filter(|path| base.contains(*path))
            .ok_or(Refusal::BadRequest)?;
        // A record without a value names a place and sets nothing (RFC 8428, 4.2).
        if let Some(content) = record.content {
            visit(path, content)?;
        }
    }
    if reader.is_empty() {
        Ok(())
    } else {
        Err(Refusal::BadRequest)
    }
}

struct Record<'a> {
    name: &'a str,
    content: Option<Content<'a>>,
}

fn record<'a>(reader: &mut Reader<'a>, base_name: &mut &'a str) -> Option<Record<'a>> {
    let Item::Map(pairs) = reader.item()? else {
        return None;
    };
    let mut name = "";
    let mut content = None;
    for _ in 0..pairs {
        let label = reader.item()?;
        let item = reader.item()?;
        let value = match (label, item) {
            (Item::Integer(BASE_NAME), Item::String(text)) => {
                *base_name = text;
                continue;
            }
            (Item::Integer(NAME), Item::String(text)) => {
                name = text;
                continue;
            }
            (Item::Integer(VALUE), Item::Integer(value)) => Content::Integer(value),
            (Item::Integer(VALUE), Item::Unsigned(value)) => Content::Unsigned(value),
            (Item::Integer(VALUE), Item::Float(value)) => Content::Float(value),
            (Item::Integer(STRING_VALUE), Item::String(value)) => Content::String(value),
            (Item::Integer(BOOLEAN_VALUE), Item::Boolean(value)) => Content::Boolean(value),
            (Item::Integer(DATA_VALUE), Item::Bytes(value)) => Content::Opaque(value),
            (Item::String(OBJECT_LINK_VALUE), Item::String(value)) => Content::ObjectLink(value),
            // Times and units say nothing of a value to be written; base values and sums would
            // change it (RFC 8428, 4.1), and labels that end in _ must be understood (4.4).
            (Item::Integer(BASE_VERSION | BASE_TIME | BASE_UNIT | UNIT | TIME | UPDATE_TIME), _) => {
                continue;
            }
            (Item::String(label), Item::Array(_) | Item::Map(_)) if !label.ends_with('_') => {
                return None;
            }
            (Item::String(label), _) if !label.ends_with('_') => continue,
            _ => return None,
        };
        if content.replace(value).is_some() {
            return None;
        }
    }
    Some(Record { name, content })
}

const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

// RFC 8428, 6, Table 6.
const UPDATE_TIME: i64 = 7;
const DATA_VALUE: i64 = 8;
const TIME: i64 = 6;
const BOOLEAN_VALUE: i64 = 4;
const STRING_VALUE: i64 = 3;
const VALUE: i64 = 2;
const UNIT: i64 = 1;
const NAME: i64 = 0;
const BASE_VERSION: i64 = -1;
const BASE_NAME: i64 = -2;
const BASE_TIME: i64 = -3;
const BASE_UNIT: i64 = -4;
/// LwM2M Core 1.1, 7.4.4: the label is text in CBOR too.
const OBJECT_LINK_VALUE: &str = "vlo";
