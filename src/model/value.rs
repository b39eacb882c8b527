//! Values of resources and their data types (LwM2M Core 1.1, Appendix C).

use core::fmt;

#[cfg(any(feature = "historical-queue", feature = "records"))]
use crate::archive::Archive;

/// A resource's value, strings and opaque data borrowed from whoever holds them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// UTF-8 text.
    String(&'a str),
    /// A signed number.
    Integer(i64),
    /// An unsigned number.
    Unsigned(u64),
    /// A number in double precision.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// Bytes without further meaning.
    Opaque(&'a [u8]),
    /// Seconds since 1970-01-01T00:00Z.
    Time(i64),
    /// A reference to an object instance.
    ObjectLink(ObjectLink),
}

impl Value<'_> {
    /// The value's data type.
    pub fn kind(&self) -> Type {
        match self {
            Self::String(_) => Type::String,
            Self::Integer(_) => Type::Integer,
            Self::Unsigned(_) => Type::Unsigned,
            Self::Float(_) => Type::Float,
            Self::Boolean(_) => Type::Boolean,
            Self::Opaque(_) => Type::Opaque,
            Self::Time(_) => Type::Time,
            Self::ObjectLink(_) => Type::ObjectLink,
        }
    }

    /// The same value where it is a number, true or false, or a time, none of which borrows anything.
    pub fn as_number(&self) -> Option<Value<'static>> {
        Some(match *self {
            Self::Integer(number) => Value::Integer(number),
            Self::Unsigned(number) => Value::Unsigned(number),
            Self::Float(number) => Value::Float(number),
            Self::Boolean(state) => Value::Boolean(state),
            Self::Time(seconds) => Value::Time(seconds),
            Self::String(_) | Self::Opaque(_) | Self::ObjectLink(_) => return None,
        })
    }
}

impl Value<'static> {
    /// A number on its way into a snapshot, or out of one.
    #[cfg(any(feature = "historical-queue", feature = "records"))]
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        let (mut kind, mut bits) = match *self {
            Self::Unsigned(number) => (1, number),
            Self::Float(number) => (2, number.to_bits()),
            Self::Boolean(state) => (3, u64::from(state)),
            Self::Time(seconds) => (4, seconds as u64),
            Self::Integer(number) => (0, number as u64),
            Self::String(_) | Self::Opaque(_) | Self::ObjectLink(_) => (0, 0),
        };
        archive.u8(&mut kind);
        archive.u64(&mut bits);
        *self = match kind {
            1 => Self::Unsigned(bits),
            2 => Self::Float(f64::from_bits(bits)),
            3 => Self::Boolean(bits != 0),
            4 => Self::Time(bits as i64),
            _ => Self::Integer(bits as i64),
        };
    }
}

/// A reference to an object instance, `object:instance` in text. 65535:65535 refers to nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ObjectLink {
    /// The object's id.
    pub object: u16,
    /// The object instance's id.
    pub instance: u16,
}

/// Refers to nothing.
impl Default for ObjectLink {
    fn default() -> Self {
        Self {
            object: u16::MAX,
            instance: u16::MAX,
        }
    }
}

impl fmt::Display for ObjectLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.object, self.instance)
    }
}

/// The data type of a resource (LwM2M Core 1.1, Appendix C).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Type {
    /// UTF-8 text.
    String,
    /// A signed number of up to 64 bits.
    Integer,
    /// An unsigned number of up to 64 bits.
    Unsigned,
    /// A number in double precision.
    Float,
    /// True or false.
    Boolean,
    /// Bytes without further meaning.
    Opaque,
    /// Seconds since 1970-01-01T00:00Z.
    Time,
    /// A reference to an object instance.
    ObjectLink,
}
