//! In place of `written.rs` where a device does without the feature `access-control`: there are no other
//! servers.

use crate::event::Written;
use crate::model::path::Path;

#[derive(Default)]
pub(crate) struct PendingWrites {}

impl PendingWrites {
    pub(crate) fn note(&mut self, _: Path, _: bool) {}

    pub(crate) fn take(&mut self) -> Option<Written> {
        None
    }
}
