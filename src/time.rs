//! Points and spans of time in milliseconds, with arithmetic that cannot overflow, and a time line
//! that never runs backwards.

use core::ops::{Add, Sub};

/// A point in time: milliseconds since an arbitrary start, the same for all calls to one client.
///
/// The client never reads a clock; every call that needs the time takes it as an argument.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Instant(u64);

impl Instant {
    /// The point `milliseconds` after the start.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the start.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This point `duration` later. Monotonic time is so far from its end that a sum of spans needs
    /// no check; one at each deadline would cost 200 bytes of flash.
    pub(crate) const fn after(self, duration: Duration) -> Self {
        self.after_millis(duration.0 as u64)
    }

    pub(crate) const fn after_millis(self, milliseconds: u64) -> Self {
        Self(self.0.wrapping_add(milliseconds))
    }

    /// The time from `earlier` to this point; zero where `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0.into()))
    }
}

impl Sub<Duration> for Instant {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.0.into()))
    }
}

/// The earlier of two points, where there are two.
#[inline(always)]
pub(crate) fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A span of time of up to 49 days, in milliseconds. Arithmetic stays at the limits.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Duration(u32);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The longest span, a little over 49 days.
    pub const MAX: Self = Self(u32::MAX);

    /// A span of `milliseconds`, at most [`Duration::MAX`].
    pub const fn from_millis(milliseconds: u64) -> Self {
        if milliseconds < u32::MAX as u64 {
            Self(milliseconds as u32)
        } else {
            Self::MAX
        }
    }

    /// A span of `seconds`, at most [`Duration::MAX`].
    pub const fn from_secs(seconds: u32) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The span in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0 as u64
    }

    /// This span less `other`; zero where `other` is longer.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This span `factor` times.
    pub const fn saturating_mul(self, factor: u32) -> Self {
        Self(self.0.saturating_mul(factor))
    }

    /// Half of this span.
    pub const fn half(self) -> Self {
        Self(self.0 / 2)
    }
}

impl Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// A point in time to the second, more or less: in units of 1.024 s, in half the memory.
#[derive(Clone, Copy)]
pub(crate) struct Second(u32);

impl Second {
    /// The units of a day.
    pub(crate) const DAY: u32 = 86_400_000 >> 10;

    pub(crate) fn of(instant: Instant) -> Self {
        Self((instant.0 >> 10) as u32)
    }

    /// The point so many units before.
    pub(crate) fn earlier(self, units: u32) -> Self {
        Self(self.0.wrapping_sub(units))
    }

    /// How many units have passed since an earlier point.
    pub(crate) fn since(self, earlier: Self) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }
}

/// The caller's time made monotonic: a step backwards counts as no time passed, and everything that
/// was scheduled keeps its distance from it.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    caller: Instant,
    now: Instant,
}

impl Timeline {
    /// Takes the caller's time and gives the monotonic one.
    pub(crate) fn advance(&mut self, caller: Instant) -> Instant {
        // Steps of at most 69 years, so that the monotonic time does not come to its own end, and
        // coarse time does not go round.
        let step = caller.0.saturating_sub(self.caller.0).min(1 << 41);
        self.caller = caller;
        self.now = self.now.after_millis(step);
        self.now
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// A monotonic point as the caller's clock shows it; `None` where it never does.
    #[inline(never)]
    pub(crate) fn for_caller(&self, monotonic: Instant) -> Option<Instant> {
        let shown = if monotonic >= self.now {
            self.caller.0.checked_add(monotonic.0 - self.now.0)?
        } else {
            self.caller.0.saturating_sub(self.now.0 - monotonic.0)
        };
        Some(Instant(shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_backwards_is_no_time_passed() {
        let mut line = Timeline::default();
        let before = line.advance(Instant::from_millis(10_000));
        let after = line.advance(Instant::from_millis(4_000));
        assert_eq!(before, after);
        let deadline = after + Duration::from_millis(500);
        assert_eq!(line.for_caller(deadline), Some(Instant::from_millis(4_500)));
        assert_eq!(line.advance(Instant::from_millis(4_500)), deadline);
    }

    #[test]
    fn the_end_of_time_is_not_an_overflow() {
        let mut line = Timeline::default();
        for _ in 0..1000 {
            let end = line.advance(Instant::from_millis(u64::MAX));
            assert!(end + Duration::MAX > end);
            line.advance(Instant::from_millis(0));
        }
        let end = line.advance(Instant::from_millis(u64::MAX));
        assert_eq!(line.for_caller(end), Some(Instant::from_millis(u64::MAX)));
        assert_eq!(line.for_caller(end + Duration::from_secs(1)), None);
        assert_eq!(Duration::from_secs(u32::MAX), Duration::MAX);
        assert_eq!(Duration::from_millis(u64::MAX), Duration::MAX);
    }
}
