//! A UDP socket of the device's, and where it is wanted DTLS over it, which is arithmetic: a handshake is
//! datagrams of the sizes that docs/design.md has, and a record is larger than what it carries.

use std::collections::VecDeque;

use client_lite::driver::Direction;
use client_lite::{Duration, Instant};
use fastrand::Rng;

/// What protects the messages.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Security {
    None,
    /// DTLS 1.2, TLS_PSK_WITH_AES_128_CCM_8.
    Dtls,
    /// The same; the server gives a connection id of 6 bytes, the device none.
    ConnectionId,
}

#[derive(Clone)]
pub enum Datagram {
    Coap(Vec<u8>),
    /// A part of a handshake, by its place among those of its direction.
    Handshake(usize),
}

impl Security {
    /// UDP's payload.
    pub fn bytes(self, direction: Direction, datagram: &Datagram) -> usize {
        match (datagram, direction, self) {
            (Datagram::Handshake(part), Direction::Out, Self::ConnectionId) => {
                [87, 119, 107][*part]
            }
            (Datagram::Handshake(part), Direction::Out, _) => [87, 119, 100][*part],
            (Datagram::Handshake(part), Direction::In, Self::ConnectionId) => [60, 147, 67][*part],
            (Datagram::Handshake(part), Direction::In, _) => [60, 136, 67][*part],
            (Datagram::Coap(message), _, Self::None) => message.len(),
            // The id, and the content type that moves into the record (RFC 9146, 4).
            (Datagram::Coap(message), Direction::Out, Self::ConnectionId) => {
                message.len() + RECORD + 6 + 1
            }
            (Datagram::Coap(message), ..) => message.len() + RECORD,
        }
    }
}

pub struct Channel {
    security: Security,
    /// How long a handshake is waited for.
    patience: Duration,
    state: State,
    port: u16,
    outbox: VecDeque<(u16, Datagram)>,
    random: Rng,
}

enum State {
    Closed,
    Shaking(Handshake),
    Open,
}

struct Handshake {
    part: usize,
    again_at: Instant,
    wait: Duration,
    until: Instant,
}

/// The handshake got no answer.
#[derive(Debug)]
pub struct TimedOut;

impl Channel {
    pub fn new(security: Security, patience: Duration, random: Rng) -> Self {
        Self {
            security,
            patience,
            state: State::Closed,
            port: 0,
            outbox: VecDeque::new(),
            random,
        }
    }

    /// Another socket, with another port.
    pub fn open(&mut self, now: Instant) {
        self.port = self.random.u16(49_152..);
        self.connect(now);
    }

    /// With DTLS a handshake begins; over the port that there is.
    pub fn connect(&mut self, now: Instant) {
        if self.security == Security::None {
            self.state = State::Open;
            return;
        }
        self.state = State::Shaking(Handshake {
            part: 0,
            again_at: now + FIRST_WAIT,
            wait: FIRST_WAIT,
            until: now + self.patience,
        });
        self.outbox.push_back((self.port, Datagram::Handshake(0)));
    }

    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// The port of the newest socket; `None` where there has been none since the start.
    pub fn port(&self) -> Option<u16> {
        (self.port != 0).then_some(self.port)
    }

    /// The next socket has a port from before a reboot.
    pub fn take_port(&mut self, port: u16) {
        self.port = port;
    }

    pub fn send(&mut self, message: Vec<u8>) {
        if self.is_open() {
            self.outbox.push_back((self.port, Datagram::Coap(message)));
        }
    }

    pub fn poll_transmit(&mut self) -> Option<(u16, Datagram)> {
        self.outbox.pop_front()
    }

    /// Takes a datagram; the message in it, if there is one for this socket.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        port: u16,
        datagram: Datagram,
    ) -> Option<Vec<u8>> {
        if port != self.port {
            return None;
        }
        match (datagram, &mut self.state) {
            (Datagram::Coap(message), State::Open) => return Some(message),
            (Datagram::Handshake(part), State::Shaking(handshake)) if part == handshake.part => {
                if part == LAST_PART {
                    self.state = State::Open;
                    return None;
                }
                handshake.part += 1;
                handshake.again_at = now + handshake.wait;
                let next = Datagram::Handshake(handshake.part);
                self.outbox.push_back((self.port, next));
            }
            _ => {}
        }
        None
    }

    /// Repeats what got no answer, as Mbed TLS does.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), TimedOut> {
        let State::Shaking(handshake) = &mut self.state else {
            return Ok(());
        };
        if handshake.until <= now {
            self.state = State::Closed;
            return Err(TimedOut);
        }
        if handshake.again_at <= now {
            handshake.wait = (handshake.wait + handshake.wait).min(LONGEST_WAIT);
            handshake.again_at = now + handshake.wait;
            let again = Datagram::Handshake(handshake.part);
            self.outbox.push_back((self.port, again));
        }
        Ok(())
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Shaking(handshake) => Some(handshake.again_at.min(handshake.until)),
            State::Closed | State::Open => None,
        }
    }
}

/// Header 13, explicit nonce 8, authentication 8.
const RECORD: usize = 29;

const LAST_PART: usize = 2;

/// MBEDTLS_SSL_DTLS_TIMEOUT_DFL_MIN and _MAX.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in docs/design.md, which was measured.
    #[test]
    fn datagrams_have_the_sizes_that_were_measured() {
        for (security, handshake, update) in [
            (Security::Dtls, 569, (48, 34)),
            (Security::ConnectionId, 587, (55, 34)),
        ] {
            let parts = (0..=LAST_PART).flat_map(|part| {
                let part = Datagram::Handshake(part);
                [Direction::Out, Direction::In].map(|way| security.bytes(way, &part))
            });
            assert_eq!(parts.sum::<usize>(), handshake);
            let (request, response) = (vec![0; 19], vec![0; 5]);
            let out = security.bytes(Direction::Out, &Datagram::Coap(request));
            let back = security.bytes(Direction::In, &Datagram::Coap(response));
            assert_eq!((out, back), update);
        }
    }

    #[test]
    fn a_handshake_without_an_answer_is_repeated_and_given_up() {
        let mut channel = Channel::new(Security::Dtls, Duration::from_secs(10), Rng::with_seed(1));
        channel.open(Instant::default());
        let mut sent = Vec::new();
        while let Some(due) = channel.poll_timeout() {
            sent.extend(channel.poll_transmit().map(|_| due.as_millis()));
            if channel.handle_timeout(due).is_err() {
                assert_eq!(due, Instant::from_millis(10_000));
            }
        }
        assert_eq!(sent, [1000, 3000, 7000, 10_000]);
        assert!(!channel.is_open());
    }
}
