//! `shim/platform.h` in Rust, as `build.rs` reads it: numbers, structures and functions by their names
//! there, and their descriptions.

#![allow(
    dead_code,
    non_camel_case_types,
    reason = "not all of it has a use here, and the names are those of C"
)]

use core::ffi::{c_char, c_int, c_void};

include!(concat!(env!("OUT_DIR"), "/platform.rs"));
