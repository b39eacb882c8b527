//! Randomness for message ids, tokens, retransmission and back-off: the xoshiro128++ generator
//! (Blackman and Vigna, 2018), which needs 32-bit operations only.

use crate::time::Duration;

/// A generator that starts from the caller's entropy.
///
/// The numbers keep a fleet from acting in step and an off-path attacker from guessing tokens. They
/// are no secret to someone who reads the traffic, and no key is made from them.
pub(crate) struct Random([u32; 4]);

impl Random {
    pub(crate) fn new(seed: [u32; 4]) -> Self {
        // The one state that the generator never leaves.
        let [a, b, c, d] = seed;
        Self(if a | b | c | d == 0 {
            [1, 2, 3, 4]
        } else {
            seed
        })
    }

    pub(crate) fn next(&mut self) -> u32 {
        let [a, b, c, d] = &mut self.0;
        let result = a.wrapping_add(*d).rotate_left(7).wrapping_add(*a);
        let shifted = *b << 9;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(11);
        result
    }

    /// A span from `low` to `high`, evenly.
    pub(crate) fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let width = high.saturating_sub(low).as_millis();
        low + Duration::from_millis((u64::from(self.next()) * width) >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference implementation's first numbers for the state 1, 2, 3, 4.
    #[test]
    fn follows_the_reference() {
        let mut random = Random::new([1, 2, 3, 4]);
        let first = [random.next(), random.next(), random.next(), random.next()];
        assert_eq!(first, [641, 1_573_767, 3_222_811_527, 3_517_856_514]);
    }

    #[test]
    fn an_empty_seed_still_gives_numbers() {
        let mut random = Random::new([0; 4]);
        assert_ne!(random.next(), random.next());
    }
}
