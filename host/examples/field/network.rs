//! The network between device and server: it takes its time, loses datagrams, and has an outage.

use std::collections::BTreeMap;

use client_lite::driver::Direction;
use client_lite::{Duration, Instant};
use fastrand::Rng;

use crate::channel::Datagram;
use crate::scenario::Scenario;

pub struct Network<'s> {
    scenario: &'s Scenario,
    travelling: BTreeMap<(Instant, u64), Travelling>,
    count: u64,
    random: Rng,
}

pub struct Travelling {
    pub direction: Direction,
    /// The device's.
    pub port: u16,
    pub datagram: Datagram,
}

impl<'s> Network<'s> {
    pub fn new(scenario: &'s Scenario, random: Rng) -> Self {
        Self {
            scenario,
            travelling: BTreeMap::new(),
            count: 0,
            random,
        }
    }

    pub fn carry(&mut self, now: Instant, travelling: Travelling) {
        let is_lost = self.random.f64() < self.scenario.loss;
        let way = self.random.u64(SHORTEST_WAY..LONGEST_WAY);
        if is_lost || self.scenario.outage().contains(&now) {
            return;
        }
        self.count += 1;
        let at = now + Duration::from_millis(way);
        self.travelling.insert((at, self.count), travelling);
    }

    pub fn next_arrival(&self) -> Option<Instant> {
        self.travelling.first_key_value().map(|((at, _), _)| *at)
    }

    pub fn arrived(&mut self, now: Instant) -> Option<Travelling> {
        let first = self.travelling.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

/// Milliseconds one way, as over LTE-M.
const SHORTEST_WAY: u64 = 50;
const LONGEST_WAY: u64 = 300;
