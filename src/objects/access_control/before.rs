//! The rights of before a bootstrap, which are to be had back where it breaks off.

/// The slots as they were.
#[derive(Clone, Debug)]
pub(super) struct Before<T, const N: usize>([Option<T>; N]);

impl<T: Clone, const N: usize> Before<T, N> {
    pub(super) const fn new() -> Self {
        Self([const { None }; N])
    }

    pub(super) fn keep(&mut self, slots: &[Option<T>; N]) {
        // One by one, and not all of them by way of the stack.
        self.0.clone_from_slice(slots);
    }

    pub(super) fn give_back(&mut self, slots: &mut [Option<T>; N]) {
        slots.swap_with_slice(&mut self.0);
    }
}
