//! What the standard library would bring along: the panic handler, and an allocator that is none.

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let (file, line) = info
        .location()
        .map_or(("", 0), |location| (location.file(), location.line()));
    client_lite_zephyr::panic(file, line)
}

#[global_allocator]
static NO_HEAP: NoHeap = NoHeap;

/// `coap-lite` needs an allocator to be there. The image links only if nothing is left in it that
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
