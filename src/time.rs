//! Points and spans of time in milliseconds, with arithmetic that cannot overflow, and a time line
//! that never runs backwards.

use core::ops::Add;

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

    /// The time from `earlier` to this point; zero where `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// Stays at the last representable point instead of overflowing.
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.0))
    }
}

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Duration(u64);

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `milliseconds`.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// A span of `seconds`.
    pub const fn from_secs(seconds: u32) -> Self {
        Self(seconds as u64 * 1000)
    }

    /// The span in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This span less `other`; zero where `other` is longer.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This span `factor` times; stays at the longest representable span.
    pub const fn saturating_mul(self, factor: u32) -> Self {
        Self(self.0.saturating_mul(factor as u64))
    }

    /// Half of this span.
    pub const fn half(self) -> Self {
        Self(self.0 / 2)
    }
}

impl Add for Duration {
    type Output = Self;

    /// Stays at the longest representable span instead of overflowing.
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// The caller's time made monotonic: a step backwards counts as no time passed, and everything that
/// was scheduled keeps its distance from it.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    caller: Instant,
    behind: u64,
}

impl Timeline {
    /// Takes the caller's time and gives the monotonic one.
    pub(crate) fn advance(&mut self, caller: Instant) -> Instant {
        self.behind += self.caller.saturating_since(caller).0;
        self.caller = caller;
        self.now()
    }

    pub(crate) fn now(&self) -> Instant {
        Instant(self.caller.0.saturating_add(self.behind))
    }

    /// A monotonic point as the caller's clock will show it.
    pub(crate) fn for_caller(&self, monotonic: Instant) -> Instant {
        Instant(monotonic.0.saturating_sub(self.behind))
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
        assert_eq!(line.for_caller(deadline), Instant::from_millis(4_500));
        assert_eq!(line.advance(Instant::from_millis(4_500)), deadline);
    }

    #[test]
    fn the_end_of_time_is_not_an_overflow() {
        let end = Instant::from_millis(u64::MAX);
        assert_eq!(end + Duration::from_secs(1), end);
        assert_eq!(Duration::from_secs(u32::MAX).as_millis(), 4_294_967_295_000);
    }
}
