//! Link format (RFC 6690) for the object list of Register and Update and for Discover (LwM2M Core
//! 1.1, 6.2.1 and 6.3.2).

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::model::object::{Object, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::{Tree, has_instance, instances};

/// The objects and their instances, as Register and Update carry them.
pub(crate) fn object_list(tree: &mut Tree<'_, '_>, buffer: &mut Buffer<'_>) {
    let start = buffer.len();
    // Tells the server not to write in a format that this device may not read.
    #[cfg(feature = "senml-cbor")]
    buffer.put(b"</>;ct=112");
    let mut index = 0;
    while let Some(object) = tree.at(index) {
        let definition = object.definition();
        let mut instances = instances(object).peekable();
        if announces_version(definition.id, definition.version) || instances.peek().is_none() {
            object_link(object, start, buffer);
        }
        for instance in instances {
            link(Path::instance(definition.id, instance), start, buffer);
        }
        index += 1;
    }
}

/// What Discover tells of a path: the place itself and all below it.
pub(crate) fn discover(
    tree: &mut Tree<'_, '_>,
    path: Path,
    buffer: &mut Buffer<'_>,
) -> Result<(), Refusal> {
    let start = buffer.len();
    if path.depth() == 3 {
        let (object, definition) = tree.resource(path)?;
        resource_link(object, definition, path, start, buffer);
        return Ok(());
    }
    let object = path
        .object_id()
        .and_then(|id| tree.object(id))
        .ok_or(Refusal::NotFound)?;
    match path.instance_id() {
        Some(instance) if path.depth() == 2 && has_instance(object, instance) => {
            instance_links(object, path, start, buffer);
        }
        Some(_) => return Err(Refusal::NotFound),
        None => {
            object_link(object, start, buffer);
            for instance in instances(object) {
                let path = Path::instance(object.definition().id, instance);
                instance_links(object, path, start, buffer);
            }
        }
    }
    Ok(())
}

fn object_link(object: &dyn Object, start: usize, buffer: &mut Buffer<'_>) {
    let definition = object.definition();
    link(Path::object(definition.id), start, buffer);
    if announces_version(definition.id, definition.version) {
        let (major, minor) = definition.version;
        buffer.put(b";ver=");
        buffer.number(major.into());
        buffer.byte(b'.');
        buffer.number(minor.into());
    }
}

fn instance_links(object: &dyn Object, path: Path, start: usize, buffer: &mut Buffer<'_>) {
    link(path, start, buffer);
    let instance = path.instance_id().unwrap_or_default();
    for definition in object.definition().resources {
        if object.has(instance, definition.id)
            && let Some(path) = path.join(definition.id)
        {
            resource_link(object, definition, path, start, buffer);
        }
    }
}

fn resource_link(
    object: &dyn Object,
    definition: &ResourceDefinition,
    path: Path,
    start: usize,
    buffer: &mut Buffer<'_>,
) {
    link(path, start, buffer);
    if definition.multiple {
        let instance = path.instance_id().unwrap_or_default();
        let count = (0..)
            .take_while(|index| object.resource_instance(instance, definition.id, *index).is_some())
            .count();
        buffer.put(b";dim=");
        buffer.number(count as u32);
    }
}

fn link(path: Path, start: usize, buffer: &mut Buffer<'_>) {
    if buffer.len() > start {
        buffer.byte(b',');
    }
    buffer.byte(b'<');
    put_path(path, buffer);
    buffer.byte(b'>');
}

/// `/object/instance/...`; nothing for the root.
pub(crate) fn put_path(path: Path, buffer: &mut Buffer<'_>) {
    for id in path.ids() {
        buffer.byte(b'/');
        buffer.number(id.into());
    }
}

/// A version is told where it is not what the server takes for granted: 1.0, and for the objects
/// that the enabler itself renewed the enabler's version (LwM2M Core 1.1, 7.2.2).
fn announces_version(id: u16, version: (u8, u8)) -> bool {
    match id {
        0 | 1 | 3 => version > (1, 1),
        _ => version != (1, 0),
    }
}
