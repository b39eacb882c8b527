//! Object 3347, Push Button.

use crate::objects::ipso::{ApplicationType, take_state};
use crate::objects::typed::Time;

crate::object! {
    /// A button that is on while it is pressed.
    #[derive(Clone, Debug, Default)]
    pub struct PushButton: 3347, version (1, 1) {
        /// Whether the button is pressed; [`set`](Self::set) sets it.
        5500: state: bool [R, mandatory],
        /// How often it was pressed.
        5501: counter: i64 [R],
        /// What it is used for.
        5750: application_type: Option<ApplicationType> [RW],
        /// When the state was seen.
        5518: timestamp: Option<Time> [R],
        /// The fraction of a second that is missing in the timestamp.
        6050: fractional_timestamp: Option<f64> [R],
    }
}

impl PushButton {
    /// A button that is not pressed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the state; whether it is another than before.
    pub fn set(&mut self, pressed: bool) -> bool {
        take_state(&mut self.state, &mut self.counter, pressed)
    }
}
