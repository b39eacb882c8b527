//! Content formats (LwM2M Core 1.1, 7.4): one file each, behind one interface to write and one to
//! read.

pub(crate) mod link;
#[cfg(feature = "text")]
pub(crate) mod decimal;
#[cfg(feature = "senml-cbor")]
mod cbor;
#[cfg(feature = "senml-cbor")]
mod senml_cbor;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "tlv")]
pub(crate) mod tlv;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::model::path::Path;
use crate::model::value::{ObjectLink, Type, Value};

#[cfg(not(any(feature = "senml-cbor", feature = "tlv")))]
compile_error!("a device needs a format for several values: enable `senml-cbor` or `tlv`");

/// text/plain
#[cfg(feature = "text")]
pub(crate) const TEXT: u16 = 0;
/// application/link-format
pub(crate) const LINK: u16 = 40;
/// application/senml+cbor
#[cfg(feature = "senml-cbor")]
pub(crate) const SENML_CBOR: u16 = 112;
/// application/vnd.oma.lwm2m+tlv
#[cfg(feature = "tlv")]
pub(crate) const TLV: u16 = 11542;

/// The format of answers to servers that accept any.
#[cfg(feature = "senml-cbor")]
pub(crate) const PREFERRED: u16 = SENML_CBOR;
#[cfg(not(feature = "senml-cbor"))]
pub(crate) const PREFERRED: u16 = TLV;

/// Takes values one after the other, in the order of their paths.
pub(crate) trait Encoder {
    fn value(&mut self, path: Path, value: &Value<'_>);
}

/// Writes what `fill` gives, all of it at or below `base`.
pub(crate) fn encode(
    format: u16,
    base: Path,
    buffer: &mut Buffer<'_>,
    fill: &mut dyn FnMut(&mut dyn Encoder) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match format {
        #[cfg(feature = "senml-cbor")]
        SENML_CBOR => {
            let mut writer = senml_cbor::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        #[cfg(feature = "tlv")]
        TLV => {
            let mut writer = tlv::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        // One value only: what is above a resource, or a multiple one, has no text.
        #[cfg(feature = "text")]
        TEXT if base.depth() >= 3 => {
            let mut writer = text::Writer::new(buffer);
            fill(&mut writer)?;
            writer.finish()?;
        }
        _ => return Err(Refusal::NotAcceptable),
    }
    Ok(())
}

/// Reads a body written to `base` and hands each value on, in the body's order.
pub(crate) fn decode(
    format: Option<u16>,
    base: Path,
    body: &[u8],
    visit: &mut dyn FnMut(Path, Content<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match format {
        #[cfg(feature = "senml-cbor")]
        Some(SENML_CBOR) => senml_cbor::read(base, body, visit),
        #[cfg(feature = "tlv")]
        Some(TLV) => tlv::read(base, body, visit),
        // Without a Content-Format a value is text (LwM2M Core 1.1, 7.4).
        #[cfg(feature = "text")]
        Some(TEXT) | None if base.depth() >= 3 => visit(base, Content::Text(body)),
        #[cfg(feature = "text")]
        Some(TEXT) => Err(Refusal::BadRequest),
        _ => Err(Refusal::UnsupportedContentFormat),
    }
}

/// A value as a format carries it, not yet of its resource's type.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    /// Text that the type gives a meaning.
    #[cfg(feature = "text")]
    Text(&'a [u8]),
    /// Bytes that the type gives a meaning.
    #[cfg(feature = "tlv")]
    Tlv(&'a [u8]),
    #[cfg(feature = "senml-cbor")]
    Integer(i64),
    /// A number over `i64::MAX`.
    #[cfg(feature = "senml-cbor")]
    Unsigned(u64),
    #[cfg(feature = "senml-cbor")]
    Float(f64),
    #[cfg(feature = "senml-cbor")]
    Boolean(bool),
    #[cfg(feature = "senml-cbor")]
    String(&'a str),
    #[cfg(feature = "senml-cbor")]
    Opaque(&'a [u8]),
    #[cfg(feature = "senml-cbor")]
    ObjectLink(&'a str),
}

impl<'a> Content<'a> {
    /// The value in the resource's type; refused where it has none there without loss.
    pub(crate) fn into_value(self, kind: Type) -> Result<Value<'a>, Refusal> {
        match self {
            #[cfg(feature = "text")]
            Self::Text(text) => text::value(kind, text),
            #[cfg(feature = "tlv")]
            Self::Tlv(bytes) => tlv::value(kind, bytes),
            #[cfg(feature = "senml-cbor")]
            typed => typed.convert(kind),
        }
        .ok_or(Refusal::BadRequest)
    }

    #[cfg(feature = "senml-cbor")]
    fn convert(self, kind: Type) -> Option<Value<'a>> {
        Some(match (kind, self) {
            (Type::Float, Self::Float(value)) => Value::Float(value),
            (Type::Float, Self::Integer(value)) => Value::Float(exact_float(value)?),
            (Type::Integer, _) => Value::Integer(self.integer()?),
            (Type::Time, _) => Value::Time(self.integer()?),
            (Type::Unsigned, Self::Unsigned(value)) => Value::Unsigned(value),
            (Type::Unsigned, _) => Value::Unsigned(self.integer()?.try_into().ok()?),
            (Type::Boolean, Self::Boolean(value)) => Value::Boolean(value),
            (Type::String, Self::String(value)) => Value::String(value),
            (Type::Opaque, Self::Opaque(value)) => Value::Opaque(value),
            (Type::ObjectLink, Self::ObjectLink(value)) => {
                Value::ObjectLink(object_link(value.as_bytes())?)
            }
            _ => return None,
        })
    }

    #[cfg(feature = "senml-cbor")]
    fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(value),
            Self::Float(value) => exact_integer(value),
            _ => None,
        }
    }
}

/// The float of the same value, where there is one: up to 2^53. (Bits, because the compiler's
/// conversions are large on cores without a double-precision unit.)
#[cfg(feature = "senml-cbor")]
fn exact_float(value: i64) -> Option<f64> {
    let magnitude = value.unsigned_abs();
    if magnitude == 0 {
        return Some(0.0);
    }
    let top = 63 - magnitude.leading_zeros();
    if top > 53 || (top == 53 && magnitude & 1 != 0) {
        return None;
    }
    // One bit more than the mantissa holds, so that 2^53 itself shifts in; then down again.
    let mantissa = ((magnitude << (53 - top)) >> 1) & ((1 << 52) - 1);
    let exponent = u64::from(1023 + top) << 52;
    let sign = u64::from(value < 0) << 63;
    Some(f64::from_bits(sign | exponent | mantissa))
}

/// The integer of the same value, where there is one: up to 2^53.
#[cfg(feature = "senml-cbor")]
fn exact_integer(value: f64) -> Option<i64> {
    let bits = value.to_bits();
    if bits << 1 == 0 {
        return Some(0);
    }
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    let shift = 52 - exponent.checked_sub(1023).filter(|top| *top <= 52)?;
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let magnitude = (mantissa >> shift) as i64;
    ((magnitude as u64) << shift == mantissa).then_some(if bits >> 63 == 0 {
        magnitude
    } else {
        -magnitude
    })
}

/// An object link's text, `object:instance`.
#[cfg(any(feature = "senml-cbor", feature = "text"))]
fn object_link(text: &[u8]) -> Option<ObjectLink> {
    let colon = text.iter().position(|byte| *byte == b':')?;
    let id = |digits: &[u8]| match digits {
        [] => None,
        _ => digits.iter().try_fold(0_u16, |id, byte| {
            let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
            id.checked_mul(10)?.checked_add(digit.into())
        }),
    };
    Some(ObjectLink {
        object: id(text.get(..colon)?)?,
        instance: id(text.get(colon + 1..)?)?,
    })
}

#[cfg(any(feature = "senml-cbor", feature = "text"))]
fn put_object_link(buffer: &mut Buffer<'_>, link: ObjectLink) {
    buffer.number(link.object.into());
    buffer.byte(b':');
    buffer.number(link.instance.into());
}

#[cfg(all(test, feature = "senml-cbor", feature = "tlv", feature = "text"))]
mod vectors;

#[cfg(all(test, feature = "senml-cbor"))]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_convert_without_loss_or_not_at_all() {
        for value in [0, 1, -1, 2, 3, 22, 1 << 40, (1 << 53) - 1, 1 << 53, -(1 << 53)] {
            assert_eq!(exact_float(value), Some(value as f64), "{value}");
        }
        for value in [0, 1, -1, 3, 22, -65_536, (1 << 53) - 1] {
            assert_eq!(exact_integer(value as f64), Some(value), "{value}");
        }
        assert_eq!(exact_float((1 << 53) + 1), None);
        assert_eq!(exact_float(i64::MIN), None);
        for value in [0.5, -22.25, f64::NAN, f64::INFINITY, 1e300, 5e-324] {
            assert_eq!(exact_integer(value), None, "{value}");
        }
    }

    #[test]
    fn object_links_are_two_ids() {
        let link = ObjectLink { object: 10, instance: 65535 };
        assert_eq!(object_link(b"10:65535"), Some(link));
        for wrong in ["", ":", "1:", ":1", "1:2:3", "1:65536", "a:1"] {
            assert_eq!(object_link(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
