//! Content formats: payloads as a list of paths and values, for people and for tests.
//!
//! TLV (OMA LwM2M 1.1 Core, 7.4.3), SenML-CBOR (RFC 8428 and Core, 7.4.4), CBOR, opaque and plain
//! text are read; TLV and SenML-CBOR are written.

use std::fmt;

use ciborium::Value as Cbor;
use data_encoding::HEXLOWER;

use crate::{BootstrapOperation, Content, escape};

/// Plain text.
pub const TEXT: u16 = 0;
/// CoRE link format.
pub const LINK_FORMAT: u16 = 40;
/// Opaque: `application/octet-stream`.
pub const OPAQUE: u16 = 42;
/// One CBOR value.
pub const CBOR: u16 = 60;
/// SenML-JSON.
pub const SENML_JSON: u16 = 110;
/// SenML-CBOR.
pub const SENML_CBOR: u16 = 112;
/// LwM2M TLV.
pub const TLV: u16 = 11542;

/// A resource's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string, or any value in plain text.
    Text(String),
    /// An integer of either sign, or a time.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// A boolean.
    Boolean(bool),
    /// Bytes.
    Opaque(Vec<u8>),
    /// An object link: object and instance.
    ObjectLink(u16, u16),
    /// TLV's bytes, which do not tell their type. `Display` guesses it.
    Untyped(Vec<u8>),
}

impl Value {
    /// The integer that this is, or that its text or TLV bytes can be.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Text(text) => text.parse().ok(),
            Self::Untyped(bytes) => match *bytes.as_slice() {
                [a] => Some(i8::from_be_bytes([a]).into()),
                [a, b] => Some(i16::from_be_bytes([a, b]).into()),
                [a, b, c, d] => Some(i32::from_be_bytes([a, b, c, d]).into()),
                _ => Some(i64::from_be_bytes(bytes.as_slice().try_into().ok()?).into()),
            },
            _ => None,
        }
    }

    /// The number that this is, or that its text or TLV bytes can be.
    pub fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Integer(value) => Some(*value as f64),
            Self::Text(text) => text.parse().ok(),
            Self::Untyped(bytes) => match bytes.len() {
                4 => Some(f32::from_be_bytes(bytes.as_slice().try_into().ok()?).into()),
                _ => Some(f64::from_be_bytes(bytes.as_slice().try_into().ok()?)),
            },
            _ => None,
        }
    }

    /// The boolean that this is, or that its text or TLV byte can be.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => match self.as_integer()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
        }
    }

    /// The text that this is, or that its TLV bytes can be.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Untyped(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The bytes that this is.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Opaque(bytes) | Self::Untyped(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => escape(text).fmt(f),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Opaque(bytes) => write!(f, "{}", HEXLOWER.encode_display(bytes)),
            Self::ObjectLink(object, instance) => write!(f, "{object}:{instance}"),
            Self::Untyped(bytes) => match (self.as_text(), self.as_float(), self.as_integer()) {
                (Some(text), ..) if text.chars().all(|c| !c.is_control()) => escape(text).fmt(f),
                (_, Some(float), _) if (1e-9..1e15).contains(&float.abs()) => write!(f, "{float}"),
                (_, _, Some(integer)) => write!(f, "{integer}"),
                _ => write!(f, "{}", HEXLOWER.encode_display(bytes)),
            },
        }
    }
}

/// A resource or resource instance, and its value. Neither `Display` nor `Debug` shows a value of the
/// Security object, 0, which has the keys.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// Such as `/3303/0/5700`.
    pub path: String,
    /// Its value.
    pub value: Value,
}

impl Entry {
    /// The value for people; not one of the Security object.
    pub fn text(&self) -> String {
        if object(&self.path) == Some(SECURITY) {
            NOT_SHOWN.into()
        } else {
            self.value.to_string()
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", escape(&self.path), self.text())
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a payload cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// No decoder for this content format.
    Unsupported(Option<u16>),
    /// The payload is not of its format; says where.
    Malformed(&'static str),
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(Some(format)) => {
                write!(f, "content format {format} is not read here")
            }
            Self::Unsupported(None) => write!(f, "there is no content format"),
            Self::Malformed(what) => write!(f, "malformed payload: {what}"),
        }
    }
}

/// The entries of a payload that answers a request for `path`.
pub fn decode(
    path: &str,
    content_format: Option<u16>,
    payload: &[u8],
) -> Result<Vec<Entry>, DecodeError> {
    let one = |value| {
        Ok(vec![Entry {
            path: path.to_owned(),
            value,
        }])
    };
    match content_format {
        Some(TEXT) => match std::str::from_utf8(payload) {
            Ok(text) => one(Value::Text(text.to_owned())),
            Err(_) => Err(DecodeError::Malformed("text that is not UTF-8")),
        },
        Some(OPAQUE) => one(Value::Opaque(payload.to_vec())),
        Some(CBOR) => one(cbor_value(&read_cbor(payload)?)?),
        Some(SENML_CBOR) => decode_senml(&read_cbor(payload)?),
        Some(TLV) => decode_tlv(path, payload),
        other => Err(DecodeError::Unsupported(other)),
    }
}

/// The resources of the instance at `path` in [`TLV`] or [`SENML_CBOR`]; `None` for another format.
pub fn encode(content_format: u16, path: &str, resources: &[(u16, Value)]) -> Option<Vec<u8>> {
    match content_format {
        TLV => Some(encode_tlv(resources)),
        SENML_CBOR => Some(encode_senml(path, resources)),
        _ => None,
    }
}

/// One line for people of a payload that answers a request for `path`, or comes with it: the entries, or
/// else the text, or else the bytes.
///
/// Nothing at or below /0, where the keys are, is shown, whatever its format; nor is what may hold
/// such values and cannot be read here, since it names its places itself.
pub fn text(path: &str, content_format: Option<u16>, payload: &[u8]) -> String {
    let object = object(path);
    if object == Some(SECURITY) {
        return NOT_SHOWN.into();
    }
    let names_places = match content_format {
        None | Some(TEXT | OPAQUE | CBOR | TLV) => object.is_none(),
        Some(LINK_FORMAT) => false,
        Some(_) => true,
    };
    match decode(path, content_format, payload) {
        Ok(entries) if !names_places || content_format == Some(SENML_CBOR) => {
            let entries: Vec<_> = entries.iter().map(Entry::to_string).collect();
            entries.join(", ")
        }
        _ if names_places => "(not read here)".into(),
        _ => match std::str::from_utf8(payload) {
            Ok(text) => escape(text).to_string(),
            Err(_) => Value::Opaque(payload.to_vec()).to_string(),
        },
    }
}

/// One line for people of the payload of an error, which explains it (RFC 7252, 5.5.2). What is said
/// about /0 may repeat what is there, and is not shown.
pub fn diagnostic(path: &str, payload: &[u8]) -> String {
    if object(path) == Some(SECURITY) {
        NOT_SHOWN.into()
    } else {
        escape(&String::from_utf8_lossy(payload)).to_string()
    }
}

/// The first id of a path.
fn object(path: &str) -> Option<u16> {
    path.split('/').find(|id| !id.is_empty())?.parse().ok()
}

const SECURITY: u16 = 0;
const NOT_SHOWN: &str = "(not shown)";

// TLV

/// The two highest bits of an entry's first byte.
const OBJECT_INSTANCE: u8 = 0b00;
const RESOURCE_INSTANCE: u8 = 0b01;
const MULTIPLE_RESOURCE: u8 = 0b10;
const RESOURCE: u8 = 0b11;

fn decode_tlv(path: &str, payload: &[u8]) -> Result<Vec<Entry>, DecodeError> {
    let ids: Vec<&str> = path.split('/').filter(|id| !id.is_empty()).collect();
    let object = ids
        .first()
        .ok_or(DecodeError::Malformed("TLV at the root"))?;
    // An object of one instance may leave out the instance's entry.
    let instance = format!("/{object}/{}", ids.get(1).unwrap_or(&"0"));
    let mut entries = Vec::new();
    for tlv in tlvs(payload)? {
        match tlv.kind {
            OBJECT_INSTANCE => {
                let instance = format!("/{object}/{}", tlv.id);
                for tlv in tlvs(tlv.value)? {
                    decode_tlv_resource(&instance, &tlv, &mut entries)?;
                }
            }
            RESOURCE_INSTANCE => {
                let resource = ids
                    .get(2)
                    .ok_or(DecodeError::Malformed("stray TLV instance"))?;
                let path = format!("{instance}/{resource}/{}", tlv.id);
                entries.push(Entry {
                    path,
                    value: Value::Untyped(tlv.value.to_vec()),
                });
            }
            _ => decode_tlv_resource(&instance, &tlv, &mut entries)?,
        }
    }
    Ok(entries)
}

fn decode_tlv_resource(
    instance: &str,
    resource: &Tlv,
    entries: &mut Vec<Entry>,
) -> Result<(), DecodeError> {
    let path = format!("{instance}/{}", resource.id);
    match resource.kind {
        RESOURCE => {
            entries.push(Entry {
                path,
                value: Value::Untyped(resource.value.to_vec()),
            });
            Ok(())
        }
        MULTIPLE_RESOURCE => {
            for inner in tlvs(resource.value)? {
                if inner.kind != RESOURCE_INSTANCE {
                    return Err(DecodeError::Malformed("TLV nested wrongly"));
                }
                let path = format!("{path}/{}", inner.id);
                entries.push(Entry {
                    path,
                    value: Value::Untyped(inner.value.to_vec()),
                });
            }
            Ok(())
        }
        _ => Err(DecodeError::Malformed("TLV nested wrongly")),
    }
}

struct Tlv<'a> {
    kind: u8,
    id: u16,
    value: &'a [u8],
}

fn tlvs(mut payload: &[u8]) -> Result<Vec<Tlv<'_>>, DecodeError> {
    const CUT: DecodeError = DecodeError::Malformed("TLV cut short");
    let mut entries = Vec::new();
    while let Some((&head, rest)) = payload.split_first() {
        let (id, rest) = rest
            .split_at_checked(1 + usize::from(head >> 5 & 1))
            .ok_or(CUT)?;
        let (length, rest) = rest
            .split_at_checked(usize::from(head >> 3 & 3))
            .ok_or(CUT)?;
        let length = match length {
            [] => usize::from(head & 7),
            bytes => big_endian(bytes),
        };
        let (value, rest) = rest.split_at_checked(length).ok_or(CUT)?;
        entries.push(Tlv {
            kind: head >> 6,
            id: big_endian(id) as u16,
            value,
        });
        payload = rest;
    }
    Ok(entries)
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn encode_tlv(resources: &[(u16, Value)]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (id, value) in resources {
        let value = tlv_value(value);
        let mut head = RESOURCE << 6;
        let id = match u8::try_from(*id) {
            Ok(id) => vec![id],
            Err(_) => {
                head |= 1 << 5;
                id.to_be_bytes().to_vec()
            }
        };
        let length = (value.len() as u32).to_be_bytes();
        let length = match value.len() {
            0..=7 => {
                head |= value.len() as u8;
                &[]
            }
            8..=0xFF => &length[3..],
            0x100..=0xFFFF => &length[2..],
            _ => &length[1..],
        };
        head |= (length.len() as u8) << 3;
        payload.push(head);
        payload.extend(id);
        payload.extend(length);
        payload.extend(value);
    }
    payload
}

fn tlv_value(value: &Value) -> Vec<u8> {
    match value {
        Value::Text(text) => text.clone().into_bytes(),
        Value::Integer(value) => {
            let bytes = (*value as i64).to_be_bytes();
            let length = [1, 2, 4].into_iter().find(|length| {
                let shift = 64 - 8 * *length as u32;
                (*value as i64) << shift >> shift == *value as i64
            });
            bytes[8 - length.unwrap_or(8)..].to_vec()
        }
        Value::Float(value) => value.to_be_bytes().to_vec(),
        Value::Boolean(value) => vec![u8::from(*value)],
        Value::Opaque(bytes) | Value::Untyped(bytes) => bytes.clone(),
        Value::ObjectLink(object, instance) => {
            [object.to_be_bytes(), instance.to_be_bytes()].concat()
        }
    }
}

// SenML-CBOR

/// RFC 8428, table 4.
const BASE_NAME: i128 = -2;
const NAME: i128 = 0;
const VALUE: i128 = 2;
const STRING_VALUE: i128 = 3;
const BOOLEAN_VALUE: i128 = 4;
const DATA_VALUE: i128 = 8;
/// LwM2M 1.1 Core, 7.4.4: an object link.
const OBJECT_LINK_VALUE: &str = "vlo";

fn decode_senml(pack: &Cbor) -> Result<Vec<Entry>, DecodeError> {
    let records = pack
        .as_array()
        .ok_or(DecodeError::Malformed("SenML that is no array"))?;
    let mut base = "";
    let mut entries = Vec::new();
    for record in records {
        let fields = record
            .as_map()
            .ok_or(DecodeError::Malformed("SenML record that is no map"))?;
        let (mut name, mut found) = ("", None);
        for (label, field) in fields {
            match label {
                Cbor::Integer(label) => match i128::from(*label) {
                    BASE_NAME => base = senml_text(field)?,
                    NAME => name = senml_text(field)?,
                    VALUE | STRING_VALUE | BOOLEAN_VALUE | DATA_VALUE => {
                        found = Some(cbor_value(field)?);
                    }
                    _ => {}
                },
                Cbor::Text(label) if label == OBJECT_LINK_VALUE => {
                    found = Some(object_link(senml_text(field)?)?);
                }
                _ => {}
            }
        }
        if let Some(value) = found {
            entries.push(Entry {
                path: format!("{base}{name}"),
                value,
            });
        }
    }
    Ok(entries)
}

/// What bootstrap operations write, in one body of SenML-CBOR; `None` where one of them writes in another
/// format.
pub(crate) fn encode_pack(operations: &[BootstrapOperation]) -> Option<Vec<u8>> {
    let mut records = Vec::new();
    for operation in operations {
        match &operation.content {
            Content::None => {}
            Content::Resources(resources) => {
                records.extend(senml_records(&operation.path, resources))
            }
            Content::Bytes(SENML_CBOR, payload) => {
                records.extend(read_cbor(payload).ok()?.into_array().ok()?);
            }
            Content::Bytes(..) => return None,
        }
    }
    Some(senml_body(records))
}

fn encode_senml(path: &str, resources: &[(u16, Value)]) -> Vec<u8> {
    senml_body(senml_records(path, resources))
}

fn senml_body(records: Vec<Cbor>) -> Vec<u8> {
    let mut payload = Vec::new();
    // Writing to a vector cannot fail.
    let _ = ciborium::into_writer(&Cbor::Array(records), &mut payload);
    payload
}

fn senml_records(path: &str, resources: &[(u16, Value)]) -> Vec<Cbor> {
    let mut records = Vec::new();
    for (id, value) in resources {
        let mut fields = Vec::new();
        if records.is_empty() {
            fields.push((integer(BASE_NAME), Cbor::Text(format!("{path}/"))));
        }
        fields.push((integer(NAME), Cbor::Text(id.to_string())));
        fields.push(match value {
            Value::Text(text) => (integer(STRING_VALUE), Cbor::Text(text.clone())),
            Value::Integer(value) => (integer(VALUE), integer(*value)),
            Value::Float(value) => (integer(VALUE), Cbor::Float(*value)),
            Value::Boolean(value) => (integer(BOOLEAN_VALUE), Cbor::Bool(*value)),
            Value::Opaque(bytes) | Value::Untyped(bytes) => {
                (integer(DATA_VALUE), Cbor::Bytes(bytes.clone()))
            }
            Value::ObjectLink(..) => (
                Cbor::Text(OBJECT_LINK_VALUE.into()),
                Cbor::Text(value.to_string()),
            ),
        });
        records.push(Cbor::Map(fields));
    }
    records
}

fn integer(value: i128) -> Cbor {
    ciborium::value::Integer::try_from(value).map_or(Cbor::Null, Cbor::Integer)
}

fn senml_text(value: &Cbor) -> Result<&str, DecodeError> {
    value
        .as_text()
        .ok_or(DecodeError::Malformed("SenML name that is no text"))
}

fn object_link(text: &str) -> Result<Value, DecodeError> {
    text.split_once(':')
        .and_then(|(object, instance)| {
            Some(Value::ObjectLink(
                object.parse().ok()?,
                instance.parse().ok()?,
            ))
        })
        .ok_or(DecodeError::Malformed("object link"))
}

fn read_cbor(payload: &[u8]) -> Result<Cbor, DecodeError> {
    let mut rest = payload;
    match ciborium::from_reader(&mut rest) {
        Ok(value) if rest.is_empty() => Ok(value),
        Ok(_) => Err(DecodeError::Malformed("bytes after the CBOR value")),
        Err(_) => Err(DecodeError::Malformed("not CBOR")),
    }
}

fn cbor_value(value: &Cbor) -> Result<Value, DecodeError> {
    match value {
        Cbor::Integer(value) => Ok(Value::Integer((*value).into())),
        Cbor::Float(value) => Ok(Value::Float(*value)),
        Cbor::Bool(value) => Ok(Value::Boolean(*value)),
        Cbor::Text(text) => Ok(Value::Text(text.clone())),
        Cbor::Bytes(bytes) => Ok(Value::Opaque(bytes.clone())),
        // Tags 0, 1 and 4: times and decimal fractions; the number inside is what counts.
        Cbor::Tag(_, inner) => cbor_value(inner),
        _ => Err(DecodeError::Malformed("CBOR value of no LwM2M type")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, format: u16, payload: &[u8]) -> Vec<String> {
        let entries = decode(path, Some(format), payload).expect("decodes");
        entries.iter().map(Entry::to_string).collect()
    }

    #[test]
    fn tlv_of_the_specifications_device_object() {
        // LwM2M 1.1 Core, 7.4.3.1, shortened: manufacturer, power sources 1 and 5, memory free.
        let payload =
            b"\xC8\x00\x14Open Mobile Alliance\x86\x06\x41\x00\x01\x41\x01\x05\xC1\x0A\x0F";
        assert_eq!(
            lines("/3/0", TLV, payload),
            [
                "/3/0/0 = Open Mobile Alliance",
                "/3/0/6/0 = 1",
                "/3/0/6/1 = 5",
                "/3/0/10 = 15"
            ]
        );
    }

    #[test]
    fn both_formats_give_back_what_was_written() {
        let resources = [
            (0, Value::Text("coaps://example.com".into())),
            (1, Value::Integer(-300)),
            (2, Value::Boolean(true)),
            (300, Value::Float(22.5)),
            (4, Value::Opaque(vec![7; 300])),
        ];
        for format in [TLV, SENML_CBOR] {
            let payload = encode(format, "/9/1", &resources).expect("encodes");
            let entries = decode("/9/1", Some(format), &payload).expect("decodes");
            assert_eq!(entries[0].value.as_text(), Some("coaps://example.com"));
            assert_eq!(entries[1].value.as_integer(), Some(-300));
            assert_eq!(entries[2].value.as_boolean(), Some(true));
            assert_eq!(
                (entries[3].path.as_str(), entries[3].value.as_float()),
                ("/9/1/300", Some(22.5))
            );
            assert_eq!(entries[4].value.as_bytes(), Some(&[7; 300][..]));
        }
    }

    #[test]
    fn malformed_payloads_are_errors() {
        for (format, payload) in [
            (TLV, &b"\xC8\x00"[..]),
            (TLV, b"\xC8\x00\x14Op"),
            (TLV, b"\x08\x00\x02\x08\x00"),
            (SENML_CBOR, b""),
            (SENML_CBOR, b"\x81"),
            (SENML_CBOR, b"\x81\xA1\x00\x00"),
            (SENML_CBOR, b"\x80\x80"),
            (TEXT, b"\xFF"),
        ] {
            let decoded = decode("/3/0", Some(format), payload);
            assert!(
                matches!(decoded, Err(DecodeError::Malformed(_))),
                "{payload:x?}"
            );
        }
    }
}
