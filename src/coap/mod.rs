//! The Constrained Application Protocol (RFC 7252) over datagrams: messages, the one outstanding
//! exchange, and duplicates of what must not run twice.
//!
//! The vocabulary (codes, options, message types) is `coap-lite`'s.

pub(crate) mod duplicates;
pub(crate) mod exchange;
pub(crate) mod message;

#[cfg(test)]
mod oracle;

pub(crate) use duplicates::Duplicates;
pub(crate) use exchange::Exchange;
pub(crate) use message::{Message, Token, Writer};
