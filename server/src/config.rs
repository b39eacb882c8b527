use std::collections::BTreeMap;
use std::time::Duration;

use crate::BootstrapOperation;

/// How a [`Server`](crate::Server) behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many clients can be registered at a time, and how many can be bootstrapped at a time. One
    /// more is answered with 5.03.
    pub registrations: usize,
    /// Lifetime of a registration that names none, in seconds (LwM2M 1.1 Core, 6.2.1: 86,400).
    pub default_lifetime: u32,
    /// The Location-Path given to each registration. Without a [`Segment::Random`] all clients
    /// share one location, and it belongs to whoever registered last.
    pub location: Vec<Segment>,
    /// Answers to confirmable requests come as an empty ACK and a confirmable response of its own
    /// (RFC 7252, 5.2.2) instead of piggybacked.
    pub separate_responses: bool,
    /// Length of the tokens of the server's requests, 1 to 8 bytes.
    pub token_length: usize,
    /// What the bootstrap server sends, in this order, to each endpoint name before it finishes.
    /// A Bootstrap-Request from any other name is answered with 4.00.
    pub bootstrap: BTreeMap<String, Vec<BootstrapOperation>>,
    /// Whether a client gets the instances that it would be written in one response, where it asks for
    /// that (Bootstrap-Pack-Request, OMA LwM2M 1.2 Core, 6.1.7.7). Otherwise that is answered with 4.04.
    pub bootstrap_packs: bool,
    /// CoAP's transmission parameters.
    pub timing: Timing,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            registrations: 10_000,
            default_lifetime: 86_400,
            location: vec![Segment::Fixed("rd".into()), Segment::Random(10)],
            separate_responses: false,
            token_length: 4,
            bootstrap: BTreeMap::new(),
            bootstrap_packs: false,
            timing: Timing::default(),
        }
    }
}

/// One segment of the Location-Path given to a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// This text.
    Fixed(String),
    /// So many random letters and digits.
    Random(usize),
}

/// CoAP's transmission parameters (RFC 7252, 4.8).
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// ACK_TIMEOUT.
    pub ack_timeout: Duration,
    /// ACK_RANDOM_FACTOR, at least 1.
    pub ack_random_factor: f64,
    /// MAX_RETRANSMIT.
    pub max_retransmit: u32,
    /// NSTART: requests under way at once to one client; the others wait their turn.
    pub nstart: usize,
    /// MAX_LATENCY.
    pub max_latency: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            ack_timeout: Duration::from_secs(2),
            ack_random_factor: 1.5,
            max_retransmit: 4,
            nstart: 1,
            max_latency: Duration::from_secs(100),
        }
    }
}

impl Timing {
    /// MAX_TRANSMIT_WAIT: from the first transmission to giving up.
    pub fn max_transmit_wait(&self) -> Duration {
        self.span(self.max_retransmit.saturating_add(1))
    }

    /// EXCHANGE_LIFETIME: how long a message ID is remembered.
    pub fn exchange_lifetime(&self) -> Duration {
        // PROCESSING_DELAY is ACK_TIMEOUT.
        self.span(self.max_retransmit) + 2 * self.max_latency + self.ack_timeout
    }

    fn span(&self, doublings: u32) -> Duration {
        let factor = (2f64.powi(doublings.min(20) as i32) - 1.0) * self.ack_random_factor;
        self.ack_timeout.mul_f64(factor.max(1.0))
    }
}
