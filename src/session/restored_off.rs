//! In place of `restored.rs` where a device does without the feature `snapshot`.

use crate::context::Context;

#[derive(Default)]
pub(super) struct Restored {}

impl Restored {
    pub(super) fn is_there(&self) -> bool {
        false
    }

    pub(super) fn goes_on(&mut self, _: &mut Context<'_>) -> bool {
        false
    }
}
