//! Rust types as resources: what [`object!`](crate::object!) builds on.

mod multiple;

use heapless::{String, Vec};

use crate::error::Refusal;
use crate::model::object::{Creatable, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{ObjectLink, Type, Value};

pub use multiple::Multiple;

/// A value of a resource.
///
/// Implemented for `i64`, `i32`, `u64`, `f64`, `bool`, [`Time`], [`Ranged`], [`ObjectLink`], `&str`
/// (which the server cannot write), and [`heapless`] strings and byte vectors,
/// whose capacity bounds what the server can write.
pub trait Resource {
    /// The data type that the server sees.
    const TYPE: Type;

    /// Whether there are values that a server can write.
    const WRITABLE: bool = true;

    /// The value.
    fn value(&self) -> Value<'_>;

    /// Whether [`assign`](Self::assign) would take this value, which is of type [`Self::TYPE`].
    fn accepts(value: &Value<'_>) -> Result<(), Refusal>;

    /// Takes a value that [`accepts`](Self::accepts) has let pass.
    fn assign(&mut self, value: Value<'_>);
}

/// A field of an object that [`object!`](crate::object!) declares.
///
/// Implemented for every [`Resource`]; for `Option` of one, an optional resource that is absent
/// while it is `None`; and for [`Multiple`], a resource with several instances.
pub trait Field {
    /// The data type that the server sees.
    const TYPE: Type;

    /// Whether there are values that a server can write.
    const WRITABLE: bool;

    /// Whether it may be absent.
    const OPTIONAL: bool = false;

    /// Whether it may have several resource instances.
    const MULTIPLE: bool = false;

    /// Whether it is there.
    fn is_present(&self) -> bool {
        true
    }

    /// The id of the resource instance at `index`; `None` behind the last.
    fn instance(&self, index: usize) -> Option<u16> {
        (index == 0).then_some(0)
    }

    /// The value of a resource instance; `None` where it is absent.
    fn value(&self, instance: u16) -> Option<Value<'_>>;

    /// Whether [`assign`](Self::assign) makes a resource instance present that is not.
    fn can_add(instance: u16) -> bool {
        let _ = instance;
        Self::OPTIONAL
    }

    /// Whether [`assign`](Self::assign) would take this value, which is of type [`Self::TYPE`].
    fn accepts(instance: u16, value: &Value<'_>) -> Result<(), Refusal>;

    /// Takes a value that [`accepts`](Self::accepts) has let pass.
    fn assign(&mut self, instance: u16, value: Value<'_>);

    /// Makes it absent, where it can be.
    fn clear(&mut self) {}

    /// Takes a resource instance out, where there can be several.
    fn remove(&mut self, instance: u16) {
        let _ = instance;
    }
}

impl<T: Resource> Field for T {
    const TYPE: Type = T::TYPE;
    const WRITABLE: bool = T::WRITABLE;

    fn value(&self, _: u16) -> Option<Value<'_>> {
        Some(Resource::value(self))
    }

    fn accepts(_: u16, value: &Value<'_>) -> Result<(), Refusal> {
        <T as Resource>::accepts(value)
    }

    fn assign(&mut self, _: u16, value: Value<'_>) {
        Resource::assign(self, value);
    }
}

impl<T: Resource + Default> Field for Option<T> {
    const TYPE: Type = T::TYPE;
    const WRITABLE: bool = T::WRITABLE;
    const OPTIONAL: bool = true;

    fn is_present(&self) -> bool {
        self.is_some()
    }

    fn value(&self, _: u16) -> Option<Value<'_>> {
        self.as_ref().map(Resource::value)
    }

    fn accepts(_: u16, value: &Value<'_>) -> Result<(), Refusal> {
        <T as Resource>::accepts(value)
    }

    fn assign(&mut self, _: u16, value: Value<'_>) {
        Resource::assign(self.get_or_insert_default(), value);
    }

    fn clear(&mut self) {
        *self = None;
    }
}

/// An object type whose definition is known before there is a value of it, as
/// [`object!`](crate::object!) declares it. [`Instances`](crate::objects::Instances) needs it.
pub trait Declared: Object + Creatable {
    /// What [`Object::definition`] gives.
    const DEFINITION: &'static ObjectDefinition;
}

/// Seconds since 1970-01-01T00:00Z, as a resource of type Time.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Time(pub i64);

/// A whole number from `LEAST` to `GREATEST`; what lies outside, the server cannot write.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Ranged<const LEAST: i32, const GREATEST: i32>(i32);

impl<const LEAST: i32, const GREATEST: i32> Ranged<LEAST, GREATEST> {
    /// The number, where it lies within.
    pub const fn new(number: i32) -> Option<Self> {
        const { assert!(LEAST <= GREATEST, "a range that is empty") };
        if LEAST <= number && number <= GREATEST {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number, or the end of the range that is next to it.
    pub const fn saturating(number: i32) -> Self {
        match Self::new(number) {
            Some(ranged) => ranged,
            None if number < LEAST => Self(LEAST),
            None => Self(GREATEST),
        }
    }

    /// The number.
    pub const fn get(self) -> i32 {
        self.0
    }
}

/// The number that is next to 0.
impl<const LEAST: i32, const GREATEST: i32> Default for Ranged<LEAST, GREATEST> {
    fn default() -> Self {
        Self::saturating(0)
    }
}

impl<const LEAST: i32, const GREATEST: i32> Resource for Ranged<LEAST, GREATEST> {
    const TYPE: Type = Type::Integer;

    fn value(&self) -> Value<'_> {
        Value::Integer(self.0.into())
    }

    fn accepts(value: &Value<'_>) -> Result<(), Refusal> {
        Self::of(value).map(|_| ()).ok_or(Refusal::BadRequest)
    }

    fn assign(&mut self, value: Value<'_>) {
        if let Some(taken) = Self::of(&value) {
            *self = taken;
        }
    }
}

impl<const LEAST: i32, const GREATEST: i32> Ranged<LEAST, GREATEST> {
    fn of(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Integer(number) => Self::new(i32::try_from(*number).ok()?),
            _ => None,
        }
    }
}

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
    const WRITABLE: bool = false;

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

/// The definition of the resource that a field holds.
#[doc(hidden)]
pub const fn definition<F: Field>(id: u16, operations: Operations) -> ResourceDefinition {
    let mut definition = ResourceDefinition::new(id, F::TYPE, operations);
    definition.multiple = F::MULTIPLE;
    definition
}

/// Definitions by ascending id, at compile time.
#[doc(hidden)]
#[allow(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "evaluated at compile time only"
)]
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
        assert!(
            at == 0 || definitions[at - 1].id != definitions[at].id,
            "object!: two resources have the same id"
        );
        sorted += 1;
    }
    definitions
}
