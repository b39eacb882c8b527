//! Content formats (LwM2M Core 1.1, 7.4): one file each, behind one interface to write and one to
//! read.

#[cfg(feature = "senml-cbor")]
mod cbor;
#[cfg(any(feature = "text", feature = "attributes"))]
// Attributes are floats only.
#[cfg_attr(not(feature = "text"), allow(dead_code))]
pub(crate) mod decimal;
pub(crate) mod link;
#[cfg(any(feature = "senml-cbor", feature = "text"))]
mod object_link;
#[cfg(feature = "send")]
mod senml;
#[cfg(feature = "senml-cbor")]
mod senml_cbor;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "tlv")]
pub(crate) mod tlv;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::model::path::Path;
use crate::model::value::{Type, Value};

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

/// Whether a format can hold values of any places.
#[cfg(feature = "composite")]
pub(crate) fn is_pack(format: u16) -> bool {
    match format {
        #[cfg(feature = "senml-cbor")]
        SENML_CBOR => true,
        _ => false,
    }
}

/// Takes values one after the other, in the order of their paths.
pub(crate) trait Encoder {
    fn value(&mut self, path: Path, value: &Value<'_>);

    /// The time of the values that follow, in milliseconds since 1970-01-01T00:00Z; 0 is the time
    /// of the message, which all have until then. A format without times leaves it out.
    #[cfg(feature = "send")]
    #[allow(dead_code, reason = "Send's backlog is what calls it")]
    fn time(&mut self, _milliseconds: i64) {}
}

/// Takes what a body says of a place, in the body's order: its value, or nothing where the body
/// only names it.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(Path, Option<RawValue<'_>>) -> Result<(), Refusal>;

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

/// Reads a body written to `base`. What it names only are object instances without resources,
/// and the places that a Read-Composite asks for.
pub(crate) fn decode(
    format: Option<u16>,
    base: Path,
    body: &[u8],
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    match format {
        #[cfg(feature = "senml-cbor")]
        Some(SENML_CBOR) => senml_cbor::read(base, body, visit),
        #[cfg(feature = "tlv")]
        Some(TLV) => tlv::read(base, body, visit),
        // Without a Content-Format a value is text (LwM2M Core 1.1, 7.4).
        #[cfg(feature = "text")]
        Some(TEXT) | None if base.depth() >= 3 => visit(base, Some(RawValue::Text(body))),
        #[cfg(feature = "text")]
        Some(TEXT) => Err(Refusal::BadRequest),
        _ => Err(Refusal::UnsupportedContentFormat),
    }
}

/// A value as a format carries it, not yet of its resource's type.
#[derive(Clone, Copy)]
pub(crate) enum RawValue<'a> {
    /// Text that the type gives a meaning.
    #[cfg(feature = "text")]
    Text(&'a [u8]),
    /// Bytes that the type gives a meaning.
    #[cfg(feature = "tlv")]
    Tlv(&'a [u8]),
    #[cfg(feature = "senml-cbor")]
    Cbor(&'a cbor::Item<'a>),
}

impl<'a> RawValue<'a> {
    /// The value in the resource's type; refused where it has none there without loss.
    pub(crate) fn into_value(self, kind: Type) -> Result<Value<'a>, Refusal> {
        match self {
            #[cfg(feature = "text")]
            Self::Text(text) => text::value(kind, text),
            #[cfg(feature = "tlv")]
            Self::Tlv(bytes) => tlv::value(kind, bytes),
            #[cfg(feature = "senml-cbor")]
            Self::Cbor(item) => senml_cbor::value(kind, item),
        }
        .ok_or(Refusal::BadRequest)
    }
}

#[cfg(all(test, feature = "senml-cbor", feature = "tlv", feature = "text"))]
mod vectors;
