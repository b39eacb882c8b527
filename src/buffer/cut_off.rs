//! In place of `cut.rs` where a device does without the feature `block`: there is no window.

use crate::buffer::Buffer;

#[derive(Clone, Copy)]
pub(super) struct Cut {}

impl Cut {
    pub(super) const NONE: Self = Self {};

    pub(super) fn is_open(&self) -> bool {
        false
    }

    pub(super) fn len(&self) -> usize {
        0
    }
}

impl Buffer<'_> {
    pub(crate) fn fits_with(&self, more: usize) -> bool {
        self.len + more <= self.end()
    }

    pub(super) fn put_in_window(&mut self, _: &[u8]) {}

    pub(super) fn insert_in_window(&mut self, _: usize, _: &[u8]) {}

    pub(super) fn place_in_window(&mut self, _: usize, _: &[u8]) {}
}
