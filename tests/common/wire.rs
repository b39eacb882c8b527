//! What crossed the wire.

use std::net::SocketAddr;

use client_lite::Instant;
use data_encoding::HEXLOWER;
use demo_server::Operation;

use super::message;

/// One transmission of the device or the server.
#[derive(Clone, Debug)]
pub struct Datagram {
    pub at: Instant,
    pub direction: Direction,
    pub bytes: Vec<u8>,
    /// When the first copy is at the other end; `None` where it is lost.
    pub arrives: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From the device.
    Up,
    /// To the device.
    Down,
}

/// The log of a world.
#[derive(Default)]
pub struct Wire {
    pub datagrams: Vec<Datagram>,
}

impl Wire {
    pub fn up(&self) -> impl DoubleEndedIterator<Item = &Datagram> {
        self.datagrams
            .iter()
            .filter(|datagram| datagram.direction == Direction::Up)
    }

    pub fn down(&self) -> impl DoubleEndedIterator<Item = &Datagram> {
        self.datagrams
            .iter()
            .filter(|datagram| datagram.direction == Direction::Down)
    }

    /// The device's requests of this kind, retransmissions included.
    pub fn requests(&self, operation: Operation) -> Vec<&Datagram> {
        self.up()
            .filter(|datagram| datagram.operation() == Some(operation))
            .collect()
    }

    pub fn clear(&mut self) {
        self.datagrams.clear();
    }

    /// One line a datagram, the last `count`.
    pub fn tail(&self, count: usize) -> String {
        let from = self.datagrams.len().saturating_sub(count);
        let lines = self.datagrams[from..].iter().map(|datagram| {
            let direction = match datagram.direction {
                Direction::Up => "->",
                Direction::Down => "<-",
            };
            let fate = if datagram.arrives.is_none() {
                " lost"
            } else {
                ""
            };
            let hex = HEXLOWER.encode(&datagram.bytes);
            format!(
                "{:>12} ms {direction} {hex}{fate}\n",
                datagram.at.as_millis()
            )
        });
        lines.collect()
    }
}

impl Datagram {
    pub fn packet(&self) -> coap_lite::Packet {
        message::packet(&self.bytes)
    }

    /// What the device asks with it.
    pub fn operation(&self) -> Option<Operation> {
        coap_lite::Packet::from_bytes(&self.bytes)
            .ok()
            .and_then(|packet| message::operation(&packet))
    }
}

/// The device as its server sees it.
pub(super) fn device(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

pub(super) const FIRST_PORT: u16 = 40_000;
