//! The C API of `zephyr/include`, as the one static library that an image of a C application links:
//! the registry and its exported functions, the thread's entry, and the panic handler.

#![cfg_attr(not(test), no_std)]
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]

mod abi;
mod application;
mod arguments;
#[cfg(test)]
mod c_tests;
mod callback;
mod connect;
mod definitions;
mod failure;
mod interface;
mod object;
#[cfg(not(test))]
mod panic;
mod pool;
#[cfg(feature = "records")]
mod record;
mod registry;
mod report;
#[cfg(feature = "send")]
mod send;
mod values;
