//! In place of `attributes.rs` where a device does without the feature `attributes`.

use core::marker::PhantomData;

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::model::path::Path;

pub(crate) struct Memory<const ATTRIBUTES: usize>;

impl<const ATTRIBUTES: usize> Memory<ATTRIBUTES> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Attributes<'s>(PhantomData<&'s ()>);

impl<'s> Attributes<'s> {
    pub(crate) fn new<const ATTRIBUTES: usize>(_: &'s mut Memory<ATTRIBUTES>) -> Self {
        Self(PhantomData)
    }
}

impl Attributes<'_> {
    pub(crate) fn remove(&mut self, _: Path) {}

    pub(crate) fn archive(&mut self, _: &mut Archive<'_>) {}

    pub(crate) fn forget(&mut self) {}

    #[inline(always)]
    pub(crate) fn put(&self, _: Path, _: Path, _: &mut Buffer<'_>) {}
}
