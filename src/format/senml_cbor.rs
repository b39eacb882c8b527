//! SenML in CBOR (RFC 8428, 6; LwM2M Core 1.1, 7.4.4).

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::format::cbor::{self, Item, Reader};
use crate::format::link::put_path;
#[cfg(feature = "send")]
use crate::format::senml::Times;
use crate::format::{Encoder, RawValue, Visit, object_link};
use crate::model::path::Path;
use crate::model::value::{Type, Value};

/// Writes a pack: an array of records, the first with the base name.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    base: Path,
    start: usize,
    records: usize,
    #[cfg(feature = "send")]
    times: Times,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, base: Path) -> Self {
        let start = buffer.len();
        Self {
            buffer,
            base,
            start,
            records: 0,
            #[cfg(feature = "send")]
            times: Times::default(),
        }
    }

    /// Puts the number of records, known only now, before them.
    pub(crate) fn finish(self) {
        close(self.buffer, cbor::ARRAY, self.start, self.records as u64);
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        let buffer = &mut *self.buffer;
        let base = self.base.depth();
        let below = path.depth() > base;
        let first = self.records == 0;
        self.records += 1;
        let entries = 1 + u64::from(first) + u64::from(below);
        #[cfg(feature = "send")]
        let (entries, base_time) = match self.times.of_record() {
            None => (entries, None),
            time => (entries + 1, time),
        };
        cbor::head(buffer, cbor::MAP, entries);
        if first {
            cbor::small(buffer, BASE_NAME);
            let start = buffer.len();
            put_path(self.base, 0, buffer);
            if below {
                buffer.byte(b'/');
            }
            close_text(buffer, start);
        }
        #[cfg(feature = "send")]
        if let Some(milliseconds) = base_time {
            cbor::small(buffer, BASE_TIME);
            cbor::seconds(buffer, milliseconds);
        }
        if below {
            cbor::small(buffer, NAME);
            let start = buffer.len();
            put_path(path, base, buffer);
            // The head takes the place of the first slash: a name is shorter than 24.
            let length = buffer.len().saturating_sub(start + 1);
            buffer.set(start, (cbor::TEXT << 5) | length as u8);
        }
        let (label, major, argument, content) = match *value {
            Value::Integer(value) | Value::Time(value) if value < 0 => {
                (VALUE, cbor::NEGATIVE, !value as u64, EMPTY)
            }
            Value::Integer(value) | Value::Time(value) => {
                (VALUE, cbor::UNSIGNED, value as u64, EMPTY)
            }
            Value::Unsigned(value) => (VALUE, cbor::UNSIGNED, value, EMPTY),
            Value::Boolean(value) => (BOOLEAN_VALUE, cbor::SIMPLE, 20 + u64::from(value), EMPTY),
            Value::String(value) => (
                STRING_VALUE,
                cbor::TEXT,
                value.len() as u64,
                value.as_bytes(),
            ),
            Value::Opaque(value) => (DATA_VALUE, cbor::BYTES, value.len() as u64, value),
            Value::Float(value) => {
                cbor::small(buffer, VALUE);
                return cbor::float(buffer, value);
            }
            Value::ObjectLink(value) => {
                let start = buffer.len();
                buffer.put(OBJECT_LINK_VALUE);
                close_text(buffer, start);
                let start = buffer.len();
                object_link::put(buffer, value);
                return close_text(buffer, start);
            }
        };
        cbor::small(buffer, label);
        cbor::head(buffer, major, argument);
        buffer.put(content);
    }

    #[cfg(feature = "send")]
    fn time(&mut self, milliseconds: i64) {
        self.times.next = milliseconds;
    }
}

/// Makes what was written from `start` on a text item.
fn close_text(buffer: &mut Buffer<'_>, start: usize) {
    let length = buffer.len() - start;
    close(buffer, cbor::TEXT, start, length as u64);
}

/// Puts an item's head before what it is the head of.
fn close(buffer: &mut Buffer<'_>, major: u8, start: usize, argument: u64) {
    let mut head = [0; 9];
    let mut writer = Buffer::new(&mut head);
    cbor::head(&mut writer, major, argument);
    buffer.insert(start, writer.written_since(0));
}

/// Reads a pack whose names are all at or below `base`.
pub(crate) fn read(base: Path, body: &[u8], visit: Visit<'_>) -> Result<(), Refusal> {
    let mut reader = Reader::new(body);
    let pack = reader.item().filter(|item| item.major == cbor::ARRAY);
    let mut base_name: &[u8] = &[];
    for _ in 0..pack.ok_or(Refusal::BadRequest)?.argument {
        let record = record(&mut reader, &mut base_name).ok_or(Refusal::BadRequest)?;
        let path = Path::from_parts(&[base_name, record.name])
            .filter(|path| base.contains(*path))
            .ok_or(Refusal::BadRequest)?;
        visit(path, record.value.as_ref().map(RawValue::Cbor))?;
    }
    if reader.is_empty() {
        Ok(())
    } else {
        Err(Refusal::BadRequest)
    }
}

struct Record<'a> {
    name: &'a [u8],
    value: Option<Item<'a>>,
}

fn record<'a>(reader: &mut Reader<'a>, base_name: &mut &'a [u8]) -> Option<Record<'a>> {
    let map = reader.item().filter(|item| item.major == cbor::MAP)?;
    let mut record = Record {
        name: &[],
        value: None,
    };
    for _ in 0..map.argument {
        let label = reader.item()?;
        let item = reader.item()?;
        let is_text = item.major == cbor::TEXT;
        let fits = match (label.major, label.bytes) {
            (cbor::UNSIGNED | cbor::NEGATIVE, _) => match label.integer()? {
                BASE_NAME if is_text => {
                    *base_name = item.bytes;
                    continue;
                }
                NAME if is_text => {
                    record.name = item.bytes;
                    continue;
                }
                // Times and units say nothing of a value to be written; base values and sums would
                // change it (RFC 8428, 4.1).
                BASE_VERSION | BASE_TIME | BASE_UNIT | UNIT | TIME | UPDATE_TIME
                    if item.is_scalar() =>
                {
                    continue;
                }
                VALUE => item.is_number(),
                STRING_VALUE => is_text,
                BOOLEAN_VALUE => item.major == cbor::SIMPLE,
                DATA_VALUE => item.major == cbor::BYTES,
                _ => false,
            },
            (cbor::TEXT, OBJECT_LINK_VALUE) => is_text,
            // Labels that end in _ must be understood (4.4); of others, what they hold is skipped,
            // unless it goes deeper than a record should.
            (cbor::TEXT, name) if !name.ends_with(b"_") && item.is_scalar() => continue,
            _ => false,
        };
        if !fits || record.value.replace(item).is_some() {
            return None;
        }
    }
    Some(record)
}

/// A value of the given type.
pub(crate) fn value<'a>(kind: Type, item: &Item<'a>) -> Option<Value<'a>> {
    Some(match kind {
        Type::Integer => Value::Integer(item.integer()?),
        Type::Time => Value::Time(item.integer()?),
        Type::Unsigned => Value::Unsigned(item.unsigned()?),
        Type::Float => Value::Float(item.float()?),
        Type::Boolean => Value::Boolean(item.boolean()?),
        Type::String => Value::String(item.text()?),
        Type::Opaque if item.major == cbor::BYTES => Value::Opaque(item.bytes),
        Type::ObjectLink if item.major == cbor::TEXT => {
            Value::ObjectLink(object_link::parse(item.bytes)?)
        }
        _ => return None,
    })
}

const EMPTY: &[u8] = &[];

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
const OBJECT_LINK_VALUE: &[u8] = b"vlo";
