//! Reading (LwM2M Core 1.1, 6.3.1): the values at and below a path.

use crate::error::Refusal;
use crate::format::Encoder;
use crate::model::object::{Object, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::Tree;

/// Hands all values at or below a path that the server may read to an encoder. What was not asked
/// for by its own path, and has no value just now, is left out.
pub(super) fn read(
    tree: &mut Tree<'_, '_>,
    path: Path,
    encoder: &mut dyn Encoder,
) -> Result<(), Refusal> {
    let single = path.depth() >= 3;
    let mut result = Ok(());
    tree.walk_readable(path, &mut |object, node, definition| {
        let Some(definition) = definition else {
            return;
        };
        let read = if definition.operations.allow(Operations::R) {
            read_resource(object, definition, node, path, encoder)
        } else {
            Err(Refusal::MethodNotAllowed)
        };
        if single {
            result = read;
        }
    })?;
    result
}

/// Hands the value of a resource, or those of its instances, as far as they are at or below the path,
/// to an encoder.
pub(crate) fn read_resource(
    object: &mut dyn Object,
    definition: &ResourceDefinition,
    resource: Path,
    path: Path,
    encoder: &mut dyn Encoder,
) -> Result<(), Refusal> {
    let at = resource.at();
    let mut result = if path.contains(resource) {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    };
    for index in 0.. {
        let node = if definition.multiple {
            let Some(id) = object.resource_instance(at, index) else {
                break;
            };
            resource.join(id)
        } else if index == 0 {
            Some(resource)
        } else {
            break;
        };
        if let Some(node) = node
            && path.contains(node)
        {
            match &object.read(node.at()) {
                Ok(value) => encoder.value(node, value),
                Err(refusal) => return Err(*refusal),
            }
            result = Ok(());
        }
    }
    result
}
