//! What C code calls the client.

use crate::abi::{Interface, RegistryHandle};

/// The one there is. Only its address counts.
static INTERFACE: Interface = Interface::new();

/// What C code calls the one registry there is.
pub const fn registry() -> *const RegistryHandle {
    &raw const INTERFACE.registry
}

#[unsafe(no_mangle)]
pub extern "C" fn pdmc_connect_get_interface() -> *const Interface {
    &raw const INTERFACE
}
