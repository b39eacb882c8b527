//! All objects of the device in one place: the client's own and the application's.

use crate::error::Refusal;
use crate::model::ids::{DEVICE, SERVER};
use crate::model::object::{At, Object, Operations, ResourceDefinition};
use crate::model::path::Path;

/// The objects that the application hands to a call.
pub(crate) type Objects<'t, 'o> = &'t mut [&'o mut dyn Object];

/// The objects of a device: Server, Device, and the application's.
pub(crate) struct Tree<'t, 'o> {
    server: &'t mut dyn Object,
    /// `None` where the application brings a Device object of its own.
    device: Option<&'t mut dyn Object>,
    objects: Objects<'t, 'o>,
}

/// What is called for each node: its object, its path, and its definition where it is a resource.
pub(crate) type Visit<'v> =
    &'v mut dyn FnMut(&mut dyn Object, Path, Option<&'static ResourceDefinition>);

impl<'t, 'o> Tree<'t, 'o> {
    pub(crate) fn new(
        server: &'t mut dyn Object,
        device: &'t mut dyn Object,
        objects: Objects<'t, 'o>,
    ) -> Self {
        let replaced = objects
            .iter()
            .any(|object| object.definition().id == DEVICE);
        Self {
            server,
            device: (!replaced).then_some(device),
            objects,
        }
    }

    /// Visits the node of a path (for a resource instance, its resource) and all below it, down
    /// to resources.
    pub(crate) fn walk(&mut self, path: Path, visit: Visit<'_>) -> Result<(), Refusal> {
        let depth = path.depth();
        if depth > 2 {
            let (object, definition) = self.resource(path)?;
            visit(object, path.resource_of(), Some(definition));
            return Ok(());
        }
        let mut found = Err(Refusal::NotFound);
        for index in 0.. {
            let Some(object) = self.at(index) else {
                break;
            };
            let id = object.definition().id;
            if path.object_id().is_some_and(|wanted| wanted != id) || !is_reached(index, id) {
                continue;
            }
            if depth < 2 {
                found = Ok(());
                visit(object, Path::object(id), None);
            }
            for index in 0.. {
                let Some(instance) = object.instance(index) else {
                    break;
                };
                if path.instance_id().is_some_and(|wanted| wanted != instance) {
                    continue;
                }
                found = Ok(());
                visit(object, Path::instance(id, instance), None);
                for definition in object.definition().resources {
                    let node = Path::resource(id, instance, definition.id);
                    if object.has(node.at()) {
                        visit(object, node, Some(definition));
                    }
                }
            }
        }
        found
    }

    /// Refuses a path where there is nothing.
    pub(crate) fn find(&mut self, path: Path) -> Result<(), Refusal> {
        self.walk(path, &mut |_, _, _| {})
    }

    /// The object and definition of an existing resource.
    pub(crate) fn resource(
        &mut self,
        path: Path,
    ) -> Result<(&mut dyn Object, &'static ResourceDefinition), Refusal> {
        let found = self.defined(path)?;
        if found.0.has(path.at()) {
            Ok(found)
        } else {
            Err(Refusal::NotFound)
        }
    }

    /// The object and definition of a resource that an existing instance has or could have.
    pub(crate) fn defined(
        &mut self,
        path: Path,
    ) -> Result<(&mut dyn Object, &'static ResourceDefinition), Refusal> {
        let at = path.at();
        let object = self.object(path)?;
        let definition = object
            .definition()
            .resource(at.resource)
            .filter(|_| {
                (0..)
                    .map_while(|index| object.instance(index))
                    .any(|id| id == at.instance)
            })
            .ok_or(Refusal::NotFound)?;
        Ok((object, definition))
    }

    /// The object that a path is in.
    pub(crate) fn object(&mut self, path: Path) -> Result<&mut dyn Object, Refusal> {
        let id = path.object_id();
        let mut index = 0;
        // The client's own objects are the first.
        loop {
            let object = self.at(index).ok_or(Refusal::NotFound)?;
            let found = object.definition().id;
            if Some(found) == id && is_reached(index, found) {
                break;
            }
            index += 1;
        }
        self.at(index).ok_or(Refusal::NotFound)
    }

    /// Tells the objects that the values at and below a path have reached the server.
    pub(crate) fn delivered(&mut self, path: Path) {
        let _ = self.walk_readable(path, &mut |object, node, definition| {
            if definition.is_some_and(|definition| definition.operations.allow(Operations::R)) {
                object.delivered(node.at());
            }
        });
    }

    /// The object at `index`: the client's own first.
    pub(crate) fn at(&mut self, index: usize) -> Option<&mut dyn Object> {
        let own = 1 + usize::from(self.device.is_some());
        match index {
            0 => Some(&mut *self.server),
            1 if own == 2 => self.device.as_mut().map(|device| &mut **device as _),
            _ => {
                let object = self.objects.get_mut(index.checked_sub(own)?);
                object.map(|object| &mut **object as _)
            }
        }
    }
}

/// Whether the object at an index is reached: Security and Server are the client's alone.
fn is_reached(index: usize, id: u16) -> bool {
    index == 0 || id > SERVER
}

/// Whether there is the resource instance that `at` names.
pub(crate) fn has_instance(object: &dyn Object, at: At) -> bool {
    (0..)
        .map_while(|index| object.resource_instance(at, index))
        .any(|id| id == at.resource_instance)
}

/// Whether changes of the resource at a node reach the server without its asking.
pub(crate) fn is_auto_observable(
    object: &dyn Object,
    node: Path,
    definition: &ResourceDefinition,
) -> bool {
    let is_auto = object.is_auto_observable(node.at());
    definition.operations.allow(Operations::R) && is_auto.unwrap_or(definition.auto_observable)
}
