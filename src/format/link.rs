//! Link format (RFC 6690) for the object list of Register and Update and for Discover (LwM2M Core
//! 1.1, 6.2.1 and 6.3.2).

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::model::object::{Object, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::Tree;

/// The objects and their instances, as Register and Update carry them.
pub(crate) fn object_list(tree: &mut Tree<'_, '_>, buffer: &mut Buffer<'_>) {
    let start = buffer.len();
    // Tells the server not to write in a format that this device may not read.
    if feature::SenmlCbor::IS_ON {
        buffer.put(b"</>;ct=112");
    }
    let _ = tree.walk(Path::ROOT, &mut |object, node, _| {
        put_listed(object, node, start, buffer);
    });
}

/// A link for an instance, and for an object where its instances do not say all of it; the list began
/// at `start`.
pub(crate) fn put_listed(object: &dyn Object, node: Path, start: usize, buffer: &mut Buffer<'_>) {
    match node.depth() {
        // An object with instances goes without saying, unless it has a version to say.
        1 if object.instance(0).is_none() || announces_version(object) => {
            put_node(object, node, start, buffer);
        }
        2 => put_link(node, start, buffer),
        _ => {}
    }
}

/// The same by Izuma's profile: resources in place of instances, with the number of the token where
/// they are notified without a request.
pub(crate) fn resource_list(
    tree: &mut Tree<'_, '_>,
    buffer: &mut Buffer<'_>,
    token: &dyn Fn(Path) -> Option<u16>,
) {
    let start = buffer.len();
    let _ = tree.walk(Path::ROOT, &mut |object, node, definition| {
        let Some(definition) = definition else {
            if node.depth() == 1 && object.instance(0).is_none() {
                put_link(node, start, buffer);
            }
            return;
        };
        if is_hidden(Some(definition)) {
            return;
        }
        put_link(node, start, buffer);
        if let Some(token) = token(node) {
            buffer.put(b";aobs=\"");
            buffer.number(token.into());
            buffer.byte(b'"');
        } else if definition.operations.allow(Operations::R) {
            buffer.put(b";obs");
        }
    });
}

/// What Discover says of a path: the node itself and all below it, of resource instances those of
/// a resource that it asks for. `describe` adds what is attached to a node.
pub(crate) fn discover(
    tree: &mut Tree<'_, '_>,
    path: Path,
    buffer: &mut Buffer<'_>,
    describe: impl Fn(Path, &mut Buffer<'_>),
) -> Result<(), Refusal> {
    let start = buffer.len();
    let depth = path.depth();
    let resource = !INSTANCES || depth < 4;
    let mut found = if resource {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    };
    tree.walk(path, &mut |object, node, definition| {
        if is_hidden(definition) {
            if depth > 2 {
                found = Err(Refusal::MethodNotAllowed);
            }
            return;
        }
        let at = node.at();
        let multiple = definition.is_some_and(|definition| definition.multiple);
        if resource {
            put_node(object, node, start, buffer);
            if multiple {
                let mut count = 0;
                while object.resource_instance(at, count).is_some() {
                    count += 1;
                }
                buffer.put(b";dim=");
                buffer.number(count as u32);
            }
            describe(node, buffer);
        }
        let mut index = 0;
        while INSTANCES
            && multiple
            && depth > 2
            && let Some(id) = object.resource_instance(at, index)
        {
            let resource_instance = node.join(id).unwrap_or(node);
            if path.contains(resource_instance) {
                found = Ok(());
                put_link(resource_instance, start, buffer);
                describe(resource_instance, buffer);
            }
            index += 1;
        }
    })?;
    found
}

/// Whether a resource has no operations: it is the bootstrap server's alone.
fn is_hidden(definition: Option<&ResourceDefinition>) -> bool {
    feature::Bootstrap::IS_ON
        && definition.is_some_and(|definition| definition.operations == Operations::NONE)
}

/// A link, with the version where it is an object's.
fn put_node(object: &dyn Object, node: Path, start: usize, buffer: &mut Buffer<'_>) {
    put_link(node, start, buffer);
    if node.depth() == 1 && announces_version(object) {
        let (major, minor) = object.definition().version;
        buffer.put(b";ver=");
        buffer.number(major.into());
        buffer.byte(b'.');
        buffer.number(minor.into());
    }
}

pub(crate) fn put_link(node: Path, start: usize, buffer: &mut Buffer<'_>) {
    if buffer.len() > start {
        buffer.byte(b',');
    }
    buffer.byte(b'<');
    put_path(node, 0, buffer);
    buffer.byte(b'>');
}

/// `/object/instance/...` from a level on; nothing for the root.
pub(crate) fn put_path(path: Path, level: usize, buffer: &mut Buffer<'_>) {
    let mut level = level;
    while let Some(id) = path.id(level) {
        buffer.byte(b'/');
        buffer.number(id.into());
        level += 1;
    }
}

/// A version is written where it is not what the server takes for granted: 1.0, and for the objects
/// that the enabler itself renewed the enabler's version (LwM2M Core 1.1, 7.2.2).
fn announces_version(object: &dyn Object) -> bool {
    let definition = object.definition();
    match definition.id {
        0 | 1 | 3 => definition.version > (1, 1),
        _ => definition.version != (1, 0),
    }
}

/// Whether Discover lists and counts resource instances, which a device without attributes saves.
const INSTANCES: bool = feature::Attributes::IS_ON;
