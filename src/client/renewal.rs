//! The way back to a server that was restarted: under DTLS it is silent to the records of an
//! association that it does not know any longer.

use crate::client::lifecycle::Phase;
use crate::client::{Client, Purpose};
use crate::error::Operation;

/// What is known of the open association.
#[derive(Default)]
pub(super) struct Renewal {
    /// Whether it has served before, so that its server may have been restarted since.
    kept: bool,
}

impl Renewal {
    /// The transport is asked for an association, another one than before where it is to be renewed.
    pub(super) fn opens(&mut self, renew: bool) {
        self.kept = !renew;
    }

    pub(super) fn opened(&mut self, continued: bool) {
        self.kept &= continued;
    }

    /// The server has answered over it.
    pub(super) fn served(&mut self) {
        self.kept = true;
    }
}

impl Client<'_> {
    /// Has the association renewed where the outstanding message is to be sent again, and nobody has
    /// acknowledged it for a quarter of MAX_TRANSMIT_WAIT: in place of the last retransmissions. What
    /// is left unanswered over another association, too, fails as without security.
    pub(super) fn doubt_association(&mut self) {
        let transmission = &self.config.transmission;
        let Some(exchange) = self
            .exchange
            .as_ref()
            .filter(|exchange| exchange.is_in_doubt(transmission))
        else {
            return;
        };
        let (purpose, token) = (exchange.purpose, exchange.token);
        if !self.renewal.kept || !self.is_secure() {
            return;
        }
        // A server that is deaf to one kind of message is no reason for a handshake each time.
        let fails_again = match purpose {
            Purpose::Operation(_) => false,
            Purpose::Notify => self.is_in_doubt() || self.notification_is_doubted(&token),
            #[cfg(feature = "send")]
            Purpose::Send(_) => self.is_in_doubt() || self.send_is_doubted(),
        };
        match self.phase {
            _ if fails_again => {}
            Phase::Requesting(operation) if operation != Operation::Update => {
                self.open(operation, true);
            }
            _ => self.recover(Operation::Update),
        }
    }
}
