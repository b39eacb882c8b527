//! In place of `bootstrap.rs` where a device does without the feature `bootstrap`, and of
//! `bootstrap_read.rs` where it does without `bootstrap-read`.

use crate::coap::Message;
use crate::error::Refusal;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};

pub(super) fn serve(
    _: &mut Scope<'_, '_, '_>,
    _: &Message<'_>,
    _: &Request,
) -> Result<Response, Refusal> {
    Err(Refusal::MethodNotAllowed)
}
