//! What is reported to the application, and what it can ask for support.

use core::fmt;

use crate::describe::{Describe, display};
use crate::error::{Detail, Error, Operation};
use crate::model::path::Path;
use crate::time::Instant;

/// Something that happened. A callback for writes and executions is the object's own method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The device is registered, and why it had to be: `OBJECT_REGISTERED`.
    Registered(RegisterReason),
    /// The registration was updated: `REGISTRATION_UPDATED`.
    Updated,
    /// The device is de-registered: `OBJECT_UNREGISTERED`.
    Deregistered,
    /// The bootstrap server has written its accounts: `BOOTSTRAP_DONE`.
    BootstrapDone,
    /// The server executed Disable (/1/x/4): the device is de-registered, leaves the server alone,
    /// and registers by itself when that time is over:
    /// [`Client::disabled_until`](crate::Client::disabled_until). Where the De-register fails,
    /// its error is reported before, and nothing else differs.
    Disabled,
    /// An operation failed: `ERROR`. [`Client::state`](crate::Client::state) tells whether the
    /// client has halted or tries again.
    Error {
        /// What failed.
        operation: Operation,
        /// The class of the failure.
        error: Error,
        /// Its cause.
        detail: Detail,
    },
    /// The server executed Reboot (/3/0/4). Its response has been handed out by now. Only where
    /// [`Config::can_reboot`](crate::Config::can_reboot) says that the device restarts.
    Reboot,
    /// This server takes no Send (it is of LwM2M 1.0, has muted it, or refuses it): changes of
    /// auto-observable resources reach observers only, and records wait. Told once a registration.
    SendUnavailable,
    /// Nobody acknowledged confirmable notifications of this path, though the server responds
    /// to Updates: its observation has ended.
    ObservationLost(Path),
    /// A Send was refused, or its value does not fit into a message; its values are given up.
    /// Records stay, and are tried again when they are due again.
    SendFailed(Detail),
    /// The backlog of records was full, and the oldest went. Told once, until the server has taken
    /// some again; [`Counters::records_dropped`] counts them.
    RecordsDropped,
    /// [`Capacities::observations`](crate::Capacities::observations) have no room for this auto-observable
    /// resource, and perhaps for more: its changes reach the server only where that observes it.
    /// Told with each object list.
    NotAutoObserved(Path),
    /// With the feature `snapshot`: a snapshot could not be stored, and the device goes on without: after a restart it has the one
    /// before, or none. It is tried again with the next Register or Update.
    #[cfg(feature = "snapshot")]
    SnapshotFailed,
}

impl Describe for Event {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        let text = match self {
            Self::Registered(reason) => match reason {
                RegisterReason::First | RegisterReason::Unknown => "registered",
                RegisterReason::Bootstrapped => "registered, bootstrapped",
                RegisterReason::Forgotten => {
                    "registered again: the server knew the registration no longer"
                }
                RegisterReason::Expired => "registered again: the registration had expired",
                RegisterReason::NewAssociation => "registered again: over a new association",
                RegisterReason::EnabledAgain => "registered again: the server is enabled again",
                #[cfg(feature = "snapshot")]
                RegisterReason::Restored => "registered: the registration from before goes on",
            },
            Self::Updated => "registration updated",
            Self::Deregistered => "de-registered",
            Self::BootstrapDone => "bootstrapped",
            Self::Disabled => "the server has disabled itself for a while",
            Self::Error {
                operation,
                error,
                detail,
            } => {
                operation.describe(write);
                write(": ");
                error.describe(write);
                write(": ");
                return detail.describe(write);
            }
            Self::Reboot => "the server asks for a reboot",
            Self::SendUnavailable => "the server takes no Send",
            Self::ObservationLost(path) => {
                write("the observation of ");
                path.describe(write);
                " has ended: nobody acknowledges"
            }
            Self::SendFailed(detail) => {
                write("Send failed: ");
                return detail.describe(write);
            }
            Self::RecordsDropped => {
                "the backlog was full, the oldest records are lost: raise the capacity records, or send sooner"
            }
            #[cfg(feature = "snapshot")]
            Self::SnapshotFailed => {
                "the snapshot could not be stored: check the store's size and its medium"
            }
            Self::NotAutoObserved(path) => {
                write("changes of ");
                path.describe(write);
                " are not notified: raise the capacity observations"
            }
        };
        write(text);
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

/// Why the device has registered. Errors on the way, and another attempt after them, do not change it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RegisterReason {
    /// The application has asked for it, by [`Client::register`](crate::Client::register).
    First,
    /// The bootstrap server was asked first. It has written the account; where it failed, the one
    /// before is still in force.
    Bootstrapped,
    /// The server did not know the registration any longer, or refused to update it.
    Forgotten,
    /// No Update reached the server before the lifetime was over.
    Expired,
    /// Without DTLS the device has got another address or port, with it another security context: a
    /// registration belongs to its association (LwM2M Transport 1.1, 6.4.3).
    NewAssociation,
    /// The server had disabled itself (/1/x/4), and its Disable Timeout is over.
    EnabledAgain,
    /// It has not: with the feature `snapshot`, the registration from before a restart goes on, without a message.
    #[cfg(feature = "snapshot")]
    Restored,
    /// A device without the feature `diagnostics` does not know.
    Unknown,
}

/// What the client is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// Nothing was asked for, or the device is de-registered.
    Idle,
    /// Stopped by an error until the application acts.
    Halted,
    /// Getting accounts from the bootstrap server, or waiting to try again.
    Bootstrapping,
    /// Registering, or waiting to try again.
    Registering,
    /// Registered.
    Registered,
    /// Updating the registration, or waiting to try again.
    Updating,
    /// De-registering.
    Deregistering,
    /// De-registered, because the server has disabled itself; registers by itself after a while.
    Disabled,
}

/// What a server has written, created or deleted since [`Client::poll_written`](crate::Client::poll_written)
/// told it last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Written {
    /// Where: after several changes the deepest path that has them all.
    pub path: Path,
    /// Whether object instances came or went.
    pub instances: bool,
}

/// Counts since the client was made, each modulo 2^32.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counters {
    /// Events that nobody has polled, and that gave way to newer ones.
    pub events_lost: u32,
    /// Successful Registers.
    pub registrations: u32,
    /// Successful Updates.
    pub updates: u32,
    /// Errors reported to the application.
    pub errors: u32,
    /// Messages sent again.
    pub retransmissions: u32,
    /// Notifications sent.
    pub notifications: u32,
    /// Datagrams received that were no message or no response to anything, or came while the client
    /// was paused, asleep in queue mode, without an association, or with a response still to be
    /// polled.
    pub discarded: u32,
    /// Records that a full backlog has dropped.
    pub records_dropped: u32,
    /// Bytes of CoAP sent.
    pub bytes_sent: u32,
    /// Bytes of CoAP received.
    pub bytes_received: u32,
}

/// The newest error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastError {
    /// What failed.
    pub operation: Operation,
    /// The class of the failure.
    pub error: Error,
    /// Its cause.
    pub detail: Detail,
    /// When, on the caller's clock.
    pub at: Instant,
}

/// Who this device is at the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EndpointInfo<'c> {
    /// Its own name. It registers with that, but in Izuma's profile with `device_id` where the server
    /// URI has it.
    pub endpoint_name: &'c str,
    /// The id that the server gave it: the `iep` parameter of the server URI where there is one,
    /// else the last segment of the registration's location.
    pub device_id: &'c str,
}
