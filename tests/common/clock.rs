//! Spans of time by name, and a device's clock that can be set.

use client_lite::{Duration, Instant};

pub const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub const fn seconds(count: u64) -> Duration {
    millis(count * 1000)
}

pub const fn minutes(count: u64) -> Duration {
    seconds(count * 60)
}

pub const fn hours(count: u64) -> Duration {
    minutes(count * 60)
}

pub const fn days(count: u64) -> Duration {
    hours(count * 24)
}

/// Any number of milliseconds later; a `Duration` has 49 days at most.
pub fn later(instant: Instant, milliseconds: u64) -> Instant {
    Instant::from_millis(instant.as_millis().saturating_add(milliseconds))
}

/// The world's time, this long after its start.
pub fn at(span: Duration) -> Instant {
    Instant::from_millis(0) + span
}

/// What the device takes for the time. It runs as fast as the world's and can be set to any value.
#[derive(Default)]
pub struct Clock {
    shown: Instant,
    at: Instant,
}

impl Clock {
    pub fn set(&mut self, now: Instant, shown: Instant) {
        *self = Self { shown, at: now };
    }

    /// It stops at the last point that there is.
    pub fn read(&self, now: Instant) -> Instant {
        later(self.shown, now.as_millis() - self.at.as_millis())
    }

    /// The world's time at which the clock shows `shown`; now where it has done so already.
    pub fn when(&self, now: Instant, shown: Instant) -> Instant {
        let wait = shown.as_millis().saturating_sub(self.read(now).as_millis());
        later(now, wait)
    }
}
