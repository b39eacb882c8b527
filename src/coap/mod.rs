//! The Constrained Application Protocol (RFC 7252) over datagrams: messages, the one outstanding
//! exchange, duplicates of what must not run twice, and blocks of what is larger than a message.
//!
//! The vocabulary (codes, options, message types) is `coap-lite`'s.

#[cfg(feature = "block")]
pub(crate) mod block;
pub(crate) mod duplicates;
pub(crate) mod exchange;
pub(crate) mod message;

#[cfg(test)]
mod oracle;

pub(crate) use duplicates::Duplicates;
pub(crate) use exchange::Exchange;
pub(crate) use message::{Message, Token, Writer};
