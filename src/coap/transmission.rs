//! Transmission parameters and the times that follow from them (RFC 7252, 4.8).

use crate::time::Duration;

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

    pub(crate) fn longest_first_wait(&self) -> Duration {
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
