//! What happens to a device, whichever it is.

use std::ops::Range;

use client_lite::{Duration, Instant};

#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub days: u32,
    /// How long the radio listens after a message.
    pub awake: Duration,
    /// How likely a datagram is lost.
    pub loss: f64,
    /// How long an application waits with a client that has given up.
    pub restart: Duration,
    pub seed: u64,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            days: 30,
            awake: Duration::from_secs(93),
            loss: 0.01,
            restart: Duration::from_secs(3600),
            seed: 1,
        }
    }
}

impl Scenario {
    pub fn end(&self) -> Instant {
        days(self.days.into())
    }

    /// When nothing arrives, on either side, and nobody is told: a day, after a third of the time.
    pub fn outage(&self) -> Range<Instant> {
        let start = days((self.days / 3).into()) + Duration::from_secs(5 * 3600 + 1200);
        start..start + Duration::from_secs(DAY)
    }

    /// When the device loses its power for a moment: each week, between two values.
    pub fn reboots(&self) -> impl Iterator<Item = Instant> {
        let weeks = u64::from(self.days / 7);
        let times = (1..=weeks).map(|week| days(7 * week) + Duration::from_secs(1800));
        let end = self.end();
        times.filter(move |at| *at < end)
    }
}

fn days(count: u64) -> Instant {
    Instant::from_millis(count * u64::from(DAY) * 1000)
}

/// Seconds.
pub const DAY: u32 = 86_400;

/// Seconds that a registration lasts without an Update.
pub const LIFETIME: u32 = DAY;

/// From one value to the next.
pub const MEASURE_EVERY: Duration = Duration::from_secs(3600);

pub const ENDPOINT: &str = "field-device";
