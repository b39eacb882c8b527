//! Content formats (LwM2M Core 1.1, 7.4): one file each, behind one interface to write and one to
//! read.

#[cfg(any(feature = "senml-json", feature = "text"))]
mod base64;
#[cfg(feature = "cbor")]
mod cbor;
#[cfg(any(feature = "cbor", feature = "lwm2m-cbor", feature = "senml-cbor"))]
mod cbor_item;
#[cfg(any(feature = "cbor", feature = "lwm2m-cbor"))]
mod date_time;
#[cfg(any(feature = "cbor", feature = "lwm2m-cbor", feature = "send"))]
mod decimal_fraction;
#[cfg(feature = "senml-json")]
mod json;
pub(crate) mod link;
#[cfg(feature = "lwm2m-cbor")]
mod lwm2m_cbor;
#[cfg(any(
    feature = "cbor",
    feature = "lwm2m-cbor",
    feature = "senml-cbor",
    feature = "senml-json",
    feature = "text"
))]
mod object_link;
#[cfg(feature = "opaque")]
mod opaque;
#[cfg(any(feature = "senml-cbor", feature = "senml-json"))]
mod senml;
#[cfg(feature = "senml-cbor")]
mod senml_cbor;
#[cfg(feature = "senml-json")]
mod senml_json;
#[cfg(any(feature = "cbor", feature = "opaque", feature = "text"))]
mod single;
#[cfg(feature = "text")]
mod text;
#[cfg(feature = "tlv")]
pub(crate) mod tlv;

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::model::path::Path;
use crate::model::value::{Type, Value};

#[cfg(not(any(
    feature = "lwm2m-cbor",
    feature = "senml-cbor",
    feature = "senml-json",
    feature = "tlv"
)))]
compile_error!(
    "a device needs a format for several values: enable `senml-cbor`, `tlv`, `senml-json` or `lwm2m-cbor`"
);

/// text/plain
#[cfg(feature = "text")]
pub(crate) const TEXT: u16 = 0;
/// application/link-format
pub(crate) const LINK: u16 = 40;
/// application/octet-stream
#[cfg(feature = "opaque")]
pub(crate) const OPAQUE: u16 = 42;
/// application/cbor
#[cfg(feature = "cbor")]
pub(crate) const CBOR: u16 = 60;
/// application/senml+json
#[cfg(feature = "senml-json")]
pub(crate) const SENML_JSON: u16 = 110;
/// application/senml+cbor
#[cfg(feature = "senml-cbor")]
pub(crate) const SENML_CBOR: u16 = 112;
/// application/senml-etch+json (RFC 8790)
#[cfg(all(feature = "composite", feature = "senml-json"))]
pub(crate) const SENML_ETCH_JSON: u16 = 320;
/// application/senml-etch+cbor (RFC 8790)
#[cfg(all(feature = "composite", feature = "senml-cbor"))]
pub(crate) const SENML_ETCH_CBOR: u16 = 322;
/// application/vnd.oma.lwm2m+tlv
#[cfg(feature = "tlv")]
pub(crate) const TLV: u16 = 11542;
/// application/vnd.oma.lwm2m+cbor
#[cfg(feature = "lwm2m-cbor")]
pub(crate) const LWM2M_CBOR: u16 = 11544;

// The numbers that servers used before LwM2M 1.0 had its own.
#[cfg(feature = "text")]
const OLD_TEXT: u16 = 1541;
#[cfg(feature = "tlv")]
const OLD_TLV: u16 = 1542;
#[cfg(feature = "opaque")]
const OLD_OPAQUE: u16 = 1544;

/// The format of answers to servers that accept any.
#[cfg(feature = "senml-cbor")]
pub(crate) const PREFERRED: u16 = SENML_CBOR;
#[cfg(all(feature = "tlv", not(feature = "senml-cbor")))]
pub(crate) const PREFERRED: u16 = TLV;
#[cfg(all(
    feature = "senml-json",
    not(any(feature = "senml-cbor", feature = "tlv"))
))]
pub(crate) const PREFERRED: u16 = SENML_JSON;
#[cfg(not(any(feature = "senml-cbor", feature = "senml-json", feature = "tlv")))]
pub(crate) const PREFERRED: u16 = LWM2M_CBOR;

/// Whether a body in a format is nothing but the bytes of a value of this type.
#[cfg(feature = "block")]
pub(crate) fn is_bare(format: Option<u16>, kind: Type) -> bool {
    match format {
        #[cfg(feature = "opaque")]
        Some(OPAQUE | OLD_OPAQUE) => kind == Type::Opaque,
        #[cfg(feature = "text")]
        Some(TEXT | OLD_TEXT) | None => kind == Type::String,
        _ => {
            let _ = kind;
            false
        }
    }
}

/// Whether a format can hold values of any places.
#[cfg(feature = "composite")]
pub(crate) fn is_pack(format: u16) -> bool {
    match format {
        #[cfg(feature = "senml-cbor")]
        SENML_CBOR => true,
        #[cfg(feature = "senml-json")]
        SENML_JSON => true,
        #[cfg(feature = "lwm2m-cbor")]
        LWM2M_CBOR => true,
        _ => false,
    }
}

/// The format that answers a request in this one: SenML-ETCH is for requests alone.
#[cfg(feature = "composite")]
pub(crate) fn answering(format: u16) -> u16 {
    match format {
        #[cfg(feature = "senml-cbor")]
        SENML_ETCH_CBOR => SENML_CBOR,
        #[cfg(feature = "senml-json")]
        SENML_ETCH_JSON => SENML_JSON,
        _ => format,
    }
}

/// Takes values one after the other, in the order of their paths.
pub(crate) trait Encoder {
    fn value(&mut self, path: Path, value: &Value<'_>);

    /// The time of the values that follow, in milliseconds since 1970-01-01T00:00Z; 0 is the time
    /// of the message, which all have until then. A format without times leaves it out.
    #[cfg(feature = "send")]
    fn time(&mut self, _milliseconds: i64) {}
}

/// Takes what a body says of a place, in the body's order.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(Path, Content<'_>) -> Result<(), Refusal>;

/// What a body says of a place.
pub(crate) enum Content<'a> {
    Value(RawValue<'a>),
    /// Nothing but its name, as a Read-Composite asks for it.
    Name,
    /// Nothing: a SenML record of base fields alone, which are for those behind it (RFC 8428, 4.1).
    Base,
    /// That there is nothing in it: an object instance without resources, or a multiple resource
    /// without instances.
    Empty(feature::Empty),
    /// That it is to go (RFC 8790, 3.2.1).
    Null(feature::Null),
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
        #[cfg(feature = "senml-json")]
        SENML_JSON => {
            let mut writer = senml_json::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish()?;
        }
        #[cfg(feature = "lwm2m-cbor")]
        LWM2M_CBOR => {
            let mut writer = lwm2m_cbor::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        // It has no objects.
        #[cfg(feature = "tlv")]
        TLV | OLD_TLV if base.depth() > 0 => {
            let mut writer = tlv::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        #[cfg(feature = "text")]
        TEXT | OLD_TEXT => {
            let mut writer = single::Writer::new(buffer, base, text::put);
            fill(&mut writer)?;
            writer.finish()?;
        }
        #[cfg(feature = "opaque")]
        OPAQUE | OLD_OPAQUE => {
            let mut writer = single::Writer::new(buffer, base, opaque::put);
            fill(&mut writer)?;
            writer.finish()?;
        }
        #[cfg(feature = "cbor")]
        CBOR => {
            let mut writer = single::Writer::new(buffer, base, cbor::put);
            fill(&mut writer)?;
            writer.finish()?;
        }
        _ => return Err(Refusal::NotAcceptable),
    }
    Ok(())
}

/// What a server has written.
pub(crate) struct Body<'b> {
    format: Option<u16>,
    pub(crate) bytes: &'b [u8],
    #[cfg(any(feature = "senml-json", feature = "text"))]
    scratch: &'b mut [u8],
    /// The object instance that the reserved id stands for: none, but in a Create.
    #[cfg(feature = "lwm2m-cbor")]
    unnamed: Option<u16>,
}

impl<'b> Body<'b> {
    /// A body in the format that the server tells; the scratch is room for one of the values that
    /// do not stand in it as they are: a text with escapes, bytes in Base64.
    #[inline(always)]
    pub(crate) fn new(format: Option<u16>, bytes: &'b [u8], scratch: &'b mut [u8]) -> Self {
        #[cfg(not(any(feature = "senml-json", feature = "text")))]
        let _ = scratch;
        Self {
            format,
            bytes,
            #[cfg(any(feature = "senml-json", feature = "text"))]
            scratch,
            #[cfg(feature = "lwm2m-cbor")]
            unnamed: None,
        }
    }

    /// The device has chosen the id of the object instance that the body does not name.
    pub(crate) fn set_unnamed(&mut self, instance: u16) {
        #[cfg(not(feature = "lwm2m-cbor"))]
        let _ = instance;
        #[cfg(feature = "lwm2m-cbor")]
        {
            self.unnamed = Some(instance);
        }
    }
}

/// Reads a body written to `base`.
#[inline(never)]
pub(crate) fn decode(body: &mut Body<'_>, base: Path, visit: Visit<'_>) -> Result<(), Refusal> {
    let bytes = body.bytes;
    match body.format {
        #[cfg(feature = "senml-cbor")]
        Some(SENML_CBOR) => senml_cbor::read(base, bytes, false, visit),
        // SenML-ETCH is for composite operations.
        #[cfg(all(feature = "composite", feature = "senml-cbor"))]
        Some(SENML_ETCH_CBOR) if base.depth() == 0 => senml_cbor::read(base, bytes, true, visit),
        #[cfg(feature = "senml-json")]
        Some(SENML_JSON) => senml_json::read(base, bytes, false, body.scratch, visit),
        #[cfg(all(feature = "composite", feature = "senml-json"))]
        Some(SENML_ETCH_JSON) if base.depth() == 0 => {
            senml_json::read(base, bytes, true, body.scratch, visit)
        }
        #[cfg(feature = "lwm2m-cbor")]
        Some(LWM2M_CBOR) => lwm2m_cbor::read(base, bytes, body.unnamed, visit),
        #[cfg(feature = "tlv")]
        Some(TLV | OLD_TLV) if base.depth() > 0 => tlv::read(base, bytes, visit),
        #[cfg(feature = "text")]
        Some(TEXT | OLD_TEXT) => {
            single::read(base, RawValue::Text(bytes, &mut *body.scratch), visit)
        }
        // Without a Content-Format a value is text (LwM2M Core 1.1, 7.4).
        #[cfg(feature = "text")]
        None if base.depth() >= 3 => {
            single::read(base, RawValue::Text(bytes, &mut *body.scratch), visit)
        }
        #[cfg(feature = "opaque")]
        Some(OPAQUE | OLD_OPAQUE) => single::read(base, RawValue::Opaque(bytes), visit),
        #[cfg(feature = "cbor")]
        Some(CBOR) => {
            let item = cbor::read(bytes).ok_or(Refusal::BadRequest)?;
            single::read(base, RawValue::Cbor(&item), visit)
        }
        _ => Err(Refusal::UnsupportedContentFormat),
    }
}

/// A value as a format carries it, not yet of its resource's type.
pub(crate) enum RawValue<'a> {
    /// Text that the type gives a meaning, and room for the bytes that it may stand for.
    #[cfg(feature = "text")]
    Text(&'a [u8], &'a mut [u8]),
    #[cfg(feature = "opaque")]
    Opaque(&'a [u8]),
    /// Bytes that the type gives a meaning.
    #[cfg(feature = "tlv")]
    Tlv(&'a [u8]),
    #[cfg(any(feature = "cbor", feature = "lwm2m-cbor", feature = "senml-cbor"))]
    Cbor(&'a cbor_item::Item<'a>),
    /// What has a text, and room for what it says.
    #[cfg(feature = "senml-json")]
    Json(senml_json::Field<'a>, &'a mut [u8]),
}

impl<'a> RawValue<'a> {
    /// The value in the resource's type; refused where it has none there without loss.
    pub(crate) fn into_value(self, kind: Type) -> Result<Value<'a>, Refusal> {
        let value = match self {
            #[cfg(feature = "text")]
            Self::Text(text, scratch) => text::value(kind, text, scratch)?,
            #[cfg(feature = "tlv")]
            Self::Tlv(bytes) => tlv::value(kind, bytes),
            #[cfg(feature = "opaque")]
            Self::Opaque(bytes) => opaque::value(kind, bytes),
            #[cfg(any(feature = "cbor", feature = "lwm2m-cbor", feature = "senml-cbor"))]
            Self::Cbor(item) => item.value(kind),
            #[cfg(feature = "senml-json")]
            Self::Json(field, scratch) => senml_json::value(kind, field, scratch)?,
        };
        value.ok_or(Refusal::BadRequest)
    }
}

#[cfg(all(test, feature = "default"))]
mod vectors;
