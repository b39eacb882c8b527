//! In place of `before.rs` where a device does without the feature `bootstrap-transaction`.

use core::marker::PhantomData;

#[derive(Clone, Debug)]
pub(super) struct Before<T, const N: usize>(PhantomData<T>);

impl<T, const N: usize> Before<T, N> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    pub(super) fn keep(&mut self, _: &[Option<T>; N]) {}

    pub(super) fn give_back(&mut self, _: &mut [Option<T>; N]) {}
}
