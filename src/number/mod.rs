//! Numbers as text and as bits, without what the compiler would link for it, and checksums.

pub(crate) mod checksum;
pub(crate) mod decimal;
pub(crate) mod digits;
pub(crate) mod double;
