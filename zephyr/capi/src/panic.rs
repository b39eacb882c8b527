//! The panic handler, which the standard library would bring along.

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let (file, line) = info
        .location()
        .map_or(("", 0), |location| (location.file(), location.line()));
    client_lite_zephyr::panic(file, line)
}
