//! In place of `cut.rs` where a device does without the feature `block`: a position is an index.

use crate::buffer::Buffer;

#[derive(Clone, Copy)]
pub(super) struct Cut {}

impl Cut {
    pub(super) const NONE: Self = Self {};

    pub(super) fn put(&mut self, _: &[u8]) {}

    pub(super) fn insert(&mut self, _: usize, _: usize, _: usize) {}

    pub(super) fn first(&self) -> usize {
        0
    }

    pub(super) fn len(&self) -> usize {
        0
    }

    pub(super) fn index(&self, position: usize) -> usize {
        position
    }
}

impl Buffer<'_> {
    pub(crate) fn fits_with(&self, more: usize) -> bool {
        self.len + more <= self.end()
    }
}
