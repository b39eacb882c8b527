//! In place of `write_attributes.rs` where a device does without the feature `attributes`.

use crate::coap::Message;
use crate::error::Refusal;
use crate::model::path::Path;
use crate::requests::scope::{Response, Scope};

pub(super) fn write_attributes(
    _: &mut Scope<'_, '_, '_>,
    _: &Message<'_>,
    _: Path,
) -> Result<Response, Refusal> {
    Err(Refusal::MethodNotAllowed)
}
