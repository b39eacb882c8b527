//! Client Lite on Zephyr: the run loop that binds the core to Zephyr's sockets, clock, entropy and
//! configuration.
//!
//! A C application reaches it through the C API of `<dmc_connect_api.h>`. A Rust application built
//! with zephyr-lang-rust depends on this crate, with `CONFIG_CLIENT_LITE=y` in its `prj.conf`:
//!
//! ```ignore
//! client_lite_zephyr::log::init(); // For what the application logs.
//! let name = client_lite_zephyr::endpoint_name();
//! let config = client_lite_zephyr::config(&name);
//! client_lite_zephyr::command(Command::Register);
//! client_lite_zephyr::run(config, &mut application);
//! ```
//!
//! Names, limits and credentials come from Kconfig (`CONFIG_CLIENT_LITE_*`) when the crate is built.
//!
//! # Features
//!
//! Those of `client-lite`, by default the same ones and `log`, and `deny-alloc`: a global allocator with which
//! an image links only if nothing in it allocates. Without it a Rust application needs `CONFIG_RUST_ALLOC=y`, because a
//! dependency names the allocator that it never calls.

#![no_std]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod config;
#[cfg_attr(not(feature = "dtls"), path = "credentials_off.rs")]
mod credentials;
mod device;
pub mod kconfig;
pub mod lock;
#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "deny-alloc")]
mod no_heap;
mod platform;
mod shim;
#[cfg_attr(not(feature = "snapshot"), path = "snapshots_off.rs")]
mod snapshots;
mod status;
mod text;
mod transport;

pub use client_lite::driver::Application;
pub use config::{config, endpoint_name};
pub use device::{StartError, run};
pub use platform::{Command, command, now, panic};
pub use text::BoundedText;
