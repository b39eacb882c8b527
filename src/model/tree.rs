//! All objects of the device in one place: the client's own and the application's.

use crate::error::Refusal;
use crate::model::object::{Object, Operations, ResourceDefinition};
use crate::model::path::Path;

/// The objects that the application hands to a call.
pub(crate) type Objects<'t, 'o> = &'t mut [&'o mut dyn Object];

/// The objects of a device: Server, Device, and the application's.
pub(crate) struct Tree<'t, 'o> {
    pub(crate) server: &'t mut dyn Object,
    pub(crate) device: &'t mut dyn Object,
    pub(crate) objects: Objects<'t, 'o>,
}

impl Tree<'_, '_> {
    /// The object at `index`: the client's own first. An application's Device object takes the
    /// place of the client's.
    pub(crate) fn at(&mut self, index: usize) -> Option<&mut dyn Object> {
        let replaced = self.objects.iter().any(|object| object.definition().id == DEVICE);
        Some(match index {
            0 => &mut *self.server,
            1 if !replaced => &mut *self.device,
            _ => *self.objects.get_mut(index - 2 + usize::from(replaced))?,
        })
    }

    pub(crate) fn object(&mut self, id: u16) -> Option<&mut dyn Object> {
        let mut index = 0;
        loop {
            if self.at(index)?.definition().id == id {
                return self.at(index);
            }
            index += 1;
        }
    }

    /// The object and definition of an existing resource.
    pub(crate) fn resource(
        &mut self,
        path: Path,
    ) -> Result<(&mut dyn Object, &'static ResourceDefinition), Refusal> {
        let (Some(object), Some(instance), Some(resource)) =
            (path.object_id(), path.instance_id(), path.resource_id())
        else {
            return Err(Refusal::MethodNotAllowed);
        };
        let object = self.object(object).ok_or(Refusal::NotFound)?;
        if !has_instance(object, instance) || !object.has(instance, resource) {
            return Err(Refusal::NotFound);
        }
        let definition = object
            .definition()
            .resource(resource)
            .ok_or(Refusal::NotFound)?;
        Ok((object, definition))
    }

    /// Whether changes of what `path` names are the server's without its asking.
    pub(crate) fn is_auto_observable(&mut self, path: Path) -> bool {
        self.resource(path).is_ok_and(|(_, definition)| {
            definition.auto_observable && definition.operations.allow(Operations::R)
        })
    }
}

pub(crate) fn has_instance(object: &dyn Object, instance: u16) -> bool {
    instances(object).any(|id| id == instance)
}

/// The ids of an object's instances.
pub(crate) fn instances(object: &dyn Object) -> impl Iterator<Item = u16> {
    (0..).map_while(|index| object.instance(index))
}

const DEVICE: u16 = 3;
