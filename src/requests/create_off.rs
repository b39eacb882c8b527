//! In place of `create.rs` where a device does without the feature `create`.

use crate::coap::Message;
use crate::error::Refusal;
use crate::model::path::Path;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};

pub(super) fn create(
    _: &mut Scope<'_, '_, '_>,
    _: &Message<'_>,
    _: &Request,
) -> Result<Response, Refusal> {
    Err(Refusal::MethodNotAllowed)
}

pub(super) fn delete(_: &mut Scope<'_, '_, '_>, _: Path) -> Result<Response, Refusal> {
    Err(Refusal::MethodNotAllowed)
}
