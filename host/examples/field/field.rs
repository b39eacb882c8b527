//! The run loop: it goes from deadline to deadline, and each part does what is due.

use client_lite::Instant;
use client_lite::driver::Direction;
use fastrand::Rng;

use crate::channel::{Datagram, Security};
use crate::network::{Network, Travelling};
use crate::radio::{Radio, Used};
use crate::scenario::{MEASURE_EVERY, Scenario};
use crate::server::{Figures, Server};

/// A device, from one start to the next.
pub trait Device {
    /// Does what is due.
    fn turn(&mut self, now: Instant);
    /// Takes a datagram that has come to one of its ports.
    fn handle_datagram(&mut self, now: Instant, port: u16, datagram: Datagram);
    /// There is a new value.
    fn measured(&mut self, now: Instant, value: Value);
    /// The next datagram, and the port that it leaves from.
    fn poll_transmit(&mut self) -> Option<(u16, Datagram)>;
    /// When it has something to do.
    fn poll_timeout(&self) -> Option<Instant>;
}

/// What the device measures: the number of the value, which stands for a temperature of its own.
#[derive(Clone, Copy, Default, PartialEq)]
pub struct Value(pub usize);

/// What a month has cost, and what it has brought.
pub struct Results {
    pub used: Used,
    pub server: Figures,
    pub measured: usize,
    pub flash_writes: u32,
    /// What was used until each value.
    pub course: Vec<(Instant, Used)>,
}

pub struct Field<'s> {
    pub now: Instant,
    pub value: Value,
    security: Security,
    server: Server,
    network: Network<'s>,
    radio: Radio,
    measure_at: Instant,
    course: Vec<(Instant, Used)>,
}

impl<'s> Field<'s> {
    pub fn new(scenario: &'s Scenario, security: Security, random: &mut Rng) -> Self {
        let now = Instant::default();
        Self {
            now,
            value: Value::default(),
            security,
            server: Server::new(random.u64(..)),
            network: Network::new(scenario, random.fork()),
            radio: Radio::new(scenario.awake),
            measure_at: now + MEASURE_EVERY,
            course: vec![(now, Used::default())],
        }
    }

    /// A device that starts now has its power until then.
    pub fn run(&mut self, device: &mut impl Device, until: Instant) {
        device.turn(self.now);
        self.settle(device);
        loop {
            let deadlines = [
                device.poll_timeout(),
                self.server.poll_timeout(),
                self.network.next_arrival(),
                Some(self.measure_at),
            ];
            let next = deadlines.into_iter().flatten().min();
            let next = next.unwrap_or(until).max(self.now);
            if next >= until {
                self.now = until;
                return;
            }
            self.now = next;
            self.do_what_is_due(device);
            self.settle(device);
        }
    }

    pub fn results(self, flash_writes: u32) -> Results {
        Results {
            used: self.radio.used(),
            server: self.server.figures(),
            measured: self.value.0 + 1,
            flash_writes,
            course: self.course,
        }
    }

    fn do_what_is_due(&mut self, device: &mut impl Device) {
        let now = self.now;
        if self.measure_at <= now {
            self.measure_at = now + MEASURE_EVERY;
            self.value.0 += 1;
            self.course.push((now, self.radio.used()));
            device.measured(now, self.value);
        }
        if self.server.poll_timeout().is_some_and(|due| due <= now) {
            self.server.handle_timeout(now);
        }
        while let Some(Travelling {
            direction,
            port,
            datagram,
        }) = self.network.arrived(now)
        {
            match (direction, datagram) {
                (Direction::Out, Datagram::Coap(message)) => {
                    self.server.handle_datagram(now, port, &message);
                }
                // The server has the next part at hand.
                (Direction::Out, part) => self.send_down(port, part),
                (Direction::In, datagram) if self.radio.is_on(now) => {
                    let bytes = self.security.bytes(Direction::In, &datagram);
                    self.radio.carries(now, bytes);
                    device.handle_datagram(now, port, datagram);
                }
                (Direction::In, _) => {}
            }
        }
        device.turn(now);
    }

    /// Sends what both have to say.
    fn settle(&mut self, device: &mut impl Device) {
        while let Some((port, datagram)) = device.poll_transmit() {
            let bytes = self.security.bytes(Direction::Out, &datagram);
            self.radio.carries(self.now, bytes);
            self.carry(Direction::Out, port, datagram);
        }
        while let Some((port, message)) = self.server.poll_transmit() {
            self.send_down(port, Datagram::Coap(message));
        }
    }

    fn send_down(&mut self, port: u16, datagram: Datagram) {
        self.carry(Direction::In, port, datagram);
    }

    fn carry(&mut self, direction: Direction, port: u16, datagram: Datagram) {
        let travelling = Travelling {
            direction,
            port,
            datagram,
        };
        self.network.carry(self.now, travelling);
    }
}

impl Value {
    /// Of two decimals, as a thermometer has them.
    pub fn degrees(self) -> f64 {
        (LOWEST + self.0 as u32) as f64 / 100.0
    }

    pub fn of_degrees(degrees: f64) -> Self {
        Self(((degrees * 100.0).round() as u32).saturating_sub(LOWEST) as usize)
    }
}

/// Hundredths of a degree.
const LOWEST: u32 = 1501;
