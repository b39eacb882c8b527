//! The way to the server: its name's addresses one after the other, a socket, and DTLS where the
//! account has credentials.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use client_lite::driver::{ErrorKind, Transport};
use client_lite::{
    Account, Association, Endpoints, Handshake, Security, ServerUri, TransportError,
};
use mio::{Registry, Token};

use crate::certificates::Certificates;
use crate::clock::Clock;
use crate::connection::{Connection, Observer};
use crate::dtls::{Credentials, Proposal, Session, Step, alert, why};
use crate::former::Former;
use crate::resolver::Resolver;
use crate::udp::Udp;

pub(crate) struct HostTransport {
    clock: Clock,
    observer: Observer,
    registry: Registry,
    token: Token,
    resolver: Resolver,
    pub(crate) handshake_timeout: Duration,

    state: State,
    server: Option<Server>,
    /// Addresses of the server that are still to be tried.
    candidates: VecDeque<SocketAddr>,
    /// Without security kept when the state is `Closed`, for its port.
    udp: Option<Udp>,
    /// Whether anything has come from the socket's peer.
    heard: bool,
    /// What was sent to the peer since, to go to the next candidate where this one refuses.
    unacknowledged: Vec<u8>,
    session: Option<Session>,
    sessions: u64,
    plaintexts: VecDeque<Vec<u8>>,
    /// For datagrams of any size.
    buffer: Vec<u8>,
    /// The message that was received last, where DTLS has carried it.
    received: Vec<u8>,

    outcome: Option<Outcome>,
    /// The association that was reported to the client last.
    reported: Option<Identity>,
    /// The association before a restart, until there is another one.
    restored: Option<Endpoints>,
    /// The one before, where its server may ask again.
    former: Option<Former>,
    /// Until when the next one to be left is kept.
    former_until: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Closed,
    Resolving,
    Handshaking,
    Open,
}

#[derive(PartialEq)]
struct Server {
    host: String,
    port: u16,
    credentials: Option<Credentials>,
    proposal: Proposal,
}

/// What makes two associations the same one.
#[derive(Clone, Copy, PartialEq)]
struct Identity {
    local: SocketAddr,
    remote: SocketAddr,
    session: Option<u64>,
}

enum Outcome {
    Handshake(SocketAddr),
    Open,
    Failed(TransportError, String),
}

impl HostTransport {
    /// Sockets are registered under `token`.
    pub(crate) fn new(
        clock: Clock,
        observer: Observer,
        registry: Registry,
        token: Token,
        resolver: Resolver,
    ) -> Self {
        Self {
            clock,
            observer,
            registry,
            token,
            resolver,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            state: State::Closed,
            server: None,
            candidates: VecDeque::new(),
            udp: None,
            heard: false,
            unacknowledged: Vec::new(),
            session: None,
            sessions: 0,
            plaintexts: VecDeque::new(),
            buffer: vec![0; 65_536],
            received: Vec::new(),
            outcome: None,
            reported: None,
            restored: None,
            former: None,
            former_until: None,
        }
    }
}

impl Transport for HostTransport {
    fn now(&self) -> client_lite::Instant {
        self.clock.now()
    }

    /// An association with another server is kept beside for a while, where that may ask again.
    fn open(
        &mut self,
        account: Account<'_>,
        renew: bool,
    ) -> Result<Option<Association>, TransportError> {
        self.resolver.cancel();
        self.outcome = None;
        let former_until = self.former_until.take();
        let server = Server::of(account);
        let intact = self.state == State::Open
            && self.session.is_some()
            && self.server.as_ref() == server.as_ref().ok()
            && self.udp.as_ref().is_some_and(Udp::is_current);
        if intact && !renew {
            self.outcome = Some(Outcome::Open);
            return Ok(None);
        }
        self.forget_former();
        if self.state == State::Open
            && self.server.as_ref() != server.as_ref().ok()
            && let Some(until) = former_until
            && let Some(udp) = self.udp.take()
        {
            self.former = Some(Former::new(udp, self.session.take(), until));
        }
        self.close();
        match &server {
            Ok(server) => {
                self.state = State::Resolving;
                self.resolver.start(&server.host, server.port);
            }
            Err((error, reason)) => self.fail(*error, reason.clone()),
        }
        self.server = server.ok();
        Ok(None)
    }

    /// Without security the socket is kept for the next time.
    fn close(&mut self) {
        self.resolver.cancel();
        if let Some(mut session) = self.session.take()
            && session.close().is_ok()
            && let Some(udp) = &self.udp
        {
            while let Some(step) = session.poll() {
                if let Step::Transmit(datagram) = step {
                    let _ = udp.send(&datagram);
                }
            }
        }
        self.state = State::Closed;
        self.outcome = None;
        self.plaintexts.clear();
        self.unacknowledged.clear();
    }

    fn poll_connection(&mut self) -> Option<Result<Association, TransportError>> {
        match self.resolver.poll() {
            Some(Ok(addresses)) => self.resolved(Instant::now(), addresses),
            Some(Err(error)) => {
                let host = self.server.as_ref().map_or("", |server| &server.host);
                // Perhaps from a bootstrap server, and on its way into logs.
                let reason = format!("{}: {error}", host.escape_debug());
                self.fail(TransportError::NotResolved, reason);
            }
            None => {}
        }
        let (connection, result) = match self.outcome.take()? {
            Outcome::Handshake(remote) => (Connection::Handshake { remote }, None),
            Outcome::Failed(error, reason) => {
                (Connection::Failed { error, reason }, Some(Err(error)))
            }
            Outcome::Open => {
                let udp = self.udp.as_ref()?;
                let identity = Identity {
                    local: udp.local(),
                    remote: udp.remote(),
                    session: self.session.as_ref().map(|_| self.sessions),
                };
                let association = match self.reported.replace(identity) {
                    before if before == Some(identity) => Association::Continued,
                    _ => Association::New,
                };
                let connection = Connection::Open {
                    local: identity.local,
                    remote: identity.remote,
                    association,
                };
                (connection, Some(Ok(association)))
            }
        };
        self.observer.report(&connection);
        result
    }

    /// Where it fails, [`poll_connection`](Self::poll_connection) tells.
    fn send(&mut self, message: &[u8]) -> Result<(), ErrorKind> {
        self.send_message(Instant::now(), message);
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind> {
        let now = Instant::now();
        loop {
            if let Some(plaintext) = self.plaintexts.pop_front() {
                self.received = plaintext;
                return Ok(Some(&self.received));
            }
            let Some(udp) = &self.udp else {
                return Ok(None);
            };
            let length = match udp.receive(&mut self.buffer) {
                Ok(Some(length)) => length,
                Ok(None) => return Ok(None),
                Err(error) => {
                    self.socket_failed(now, &error);
                    return Ok(None);
                }
            };
            match &mut self.session {
                Some(session) => {
                    let taken = session.handle_datagram(now, &self.buffer[..length]);
                    self.drain(now, taken);
                }
                None if self.state == State::Open => {
                    self.heard = true;
                    return Ok(Some(&self.buffer[..length]));
                }
                // Of an association that is no longer.
                None => {}
            }
        }
    }

    fn handle_timeout(&mut self) {
        let now = Instant::now();
        if let Some(session) = self.session.as_mut().filter(|session| session.due() <= now) {
            let alive = session.handle_timeout(now);
            self.drain(now, alive);
        }
        if self
            .former
            .as_ref()
            .is_some_and(|former| former.until <= now)
        {
            self.forget_former();
        }
    }

    fn poll_timeout(&self) -> Option<client_lite::Instant> {
        let session = self.session.as_ref().map(Session::due);
        let former = self.former.as_ref().map(|former| former.until);
        let due = session.into_iter().chain(former).min()?;
        Some(self.clock.not_before(due))
    }

    fn endpoints(&self) -> Option<Endpoints> {
        let reported = self
            .reported
            .filter(|reported| reported.session.is_none())?;
        Some(Endpoints {
            local: reported.local,
            remote: reported.remote,
        })
    }

    fn go_on_between(&mut self, endpoints: Endpoints) {
        if self.reported.is_none() {
            self.restored = Some(endpoints);
            self.reported = Some(Identity {
                local: endpoints.local,
                remote: endpoints.remote,
                session: None,
            });
        }
    }

    fn keep_former(&mut self, until: client_lite::Instant) {
        self.former_until = self.clock.at(until);
    }

    fn receive_former(&mut self) -> Option<&[u8]> {
        let former = self.former.as_mut()?;
        self.received = former.receive(Instant::now(), &mut self.buffer)?;
        Some(&self.received)
    }

    fn send_former(&mut self, message: &[u8]) {
        if let Some(former) = &mut self.former {
            former.send(Instant::now(), message);
        }
    }
}

impl HostTransport {
    pub(crate) fn forget_former(&mut self) {
        if let Some(former) = self.former.take() {
            former.close();
        }
    }

    fn send_message(&mut self, now: Instant, message: &[u8]) {
        if self.state != State::Open {
            return;
        }
        if let Some(session) = &mut self.session {
            let sent = session.send(now, message);
            self.drain(now, sent);
        } else {
            if !self.heard {
                message.clone_into(&mut self.unacknowledged);
            }
            self.send_datagram(now, message);
        }
    }

    /// The address that has responded before comes first, one that has not comes last.
    fn resolved(&mut self, now: Instant, mut addresses: Vec<SocketAddr>) {
        let restored = self.restored.map(|restored| restored.remote);
        let last = self.udp.as_ref().map(Udp::remote).or(restored);
        if let Some(index) = addresses.iter().position(|address| Some(*address) == last) {
            let has_failed = !self.heard && self.udp.is_some();
            addresses.rotate_left(index + usize::from(has_failed));
        }
        self.candidates = addresses.into();
        self.connect(now, TransportError::NotResolved, String::new());
    }

    /// Connects to the next candidate that a socket can be connected to. Where there is none, fails
    /// with the last error.
    fn connect(&mut self, now: Instant, mut error: TransportError, mut reason: String) {
        self.session = None;
        while let Some(remote) = self.candidates.pop_front() {
            match self.try_candidate(now, remote) {
                Ok(()) => return,
                Err((class, cause)) => {
                    error = class;
                    reason = format!("{remote}: {cause}");
                }
            }
        }
        self.fail(error, reason);
    }

    fn try_candidate(
        &mut self,
        now: Instant,
        remote: SocketAddr,
    ) -> Result<(), (TransportError, String)> {
        let server = self.server.as_ref();
        let credentials = server.and_then(|server| Some((server, server.credentials.as_ref()?)));
        let kept = credentials.is_none()
            && self
                .udp
                .as_ref()
                .is_some_and(|udp| udp.remote() == remote && udp.is_current());
        if !kept {
            let restored = self.restored.filter(|_| credentials.is_none());
            let port = match restored.filter(|restored| restored.remote == remote) {
                Some(restored) => restored.local.port(),
                None => 0,
            };
            let udp = Udp::connect(&self.registry, self.token, remote, port)
                .map_err(|error| (class(&error), error.to_string()))?;
            self.udp = Some(udp);
            self.restored = None;
            self.heard = false;
        }
        let Some((server, credentials)) = credentials else {
            self.state = State::Open;
            self.outcome = Some(Outcome::Open);
            return Ok(());
        };
        let session = Session::new(&server.proposal, credentials, self.handshake_timeout, now)
            .map_err(|error| (TransportError::Handshake, error.to_string()))?;
        self.session = Some(session);
        self.sessions += 1;
        self.state = State::Handshaking;
        self.outcome = Some(Outcome::Handshake(remote));
        self.drain(now, Ok(()));
        Ok(())
    }

    /// Carries out what a call of the session has led to.
    fn drain(&mut self, now: Instant, called: Result<(), dimpl::Error>) {
        let number = self.sessions;
        while let Some(step) = self.session.as_mut().and_then(Session::poll) {
            match step {
                Step::Transmit(datagram) => self.send_datagram(now, &datagram),
                Step::Plaintext(plaintext) => self.plaintexts.push_back(plaintext),
                Step::Connected => {
                    self.heard = true;
                    self.state = State::Open;
                    self.outcome = Some(Outcome::Open);
                }
                Step::Closed => self.session_ended(now, None, "the server has closed the session"),
                Step::Refused(reason) => {
                    let reason = format!("{}the server's certificate: {reason}", self.remote());
                    self.connect(now, TransportError::Certificate, reason);
                }
            }
        }
        // Unless it has ended already, with another in its place.
        if let Err(error) = called
            && self.session.is_some()
            && self.sessions == number
        {
            let server = self.server.as_ref();
            let credentials = server.and_then(|server| server.credentials.as_ref());
            let reason = match credentials {
                Some(credentials) if self.state == State::Handshaking => why(credentials, &error),
                _ => error.to_string(),
            };
            self.session_ended(now, alert(&error), &reason);
        }
    }

    fn session_ended(&mut self, now: Instant, alert: Option<u8>, reason: &str) {
        let remote = self.remote();
        let alert = alert.map(TransportError::Alert);
        if self.state == State::Handshaking {
            let reason = format!("{remote}DTLS handshake: {reason}");
            self.connect(now, alert.unwrap_or(TransportError::Handshake), reason);
        } else {
            let error = alert.unwrap_or(TransportError::Socket);
            self.fail(error, format!("{remote}DTLS: {reason}"));
        }
    }

    fn send_datagram(&mut self, now: Instant, datagram: &[u8]) {
        if let Some(Err(error)) = self.udp.as_ref().map(|udp| udp.send(datagram)) {
            self.socket_failed(now, &error);
        }
    }

    fn socket_failed(&mut self, now: Instant, error: &io::Error) {
        let reason = format!("{}{error}", self.remote());
        match self.state {
            // Of an association that is no longer.
            State::Closed | State::Resolving => {}
            State::Handshaking => self.connect(now, class(error), reason),
            State::Open if self.session.is_none() && !self.heard => {
                let unacknowledged = std::mem::take(&mut self.unacknowledged);
                self.connect(now, class(error), reason);
                if !unacknowledged.is_empty() {
                    self.send_message(now, &unacknowledged);
                }
            }
            State::Open => self.fail(class(error), reason),
        }
    }

    /// For the beginning of a reason.
    fn remote(&self) -> String {
        let udp = self.udp.as_ref();
        udp.map_or_else(String::new, |udp| format!("{}: ", udp.remote()))
    }

    fn fail(&mut self, error: TransportError, reason: String) {
        log::debug!("no connection: {reason}");
        self.session = None;
        self.plaintexts.clear();
        self.unacknowledged.clear();
        self.state = State::Closed;
        self.outcome = Some(Outcome::Failed(error, reason));
    }
}

impl Server {
    fn of(account: Account<'_>) -> Result<Self, (TransportError, String)> {
        let uri = ServerUri::parse(account.uri).map_err(|_| {
            let why = "the server URI is not one";
            (TransportError::NotResolved, why.into())
        })?;
        let unusable = |why: &str| (TransportError::Credentials, why.into());
        let credentials = match account.security {
            Security::None => None,
            Security::PreSharedKey { identity, key } => Some(Credentials::PreSharedKey {
                identity: identity.into(),
                key: key.into(),
            }),
            Security::Certificates(certificates) => {
                let certificates = Certificates::of(certificates).map_err(unusable)?;
                Some(Credentials::Certificates(Arc::new(certificates)))
            }
            _ => {
                let why = "a host keeps nothing under a tag: the account needs its credentials";
                return Err(unusable(why));
            }
        };
        let host = uri.host.to_string();
        let Handshake {
            server_name,
            cipher_suites,
            ..
        } = account.handshake;
        let mut suites = cipher_suites.to_vec();
        suites.retain(|suite| *suite != 0);
        let proposal = Proposal {
            server_name: match server_name {
                "" => host.clone(),
                given => given.into(),
            },
            cipher_suites: suites,
        };
        Ok(Self {
            host,
            port: uri.port,
            credentials,
            proposal,
        })
    }
}

fn class(error: &io::Error) -> TransportError {
    match error.kind() {
        io::ErrorKind::NetworkDown
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable => TransportError::InterfaceDown,
        _ => TransportError::Socket,
    }
}

/// By default.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(40);
