//! The Constrained Application Protocol (RFC 7252) over datagrams: messages, blocks of what is larger
//! than a message (RFC 7959), and transmission parameters.
//!
//! The vocabulary (codes, options, message types) is `coap-lite`'s.

#[cfg_attr(not(feature = "block"), path = "block_off.rs")]
pub(crate) mod block;
pub(crate) mod message;
pub(crate) mod transmission;

#[cfg(test)]
mod oracle;

pub(crate) use message::{Header, Message, Token, Writer};
