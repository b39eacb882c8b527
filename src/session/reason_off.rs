//! In place of `reason.rs` where a device does without the feature `diagnostics`.

use crate::event::RegisterReason;

#[derive(Clone, Copy)]
pub(super) struct Reason {}

impl Reason {
    pub(super) const NEW: Self = Self {};

    pub(super) fn set(&mut self, _: RegisterReason) {}

    pub(super) fn is_bootstrapped(self) -> bool {
        false
    }

    pub(super) fn take(&mut self) -> RegisterReason {
        RegisterReason::Unknown
    }
}
