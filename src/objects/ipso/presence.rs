//! Object 3302, Presence.

use crate::error::Refusal;
use crate::objects::ipso::{ApplicationType, Quality, QualityLevel, take_state};
use crate::objects::typed::{Ranged, Time};

crate::object! {
    /// Whether somebody is there, and how often somebody came.
    #[derive(Clone, Debug, Default)]
    pub struct Presence: 3302, version (1, 1) {
        /// Whether somebody is there; [`set`](Self::set) sets it.
        5500: state: bool [R, mandatory],
        /// How often somebody came.
        5501: counter: i64 [R],
        5505: reset_counter [E],
        /// The kind of sensor.
        5751: sensor_type: Option<&'static str> [R],
        /// How long nobody must be seen until the state is off, in milliseconds. The application
        /// heeds it.
        5903: busy_to_clear_delay: Option<Ranged<0, { i32::MAX }>> [RW],
        /// How long somebody must be seen until the state is on, in milliseconds. The application
        /// heeds it.
        5904: clear_to_busy_delay: Option<Ranged<0, { i32::MAX }>> [RW],
        /// What it is used for.
        5750: application_type: Option<ApplicationType> [RW],
        /// When the state was seen.
        5518: timestamp: Option<Time> [R],
        /// The fraction of a second that is missing in the timestamp.
        6050: fractional_timestamp: Option<f64> [R],
        /// How good the state is.
        6042: quality: Option<Quality> [R],
        /// How good the state is, in percent.
        6049: quality_level: Option<QualityLevel> [R],
        _: reset: bool,
    }
}

impl Presence {
    /// Nobody is there.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the state. Whether there is something new for the server, which includes its own reset
    /// of the counter.
    pub fn set(&mut self, state: bool) -> bool {
        let changed = take_state(&mut self.state, &mut self.counter, state);
        core::mem::take(&mut self.reset) || changed
    }

    fn reset_counter(&mut self, _: &[u8]) -> Result<(), Refusal> {
        self.counter = 0;
        self.reset = true;
        Ok(())
    }
}
