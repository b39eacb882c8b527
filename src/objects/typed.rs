//! Rust types as resources: what [`object!`](crate::object!) builds on.

use heapless::{String, Vec};

use crate::error::Refusal;
use crate::model::object::ResourceDefinition;
use crate::model::value::{ObjectLink, Type, Value};

/// A field that holds a resource's value.
///
/// Implemented for `i64`, `i32`, `u64`, `f64`, `bool`, [`Time`], [`ObjectLink`], `&str` (which the
/// server cannot write), and `heapless` strings and byte vectors, whose capacity bounds what the
/// server can write.
pub trait Resource {
    /// The data type that the server sees.
    const TYPE: Type;

    /// The value.
    fn value(&self) -> Value<'_>;

    /// Whether [`assign`](Self::assign) would take this value, which is of type [`Self::TYPE`].
    fn accepts(value: &Value<'_>) -> Result<(), Refusal>;

    /// Takes a value that [`accepts`](Self::accepts) has let pass.
    fn assign(&mut self, value: Value<'_>);
}

/// Seconds since 1970-01-01T00:00Z, as a resource of type Time.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Time(pub i64);

macro_rules! resource {
    ($type:ty, $kind:ident, $pattern:pat => $taken:expr, $self:ident => $value:expr) => {
        impl Resource for $type {
            const TYPE: Type = Type::$kind;

            fn value(&self) -> Value<'_> {
                let $self = self;
                Value::$kind($value)
            }

            fn accepts(value: &Value<'_>) -> Result<(), Refusal> {
                match value {
                    Value::$kind($pattern) => $taken.map(|_| ()).ok_or(Refusal::BadRequest),
                    _ => Err(Refusal::BadRequest),
                }
            }

            fn assign(&mut self, value: Value<'_>) {
                if let Value::$kind($pattern) = &value
                    && let Some(taken) = $taken
                {
                    *self = taken;
                }
            }
        }
    };
}

resource!(i64, Integer, value => Some(*value), this => *this);
resource!(i32, Integer, value => i32::try_from(*value).ok(), this => i64::from(*this));
resource!(u64, Unsigned, value => Some(*value), this => *this);
resource!(f64, Float, value => Some(*value), this => *this);
resource!(bool, Boolean, value => Some(*value), this => *this);
resource!(Time, Time, value => Some(Self(*value)), this => this.0);
resource!(ObjectLink, ObjectLink, value => Some(*value), this => *this);

impl Resource for &str {
    const TYPE: Type = Type::String;

    fn value(&self) -> Value<'_> {
        Value::String(self)
    }

    fn accepts(_: &Value<'_>) -> Result<(), Refusal> {
        Err(Refusal::MethodNotAllowed)
    }

    fn assign(&mut self, _: Value<'_>) {}
}

impl<const N: usize> Resource for String<N> {
    const TYPE: Type = Type::String;

    fn value(&self) -> Value<'_> {
        Value::String(self)
    }

    fn accepts(value: &Value<'_>) -> Result<(), Refusal> {
        match value {
            Value::String(text) if text.len() <= N => Ok(()),
            _ => Err(Refusal::BadRequest),
        }
    }

    fn assign(&mut self, value: Value<'_>) {
        if let Value::String(text) = value
            && text.len() <= N
        {
            self.clear();
            let _ = self.push_str(text);
        }
    }
}

impl<const N: usize> Resource for Vec<u8, N> {
    const TYPE: Type = Type::Opaque;

    fn value(&self) -> Value<'_> {
        Value::Opaque(self)
    }

    fn accepts(value: &Value<'_>) -> Result<(), Refusal> {
        match value {
            Value::Opaque(bytes) if bytes.len() <= N => Ok(()),
            _ => Err(Refusal::BadRequest),
        }
    }

    fn assign(&mut self, value: Value<'_>) {
        if let Value::Opaque(bytes) = value
            && bytes.len() <= N
        {
            self.clear();
            let _ = self.extend_from_slice(bytes);
        }
    }
}

/// Definitions by ascending id, at compile time.
#[doc(hidden)]
#[allow(clippy::indexing_slicing, reason = "evaluated at compile time only")]
pub const fn by_id<const N: usize>(
    mut definitions: [ResourceDefinition; N],
) -> [ResourceDefinition; N] {
    let mut sorted = 1;
    while sorted < N {
        let mut at = sorted;
        while at > 0 && definitions[at - 1].id > definitions[at].id {
            let moved = definitions[at];
            definitions[at] = definitions[at - 1];
            definitions[at - 1] = moved;
            at -= 1;
        }
        sorted += 1;
    }
    definitions
}
