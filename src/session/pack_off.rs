//! In place of `pack.rs` where a device does without the feature `bootstrap-pack`.

use crate::coap::Writer;
use crate::context::Context;

#[derive(Clone, Copy, Default)]
pub(super) struct Pack;

impl Pack {
    pub(super) const NONE: Self = Self;

    pub(super) fn begin(_: &Context<'_>) -> Self {
        Self
    }

    pub(super) fn write_request(self, _: &Context<'_>, _: &mut Writer<'_>) -> bool {
        false
    }

    pub(super) fn method(self) -> Option<u8> {
        None
    }
}
