//! What a platform does for one client.

use embedded_io::ErrorKind;

use crate::config::Account;
use crate::time::Instant;
use crate::transport::{Association, Endpoints, ReleaseAssistance, TransportError};

/// The way to one server, and the clock: what a platform does for a client. No method waits for the
/// network, except [`open`](Self::open) where the platform knows no other way.
///
/// The repository's `docs/porting.md` has what the client counts on.
pub trait Transport {
    /// Milliseconds of a clock that runs on while the device sleeps.
    fn now(&self) -> Instant;

    /// Begins to open an association with an account's server, in place of what is open: a connected
    /// UDP socket, or a DTLS session on it. Datagrams of other peers must not reach the client.
    /// `renew` is that of [`TransportRequest::Open`](crate::TransportRequest::Open).
    ///
    /// Gives the association where it is there at once; where it gives `None`,
    /// [`poll_connection`](Self::poll_connection) tells what has become of it.
    ///
    /// # Errors
    ///
    /// Why there is none. A platform that cannot do what the account's
    /// [`security`](Account::security) asks says [`TransportError::Credentials`].
    fn open(
        &mut self,
        account: Account<'_>,
        renew: bool,
    ) -> Result<Option<Association>, TransportError>;

    /// Closes what is open, or gives up opening. The driver calls it also after each error of the other
    /// methods.
    fn close(&mut self);

    /// What has become of opening, or of the open association, once; `None` while there is nothing
    /// new.
    fn poll_connection(&mut self) -> Option<Result<Association, TransportError>> {
        None
    }

    /// Sends a datagram over the open association, or drops it as the network would.
    ///
    /// # Errors
    ///
    /// The association is of no more use.
    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind>;

    /// Says what the device expects: before each [`send`](Self::send), and when it falls asleep. For a
    /// cellular modem, which then releases the radio by it. Called only in queue mode, in which the
    /// server speaks only when it was spoken to, after
    /// [`Driver::sleep_after`](super::Driver::sleep_after), and with the feature
    /// `release-assistance`.
    fn assist_release(&mut self, expected: ReleaseAssistance) {
        let _ = expected;
    }

    /// The next datagram that has come over the open association; `None` where there is none. In
    /// place of one that is larger than the platform's buffer, an empty one, which the client counts
    /// as discarded.
    ///
    /// # Errors
    ///
    /// The association is of no more use; an ICMP error is a reason, because it says so sooner than
    /// the last retransmission.
    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind>;

    /// Does what is due at the time that [`poll_timeout`](Self::poll_timeout) gave.
    fn handle_timeout(&mut self) {}

    /// When the transport itself has something to do, such as to repeat a part of a handshake.
    fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    /// The two ends of the open association, where a server takes one between the same for the same one,
    /// also after a restart: that of a socket without DTLS. Others have none.
    fn endpoints(&self) -> Option<Endpoints> {
        None
    }

    /// Called before [`open`](Self::open) after a restart. Where the device can be reached at the same
    /// address and port again, and the server's are the same, too, the association is
    /// [`Continued`](Association::Continued).
    fn go_on_between(&mut self, endpoints: Endpoints) {
        let _ = endpoints;
    }

    /// Called before [`open`](Self::open) where the bootstrap server may still send its
    /// Bootstrap-Finish again, until this time. A platform that can have two associations keeps the one
    /// that is open beside the next, unless that is with the same server; one that cannot leaves this
    /// out, and the two methods below.
    fn keep_former(&mut self, until: Instant) {
        let _ = until;
    }

    /// The next datagram that has come over the association that was kept.
    fn receive_former(&mut self) -> Option<&[u8]> {
        None
    }

    /// Sends a datagram over the association that was kept.
    fn send_former(&mut self, datagram: &[u8]) {
        let _ = datagram;
    }
}
