//! CBOR's data items (RFC 8949), and LwM2M's values as such.

use core::str;

use crate::buffer::Buffer;
use crate::feature;
use crate::format::date_time;
use crate::format::decimal_fraction::{Magnitude, magnitude};
use crate::format::object_link;
use crate::model::value::{Type, Value};
use crate::number::double::whole_seconds;
use crate::number::double::{exact_double, exact_integer, halve, narrow, widen};

/// A data item, not yet given a meaning: an array's elements and a map's pairs follow it.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) major: u8,
    info: u8,
    pub(crate) argument: u64,
    /// What a byte or text string consists of.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Item<'a> {
    /// The number of a magnitude.
    fn of(is_negative: bool, magnitude: Magnitude) -> Self {
        let (major, argument) = match magnitude {
            Magnitude::Integer(0) => (UNSIGNED, 0),
            Magnitude::Integer(integer) if is_negative => (NEGATIVE, integer - 1),
            Magnitude::Integer(integer) => (UNSIGNED, integer),
            Magnitude::Double(bits) => (SIMPLE, (u64::from(is_negative) << 63) | bits),
        };
        Self {
            major,
            info: 27,
            argument,
            bytes: &[],
        }
    }

    /// Null or undefined.
    pub(crate) fn is_nothing(&self) -> bool {
        self.major == SIMPLE && matches!(self.argument, 22 | 23) && self.info < 24
    }

    pub(crate) fn is_number(&self) -> bool {
        self.major <= NEGATIVE || (self.major == SIMPLE && self.info > 24)
    }

    /// Whether nothing follows that belongs to the item.
    pub(crate) fn is_scalar(&self) -> bool {
        self.major < ARRAY || self.major == SIMPLE
    }

    fn of_integer(value: i64) -> Self {
        Self::of(value < 0, Magnitude::Integer(value.unsigned_abs()))
    }

    /// An integer from -24 to 23, such as a label, as the one byte that it is in the shortest form.
    pub(crate) fn small(&self) -> Option<u8> {
        (self.major <= NEGATIVE && self.argument < 24)
            .then_some((self.major << 5) | self.argument as u8)
    }

    /// How many elements a container has.
    pub(crate) fn elements(&self) -> Elements {
        Elements((self.info != INDEFINITE).then_some(self.argument))
    }

    /// How many items follow that belong to it, where their number is given.
    fn count(&self) -> Option<u32> {
        let count = u32::try_from(self.argument);
        match self.major {
            ARRAY | MAP if self.info == INDEFINITE => None,
            ARRAY => count.ok(),
            MAP => count.ok()?.checked_mul(2),
            TAG => Some(1),
            _ => Some(0),
        }
    }

    /// The value in the given type, where there is one of no loss.
    pub(crate) fn value(&self, kind: Type) -> Option<Value<'a>> {
        Some(match kind {
            Type::Integer => Value::Integer(self.integer()?),
            Type::Time => Value::Time(self.integer()?),
            Type::Unsigned => Value::Unsigned(self.unsigned()?),
            Type::Float => Value::Float(self.float()?),
            Type::Boolean => Value::Boolean(self.boolean()?),
            Type::String => Value::String(self.text()?),
            Type::Opaque if self.major == BYTES => Value::Opaque(self.bytes),
            Type::ObjectLink if self.major == TEXT => {
                Value::ObjectLink(object_link::parse(self.bytes)?)
            }
            _ => return None,
        })
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match (self.major, self.argument) {
            (SIMPLE, FALSE) => Some(false),
            (SIMPLE, TRUE) => Some(true),
            _ => None,
        }
    }

    fn text(&self) -> Option<&'a str> {
        match self.major {
            TEXT => str::from_utf8(self.bytes).ok(),
            _ => None,
        }
    }

    fn unsigned(&self) -> Option<u64> {
        match self.major {
            UNSIGNED => Some(self.argument),
            _ => self.integer()?.try_into().ok(),
        }
    }

    /// The integer of the same value, where there is one.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self.major {
            UNSIGNED => self.argument.try_into().ok(),
            NEGATIVE => i64::try_from(self.argument).ok().map(|value| !value),
            _ => exact_integer(self.double()?),
        }
    }

    /// The float of the same value, where there is one.
    pub(crate) fn float(&self) -> Option<f64> {
        Some(f64::from_bits(match self.major {
            UNSIGNED | NEGATIVE => exact_double(self.integer()?)?,
            _ => self.double()?,
        }))
    }

    /// The second that a number of them, whole or not, lies in.
    fn seconds(&self) -> Option<i64> {
        match self.double() {
            Some(bits) => whole_seconds(bits),
            None => self.integer(),
        }
    }

    /// The bits of a float in double precision, which holds them all.
    fn double(&self) -> Option<u64> {
        let bits = self.argument as u32;
        match (self.major, self.info) {
            (SIMPLE, 25) => Some(widen(bits, 10, 5)),
            (SIMPLE, 26) => Some(widen(bits, 23, 8)),
            (SIMPLE, 27) => Some(self.argument),
            _ => None,
        }
    }
}

/// The elements of a container that were not read yet: a number of them, or all up to a break
/// (3.2.2).
pub(crate) struct Elements(Option<u64>);

/// Reads items one after the other.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether a container has another element, that is next.
    pub(crate) fn has_element(&mut self, elements: &mut Elements) -> bool {
        match (&mut elements.0, self.rest) {
            (Some(0), _) => false,
            (Some(left), _) => {
                *left -= 1;
                true
            }
            (None, [BREAK, rest @ ..]) => {
                self.rest = rest;
                false
            }
            (None, _) => true,
        }
    }

    /// The next item, where it is a value.
    pub(crate) fn value(&mut self) -> Option<Item<'a>> {
        let item = self.item()?;
        self.untag(item)
    }

    /// An item, or, where it is a tag, the number that the tagged one stands for.
    pub(crate) fn untag(&mut self, item: Item<'a>) -> Option<Item<'a>> {
        if feature::CborTags::VALUE.is_none() {
            // In SenML a value has no tag.
            return Some(item);
        }
        if item.major != TAG {
            return Some(item);
        }
        let tagged = self.item()?;
        let seconds = match (item.argument, tagged.major) {
            (DECIMAL_FRACTION, ARRAY) => return self.decimal_fraction(tagged.elements()),
            // That it is a time says its resource's type too.
            (EPOCH_TIME, _) => tagged.seconds()?,
            (DATE_TIME, TEXT) => date_time::parse(tagged.bytes)?,
            _ => return None,
        };
        Some(Item::of_integer(seconds))
    }

    /// The number of an array of exponent and mantissa (3.4.4).
    fn decimal_fraction(&mut self, mut elements: Elements) -> Option<Item<'a>> {
        let exponent = self.integer(&mut elements)?.integer()?;
        let mantissa = self.integer(&mut elements)?;
        let is_negative = mantissa.major == NEGATIVE;
        let absolute = mantissa.argument.checked_add(is_negative.into())?;
        let magnitude = magnitude(absolute, exponent.try_into().ok()?)?;
        (!self.has_element(&mut elements)).then(|| Item::of(is_negative, magnitude))
    }

    fn integer(&mut self, elements: &mut Elements) -> Option<Item<'a>> {
        let is_there = self.has_element(elements);
        self.item()
            .filter(|item| is_there && item.major <= NEGATIVE)
    }

    /// Steps over what belongs to an item; `None` where that ends with a break.
    pub(crate) fn pass_over(&mut self, item: &Item<'a>) -> Option<()> {
        if feature::CborTags::VALUE.is_none() {
            // In SenML what is passed over has nothing inside.
            return item.is_scalar().then_some(());
        }
        let mut left = item.count()?;
        while left > 0 {
            let inside = self.item()?.count()?;
            left = (left - 1).checked_add(inside)?;
        }
        Some(())
    }

    /// The next item; `None` where there is none, or a string in pieces.
    pub(crate) fn item(&mut self) -> Option<Item<'a>> {
        let head = *self.bytes(1)?.first()?;
        let (major, info) = (head >> 5, head & 0x1f);
        let mut argument = u64::from(info);
        let is_open = info == INDEFINITE && matches!(major, ARRAY | MAP);
        if info >= 24 && !is_open {
            argument = self
                .bytes(
                    1_usize
                        .checked_shl(u32::from(info) - 24)
                        .filter(|length| *length <= 8)?,
                )?
                .iter()
                .fold(0, |number, byte| (number << 8) | u64::from(*byte));
        }
        let bytes: &[u8] = match major {
            BYTES | TEXT => self.bytes(argument.try_into().ok()?)?,
            _ => &[],
        };
        Some(Item {
            major,
            info,
            argument,
            bytes,
        })
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }
}

/// The head of an item: its major type and its argument in the fewest bytes.
pub(crate) fn head(buffer: &mut Buffer<'_>, major: u8, argument: u64) {
    let info = match argument {
        0..24 => return buffer.byte((major << 5) | argument as u8),
        24..0x100 => 24,
        0x100..0x1_0000 => 25,
        0x1_0000..0x1_0000_0000 => 26,
        _ => 27,
    };
    long_head(buffer, major, info, argument);
}

/// A head whose argument has one byte more, two, four or eight: `info` from 24 to 27 says how many.
#[inline(never)]
fn long_head(buffer: &mut Buffer<'_>, major: u8, info: u8, argument: u64) {
    buffer.byte((major << 5) | info);
    let unused = 8_usize.saturating_sub(1 << (info & 3));
    let argument = argument.to_be_bytes();
    buffer.put(argument.get(unused..).unwrap_or_default());
}

/// Leaves room for the first byte of a head that [`close`] sets.
pub(crate) fn open(buffer: &mut Buffer<'_>) -> usize {
    let start = buffer.len();
    buffer.byte(0);
    start
}

/// Sets the head of what was opened at `start`, of less than 65,536 elements or bytes.
#[inline(never)]
pub(crate) fn close(buffer: &mut Buffer<'_>, start: usize, major: u8, argument: usize) {
    let bytes = (argument as u16).to_be_bytes();
    let (info, more) = match argument {
        0..24 => (argument as u8, &[][..]),
        24..0x100 => (24, bytes.get(1..).unwrap_or_default()),
        _ => (25, &bytes[..]),
    };
    buffer.set(start, (major << 5) | info);
    if !more.is_empty() {
        buffer.insert(start + 1, more);
    }
}

/// Makes what was written behind an opened head a text.
pub(crate) fn close_text(buffer: &mut Buffer<'_>, start: usize) {
    let length = buffer.len().saturating_sub(start + 1);
    close(buffer, start, TEXT, length);
}

/// A value without a tag.
#[inline(never)]
pub(crate) fn put_value(buffer: &mut Buffer<'_>, value: &Value<'_>) {
    let (major, argument, content) = match *value {
        Value::Integer(value) | Value::Time(value) if value < 0 => {
            (NEGATIVE, !value as u64, &[][..])
        }
        Value::Integer(value) | Value::Time(value) => (UNSIGNED, value as u64, &[][..]),
        Value::Unsigned(value) => (UNSIGNED, value, &[][..]),
        Value::Boolean(value) => (SIMPLE, FALSE + u64::from(value), &[][..]),
        Value::String(value) => (TEXT, value.len() as u64, value.as_bytes()),
        Value::Opaque(value) => (BYTES, value.len() as u64, value),
        Value::Float(value) => return put_float(buffer, value),
        Value::ObjectLink(link) => {
            let start = open(buffer);
            object_link::put(buffer, link);
            return close_text(buffer, start);
        }
    };
    head(buffer, major, argument);
    buffer.put(content);
}

/// A value of which a time has the tag of those that count from 1970 (3.4.2).
pub(crate) fn put_tagged_value(buffer: &mut Buffer<'_>, value: &Value<'_>) {
    if let Value::Time(_) = value {
        head(buffer, TAG, EPOCH_TIME);
    }
    put_value(buffer, value);
}

/// Milliseconds as seconds: an integer where they are whole ones, else the nearest double.
pub(crate) fn put_seconds(buffer: &mut Buffer<'_>, milliseconds: i64) {
    let Some(seconds) = magnitude(milliseconds.unsigned_abs(), -3) else {
        return;
    };
    let item = Item::of(milliseconds < 0, seconds);
    if item.major == SIMPLE {
        long_head(buffer, SIMPLE, DOUBLE, item.argument);
    } else {
        head(buffer, item.major, item.argument);
    }
}

/// In the shortest form that loses nothing (RFC 8949, 4.2.1), but for numbers too small to be normal ones
/// in it.
fn put_float(buffer: &mut Buffer<'_>, value: f64) {
    let bits = value.to_bits();
    let (info, bits) = match narrow(bits) {
        Some(single) => match halve(single) {
            Some(half) => (HALF, half.into()),
            None => (SINGLE, single.into()),
        },
        None => (DOUBLE, bits),
    };
    long_head(buffer, SIMPLE, info, bits);
}

// Major types (RFC 8949, 3.1).
pub(crate) const UNSIGNED: u8 = 0;
pub(crate) const NEGATIVE: u8 = 1;
pub(crate) const BYTES: u8 = 2;
pub(crate) const TEXT: u8 = 3;
pub(crate) const ARRAY: u8 = 4;
pub(crate) const MAP: u8 = 5;
const TAG: u8 = 6;
pub(crate) const SIMPLE: u8 = 7;

/// The additional information of what ends with a break (3.2.1).
const INDEFINITE: u8 = 31;
const BREAK: u8 = 0xff;
/// The additional information of a number in half, single and double precision (3.3).
const HALF: u8 = 25;
const SINGLE: u8 = 26;
const DOUBLE: u8 = 27;
// Simple values (3.3).
const FALSE: u64 = 20;
const TRUE: u64 = 21;
/// The tag of times as text (3.4.1).
const DATE_TIME: u64 = 0;
/// The tag of times that count from 1970 (3.4.2).
const EPOCH_TIME: u64 = 1;
/// The tag of numbers to base ten (3.4.4).
const DECIMAL_FRACTION: u64 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<f64> {
        Reader::new(bytes).item()?.float()
    }

    /// RFC 8949, Appendix A.
    #[test]
    fn floats_of_the_rfc() {
        for (bytes, value) in [
            (&[0xf9, 0x00, 0x00][..], 0.0),
            (&[0xf9, 0x80, 0x00], -0.0),
            (&[0xf9, 0x3c, 0x00], 1.0),
            (&[0xf9, 0x3e, 0x00], 1.5),
            (&[0xf9, 0x7b, 0xff], 65504.0),
            (&[0xfa, 0x47, 0xc3, 0x50, 0x00], 100_000.0),
            (&[0xfa, 0x7f, 0x7f, 0xff, 0xff], 3.402_823_466_385_288_6e38),
            (&[0xf9, 0x00, 0x01], 5.960_464_477_539_063e-8),
            (&[0xf9, 0x04, 0x00], 0.000_061_035_156_25),
            (&[0xf9, 0xc4, 0x00], -4.0),
            (&[0xf9, 0x7c, 0x00], f64::INFINITY),
            (&[0xfa, 0xff, 0x80, 0x00, 0x00], f64::NEG_INFINITY),
            (&[0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a], 1.1),
            (
                &[0xfb, 0x7e, 0x37, 0xe4, 0x3c, 0x88, 0x00, 0x75, 0x9c],
                1e300,
            ),
        ] {
            assert_eq!(
                read(bytes).map(f64::to_bits),
                Some(value.to_bits()),
                "{bytes:x?}"
            );
        }
        assert!(read(&[0xf9, 0x7e, 0x00]).is_some_and(f64::is_nan));
    }

    /// RFC 8949, 4.2.1.
    #[test]
    fn floats_have_the_shortest_form_that_is_exact() {
        let tiny = f64::from(f32::MIN_POSITIVE);
        for (length, values) in [
            (3, &[0.0, -0.0, 22.5, -4.0, 65504.0, 6.103_515_625e-5][..]),
            (
                5,
                &[
                    65536.0,
                    3e-5_f32.into(),
                    f64::from(f32::MAX),
                    tiny,
                    22.51_f32.into(),
                    2049.0,
                ],
            ),
            (9, &[0.1, 1e300, 1e-40, f64::MAX, tiny / 2.0]),
        ] {
            for value in values {
                let mut bytes = [0; 9];
                let mut buffer = Buffer::new(&mut bytes);
                put_float(&mut buffer, *value);
                assert_eq!(buffer.len(), length, "{value}");
                assert_eq!(read(&bytes).map(f64::to_bits), Some(value.to_bits()));
            }
        }
    }
}
