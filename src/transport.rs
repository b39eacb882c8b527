//! What the client asks of the platform's transport, and what comes of it.

use core::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

use embedded_io::ErrorKind;

use crate::archive::Archive;
use crate::config::{Account, Security};
use crate::error::{Detail, Error};
use crate::uri::ServerUri;

/// What the platform is to do.
#[derive(Debug)]
pub enum TransportRequest<'c> {
    /// Resolve the account's host and open an association with it: a connected UDP socket, or a
    /// DTLS session on it. Datagrams of other peers must not reach the client. The result goes to
    /// [`Client::handle_connected`](crate::Client::handle_connected) or
    /// [`Client::handle_failure`](crate::Client::handle_failure).
    ///
    /// What happens while the client is paused is not taken in: it asks again when it resumes.
    ///
    /// Without security the local port stays the same as long as the interface does.
    Open {
        /// Whom to connect to.
        account: Account<'c>,
        /// Whether the association before has failed. A DTLS session is then made anew (by its
        /// connection id first, where it has one); otherwise one that still holds may go on.
        renew: bool,
    },
    /// Close what is open, or give up opening.
    Close,
}

impl<'a> Account<'a> {
    /// The server, for a platform without DTLS: an account with credentials is refused, rather than
    /// talked to in the clear.
    ///
    /// # Errors
    ///
    /// [`TransportError::Credentials`] where there are some, and [`TransportError::NotResolved`] where
    /// the URI is not one.
    pub fn plain_server(&self) -> Result<ServerUri<'a>, TransportError> {
        match self.security {
            Security::None => ServerUri::parse(self.uri).map_err(|_| TransportError::NotResolved),
            _ => Err(TransportError::Credentials),
        }
    }
}

/// What has become of an association.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Association {
    /// A new security context; or without security another local or remote address or port than
    /// before, or none before.
    New,
    /// The one before goes on, as the server sees it too.
    Continued,
}

/// The two ends of an association without security, which is the same one after a restart where these
/// are the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Endpoints {
    /// The device's own address and port.
    pub local: SocketAddr,
    /// The server's.
    pub remote: SocketAddr,
}

impl Endpoints {
    pub(crate) const NONE: Self = {
        let nowhere = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);
        Self {
            local: nowhere,
            remote: nowhere,
        }
    };

    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        for address in [&mut self.local, &mut self.remote] {
            let (mut bytes, mut scope) = match address {
                SocketAddr::V4(address) => (address.ip().to_ipv6_mapped().octets(), 0),
                SocketAddr::V6(address) => (address.ip().octets(), address.scope_id()),
            };
            let (mut port, mut is_ipv6) = (address.port(), address.is_ipv6());
            archive.bytes(&mut bytes);
            archive.u16(&mut port);
            archive.u32(&mut scope);
            archive.bool(&mut is_ipv6);
            let ip = Ipv6Addr::from(bytes);
            *address = match ip.to_ipv4_mapped().filter(|_| !is_ipv6) {
                Some(ip) => (ip, port).into(),
                None => SocketAddrV6::new(ip, port, 0, scope).into(),
            };
        }
    }
}

/// What the device expects from here on, which a cellular network may be told so that it releases the
/// radio in time: the release assistance indication of 3GPP (TS 24.301, 9.9.4.25), in the five
/// values that modems take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReleaseAssistance {
    /// Nothing is sent or received, from now on: the device falls asleep.
    NoData,
    /// Nothing follows the next datagram, in either direction.
    Last,
    /// One datagram comes back after the next one, and nothing follows.
    OneResponse,
    /// The device sends more after the next datagram.
    Ongoing,
    /// The server is likely to send more than one after the next datagram.
    WaitMore,
}

/// Why there is no association, or not any longer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TransportError {
    /// The name has no address.
    NotResolved,
    /// The DTLS handshake timed out, or was refused for a reason that the platform does not tell.
    Handshake,
    /// The server has ended the DTLS handshake or session with this fatal alert (RFC 5246, 7.2).
    #[cfg(feature = "dtls")]
    Alert(u8),
    /// The server's certificate was not accepted.
    Certificate,
    /// The credentials that the platform keeps for this account are missing, or cannot be used.
    Credentials,
    /// The socket failed; an ICMP error counts.
    Socket,
    /// The interface is down.
    InterfaceDown,
}

/// What becomes of an error of a socket: a local address that has gone is a network that has gone.
impl From<ErrorKind> for TransportError {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::AddrNotAvailable | ErrorKind::NotConnected => Self::InterfaceDown,
            _ => Self::Socket,
        }
    }
}

impl TransportError {
    /// The server's alert, where that was the cause.
    pub(crate) fn alert(self) -> Option<u8> {
        match self {
            #[cfg(feature = "dtls")]
            Self::Alert(alert) => Some(alert),
            _ => None,
        }
    }

    pub(crate) fn class(self) -> (Error, Detail) {
        match self {
            Self::NotResolved => (Error::DnsResolvingFailed, Detail::NoAddress),
            Self::Handshake => (Error::SecureConnectionFailed, Detail::Handshake),
            #[cfg(feature = "dtls")]
            Self::Alert(alert) => (Error::SecureConnectionFailed, Detail::Alert(alert)),
            Self::Certificate => (Error::SecureConnectionFailed, Detail::Certificate),
            Self::Credentials => (Error::SecureConnectionFailed, Detail::Credentials),
            Self::Socket => (Error::NetworkError, Detail::Socket),
            Self::InterfaceDown => (Error::NetworkError, Detail::InterfaceDown),
        }
    }
}
