//! The one confirmable message that may be outstanding (RFC 7252, 4.2 and NSTART = 1 in 4.7), and
//! when it is sent again.

use crate::checksum;
use crate::coap::Token;
use crate::random::Random;
use crate::time::{Duration, Instant};

/// Transmission parameters (RFC 7252, 4.8).
///
/// On cellular networks with long round trips a larger `ack_timeout` saves retransmissions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Transmission {
    /// ACK_TIMEOUT: the shortest wait before the first retransmission, over 0. Default 2 s.
    pub ack_timeout: Duration,
    /// ACK_RANDOM_FACTOR in percent: the longest first wait as a share of the shortest, at
    /// least 100. Default 150.
    pub ack_random_percent: u16,
    /// MAX_RETRANSMIT: how often a message is sent again, at most 20. Default 4.
    pub max_retransmit: u8,
}

impl Transmission {
    /// MAX_TRANSMIT_WAIT: the longest time from the first transmission until the sender gives up;
    /// 93 s by default.
    pub fn max_transmit_wait(&self) -> Duration {
        let rounds = (2_u32 << u32::from(self.max_retransmit).min(20)) - 1;
        self.longest_first_wait().saturating_mul(rounds)
    }

    /// MAX_TRANSMIT_SPAN: the longest time from the first transmission to the last retransmission;
    /// 45 s by default.
    pub fn max_transmit_span(&self) -> Duration {
        let rounds = (1_u32 << u32::from(self.max_retransmit).min(20)) - 1;
        self.longest_first_wait().saturating_mul(rounds)
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.ack_timeout > Duration::ZERO
            && self.ack_random_percent >= 100
            && self.max_retransmit <= 20
    }

    fn longest_first_wait(&self) -> Duration {
        // In units of a 64th, so that no 64-bit division is linked.
        let sixty_fourths = u64::from(u32::from(self.ack_random_percent) * 64 / 100);
        Duration::from_millis((self.ack_timeout.as_millis() * sixty_fourths) >> 6)
    }
}

impl Default for Transmission {
    fn default() -> Self {
        Self {
            ack_timeout: Duration::from_secs(2),
            ack_random_percent: 150,
            max_retransmit: 4,
        }
    }
}

/// MAX_TRANSMIT_SPAN with the default parameters (4.8.2): how long a sender may repeat a message.
pub(crate) const MAX_TRANSMIT_SPAN: Duration = Duration::from_secs(45);
/// EXCHANGE_LIFETIME with the default parameters (4.8.2): how long a message id may come again.
pub(crate) const EXCHANGE_LIFETIME: Duration = Duration::from_secs(247);

/// An outstanding confirmable message. Its bytes are not kept: they are built again from what they
/// were built from, and compared by a checksum.
pub(crate) struct Exchange<P> {
    /// What the message is.
    pub(crate) purpose: P,
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
    /// Waiting for an acknowledgement or the answer.
    Unacknowledged,
    /// The answer comes separately (5.2.2).
    Acknowledged,
}

impl<P> Exchange<P> {
    pub(crate) fn new(purpose: P, id: u16, token: Token, now: Instant) -> Self {
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

    pub(crate) fn is_due(&self) -> bool {
        self.delivery == Delivery::Due
    }

    /// Whether the message went out before.
    pub(crate) fn was_sent(&self) -> bool {
        self.transmissions > 0
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

    /// An empty acknowledgement: the answer has as long as a whole transmission would have taken.
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
    #[cfg(feature = "dtls")]
    pub(crate) fn is_in_doubt(&self, transmission: &Transmission) -> bool {
        self.is_due() && self.transmissions >= transmission.max_retransmit.saturating_sub(1).max(1)
    }
}
