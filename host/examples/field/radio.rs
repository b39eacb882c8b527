//! What the device's radio does.

use client_lite::{Duration, Instant};

/// Is switched on by a message, and off when none has come or gone for a while.
pub struct Radio {
    awake: Duration,
    off_at: Instant,
    used: Used,
}

/// All from the start.
#[derive(Clone, Copy, Default)]
pub struct Used {
    /// How often it was switched on.
    pub bursts: u32,
    /// Milliseconds.
    pub awake: u64,
    pub datagrams: u32,
    /// UDP's payload, DTLS included.
    pub bytes: u64,
}

impl Radio {
    pub fn new(awake: Duration) -> Self {
        Self {
            awake,
            off_at: Instant::default(),
            used: Used::default(),
        }
    }

    pub fn is_on(&self, now: Instant) -> bool {
        now < self.off_at
    }

    /// A datagram comes or goes.
    pub fn carries(&mut self, now: Instant, bytes: usize) {
        let off_at = now + self.awake;
        if !self.is_on(now) {
            self.used.bursts += 1;
        }
        // What it would have listened for anyway counts once.
        let listened = self.off_at.max(now);
        self.used.awake += off_at.saturating_since(listened).as_millis();
        self.off_at = off_at;
        self.used.datagrams += 1;
        self.used.bytes += bytes as u64;
    }

    pub fn used(&self) -> Used {
        self.used
    }
}

impl Used {
    /// With the headers of IPv4 and UDP.
    pub fn bytes_with_headers(&self) -> u64 {
        self.bytes + u64::from(self.datagrams) * 28
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_lasts_until_nothing_has_come_for_a_while() {
        let mut radio = Radio::new(Duration::from_secs(5));
        for milliseconds in [1000, 3000, 60_000] {
            radio.carries(Instant::from_millis(milliseconds), 10);
        }
        let used = radio.used();
        assert_eq!((used.bursts, used.awake), (2, 7000 + 5000));
        assert_eq!((used.bytes, used.bytes_with_headers()), (30, 30 + 3 * 28));
        assert!(radio.is_on(Instant::from_millis(64_999)));
        assert!(!radio.is_on(Instant::from_millis(65_000)));
    }
}
