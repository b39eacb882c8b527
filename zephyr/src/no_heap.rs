//! A proof at link time that nothing allocates.

use core::alloc::{GlobalAlloc, Layout};

#[global_allocator]
static NO_HEAP: NoHeap = NoHeap;

/// `coap-lite` needs an allocator to be there. An image links only if nothing is left in it that
/// allocates, since this one's function exists nowhere.
struct NoHeap;

// SAFETY: no call of it is part of an image, so it hands out no memory.
unsafe impl GlobalAlloc for NoHeap {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        // SAFETY: never called.
        unsafe { client_lite_does_not_allocate() }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {
        // SAFETY: never called.
        unsafe { client_lite_does_not_allocate() };
    }
}

unsafe extern "C" {
    fn client_lite_does_not_allocate() -> *mut u8;
}
