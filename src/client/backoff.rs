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
            #[cfg(feature = "server-object")]
            failures: 0,
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
    /// How many waits were drawn by a schedule.
    #[cfg(feature = "server-object")]
    failures: u32,
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

/// The waits that the server has set (/1/x/17 to 20; LwM2M Core 1.1, 6.2.1.2): sequences of attempts
/// whose waits double, with a longer wait between one sequence and the next.
#[cfg(feature = "server-object")]
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    /// How many attempts a sequence has, at least 1.
    pub(crate) attempts: u32,
    /// The first wait in a sequence, in seconds, at least 1.
    pub(crate) timer: u32,
    /// The wait between sequences in seconds, at least 1; `u32::MAX` where there is to be one
    /// sequence only.
    pub(crate) sequence_delay: u32,
    /// How many sequences there are, at least 1.
    pub(crate) sequences: u32,
}

#[cfg(feature = "server-object")]
impl Schedule {
    /// The range of the first wait.
    pub(crate) fn first(&self, limits: &BackOff) -> (Duration, Duration) {
        self.range(1, limits)
    }

    /// The range of the wait after so many failures: from what the server says to half as much
    /// again. Where all sequences have failed, it is the configured limit's, without an end.
    fn range(&self, failures: u32, limits: &BackOff) -> (Duration, Duration) {
        let Some(seconds) = self.wait(failures) else {
            return (limits.cap.half(), limits.cap);
        };
        let low = Duration::from_secs(seconds).min(LONGEST_SCHEDULED);
        (low, low + low.half())
    }

    /// In seconds; `None` after the last sequence.
    fn wait(&self, failures: u32) -> Option<u32> {
        let attempts = self.attempts.max(1);
        let (sequence, attempt) = (failures / attempts, failures % attempts);
        let goes_on = match self.sequence_delay {
            u32::MAX => sequence == 0,
            _ => sequence < self.sequences,
        };
        let wait = match attempt.checked_sub(1) {
            Some(doublings) => {
                let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
                self.timer.saturating_mul(factor)
            }
            None => self.sequence_delay,
        };
        goes_on.then_some(wait)
    }
}

#[cfg(feature = "server-object")]
impl Step {
    /// Draws a wait by the server's schedule and moves on to the next.
    pub(crate) fn draw_scheduled(
        &mut self,
        schedule: &Schedule,
        limits: &BackOff,
        random: &mut Random,
    ) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let (low, high) = schedule.range(self.failures, limits);
        random.between(low, high)
    }

    /// Whether the last sequence has failed.
    #[cfg(feature = "access-control")]
    pub(crate) fn has_ended(&self, schedule: &Schedule) -> bool {
        schedule.wait(self.failures).is_none()
    }

    /// Whether one more failure is that of the last sequence.
    #[cfg(feature = "bootstrap")]
    pub(crate) fn ends(&self, schedule: &Schedule) -> bool {
        schedule.wait(self.failures.saturating_add(1)).is_none()
    }
}

/// What leaves room for the half more within [`Duration`].
#[cfg(feature = "server-object")]
const LONGEST_SCHEDULED: Duration = Duration::from_secs(32 * 24 * 3600);
