//! What the devices of a fleet run.

use std::ops::Range;

use client_lite::{BackOff, Duration, Instant};
use fastrand::Rng;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::advice;
use crate::client::ClientLite;
use crate::course::Course;
use crate::peer::{Peer, Rules};
use crate::scenario::Scenario;
use crate::world;

pub enum Strategy {
    ClientLite(&'static str, BackOff),
    Peer(Rules),
}

impl Strategy {
    pub fn all(scenario: &Scenario) -> Vec<Self> {
        let defaults = BackOff::default();
        let mut all = vec![
            Self::ClientLite(DEFAULTS, defaults),
            Self::ClientLite(
                "this client, longest wait 10 min",
                BackOff {
                    cap: Duration::from_secs(600),
                    ..defaults
                },
            ),
            Self::ClientLite(
                "this client, first wait up to 10 min",
                BackOff {
                    max: Duration::from_secs(600),
                    ..defaults
                },
            ),
        ];
        if let Some(capacity) = scenario.server.capacity {
            let back_off = advice::back_off(scenario.devices, capacity);
            all.push(Self::ClientLite(ADVISED, back_off));
        }
        all.extend([Rules::Zephyr, Rules::AnjayLite, Rules::Fixed].map(Self::Peer));
        all
    }

    pub fn name(&self, scenario: &Scenario) -> String {
        match self {
            Self::ClientLite(name, _) => (*name).to_owned(),
            Self::Peer(Rules::Zephyr) => "Zephyr's engine".to_owned(),
            Self::Peer(Rules::AnjayLite) => "Anjay Lite".to_owned(),
            Self::Peer(Rules::Fixed) => {
                format!("a fixed wait of {} s", scenario.fixed.as_millis() / 1000)
            }
        }
    }

    /// Goes through the scenario. Without a capacity no device is in another's way, and some are taken
    /// after the others, so that they do not have to be in memory at once.
    pub fn run(&self, scenario: &Scenario) -> Course {
        let parts: Vec<_> = match scenario.server.capacity {
            Some(_) => std::iter::once(0..scenario.devices).collect(),
            None => world::shards(0..scenario.devices).collect(),
        };
        let bar = self.progress(scenario, parts.len());
        let courses = parts
            .into_par_iter()
            .map(|numbers| self.run_some(scenario, numbers, || bar.inc(1)));
        let course = courses.reduce(|| Course::new(scenario), |one, other| one.merge(&other));
        bar.finish_and_clear();
        course
    }

    fn run_some(
        &self,
        scenario: &Scenario,
        numbers: Range<u32>,
        passed: impl Fn() + Sync,
    ) -> Course {
        let starts = numbers.clone().map(|number| start(scenario, number));
        match *self {
            Self::ClientLite(_, back_off) => {
                let memories = numbers.clone().map(|_| ClientLite::memory());
                let mut memories: Vec<_> = memories.collect();
                let devices = memories
                    .iter_mut()
                    .zip(starts)
                    .map(|(memory, (at, mut random))| {
                        ClientLite::new(scenario, back_off, memory, at, &mut random)
                    });
                world::run(scenario, numbers, devices, passed)
            }
            Self::Peer(rules) => {
                let devices =
                    starts.map(|(at, mut random)| Peer::new(scenario, rules, at, &mut random));
                world::run(scenario, numbers, devices, passed)
            }
        }
    }

    /// To standard error, where that is a terminal.
    fn progress(&self, scenario: &Scenario, parts: usize) -> ProgressBar {
        let style = ProgressStyle::with_template("{msg:38} {bar:40} {percent:>3} %  {eta} left");
        let bar = ProgressBar::new(u64::from(scenario.end()) * parts as u64);
        bar.set_message(self.name(scenario));
        match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }
}

/// When a device begins to register, and its chance. Both are the same for each strategy.
fn start(scenario: &Scenario, number: u32) -> (Instant, Rng) {
    let mut random = Rng::with_seed(scenario.seed.rotate_left(32) ^ u64::from(number));
    let milliseconds = random.u64(..scenario.last_start().as_millis());
    (Instant::from_millis(milliseconds), random)
}

pub const DEFAULTS: &str = "this client";
pub const ADVISED: &str = "this client, as advised";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Notice, Refusal, ServerSettings};

    #[test]
    fn all_devices_are_registered_in_the_end() {
        for (notice, capacity, forgets) in [
            (Notice::AtOnce, None, false),
            (Notice::AtOnce, Some(2), false),
            (Notice::Updates, None, true),
        ] {
            let scenario = Scenario {
                devices: 50,
                notice,
                outage: 900,
                lifetime: 3600,
                server: ServerSettings {
                    capacity,
                    refusal: Refusal::Silence,
                    forgets,
                },
                watch: 6 * 3600,
                ..Scenario::default()
            };
            for strategy in Strategy::all(&scenario) {
                let course = strategy.run(&scenario);
                let last = course.seconds().last().expect("a second");
                assert_eq!(
                    last.registered,
                    scenario.devices,
                    "{} {notice:?}",
                    strategy.name(&scenario)
                );
            }
        }
    }
}
