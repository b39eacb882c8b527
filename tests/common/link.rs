//! The network: it delays, loses, reorders and repeats datagrams.

use std::collections::BTreeMap;

use client_lite::{Duration, Instant};

use super::wire::{Datagram, Direction, Wire};
use super::{Random, millis, seconds};

/// How datagrams fare, in both directions.
pub struct Link {
    /// The shortest and the longest way.
    pub latency: (Duration, Duration),
    /// How likely a datagram is lost.
    pub loss: f64,
    /// How likely it comes twice.
    pub duplication: f64,
    /// How likely it is late by up to [`late`](Self::late), so that others overtake it.
    pub reordering: f64,
    pub late: Duration,
    /// A datagram for which this is true is lost, whatever the dice say.
    pub drops: Option<Drops>,
    /// The server is silent to the associations with ports up to this one.
    pub silent_up_to: u16,
    travelling: BTreeMap<(Instant, u64), Travelling>,
    count: u64,
}

/// Which datagrams a [`Link`] drops.
type Drops = Box<dyn FnMut(Direction, &[u8]) -> bool>;

pub(super) struct Travelling {
    pub(super) direction: Direction,
    /// The device's port, where the datagram comes from or goes to.
    pub(super) port: u16,
    pub(super) bytes: Vec<u8>,
}

impl Link {
    /// 20 ms, and all arrives.
    pub fn ideal() -> Self {
        Self {
            latency: (millis(20), millis(20)),
            loss: 0.0,
            duplication: 0.0,
            reordering: 0.0,
            late: seconds(10),
            drops: None,
            silent_up_to: 0,
            travelling: BTreeMap::new(),
            count: 0,
        }
    }

    /// A third is lost, some comes late or twice.
    pub fn poor() -> Self {
        Self {
            latency: (millis(20), millis(900)),
            loss: 0.3,
            duplication: 0.1,
            reordering: 0.1,
            ..Self::ideal()
        }
    }

    /// Nothing arrives.
    pub fn cut(&mut self) {
        self.loss = 1.0;
    }

    /// Everything arrives.
    pub fn mend(&mut self) {
        self.loss = 0.0;
        self.drops = None;
    }

    pub(super) fn carry(
        &mut self,
        now: Instant,
        direction: Direction,
        port: u16,
        bytes: Vec<u8>,
        random: &mut Random,
        wire: &mut Wire,
    ) {
        let dropped = self
            .drops
            .as_mut()
            .is_some_and(|drops| drops(direction, &bytes));
        let dropped = dropped || port <= self.silent_up_to;
        let copies = match random.chance(self.loss) || dropped {
            true => 0,
            false if random.chance(self.duplication) => 2,
            false => 1,
        };
        let mut arrives: Option<Instant> = None;
        for _ in 0..copies {
            let mut way = random.between(self.latency.0, self.latency.1);
            if random.chance(self.reordering) {
                way = way + random.between(Duration::ZERO, self.late);
            }
            let at = now + way;
            arrives = Some(arrives.map_or(at, |first| first.min(at)));
            self.count += 1;
            self.travelling.insert(
                (at, self.count),
                Travelling {
                    direction,
                    port,
                    bytes: bytes.clone(),
                },
            );
        }
        wire.datagrams.push(Datagram {
            at: now,
            direction,
            bytes,
            arrives,
        });
    }

    pub(super) fn next_arrival(&self) -> Option<Instant> {
        self.travelling.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn arrived(&mut self, now: Instant) -> Option<Travelling> {
        let entry = self
            .travelling
            .first_entry()
            .filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }
}
