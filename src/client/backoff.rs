//! The wait before another attempt: doubled at each failure, drawn at random at every step, capped,
//! and without an end.

use crate::random::Random;
use crate::time::Duration;

/// Limits of the wait between attempts.
///
/// The first wait is drawn evenly from `min` to `max`; after each further failure both limits grow
/// by `factor`, until the upper one reaches `cap`. From then on the wait is drawn from `cap` / 2 to
/// `cap`, so that a fleet stays spread out. A success starts again with the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BackOff {
    /// The shortest first wait. Default 2 s.
    pub min: Duration,
    /// The longest first wait. Default 10 s.
    pub max: Duration,
    /// The longest wait of all. Default 1 h.
    pub cap: Duration,
    /// The growth, at least 1. Default 2.
    pub factor: u8,
}

impl BackOff {
    pub(crate) fn is_sound(&self) -> bool {
        Duration::ZERO < self.min && self.min < self.max && self.max <= self.cap && self.factor > 0
    }

    /// The range of the first wait.
    pub(crate) fn first(&self) -> Step {
        Step {
            low: self.min,
            high: self.max,
        }
    }
}

impl Default for BackOff {
    fn default() -> Self {
        Self {
            min: Duration::from_secs(2),
            max: Duration::from_secs(10),
            cap: Duration::from_secs(3600),
            factor: 2,
        }
    }
}

/// The range of the next wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    low: Duration,
    high: Duration,
}

impl Step {
    /// Draws a wait and moves on to the next range.
    pub(crate) fn draw(&mut self, limits: &BackOff, random: &mut Random) -> Duration {
        let wait = random.between(self.low, self.high);
        self.low = self.low.saturating_mul(limits.factor.into());
        self.high = self.high.saturating_mul(limits.factor.into());
        if self.high >= limits.cap {
            self.high = limits.cap;
            self.low = limits.cap.half();
        }
        wait
    }
}
