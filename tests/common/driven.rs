//! A device whose [`Driver`] runs on virtual time: it listens while it is awake, and sleeps in queue mode.
//! Between it and the demo server a datagram takes 20 ms, and none is lost.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use client_lite::driver::{Application, Driver, ErrorKind, Transport};
use client_lite::{
    Account, Association, Client, Duration, Event, Instant, Object, Path, RegisterReason,
    ReleaseAssistance, TransportError,
};
use coap_lite::RequestType;
use demo_server::{Operation, Request, Server};

use super::peer::since_start;
use super::wire::device;
use super::{ENDPOINT, Objects, Peer, Setup, message, millis, seconds};

pub struct Driven {
    pub driver: Driver<'static, Air>,
    pub board: Board,
    pub peer: Peer,
    network: Rc<RefCell<Network>>,
}

/// The device's side of the network.
pub struct Air {
    network: Rc<RefCell<Network>>,
    received: Vec<u8>,
}

/// What was under way, and what has crossed.
#[derive(Default)]
pub struct Network {
    now: Instant,
    up: VecDeque<(Instant, Vec<u8>)>,
    down: VecDeque<(Instant, Vec<u8>)>,
    /// What the device has sent, and what it expected then.
    sent: Vec<(Instant, Vec<u8>, Option<ReleaseAssistance>)>,
    /// When a datagram has left the device or has reached it, also asleep.
    traffic: Vec<Instant>,
    expected: Option<ReleaseAssistance>,
}

/// The application.
#[derive(Default)]
pub struct Board {
    pub objects: Objects,
    pub events: Vec<Event>,
    /// When it was told that the device sleeps.
    pub asleep: Vec<Instant>,
    network: Rc<RefCell<Network>>,
}

impl Driven {
    /// A device that has registered, and that sleeps so long after the last message.
    pub fn registered(setup: Setup, sleep_after: Duration) -> Self {
        let network = Rc::<RefCell<Network>>::default();
        let storage = super::leak(<client_lite::Storage>::new());
        let client = Client::new(setup.config, storage, [1, 2, 3, 4]);
        let air = Air {
            network: network.clone(),
            received: Vec::new(),
        };
        let mut device = Self {
            driver: Driver::new(client, air),
            board: Board {
                network: network.clone(),
                ..Board::default()
            },
            peer: Peer::Server(Box::new(Server::new(setup.server, 3))),
            network,
        };
        device.driver.sleep_after(sleep_after);
        device.command(|client, now| client.register(now));
        device.run_for(seconds(1));
        let registered = Event::Registered(RegisterReason::First);
        assert_eq!(device.board.events, [registered]);
        device
    }

    pub fn now(&self) -> Instant {
        self.network.borrow().now
    }

    /// The application gives a command.
    pub fn command<R>(&mut self, command: impl FnOnce(&mut Client<'static>, Instant) -> R) -> R {
        let now = self.now();
        let result = command(self.driver.client_mut(), now);
        self.driver.turn(&mut self.board);
        result
    }

    /// The value at this path is a new one.
    pub fn changed(&mut self, path: &str) {
        let now = self.now();
        let path: Path = path.parse().expect("a path");
        let objects = &mut self.board.objects.list();
        let told = self.driver.client_mut().changed(now, path, objects);
        told.expect("room for the change");
        self.driver.turn(&mut self.board);
    }

    /// The server asks something.
    #[track_caller]
    pub fn ask<R>(&mut self, ask: impl FnOnce(&mut Server, std::time::Duration) -> R) -> R {
        let now = since_start(self.now());
        match &mut self.peer {
            Peer::Server(server) => ask(server, now),
            Peer::Script(_) => panic!("the peer is a script"),
        }
    }

    /// The server observes a place.
    #[track_caller]
    pub fn observe(&mut self, path: &str) {
        self.ask(|server, now| server.observe(now, ENDPOINT, path, None))
            .expect("a request");
    }

    /// The server sets attributes of a place.
    #[track_caller]
    pub fn write_attributes(&mut self, path: &str, attributes: &[&str]) {
        let mut request = Request::new(RequestType::Put, path);
        request.query = attributes.iter().map(|&text| text.into()).collect();
        self.ask(|server, now| server.request(now, ENDPOINT, request))
            .expect("a request");
    }

    pub fn run_for(&mut self, span: Duration) {
        let end = self.now() + span;
        while self.step(end) {}
    }

    /// Goes on to what is next, and does it; `false` where that is behind the end.
    fn step(&mut self, end: Instant) -> bool {
        self.driver.turn(&mut self.board);
        self.peer_speaks();
        let wait_until = self.driver.wait_until(&mut self.board);
        let network = self.network.borrow();
        let arrivals = [&network.up, &network.down].map(|queue| Some(queue.front()?.0));
        drop(network);
        let next = arrivals
            .into_iter()
            .chain([self.peer.poll_timeout(), wait_until])
            .flatten()
            .min()
            .filter(|next| *next <= end);
        let now = next.unwrap_or(end).max(self.now());
        self.network.borrow_mut().now = now;
        self.peer_hears();
        while self.driver.receive(&mut self.board) {}
        next.is_some()
    }

    fn peer_hears(&mut self) {
        let now = self.now();
        if self.peer.poll_timeout().is_some_and(|due| due <= now) {
            self.peer.handle_timeout(now);
        }
        while let Some(datagram) = arrived(&mut self.network.borrow_mut().up, now) {
            self.peer.handle_datagram(now, device(PORT), &datagram);
        }
    }

    fn peer_speaks(&mut self) {
        let at = self.now() + LATENCY;
        while let Some((_, datagram)) = self.peer.poll_transmit() {
            self.network.borrow_mut().down.push_back((at, datagram));
        }
        while self.peer.poll_event().is_some() {}
    }
}

/// What there was to see.
impl Driven {
    /// What the device has sent since this was asked last, and what it expected each time.
    pub fn sent(&mut self) -> Vec<(Instant, Vec<u8>, Option<ReleaseAssistance>)> {
        std::mem::take(&mut self.network.borrow_mut().sent)
    }

    /// What the device has said of what it expects since this was asked last: with each datagram, and
    /// when it fell asleep.
    pub fn expected(&mut self) -> Vec<ReleaseAssistance> {
        let sent = self.sent();
        let said = sent.into_iter().filter_map(|(_, _, expected)| expected);
        said.chain(self.network.borrow_mut().expected.take())
            .collect()
    }

    /// How many requests of this kind it has sent since [`sent`](Self::sent) was asked last.
    pub fn requests(&self, operation: Operation) -> usize {
        let network = self.network.borrow();
        let is_one = |bytes: &[u8]| message::operation(&message::packet(bytes)) == Some(operation);
        let sent = network.sent.iter();
        sent.filter(|(_, bytes, _)| is_one(bytes)).count()
    }

    /// How often the radio was on since this was asked last: a network leaves the connection open for
    /// ten seconds after the last datagram.
    pub fn bursts(&mut self) -> usize {
        let mut last = None;
        let traffic = std::mem::take(&mut self.network.borrow_mut().traffic);
        let begins = |at: &Instant| {
            let before: Option<Instant> = last.replace(*at);
            before.is_none_or(|before| at.saturating_since(before) > seconds(10))
        };
        traffic.iter().copied().filter(begins).count()
    }
}

impl Transport for Air {
    fn now(&self) -> Instant {
        self.network.borrow().now
    }

    fn open(&mut self, _: Account<'_>, _: bool) -> Result<Option<Association>, TransportError> {
        Ok(Some(Association::New))
    }

    fn close(&mut self) {}

    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind> {
        let network = &mut *self.network.borrow_mut();
        let (now, expected) = (network.now, network.expected.take());
        network.sent.push((now, datagram.to_vec(), expected));
        network.traffic.push(now);
        network.up.push_back((now + LATENCY, datagram.to_vec()));
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind> {
        let network = &mut *self.network.borrow_mut();
        let Some(datagram) = arrived(&mut network.down, network.now) else {
            return Ok(None);
        };
        network.traffic.push(network.now);
        self.received = datagram;
        Ok(Some(&self.received))
    }

    fn assist_release(&mut self, expected: ReleaseAssistance) {
        self.network.borrow_mut().expected = Some(expected);
    }
}

impl Application for Board {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut self.objects.list())
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        self.events.push(event);
    }

    fn asleep(&mut self) {
        let now = self.network.borrow().now;
        self.asleep.push(now);
    }
}

/// The next datagram of a queue that has come by now.
fn arrived(queue: &mut VecDeque<(Instant, Vec<u8>)>, now: Instant) -> Option<Vec<u8>> {
    let (at, _) = queue.front()?;
    (*at <= now)
        .then(|| queue.pop_front())?
        .map(|(_, bytes)| bytes)
}

const LATENCY: Duration = millis(20);
const PORT: u16 = 40_000;
