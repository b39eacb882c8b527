//! What happens, a line each: the time, which way, how many bytes, what.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use client_lite_host::Direction;
use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType};
use demo_server::format::{self, DecodeError, Entry};

/// Prints to standard output as it is told.
pub struct Timeline {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The requests under way and the observations, by token.
    requests: Requests,
    totals: Totals,
}

/// Method and path by token.
type Requests = BTreeMap<Vec<u8>, (String, String)>;

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

    /// Something that is no message.
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
                describe(&packet, &mut state.requests)
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

/// Standard output may be a pipe whose reader has gone; that ends nothing.
pub fn print(text: &str) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(text.as_bytes());
    let _ = output.flush();
}

/// A message in one line, such as `ACK 2.05 Content [senml-cbor] /3303/0/5700 = 22.5`.
fn describe(packet: &Packet, requests: &mut Requests) -> String {
    let kind = match packet.header.get_type() {
        MessageType::Confirmable => "CON",
        MessageType::NonConfirmable => "NON",
        MessageType::Acknowledgement => "ACK",
        MessageType::Reset => "RST",
    };
    let observe = packet.get_observe_value().and_then(Result::ok);
    let token = packet.get_token();
    match packet.header.code {
        MessageClass::Empty => match kind {
            "CON" => "CON, a ping".into(),
            _ => format!("{kind}, empty"),
        },
        MessageClass::Request(method) => {
            let path = path(packet);
            let method = format!("{method:?}").to_uppercase();
            let observing = match observe {
                Some(0) => " observe",
                Some(_) => " observe no longer",
                None => "",
            };
            let (query, content) = (query(packet), content(packet, &path));
            let line = format!("{kind} {method} {path}{query}{observing}{content}");
            requests.insert(token.to_vec(), (method, path));
            line
        }
        MessageClass::Response(code) => {
            // An observation's token comes again.
            let request = match observe {
                Some(_) => requests.get(token).cloned(),
                None => requests.remove(token),
            };
            let (method, path) = request.unwrap_or(("?".into(), "/".into()));
            let mut line = format!("{kind} {} {code:?}", packet.header.code);
            if let Some(number) = observe {
                let _ = write!(line, " observe {number}");
            }
            let location = texts(packet, CoapOption::LocationPath);
            if !location.is_empty() {
                return format!("{line}, location /{}", location.join("/"));
            }
            match content(packet, &path) {
                none if none.is_empty() => format!("{line}, answers {method} {path}"),
                content => line + &content,
            }
        }
        code => format!("{kind} {code}"),
    }
}

fn path(packet: &Packet) -> String {
    format!("/{}", texts(packet, CoapOption::UriPath).join("/"))
}

fn query(packet: &Packet) -> String {
    match texts(packet, CoapOption::UriQuery) {
        none if none.is_empty() => String::new(),
        parts => format!("?{}", parts.join("&")),
    }
}

fn texts(packet: &Packet, option: CoapOption) -> Vec<String> {
    let values = packet.get_option(option).into_iter().flatten();
    values
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect()
}

fn content(packet: &Packet, path: &str) -> String {
    let option = packet.get_first_option_as::<OptionValueU16>(CoapOption::ContentFormat);
    let number = option.and_then(Result::ok).map(|value| value.0);
    let payload = packet.payload.as_slice();
    if payload.is_empty() {
        return String::new();
    }
    let format = match number {
        Some(format::TEXT) => " [text]".into(),
        Some(format::LINK_FORMAT) => " [link-format]".into(),
        Some(format::OPAQUE) => " [opaque]".into(),
        Some(format::CBOR) => " [cbor]".into(),
        Some(format::SENML_CBOR) => " [senml-cbor]".into(),
        Some(format::TLV) => " [tlv]".into(),
        Some(other) => format!(" [{other}]"),
        None => String::new(),
    };
    let text = match format::decode(path, number, payload) {
        Ok(entries) => entries.iter().map(entry).collect::<Vec<_>>().join(", "),
        // Link format, or a diagnostic text.
        Err(DecodeError::Unsupported(_)) => {
            String::from_utf8_lossy(payload).escape_debug().to_string()
        }
        Err(error) => error.to_string(),
    };
    format!("{format} {text}")
}

fn entry(entry: &Entry) -> String {
    if is_secret(&entry.path) {
        format!("{} = (not shown)", entry.path)
    } else {
        entry.to_string()
    }
}

/// /0/x/5, the key that a bootstrap server writes.
fn is_secret(path: &str) -> bool {
    let ids: Vec<_> = path.split('/').collect();
    matches!(ids.as_slice(), ["", "0", _, "5", ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_shown_with_the_path_of_its_request() {
        let mut requests = Requests::new();
        let get = Packet::from_bytes(b"\x41\x01\x12\x34T\xb43303\x010\x045700").unwrap();
        assert_eq!(describe(&get, &mut requests), "CON GET /3303/0/5700");
        let content = Packet::from_bytes(b"\x61\x45\x12\x34T\xc0\xff22.5").unwrap();
        let line = describe(&content, &mut requests);
        assert_eq!(line, "ACK 2.05 Content [text] /3303/0/5700 = 22.5");
    }

    #[test]
    fn a_key_is_never_shown() {
        let mut requests = Requests::new();
        let mut write = Packet::new();
        write.header.code = MessageClass::Request(RequestType::Put);
        for segment in ["0", "1"] {
            write.add_option(CoapOption::UriPath, segment.into());
        }
        let tlv = OptionValueU16(format::TLV);
        write.add_option_as(CoapOption::ContentFormat, tlv);
        write.payload = b"\xc6\x05secret".to_vec();
        let line = describe(&write, &mut requests);
        assert!(line.ends_with("[tlv] /0/1/5 = (not shown)"), "{line}");
    }
}
