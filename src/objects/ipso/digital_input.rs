//! Object 3200, Digital Input.

use crate::error::Refusal;
use crate::objects::ipso::ApplicationType;
use crate::objects::typed::{Ranged, Time};

crate::object! {
    /// An input that is on or off, and how often it was on.
    ///
    /// A server may write the polarity, debounce and edge selection where they are used: give them
    /// a value first, so that it knows.
    #[derive(Clone, Debug, Default)]
    pub struct DigitalInput: 3200, version (1, 1) {
        /// Whether the input is on; [`set`](Self::set) sets it.
        5500: state: bool [R, mandatory],
        /// How many of the edges that count have been seen.
        5501: counter: i64 [R],
        /// Whether a low level means on.
        5502: reversed: Option<bool> [RW],
        /// How long a level must last to count, in milliseconds. The application heeds it.
        5503: debounce: Option<Ranged<0, { i32::MAX }>> [RW],
        /// Which edges count: 1 falling, 2 rising, 3 both; rising while it is absent.
        5504: edges: Option<Ranged<1, 3>> [RW],
        5505: reset_counter [E],
        /// What it is used for.
        5750: application_type: Option<ApplicationType> [RW],
        /// The kind of sensor.
        5751: sensor_type: Option<&'static str> [R],
        /// When the state was seen.
        5518: timestamp: Option<Time> [R],
        /// The fraction of a second that is missing in the timestamp.
        6050: fractional_timestamp: Option<f64> [R],
        _: reset: bool,
    }
}

impl DigitalInput {
    /// An input that is off.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the input's level. Whether there is something new for the server, which includes its
    /// own reset of the counter.
    pub fn set(&mut self, level: bool) -> bool {
        let state = level != self.reversed.unwrap_or(false);
        let edge = core::mem::replace(&mut self.state, state) != state;
        let edges = self.edges.map_or(RISING, Ranged::get);
        if edge && edges & (if state { RISING } else { FALLING }) != 0 {
            self.counter = self.counter.saturating_add(1);
        }
        core::mem::take(&mut self.reset) || edge
    }

    fn reset_counter(&mut self, _: &[u8]) -> Result<(), Refusal> {
        self.counter = 0;
        self.reset = true;
        Ok(())
    }
}

const FALLING: i32 = 1;
const RISING: i32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_that_count_are_counted() {
        for (edges, counted) in [(None, 2), (Ranged::new(1), 1), (Ranged::new(3), 3)] {
            let mut input = DigitalInput::new();
            input.edges = edges;
            let news = [true, true, false, true].map(|level| input.set(level));
            assert_eq!(news, [true, false, true, true]);
            assert_eq!(input.counter, counted, "{edges:?}");
        }
    }

    #[test]
    fn a_reversed_input_is_on_while_the_level_is_low() {
        let mut input = DigitalInput::new();
        input.reversed = Some(true);
        assert!(input.set(false));
        assert!(input.state);
        assert!(input.set(true));
        assert!(!input.state);
        assert_eq!(input.counter, 1);
    }
}
