//! The run loop: it goes from deadline to deadline and drives each part as its contract says.

use client_lite::{
    Account, Client, Config, Detail, Duration, Error, Event, Instant, Memory, Operation, Path,
    RegisterReason, State, Storage, TransportError, TransportRequest,
};
use coap_lite::ResponseType;
use demo_server::Server;
use demo_server::format::{self, Entry, SENML_CBOR, TEXT};

use super::clock::Clock;
use super::peer::since_start;
use super::wire::{Direction, Wire, device};
use super::{
    Flash, Link, Objects, Peer, Random, ScriptedTransport, answered, hours, millis, minutes,
    seconds,
};

pub const ENDPOINT: &str = "device";

/// What a world starts from.
pub struct Setup {
    pub seed: u64,
    pub config: Config<'static>,
    pub server: demo_server::Config,
    pub link: Link,
}

impl Setup {
    /// The defaults of client and server, and an ideal network.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            config: Config::new(ENDPOINT, Account::new("coap://server")),
            server: demo_server::Config::default(),
            link: Link::ideal(),
        }
    }

    pub fn build(self) -> World {
        self.build_in(leak(<Storage>::new()))
    }

    /// With a storage of other sizes.
    pub fn build_in(self, memory: impl Into<Memory<'static>>) -> World {
        let mut random = Random::new(self.seed);
        World {
            seed: self.seed,
            now: Instant::from_millis(0),
            client: Client::new(self.config.clone(), memory, random.entropy()),
            objects: Objects::default(),
            clock: Clock::default(),
            transport: ScriptedTransport::new(),
            link: self.link,
            wire: Wire::default(),
            peer: Peer::Server(Box::new(Server::new(self.server, random.next()))),
            aside: None,
            server_events: Vec::new(),
            events: Vec::new(),
            seen: 0,
            random,
            steps: 0,
            config: self.config,
            flash: None,
            birth: Some(1_700_000_000_000),
        }
    }
}

/// A storage that lives as long as the test.
pub fn leak<T>(storage: T) -> &'static mut T {
    Box::leak(Box::new(storage))
}

pub struct World {
    pub seed: u64,
    /// The true time, which the server goes by.
    pub now: Instant,
    pub client: Client<'static>,
    pub objects: Objects,
    pub transport: ScriptedTransport,
    pub link: Link,
    pub wire: Wire,
    pub peer: Peer,
    /// The server, while a script stands in for it.
    aside: Option<Peer>,
    /// What the demo server told, and when.
    pub server_events: Vec<(Instant, demo_server::Event)>,
    /// What the client told, and when.
    pub events: Vec<(Instant, Event)>,
    /// How many of the client's events the test has taken.
    seen: usize,
    clock: Clock,
    random: Random,
    /// How many steps this time has taken.
    steps: u32,
    pub(super) config: Config<'static>,
    /// What outlives a loss of power.
    pub flash: Option<Flash>,
    /// When the world began, in milliseconds since 1970; `None` where the device has no clock that runs on.
    pub birth: Option<u64>,
}

/// Commands of the application.
impl World {
    /// A world by the defaults.
    pub fn new(seed: u64) -> Self {
        Setup::new(seed).build()
    }

    /// A world in which the device has registered.
    pub fn registered(seed: u64) -> Self {
        let mut world = Self::new(seed);
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        world
    }

    pub fn register(&mut self) {
        self.client.register(self.device_time());
        self.settle();
    }

    pub fn update(&mut self) {
        self.client.update(self.device_time());
        self.settle();
    }

    pub fn close(&mut self) {
        self.client.close(self.device_time());
        self.settle();
    }

    /// The application drops the network.
    pub fn pause(&mut self) {
        self.client.pause(self.device_time());
        self.transport.close();
        self.settle();
    }

    pub fn resume(&mut self) {
        self.client.resume(self.device_time());
        self.settle();
    }

    pub fn objects_changed(&mut self) {
        self.client.objects_changed(self.device_time());
        self.settle();
    }

    /// Says that the value at this path is a new one.
    pub fn changed(&mut self, path: &str) {
        let path: Path = path.parse().expect("a path");
        let told = self
            .client
            .changed(self.device_time(), path, &mut self.objects.list());
        told.expect("room for the change");
        self.settle();
    }
}

/// The world around the device.
impl World {
    /// The demo server.
    pub fn server(&mut self) -> &mut Server {
        match &mut self.peer {
            Peer::Server(server) => server,
            Peer::Script(_) => panic!("the peer is a script"),
        }
    }

    /// Lets a script answer in the server's place, until [`stand_down`](Self::stand_down).
    pub fn stand_in(&mut self, script: Peer) {
        let server = std::mem::replace(&mut self.peer, script);
        self.aside.get_or_insert(server);
    }

    pub fn stand_down(&mut self) {
        if let Some(server) = self.aside.take() {
            self.peer = server;
        }
    }

    /// Lets the demo server ask the device something.
    pub fn ask<R>(&mut self, ask: impl FnOnce(&mut Server, std::time::Duration) -> R) -> R {
        let now = since_start(self.now);
        let result = ask(self.server(), now);
        self.settle();
        result
    }

    /// The demo server observes a place, in the format that the device prefers.
    #[track_caller]
    pub fn observe(&mut self, path: &str) {
        self.ask(|server, now| server.observe(now, ENDPOINT, path, None))
            .expect("a request");
    }

    /// The demo server writes a resource in plain text.
    #[track_caller]
    pub fn write(&mut self, path: &str, value: impl ToString) {
        let value = value.to_string();
        self.ask(|server, now| server.write(now, ENDPOINT, path, TEXT, value.as_bytes()))
            .expect("a request");
    }

    /// The demo server executes a resource, without arguments.
    #[track_caller]
    pub fn execute(&mut self, path: &str) {
        self.ask(|server, now| server.execute(now, ENDPOINT, path, ""))
            .expect("a request");
    }

    /// What the demo server got by Send, one list of values a message.
    pub fn sends(&self) -> Vec<Vec<Entry>> {
        let events = self.server_events.iter();
        events
            .filter_map(|(_, event)| match event {
                demo_server::Event::Send {
                    content_format,
                    payload,
                    ..
                } => {
                    assert_eq!(*content_format, Some(SENML_CBOR));
                    Some(format::decode("/", *content_format, payload).expect("SenML"))
                }
                _ => None,
            })
            .collect()
    }

    /// A datagram reaches the device at once, as if its server had sent it.
    pub fn deliver(&mut self, datagram: &[u8]) {
        if self.announce(datagram).is_none() {
            return;
        }
        let now = self.device_time();
        self.client
            .handle_datagram(now, datagram, &mut self.objects.list());
        self.settle();
    }

    /// The open association is lost.
    pub fn lose_association(&mut self, error: TransportError) {
        self.transport.close();
        self.client.handle_failure(self.device_time(), error);
        self.settle();
    }

    /// The open association is lost, and there is no other.
    pub fn fail_to_open(&mut self, error: TransportError) {
        self.transport.always(Err(error));
        self.lose_association(TransportError::Socket);
    }

    /// What the device takes for the time.
    pub fn device_time(&self) -> Instant {
        self.clock.read(self.now)
    }

    /// Sets the device's clock.
    pub fn set_device_time(&mut self, shown: Instant) {
        self.clock.set(self.now, shown);
    }

    /// The registration that the demo server has of the device.
    pub fn registration(&mut self) -> Option<&demo_server::Registration> {
        self.server().client(ENDPOINT)
    }
}

/// The passing of time.
impl World {
    pub fn run_for(&mut self, span: Duration) {
        self.run_until_time(self.now + span);
    }

    pub fn run_until_time(&mut self, end: Instant) {
        while self.step(end) {}
    }

    /// The next event that was not taken yet, waiting for it up to `limit`.
    pub fn next_event(&mut self, limit: Duration) -> Option<Event> {
        let end = self.now + limit;
        while self.events.len() == self.seen && self.step(end) {}
        let (_, event) = self.events.get(self.seen)?;
        self.seen += 1;
        Some(*event)
    }

    /// The events that have come and were not taken yet.
    pub fn take_events(&mut self) -> Vec<Event> {
        let new = self.events[self.seen..]
            .iter()
            .map(|(_, event)| *event)
            .collect();
        self.seen = self.events.len();
        new
    }

    /// The next event is this one, and comes within two hours.
    #[track_caller]
    pub fn expect(&mut self, event: Event) {
        assert_eq!(
            self.next_event(hours(2)),
            Some(event),
            "at {} ms",
            self.now.as_millis()
        );
    }

    /// The next event is this error, and comes within two hours.
    #[track_caller]
    pub fn expect_error(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.expect(Event::Error {
            operation,
            error,
            detail,
        });
    }

    /// The next event tells that there is no registration for this.
    #[track_caller]
    pub fn expect_not_registered(&mut self, operation: Operation) {
        self.expect_error(operation, Error::NotRegistered, Detail::NoRegistration);
    }

    /// The next event tells that the server knows no such registration.
    #[track_caller]
    pub fn expect_forgotten(&mut self, operation: Operation) {
        let detail = answered(ResponseType::NotFound);
        self.expect_error(operation, Error::NotRegistered, detail);
    }

    /// The next event tells that the server's name has no address.
    #[track_caller]
    pub fn expect_no_address(&mut self, operation: Operation) {
        self.expect_error(operation, Error::DnsResolvingFailed, Detail::NoAddress);
    }

    /// No event came that was not taken.
    #[track_caller]
    pub fn expect_no_event(&mut self) {
        assert_eq!(self.take_events(), []);
    }

    /// For a day the device sends nothing, asks for no association and tells nothing.
    #[track_caller]
    pub fn expect_silence(&mut self) {
        self.expect_no_event();
        self.run_for(millis(100));
        let (sent, opened) = (self.wire.up().count(), self.transport.opened.len());
        self.run_for(hours(24));
        assert_eq!(self.wire.up().count(), sent, "datagrams");
        assert_eq!(self.transport.opened.len(), opened, "associations");
        self.expect_no_event();
    }

    /// Runs until the condition holds; it must within two hours.
    #[track_caller]
    pub fn run_until(&mut self, mut condition: impl FnMut(&mut Self) -> bool) {
        let end = self.now + hours(2);
        while !condition(self) {
            assert!(self.step(end), "it does not come");
        }
    }

    /// How long it takes until the client asks for an association.
    #[track_caller]
    pub fn wait_for_attempt(&mut self) -> Duration {
        let (before, since) = (self.transport.opened.len(), self.now);
        self.run_until(|world| world.transport.opened.len() > before);
        self.now.saturating_since(since)
    }

    /// The wait for the next association is the first of the back-off.
    #[track_caller]
    pub fn expect_first_wait(&mut self) {
        let wait = self.wait_for_attempt();
        assert!((seconds(2)..=seconds(10)).contains(&wait), "{wait:?}");
    }

    /// The client is in this state.
    #[track_caller]
    pub fn expect_state(&self, state: State) {
        assert_eq!(self.client.state(), state);
    }

    /// Goes on to the next deadline and does what is due there; `false` where `end` is before.
    fn step(&mut self, end: Instant) -> bool {
        let client = self
            .client
            .poll_timeout()
            .filter(|_| self.has_power())
            .map(|shown| self.clock.when(self.now, shown));
        let deadlines = [
            self.link.next_arrival(),
            self.transport.deadline(),
            self.peer.poll_timeout(),
            client,
        ];
        let next = deadlines
            .into_iter()
            .flatten()
            .min()
            .filter(|next| *next <= end);
        let now = next.unwrap_or(end).max(self.now);
        self.steps = if now > self.now { 0 } else { self.steps + 1 };
        // A deadline that is due again and again would run a battery down.
        assert!(self.steps < SPIN, "no progress");
        self.now = now;
        if next.is_none() {
            return false;
        }
        self.do_what_is_due();
        self.settle();
        true
    }

    fn do_what_is_due(&mut self) {
        let now = self.now;
        if self
            .peer
            .poll_timeout()
            .is_some_and(|deadline| deadline <= now)
        {
            self.peer.handle_timeout(now);
        }
        if let Some(outcome) = self.transport.poll(now) {
            match outcome {
                Ok(association) => self.note_association(association),
                Err(error) => self.client.handle_failure(self.device_time(), error),
            }
            self.settle();
        }
        while let Some(datagram) = self.link.arrived(now) {
            match datagram.direction {
                Direction::Up => {
                    self.peer
                        .handle_datagram(now, device(datagram.port), &datagram.bytes);
                }
                Direction::Down
                    if self.transport.is_open() && datagram.port == self.transport.port() =>
                {
                    if self.announce(&datagram.bytes).is_none() {
                        return;
                    }
                    let time = self.device_time();
                    let objects = &mut self.objects.list();
                    self.client.handle_datagram(time, &datagram.bytes, objects);
                }
                Direction::Down => {}
            }
            self.settle();
        }
        let time = self.device_time();
        if self
            .client
            .poll_timeout()
            .is_some_and(|deadline| deadline <= time && self.has_power())
        {
            self.client.handle_timeout(time);
        }
    }

    /// What the device sends next, once it has stored what is due before.
    fn next_datagram(&mut self) -> Option<Vec<u8>> {
        let time = self.device_time();
        self.save()?;
        loop {
            let objects = &mut self.objects.list();
            let datagram = self.client.poll_transmit(time, objects);
            if let Some(datagram) = datagram.map(<[u8]>::to_vec) {
                return Some(datagram);
            }
            // A notification may wait for a snapshot.
            if !self.save()? {
                return None;
            }
        }
    }

    pub(super) fn entropy(&mut self) -> [u32; 4] {
        self.random.entropy()
    }

    /// Takes all that client and server have to say at this time.
    pub fn settle(&mut self) {
        let now = self.now;
        let mut sent = 0;
        while let Some(bytes) = self.next_datagram() {
            sent += 1;
            assert!(sent < SPIN, "{sent} datagrams at one time");
            assert!(self.transport.is_open(), "sends without an association");
            let port = self.transport.port();
            self.link.carry(
                now,
                Direction::Up,
                port,
                bytes,
                &mut self.random,
                &mut self.wire,
            );
        }
        let restored_port = self.restored_port();
        while let Some(request) = self.client.poll_transport() {
            match request {
                TransportRequest::Open { account, renew } => {
                    if let Some(port) = restored_port {
                        self.transport.restore(port, account.uri);
                    }
                    self.transport.open(now, account, renew);
                }
                TransportRequest::Close => self.transport.close(),
            }
        }
        while let Some(event) = self.client.poll_event() {
            self.events.push((now, event));
        }
        while let Some((to, bytes)) = self.peer.poll_transmit() {
            let port = to.port();
            self.link.carry(
                now,
                Direction::Down,
                port,
                bytes,
                &mut self.random,
                &mut self.wire,
            );
        }
        while let Some(event) = self.peer.poll_event() {
            self.server_events.push((now, event));
        }
        let first = self.wire.datagrams.iter().rev().nth(STORM);
        let calm = first.is_none_or(|first| now.saturating_since(first.at) > minutes(10));
        assert!(calm, "{STORM} datagrams within ten minutes");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {:#x}, at {} ms", self.seed, self.now.as_millis());
            eprintln!("the last datagrams:\n{}", self.wire.tail(20));
            let from = self.events.len().saturating_sub(10);
            eprintln!("the last events:");
            for (at, event) in &self.events[from..] {
                eprintln!("{:>12} ms {event:?}", at.as_millis());
            }
        }
    }
}

/// More steps, or datagrams, than any test has a reason for at one time.
const SPIN: u32 = 1000;

/// More datagrams than any test has a reason for within ten minutes.
const STORM: usize = 10_000;
