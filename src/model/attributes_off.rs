//! In place of `attributes.rs` where a device does without the feature `attributes`.

use core::marker::PhantomData;

use crate::buffer::Buffer;
use crate::model::path::Path;

#[derive(Default)]
pub(crate) struct Attributes<'s>(PhantomData<&'s ()>);

impl Attributes<'_> {
    pub(crate) fn remove(&mut self, _: Path) {}

    #[inline(always)]
    pub(crate) fn put(&self, _: Path, _: Path, _: &mut Buffer<'_>) {}
}
