//! Objects of the OMA registry, and what others are made of.
//!
//! Each is a struct that the application owns and puts among the objects that it hands to the
//! [`Client`](crate::Client)'s calls. One that is not used costs no flash.
//!
//! | id | object |
//! |---|---|
//!
//! [`object!`](crate::object!) declares others, of one instance.

pub(crate) mod device;
mod macros;
mod multiple;
#[cfg(feature = "bootstrap")]
pub(crate) mod security;
pub(crate) mod server;
pub mod typed;
