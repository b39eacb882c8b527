//! Write (LwM2M Core 1.1, 6.3.3), and what Create and the bootstrap server write: a body takes place
//! as a whole or not at all.

use coap_lite::ResponseType;

use crate::coap::Message;
use crate::error::Refusal;
use crate::feature;
use crate::format::{self, Body, Content};
use crate::model::object::{Object, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Tree, has_instance};
use crate::model::value::{ObjectLink, Value};
use crate::requests::creatable;
use crate::requests::scope::{Response, Scope};

/// What a body is written for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Writing {
    /// Adds and overwrites; the rest stays (Partial Update, Write-Composite).
    Update,
    /// What the body does not have goes (Replace).
    Replace(feature::Create),
    /// Instances that are there for this; of resources that servers cannot write, values are passed
    /// over.
    Create(feature::Create),
    /// By the bootstrap server, which may write everything, also what the device does not have.
    Bootstrap(feature::Bootstrap),
}

impl Writing {
    fn needs(self) -> Operations {
        match self {
            Self::Bootstrap(_) => Operations::NONE,
            _ => Operations::W,
        }
    }

    /// Whether a value is passed over that servers cannot write but read (6.3.6 of 1.2.2).
    fn ignores(self, operations: Operations) -> bool {
        matches!(self, Self::Create(_)) && operations.allow(Operations::R)
    }

    /// Whether a value is taken, or passed over because nothing can set it, such as the manufacturer's
    /// name (6.1.7.5).
    fn passes_over(self, target: Path, taken: Result<(), Refusal>) -> Result<(), Refusal> {
        let passes = matches!(self, Self::Bootstrap(_)) && target.depth() < 3;
        match taken {
            Err(Refusal::MethodNotAllowed) if passes => Ok(()),
            taken => taken,
        }
    }

    /// Whether an object link must lead somewhere, which a device looks at whose instances come and
    /// go. To the bootstrap server, what it leads to may be what comes next.
    fn follows_links(self) -> bool {
        match self {
            Self::Bootstrap(_) => false,
            _ => feature::Create::IS_ON || feature::Bootstrap::IS_ON,
        }
    }
}

/// Writes a request's body to its path, with room in the buffer for one of its values.
pub(super) fn serve(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    format: Option<u16>,
    path: Path,
    writing: Writing,
) -> Result<Response, Refusal> {
    let mut body = Body::new(format, message.payload, &mut *scope.buffer);
    let mut tree = scope.context.tree(&mut *scope.objects);
    tree.require(Rights::WRITE, path)?;
    write(&mut tree, path, &mut body, writing)?;
    scope.was_written(path);
    Ok(Response::code(ResponseType::Changed))
}

/// Writes a body to a target: all of it, or nothing where one of its values is refused.
pub(super) fn write(
    tree: &mut Tree<'_, '_>,
    target: Path,
    body: &mut Body<'_>,
    writing: Writing,
) -> Result<(), Refusal> {
    // Of a body without values nothing else would look whether its target is there.
    let needs_value = is_one_value(tree, target)?;
    let mut changes = 0;
    let mut number = None;
    let replaces = matches!(writing, Writing::Replace(_)) && target.depth() < 4;
    // An optional resource that this device does not have is passed over, unless it is named by a
    // path of its own.
    let ignores_unknown = matches!(target.depth(), 1 | 2);
    creatable::prepare(tree, replaces);
    for apply in [false, true] {
        if apply && needs_value && changes == 0 {
            return Err(Refusal::BadRequest);
        }
        if apply && replaces {
            creatable::clear(tree, target);
        }
        if apply
            && changes == 1
            && let Some((path, number)) = number
        {
            // It needs not be read again.
            let (object, _) = tree.defined(path)?;
            return writing.passes_over(target, object.write(path.at(), number));
        }
        format::decode(body, target, &mut |path, content| {
            match content {
                Content::Base => return Ok(()),
                // What sets a node says to what (RFC 8428, 4.2).
                Content::Name => return Err(Refusal::BadRequest),
                Content::Empty(_) if path.depth() < 3 => return Ok(()),
                _ if path.depth() < 3 => return Err(Refusal::BadRequest),
                _ => {}
            }
            let (object, definition) = match tree.defined(path) {
                Err(_) if ignores_unknown => return Ok(()),
                found => found?,
            };
            if !definition.operations.allow(writing.needs()) {
                return match writing.ignores(definition.operations) {
                    true => Ok(()),
                    false => Err(Refusal::MethodNotAllowed),
                };
            }
            if !takes(object, definition, path) {
                return match ignores_unknown && path.depth() == 3 {
                    true => Ok(()),
                    false => Err(Refusal::NotFound),
                };
            }
            let is_array = definition.multiple && path.depth() == 3;
            let value = match content {
                Content::Value(value) if !is_array => value.into_value(definition.kind)?,
                Content::Empty(_) if is_array => return Ok(()),
                Content::Null(_) if path.depth() == 4 => {
                    changes += 1;
                    return creatable::remove(object, path.at(), apply);
                }
                _ => return Err(Refusal::BadRequest),
            };
            let taken = if apply {
                object.write(path.at(), value)
            } else {
                changes += 1;
                number = value.as_number().map(|number| (path, number));
                object.validate(path.at(), &value)
            };
            match (taken, value) {
                (Ok(()), Value::ObjectLink(link)) if !apply && writing.follows_links() => {
                    follow(tree, link)
                }
                (taken, _) => writing.passes_over(target, taken),
            }
        })?;
    }
    Ok(())
}

/// Refuses a link that leads neither to an object or an instance that is there, nor to nothing
/// (LwM2M Core 1.1, 6.3.3).
fn follow(tree: &mut Tree<'_, '_>, link: ObjectLink) -> Result<(), Refusal> {
    // With the reserved id in both it is the path of the root.
    let node = Path::instance(link.object, link.instance);
    let is_sound = link.object != u16::MAX || link.instance == u16::MAX;
    match is_sound && tree.find(node).is_ok() {
        true => Ok(()),
        false => Err(Refusal::BadRequest),
    }
}

/// Whether a target, which must be there, is a single value, so that a body without one sets nothing.
fn is_one_value(tree: &mut Tree<'_, '_>, target: Path) -> Result<bool, Refusal> {
    if feature::Create::IS_ON && target.depth() >= 3 {
        let (object, definition) = tree.defined(target)?;
        if !takes(object, definition, target) {
            return Err(Refusal::NotFound);
        }
        return Ok(target.depth() > 3 || !definition.multiple);
    }
    tree.find(target).map(|()| false)
}

/// Whether a resource, or an instance of it, is there or can be added.
fn takes(object: &mut dyn Object, definition: &ResourceDefinition, path: Path) -> bool {
    let at = path.at();
    let is_there = object.has(at) && (path.depth() == 3 || has_instance(object, at));
    (is_there || creatable::can_add(object, at)) && (definition.multiple || path.depth() == 3)
}

/// The first object instance behind `last` that a body is for: its target, or, where that is an
/// object, the one that it names of the next id.
pub(super) fn next_instance(
    body: &mut Body<'_>,
    target: Path,
    last: Option<Path>,
) -> Result<Option<Path>, Refusal> {
    if target.depth() != 1 || body.bytes.is_empty() {
        let instance = target.depth() == 2 && last.is_none();
        return Ok(instance.then_some(target));
    }
    let least = last.and_then(Path::instance_id);
    let mut next: Option<u16> = None;
    format::decode(body, target, &mut |path, _| {
        let id = path.instance_id().filter(|_| path.instance_id() > least);
        next = [next, id].into_iter().flatten().min();
        Ok(())
    })?;
    Ok(next.and_then(|id| target.join(id)))
}
