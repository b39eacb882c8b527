//! In place of `coalescing.rs` where a device does without the feature `coalescing`.

use super::Client;
use crate::time::Instant;

impl Client<'_> {
    pub(crate) fn radio_on(&mut self, _: Instant) {}
}
