//! What the client sees of the registry: one object of it.

#[cfg(feature = "create")]
use client_lite::Creatable;
use client_lite::{At, Object, ObjectDefinition, Path, Refusal, Value};
use client_lite_zephyr::kconfig;

use crate::callback::{self, Scratch};
#[cfg(feature = "create")]
use crate::definitions::{self, Creation};
use crate::failure::Failure;
use crate::registry::REGISTRY;

/// An object with resources in the registry. Each call locks the registry for itself, and none
/// holds the lock while a callback runs; a value that is read is a copy.
pub struct View {
    definition: ObjectDefinition,
    scratch: Scratch,
}

impl View {
    pub const fn new() -> Self {
        Self {
            definition: ObjectDefinition {
                id: 0,
                version: (1, 0),
                resources: &[],
            },
            scratch: Scratch::new(),
        }
    }

    /// The view of another object from now on.
    pub fn show(&mut self, definition: ObjectDefinition) {
        self.definition = definition;
    }

    fn resource(&self, at: At) -> Path {
        Path::resource(self.definition.id, at.instance, at.resource)
    }

    #[cfg(feature = "create")]
    fn creation_of_instances(&self) -> Result<Creation, Refusal> {
        definitions::creation(self.definition.id)
            .filter(|creation| creation.instances)
            .ok_or(Refusal::MethodNotAllowed)
    }

    /// The path in the registry: only a multiple resource has instances there.
    fn path(&self, at: At) -> Path {
        let resource = self.resource(at);
        let definition = self.definition.resource(at.resource);
        if definition.is_some_and(|definition| definition.multiple) {
            resource.join(at.resource_instance).unwrap_or(resource)
        } else {
            resource
        }
    }
}

impl Object for View {
    fn definition(&self) -> &ObjectDefinition {
        &self.definition
    }

    fn instance(&self, index: usize) -> Option<u16> {
        REGISTRY.with(|registry| registry.instance(self.definition.id, index))
    }

    fn has(&self, at: At) -> bool {
        let path = self.resource(at);
        REGISTRY.with(|registry| registry.exists(path))
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        let path = self.resource(at);
        REGISTRY.with(|registry| registry.below(path).nth(index)?.resource_instance_id())
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        let path = self.path(at);
        REGISTRY.with(|registry| {
            let value = registry.get(path).map_err(refusal)?;
            Ok(self.scratch.copy(value))
        })
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let path = self.path(at);
        REGISTRY.with(|registry| registry.reserve(path, value).map_err(refusal))
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let path = self.path(at);
        REGISTRY.with(|registry| registry.write(path, value).map_err(refusal))
    }

    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        if arguments.len() > kconfig::VALUE_SIZE {
            return Err(Refusal::TooLarge);
        }
        let path = self.path(at);
        let callback = REGISTRY.with(|registry| registry.callback(path));
        let callback = callback.ok_or(Refusal::MethodNotAllowed)?;
        let arguments = self.scratch.copy_for_c(Value::Opaque(arguments));
        callback::execute(callback, path, &arguments)
    }

    fn is_auto_observable(&self, at: At) -> Option<bool> {
        let path = self.resource(at);
        Some(REGISTRY.with(|registry| registry.is_auto_observable(path)))
    }

    fn delivered(&mut self, at: At) {
        let resource = self.resource(at);
        for index in 0.. {
            let found = REGISTRY.with(|registry| {
                let path = registry.below(resource).nth(index)?;
                Some((path, registry.callback(path)))
            });
            match found {
                Some((path, Some(callback))) => callback::delivered(callback, path),
                Some((_, None)) => {}
                None => break,
            }
        }
    }

    #[cfg(feature = "create")]
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }
}

#[cfg(feature = "create")]
impl Creatable for View {
    fn create(&mut self, instance: u16) -> Result<(), Refusal> {
        self.creation_of_instances()?;
        REGISTRY
            .with(|registry| registry.create(&self.definition, instance))
            .map_err(|_| Refusal::InternalError)
    }

    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        let creation = self.creation_of_instances()?;
        let path = Path::instance(self.definition.id, instance);
        let told = REGISTRY.with(|registry| registry.delete(path));
        if let Some(callback) = creation.callback.filter(|_| told) {
            callback::removed(callback, path);
        }
        Ok(())
    }

    fn can_add(&self, at: At) -> bool {
        let definition = self.definition.resource(at.resource);
        definitions::creation(self.definition.id).is_some()
            && definition.is_some_and(|definition| definition.multiple || !definition.mandatory)
    }

    fn can_remove(&self, at: At) -> bool {
        self.can_add(at)
    }

    fn remove(&mut self, at: At) {
        let path = self.path(at);
        REGISTRY.with(|registry| registry.clear(path));
    }

    fn clear(&mut self, at: At) {
        let path = self.resource(at);
        if self.can_add(at) {
            REGISTRY.with(|registry| registry.clear(path));
        }
    }
}

/// What the server gets as a response.
fn refusal(failure: Failure) -> Refusal {
    match failure {
        Failure::NoValue | Failure::NotAdded => Refusal::NotFound,
        Failure::PoolFull | Failure::ResourcesFull => Refusal::Unavailable,
        Failure::TooLong | Failure::NotText | Failure::WrongType => Refusal::BadRequest,
        _ => Refusal::InternalError,
    }
}
