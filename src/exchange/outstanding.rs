//! A confirmable message that was or is to be transmitted, and when it is transmitted again (RFC 7252,
//! 4.2).

use coap_lite::MessageType;

use crate::coap::transmission::Transmission;
use crate::coap::{Header, Message, Token};
use crate::exchange::Purpose;
use crate::number::checksum;
use crate::random::Random;
use crate::time::{Duration, Instant};

/// An outstanding confirmable message. Its bytes are not kept: they are built again from what they
/// were built from, and compared by a checksum.
pub(crate) struct Outstanding {
    /// What the message is.
    pub(crate) purpose: Purpose,
    pub(crate) id: u16,
    pub(crate) token: Token,
    /// When it was first transmitted.
    pub(crate) started: Instant,
    /// When something is to be done; at once where the message is due.
    pub(crate) deadline: Instant,
    timeout: Duration,
    checksum: u32,
    transmissions: u8,
    delivery: Delivery,
}

#[derive(Clone, Copy, PartialEq)]
enum Delivery {
    /// To be written at the next opportunity.
    Due,
    /// Waiting for an acknowledgement or the response.
    Unacknowledged,
    /// The response comes separately (5.2.2).
    Acknowledged,
}

impl Outstanding {
    pub(crate) fn new(purpose: Purpose, id: u16, token: Token, now: Instant) -> Self {
        Self {
            purpose,
            id,
            token,
            started: now,
            deadline: now,
            timeout: Duration::ZERO,
            checksum: 0,
            transmissions: 0,
            delivery: Delivery::Due,
        }
    }

    pub(crate) fn header(&self) -> Header<'_> {
        Header {
            kind: MessageType::Confirmable,
            id: self.id,
            token: &self.token,
        }
    }

    pub(crate) fn is_due(&self) -> bool {
        self.delivery == Delivery::Due
    }

    /// Whether the message went out before.
    pub(crate) fn was_sent(&self) -> bool {
        self.transmissions > 0
    }

    /// Whether a response is the one to this message: one that comes with the acknowledgement has its
    /// message id, too (5.2).
    pub(super) fn expects(&self, response: &Message<'_>) -> bool {
        let is_separate = response.kind != MessageType::Acknowledgement;
        self.was_sent()
            && self.purpose != Purpose::Notification
            && self.token == response.token
            && (is_separate || self.id == response.id)
    }

    /// Keeps what the message says (its bytes behind message id and token); whether it said
    /// something else when it went out before.
    pub(crate) fn has_changed(&mut self, content: &[u8]) -> bool {
        let checksum = checksum::extend(checksum::START, content);
        let before = core::mem::replace(&mut self.checksum, checksum);
        self.was_sent() && before != checksum
    }

    /// The message was handed out: schedules what follows.
    pub(crate) fn sent(&mut self, now: Instant, transmission: &Transmission, random: &mut Random) {
        if self.was_sent() {
            self.timeout = self.timeout.saturating_mul(2);
        } else {
            self.timeout =
                random.between(transmission.ack_timeout, transmission.longest_first_wait());
        }
        self.transmissions = self.transmissions.wrapping_add(1);
        self.deadline = now.after(self.timeout);
        self.delivery = Delivery::Unacknowledged;
    }

    /// An empty acknowledgement: the response has as long as a whole transmission would have taken.
    pub(crate) fn acknowledged(&mut self, now: Instant, transmission: &Transmission) {
        if self.delivery != Delivery::Acknowledged {
            self.deadline = now.after(transmission.max_transmit_wait());
            self.delivery = Delivery::Acknowledged;
        }
    }

    /// Sends the message again at its deadline; `true` where that was the last time.
    pub(crate) fn gives_up(&mut self, now: Instant, transmission: &Transmission) -> bool {
        if self.delivery == Delivery::Due || now < self.deadline {
            return false;
        }
        if self.delivery == Delivery::Acknowledged
            || self.transmissions > transmission.max_retransmit
        {
            return true;
        }
        self.delivery = Delivery::Due;
        false
    }

    /// Whether it is to be sent again, and nobody has acknowledged it for all but the last two
    /// retransmissions: up to a quarter of MAX_TRANSMIT_WAIT.
    pub(crate) fn is_in_doubt(&self, transmission: &Transmission) -> bool {
        self.is_due() && self.transmissions >= transmission.max_retransmit.saturating_sub(1).max(1)
    }
}
