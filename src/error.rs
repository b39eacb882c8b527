//! Errors, by who has to act: classes for the application, and refusals for the server.

use core::fmt;

use crate::describe::{Describe, display};

/// Why an operation failed, in the classes of the C API and with its numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Error {
    /// The bootstrap server refused or did not finish, or left accounts that do not fit together.
    BootstrapFailed = 2,
    /// The server refuses this device's Register (4.00, 4.03, 4.12), or the configuration cannot
    /// work.
    InvalidParameters = 3,
    /// Update or de-register without a registration, or one that the server has forgotten (4.04).
    NotRegistered = 4,
    /// No response after the last retransmission, or the network is down.
    NetworkError = 6,
    /// An error code that no other class covers, or a response that makes no sense.
    UnknownError = 8,
    /// A message or a table that does not fit into the storage it was given.
    MemoryFail = 9,
    /// The server forbids it (4.03), or the client's state does not allow the command.
    NotAllowed = 10,
    /// No DTLS association: refused, timed out, a certificate that was not accepted, or no
    /// credentials.
    SecureConnectionFailed = 11,
    /// No address for the server's name.
    DnsResolvingFailed = 15,
    /// The server refuses to de-register the device.
    UnregistrationFailed = 16,
}

impl Error {
    /// Whether the client stops after this error of a server or the transport in `operation` until
    /// the application acts; it retries for ever otherwise.
    pub(crate) fn halts(self, operation: Operation) -> bool {
        match operation {
            Operation::Bootstrap | Operation::Register => {
                matches!(self, Self::InvalidParameters | Self::MemoryFail)
            }
            Operation::Update => {
                matches!(
                    self,
                    Self::NotRegistered | Self::MemoryFail | Self::NotAllowed
                )
            }
            Operation::Deregister => true,
        }
    }
}

/// The name in the C API, without its prefix.
impl Describe for Error {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        let text = match self {
            Self::BootstrapFailed => "BOOTSTRAP_FAILED",
            Self::InvalidParameters => "INVALID_PARAMETERS",
            Self::NotRegistered => "NOT_REGISTERED",
            Self::NetworkError => "NETWORK_ERROR",
            Self::UnknownError => "UNKNOWN_ERROR",
            Self::MemoryFail => "MEMORY_FAIL",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::SecureConnectionFailed => "SECURE_CONNECTION_FAILED",
            Self::DnsResolvingFailed => "DNS_RESOLVING_FAILED",
            Self::UnregistrationFailed => "UNREGISTRATION_FAILED",
        };
        write(text);
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

impl core::error::Error for Error {}

/// The finer cause of an [`Error`], for a log or a support case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Detail {
    /// The server's response, as CoAP's code byte: class in the upper three bits.
    Response(u8),
    /// The server rejected the message with a Reset.
    Reset,
    /// No response after the last retransmission.
    NoResponse,
    /// The server's response lacks what it must have, or has what it must not have.
    MalformedResponse,
    /// The endpoint name is empty or over 252 bytes.
    EndpointName,
    /// The server URI cannot be used.
    ServerUri,
    /// `coaps` without credentials, with an empty identity or key, or in a build without the feature
    /// `dtls`; or credentials with `coap`.
    Security,
    /// The lifetime is 0.
    Lifetime,
    /// The short server id is not 1 to 65534.
    ShortServerId,
    /// Back-off limits that are zero or cross.
    BackOff,
    /// CoAP parameters out of their range.
    Transmission,
    /// The message does not fit into [`Storage`](crate::Storage)'s message buffer.
    MessageTooLarge,
    /// Objects or values changed again and again while they were sent in blocks.
    BodyChanged,
    /// The Location-Path does not fit into [`Storage`](crate::Storage)'s location.
    LocationTooLong,
    /// Not registered when the command came.
    NoRegistration,
    /// Registered already, when `register` came.
    AlreadyRegistered,
    /// The name has no address.
    NoAddress,
    /// The DTLS handshake timed out, or was refused for a reason that the platform does not tell.
    Handshake,
    /// The server has ended the DTLS handshake or session with this fatal alert (RFC 5246, 7.2).
    #[cfg(feature = "dtls")]
    Alert(u8),
    /// The server's certificate was not accepted.
    Certificate,
    /// The credentials that the platform keeps are missing, or cannot be used.
    Credentials,
    /// The socket failed.
    Socket,
    /// The network interface is down.
    InterfaceDown,
    /// The bootstrap server did not finish in time.
    NoBootstrapFinish,
    /// The accounts that the bootstrap server wrote do not fit together.
    InconsistentAccounts,
    /// There is no value at the path.
    NoValue,
}

impl Describe for Detail {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        let text = match self {
            Self::Response(code) => {
                write("the server responded with ");
                u16::from(code >> 5).describe(write);
                write(if code & 0x1f < 10 { ".0" } else { "." });
                return u16::from(code & 0x1f).describe(write);
            }
            Self::Reset => "the server rejected the message with a Reset",
            Self::NoResponse => "no response after the last retransmission",
            Self::MalformedResponse => "the server's response lacks what it must have",
            Self::EndpointName => "the endpoint name must have 1 to 252 bytes",
            Self::ServerUri => {
                "the server URI must be coap://host[:port] or coaps://host[:port], IPv6 in brackets"
            }
            Self::Security => {
                "a coaps URI needs the feature dtls and credentials, with neither identity nor key empty, and a coap URI must have none"
            }
            Self::Lifetime => "the lifetime must be at least 1 s",
            Self::ShortServerId => "the short server id must be 1 to 65534",
            Self::Transmission => {
                "the transmission needs ack_timeout > 0, ack_random_percent >= 100, max_retransmit <= 20"
            }
            Self::BackOff => "the back-off needs 0 < min < max <= cap and a factor of at least 1",
            Self::MessageTooLarge => "a message does not fit: raise the capacity message_size",
            Self::BodyChanged => {
                "what was sent in blocks changed again and again on the way: raise the capacity message_size"
            }
            Self::LocationTooLong => {
                "the Location-Path does not fit: raise the capacity location_size"
            }
            Self::NoRegistration => "the device is not registered",
            Self::AlreadyRegistered => "the device is registered already",
            Self::NoAddress => "the server's name has no address",
            Self::Handshake => "the DTLS handshake was refused or timed out",
            #[cfg(feature = "dtls")]
            Self::Alert(alert) => {
                write("the server has ended DTLS with alert ");
                u16::from(*alert).describe(write);
                write(": ");
                crate::alert::cause(*alert)
            }
            Self::Certificate => "the server's certificate was not accepted",
            Self::Credentials => "the credentials are missing or cannot be used",
            Self::Socket => "the socket failed",
            Self::InterfaceDown => "the network interface is down",
            Self::NoBootstrapFinish => "the bootstrap server did not finish in time",
            Self::InconsistentAccounts => {
                "the bootstrapped accounts do not fit together: each server needs a complete Security instance \
                 and a Server instance with its short server id, and room for all in capacity accounts"
            }
            Self::NoValue => "there is no value at the path",
        };
        write(text);
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

impl core::error::Error for Detail {}

/// No room for another changed resource in [`Capacities::changes`](crate::Capacities::changes): those that wait
/// stay, and this one reaches the server with its next change or by a Read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChangesFull;

impl fmt::Display for ChangesFull {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("too many changed resources wait to be sent: raise the capacity changes")
    }
}

impl core::error::Error for ChangesFull {}

/// Why a value cannot be recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordError {
    /// There is no such resource, or it has no value that could be read, or not by this server.
    NoValue,
    /// The value is a text, bytes or an object link, or the path has several values.
    NotScalar,
    /// The time is before 1978-07-04T21:24:16Z, where SenML takes it for an offset, or past all
    /// calendars: the clock is not set, or its unit is not the millisecond.
    Time,
}

impl fmt::Display for RecordError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoValue => "there is no value at the path to be recorded",
            Self::NotScalar => {
                "only single integers, floats, booleans and times can be recorded, no text or bytes"
            }
            Self::Time => {
                "the time is not in milliseconds since 1970: set the clock before recording"
            }
        })
    }
}

impl core::error::Error for RecordError {}

/// What the client was doing for the application.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Getting accounts from the bootstrap server, on the way to a registration.
    Bootstrap,
    /// Registering.
    Register,
    /// Updating the registration.
    Update,
    /// De-registering.
    Deregister,
}

impl Describe for Operation {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        let text = match self {
            Self::Bootstrap => "bootstrap",
            Self::Register => "register",
            Self::Update => "update",
            Self::Deregister => "de-register",
        };
        write(text);
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

/// Why a request of the server is not carried out; each has its CoAP code (LwM2M Core 1.1, 6.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Refusal {
    /// 4.00: the request makes no sense, or a value is out of its range or of another type.
    BadRequest = code(4, 0),
    /// 4.01: the server has no right to it.
    Unauthorized = code(4, 1),
    /// 4.02: a critical option that is not understood.
    BadOption = code(4, 2),
    /// 4.04: no such object, instance or resource.
    NotFound = code(4, 4),
    /// 4.05: the object, instance or resource does not allow this operation.
    MethodNotAllowed = code(4, 5),
    /// 4.06: not available in the content format that the server accepts.
    NotAcceptable = code(4, 6),
    /// 4.13: larger than this device takes.
    TooLarge = code(4, 13),
    /// 4.15: a content format that this device does not read.
    UnsupportedContentFormat = code(4, 15),
    /// 5.00: the device itself failed.
    InternalError = code(5, 0),
    /// 5.03: a table is full; the server may try later.
    Unavailable = code(5, 3),
    /// 5.05: the request is for another device, and this one is no proxy.
    ProxyingNotSupported = code(5, 5),
}

impl Refusal {
    /// The code byte of the response.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }
}

/// `4.04` and the like as a byte (RFC 7252, 3).
const fn code(class: u8, detail: u8) -> u8 {
    (class << 5) | detail
}
