//! Keeping some of a list's entries, in less code than [`VecView::retain`], which is prepared for
//! panics and moves bytes that overlap.

use core::slice;

use heapless::VecView;

pub(crate) trait Keep<T> {
    /// Keeps the entries that are wanted, in their order.
    fn keep(&mut self, is_wanted: &mut dyn FnMut(&mut T) -> bool);
}

impl<T: Copy> Keep<T> for VecView<T> {
    fn keep(&mut self, is_wanted: &mut dyn FnMut(&mut T) -> bool) {
        let mut kept = 0;
        for index in 0..self.len() {
            if let Some((before, [entry, ..])) = self.split_at_mut_checked(index)
                && is_wanted(entry)
            {
                if let Some(place) = before.get_mut(kept) {
                    // As slices, of which the compiler knows that they do not overlap: a move
                    // of memory that may takes a larger function.
                    slice::from_mut(place).copy_from_slice(slice::from_ref(entry));
                }
                kept += 1;
            }
        }
        self.truncate(kept);
    }
}
