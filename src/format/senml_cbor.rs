//! SenML in CBOR (RFC 8428, 6; LwM2M Core 1.1, 7.4.6).

use crate::buffer::Buffer;
use crate::error::Refusal;
#[cfg(feature = "send")]
use crate::format::cbor_item::put_seconds;
use crate::format::cbor_item::{
    ARRAY, BYTES, Item, MAP, NEGATIVE, Reader, SIMPLE, TEXT, close_text, head, insert_head,
    put_value,
};
use crate::format::link::put_path;
#[cfg(feature = "send")]
use crate::format::senml::Times;
use crate::format::{Encoder, RawValue, Visit};
use crate::model::path::Path;
use crate::model::value::Value;

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
        insert_head(self.buffer, self.start, ARRAY, self.records as u64);
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
        head(buffer, MAP, entries);
        if first {
            buffer.byte(BASE_NAME);
            let start = buffer.len();
            put_path(self.base, 0, buffer);
            if below {
                buffer.byte(b'/');
            }
            close_text(buffer, start);
        }
        #[cfg(feature = "send")]
        if let Some(milliseconds) = base_time {
            buffer.byte(BASE_TIME);
            put_seconds(buffer, milliseconds);
        }
        if below {
            buffer.byte(NAME);
            let start = buffer.len();
            put_path(path, base, buffer);
            // The head takes the place of the first slash: a name is shorter than 24.
            let length = buffer.len().saturating_sub(start + 1);
            buffer.set(start, (TEXT << 5) | length as u8);
        }
        buffer.byte(match value {
            Value::ObjectLink(_) => OBJECT_LINK_HEAD,
            Value::Boolean(_) => BOOLEAN_VALUE,
            Value::String(_) => STRING_VALUE,
            Value::Opaque(_) => DATA_VALUE,
            _ => VALUE,
        });
        if let Value::ObjectLink(_) = value {
            buffer.put(OBJECT_LINK_VALUE);
        }
        put_value(buffer, value);
    }

    #[cfg(feature = "send")]
    fn time(&mut self, milliseconds: i64) {
        self.times.next = milliseconds;
    }
}

/// Reads a pack whose names are all at or below `base`.
pub(crate) fn read(base: Path, body: &[u8], visit: Visit<'_>) -> Result<(), Refusal> {
    let mut reader = Reader::new(body);
    let pack = reader.item().filter(|item| item.major == ARRAY);
    let mut records = pack.ok_or(Refusal::BadRequest)?.elements();
    let mut base_name: &[u8] = &[];
    while reader.has_element(&mut records) {
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
    let map = reader.item().filter(|item| item.major == MAP)?;
    let mut record = Record {
        name: &[],
        value: None,
    };
    let mut entries = map.elements();
    while reader.has_element(&mut entries) {
        let label = reader.item()?;
        let item = reader.item()?;
        let is_text = item.major == TEXT;
        let fits = match label.small() {
            Some(BASE_NAME) if is_text => {
                *base_name = item.bytes;
                continue;
            }
            Some(NAME) if is_text => {
                record.name = item.bytes;
                continue;
            }
            // Times and units say nothing of a value to be written; base values and sums would
            // change it (RFC 8428, 4.1).
            Some(BASE_VERSION | BASE_TIME | BASE_UNIT | UNIT | TIME | UPDATE_TIME)
                if item.is_scalar() =>
            {
                continue;
            }
            Some(VALUE) => item.is_number(),
            Some(STRING_VALUE) => is_text,
            Some(BOOLEAN_VALUE) => item.major == SIMPLE,
            Some(DATA_VALUE) => item.major == BYTES,
            None if label.major == TEXT => match label.bytes {
                OBJECT_LINK_VALUE => is_text,
                // Labels that end in _ must be understood (4.4); of others, what they hold is
                // skipped, unless it goes deeper than a record should.
                name if !name.ends_with(b"_") && item.is_scalar() => continue,
                _ => false,
            },
            _ => false,
        };
        if !fits || record.value.replace(item).is_some() {
            return None;
        }
    }
    Some(record)
}

// The labels (RFC 8428, 6, Table 6) as the byte that each is as an item: those below 0 are
// NEGATIVE, from -1 downwards.
const UPDATE_TIME: u8 = 7;
const DATA_VALUE: u8 = 8;
const TIME: u8 = 6;
const BOOLEAN_VALUE: u8 = 4;
const STRING_VALUE: u8 = 3;
const VALUE: u8 = 2;
const UNIT: u8 = 1;
const NAME: u8 = 0;
const BASE_VERSION: u8 = NEGATIVE << 5;
const BASE_NAME: u8 = (NEGATIVE << 5) | 1;
const BASE_TIME: u8 = (NEGATIVE << 5) | 2;
const BASE_UNIT: u8 = (NEGATIVE << 5) | 3;
/// LwM2M Core 1.1, 7.4.6: the label is text in CBOR too.
const OBJECT_LINK_VALUE: &[u8] = b"vlo";
const OBJECT_LINK_HEAD: u8 = (TEXT << 5) | OBJECT_LINK_VALUE.len() as u8;
