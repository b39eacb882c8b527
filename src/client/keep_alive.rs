//! A ping now and then (RFC 7252, 4.3), so that a network address translator on the way keeps the way
//! back open to a device that always listens.

use crate::context::Context;
use crate::exchange::Exchange;
use crate::time::Instant;

/// When anything went out last.
#[derive(Default)]
pub(super) struct KeepAlive(Instant);

impl KeepAlive {
    pub(super) fn sent(&mut self, now: Instant) {
        self.0 = now;
    }

    /// When a ping is due, unless something else goes out before.
    pub(super) fn ping_at(&self, context: &Context<'_>, exchange: &Exchange) -> Option<Instant> {
        let seconds = u64::from(context.config.keep_alive);
        let is_wanted = seconds > 0 && !context.server.queue_mode && exchange.is_idle();
        is_wanted.then(|| self.0.after_millis(seconds * 1000))
    }
}
