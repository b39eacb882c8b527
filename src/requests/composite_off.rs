//! In place of `composite.rs` where a device does without the feature `composite`.

use crate::coap::Message;
use crate::error::Refusal;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};

pub(super) fn read(
    _: &mut Scope<'_, '_, '_>,
    _: &Message<'_>,
    _: &Request,
) -> Result<Response, Refusal> {
    Err(Refusal::MethodNotAllowed)
}

pub(super) fn write(
    _: &mut Scope<'_, '_, '_>,
    _: &Message<'_>,
    _: &Request,
) -> Result<Response, Refusal> {
    Err(Refusal::MethodNotAllowed)
}
