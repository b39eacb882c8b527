use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};

use crate::dtls::Associations;
use crate::{Certificates, Config, Error, Event, NoResponse, RequestId, Response, Server};

/// Where a [`UdpServer`] listens, and to whom.
pub struct UdpConfig {
    /// The server.
    pub server: Config,
    /// Its seed; another one each run, outside tests.
    pub seed: u64,
    /// The address without security; port 0 takes any free one.
    pub bind: SocketAddr,
    /// The address for DTLS, if there is to be one; port 0 takes any free one.
    pub dtls_bind: Option<SocketAddr>,
    /// The keys for DTLS.
    pub psk: Vec<Psk>,
    /// The certificates for DTLS, at the same address: a client offers one or the other.
    pub certificates: Option<Certificates>,
    /// Is given every CoAP message, in the clear, as it comes in or goes out. It is called with
    /// the server locked, so it must not call the [`UdpServer`].
    pub on_datagram: Option<Tap>,
}

/// What [`UdpConfig::on_datagram`] is.
pub type Tap = Box<dyn FnMut(Direction, SocketAddr, &[u8]) + Send>;

impl Default for UdpConfig {
    /// Any port of 127.0.0.1, without DTLS.
    fn default() -> Self {
        Self {
            server: Config::default(),
            seed: 0,
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            dtls_bind: None,
            psk: Vec::new(),
            certificates: None,
            on_datagram: None,
        }
    }
}

/// A pre-shared key. `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
pub struct Psk {
    /// The identity, as it comes in the handshake.
    pub identity: Vec<u8>,
    /// The key.
    pub key: Vec<u8>,
}

impl fmt::Debug for Psk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Psk({})", self.identity.escape_ascii())
    }
}

/// Which way a message goes, seen from the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// A [`Server`] on UDP sockets, in a thread of its own. Dropping it closes the sockets; clients
/// are not told.
pub struct UdpServer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
    local_addr: SocketAddr,
    dtls_addr: Option<SocketAddr>,
    longest_wait: Duration,
}

impl UdpServer {
    /// Binds the sockets and serves. Fails if an address cannot be bound, or a certificate or its key is
    /// none.
    pub fn start(config: UdpConfig) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let bind = |address| bind(&poll, address);
        let plain = bind(config.bind)?;
        let secure = config.dtls_bind.map(bind).transpose()?;
        let associations = secure
            .as_ref()
            .map(|_| Associations::new(&config.psk, config.certificates))
            .transpose()?;
        let local_addr = plain.local_addr()?;
        let dtls_addr = secure.as_ref().map(UdpSocket::local_addr).transpose()?;
        // A request may wait for another before it.
        let longest_wait = 3 * config.server.timing.max_transmit_wait();
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                server: Server::new(config.server, config.seed),
                associations,
                secure_peers: BTreeSet::new(),
                events: VecDeque::new(),
                tap: config.on_datagram,
            }),
            happened: Condvar::new(),
            stopping: AtomicBool::new(false),
            waker,
            start: Instant::now(),
            plain,
            secure,
        });
        let serving = shared.clone();
        let thread = thread::Builder::new().name("demo-server".into());
        let thread = thread.spawn(move || serving.serve(poll))?;
        Ok(Self {
            shared,
            thread: Some(thread),
            local_addr,
            dtls_addr,
            longest_wait,
        })
    }

    /// The address without security.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// The address for DTLS, if there is one.
    pub fn dtls_addr(&self) -> Option<SocketAddr> {
        self.dtls_addr
    }

    /// Calls `f` with the server and its time, and sends what comes of it.
    pub fn with<R>(&self, f: impl FnOnce(&mut Server, Duration) -> R) -> R {
        let mut state = self.shared.lock();
        let result = f(&mut state.server, self.shared.start.elapsed());
        self.shared.flush(&mut state);
        drop(state);
        self.shared.wake();
        result
    }

    /// Waits for an event and takes it. Events that are not wanted stay for other calls, the newest
    /// 10,000 of them. Whoever wants every event takes also what [`ask`](Self::ask) waits for.
    pub fn wait_for(
        &self,
        mut wanted: impl FnMut(&Event) -> bool,
        timeout: Duration,
    ) -> Option<Event> {
        let deadline = Instant::now() + timeout;
        let mut state = self.shared.lock();
        loop {
            if let Some(index) = state.events.iter().position(&mut wanted) {
                return state.events.remove(index);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            let waited = self.shared.happened.wait_timeout(state, left);
            state = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
    }

    /// Makes a request and waits for its answer, as in
    /// `server.ask(|server, now| server.discover(now, "device", "/3"))`.
    ///
    /// For a client that does not wake from queue mode it gives up after three times
    /// MAX_TRANSMIT_WAIT, which is 279 s unless configured otherwise.
    pub fn ask(
        &self,
        request: impl FnOnce(&mut Server, Duration) -> Result<RequestId, Error>,
    ) -> Result<Response, Error> {
        let wanted = self.with(request)?;
        let is_answer = |event: &Event| match event {
            Event::Response(response) => response.id == wanted,
            Event::NoResponse { id, .. } => *id == wanted,
            _ => false,
        };
        match self.wait_for(is_answer, self.longest_wait) {
            Some(Event::Response(response)) => Ok(response),
            Some(Event::NoResponse { reason, .. }) => Err(Error::NoResponse(reason)),
            _ => Err(Error::NoResponse(NoResponse::Timeout)),
        }
    }

    /// Reads, and waits for the answer.
    pub fn read(&self, endpoint: &str, path: &str, accept: Option<u16>) -> Result<Response, Error> {
        self.ask(|server, now| server.read(now, endpoint, path, accept))
    }

    /// Writes, and waits for the answer.
    pub fn write(
        &self,
        endpoint: &str,
        path: &str,
        content_format: u16,
        payload: &[u8],
    ) -> Result<Response, Error> {
        self.ask(|server, now| server.write(now, endpoint, path, content_format, payload))
    }

    /// Executes, and waits for the answer.
    pub fn execute(&self, endpoint: &str, path: &str, arguments: &str) -> Result<Response, Error> {
        self.ask(|server, now| server.execute(now, endpoint, path, arguments))
    }

    /// Observes, and waits for the answer.
    pub fn observe(
        &self,
        endpoint: &str,
        path: &str,
        accept: Option<u16>,
    ) -> Result<Response, Error> {
        self.ask(|server, now| server.observe(now, endpoint, path, accept))
    }

    /// Cancels an observation, and waits for the answer.
    pub fn cancel(&self, endpoint: &str, path: &str) -> Result<Response, Error> {
        self.ask(|server, now| server.cancel(now, endpoint, path))
    }
}

impl Drop for UdpServer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.wake();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed.
            let _ = thread.join();
        }
    }
}

struct Shared {
    state: Mutex<State>,
    happened: Condvar,
    stopping: AtomicBool,
    waker: Waker,
    start: Instant,
    plain: UdpSocket,
    secure: Option<UdpSocket>,
}

struct State {
    server: Server,
    associations: Option<Associations>,
    /// Peers whose last message came by DTLS: they get nothing in the clear, even if their
    /// association has ended since.
    secure_peers: BTreeSet<SocketAddr>,
    events: VecDeque<Event>,
    tap: Option<Tap>,
}

#[derive(Clone, Copy)]
enum Channel {
    Plain,
    Secure,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Has the serving thread look again at what is to be done, and when.
    fn wake(&self) {
        // It fails only where the system lacks memory; whatever comes next wakes it.
        let _ = self.waker.wake();
    }

    fn serve(&self, mut poll: Poll) {
        let mut ready = Events::with_capacity(4);
        let mut buffer = vec![0; 65_536];
        let secure = self.secure.iter().map(|socket| (Channel::Secure, socket));
        let sockets: Vec<_> = [(Channel::Plain, &self.plain)]
            .into_iter()
            .chain(secure)
            .collect();
        while !self.stopping.load(Ordering::Relaxed) {
            // In turns, so that a flood on one keeps up neither the other nor the timers.
            let mut idle = true;
            for (channel, socket) in &sockets {
                match socket.recv_from(&mut buffer) {
                    Ok((length, peer)) => {
                        self.take(&mut self.lock(), *channel, peer, &buffer[..length]);
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
                    // Such as a port unreachable of an earlier datagram.
                    Err(_) => {}
                }
                idle = false;
            }
            let wait = self.handle_timeout();
            if idle
                && let Err(error) = poll.poll(&mut ready, wait)
                && error.kind() != io::ErrorKind::Interrupted
            {
                panic!("the system does not wait for datagrams: {error}");
            }
        }
    }

    /// Does what is due, sends what comes of it, and tells how long there is nothing more to do.
    fn handle_timeout(&self) -> Option<Duration> {
        let mut state = self.lock();
        let now = self.start.elapsed();
        if state.server.poll_timeout().is_some_and(|due| due <= now) {
            state.server.handle_timeout(now);
        }
        if let Some(associations) = &mut state.associations {
            associations.handle_timeout(Instant::now());
        }
        self.flush(&mut state);
        let server = state.server.poll_timeout();
        let associations = state.associations.as_ref();
        let associations = associations.and_then(Associations::poll_timeout);
        let due = server
            .map(|due| self.start + due)
            .into_iter()
            .chain(associations)
            .min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    fn take(&self, state: &mut State, channel: Channel, peer: SocketAddr, datagram: &[u8]) {
        let State {
            server,
            associations,
            secure_peers,
            tap,
            ..
        } = state;
        let now = self.start.elapsed();
        let mut handle = |message: &[u8], endpoint: Option<&str>| {
            if let Some(tap) = tap {
                tap(Direction::In, peer, message);
            }
            server.handle_datagram_for(now, peer, endpoint, message);
        };
        match (channel, associations) {
            (Channel::Secure, Some(associations)) => {
                associations.handle_datagram(Instant::now(), peer, datagram);
                while let Some(message) = associations.poll_plaintext() {
                    secure_peers.insert(peer);
                    handle(&message, associations.endpoint(peer));
                }
                if secure_peers.len() > MANY_PEERS {
                    secure_peers.retain(|peer| associations.has(*peer) || server.speaks_to(*peer));
                }
            }
            // In the clear, anybody could speak for a peer that has an association.
            (Channel::Plain, Some(associations)) if associations.has(peer) => {}
            _ => {
                secure_peers.remove(&peer);
                handle(datagram, None);
            }
        }
    }

    /// Sends what is to be sent and keeps what happened.
    fn flush(&self, state: &mut State) {
        let State {
            server,
            associations,
            secure_peers,
            events,
            tap,
        } = state;
        // A datagram that cannot be sent is a lost one.
        while let Some((peer, message)) = server.poll_transmit() {
            if let Some(tap) = tap {
                tap(Direction::Out, peer, &message);
            }
            if !secure_peers.contains(&peer) {
                let _ = self.plain.send_to(&message, peer);
            } else if let Some(associations) = associations {
                associations.send(Instant::now(), peer, &message);
            }
        }
        let mut failed = Vec::new();
        if let (Some(associations), Some(socket)) = (associations, &self.secure) {
            while let Some((peer, datagram)) = associations.poll_transmit() {
                let _ = socket.send_to(&datagram, peer);
            }
            while let Some((peer, reason)) = associations.poll_failure() {
                failed.push(Event::HandshakeFailed { peer, reason });
            }
        }
        let mut happened = false;
        let mut failed = failed.into_iter();
        while let Some(event) = failed.next().or_else(|| server.poll_event()) {
            if events.len() >= MOST_EVENTS {
                events.pop_front();
            }
            events.push_back(event);
            happened = true;
        }
        if happened {
            self.happened.notify_all();
        }
    }
}

fn bind(poll: &Poll, address: SocketAddr) -> io::Result<UdpSocket> {
    let mut socket = UdpSocket::bind(address)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot bind {address}: {error}")))?;
    poll.registry()
        .register(&mut socket, SOCKET, Interest::READABLE)?;
    Ok(socket)
}

const WAKER: Token = Token(0);

/// Of each socket: whichever is ready, all are read.
const SOCKET: Token = Token(1);

const MOST_EVENTS: usize = 10_000;

/// Of more peers with security, those are forgotten to whom nothing will be sent.
const MANY_PEERS: usize = 20_000;
