//! OMA TLV (LwM2M Core 1.1, 7.4.4).

use core::str;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::format::{Content, Encoder, RawValue, Visit};
use crate::model::path::Path;
use crate::model::value::{ObjectLink, Type, Value};
use crate::number::double::{narrow, widen};

/// Writes values below or at a base path; what holds them is opened and closed on the way.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    base: Path,
    instance: Option<Open>,
    resource: Option<Open>,
}

/// An entry whose length is known only when it ends.
#[derive(Clone, Copy)]
struct Open {
    path: Path,
    start: usize,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, base: Path) -> Self {
        Self {
            buffer,
            base,
            instance: None,
            resource: None,
        }
    }

    pub(crate) fn finish(mut self) {
        self.close_resource();
        self.close_instance();
    }

    /// Closes what the value at `path` is not in, and opens what it is in.
    fn enter(&mut self, path: Path) {
        if self.resource.is_some_and(|open| !open.path.contains(path)) {
            self.close_resource();
        }
        if self.instance.is_some_and(|open| !open.path.contains(path)) {
            self.close_instance();
        }
        let start = self.buffer.len();
        if let (Some(object), Some(instance)) = (path.object_id(), path.instance_id())
            && self.base.depth() < 2
            && self.instance.is_none()
        {
            let path = Path::instance(object, instance);
            self.instance = Some(Open { path, start });
        }
        if let (Some(object), Some(instance), Some(resource)) =
            (path.object_id(), path.instance_id(), path.resource_id())
            && path.depth() == 4
            && self.base.depth() < 4
            && self.resource.is_none()
        {
            let path = Path::resource(object, instance, resource);
            self.resource = Some(Open { path, start });
        }
    }

    fn close_resource(&mut self) {
        if let Some(Open { path, start }) = self.resource.take() {
            insert_head(self.buffer, MULTIPLE_RESOURCE, path.resource_id(), start);
        }
    }

    fn close_instance(&mut self) {
        if let Some(Open { path, start }) = self.instance.take() {
            insert_head(self.buffer, OBJECT_INSTANCE, path.instance_id(), start);
        }
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        self.enter(path);
        let buffer = &mut *self.buffer;
        let start = buffer.len();
        match value {
            Value::String(value) => buffer.put(value.as_bytes()),
            Value::Opaque(value) => buffer.put(value),
            Value::Boolean(value) => buffer.byte((*value).into()),
            Value::Float(value) => match narrow(value.to_bits()) {
                Some(single) => buffer.put(&single.to_be_bytes()),
                None => buffer.put(&value.to_bits().to_be_bytes()),
            },
            Value::Integer(value) | Value::Time(value) => put_integer(buffer, *value),
            Value::Unsigned(value) => put_unsigned(buffer, *value),
            Value::ObjectLink(link) => {
                buffer.put(&link.object.to_be_bytes());
                buffer.put(&link.instance.to_be_bytes());
            }
        }
        let (kind, id) = match path.resource_instance_id() {
            None => (RESOURCE, path.resource_id()),
            id => (RESOURCE_INSTANCE, id),
        };
        insert_head(buffer, kind, id, start);
    }
}

/// Puts an entry's type, id and length before the value that was written from `start` on.
fn insert_head(buffer: &mut Buffer<'_>, kind: u8, id: Option<u16>, start: usize) {
    let length = buffer.len() - start;
    let mut head = [0; 6];
    let mut writer = Buffer::new(&mut head);
    let [id_high, id_low] = id.unwrap_or_default().to_be_bytes();
    let [_, length_high, length_middle, length_low] = (length as u32).to_be_bytes();
    let (length_type, inline) = match length {
        0..8 => (0, length as u8),
        8..0x100 => (1, 0),
        0x100..0x1_0000 => (2, 0),
        _ => (3, 0),
    };
    let wide_id = id_high != 0;
    writer.byte((kind << 6) | (u8::from(wide_id) << 5) | (length_type << 3) | inline);
    if wide_id {
        writer.byte(id_high);
    }
    writer.byte(id_low);
    for (least, byte) in [(3, length_high), (2, length_middle), (1, length_low)] {
        if length_type >= least {
            writer.byte(byte);
        }
    }
    buffer.insert(start, writer.written_since(0));
}

/// In 1, 2, 4 or 8 bytes, the fewest that hold the number (Appendix C).
fn put_integer(buffer: &mut Buffer<'_>, value: i64) {
    let significant = 65 - (value ^ (value >> 63)).leading_zeros();
    put_last(buffer, value as u64, significant);
}

fn put_unsigned(buffer: &mut Buffer<'_>, value: u64) {
    put_last(buffer, value, 64 - value.leading_zeros());
}

fn put_last(buffer: &mut Buffer<'_>, value: u64, significant: u32) {
    let count = match significant {
        0..=8 => 1,
        9..=16 => 2,
        17..=32 => 4,
        _ => 8,
    };
    buffer.put(value.to_be_bytes().get(8 - count..).unwrap_or_default());
}

/// Reads entries below or at a base path.
pub(crate) fn read(base: Path, body: &[u8], visit: Visit<'_>) -> Result<(), Refusal> {
    let unsupported = Refusal::UnsupportedContentFormat;
    let tlv = feature::Tlv::VALUE.ok_or(unsupported)?;
    let empty = feature::Empty::VALUE.ok_or(unsupported)?;
    read_level(base, 0, body, (tlv, empty), visit)
}

/// Reads the entries of one container; each is of a level below `container`, which bounds the
/// depth of nesting. None is there twice.
fn read_level(
    path: Path,
    container: usize,
    entries: &[u8],
    on: (feature::Tlv, feature::Empty),
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    let (tlv, empty) = on;
    let (mut rest, mut greatest) = (entries, None);
    while !rest.is_empty() {
        let behind = rest.len();
        let entry = entry(&mut rest).ok_or(Refusal::BadRequest)?;
        let level = entry.level();
        let before = entries.len() - behind;
        // By ascending ids, as they mostly come, nothing is repeated.
        if greatest >= Some(entry.id) && is_among(entries.get(..before), &entry) {
            return Err(Refusal::BadRequest);
        }
        greatest = greatest.max(Some(entry.id));
        let inside = descend(path, level, entry.id)
            .filter(|_| level > container)
            .ok_or(Refusal::BadRequest)?;
        match entry.kind {
            OBJECT_INSTANCE | MULTIPLE_RESOURCE if entry.value.is_empty() => {
                visit(inside, Content::Empty(empty))?;
            }
            OBJECT_INSTANCE | MULTIPLE_RESOURCE => {
                read_level(inside, level, entry.value, on, visit)?
            }
            _ => visit(inside, Content::Value(RawValue::Tlv(entry.value, tlv)))?,
        }
    }
    Ok(())
}

/// Whether the node of an entry is that of another.
fn is_among(others: Option<&[u8]>, entry: &Entry<'_>) -> bool {
    let mut rest = others.unwrap_or_default();
    while let Some(other) = self::entry(&mut rest) {
        if (other.level(), other.id) == (entry.level(), entry.id) {
            return true;
        }
    }
    false
}

/// The node of the given level and id: right below `path`, or `path` itself.
fn descend(path: Path, level: usize, id: u16) -> Option<Path> {
    if path.depth() + 1 == level {
        path.join(id)
    } else {
        (path.depth() == level && path.id(level - 1) == Some(id)).then_some(path)
    }
}

struct Entry<'a> {
    kind: u8,
    id: u16,
    value: &'a [u8],
}

impl Entry<'_> {
    /// How deep its node is.
    fn level(&self) -> usize {
        match self.kind {
            OBJECT_INSTANCE => 2,
            RESOURCE_INSTANCE => 4,
            _ => 3,
        }
    }
}

fn entry<'a>(rest: &mut &'a [u8]) -> Option<Entry<'a>> {
    let head = number(rest, 1)?;
    let id = number(rest, if head & 0x20 == 0 { 1 } else { 2 })? as u16;
    let length = match (head >> 3) & 3 {
        0 => head & 7,
        count => number(rest, count)?,
    };
    let (value, behind) = rest.split_at_checked(length as usize)?;
    *rest = behind;
    Some(Entry {
        kind: (head >> 6) as u8,
        id,
        value,
    })
}

fn number(rest: &mut &[u8], count: u32) -> Option<u32> {
    let (bytes, behind) = rest.split_at_checked(count as usize)?;
    *rest = behind;
    Some(
        bytes
            .iter()
            .fold(0, |number, byte| (number << 8) | u32::from(*byte)),
    )
}

/// A value of the given type (Appendix C).
pub(crate) fn value(kind: Type, bytes: &[u8]) -> Option<Value<'_>> {
    Some(match kind {
        Type::String => Value::String(str::from_utf8(bytes).ok()?),
        Type::Opaque => Value::Opaque(bytes),
        Type::Integer => Value::Integer(integer(bytes)?),
        Type::Time => Value::Time(integer(bytes)?),
        Type::Unsigned => Value::Unsigned(unsigned(bytes)?),
        Type::Boolean => match bytes {
            [0] => Value::Boolean(false),
            [1] => Value::Boolean(true),
            _ => return None,
        },
        Type::Float => Value::Float(match bytes.len() {
            4 => f64::from_bits(widen(u32::from_be_bytes(bytes.try_into().ok()?), 23, 8)),
            _ => f64::from_be_bytes(bytes.try_into().ok()?),
        }),
        Type::ObjectLink => {
            let link = u32::from_be_bytes(bytes.try_into().ok()?);
            Value::ObjectLink(ObjectLink {
                object: (link >> 16) as u16,
                instance: link as u16,
            })
        }
    })
}

fn integer(bytes: &[u8]) -> Option<i64> {
    let value = unsigned(bytes)?;
    let unused = 64 - 8 * bytes.len() as u32;
    Some(((value << unused) as i64) >> unused)
}

fn unsigned(bytes: &[u8]) -> Option<u64> {
    matches!(bytes.len(), 1 | 2 | 4 | 8).then(|| {
        bytes
            .iter()
            .fold(0, |number, byte| (number << 8) | u64::from(*byte))
    })
}

const OBJECT_INSTANCE: u8 = 0;
const RESOURCE_INSTANCE: u8 = 1;
const MULTIPLE_RESOURCE: u8 = 2;
const RESOURCE: u8 = 3;
