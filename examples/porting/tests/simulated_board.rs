//! The device on a board that is simulated, with the demo server, in virtual time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use client_lite::driver::ErrorKind;
use client_lite::{
    Account, Config, Event, Instant, RegisterReason, ServerUri, Storage, TransportError,
};
use demo_server::{Event as ServerEvent, Server, format::TEXT};
use porting::{Device, Network, Panel};

const ENDPOINT: &str = "thermometer";
const VALUE: &str = "/3303/0/5700";

struct World {
    now: Duration,
    server: Server,
    connected: bool,
    inbox: VecDeque<(SocketAddr, Vec<u8>)>,
    temperature: f64,
    events: Vec<Event>,
}

#[derive(Clone)]
struct Simulated(Rc<RefCell<World>>);

impl Network for Simulated {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.borrow().now.as_millis() as u64)
    }

    fn connect(&mut self, server: &ServerUri<'_>) -> Result<(), TransportError> {
        assert_eq!(server.port, 5683);
        self.0.borrow_mut().connected = true;
        Ok(())
    }

    fn close(&mut self) {
        self.0.borrow_mut().connected = false;
    }

    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind> {
        let world = &mut *self.0.borrow_mut();
        assert!(world.connected);
        world.server.handle_datagram(world.now, device(), datagram);
        Ok(())
    }

    fn receive(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, ErrorKind> {
        let datagram = self.0.borrow_mut().inbox.pop_front();
        Ok(datagram.map(|(_, datagram)| {
            buffer[..datagram.len()].copy_from_slice(&datagram);
            datagram.len()
        }))
    }

    fn wait(&mut self, until: Instant) {
        let world = &mut *self.0.borrow_mut();
        world
            .inbox
            .extend(std::iter::from_fn(|| world.server.poll_transmit()));
        if !world.inbox.is_empty() {
            return;
        }
        let until = Duration::from_millis(until.as_millis());
        let due = world
            .server
            .poll_timeout()
            .map_or(until, |due| due.min(until));
        world.now = world.now.max(due);
        world.server.handle_timeout(world.now);
    }
}

impl Panel for Simulated {
    fn temperature(&mut self) -> f64 {
        self.0.borrow().temperature
    }

    fn show(&mut self, event: Event) {
        self.0.borrow_mut().events.push(event);
    }
}

fn device() -> SocketAddr {
    ([192, 0, 2, 1], 5683).into()
}

/// A device and its world, which runs until something has happened.
fn start() -> (Device<'static, Simulated, Simulated>, Rc<RefCell<World>>) {
    let world = Rc::new(RefCell::new(World {
        now: Duration::ZERO,
        server: Server::new(demo_server::Config::default(), 1),
        connected: false,
        inbox: VecDeque::new(),
        temperature: 21.5,
        events: Vec::new(),
    }));
    let storage: &'static mut Storage = Box::leak(Box::new(Storage::new()));
    let config = Config::new(ENDPOINT, Account::new("coap://[2001:db8::1]"));
    let board = Simulated(world.clone());
    let device = Device::new(board.clone(), board, config, storage, [1, 2, 3, 4]);
    (device, world)
}

/// Runs for an hour at most.
fn run_until(
    device: &mut Device<'_, Simulated, Simulated>,
    world: &Rc<RefCell<World>>,
    mut is_reached: impl FnMut(&mut World) -> bool,
) {
    let end = world.borrow().now + Duration::from_secs(3600);
    while !is_reached(&mut world.borrow_mut()) {
        assert!(world.borrow().now < end, "{:?}", world.borrow().events);
        device.turn();
    }
}

fn response(world: &mut World) -> Option<Vec<u8>> {
    while let Some(event) = world.server.poll_event() {
        if let ServerEvent::Response(response) = event {
            return Some(response.payload);
        }
    }
    None
}

#[test]
fn the_server_reads_and_observes() {
    let (mut device, world) = start();
    run_until(&mut device, &world, |world| {
        world
            .events
            .contains(&Event::Registered(RegisterReason::First))
    });

    let now = world.borrow().now;
    let asked = world
        .borrow_mut()
        .server
        .read(now, ENDPOINT, VALUE, Some(TEXT));
    asked.expect("a request");
    run_until(&mut device, &world, |world| {
        response(world).is_some_and(|value| value == b"21.5")
    });

    let asked = world
        .borrow_mut()
        .server
        .observe(now, ENDPOINT, VALUE, Some(TEXT));
    asked.expect("a request");
    run_until(&mut device, &world, |world| response(world).is_some());
    world.borrow_mut().temperature = 22.25;
    run_until(&mut device, &world, |world| {
        std::iter::from_fn(|| world.server.poll_event()).any(|event| {
            matches!(event, ServerEvent::Notification { payload, .. } if payload == b"22.25")
        })
    });
}

#[test]
fn a_server_that_was_away_is_found_again() {
    let (mut device, world) = start();
    world.borrow_mut().server.silence(true);
    run_until(&mut device, &world, |world| !world.events.is_empty());
    assert!(
        !world
            .borrow()
            .events
            .contains(&Event::Registered(RegisterReason::First))
    );
    world.borrow_mut().server.silence(false);
    run_until(&mut device, &world, |world| {
        world
            .events
            .contains(&Event::Registered(RegisterReason::First))
    });
}
