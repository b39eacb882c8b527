//! Write-Attributes (LwM2M Core 1.1, 6.3.4): the server says when it wants to be notified.

use coap_lite::{CoapOption, ResponseType};

use crate::coap::Message;
use crate::error::Refusal;
use crate::model::attributes::Changes;
use crate::model::object::Operations;
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Tree, has_instance};
use crate::model::value::Type;
use crate::requests::scope::{Response, Scope};

/// Writes all that the queries ask for, or nothing.
#[inline(never)]
pub(super) fn write_attributes(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    path: Path,
) -> Result<Response, Refusal> {
    let kind = kind_of(&mut scope.tree(), path)?;
    if !message.payload.is_empty() {
        return Err(Refusal::BadRequest);
    }
    let mut changes = Changes::default();
    for (number, value) in message.options() {
        if number == u16::from(CoapOption::UriQuery) {
            changes.add(value).ok_or(Refusal::BadRequest)?;
        }
    }
    scope.context.attributes.write(path, kind, &changes)?;
    Ok(Response::code(ResponseType::Changed))
}

/// The type of the readable resource, or of its instance, at a path; `None` for what is above
/// resources.
fn kind_of(tree: &mut Tree<'_, '_>, path: Path) -> Result<Option<Type>, Refusal> {
    tree.require(Rights::READ, path)?;
    if path.depth() < 3 {
        return tree.find(path).map(|()| None);
    }
    let (object, definition) = tree.resource(path)?;
    if path.depth() > 3 && !(definition.multiple && has_instance(object, path.at())) {
        return Err(Refusal::NotFound);
    }
    if !definition.operations.allow(Operations::R) {
        return Err(Refusal::MethodNotAllowed);
    }
    Ok(Some(definition.kind))
}
