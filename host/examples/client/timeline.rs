//! What happens, a line each: the time, which way, how many bytes, what.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use client_lite_host::Direction;
use coap_lite::{MessageClass, Packet, RequestType};
use demo_server::cli::print;

use crate::messages::{Messages, path};

/// Prints to standard output as it is told.
pub struct Timeline {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    messages: Messages,
    totals: Totals,
}

/// What went over the wire, in CoAP messages and their bytes.
#[derive(Clone, Default)]
pub struct Totals {
    pub sent: (usize, usize),
    pub received: (usize, usize),
    /// The first of each kind of request that this device makes.
    pub requests: Vec<(&'static str, usize)>,
}

impl Timeline {
    pub fn new() -> Self {
        print("  time s               bytes  what\n");
        Self {
            start: Instant::now(),
            state: Mutex::default(),
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    pub fn totals(&self) -> Totals {
        self.lock().totals.clone()
    }

    /// Something that is no message. What others have said is [escaped](demo_server::escape).
    pub fn note(&self, what: &str, text: &str) {
        let _order = self.lock();
        self.line(what, "", text);
    }

    /// A CoAP message.
    pub fn message(&self, direction: Direction, message: &[u8]) {
        let mut state = self.lock();
        let (arrow, total) = match direction {
            Direction::Out => ("device ->", &mut state.totals.sent),
            Direction::In => ("device <-", &mut state.totals.received),
        };
        total.0 += 1;
        total.1 += message.len();
        let text = match Packet::from_bytes(message) {
            Ok(packet) => {
                if direction == Direction::Out {
                    state.totals.count(&packet, message.len());
                }
                state.messages.describe(direction, &packet)
            }
            Err(error) => format!("not a CoAP message: {error}"),
        };
        self.line(arrow, &format!("{} B", message.len()), &text);
    }

    fn line(&self, who: &str, bytes: &str, text: &str) {
        let seconds = self.elapsed().as_secs_f64();
        print(&format!("{seconds:8.3}  {who:<11} {bytes:>6}  {text}\n"));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Totals {
    fn count(&mut self, packet: &Packet, bytes: usize) {
        let MessageClass::Request(method) = packet.header.code else {
            return;
        };
        let kind = match (method, path(packet).as_str()) {
            (RequestType::Post, "/rd") => "Register",
            (RequestType::Post, "/dp") => "Send",
            (RequestType::Post, "/bs") => "Bootstrap-Request",
            (RequestType::Delete, _) => "De-register",
            _ => "Update",
        };
        if self.requests.iter().all(|(known, _)| *known != kind) {
            self.requests.push((kind, bytes));
        }
    }
}
