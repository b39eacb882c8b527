//! Other clients by their rules: models of when they register, try again and update, written from what the
//! sources named here do. Their messages are sizes.

use client_lite::{Duration, Instant};
use fastrand::Rng;

use crate::device::{Answer, Device, Operation, Request};
use crate::scenario::Scenario;

#[derive(Clone, Copy)]
pub enum Rules {
    /// Zephyr 4.1.99, `subsys/net/lib/lwm2m/lwm2m_rd_client.c`, LwM2M 1.1, one server, no bootstrap server.
    Zephyr,
    /// Anjay Lite 3.0 with its defaults, without a bootstrap server.
    AnjayLite,
    /// Waits as long after each failure, without an end.
    Fixed,
}

pub struct Peer {
    rules: Rules,
    state: State,
    /// When something is to be done.
    next: Instant,
    /// Registers that have failed in a row.
    failures: usize,
    lifetime: u32,
    restart: Duration,
    fixed: Duration,
    message_id: u16,
    random: Rng,
}

enum State {
    /// Until the next Register.
    Waiting,
    /// A confirmable request is outstanding.
    Sent {
        request: Request,
        wait: Duration,
        retransmissions: u32,
    },
    Registered,
}

impl Peer {
    /// Begins to register at `start`.
    pub fn new(scenario: &Scenario, rules: Rules, start: Instant, random: &mut Rng) -> Self {
        Self {
            rules,
            state: State::Waiting,
            next: start,
            failures: 0,
            lifetime: scenario.lifetime,
            restart: scenario.restart,
            fixed: scenario.fixed,
            message_id: random.u16(..),
            random: random.fork(),
        }
    }

    fn begin(&mut self, now: Instant, operation: Operation, send: &mut impl FnMut(Request)) {
        self.message_id = self.message_id.wrapping_add(1);
        let request = Request {
            operation,
            bytes: self.rules.bytes(operation),
            message_id: self.message_id,
            token: [0; 8],
            token_length: 8,
        };
        // RFC 7252, 4.2, with its defaults.
        let wait = Duration::from_millis(self.random.u64(2000..=3000));
        self.next = now + wait;
        self.state = State::Sent {
            request,
            wait,
            retransmissions: 0,
        };
        send(request);
    }

    /// A request got no answer, or was refused.
    fn failed(
        &mut self,
        now: Instant,
        operation: Operation,
        is_refused: bool,
        send: &mut impl FnMut(Request),
    ) {
        if operation == Operation::Update {
            // Zephyr: do_update_timeout_cb, sm_handle_registration_update_failure. Anjay Lite's manual,
            // "LwM2M Client Logic": the connection is closed and registration retried.
            self.failures = 0;
            self.begin(now, Operation::Register, send);
            return;
        }
        let wait = match self.rules {
            Rules::Zephyr => self.wait_of_zephyr(is_refused),
            Rules::AnjayLite => self.wait_of_anjay_lite(),
            Rules::Fixed => self.fixed,
        };
        self.state = State::Waiting;
        self.next = now + wait;
    }

    /// sm_do_network_error: the first retry comes at once, the others after 1, 2, 4 and 8 s; after
    /// CONFIG_LWM2M_RD_CLIENT_MAX_RETRIES (5) of them and 16 s more the engine stops. Where the server
    /// has refused a Register, it is left alone (lwm2m_server_disable, for longer than that), and what
    /// remains of the retries finds no server.
    fn wait_of_zephyr(&mut self, is_refused: bool) -> Duration {
        const WAITS: [u32; 6] = [0, 1, 2, 4, 8, 16];
        let (wait, stops) = match is_refused {
            true => (WAITS[self.failures..].iter().sum(), true),
            false => (WAITS[self.failures], self.failures == WAITS.len() - 1),
        };
        self.then(wait, stops)
    }

    /// src/anj/core/server_register.c, calculate_communication_retry_timeout, with
    /// ANJ_COMMUNICATION_RETRY_RES_DEFAULT: five attempts, with a minute between the first two, twice as
    /// long between the next, and so on; then the client is in the state Failure.
    fn wait_of_anjay_lite(&mut self) -> Duration {
        match self.failures {
            4 => self.then(0, true),
            failures => self.then(60 << failures, false),
        }
    }

    /// An application knows nothing better than to start again a client that has stopped.
    fn then(&mut self, seconds: u32, stops: bool) -> Duration {
        let wait = Duration::from_secs(seconds);
        if stops {
            self.failures = 0;
            wait + self.restart
        } else {
            self.failures += 1;
            wait
        }
    }
}

impl Device for Peer {
    fn turn(&mut self, now: Instant, send: &mut impl FnMut(Request)) {
        match &mut self.state {
            State::Waiting => self.begin(now, Operation::Register, send),
            State::Registered => self.begin(now, Operation::Update, send),
            State::Sent {
                request,
                wait,
                retransmissions,
            } => {
                if *retransmissions == MAX_RETRANSMIT {
                    let operation = request.operation;
                    return self.failed(now, operation, false, send);
                }
                *retransmissions += 1;
                *wait = *wait + *wait;
                self.next = now + *wait;
                send(*request);
            }
        }
    }

    fn handle_answer(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        send: &mut impl FnMut(Request),
    ) {
        match &self.state {
            State::Sent { request: sent, .. } if sent.message_id == request.message_id => {}
            _ => return,
        }
        match answer {
            Answer::Registered | Answer::Updated => {
                self.failures = 0;
                self.state = State::Registered;
                self.next = now + self.rules.update_after(self.lifetime);
            }
            Answer::Unknown | Answer::Unavailable(_) => {
                self.failed(now, request.operation, true, send);
            }
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        Some(self.next)
    }
}

impl Rules {
    fn update_after(self, lifetime: u32) -> Duration {
        let seconds = match self {
            // CONFIG_LWM2M_SECONDS_TO_UPDATE_EARLY.
            Self::Zephyr => lifetime.saturating_sub(10).max(15),
            // Anjay Lite's manual, "LwM2M Client Logic".
            Self::AnjayLite | Self::Fixed => (lifetime / 2).max(lifetime.saturating_sub(93)),
        };
        Duration::from_secs(seconds)
    }

    /// Of a device with this client's objects and endpoint name, and a location of 10 bytes: a token of 8
    /// bytes, Zephyr's queries and object list as in `field/engine.rs`, and what Anjay Lite's was measured
    /// to be longer than this client's. The naive client's are the latter's, too.
    fn bytes(self, operation: Operation) -> u16 {
        match (self, operation) {
            (Self::Zephyr, Operation::Register) => 95,
            (Self::AnjayLite | Self::Fixed, Operation::Register) => 116,
            (_, Operation::Update) => 26,
        }
    }
}

/// RFC 7252, 4.8; also Zephyr's CONFIG_COAP_MAX_RETRANSMIT.
const MAX_RETRANSMIT: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds between the end of one Register's transmissions and the next Register.
    fn waits(rules: Rules, refused: bool) -> Vec<u64> {
        let scenario = Scenario::default();
        let mut peer = Peer::new(&scenario, rules, Instant::default(), &mut Rng::with_seed(1));
        let mut waits = Vec::new();
        for _ in 0..8 {
            let mut sent = Vec::new();
            let mut ended = peer.next;
            peer.turn(ended, &mut |request| sent.push(request));
            if refused {
                peer.handle_answer(ended, &sent[0], Answer::Unavailable(None), &mut |_| {});
            }
            while let State::Sent { request, .. } = peer.state {
                ended = peer.next;
                let before = request.message_id;
                peer.turn(ended, &mut |_| {});
                if matches!(peer.state, State::Sent { request, .. } if request.message_id != before)
                {
                    break;
                }
            }
            waits.push(peer.next.saturating_since(ended).as_millis() / 1000);
        }
        waits
    }

    #[test]
    fn each_waits_by_its_rules() {
        assert_eq!(waits(Rules::Zephyr, false), [0, 1, 2, 4, 8, 3616, 0, 1]);
        assert_eq!(waits(Rules::Zephyr, true), [3631; 8]);
        let anjay_lite = [60, 120, 240, 480, 3600, 60, 120, 240];
        assert_eq!(waits(Rules::AnjayLite, false), anjay_lite);
        assert_eq!(waits(Rules::AnjayLite, true), anjay_lite);
        assert_eq!(waits(Rules::Fixed, false), [60; 8]);
    }
}
