//! Why the newest Register was, or the next one is to be.

use crate::event::RegisterReason;

#[derive(Clone, Copy)]
pub(super) struct Reason(RegisterReason);

impl Reason {
    pub(super) const NEW: Self = Self(RegisterReason::First);

    pub(super) fn set(&mut self, reason: RegisterReason) {
        self.0 = reason;
    }

    pub(super) fn is_bootstrapped(self) -> bool {
        self.0 == RegisterReason::Bootstrapped
    }

    /// The device has registered. Unless something else comes between, it does so again when the
    /// registration has expired.
    pub(super) fn take(&mut self) -> RegisterReason {
        core::mem::replace(&mut self.0, RegisterReason::Expired)
    }
}
