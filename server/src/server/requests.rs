//! Requests to clients: the device management and information reporting interfaces
//! (OMA LwM2M 1.1 Core, 6.3 and 6.4), over RFC 7252, section 5, and RFC 7641.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType, ResponseType};

use super::{Server, content_format, number, texts};
use crate::event::is_success;
use crate::format::{LINK_FORMAT, TEXT, text};
use crate::messages::{Token, unknown_critical};
use crate::{Error, Event, NoResponse, RequestId, Response};

/// A request to a client. Those of the common operations have methods of [`Server`]. `Debug` shows no
/// key.
#[derive(Clone, PartialEq)]
pub struct Request {
    /// Its method.
    pub method: RequestType,
    /// An LwM2M path: `/` and up to four numbers, such as `/3303/0/5700`.
    pub path: String,
    /// Uri-Query options, such as `pmin=10`.
    pub query: Vec<String>,
    /// The content format wanted, by CoAP's number.
    pub accept: Option<u16>,
    /// The payload's content format, by CoAP's number.
    pub content_format: Option<u16>,
    /// The payload.
    pub payload: Vec<u8>,
}

impl Request {
    /// A request without options or payload.
    pub fn new(method: RequestType, path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            method,
            path,
            query: vec![],
            accept: None,
            content_format: None,
            payload: vec![],
        }
    }

    fn get(path: &str, accept: Option<u16>) -> Self {
        Self {
            accept,
            ..Self::new(RequestType::Get, path)
        }
    }

    fn with(self, content_format: u16, payload: &[u8]) -> Self {
        Self {
            content_format: Some(content_format),
            payload: payload.to_vec(),
            ..self
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("accept", &self.accept)
            .field("content_format", &self.content_format)
            .field(
                "payload",
                &format_args!("{}", text(&self.path, self.content_format, &self.payload)),
            )
            .finish()
    }
}

impl Server {
    /// Read: GET.
    pub fn read(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
        accept: Option<u16>,
    ) -> Result<RequestId, Error> {
        self.request(now, endpoint, Request::get(path, accept))
    }

    /// Write, replacing: PUT.
    pub fn write(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
        content_format: u16,
        payload: &[u8],
    ) -> Result<RequestId, Error> {
        let request = Request::new(RequestType::Put, path).with(content_format, payload);
        self.request(now, endpoint, request)
    }

    /// Write, partial update of an instance: POST.
    pub fn write_partial(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
        content_format: u16,
        payload: &[u8],
    ) -> Result<RequestId, Error> {
        let request = Request::new(RequestType::Post, path).with(content_format, payload);
        self.request(now, endpoint, request)
    }

    /// Execute: POST on a resource, with arguments as text.
    pub fn execute(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
        arguments: &str,
    ) -> Result<RequestId, Error> {
        let mut request = Request::new(RequestType::Post, path);
        if !arguments.is_empty() {
            request = request.with(TEXT, arguments.as_bytes());
        }
        self.request(now, endpoint, request)
    }

    /// Discover: GET that accepts link format.
    pub fn discover(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
    ) -> Result<RequestId, Error> {
        self.read(now, endpoint, path, Some(LINK_FORMAT))
    }

    /// Create: POST on an object.
    pub fn create(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
        content_format: u16,
        payload: &[u8],
    ) -> Result<RequestId, Error> {
        self.write_partial(now, endpoint, path, content_format, payload)
    }

    /// Delete: DELETE.
    pub fn delete(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
    ) -> Result<RequestId, Error> {
        self.request(now, endpoint, Request::new(RequestType::Delete, path))
    }

    /// Observe: GET with Observe 0. A path that is observed already is observed anew, with its
    /// token (RFC 7641, 3.3.1).
    pub fn observe(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
        accept: Option<u16>,
    ) -> Result<RequestId, Error> {
        self.enqueue(now, endpoint, Request::get(path, accept), Purpose::Observe)
    }

    /// Cancel Observation: GET with Observe 1 and the observation's token. What is observed without
    /// a request (Izuma's profile) is to be [forgotten](Self::forget) instead.
    pub fn cancel(
        &mut self,
        now: Duration,
        endpoint: &str,
        path: &str,
    ) -> Result<RequestId, Error> {
        let key = self.observation_token(endpoint, path)?;
        if self.observations[&key].origin != Origin::Request {
            return Err(Error::NotRequested(path.to_owned()));
        }
        self.enqueue(now, endpoint, Request::get(path, None), Purpose::Cancel)
    }

    /// Forgets an observation without a message; its next notification is answered with RST
    /// (RFC 7641, 3.6).
    pub fn forget(&mut self, endpoint: &str, path: &str) -> Result<(), Error> {
        let key = self.observation_token(endpoint, path)?;
        match self.observations.get_mut(&key) {
            Some(observation) if observation.origin != Origin::Request => {
                observation.origin = Origin::Forgotten;
            }
            _ => {
                self.observations.remove(&key);
            }
        }
        Ok(())
    }

    /// Any request. It waits while others are under way (NSTART), and while a client in queue
    /// mode sleeps; [`Event::Response`] or [`Event::NoResponse`] ends it.
    pub fn request(
        &mut self,
        now: Duration,
        endpoint: &str,
        request: Request,
    ) -> Result<RequestId, Error> {
        self.enqueue(now, endpoint, request, Purpose::Other)
    }

    /// The paths observed at a client.
    pub fn observed(&self, endpoint: &str) -> Vec<&str> {
        self.observations
            .values()
            .filter(|observation| observation.is_of(endpoint))
            .map(|observation| observation.path.as_str())
            .collect()
    }

    /// Until when a client in queue mode is taken to be awake (LwM2M 1.1 Core, 6.5), so that requests go
    /// to it at once. `None` for one that is not in queue mode, or has not answered the last request.
    pub fn awake_until(&self, endpoint: &str) -> Option<Duration> {
        let client = self.clients.get(endpoint)?;
        let heard = client.heard.filter(|_| client.registration.queue)?;
        Some(heard + self.config.timing.max_transmit_wait())
    }

    fn enqueue(
        &mut self,
        now: Duration,
        endpoint: &str,
        request: Request,
        purpose: Purpose,
    ) -> Result<RequestId, Error> {
        if !is_path(&request.path) {
            return Err(Error::Path(request.path));
        }
        let client = self
            .clients
            .get_mut(endpoint)
            .ok_or_else(|| Error::NotRegistered(endpoint.to_owned()))?;
        let id = RequestId(self.next_request);
        self.next_request += 1;
        client.queue.push_back(Queued {
            id,
            request,
            purpose,
        });
        self.send_waiting(now, endpoint);
        Ok(id)
    }

    /// A valid message came from `peer`: its client is awake.
    pub(super) fn heard(&mut self, now: Duration, peer: SocketAddr) {
        let Some(endpoint) = self.peers.get(&peer).cloned() else {
            return;
        };
        if let Some(client) = self.clients.get_mut(&endpoint) {
            client.heard = Some(now);
            self.send_waiting(now, &endpoint);
        }
    }

    /// Sends what NSTART and queue mode (LwM2M 1.1 Core, 6.5) let go.
    fn send_waiting(&mut self, now: Duration, endpoint: &str) {
        let awake_until = self.awake_until(endpoint);
        while let Some(client) = self.clients.get_mut(endpoint) {
            let awake = !client.registration.queue || awake_until.is_some_and(|until| now < until);
            if !awake || client.in_flight >= self.config.timing.nstart.max(1) {
                return;
            }
            let Some(queued) = client.queue.pop_front() else {
                return;
            };
            client.in_flight += 1;
            let peer = client.registration.peer;
            let observed = self.observation_token(endpoint, &queued.request.path);
            let token = match (queued.purpose, observed) {
                (Purpose::Observe | Purpose::Cancel, Ok((_, token))) => token,
                (Purpose::Cancel, Err(_)) => {
                    self.events
                        .push_back(queued.no_response(endpoint, NoResponse::Gone));
                    self.request_over(endpoint);
                    continue;
                }
                _ => self.new_token(peer),
            };
            let mut packet = packet(&queued.request);
            match queued.purpose {
                Purpose::Observe => packet.set_observe_value(0),
                Purpose::Cancel => packet.set_observe_value(1),
                _ => {}
            }
            let exchange = Exchange {
                id: Some(queued.id),
                endpoint: endpoint.to_owned(),
                subject: queued.request.path,
                purpose: queued.purpose,
                deadline: None,
            };
            self.begin_exchange(now, peer, token, packet, exchange);
        }
    }

    pub(super) fn begin_exchange(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        token: Token,
        mut packet: Packet,
        exchange: Exchange,
    ) {
        packet.set_token(token.clone());
        self.exchanges.insert((peer, token), exchange);
        self.messages.request(now, peer, packet, &mut self.rng);
    }

    pub(super) fn new_token(&mut self, peer: SocketAddr) -> Token {
        loop {
            let mut token = vec![0; self.config.token_length.clamp(1, 8)];
            self.rng.fill(&mut token);
            let key = (peer, token);
            if !self.exchanges.contains_key(&key) && !self.observations.contains_key(&key) {
                return key.1;
            }
        }
    }

    pub(super) fn handle_response(&mut self, now: Duration, peer: SocketAddr, packet: &Packet) {
        let MessageClass::Response(code) = packet.header.code else {
            return;
        };
        let key = (peer, packet.get_token().to_vec());
        let observe = number(packet, CoapOption::Observe);
        let unsupported = unknown_critical(packet, &[]).is_some();
        let exchange = self.exchanges.get(&key).filter(|exchange| {
            // A notification that crossed the cancellation has the same token.
            exchange.purpose != Purpose::Cancel || observe.is_none()
        });
        if exchange.is_none() {
            let observation = self.observations.get(&key);
            let known = observation.is_some_and(|known| known.origin != Origin::Forgotten);
            if !known || unsupported {
                self.messages.reset(peer, packet);
                return;
            }
            self.messages.acknowledge(peer, packet);
            self.notified(now, key, packet, code, observe);
            return;
        }
        if unsupported {
            self.messages.reset(peer, packet);
            self.end_exchange(now, key, NoResponse::Unsupported);
            return;
        }
        self.messages.acknowledge(peer, packet);
        let Some(exchange) = self.take_exchange(&key) else {
            return;
        };
        match exchange.purpose {
            Purpose::Bootstrap => {
                return self.bootstrap_answered(peer, &exchange, Some((code, packet)));
            }
            Purpose::Observe if is_success(code) && observe.is_some() => {
                let observation = Observation {
                    endpoint: exchange.endpoint.clone(),
                    path: exchange.subject.clone(),
                    origin: Origin::Request,
                    newest: observe.map(|value| (value, now)),
                };
                self.observations.insert(key, observation);
            }
            Purpose::Observe | Purpose::Cancel => {
                self.observations.remove(&key);
            }
            Purpose::Other => {}
        }
        self.request_over(&exchange.endpoint);
        let Some(id) = exchange.id else { return };
        self.events.push_back(Event::Response(Response {
            id,
            endpoint: exchange.endpoint,
            path: exchange.subject,
            code,
            content_format: content_format(packet),
            observe: observe.filter(|_| exchange.purpose == Purpose::Observe),
            location: texts(packet, CoapOption::LocationPath),
            payload: packet.payload.clone(),
        }));
    }

    fn notified(
        &mut self,
        now: Duration,
        key: (SocketAddr, Token),
        packet: &Packet,
        code: ResponseType,
        observe: Option<u32>,
    ) {
        let Some(observation) = self.observations.get_mut(&key) else {
            return;
        };
        let (endpoint, path) = (observation.endpoint.clone(), observation.path.clone());
        let Some(observe) = observe.filter(|_| is_success(code)) else {
            // RFC 7641, 3.2 and 4.2: an error, or no Observe option, is the last one.
            self.observations.remove(&key);
            self.events.push_back(Event::ObservationEnded {
                endpoint,
                path,
                code,
            });
            return;
        };
        if !observation.is_newer(observe, now) {
            return;
        }
        observation.newest = Some((observe, now));
        self.events.push_back(Event::Notification {
            endpoint,
            path,
            observe,
            confirmable: packet.header.get_type() == MessageType::Confirmable,
            content_format: content_format(packet),
            payload: packet.payload.clone(),
        });
    }

    /// An empty ACK came: the response follows in a message of its own.
    pub(super) fn await_response(&mut self, now: Duration, peer: SocketAddr, token: Token) {
        let deadline = now + self.config.timing.max_transmit_wait();
        if let Some(exchange) = self.exchanges.get_mut(&(peer, token.clone())) {
            exchange.deadline = Some(deadline);
            self.response_deadlines.insert((deadline, peer, token));
        }
    }

    pub(super) fn handle_reset(&mut self, now: Duration, peer: SocketAddr, token: Token) {
        self.end_exchange(now, (peer, token), NoResponse::Reset);
    }

    pub(super) fn give_up(&mut self, now: Duration, peer: SocketAddr, token: Token) {
        let key = (peer, token);
        if let Some(exchange) = self.exchanges.get(&key)
            && let Some(client) = self.clients.get_mut(&exchange.endpoint)
            && exchange.purpose != Purpose::Bootstrap
        {
            client.heard = None;
        }
        self.end_exchange(now, key, NoResponse::Timeout);
    }

    /// Ends what goes on with a client at `peer`, but for the requests that wait.
    pub(super) fn end_conversations(&mut self, endpoint: &str, peer: SocketAddr) {
        let of_peer = (peer, Token::new());
        let exchanges: Vec<_> = self
            .exchanges
            .range(of_peer.clone()..)
            .take_while(|((at, _), _)| *at == peer)
            .filter(|(_, exchange)| exchange.endpoint == endpoint)
            .filter(|(_, exchange)| exchange.purpose != Purpose::Bootstrap)
            .map(|(key, _)| key.clone())
            .collect();
        for key in exchanges {
            if let Some(exchange) = self.take_exchange(&key) {
                self.events.extend(exchange.no_response(NoResponse::Gone));
                self.request_over(endpoint);
            }
        }
        let observations: Vec<_> = self
            .observations
            .range(of_peer..)
            .take_while(|((at, _), _)| *at == peer)
            .filter(|(_, observation)| observation.endpoint == endpoint)
            .map(|(key, _)| key.clone())
            .collect();
        for key in observations {
            self.observations.remove(&key);
        }
        if self.peers.get(&peer).is_some_and(|owner| owner == endpoint) {
            self.peers.remove(&peer);
        }
    }

    fn end_exchange(&mut self, now: Duration, key: (SocketAddr, Token), reason: NoResponse) {
        let Some(exchange) = self.take_exchange(&key) else {
            return;
        };
        match exchange.purpose {
            Purpose::Bootstrap => self.bootstrap_answered(key.0, &exchange, None),
            Purpose::Cancel => {
                self.observations.remove(&key);
            }
            Purpose::Observe | Purpose::Other => {}
        }
        self.events.extend(exchange.no_response(reason));
        self.request_over(&exchange.endpoint);
        self.send_waiting(now, &exchange.endpoint);
    }

    pub(super) fn take_exchange(&mut self, key: &(SocketAddr, Token)) -> Option<Exchange> {
        let exchange = self.exchanges.remove(key)?;
        self.messages.stop(key.0, &key.1);
        if let Some(deadline) = exchange.deadline {
            self.response_deadlines
                .remove(&(deadline, key.0, key.1.clone()));
        }
        Some(exchange)
    }

    /// One request less is under way.
    fn request_over(&mut self, endpoint: &str) {
        if let Some(client) = self.clients.get_mut(endpoint) {
            client.in_flight = client.in_flight.saturating_sub(1);
        }
    }

    fn observation_token(&self, endpoint: &str, path: &str) -> Result<(SocketAddr, Token), Error> {
        let client = self
            .clients
            .get(endpoint)
            .ok_or_else(|| Error::NotRegistered(endpoint.to_owned()))?;
        let peer = client.registration.peer;
        self.observations
            .range((peer, Token::new())..)
            .take_while(|((at, _), _)| *at == peer)
            .find(|(_, observation)| observation.is_of(endpoint) && observation.path == path)
            .map(|(key, _)| key.clone())
            .ok_or_else(|| Error::NotObserved(path.to_owned()))
    }
}

/// A request that waits.
pub(super) struct Queued {
    id: RequestId,
    request: Request,
    purpose: Purpose,
}

impl Queued {
    pub(super) fn no_response(self, endpoint: &str, reason: NoResponse) -> Event {
        let endpoint = endpoint.to_owned();
        Event::NoResponse {
            id: self.id,
            endpoint,
            path: self.request.path,
            reason,
        }
    }
}

/// A request under way.
pub(super) struct Exchange {
    /// `None` for the bootstrap server's.
    pub(super) id: Option<RequestId>,
    pub(super) endpoint: String,
    /// The path, or a bootstrap operation's description.
    pub(super) subject: String,
    pub(super) purpose: Purpose,
    pub(super) deadline: Option<Duration>,
}

impl Exchange {
    fn no_response(&self, reason: NoResponse) -> Option<Event> {
        let (endpoint, path) = (self.endpoint.clone(), self.subject.clone());
        self.id.map(|id| Event::NoResponse {
            id,
            endpoint,
            path,
            reason,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Observe,
    Cancel,
    Bootstrap,
    Other,
}

pub(super) struct Observation {
    pub(super) endpoint: String,
    pub(super) path: String,
    pub(super) origin: Origin,
    /// The newest notification's Observe value, and when it came.
    pub(super) newest: Option<(u32, Duration)>,
}

/// What an observation comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Request,
    /// An `aobs` attribute of the object list.
    List,
    /// The same, but notifications are not wanted any longer.
    Forgotten,
}

impl Observation {
    fn is_of(&self, endpoint: &str) -> bool {
        self.endpoint == endpoint && self.origin != Origin::Forgotten
    }

    /// RFC 7641, 3.4.
    fn is_newer(&self, value: u32, now: Duration) -> bool {
        const HALF: u32 = 1 << 23;
        let Some((newest, at)) = self.newest else {
            return true;
        };
        (newest < value && value - newest < HALF)
            || (newest > value && newest - value > HALF)
            || now > at + Duration::from_secs(128)
    }
}

pub(super) fn packet(request: &Request) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::Request(request.method);
    for segment in request
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
    {
        packet.add_option(CoapOption::UriPath, segment.as_bytes().to_vec());
    }
    for query in &request.query {
        packet.add_option(CoapOption::UriQuery, query.as_bytes().to_vec());
    }
    if let Some(accept) = request.accept {
        packet.add_option_as(CoapOption::Accept, OptionValueU16(accept));
    }
    if let Some(format) = request.content_format {
        packet.add_option_as(CoapOption::ContentFormat, OptionValueU16(format));
    }
    packet.payload = request.payload.clone();
    packet
}

fn is_path(path: &str) -> bool {
    let Some(ids) = path.strip_prefix('/') else {
        return false;
    };
    let mut segments = ids.split('/');
    ids.is_empty()
        || ids.split('/').count() <= 4
            && segments.all(|id| {
                id.parse::<u16>()
                    .is_ok_and(|n| n != u16::MAX && id == n.to_string())
            })
}
