//! The wait before another attempt: doubled at each failure, drawn at random each time, capped,
//! and without an end.

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

    /// The range of the wait after so many failures before.
    pub(crate) fn range(&self, failures: u32) -> (Duration, Duration) {
        let factor = self.factor.into();
        let (mut low, mut high) = (self.min, self.max);
        // From 1 ms to the longest duration there are 32 doublings.
        for _ in 0..failures.min(32) {
            low = low.saturating_mul(factor);
            high = high.saturating_mul(factor);
            if high >= self.cap {
                return (self.cap.half(), self.cap);
            }
        }
        (low, high)
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

/// The waits that the server has set (/1/x/17 to 20; LwM2M Core 1.1, 6.2.1.2): sequences of attempts
/// whose waits double, with a longer wait between one sequence and the next.
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

impl Schedule {
    /// The range of the wait after so many failures: from what the server says to half as much
    /// again. Where all sequences have failed, it is the configured limit's, without an end.
    pub(crate) fn range(&self, failures: u32, limits: &BackOff) -> (Duration, Duration) {
        let Some(seconds) = self.wait(failures) else {
            return (limits.cap.half(), limits.cap);
        };
        let low = Duration::from_secs(seconds).min(LONGEST_SCHEDULED);
        (low, low + low.half())
    }

    /// Whether the last sequence has failed after so many failures.
    pub(crate) fn has_ended(&self, failures: u32) -> bool {
        self.wait(failures).is_none()
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

/// What leaves room for the half more within [`Duration`].
const LONGEST_SCHEDULED: Duration = Duration::from_secs(32 * 24 * 3600);
