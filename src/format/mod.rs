//! Content formats (LwM2M Core 1.1, 7.4): one file each, behind one interface to write and one to
//! read.

mod base64;
mod cbor;
mod cbor_item;
mod date_time;
mod decimal_fraction;
mod json;
pub(crate) mod link;
mod lwm2m_cbor;
mod object_link;
mod opaque;
mod senml;
mod senml_cbor;
mod senml_json;
mod single;
mod text;
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

/// A content format that this device has.
#[derive(Clone, Copy)]
enum Format {
    Text(feature::Text),
    Opaque(feature::Opaque),
    Cbor(feature::Cbor),
    SenmlJson(feature::SenmlJson),
    SenmlCbor(feature::SenmlCbor),
    /// SenML in JSON of a composite operation (RFC 8790), in requests alone.
    SenmlEtchJson(feature::SenmlEtchJson),
    /// SenML in CBOR of a composite operation (RFC 8790), in requests alone.
    SenmlEtchCbor(feature::SenmlEtchCbor),
    Tlv(feature::Tlv),
    Lwm2mCbor(feature::Lwm2mCbor),
}

impl Format {
    /// The format of a number (Core 1.1, 7.4), or of the one that servers used for it before LwM2M 1.0
    /// had its own.
    #[inline(always)]
    fn of(number: u16) -> Option<Self> {
        match number {
            TEXT | 1541 => feature::Text::VALUE.map(Self::Text),
            OPAQUE | 1544 => feature::Opaque::VALUE.map(Self::Opaque),
            CBOR => feature::Cbor::VALUE.map(Self::Cbor),
            SENML_JSON => feature::SenmlJson::VALUE.map(Self::SenmlJson),
            SENML_CBOR => feature::SenmlCbor::VALUE.map(Self::SenmlCbor),
            SENML_ETCH_JSON => feature::SenmlEtchJson::VALUE.map(Self::SenmlEtchJson),
            SENML_ETCH_CBOR => feature::SenmlEtchCbor::VALUE.map(Self::SenmlEtchCbor),
            TLV | 1542 => feature::Tlv::VALUE.map(Self::Tlv),
            LWM2M_CBOR => feature::Lwm2mCbor::VALUE.map(Self::Lwm2mCbor),
            _ => None,
        }
    }
}

/// text/plain
pub(crate) const TEXT: u16 = 0;
/// application/link-format
pub(crate) const LINK: u16 = 40;
/// application/octet-stream
pub(crate) const OPAQUE: u16 = 42;
/// application/cbor
pub(crate) const CBOR: u16 = 60;
/// application/senml+json
pub(crate) const SENML_JSON: u16 = 110;
/// application/senml+cbor
pub(crate) const SENML_CBOR: u16 = 112;
/// application/senml-etch+json
pub(crate) const SENML_ETCH_JSON: u16 = 320;
/// application/senml-etch+cbor
pub(crate) const SENML_ETCH_CBOR: u16 = 322;
/// application/vnd.oma.lwm2m+tlv
pub(crate) const TLV: u16 = 11542;
/// application/vnd.oma.lwm2m+cbor
pub(crate) const LWM2M_CBOR: u16 = 11544;

/// The format of responses to servers that accept any.
pub(crate) const PREFERRED: u16 = if feature::SenmlCbor::IS_ON {
    SENML_CBOR
} else if feature::Tlv::IS_ON {
    TLV
} else if feature::SenmlJson::IS_ON {
    SENML_JSON
} else {
    LWM2M_CBOR
};

/// Whether a body in a format is nothing but the bytes of a value of this type.
pub(crate) fn is_bare(format: Option<u16>, kind: Type) -> bool {
    // Without a Content-Format a value is text (LwM2M Core 1.1, 7.4).
    match Format::of(format.unwrap_or(TEXT)) {
        Some(Format::Opaque(_)) => kind == Type::Opaque,
        Some(Format::Text(_)) => kind == Type::String,
        _ => false,
    }
}

/// Whether a format can hold values of any paths.
pub(crate) fn is_pack(format: u16) -> bool {
    matches!(
        Format::of(format),
        Some(Format::SenmlCbor(_) | Format::SenmlJson(_) | Format::Lwm2mCbor(_))
    )
}

/// Whether a format can say when a value was measured.
pub(crate) fn has_times(format: u16) -> bool {
    matches!(
        Format::of(format),
        Some(Format::SenmlCbor(_) | Format::SenmlJson(_))
    )
}

/// The format of the response to a request in this one: SenML-ETCH is for requests alone.
pub(crate) fn responding(format: u16) -> u16 {
    match Format::of(format) {
        Some(Format::SenmlEtchCbor(_)) => SENML_CBOR,
        Some(Format::SenmlEtchJson(_)) => SENML_JSON,
        _ => format,
    }
}

/// Takes values one after the other, in the order of their paths.
pub(crate) trait Encoder {
    fn value(&mut self, path: Path, value: &Value<'_>);

    /// The time of the values that follow, in milliseconds since 1970-01-01T00:00Z; 0 is the time
    /// of the message, which all have until then, and one below 2^28 s counts from it (RFC 8428,
    /// 4.5.3). A format without times leaves it out.
    #[cfg(feature = "send")]
    fn time(&mut self, _milliseconds: i64) {}
}

/// Takes what a body says of a node, in the body's order.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(Path, Content<'_>) -> Result<(), Refusal>;

/// What a body says of a node.
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
    match Format::of(format).ok_or(Refusal::NotAcceptable)? {
        Format::SenmlCbor(_) => {
            let mut writer = senml_cbor::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        Format::SenmlJson(_) => {
            let mut writer = senml_json::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish()?;
        }
        Format::Lwm2mCbor(_) => {
            let mut writer = lwm2m_cbor::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        // It has no objects.
        Format::Tlv(_) if base.depth() > 0 => {
            let mut writer = tlv::Writer::new(buffer, base);
            fill(&mut writer)?;
            writer.finish();
        }
        Format::Text(_) => {
            let mut writer = single::Writer::new(buffer, base, text::put);
            fill(&mut writer)?;
            writer.finish()?;
        }
        Format::Opaque(_) => {
            let mut writer = single::Writer::new(buffer, base, opaque::put);
            fill(&mut writer)?;
            writer.finish()?;
        }
        Format::Cbor(_) => {
            let mut writer = single::Writer::new(buffer, base, cbor::put);
            fill(&mut writer)?;
            writer.finish()?;
        }
        Format::SenmlEtchJson(_) | Format::SenmlEtchCbor(_) | Format::Tlv(_) => {
            return Err(Refusal::NotAcceptable);
        }
    }
    Ok(())
}

/// What a server has written.
pub(crate) struct Body<'b> {
    format: Option<u16>,
    pub(crate) bytes: &'b [u8],
    scratch: &'b mut [u8],
    /// The object instance that the reserved id stands for: none, but in a Create.
    unnamed: Option<(u16, feature::Lwm2mCbor)>,
    /// The object whose values count, in a body that is written to the root.
    part: Option<(u16, feature::BootstrapPack)>,
}

impl<'b> Body<'b> {
    /// A body in the format that the server names; the scratch is room for one of the values that
    /// do not stand in it as they are: a text with escapes, bytes in Base64.
    #[inline(always)]
    pub(crate) fn new(format: Option<u16>, bytes: &'b [u8], scratch: &'b mut [u8]) -> Self {
        Self {
            format,
            bytes,
            scratch,
            unnamed: None,
            part: None,
        }
    }

    /// The device has chosen the id of the object instance that the body does not name.
    pub(crate) fn set_unnamed(&mut self, instance: u16) {
        self.unnamed = feature::Lwm2mCbor::VALUE.map(|on| (instance, on));
    }

    /// Of a body that is written to the root only what it says of this object counts.
    pub(crate) fn set_part(&mut self, object: u16, on: feature::BootstrapPack) {
        self.part = Some((object, on));
    }
}

/// Reads a body written to `base`.
pub(crate) fn decode(body: &mut Body<'_>, base: Path, visit: Visit<'_>) -> Result<(), Refusal> {
    match body.part {
        None => read(body, base, visit),
        Some((object, _)) => read(
            body,
            Path::ROOT,
            &mut |path, content| match path.object_id() == Some(object) {
                true => visit(path, content),
                false => Ok(()),
            },
        ),
    }
}

fn read(body: &mut Body<'_>, base: Path, visit: Visit<'_>) -> Result<(), Refusal> {
    let bytes = body.bytes;
    let depth = base.depth();
    // Without a Content-Format a value is text (LwM2M Core 1.1, 7.4).
    let number = body.format.or((depth >= 3).then_some(TEXT));
    match number.and_then(Format::of) {
        Some(Format::SenmlCbor(_)) => senml_cbor::read(base, bytes, None, visit),
        Some(Format::SenmlEtchCbor(_)) if depth == 0 => {
            senml_cbor::read(base, bytes, feature::Null::VALUE, visit)
        }
        Some(Format::SenmlJson(_)) => senml_json::read(base, bytes, None, body.scratch, visit),
        Some(Format::SenmlEtchJson(_)) if depth == 0 => {
            senml_json::read(base, bytes, feature::Null::VALUE, body.scratch, visit)
        }
        Some(Format::Lwm2mCbor(_)) => {
            let unnamed = body.unnamed.map(|(instance, _)| instance);
            lwm2m_cbor::read(base, bytes, unnamed, visit)
        }
        Some(Format::Tlv(_)) if depth > 0 => tlv::read(base, bytes, visit),
        Some(Format::Text(on)) => {
            single::read(base, RawValue::Text(bytes, &mut *body.scratch, on), visit)
        }
        Some(Format::Opaque(on)) => single::read(base, RawValue::Opaque(bytes, on), visit),
        Some(Format::Cbor(_)) => {
            let item = cbor::read(bytes).ok_or(Refusal::BadRequest)?;
            single::read(base, RawValue::Cbor(&item), visit)
        }
        _ => Err(Refusal::UnsupportedContentFormat),
    }
}

/// A value as a format carries it, not yet of its resource's type.
pub(crate) enum RawValue<'a> {
    /// Text that the type gives a meaning, and room for the bytes that it may stand for.
    Text(&'a [u8], &'a mut [u8], feature::Text),
    Opaque(&'a [u8], feature::Opaque),
    /// Bytes that the type gives a meaning.
    Tlv(&'a [u8], feature::Tlv),
    Cbor(&'a cbor_item::Item<'a>),
    /// What has a text, and room for what it says.
    Json(senml_json::Field<'a>, &'a mut [u8], feature::SenmlJson),
}

impl<'a> RawValue<'a> {
    /// The value in the resource's type; refused where it has none there without loss.
    pub(crate) fn into_value(self, kind: Type) -> Result<Value<'a>, Refusal> {
        let value = match self {
            Self::Text(text, scratch, _) => text::value(kind, text, scratch)?,
            Self::Tlv(bytes, _) => tlv::value(kind, bytes),
            Self::Opaque(bytes, _) => opaque::value(kind, bytes),
            Self::Cbor(item) => item.value(kind),
            Self::Json(field, scratch, _) => senml_json::value(kind, field, scratch)?,
        };
        value.ok_or(Refusal::BadRequest)
    }
}

#[cfg(all(test, feature = "default"))]
mod vectors;
