//! Data that the client's thread shares with the callers of the C API.

use core::cell::{Cell, UnsafeCell};

use crate::platform;

/// Data behind the one lock of the shim.
pub struct Locked<T> {
    data: UnsafeCell<T>,
    taken: Cell<bool>,
}

// SAFETY: both fields are reached under the lock only, by one thread at a time.
unsafe impl<T: Send> Sync for Locked<T> {}

impl<T> Locked<T> {
    /// Data for a `static`.
    pub const fn new(data: T) -> Self {
        Self {
            data: UnsafeCell::new(data),
            taken: Cell::new(false),
        }
    }

    /// Reaches the data. The call is short, and must not reach the same data itself: that panics.
    pub fn with<R>(&self, call: impl FnOnce(&mut T) -> R) -> R {
        platform::lock();
        // Zephyr's mutexes let their holder in again.
        assert!(!self.taken.replace(true), "locked twice by one thread");
        // SAFETY: no other thread is here, and this one is here once.
        let result = call(unsafe { &mut *self.data.get() });
        self.taken.set(false);
        platform::unlock();
        result
    }
}
