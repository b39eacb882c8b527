//! The clients' clock.

use std::time::{Duration, Instant};

/// Milliseconds since its start.
#[derive(Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now(self) -> client_lite::Instant {
        to_millis(self.0.elapsed())
    }

    /// The system's time of one of this clock, where it has one so late.
    pub(crate) fn at(self, instant: client_lite::Instant) -> Option<Instant> {
        let since = Duration::from_millis(instant.as_millis());
        self.0.checked_add(since)
    }

    /// The first time of this clock that is not before the system's.
    pub(crate) fn not_before(self, instant: Instant) -> client_lite::Instant {
        let rounding = Duration::from_nanos(999_999);
        to_millis(instant.saturating_duration_since(self.0) + rounding)
    }
}

fn to_millis(since: Duration) -> client_lite::Instant {
    let milliseconds = since.as_millis();
    client_lite::Instant::from_millis(milliseconds.try_into().unwrap_or(u64::MAX))
}
