//! In place of `records.rs` where a device does without the feature `records`.

use core::marker::PhantomData;

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::model::tree::Tree;

pub(crate) struct Memory<const RECORDS: usize>;

impl<const RECORDS: usize> Memory<RECORDS> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Records<'s>(PhantomData<&'s ()>);

impl<'s> Records<'s> {
    pub(super) fn new<const RECORDS: usize>(_: &'s mut Memory<RECORDS>) -> Self {
        Self(PhantomData)
    }

    pub(super) fn archive(&mut self, _: &mut Archive<'_>) {}

    pub(super) fn forget(&mut self) {}

    pub(crate) fn len(&self) -> usize {
        0
    }

    pub(super) fn is_due(&self) -> bool {
        false
    }

    pub(super) fn wait(&self) -> bool {
        false
    }

    pub(super) fn flush(&mut self) {}

    pub(super) fn begin(&mut self) {}

    pub(super) fn withdraw(&mut self, _: &mut Tree<'_, '_>) {}

    pub(super) fn leave_out(&mut self) -> bool {
        false
    }

    pub(super) fn encode(&self, _: &mut Buffer<'_>) -> bool {
        false
    }

    pub(super) fn again(&mut self) {}

    pub(super) fn delivered(&mut self) {}

    pub(super) fn refused(&mut self) -> bool {
        false
    }
}
