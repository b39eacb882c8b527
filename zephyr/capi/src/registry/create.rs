//! What servers bring and take away: object instances by Create and Delete, optional resources and
//! resource instances by Write.
//!
//! An instance that loses its last resource by a Write does not go: a slot with the instance's own
//! path stands for it, until there is a resource again.

use client_lite::{ObjectDefinition, ObjectLink, Path, Type, Value};

use super::{Registry, Slot, Stored, instance_of};
use crate::abi::Callback;
use crate::definitions;
use crate::failure::Failure;

impl Registry {
    /// Adds an object instance with its mandatory resources, and with their types' default values;
    /// a multiple one has no instances yet. Where there is no room for all, nothing is added.
    pub fn create(&mut self, definition: &ObjectDefinition, instance: u16) -> Result<(), Failure> {
        let place = Path::instance(definition.id, instance);
        let mut result = Ok(());
        for resource in definition.resources {
            if resource.mandatory && !resource.multiple {
                let path = Path::resource(definition.id, instance, resource.id);
                result = result.and_then(|()| self.add_default(path));
            }
        }
        if result.is_ok() && !self.slots.iter().any(|slot| place.contains(slot.path)) {
            result = self.insert(Slot::new(place, None, None));
        }
        if result.is_err() {
            self.take_out(place);
        }
        self.mark_created(place);
        result
    }

    /// Removes an object instance; whether its creation, if any, has been told.
    pub fn delete(&mut self, instance: Path) -> bool {
        let told = !self.is_created(instance);
        self.take_out(instance);
        told
    }

    /// Empties a resource, or all its instances, ahead of the values that may be about to come:
    /// they have what it held, which others do not get in the meantime.
    pub fn clear(&mut self, resource: Path) {
        while let Some(slot) = self
            .slots
            .iter_mut()
            .find(|slot| slot.is_there() && resource.contains(slot.path))
        {
            slot.changed = false;
            slot.written = false;
            let stored = core::mem::replace(&mut slot.stored, Stored::Cleared);
            if let Stored::Bytes(span) = stored {
                self.reserved.bytes += span.len();
            }
            self.discard(&stored);
        }
    }

    /// Takes an object instance of whose creation its object's callback is to know.
    pub fn take_created(&mut self) -> Option<Path> {
        let slot = self.slots.iter().find(|slot| slot.created)?;
        let created = instance_of(slot.path);
        for slot in &mut self.slots {
            slot.created &= !created.contains(slot.path);
        }
        Some(created)
    }

    /// Takes a resource, or an instance of it, that was cleared and has not come again.
    pub fn take_cleared(&mut self) -> Option<(Path, Option<Callback>)> {
        let slot = self.slots.iter().find(|slot| !slot.is_there())?;
        let (path, callback, created) = (slot.path, slot.callback, slot.created);
        self.take_out(path);
        let instance = instance_of(path);
        if !self.slots.iter().any(|slot| instance.contains(slot.path)) {
            let mut slot = Slot::new(instance, None, None);
            slot.created = created;
            // In the place of what has just been taken out.
            let _ = self.insert(slot);
        }
        Some((path, callback))
    }

    fn add_default(&mut self, path: Path) -> Result<(), Failure> {
        let kind = definitions::kind_of(path);
        self.insert(Slot::new(path, kind, definitions::callback_of(path)))?;
        match kind.map(default) {
            Some(value) => self.store(path, value),
            None => Ok(()),
        }
    }

    fn mark_created(&mut self, instance: Path) {
        for slot in &mut self.slots {
            slot.created |= instance.contains(slot.path);
        }
    }
}

fn default(kind: Type) -> Value<'static> {
    match kind {
        Type::String => Value::String(""),
        Type::Integer => Value::Integer(0),
        Type::Unsigned => Value::Unsigned(0),
        Type::Float => Value::Float(0.0),
        Type::Boolean => Value::Boolean(false),
        Type::Opaque => Value::Opaque(&[]),
        Type::Time => Value::Time(0),
        Type::ObjectLink => Value::ObjectLink(ObjectLink {
            object: u16::MAX,
            instance: u16::MAX,
        }),
    }
}
