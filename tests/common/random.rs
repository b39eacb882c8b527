//! The one source of randomness of a test, from the seed that a failing test prints.

use client_lite::Duration;

pub struct Random(fastrand::Rng);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub fn next(&mut self) -> u64 {
        self.0.u64(..)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// From 0 up to, not including, `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0.u64(..limit.max(1))
    }

    /// From `low` to `high`.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        low + Duration::from_millis(self.below(high.saturating_sub(low).as_millis() + 1))
    }

    /// The entropy that a client starts from.
    pub fn entropy(&mut self) -> [u32; 4] {
        [(); 4].map(|()| self.0.u32(..))
    }
}
