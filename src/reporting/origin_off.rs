//! In place of `origin.rs` where a device does without the feature `izuma`.

use crate::archive::Archive;

#[derive(Clone, Copy)]
pub(super) struct Origin {}

impl Origin {
    pub(super) const REQUEST: Self = Self {};
    pub(super) const IS_ALWAYS_REQUEST: bool = true;

    pub(super) fn is_request(self) -> bool {
        true
    }

    pub(super) fn is_list(self) -> bool {
        false
    }

    pub(super) fn is_silenced(self) -> bool {
        false
    }

    pub(super) fn archive(&mut self, _: &mut Archive<'_>) {}

    pub(super) fn silence(&mut self) -> bool {
        false
    }
}
