// SPDX-License-Identifier: Apache-2.0

//! The time of day, through `clock.c`.

/// In milliseconds since 1970; `None` where the clock has not been set.
pub fn now() -> Option<u64> {
    // SAFETY: the function only reads a clock.
    unsafe { sample_time() }.try_into().ok()
}

unsafe extern "C" {
    fn sample_time() -> i64;
}
