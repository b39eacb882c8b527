//! The objects that every device has, and a short way to declare others.

pub(crate) mod device;
mod macros;
#[cfg(feature = "bootstrap")]
pub(crate) mod security;
pub(crate) mod server;
pub mod typed;
