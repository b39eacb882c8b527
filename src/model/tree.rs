//! All objects of the device in one place: the client's own and the application's.

use crate::error::Refusal;
use crate::model::object::{At, Object, Operations, ResourceDefinition};
use crate::model::path::Path;

/// The objects that the application hands to a call.
pub(crate) type Objects<'t, 'o> = &'t mut [&'o mut dyn Object];

/// The objects of a device: Server, Device, and the application's.
pub(crate) struct Tree<'t, 'o> {
    pub(crate) server: &'t mut dyn Object,
    pub(crate) device: &'t mut dyn Object,
    pub(crate) objects: Objects<'t, 'o>,
}

/// What is called for each place: its object, its path, and its definition where it is a resource.
pub(crate) type Visit<'v> =
    &'v mut dyn FnMut(&mut dyn Object, Path, Option<&'static ResourceDefinition>);

impl Tree<'_, '_> {
    /// Visits the place of a path (for a resource instance, its resource) and all below it, down
    /// to resources.
    pub(crate) fn walk(&mut self, path: Path, visit: Visit<'_>) -> Result<(), Refusal> {
        let least = path.depth().min(3);
        let mut found = Err(Refusal::NotFound);
        let mut step = |object: &mut dyn Object, place: Path, definition| {
            if place.depth() >= least {
                found = Ok(());
                visit(object, place, definition);
            }
        };
        for index in 0.. {
            let Some(object) = self.at(index) else {
                break;
            };
            let id = object.definition().id;
            let place = Path::object(id);
            if !place.meets(path) {
                continue;
            }
            step(object, place, None);
            for index in 0.. {
                let Some(instance) = object.instance(index) else {
                    break;
                };
                let place = Path::instance(id, instance);
                if !place.meets(path) {
                    continue;
                }
                step(object, place, None);
                for definition in object.definition().resources {
                    let place = Path::resource(id, instance, definition.id);
                    if place.meets(path) && object.has(instance, definition.id) {
                        step(object, place, Some(definition));
                    }
                }
            }
        }
        found
    }

    /// The object and definition of an existing resource.
    pub(crate) fn resource(
        &mut self,
        path: Path,
    ) -> Result<(&mut dyn Object, &'static ResourceDefinition), Refusal> {
        let mut found = None;
        if path.depth() >= 3 {
            self.walk(path, &mut |_, _, definition| found = definition)?;
        }
        let definition = found.ok_or(Refusal::MethodNotAllowed)?;
        let mut index = 0;
        while self.at(index).ok_or(Refusal::NotFound)?.definition().id
            != path.object_id().unwrap_or_default()
        {
            index += 1;
        }
        let object = self.at(index).ok_or(Refusal::NotFound)?;
        Ok((object, definition))
    }

    /// Whether changes of what `path` names are the server's without its asking.
    #[cfg(feature = "send")]
    pub(crate) fn is_auto_observable(&mut self, path: Path) -> bool {
        self.resource(path).is_ok_and(|(_, definition)| {
            definition.auto_observable && definition.operations.allow(Operations::R)
        })
    }

    /// Tells the objects that the values at and below a path have reached the server.
    pub(crate) fn delivered(&mut self, path: Path) {
        let _ = self.walk(path, &mut |object, place, definition| {
            if definition.is_some_and(|definition| definition.operations.allow(Operations::R)) {
                let At {
                    instance, resource, ..
                } = place.at();
                object.delivered(instance, resource);
            }
        });
    }

    /// The object at `index`: the client's own first. An application's Device object takes the
    /// place of the client's.
    fn at(&mut self, index: usize) -> Option<&mut dyn Object> {
        let replaced = self
            .objects
            .iter()
            .any(|object| object.definition().id == DEVICE);
        match index {
            0 => Some(&mut *self.server),
            1 if !replaced => Some(&mut *self.device),
            _ => {
                let own = 2 - usize::from(replaced);
                self.objects
                    .get_mut(index.checked_sub(own)?)
                    .map(|object| &mut **object as _)
            }
        }
    }
}

const DEVICE: u16 = 3;
