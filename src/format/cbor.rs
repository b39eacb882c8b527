//! CBOR (RFC 8949): the items that SenML and single values need, definite lengths only.

use core::str;

use crate::buffer::Buffer;

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
    pub(crate) fn is_number(&self) -> bool {
        self.major <= NEGATIVE || (self.major == SIMPLE && self.info > 24)
    }

    /// Whether nothing follows that belongs to the item.
    pub(crate) fn is_scalar(&self) -> bool {
        self.major < ARRAY || self.major == SIMPLE
    }

    pub(crate) fn boolean(&self) -> Option<bool> {
        match (self.major, self.argument) {
            (SIMPLE, 20) => Some(false),
            (SIMPLE, 21) => Some(true),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&'a str> {
        match self.major {
            TEXT => str::from_utf8(self.bytes).ok(),
            _ => None,
        }
    }

    pub(crate) fn unsigned(&self) -> Option<u64> {
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

    /// The bits of a float in double precision, which holds them all.
    fn double(&self) -> Option<u64> {
        let bits = self.argument;
        match (self.major, self.info) {
            (SIMPLE, 25) => Some(widen(bits, 10, 5)),
            (SIMPLE, 26) => Some(widen(bits, 23, 8)),
            (SIMPLE, 27) => Some(bits),
            _ => None,
        }
    }
}

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

    /// The next item; `None` where there is none, or one of indefinite length, which no server
    /// needs for what it writes.
    pub(crate) fn item(&mut self) -> Option<Item<'a>> {
        let head = *self.bytes(1)?.first()?;
        let (major, info) = (head >> 5, head & 0x1f);
        let mut argument = u64::from(info);
        if info >= 24 {
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

/// The bits of a binary16 or binary32 number in double precision.
fn widen(bits: u64, mantissa_bits: u32, exponent_bits: u32) -> u64 {
    let sign = (bits >> (mantissa_bits + exponent_bits)) << 63;
    let largest = (1 << exponent_bits) - 1;
    let bias = largest >> 1;
    let exponent = (bits >> mantissa_bits) & largest;
    let mantissa = (bits & ((1 << mantissa_bits) - 1)) << (52 - mantissa_bits);
    sign | if exponent == largest {
        (0x7ff << 52) | mantissa
    } else if exponent != 0 {
        ((exponent + 1023 - bias) << 52) | mantissa
    } else if mantissa == 0 {
        0
    } else {
        // A subnormal number becomes a normal one.
        let shift = mantissa.leading_zeros() - 11;
        let exponent = 1024 - bias - u64::from(shift);
        (exponent << 52) | ((mantissa << shift) & MANTISSA)
    }
}

/// The bits of the double of the same value, where there is one: up to 2^53. (The compiler's
/// conversions are large on cores without a double-precision unit.)
fn exact_double(value: i64) -> Option<u64> {
    let magnitude = value.unsigned_abs();
    if magnitude == 0 {
        return Some(0);
    }
    let top = 63 - magnitude.leading_zeros();
    if top > 53 || (top == 53 && magnitude & 1 != 0) {
        return None;
    }
    // One bit more than the mantissa holds, so that 2^53 itself shifts in; then down again.
    let mantissa = ((magnitude << (53 - top)) >> 1) & MANTISSA;
    Some((u64::from(value < 0) << 63) | (u64::from(1023 + top) << 52) | mantissa)
}

/// The integer of the same value as a double, where there is one: up to 2^53.
fn exact_integer(bits: u64) -> Option<i64> {
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    let mantissa = bits & MANTISSA;
    if exponent == 0 && mantissa == 0 {
        return Some(0);
    }
    let shift = 52 - exponent.checked_sub(1023).filter(|top| *top <= 52)?;
    let mantissa = mantissa | (1 << 52);
    let magnitude = (mantissa >> shift) as i64;
    ((magnitude as u64) << shift == mantissa).then_some(if bits >> 63 == 0 {
        magnitude
    } else {
        -magnitude
    })
}

/// The head of an item: its major type and its argument in the fewest bytes.
pub(crate) fn head(buffer: &mut Buffer<'_>, major: u8, argument: u64) {
    let bytes = argument.to_be_bytes();
    let (info, count) = match argument {
        0..24 => return buffer.byte((major << 5) | argument as u8),
        24..0x100 => (24, 1),
        0x100..0x1_0000 => (25, 2),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 8),
    };
    buffer.byte((major << 5) | info);
    buffer.put(bytes.get(8 - count..).unwrap_or_default());
}

/// An integer from -24 to 23, such as a label.
pub(crate) fn small(buffer: &mut Buffer<'_>, value: i64) {
    buffer.byte(if value < 0 {
        0x20 | !value as u8
    } else {
        value as u8
    });
}

/// Of either sign.
#[cfg(feature = "send")]
pub(crate) fn integer(buffer: &mut Buffer<'_>, value: i64) {
    if value < 0 {
        head(buffer, NEGATIVE, !value as u64);
    } else {
        head(buffer, UNSIGNED, value as u64);
    }
}

/// Milliseconds as seconds: an integer where they are whole ones, else the nearest double.
#[cfg(feature = "send")]
pub(crate) fn seconds(buffer: &mut Buffer<'_>, milliseconds: i64) {
    if milliseconds % 1000 == 0 {
        integer(buffer, milliseconds / 1000);
    } else {
        buffer.byte(0xfb);
        buffer.put(&thousandths(milliseconds).to_be_bytes());
    }
}

/// The bits of the double that is nearest to a thousandth of `value`, which is not 0; ties to even.
#[cfg(feature = "send")]
fn thousandths(value: i64) -> u64 {
    let magnitude = value.unsigned_abs();
    let shift = magnitude.leading_zeros();
    let scaled = magnitude.checked_shl(shift).unwrap_or_default();
    // The quotient has 54 or 55 bits, one or two more than a double.
    let (quotient, rest) = (scaled / 1000, scaled % 1000);
    let surplus = 11_u32.saturating_sub(quotient.leading_zeros());
    let half = (1 << surplus) >> 1;
    let below = quotient & ((1 << surplus) - 1);
    let mantissa = quotient >> surplus;
    let up = 2 * below + u64::from(rest != 0) + (mantissa & 1) > 2 * half;
    let exponent = u64::from(1023 + 52 + surplus - shift);
    // Where rounding up fills the mantissa, its carry counts the exponent up, as it must.
    (u64::from(value < 0) << 63) | ((exponent << 52) + (mantissa & MANTISSA) + u64::from(up))
}

/// In single precision where that loses nothing.
pub(crate) fn float(buffer: &mut Buffer<'_>, value: f64) {
    let bits = value.to_bits();
    match narrow(bits) {
        Some(bits) => {
            buffer.byte(0xfa);
            buffer.put(&bits.to_be_bytes());
        }
        None => {
            buffer.byte(0xfb);
            buffer.put(&bits.to_be_bytes());
        }
    }
}

/// The binary32 number of the same value, where that is a normal one or zero.
fn narrow(bits: u64) -> Option<u32> {
    let sign = ((bits >> 32) as u32) & 0x8000_0000;
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    if exponent == 0 && bits & MANTISSA == 0 {
        return Some(sign);
    }
    let exact = bits & ((1 << 29) - 1) == 0;
    (exact && (897..=1150).contains(&exponent))
        .then(|| sign | ((exponent - 896) << 23) | (((bits >> 29) as u32) & 0x007f_ffff))
}

const MANTISSA: u64 = (1 << 52) - 1;

// Major types (RFC 8949, 3.1).
pub(crate) const UNSIGNED: u8 = 0;
pub(crate) const NEGATIVE: u8 = 1;
pub(crate) const BYTES: u8 = 2;
pub(crate) const TEXT: u8 = 3;
pub(crate) const ARRAY: u8 = 4;
pub(crate) const MAP: u8 = 5;
pub(crate) const SIMPLE: u8 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_convert_without_loss_or_not_at_all() {
        for value in [
            0,
            1,
            -1,
            2,
            3,
            22,
            1 << 40,
            (1 << 53) - 1,
            1 << 53,
            -(1 << 53),
        ] {
            assert_eq!(
                exact_double(value),
                Some((value as f64).to_bits()),
                "{value}"
            );
        }
        for value in [0, 1, -1, 3, 22, -65_536, (1 << 53) - 1] {
            assert_eq!(
                exact_integer((value as f64).to_bits()),
                Some(value),
                "{value}"
            );
        }
        assert_eq!(exact_double((1 << 53) + 1), None);
        assert_eq!(exact_double(i64::MIN), None);
        for value in [0.5, -22.25, f64::NAN, f64::INFINITY, 1e300, 5e-324] {
            assert_eq!(exact_integer(value.to_bits()), None, "{value}");
        }
    }

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

    #[cfg(feature = "send")]
    #[test]
    fn milliseconds_are_the_nearest_seconds() {
        for milliseconds in [
            1,
            -1,
            999,
            1_001,
            -1_500,
            1_276_020_091_305,
            1_763_882_530_123,
            9_007_199_254_740_991,
            -9_007_199_254_740_991,
        ] {
            let mut bytes = [0; 9];
            let mut buffer = Buffer::new(&mut bytes);
            seconds(&mut buffer, milliseconds);
            assert_eq!(read(&bytes), Some(milliseconds as f64 / 1000.0));
        }
        // 2^53 + 1 and other odd ones have no double of their own.
        for milliseconds in [
            i64::MAX,
            i64::MIN + 1,
            (1 << 53) + 1,
            4_611_686_018_427_387_905,
        ] {
            let exact = i128::from(milliseconds) * (1 << 40);
            let bits = thousandths(milliseconds);
            let error =
                |bits: u64| (f64::from_bits(bits) * (1_u64 << 40) as f64) as i128 * 1000 - exact;
            let own = error(bits).abs();
            assert!(own <= error(bits - 1).abs() && own <= error(bits + 1).abs());
        }
        let mut bytes = [0; 9];
        let mut buffer = Buffer::new(&mut bytes);
        seconds(&mut buffer, -2_000);
        assert_eq!(buffer.written_since(0), [0x21]);
    }

    #[test]
    fn single_precision_is_used_where_it_is_exact() {
        for value in [
            0.0,
            -0.0,
            22.5,
            f64::from(f32::MAX),
            f64::from(-1e-3_f32),
            1.0,
        ] {
            let mut bytes = [0; 9];
            let mut buffer = Buffer::new(&mut bytes);
            float(&mut buffer, value);
            assert_eq!(buffer.len(), 5, "{value}");
            assert_eq!(read(&bytes).map(f64::to_bits), Some(f64::to_bits(value)));
        }
        for value in [0.1, 1e300, 1e-40, f64::MAX] {
            let mut bytes = [0; 9];
            let mut buffer = Buffer::new(&mut bytes);
            float(&mut buffer, value);
            assert_eq!(buffer.len(), 9, "{value}");
            assert_eq!(read(&bytes), Some(value));
        }
    }
}
