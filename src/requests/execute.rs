//! Execute (LwM2M Core 1.1, 6.3.5).

use coap_lite::ResponseType;

use crate::coap::Message;
use crate::error::Refusal;
use crate::model::object::Operations;
use crate::model::rights::Rights;
use crate::requests::duplicates::Duplicates;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};

/// What the object has been asked for runs once, even where it is refused.
pub(super) fn execute(
    duplicates: &mut Duplicates<'_>,
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    let now = scope.context.now();
    let path = request.path;
    let mut tree = scope.tree();
    tree.require(Rights::EXECUTE, path)?;
    let (object, definition) = tree.resource(path)?;
    if !definition.operations.allow(Operations::E) {
        return Err(Refusal::MethodNotAllowed);
    }
    duplicates.reserve(message.id, now)?;
    object.execute(path.at(), message.payload)?;
    Ok(Response::code(ResponseType::Changed))
}
