//! What a message of this client's own is for.

use crate::error::Operation;
use crate::feature;

/// What an outstanding message is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Purpose {
    Operation(Operation),
    /// The notification of the observation with the exchange's token.
    Notification,
    Send(Batch),
    /// An empty message, which is answered by a Reset (RFC 7252, 4.3).
    Ping(feature::KeepAlive),
}

/// What a Send has.
#[cfg(feature = "send")]
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Batch {
    /// The newest values of what has changed, or was asked for.
    Changes,
    Records(feature::Records),
}

/// What a Send has: there is none without the feature `send`.
#[cfg(not(feature = "send"))]
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Batch {}
