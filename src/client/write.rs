//! Write (LwM2M Core 1.1, 6.3.3), and what Create and the bootstrap server write: a body takes place
//! as a whole or not at all.

use crate::client::Client;
use crate::client::management::Request;
use crate::error::Refusal;
use crate::format::{self, Body};
use crate::model::object::{Object, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree, has_instance};

/// What a body is written for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Writing {
    /// Adds and overwrites; the rest stays (Partial Update, Write-Composite).
    Update,
    /// What the body does not have goes (Replace).
    #[cfg(feature = "create")]
    Replace,
    /// An instance that is there for this: also of resources that servers cannot write.
    #[cfg(feature = "create")]
    Create,
    /// By the bootstrap server, which may write everything, also what the device does not have.
    #[cfg(feature = "bootstrap")]
    Bootstrap,
}

impl Writing {
    fn needs(self) -> Operations {
        match self {
            #[cfg(feature = "create")]
            Self::Create => Operations::NONE,
            #[cfg(feature = "bootstrap")]
            Self::Bootstrap => Operations::NONE,
            _ => Operations::W,
        }
    }

    /// Whether what the device does not have is passed over.
    fn ignores_unknown(self, target: Path) -> bool {
        match self {
            #[cfg(feature = "bootstrap")]
            Self::Bootstrap => target.depth() < 3,
            _ => {
                let _ = target;
                false
            }
        }
    }

    /// Whether a value is passed over that nothing can set (6.1.7.5).
    fn ignores_fixed(self, target: Path) -> bool {
        #[cfg(feature = "bootstrap")]
        return self == Self::Bootstrap && target.depth() < 3;
        #[cfg(not(feature = "bootstrap"))]
        {
            let _ = target;
            false
        }
    }
}

impl Client<'_> {
    /// Writes a request's body to its path.
    pub(super) fn write_body(
        &mut self,
        request: &Request,
        bytes: &[u8],
        writing: Writing,
        objects: Objects<'_, '_>,
    ) -> Result<(), Refusal> {
        let scratch = core::mem::take(&mut self.message);
        let mut body = request.body(bytes, &mut *scratch);
        let written = write(&mut self.tree(objects), request.path, &mut body, writing);
        self.message = scratch;
        written
    }

    /// The server has written at or below a path: observers are notified, also other servers'.
    pub(super) fn was_written(&mut self, path: Path) {
        self.mark_observed(path);
        #[cfg(feature = "access-control")]
        self.note_written(path, false);
    }
}

/// Writes a body to a target: all of it, or nothing where one of its values is refused.
#[inline(never)]
pub(super) fn write(
    tree: &mut Tree<'_, '_>,
    target: Path,
    body: &mut Body<'_>,
    writing: Writing,
) -> Result<(), Refusal> {
    // Of a body without values nothing else would look whether its target is there.
    let needs_value = is_one_value(tree, target)?;
    let mut has_value = false;
    #[cfg(feature = "create")]
    let replaces = writing == Writing::Replace && target.depth() < 4;
    #[cfg(feature = "create")]
    prepare(tree, replaces);
    for apply in [false, true] {
        if apply && needs_value && !has_value {
            return Err(Refusal::BadRequest);
        }
        #[cfg(feature = "create")]
        if apply && replaces {
            clear(tree, target);
        }
        format::decode(body, target, &mut |path, content| {
            // What names a place and sets nothing (RFC 8428, 4.2).
            let Some(content) = content else {
                return Ok(());
            };
            if path.depth() < 3 {
                return Err(Refusal::BadRequest);
            }
            let (object, definition) = match place(tree, path) {
                Err(Refusal::NotFound) if writing.ignores_unknown(target) => return Ok(()),
                found => found?,
            };
            if !definition.operations.allow(writing.needs()) {
                return Err(Refusal::MethodNotAllowed);
            }
            if definition.multiple && path.depth() == 3 {
                return Err(Refusal::BadRequest);
            }
            let value = content.into_value(definition.kind)?;
            has_value = true;
            let taken = if apply {
                object.write(path.at(), value)
            } else {
                object.validate(path.at(), &value)
            };
            match taken {
                // What the device has and nobody can set, such as its manufacturer's name.
                Err(Refusal::MethodNotAllowed) if writing.ignores_fixed(target) => Ok(()),
                taken => taken,
            }
        })?;
    }
    Ok(())
}

/// Whether a target, which must be there, is a single value, so that a body without one sets nothing.
fn is_one_value(tree: &mut Tree<'_, '_>, target: Path) -> Result<bool, Refusal> {
    #[cfg(feature = "create")]
    if target.depth() >= 3 {
        let (_, definition) = place(tree, target)?;
        return Ok(target.depth() > 3 || !definition.multiple);
    }
    tree.walk(target, &mut |_, _, _| {}).map(|()| false)
}

/// The object of a resource, or of one of its instances, that is there or can be added.
fn place<'t>(
    tree: &'t mut Tree<'_, '_>,
    path: Path,
) -> Result<(&'t mut dyn Object, &'static ResourceDefinition), Refusal> {
    let (object, definition) = tree.defined(path)?;
    let at = path.at();
    let is_there =
        object.has(at.instance, at.resource) && (path.depth() == 3 || has_instance(object, &at));
    #[cfg(feature = "create")]
    let is_there = is_there || object.can_add(at);
    if is_there && (definition.multiple || path.depth() == 3) {
        Ok((object, definition))
    } else {
        Err(Refusal::NotFound)
    }
}

/// Tells the objects that the values of a body are about to be validated.
#[cfg(feature = "create")]
fn prepare(tree: &mut Tree<'_, '_>, replaces: bool) {
    let _ = tree.walk(Path::ROOT, &mut |object, place, _| {
        if place.depth() == 1 {
            object.prepare(replaces);
        }
    });
}

/// Empties what a body is about to replace.
#[cfg(feature = "create")]
fn clear(tree: &mut Tree<'_, '_>, target: Path) {
    // What is not there yet has nothing to lose.
    let _ = tree.walk(target, &mut |object, place, definition| {
        let at = place.at();
        if definition.is_some_and(|definition| definition.operations.allow(Operations::W)) {
            object.clear(at.instance, at.resource);
        }
    });
}
