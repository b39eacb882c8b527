//! In place of `keep_alive.rs` where a device does without the feature `keep-alive`.

use crate::context::Context;
use crate::exchange::Exchange;
use crate::time::Instant;

#[derive(Default)]
pub(super) struct KeepAlive {}

impl KeepAlive {
    pub(super) fn sent(&mut self, _: Instant) {}

    pub(super) fn ping_at(&self, _: &Context<'_>, _: &Exchange) -> Option<Instant> {
        None
    }
}
