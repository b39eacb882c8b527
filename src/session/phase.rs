//! Where a session stands.

use crate::error::Operation;
use crate::event::State;
use crate::feature;
use crate::time::Instant;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Phase {
    /// Nothing to do.
    Idle,
    /// Stopped by an error.
    Halted,
    /// The transport opens an association for this operation.
    Opening(Operation),
    /// The transport opens one for a registration that may still hold.
    Reopening,
    /// The request is outstanding, or an Update waits for another message's response (NSTART = 1).
    Requesting(Operation),
    /// Backing off. An association that is still open is served meanwhile.
    Waiting {
        operation: Operation,
        /// The server wants to be left alone so long.
        not_before: Instant,
        until: Instant,
    },
    /// The bootstrap server writes, until the given time.
    Bootstrapping(Instant, feature::Bootstrap),
    /// Registered, until the next Update is due.
    Registered,
    /// De-registered for the server, which has disabled itself, until the given time.
    Disabled(Instant, feature::ServerObject),
}

impl Phase {
    #[inline(always)]
    pub(crate) fn state(self) -> State {
        match self {
            Self::Idle => State::Idle,
            Self::Halted => State::Halted,
            Self::Registered | Self::Reopening => State::Registered,
            Self::Bootstrapping(..) => State::Bootstrapping,
            Self::Disabled(..) => State::Disabled,
            Self::Opening(operation)
            | Self::Requesting(operation)
            | Self::Waiting { operation, .. } => match operation {
                Operation::Bootstrap => State::Bootstrapping,
                Operation::Register => State::Registering,
                Operation::Update => State::Updating,
                Operation::Deregister => State::Deregistering,
            },
        }
    }

    /// Whether notifications may go out, given a registration.
    pub(crate) fn reports(self) -> bool {
        matches!(self, Self::Registered | Self::Requesting(Operation::Update))
    }
}

/// A command that came while a request was outstanding, and waits for its result.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Intent {
    None,
    Register,
    Close,
    /// The server's: De-register, and register again after a while.
    Disable(feature::ServerObject),
}

impl Intent {
    pub(super) fn disables(self) -> bool {
        matches!(self, Self::Disable(_))
    }
}
