//! In place of `profile.rs` where a device does without the feature `izuma`.

use crate::coap::Writer;
use crate::context::Context;
use crate::error::Operation;

pub(super) fn registered_name<'c>(context: &'c Context<'_>) -> &'c str {
    context.config.endpoint
}

pub(super) fn write_parameters(_: &Context<'_>, _: Operation, _: &mut Writer<'_>) {}
