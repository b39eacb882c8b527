//! SenML in CBOR (RFC 8428, 6; LwM2M Core 1.1, 7.4.6).

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::format::cbor_item::{
    ARRAY, BYTES, Item, MAP, NEGATIVE, Reader, SIMPLE, TEXT, UNSIGNED, close, close_text, head,
    open, put_seconds, put_value,
};
use crate::format::link::put_path;
use crate::format::senml::{Times, VERSION, hand_on};
use crate::format::{Content, Encoder, RawValue, Visit};
use crate::model::path::Path;
use crate::model::value::Value;

/// Writes a pack: an array of records, the first with the base name.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    base: Path,
    start: usize,
    records: usize,
    times: Times,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, base: Path) -> Self {
        let start = open(buffer);
        Self {
            buffer,
            base,
            start,
            records: 0,
            times: Times::default(),
        }
    }

    /// Puts the number of records, known only now, before them.
    pub(crate) fn finish(self) {
        close(self.buffer, self.start, ARRAY, self.records);
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
        let (entries, base_time) = match self.times.of_record() {
            None => (entries, None),
            time => (entries + 1, time),
        };
        head(buffer, MAP, entries);
        if first {
            buffer.byte(BASE_NAME);
            let start = open(buffer);
            put_path(self.base, 0, buffer);
            if below {
                buffer.byte(b'/');
            }
            close_text(buffer, start);
        }
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

/// Reads a pack whose names are all at or below `base`; in a patch a value may be null.
pub(crate) fn read(
    base: Path,
    body: &[u8],
    patches: Option<feature::Null>,
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    let mut reader = Reader::new(body);
    let pack = reader.item().filter(|item| item.major == ARRAY);
    let mut records = pack.ok_or(Refusal::BadRequest)?.elements();
    let mut base_name: &[u8] = &[];
    while reader.has_element(&mut records) {
        let record =
            record(&mut reader, &mut base_name, patches.is_some()).ok_or(Refusal::BadRequest)?;
        let path = Path::from_parts(&[base_name, record.name.unwrap_or_default()]);
        let content = match (&record.value, patches) {
            (Some(item), Some(on)) if item.is_nothing() => Content::Null(on),
            (Some(item), _) => Content::Value(RawValue::Cbor(item)),
            (None, _) if record.name.is_some() => Content::Name,
            (None, _) => Content::Base,
        };
        hand_on(base, path, content, &mut *visit)?;
    }
    if reader.is_empty() {
        Ok(())
    } else {
        Err(Refusal::BadRequest)
    }
}

#[derive(Default)]
struct Record<'a> {
    name: Option<&'a [u8]>,
    value: Option<Item<'a>>,
}

fn record<'a>(
    reader: &mut Reader<'a>,
    base_name: &mut &'a [u8],
    patches: bool,
) -> Option<Record<'a>> {
    let map = reader.item();
    let map = map.filter(|item| item.major == MAP && item.argument != 0)?;
    let mut record = Record::default();
    let mut entries = map.elements();
    while reader.has_element(&mut entries) {
        let label = reader.item().filter(|label| label.major <= TEXT)?;
        let mut item = reader.item()?;
        let is_text = item.major == TEXT;
        let fits = match label.small() {
            Some(BASE_NAME) if is_text => {
                *base_name = item.bytes;
                continue;
            }
            Some(NAME) if is_text => {
                record.name = Some(item.bytes);
                continue;
            }
            Some(BASE_VERSION) if item.major == UNSIGNED && item.argument <= VERSION => continue,
            Some(VALUE) => {
                item = reader.untag(item)?;
                item.is_number() || (patches && item.is_nothing())
            }
            Some(STRING_VALUE) => is_text,
            Some(BOOLEAN_VALUE) => item.major == SIMPLE && !item.is_nothing(),
            Some(DATA_VALUE) => item.major == BYTES,
            // Base values and sums would change the value (4.1).
            Some(BASE_VERSION | BASE_NAME | BASE_VALUE | BASE_SUM | NAME | SUM) => false,
            None if label.bytes == OBJECT_LINK_VALUE => is_text,
            // Labels that end in _ must be understood (4.4).
            None if label.bytes.ends_with(b"_") => false,
            // Times and units say nothing of a value to be written, nor does what is not known.
            _ => {
                reader.pass_over(&item)?;
                continue;
            }
        };
        if !fits || record.value.replace(item).is_some() {
            return None;
        }
    }
    Some(record)
}

// The labels (RFC 8428, 6, Table 6) as the byte that each is as an item: those below 0 are
// NEGATIVE, from -1 downwards.
const DATA_VALUE: u8 = 8;
const SUM: u8 = 5;
const BOOLEAN_VALUE: u8 = 4;
const STRING_VALUE: u8 = 3;
const VALUE: u8 = 2;
const NAME: u8 = 0;
const BASE_VERSION: u8 = NEGATIVE << 5;
const BASE_NAME: u8 = (NEGATIVE << 5) | 1;
const BASE_TIME: u8 = (NEGATIVE << 5) | 2;
const BASE_VALUE: u8 = (NEGATIVE << 5) | 4;
const BASE_SUM: u8 = (NEGATIVE << 5) | 5;
/// LwM2M Core 1.1, 7.4.6: the label is text in CBOR too.
const OBJECT_LINK_VALUE: &[u8] = b"vlo";
const OBJECT_LINK_HEAD: u8 = (TEXT << 5) | OBJECT_LINK_VALUE.len() as u8;
