//! Object 3342, On/Off Switch.

use crate::objects::ipso::{ApplicationType, take_state};
use crate::objects::typed::Time;

crate::object! {
    /// A switch that stays on or off.
    #[derive(Clone, Debug, Default)]
    pub struct Switch: 3342, version (1, 1) {
        /// Whether the switch is on; [`set`](Self::set) sets it.
        5500: state: bool [R, mandatory],
        /// How often it was switched on.
        5501: counter: i64 [R],
        /// For how many seconds it has been on; the server writes 0 to start again. The application
        /// counts.
        5852: on_time: Option<i64> [RW],
        /// For how many seconds it has been off; the server writes 0 to start again. The
        /// application counts.
        5854: off_time: Option<i64> [RW],
        /// What it is used for.
        5750: application_type: Option<ApplicationType> [RW],
        /// When the state was seen.
        5518: timestamp: Option<Time> [R],
        /// The fraction of a second that is missing in the timestamp.
        6050: fractional_timestamp: Option<f64> [R],
    }
}

impl Switch {
    /// A switch that is off.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the state; whether it is another than before.
    pub fn set(&mut self, state: bool) -> bool {
        take_state(&mut self.state, &mut self.counter, state)
    }
}
