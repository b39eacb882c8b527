//! What servers create, add and take away in objects, for the operations that do so.

use crate::error::Refusal;
use crate::model::object::{At, Object, Operations};
use crate::model::path::Path;
use crate::model::tree::Tree;

pub(super) fn create_instance(tree: &mut Tree<'_, '_>, instance: Path) -> Result<(), Refusal> {
    let object = tree.object(instance)?.creatable();
    let object = object.ok_or(Refusal::MethodNotAllowed)?;
    object.create(instance.instance_id().unwrap_or_default())
}

pub(super) fn delete_instance(tree: &mut Tree<'_, '_>, instance: Path) -> Result<(), Refusal> {
    let object = tree.object(instance)?.creatable();
    let object = object.ok_or(Refusal::MethodNotAllowed)?;
    object.delete(instance.instance_id().unwrap_or_default())
}

/// Whether a resource, or an instance of one, can be added.
pub(super) fn can_add(object: &mut dyn Object, at: At) -> bool {
    object.creatable().is_some_and(|object| object.can_add(at))
}

/// Removes a resource instance, or says whether that can be.
pub(super) fn remove(object: &mut dyn Object, at: At, apply: bool) -> Result<(), Refusal> {
    match object.creatable() {
        Some(object) if object.can_remove(at) => {
            if apply {
                object.remove(at);
            }
            Ok(())
        }
        _ => Err(Refusal::MethodNotAllowed),
    }
}

/// Tells the objects that the values of a body are about to be validated.
pub(super) fn prepare(tree: &mut Tree<'_, '_>, replaces: bool) {
    let mut index = 0;
    while let Some(object) = tree.at(index) {
        if let Some(object) = object.creatable() {
            object.prepare(replaces);
        }
        index += 1;
    }
}

/// Empties what a body is about to replace.
pub(super) fn clear(tree: &mut Tree<'_, '_>, target: Path) {
    // What is not there yet has nothing to lose.
    let _ = tree.walk(target, &mut |object, node, definition| {
        if definition.is_some_and(|definition| definition.operations.allow(Operations::W))
            && let Some(object) = object.creatable()
        {
            object.clear(node.at());
        }
    });
}

/// The instance that a Create has made under an id of this device's choice, if any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Created(Path);

impl Created {
    pub(super) const NONE: Self = Self(Path::ROOT);

    pub(super) fn instance(path: Path) -> Self {
        Self(path)
    }

    /// An id of its path, from the object's on.
    pub(super) fn id(self, level: usize) -> Option<u16> {
        self.0.id(level)
    }
}
