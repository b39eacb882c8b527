mod auto_observation;
mod bootstrap;
mod registration;
mod requests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use coap_lite::option_value::OptionValueU32;
use coap_lite::{CoapOption, MessageClass, Packet, RequestType, ResponseType};
use fastrand::Rng;

use crate::fault::{Fault, Faults};
use crate::messages::{Messages, Received, Token, unknown_critical};
use crate::{BootstrapOperation, Config, Event, Operation};

pub use auto_observation::AutoObservation;
pub use registration::{ObjectLink, Registration};
pub use requests::Request;

use bootstrap::Bootstrap;
use registration::Client;
use requests::{Exchange, Observation};

/// An LwM2M server and bootstrap server without I/O.
///
/// Time is a [`Duration`] since any start. After each call that takes the time, take all of
/// [`poll_transmit`](Self::poll_transmit) and [`poll_event`](Self::poll_event), and call
/// [`handle_timeout`](Self::handle_timeout) when [`poll_timeout`](Self::poll_timeout) says so.
pub struct Server {
    config: Config,
    rng: Rng,
    messages: Messages,
    faults: Faults,
    events: VecDeque<Event>,
    clients: BTreeMap<String, Client>,
    locations: BTreeMap<Vec<String>, String>,
    peers: BTreeMap<SocketAddr, String>,
    expiries: BTreeSet<(Duration, String)>,
    exchanges: BTreeMap<(SocketAddr, Token), Exchange>,
    /// When to give up waiting for a separate response.
    response_deadlines: BTreeSet<(Duration, SocketAddr, Token)>,
    observations: BTreeMap<(SocketAddr, Token), Observation>,
    bootstraps: BTreeMap<SocketAddr, Bootstrap>,
    next_request: u64,
}

impl Server {
    /// A server whose tokens, message IDs, locations and timers come from `seed`.
    pub fn new(config: Config, seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        Self {
            messages: Messages::new(config.timing.clone(), config.separate_responses, &mut rng),
            config,
            rng,
            faults: Faults::default(),
            events: VecDeque::new(),
            clients: BTreeMap::new(),
            locations: BTreeMap::new(),
            peers: BTreeMap::new(),
            expiries: BTreeSet::new(),
            exchanges: BTreeMap::new(),
            response_deadlines: BTreeSet::new(),
            observations: BTreeMap::new(),
            bootstraps: BTreeMap::new(),
            next_request: 0,
        }
    }

    /// Takes one datagram from `peer`.
    pub fn handle_datagram(&mut self, now: Duration, peer: SocketAddr, datagram: &[u8]) {
        self.handle_datagram_for(now, peer, None, datagram);
    }

    /// The same where the peer's certificate is for the endpoint name `certified`: it can speak for no
    /// other.
    pub fn handle_datagram_for(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        certified: Option<&str>,
        datagram: &[u8],
    ) {
        self.handle_timeout(now);
        let Some(received) = self.messages.receive(now, peer, datagram) else {
            return;
        };
        match received {
            Received::Request(packet) => self.handle_request(now, peer, certified, &packet),
            Received::Response(packet) => self.handle_response(now, peer, &packet),
            Received::Acknowledged(token) => self.await_response(now, peer, token),
            Received::Reset(token) => self.handle_reset(now, peer, token),
            Received::Settled => {}
        }
        self.heard(now, peer);
        self.send_next_bootstrap_operation(now, peer);
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        for (peer, token) in self.messages.handle_timeout(now) {
            self.give_up(now, peer, token);
        }
        while let Some((due, peer, token)) = self.response_deadlines.first().cloned()
            && due <= now
        {
            self.response_deadlines.pop_first();
            self.give_up(now, peer, token);
        }
        self.expire(now);
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.messages.poll_transmit()
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let expiry = self.expiries.first().map(|(due, _)| *due);
        let response = self.response_deadlines.first().map(|(due, ..)| *due);
        [self.messages.poll_timeout(), expiry, response]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Answers `operation` with `code`, without doing it, until [`allow`](Self::allow); Max-Age is
    /// in seconds.
    pub fn refuse(&mut self, operation: Operation, code: ResponseType, max_age: Option<u32>) {
        self.faults.insert(operation, Fault::Refuse(code, max_age));
    }

    /// Answers `operation` with RST, without doing it, until [`allow`](Self::allow).
    pub fn reset(&mut self, operation: Operation) {
        self.faults.insert(operation, Fault::Reset);
    }

    /// Answers `operation` with a success that makes no sense, without doing it, until
    /// [`allow`](Self::allow): 2.01 without Location-Path to Register, 2.05 to the others.
    pub fn malformed(&mut self, operation: Operation) {
        self.faults.insert(operation, Fault::Malformed);
    }

    /// Ends what [`refuse`](Self::refuse), [`reset`](Self::reset) or
    /// [`malformed`](Self::malformed) began.
    pub fn allow(&mut self, operation: Operation) {
        self.faults.remove(&operation);
    }

    /// Drops every datagram in both directions while `on`. Timers go on.
    pub fn silence(&mut self, on: bool) {
        self.messages.silent = on;
    }

    /// What a client of this endpoint name gets from its next bootstrap on.
    pub fn set_bootstrap(&mut self, endpoint: &str, operations: Vec<BootstrapOperation>) {
        self.config.bootstrap.insert(endpoint.into(), operations);
    }

    /// Forgets everything that a restart would: registrations, observations, requests and
    /// message IDs. No event tells of it. The faults stay.
    pub fn forget_all(&mut self) {
        let seed = self.rng.u64(..);
        let mut fresh = Self::new(self.config.clone(), seed);
        fresh.faults = std::mem::take(&mut self.faults);
        fresh.messages.silent = self.messages.silent;
        fresh.events = std::mem::take(&mut self.events);
        fresh.next_request = self.next_request;
        *self = fresh;
    }

    /// The registrations, by endpoint name.
    pub fn clients(&self) -> impl Iterator<Item = &Registration> {
        self.clients.values().map(|client| &client.registration)
    }

    /// The registration of an endpoint name.
    pub fn client(&self, endpoint: &str) -> Option<&Registration> {
        self.clients
            .get(endpoint)
            .map(|client| &client.registration)
    }

    /// Whether this server may send to `peer` of its own accord.
    pub(crate) fn speaks_to(&self, peer: SocketAddr) -> bool {
        self.peers.contains_key(&peer)
            || self.bootstraps.contains_key(&peer)
            || self.messages.awaits(peer)
    }

    fn handle_request(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        certified: Option<&str>,
        packet: &Packet,
    ) {
        let path = texts(packet, CoapOption::UriPath);
        let operation = operation(packet.header.code, &path);
        let answer = match operation {
            None => Err(self.not_an_operation(packet, &path)),
            Some(operation) => match self.faults.get(&operation) {
                Some(Fault::Reset) => {
                    self.messages.reset(peer, packet);
                    return self.refused(operation, peer, None, "reset by request".into());
                }
                Some(Fault::Refuse(code, max_age)) => Err(Refusal {
                    max_age: *max_age,
                    ..refusal(*code, "refused by request")
                }),
                Some(Fault::Malformed) => Err(refusal(
                    match operation {
                        Operation::Register => ResponseType::Created,
                        _ => ResponseType::Content,
                    },
                    "malformed by request",
                )),
                None => self
                    .check_name(certified, peer, operation, packet, &path)
                    .and_then(|()| self.perform(now, peer, operation, packet, &path)),
            },
        };
        let response = match answer {
            Ok(response) => response,
            Err(refusal) => {
                let response = refusal.response();
                if let Some(operation) = operation {
                    self.refused(operation, peer, Some(refusal.code), refusal.reason);
                }
                response
            }
        };
        self.messages
            .answer(now, peer, packet, response, &mut self.rng);
    }

    /// Whether a peer may speak for the endpoint that its request is about. Of the response codes of Register
    /// and Bootstrap-Request 4.00 is for a name that is not in the certificate (LwM2M 1.1 Transport, 6.7).
    fn check_name(
        &self,
        certified: Option<&str>,
        peer: SocketAddr,
        operation: Operation,
        packet: &Packet,
        path: &[String],
    ) -> Result<(), Refusal> {
        let Some(certified) = certified else {
            return Ok(());
        };
        let spoken_for = match operation {
            Operation::Register | Operation::BootstrapRequest | Operation::BootstrapPackRequest => {
                let query = texts(packet, CoapOption::UriQuery);
                let names = query.iter().rev();
                names
                    .filter_map(|one| one.strip_prefix("ep="))
                    .next()
                    .map(str::to_owned)
            }
            Operation::Update | Operation::Deregister => self.locations.get(path).cloned(),
            Operation::Send => self.peers.get(&peer).cloned(),
        };
        match spoken_for {
            Some(endpoint) if endpoint != certified => {
                let reason = format!("the certificate is for {certified}, not for {endpoint}");
                Err(refusal(ResponseType::BadRequest, reason))
            }
            _ => Ok(()),
        }
    }

    fn perform(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        operation: Operation,
        packet: &Packet,
        path: &[String],
    ) -> Result<Packet, Refusal> {
        let mut known = KNOWN_IN_REQUESTS.to_vec();
        if operation == Operation::BootstrapPackRequest {
            known.push(CoapOption::Block2);
        }
        if let Some(number) = unknown_critical(packet, &known) {
            let reason = format!("option {number} is critical and not known here");
            return Err(refusal(ResponseType::BadOption, reason));
        }
        if let Some(option) = too_long(packet) {
            let reason = format!("a {option:?} has more than {LONGEST_TEXT} bytes");
            return Err(refusal(ResponseType::BadOption, reason));
        }
        match operation {
            Operation::Register => self.register(now, peer, packet),
            Operation::Update => self.update(now, peer, packet, path),
            Operation::Deregister => self.deregister(path),
            Operation::Send => self.receive_send(peer, packet),
            Operation::BootstrapRequest => self.begin_bootstrap(peer, packet),
            Operation::BootstrapPackRequest => self.bootstrap_pack(peer, packet),
        }
    }

    fn not_an_operation(&self, packet: &Packet, path: &[String]) -> Refusal {
        let known = matches!(path, [only] if ["rd", "bs", "bspack", "dp"].contains(&only.as_str()))
            || self.locations.contains_key(path);
        let method = packet.header.code;
        let path = path.join("/");
        if known || !matches!(method, MessageClass::Request(_)) {
            let reason = format!("method {method} is not allowed on /{path}");
            refusal(ResponseType::MethodNotAllowed, reason)
        } else {
            refusal(ResponseType::NotFound, format!("there is no /{path}"))
        }
    }

    fn refused(
        &mut self,
        operation: Operation,
        peer: SocketAddr,
        code: Option<ResponseType>,
        reason: String,
    ) {
        self.events.push_back(Event::Refused {
            operation,
            peer,
            code,
            reason,
        });
    }
}

/// Why a client's request is answered with an error.
struct Refusal {
    code: ResponseType,
    reason: String,
    max_age: Option<u32>,
}

/// The reason is cut short where it repeats too much of the request.
fn refusal(code: ResponseType, reason: impl Into<String>) -> Refusal {
    let mut reason = reason.into();
    if let Some((end, _)) = reason.char_indices().nth(LONGEST_REASON) {
        reason.truncate(end);
        reason.push('…');
    }
    Refusal {
        code,
        reason,
        max_age: None,
    }
}

impl Refusal {
    fn response(&self) -> Packet {
        let mut response = response(self.code);
        if let Some(seconds) = self.max_age {
            response.add_option_as(CoapOption::MaxAge, OptionValueU32(seconds));
        }
        if self.code.is_error() {
            // RFC 7252, 5.5.2: a diagnostic payload.
            response.payload = self.reason.clone().into_bytes();
        }
        response
    }
}

fn response(code: ResponseType) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::Response(code);
    packet
}

fn operation(code: MessageClass, path: &[String]) -> Option<Operation> {
    let root = match path {
        [only] => only.as_str(),
        _ => "",
    };
    match (code, root) {
        (_, "") if path.is_empty() => None,
        (MessageClass::Request(RequestType::Post), "rd") => Some(Operation::Register),
        (MessageClass::Request(RequestType::Post), "bs") => Some(Operation::BootstrapRequest),
        (MessageClass::Request(RequestType::Post), "dp") => Some(Operation::Send),
        (MessageClass::Request(RequestType::Get), "bspack") => {
            Some(Operation::BootstrapPackRequest)
        }
        (_, "rd" | "bs" | "bspack" | "dp") => None,
        (MessageClass::Request(RequestType::Post), _) => Some(Operation::Update),
        (MessageClass::Request(RequestType::Delete), _) => Some(Operation::Deregister),
        _ => None,
    }
}

/// An option that is longer than RFC 7252, 5.10, allows; it counts as one that is not known (5.4.3).
fn too_long(packet: &Packet) -> Option<CoapOption> {
    [
        CoapOption::UriHost,
        CoapOption::UriPath,
        CoapOption::UriQuery,
    ]
    .into_iter()
    .find(|option| {
        let mut values = packet.get_option(*option).into_iter().flatten();
        values.any(|value| value.len() > LONGEST_TEXT)
    })
}

/// The values of a repeatable text option.
fn texts(packet: &Packet, option: CoapOption) -> Vec<String> {
    packet
        .get_option(option)
        .into_iter()
        .flatten()
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect()
}

/// The value of an unsigned option that comes once.
fn number(packet: &Packet, option: CoapOption) -> Option<u32> {
    packet
        .get_first_option_as::<OptionValueU32>(option)?
        .ok()
        .map(|value| value.0)
}

fn content_format(packet: &Packet) -> Option<u16> {
    number(packet, CoapOption::ContentFormat).and_then(|value| value.try_into().ok())
}

const KNOWN_IN_REQUESTS: [CoapOption; 5] = [
    CoapOption::UriHost,
    CoapOption::UriPort,
    CoapOption::UriPath,
    CoapOption::UriQuery,
    CoapOption::Accept,
];

/// Of Uri-Host, Uri-Path and Uri-Query, in bytes.
const LONGEST_TEXT: usize = 255;

/// Of a diagnostic payload, in characters: what was wrong, and not all that was sent.
const LONGEST_REASON: usize = 300;
