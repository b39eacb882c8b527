//! The driver over a scripted transport, in virtual time.

use std::cell::RefCell;
use std::rc::Rc;

use client_lite::driver::{Application, Driver, ErrorKind, Transport};
use client_lite::{
    Account, Association, Client, Config, Duration, Error, Event, Instant, Object, State, Storage,
    TransportError,
};
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, ResponseType};

#[test]
fn an_association_that_is_there_at_once() {
    let mut device = Device::new(|_| {});
    device.script().opening = Some(Ok(Some(Association::New)));
    device.register();
    assert_eq!(device.calls(), ["open", "send"]);
    device.respond(ResponseType::Created);
    assert_eq!(device.driver.client().state(), State::Registered);
}

#[test]
fn an_association_that_takes_its_time() {
    let mut device = Device::new(|_| {});
    device.register();
    assert_eq!(device.calls(), ["open"]);
    device.turn();
    assert_eq!(device.calls(), [""; 0]);
    device.script().connection = Some(Ok(Association::New));
    device.turn();
    assert_eq!(device.calls(), ["send"]);
}

#[test]
fn an_opening_that_fails_is_closed_and_tried_again() {
    let mut device = Device::new(|_| {});
    device.script().opening = Some(Err(TransportError::NotResolved));
    device.register();
    assert_eq!(device.calls(), ["open", "close"]);
    assert_eq!(device.errors(), [Error::DnsResolvingFailed]);
    let again = device.driver.client().next_attempt().expect("a wait");
    device.script().now = again;
    device.turn();
    assert_eq!(device.calls(), ["open"]);
}

#[test]
fn a_pause_gives_an_opening_up() {
    let mut device = Device::new(|_| {});
    device.register();
    assert_eq!(device.calls(), ["open"]);
    let now = device.script().now;
    device.driver.client_mut().pause(now);
    device.turn();
    device.turn();
    assert_eq!(device.calls(), ["close"]);
    device.driver.client_mut().resume(now);
    device.turn();
    assert_eq!(device.calls(), ["open"]);
}

#[test]
fn a_pause_keeps_what_is_open() {
    let mut device = registered(|_| {});
    let now = device.script().now;
    device.driver.client_mut().pause(now);
    device.turn();
    assert_eq!(device.calls(), [""; 0]);
}

#[test]
fn a_socket_that_fails_is_closed_and_another_one_asked_for() {
    for fails_to_send in [true, false] {
        let mut device = registered(|_| {});
        device.script().broken = true;
        if fails_to_send {
            let now = device.script().now;
            device.driver.client_mut().update(now);
            device.turn();
            assert_eq!(device.calls(), ["send", "close"]);
            assert_eq!(device.errors(), [Error::NetworkError]);
        } else {
            device.receive();
            assert_eq!(device.calls(), ["close", "open"]);
        }
    }
}

#[test]
fn a_queue_mode_device_sleeps_and_wakes_up() {
    let mut device = registered(|config| config.queue_mode = true);
    let awake = Duration::from_secs(93);
    device.driver.sleep_after(awake);
    let start = device.script().now;
    assert_eq!(device.wait_until(), Some(start + awake));
    assert!(!device.driver.is_asleep());

    device.script().now = start + awake;
    device.turn();
    let update = device.wait_until().expect("an Update");
    assert!(device.driver.is_asleep());
    assert_eq!(device.application.slept, 1);

    // Nobody listens, and the server is not to speak.
    device.script().incoming = vec![vec![0x40, 0, 0, 1]];
    device.receive();
    assert_eq!(device.calls(), [""; 0]);
    assert_eq!(device.driver.client().counters().discarded, 1);

    device.script().now = update;
    device.turn();
    assert!(!device.driver.is_asleep());
    assert_eq!(device.calls(), ["send"]);
    device.respond(ResponseType::Changed);
    assert_eq!(device.driver.client().counters().updates, 1);
    device.script().now = update + awake;
    device.turn();
    device.wait_until();
    assert_eq!(device.application.slept, 2);
}

/// The radio is not woken up for it.
#[test]
fn an_association_that_is_lost_asleep_is_missed_by_the_next_message() {
    let mut device = registered(|config| config.queue_mode = true);
    device.driver.sleep_after(Duration::from_secs(93));
    let start = device.script().now;
    device.script().now = start + Duration::from_secs(100);
    device.turn();
    let update = device.wait_until().expect("an Update");
    assert!(device.driver.is_asleep());
    device.script().broken = true;
    device.receive();
    assert_eq!(device.calls(), ["close"]);
    assert_eq!(device.errors(), []);
    device.script().broken = false;
    device.script().now = update;
    device.turn();
    assert_eq!(device.calls(), ["close"]);
    assert_eq!(device.errors(), [Error::NetworkError]);
}

#[test]
fn the_application_is_polled_when_it_wants_to_be() {
    let mut device = registered(|_| {});
    let at = device.script().now + Duration::from_secs(5);
    device.application.poll_at = Some(at);
    device.turn();
    assert_eq!(device.wait_until(), Some(at));
}

/// A device whose transport does what the script says.
struct Device {
    driver: Driver<'static, Scripted>,
    script: Rc<RefCell<Script>>,
    application: Recorder,
}

#[derive(Default)]
struct Script {
    now: Instant,
    calls: Vec<&'static str>,
    sent: Vec<Vec<u8>>,
    incoming: Vec<Vec<u8>>,
    /// What comes of the next opening; else nothing comes of it at once.
    opening: Option<Result<Option<Association>, TransportError>>,
    connection: Option<Result<Association, TransportError>>,
    broken: bool,
}

struct Scripted {
    script: Rc<RefCell<Script>>,
    received: Vec<u8>,
}

#[derive(Default)]
struct Recorder {
    events: Vec<Event>,
    slept: usize,
    poll_at: Option<Instant>,
}

/// A device that has registered.
fn registered(set: impl FnOnce(&mut Config<'_>)) -> Device {
    let mut device = Device::new(set);
    device.script().opening = Some(Ok(Some(Association::New)));
    device.register();
    device.respond(ResponseType::Created);
    assert_eq!(device.driver.client().state(), State::Registered);
    device.calls();
    device
}

impl Device {
    fn new(set: impl FnOnce(&mut Config<'_>)) -> Self {
        let mut config = Config::new("device", Account::new("coap://server"));
        set(&mut config);
        let storage: &'static mut Storage = Box::leak(Box::new(Storage::new()));
        let client = Client::new(config, storage, [1, 2, 3, 4]);
        let script = Rc::<RefCell<Script>>::default();
        let transport = Scripted {
            script: script.clone(),
            received: Vec::new(),
        };
        Self {
            driver: Driver::new(client, transport),
            script,
            application: Recorder::default(),
        }
    }

    fn script(&self) -> std::cell::RefMut<'_, Script> {
        self.script.borrow_mut()
    }

    fn register(&mut self) {
        let now = self.script().now;
        self.driver.client_mut().register(now);
        self.turn();
    }

    fn turn(&mut self) {
        self.driver.turn(&mut self.application);
    }

    fn receive(&mut self) {
        while self.driver.receive(&mut self.application) {
            assert!(self.calls_so_far() < 100, "it ends");
        }
    }

    fn wait_until(&mut self) -> Option<Instant> {
        self.driver.wait_until(&mut self.application)
    }

    /// The server's response to the request that was sent last.
    fn respond(&mut self, code: ResponseType) {
        let request = self.script().sent.last().cloned().expect("a request");
        let request = Packet::from_bytes(&request).expect("CoAP");
        let mut response = Packet::new();
        response.header.set_type(MessageType::Acknowledgement);
        response.header.message_id = request.header.message_id;
        response.header.code = MessageClass::Response(code);
        response.set_token(request.get_token().to_vec());
        if code == ResponseType::Created {
            response.add_option(CoapOption::LocationPath, b"rd".to_vec());
            response.add_option(CoapOption::LocationPath, b"1".to_vec());
        }
        let response = response.to_bytes().expect("CoAP");
        self.script().incoming.push(response);
        self.receive();
    }

    fn calls_so_far(&self) -> usize {
        self.script.borrow().calls.len()
    }

    /// What was asked of the transport since this was called last.
    fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.script().calls)
    }

    /// The errors that were reported.
    fn errors(&mut self) -> Vec<Error> {
        let error = |event| match event {
            Event::Error { error, .. } => Some(error),
            _ => None,
        };
        self.application
            .events
            .drain(..)
            .filter_map(error)
            .collect()
    }
}

impl Transport for Scripted {
    fn now(&self) -> Instant {
        self.script.borrow().now
    }

    fn open(&mut self, _: Account<'_>, _: bool) -> Result<Option<Association>, TransportError> {
        let script = &mut *self.script.borrow_mut();
        script.calls.push("open");
        script.opening.take().unwrap_or(Ok(None))
    }

    fn close(&mut self) {
        self.script.borrow_mut().calls.push("close");
    }

    fn poll_connection(&mut self) -> Option<Result<Association, TransportError>> {
        self.script.borrow_mut().connection.take()
    }

    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind> {
        let script = &mut *self.script.borrow_mut();
        script.calls.push("send");
        script.sent.push(datagram.to_vec());
        match script.broken {
            true => Err(ErrorKind::Other),
            false => Ok(()),
        }
    }

    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind> {
        let script = &mut *self.script.borrow_mut();
        if std::mem::take(&mut script.broken) {
            return Err(ErrorKind::ConnectionRefused);
        }
        let Some(datagram) = script.incoming.pop() else {
            return Ok(None);
        };
        self.received = datagram;
        Ok(Some(&self.received))
    }
}

impl Application for Recorder {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [])
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        self.events.push(event);
    }

    fn poll(&mut self, _: &mut [&mut Client<'_>], _: Instant) -> Option<Instant> {
        self.poll_at
    }

    fn asleep(&mut self) {
        self.slept += 1;
    }
}
