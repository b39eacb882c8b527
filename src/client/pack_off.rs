//! In place of `pack.rs` where a device does without the feature `bootstrap-pack`.

use crate::coap::Message;
use crate::context::Context;
use crate::model::tree::Objects;
use crate::requests::upload::Uploads;
use crate::session::Session;

#[inline(always)]
pub(super) fn take(
    _: &mut Session<'_>,
    _: &mut Uploads<'_>,
    _: &mut Context<'_>,
    _: &Message<'_>,
    _: Objects<'_, '_>,
) -> bool {
    false
}
