//! The C API's headers in Rust, in `headers.rs`.

use std::path::Path;
use std::{env, fs};

#[path = "../build/headers.rs"]
mod headers;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../build");
    if let Err(message) = generate() {
        println!("cargo::error={message}");
    }
}

fn generate() -> Result<(), String> {
    let headers = headers::types(&[
        "../include/lwm2m_types.h",
        "../include/lwm2m_registry_meta.h",
        "../include/lwm2m_registry.h",
        "../include/lwm2m_interface.h",
    ])? + &headers::functions("../shim/capi.h")?;
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&out).join("headers.rs"), headers).map_err(|error| error.to_string())
}
