//! An object as a table of values.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use core::str;

use client_lite::{
    At, BlockWise, Creatable, Object, ObjectDefinition, ObjectLink, Operations, Path, Refusal,
    Upload, Value,
};

use crate::text;

/// Told, a line each, what servers have done.
pub type Note = fn(&str);

/// An object whose values are kept in a table.
pub(crate) struct Table {
    definition: &'static ObjectDefinition,
    instances: BTreeMap<u16, Resources>,
    bounds: BTreeMap<u16, RangeInclusive<i64>>,
    blocks: Option<u16>,
    /// The executable resource whose arguments are kept, and where.
    repeats: Option<(u16, u16)>,
    /// What has arrived of a value in blocks.
    upload: Vec<u8>,
    note: Note,
}

/// The values of an object instance, by resource and resource instance.
type Resources = BTreeMap<u16, BTreeMap<u16, Owned>>;

/// A value of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Owned {
    String(String),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Boolean(bool),
    Opaque(Vec<u8>),
    Time(i64),
    ObjectLink(ObjectLink),
}

/// How a table starts.
impl Table {
    pub(crate) fn new(definition: &'static ObjectDefinition, note: Note) -> Self {
        Self {
            definition,
            instances: BTreeMap::new(),
            bounds: BTreeMap::new(),
            blocks: None,
            repeats: None,
            upload: Vec::new(),
            note,
        }
    }

    pub(crate) fn with(mut self, path: &str, value: impl Into<Owned>) -> Self {
        let path: Path = path.parse().expect("a path");
        self.put(at(path).expect("a resource"), value.into());
        self
    }

    pub(crate) fn bounded(mut self, resource: u16, bounds: RangeInclusive<i64>) -> Self {
        self.bounds.insert(resource, bounds);
        self
    }

    pub(crate) fn takes_blocks(mut self, resource: u16) -> Self {
        self.blocks = Some(resource);
        self
    }

    pub(crate) fn repeats(mut self, executed: u16, at: u16) -> Self {
        self.repeats = Some((executed, at));
        self
    }
}

impl Table {
    fn put(&mut self, at: At, value: Owned) {
        let resources = self.instances.entry(at.instance).or_default();
        let values = resources.entry(at.resource).or_default();
        values.insert(at.resource_instance, value);
    }

    fn at(&self, at: At) -> Option<&Owned> {
        let resources = self.instances.get(&at.instance)?;
        resources.get(&at.resource)?.get(&at.resource_instance)
    }

    fn tell(&self, what: &str, at: At, detail: &str) {
        let id = self.definition.id;
        let path = match self.definition.resource(at.resource) {
            Some(definition) if definition.multiple => {
                Path::resource_instance(id, at.instance, at.resource, at.resource_instance)
            }
            _ => Path::resource(id, at.instance, at.resource),
        };
        (self.note)(&format!("server {what} {path}{detail}"));
    }

    fn is_executable(&self, resource: u16) -> bool {
        let definition = self.definition.resource(resource);
        definition.is_some_and(|definition| definition.operations.allow(Operations::E))
    }

    fn is_write_only(&self, resource: u16) -> bool {
        let definition = self.definition.resource(resource);
        definition.is_some_and(|definition| definition.operations == Operations::W)
    }
}

impl Object for Table {
    fn definition(&self) -> &ObjectDefinition {
        self.definition
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.instances.keys().nth(index).copied()
    }

    fn has(&self, at: At) -> bool {
        let resources = self.instances.get(&at.instance);
        self.is_executable(at.resource)
            || self.is_write_only(at.resource)
            || resources.is_some_and(|resources| resources.contains_key(&at.resource))
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        let values = self.instances.get(&at.instance)?.get(&at.resource)?;
        values.keys().nth(index).copied()
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        let value = self.at(at).ok_or(Refusal::NotFound)?;
        Ok(value.as_value())
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        match (self.bounds.get(&at.resource), value) {
            (Some(bounds), Value::Integer(number)) if !bounds.contains(number) => {
                Err(Refusal::BadRequest)
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        self.tell("written", at, &format!(" = {}", text::describe(&value)));
        self.put(at, Owned::from(value));
        Ok(())
    }

    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        let arguments = str::from_utf8(arguments).map_err(|_| Refusal::BadRequest)?;
        if let Some((_, kept)) = self
            .repeats
            .filter(|(executed, _)| *executed == at.resource)
        {
            let kept = At {
                resource: kept,
                ..at
            };
            self.put(kept, arguments.into());
        }
        self.tell("executed", at, &format!(" with \"{arguments}\""));
        Ok(())
    }

    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    fn block_wise(&mut self) -> Option<&mut dyn BlockWise> {
        Some(self)
    }
}

impl Creatable for Table {
    fn can_add(&self, at: At) -> bool {
        !self.is_executable(at.resource)
    }

    fn clear(&mut self, at: At) {
        if let Some(resources) = self.instances.get_mut(&at.instance) {
            resources.remove(&at.resource);
        }
    }
}

impl BlockWise for Table {
    fn takes_blocks(&mut self, at: At) -> bool {
        self.blocks == Some(at.resource)
    }

    fn upload(&mut self, at: At, step: Upload<'_>) -> Result<(), Refusal> {
        match step {
            Upload::Begin { .. } => self.upload.clear(),
            Upload::Piece(bytes) => self.upload.extend_from_slice(bytes),
            Upload::Commit => {
                let value = core::mem::take(&mut self.upload);
                self.tell("uploaded", at, &format!(", {} bytes", value.len()));
                self.put(at, Owned::Opaque(value));
            }
            Upload::Abort => {
                self.upload.clear();
                self.tell("aborted", at, "");
            }
        }
        Ok(())
    }
}

impl Owned {
    pub(crate) fn link(object: u16, instance: u16) -> Self {
        Self::ObjectLink(ObjectLink { object, instance })
    }

    pub(crate) fn as_value(&self) -> Value<'_> {
        match self {
            Self::String(value) => Value::String(value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Unsigned(value) => Value::Unsigned(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Boolean(value) => Value::Boolean(*value),
            Self::Opaque(value) => Value::Opaque(value),
            Self::Time(value) => Value::Time(*value),
            Self::ObjectLink(value) => Value::ObjectLink(*value),
        }
    }
}

impl From<Value<'_>> for Owned {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::String(value) => Self::String(value.to_owned()),
            Value::Integer(value) => Self::Integer(value),
            Value::Unsigned(value) => Self::Unsigned(value),
            Value::Float(value) => Self::Float(value),
            Value::Boolean(value) => Self::Boolean(value),
            Value::Opaque(value) => Self::Opaque(value.to_owned()),
            Value::Time(value) => Self::Time(value),
            Value::ObjectLink(value) => Self::ObjectLink(value),
        }
    }
}

impl From<&str> for Owned {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

/// The resource, or resource instance, at a path.
pub(crate) fn at(path: Path) -> Option<At> {
    Some(At {
        instance: path.instance_id()?,
        resource: path.resource_id()?,
        resource_instance: path.resource_instance_id().unwrap_or(0),
    })
}
