//! CBOR (RFC 8949): the items that SenML and single values need, definite lengths only.

use core::str;

use crate::buffer::Buffer;

/// A data item; arrays and maps give their number of elements or pairs.
#[derive(Clone, Copy)]
pub(crate) enum Item<'a> {
    Integer(i64),
    /// A number over `i64::MAX`.
    Unsigned(u64),
    Float(f64),
    Boolean(bool),
    String(&'a str),
    Bytes(&'a [u8]),
    Array(u64),
    Map(u64),
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

    /// The next item; `None` where the bytes are none, or one that no LwM2M value is made of.
    pub(crate) fn item(&mut self) -> Option<Item<'a>> {
        let [head] = self.take()?;
        let info = head & 0x1f;
        let argument = match info {
            24 => u64::from(u8::from_be_bytes(self.take()?)),
            25 => u64::from(u16::from_be_bytes(self.take()?)),
            26 => u64::from(u32::from_be_bytes(self.take()?)),
            27 => u64::from_be_bytes(self.take()?),
            28.. => return None,
            _ => u64::from(info),
        };
        Some(match head >> 5 {
            0 => match i64::try_from(argument) {
                Ok(value) => Item::Integer(value),
                Err(_) => Item::Unsigned(argument),
            },
            1 => Item::Integer(!i64::try_from(argument).ok()?),
            2 => Item::Bytes(self.bytes(argument)?),
            3 => Item::String(str::from_utf8(self.bytes(argument)?).ok()?),
            4 => Item::Array(argument),
            5 => Item::Map(argument),
            7 => match info {
                20 => Item::Boolean(false),
                21 => Item::Boolean(true),
                25 => Item::Float(widen(argument, 10, 5)),
                26 => Item::Float(widen(argument, 23, 8)),
                27 => Item::Float(f64::from_bits(argument)),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*head)
    }

    fn bytes(&mut self, length: u64) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length.try_into().ok()?)?;
        self.rest = rest;
        Some(bytes)
    }
}

/// A binary16 or binary32 number in double precision: exact, and by its bits.
fn widen(bits: u64, mantissa_bits: u32, exponent_bits: u32) -> f64 {
    let sign = (bits >> (mantissa_bits + exponent_bits)) << 63;
    let largest = (1 << exponent_bits) - 1;
    let bias = largest >> 1;
    let exponent = (bits >> mantissa_bits) & largest;
    let mantissa = (bits & ((1 << mantissa_bits) - 1)) << (52 - mantissa_bits);
    let magnitude = if exponent == largest {
        (0x7ff << 52) | mantissa
    } else if exponent != 0 {
        ((exponent + 1023 - bias) << 52) | mantissa
    } else if mantissa == 0 {
        0
    } else {
        // A subnormal number becomes a normal one.
        let shift = mantissa.leading_zeros() - 11;
        let exponent = 1024 - bias - u64::from(shift);
        (exponent << 52) | ((mantissa << shift) & ((1 << 52) - 1))
    };
    f64::from_bits(sign | magnitude)
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

pub(crate) fn integer(buffer: &mut Buffer<'_>, value: i64) {
    match u64::try_from(value) {
        Ok(value) => head(buffer, 0, value),
        Err(_) => head(buffer, 1, !value as u64),
    }
}

pub(crate) fn string(buffer: &mut Buffer<'_>, text: &str) {
    head(buffer, 3, text.len() as u64);
    buffer.put(text.as_bytes());
}

pub(crate) fn bytes(buffer: &mut Buffer<'_>, bytes: &[u8]) {
    head(buffer, 2, bytes.len() as u64);
    buffer.put(bytes);
}

pub(crate) fn boolean(buffer: &mut Buffer<'_>, value: bool) {
    buffer.byte(0xf4 | u8::from(value));
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
    if bits << 1 == 0 {
        return Some(sign);
    }
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    let exact = bits & ((1 << 29) - 1) == 0;
    (exact && (897..=1150).contains(&exponent))
        .then(|| sign | ((exponent - 896) << 23) | (((bits >> 29) as u32) & 0x007f_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<f64> {
        match Reader::new(bytes).item()? {
            Item::Float(value) => Some(value),
            _ => None,
        }
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
            (&[0xfb, 0x7e, 0x37, 0xe4, 0x3c, 0x88, 0x00, 0x75, 0x9c], 1e300),
        ] {
            assert_eq!(read(bytes).map(f64::to_bits), Some(value.to_bits()), "{bytes:x?}");
        }
        assert!(read(&[0xf9, 0x7e, 0x00]).is_some_and(f64::is_nan));
    }

    #[test]
    fn single_precision_is_used_where_it_is_exact() {
        for value in [0.0, -0.0, 22.5, -1e-3_f32.into(), f64::from(f32::MAX), 1.0] {
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
