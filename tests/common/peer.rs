//! Whom the device talks to: the demo server, or a script of the test.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration as StdDuration;

use client_lite::{Duration, Instant};
use coap_lite::{MessageClass, MessageType, Packet};
use demo_server::Server;

use super::message;

pub enum Peer {
    Server(Box<Server>),
    Script(Script),
}

/// Answers each datagram of the device with any number of others.
pub struct Script {
    answer: Answers,
    outbox: VecDeque<(SocketAddr, Vec<u8>)>,
}

type Answers = Box<dyn FnMut(&[u8]) -> Vec<Vec<u8>>>;

impl Peer {
    /// A script in bytes.
    pub fn script(answer: impl FnMut(&[u8]) -> Vec<Vec<u8>> + 'static) -> Self {
        Self::Script(Script {
            answer: Box::new(answer),
            outbox: VecDeque::new(),
        })
    }

    /// A script that answers requests, each by one message or none, and nothing else.
    pub fn answering(mut answer: impl FnMut(&Packet) -> Option<Packet> + 'static) -> Self {
        Self::script(move |datagram| {
            let request = message::packet(datagram);
            match request.header.code {
                MessageClass::Request(_) => answer(&request).iter().map(message::bytes).collect(),
                _ => Vec::new(),
            }
        })
    }

    /// A script that acknowledges requests, and leaves it at that.
    pub fn acknowledging() -> Self {
        Self::answering(|request| {
            let id = request.header.message_id;
            Some(message::empty(MessageType::Acknowledgement, id))
        })
    }

    /// What a script says to a datagram.
    pub fn answers(&mut self, datagram: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Self::Server(_) => panic!("the peer is no script"),
            Self::Script(script) => (script.answer)(datagram),
        }
    }

    /// A script that hears and says nothing.
    pub fn silent() -> Self {
        Self::script(|_| Vec::new())
    }

    pub(super) fn handle_datagram(&mut self, now: Instant, from: SocketAddr, bytes: &[u8]) {
        match self {
            Self::Server(server) => server.handle_datagram(since_start(now), from, bytes),
            Self::Script(script) => {
                let answers = (script.answer)(bytes);
                script
                    .outbox
                    .extend(answers.into_iter().map(|bytes| (from, bytes)));
            }
        }
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if let Self::Server(server) = self {
            server.handle_timeout(since_start(now));
        }
    }

    pub(super) fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        match self {
            Self::Server(server) => server.poll_transmit(),
            Self::Script(script) => script.outbox.pop_front(),
        }
    }

    pub(super) fn poll_event(&mut self) -> Option<demo_server::Event> {
        match self {
            Self::Server(server) => server.poll_event(),
            Self::Script(_) => None,
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        let Self::Server(server) = self else {
            return None;
        };
        // Rounded up, so that the deadline has passed.
        let nanoseconds = server.poll_timeout()?.as_nanos();
        Some(Instant::from_millis(nanoseconds.div_ceil(1_000_000) as u64))
    }
}

/// The demo server's time.
pub(super) fn since_start(now: Instant) -> StdDuration {
    StdDuration::from_millis(now.as_millis())
}
