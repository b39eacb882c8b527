//! The one source of randomness of a test: SplitMix64, from the seed that a failing test prints.

use client_lite::Duration;

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        (self.next() >> 11) as f64 / ((1_u64 << 53) as f64) < probability
    }

    /// From 0 up to, not including, `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// From `low` to `high`.
    pub fn between(&mut self, low: Duration, high: Duration) -> Duration {
        low + Duration::from_millis(self.below(high.saturating_sub(low).as_millis() + 1))
    }

    /// The entropy that a client starts from.
    pub fn entropy(&mut self) -> [u32; 4] {
        [(); 4].map(|()| self.next() as u32)
    }
}
