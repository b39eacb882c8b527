//! What happens, a line each: the time, which way, how many bytes, what.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use client_lite::Transmission;
use client_lite_host::Direction;
use coap_lite::{MessageClass, Packet, RequestType};
use demo_server::cli::print;

use crate::messages::{Messages, path, title};
use crate::transmissions::Transmissions;

/// Prints to standard output as it is told.
pub struct Timeline {
    start: Instant,
    state: Mutex<State>,
}

struct State {
    messages: Messages,
    transmissions: Transmissions,
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
    /// Of a device with these parameters.
    pub fn new(transmission: &Transmission) -> Self {
        print("  time s               bytes  what\n");
        Self {
            start: Instant::now(),
            state: Mutex::new(State {
                messages: Messages::default(),
                transmissions: Transmissions::new(transmission.max_retransmit),
                totals: Totals::default(),
            }),
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
                match state
                    .transmissions
                    .repeated(self.elapsed(), direction, &packet)
                {
                    Some(again) => format!("{}, {again}", title(&packet)),
                    None => state.messages.describe(direction, &packet),
                }
            }
            Err(error) => format!("not a CoAP message: {error}"),
        };
        self.line(arrow, &format!("{} B", message.len()), &text);
    }

    fn line(&self, who: &str, bytes: &str, text: &str) {
        let seconds = self.elapsed().as_secs_f64();
        let text = match io::stdout().is_terminal() {
            true => wrapped(text, TERMINAL - MARGIN),
            false => text.into(),
        };
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

/// Broken into lines of so many characters, behind a margin: after a space or what separates links and
/// queries, if there is one.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut rest = text;
    while let Some((end, _)) = rest.char_indices().nth(width) {
        let fits = &rest[..end];
        let end = fits.rfind([' ', ',', '&']).map_or(end, |last| last + 1);
        let (line, others) = rest.split_at(end);
        lines += &format!("{}\n{:MARGIN$}", line.trim_end(), "");
        rest = others;
    }
    lines + rest
}

/// In columns: what most terminals have at least, and what stands before the text of a line.
const TERMINAL: usize = 100;
const MARGIN: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_goes_on_below_itself_between_words_links_and_queries() {
        let margin = " ".repeat(MARGIN);
        for (text, width, broken) in [
            ("it fits", 7, vec!["it fits"]),
            ("one two three", 8, vec!["one two", "three"]),
            ("</1/0>,</3/0>,</4/0>", 15, vec!["</1/0>,</3/0>,", "</4/0>"]),
            ("/rd?ep=a&lt=60", 12, vec!["/rd?ep=a&", "lt=60"]),
            ("überlänge", 5, vec!["überl", "änge"]),
        ] {
            assert_eq!(wrapped(text, width), broken.join(&format!("\n{margin}")));
        }
    }
}
