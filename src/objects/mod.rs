//! Objects of the OMA registry, and what others are made of.
//!
//! Each is a struct that the application owns and puts among the objects that it hands to the
//! [`Client`](crate::Client)'s calls. One that is not used costs no flash.
//!
//! | id | object |
//! |---|---|
//! | 2 | `access_control::AccessControl`, with the feature `access-control` |
//! | 3 | [`device::Device`], in place of the client's own |
//! | 4 | [`connectivity::Connectivity`] |
//! | 6 | [`location::Location`] |
//! | 3200 to 3347 | [`ipso`] |
//!
//! [`object!`](crate::object!) declares others, of one instance; [`Instances`] has several of any.
//! With the feature `bootstrap-transaction`, `Revertible` makes each of them one that a bootstrap which
//! breaks off leaves as it was.

pub mod access_control;
pub(crate) mod column;
pub mod connectivity;
pub mod device;
#[cfg_attr(not(feature = "certificates"), path = "handshake_off.rs")]
pub(crate) mod handshake;
mod instances;
pub mod ipso;
pub mod location;
mod macros;
#[cfg(feature = "bootstrap-transaction")]
mod revertible;
pub(crate) mod security;
pub(crate) mod server;
pub(crate) mod servers;
pub mod typed;

pub use instances::Instances;
#[cfg(feature = "bootstrap-transaction")]
pub use revertible::Revertible;
