//! What C code calls the client.

use crate::abi::{Endpoint, Interface, RegistryHandle};

/// The one there is. Only its address counts.
static INTERFACE: Interface = Interface {
    endpoint: Endpoint {
        registry: RegistryHandle { unused: 0 },
    },
};

/// What C code calls the one registry there is.
pub const fn registry() -> *const RegistryHandle {
    &raw const INTERFACE.endpoint.registry
}

#[unsafe(no_mangle)]
pub extern "C" fn pdmc_connect_get_interface() -> *const Interface {
    &raw const INTERFACE
}
