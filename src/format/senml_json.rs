//! SenML in JSON (RFC 8428, 5; LwM2M Core 1.1, 7.4.5).

use core::str;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::format::json::{Reader, Scalar, Text, put_text};
use crate::format::link::put_path;
use crate::format::senml::{Times, VERSION, hand_on};
use crate::format::{Content, Encoder, RawValue, Visit, base64, object_link, text};
use crate::model::path::Path;
use crate::model::value::{Type, Value};
use crate::number::decimal::{self, Decimal};
use crate::number::double::exact_integer;

/// Writes a pack: an array of records, the first with the base name.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    base: Path,
    is_first: bool,
    representable: bool,
    times: Times,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, base: Path) -> Self {
        buffer.byte(b'[');
        Self {
            buffer,
            base,
            is_first: true,
            representable: true,
            times: Times::default(),
        }
    }

    /// Refuses a pack with a number that JSON has no text for.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        self.buffer.byte(b']');
        if self.representable {
            Ok(())
        } else {
            Err(Refusal::NotAcceptable)
        }
    }

    fn put_base_name(&mut self, below: bool) {
        self.buffer.put(b"\"bn\":\"");
        put_path(self.base, 0, self.buffer);
        self.buffer.put(if below { b"/\"," } else { b"\"," });
    }

    fn put_name(&mut self, path: Path) {
        let level = self.base.depth();
        self.buffer.put(b"\"n\":\"");
        self.buffer
            .number(path.id(level).unwrap_or_default().into());
        put_path(path, level + 1, self.buffer);
        self.buffer.put(b"\",");
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        let below = path.depth() > self.base.depth();
        if core::mem::replace(&mut self.is_first, false) {
            self.buffer.byte(b'{');
            self.put_base_name(below);
        } else {
            self.buffer.put(b",{");
        }
        if let Some(milliseconds) = self.times.of_record() {
            put_base_time(self.buffer, milliseconds);
        }
        if below {
            self.put_name(path);
        }
        self.representable &= put_value(self.buffer, value).is_some();
        self.buffer.byte(b'}');
    }

    #[cfg(feature = "send")]
    fn time(&mut self, milliseconds: i64) {
        self.times.next = milliseconds;
    }
}

/// Milliseconds as seconds, with as many decimals as they need: none or three.
fn put_base_time(buffer: &mut Buffer<'_>, milliseconds: i64) {
    buffer.put(b"\"bt\":");
    if milliseconds < 0 {
        buffer.byte(b'-');
    }
    let text = Decimal::from_unsigned(milliseconds.unsigned_abs());
    let digits = text.as_bytes();
    // The point goes before the last three digits.
    match digits.len().checked_sub(3) {
        Some(whole @ 1..) => buffer.put(digits.get(..whole).unwrap_or_default()),
        _ => buffer.byte(b'0'),
    }
    let decimals = digits.get(digits.len().saturating_sub(3)..);
    let decimals = decimals.unwrap_or_default();
    if decimals.iter().any(|digit| *digit != b'0') {
        buffer.byte(b'.');
        for _ in decimals.len()..3 {
            buffer.byte(b'0');
        }
        buffer.put(decimals);
    }
    buffer.byte(b',');
}

/// A value behind its label; None where there is no text for it.
fn put_value(buffer: &mut Buffer<'_>, value: &Value<'_>) -> Option<()> {
    buffer.put(match value {
        Value::String(_) => b"\"vs\":",
        Value::Boolean(_) => b"\"vb\":",
        Value::Opaque(_) => b"\"vd\":",
        Value::ObjectLink(_) => b"\"vlo\":",
        _ => &b"\"v\":"[..],
    });
    match *value {
        Value::Boolean(value) => buffer.put(if value { b"true" } else { b"false" }),
        Value::String(value) => put_text(buffer, value),
        Value::Opaque(value) => {
            buffer.byte(b'"');
            base64::put_url(buffer, value);
            buffer.byte(b'"');
        }
        Value::ObjectLink(link) => {
            buffer.byte(b'"');
            object_link::put(buffer, link);
            buffer.byte(b'"');
        }
        ref number => text::put(buffer, number)?,
    }
    Some(())
}

/// Reads a pack whose names are all at or below `base`; in a patch a value may be null.
pub(crate) fn read(
    base: Path,
    body: &[u8],
    patches: Option<feature::Null>,
    scratch: &mut [u8],
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    let on = feature::SenmlJson::VALUE.ok_or(Refusal::UnsupportedContentFormat)?;
    let mut reader = Reader::new(body);
    if !reader.take(b'[') {
        return Err(Refusal::BadRequest);
    }
    let mut base_name = Name::default();
    let mut is_first = true;
    while reader
        .has_element(&mut is_first, b']')
        .ok_or(Refusal::BadRequest)?
    {
        let record =
            record(&mut reader, &mut base_name, patches.is_some()).ok_or(Refusal::BadRequest)?;
        let name = record.name.as_ref().map_or(&[][..], Name::as_bytes);
        let path = Path::from_parts(&[base_name.as_bytes(), name]);
        let content = match (record.value, patches) {
            (Some(Field::Null), Some(on)) => Content::Null(on),
            (Some(value), _) => Content::Value(RawValue::Json(value, &mut *scratch, on)),
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

/// A base name or a name, as long as a path can be.
#[derive(Default)]
struct Name {
    bytes: [u8; 24],
    length: usize,
}

impl Name {
    fn new(text: Text<'_>) -> Option<Self> {
        let mut name = Self::default();
        name.length = text.unescape_into(&mut name.bytes).ok()?.len();
        Some(name)
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A value as its label says it.
pub(crate) enum Field<'a> {
    Number(&'a [u8]),
    Text(Text<'a>),
    Boolean(bool),
    Data(Text<'a>),
    Link(Text<'a>),
    Null,
}

#[derive(Default)]
struct Record<'a> {
    name: Option<Name>,
    value: Option<Field<'a>>,
}

fn record<'a>(reader: &mut Reader<'a>, base_name: &mut Name, patches: bool) -> Option<Record<'a>> {
    if !reader.take(b'{') {
        return None;
    }
    let mut record = Record::default();
    let mut is_first = true;
    while reader.has_element(&mut is_first, b'}')? {
        let mut room = [0; 24];
        let label = reader.name()?.unescape(&mut room).ok()?;
        let field = match label {
            b"bn" => {
                *base_name = Name::new(reader.text()?)?;
                continue;
            }
            b"n" => {
                record.name = Some(Name::new(reader.text()?)?);
                continue;
            }
            b"bver" => {
                decimal::parse_unsigned(reader.number()?).filter(|version| *version <= VERSION)?;
                continue;
            }
            b"v" => match reader.scalar()? {
                Scalar::Number(number) => Field::Number(number),
                Scalar::Null if patches => Field::Null,
                _ => return None,
            },
            b"vs" => Field::Text(reader.text()?),
            b"vb" => match reader.scalar()? {
                Scalar::Boolean(value) => Field::Boolean(value),
                _ => return None,
            },
            b"vd" => Field::Data(reader.text()?),
            b"vlo" => Field::Link(reader.text()?),
            // Base values and sums would change the value (4.1, 4.2).
            b"bv" | b"bs" | b"s" => return None,
            // Labels that end in _ must be understood (4.4); times and units say nothing of a value
            // to be written.
            _ if label.ends_with(b"_") => return None,
            _ => {
                reader.skip(DEPTH)?;
                continue;
            }
        };
        if record.value.replace(field).is_some() {
            return None;
        }
    }
    (!is_first).then_some(record)
}

/// A value of the given type; texts with escapes and bytes need room.
pub(crate) fn value<'a>(
    kind: Type,
    field: Field<'a>,
    scratch: &'a mut [u8],
) -> Result<Option<Value<'a>>, Refusal> {
    Ok(match (kind, field) {
        (Type::Integer, Field::Number(number)) => integer(number).map(Value::Integer),
        (Type::Time, Field::Number(number)) => integer(number).map(Value::Time),
        (Type::Unsigned, Field::Number(number)) => decimal::parse_unsigned(number)
            .or_else(|| integer(number)?.try_into().ok())
            .map(Value::Unsigned),
        (Type::Float, Field::Number(number)) => decimal::parse_float(number).map(Value::Float),
        (Type::Boolean, Field::Boolean(value)) => Some(Value::Boolean(value)),
        (Type::String, Field::Text(text)) => str::from_utf8(text.unescape(scratch)?)
            .ok()
            .map(Value::String),
        (Type::Opaque, Field::Data(text)) => {
            base64::decode(text.unescape_into(scratch)?).map(Value::Opaque)
        }
        // Leshan writes them as strings.
        (Type::ObjectLink, Field::Link(text) | Field::Text(text)) => {
            object_link::parse(text.unescape(scratch)?).map(Value::ObjectLink)
        }
        _ => None,
    })
}

/// The integer of a number's value, where there is one: 10 is also 10.0 and 1e1.
fn integer(number: &[u8]) -> Option<i64> {
    decimal::parse_integer(number)
        .or_else(|| exact_integer(decimal::parse_float(number)?.to_bits()))
}

/// How deep arrays and objects may go below an unknown label.
const DEPTH: u8 = 4;
