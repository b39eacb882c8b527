//! The values of `CONFIG_CLIENT_LITE_*`, without this prefix; waits are in milliseconds, the lifetime and
//! the awake time in seconds, sizes in bytes.

#![allow(missing_docs, dead_code, reason = "Kconfig has a help text for each")]

use client_lite::Security;

include!(concat!(env!("OUT_DIR"), "/kconfig.rs"));
