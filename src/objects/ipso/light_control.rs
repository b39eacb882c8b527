//! Object 3311, Light Control.

use heapless::String;

use crate::objects::ipso::ApplicationType;
use crate::objects::typed::Ranged;

crate::object! {
    /// A light that a server switches and dims.
    ///
    /// The application does what the fields say when the server has written them. What the light
    /// cannot do stays `None`, until a server writes it all the same.
    ///
    /// ```
    /// use client_lite::objects::ipso::LightControl;
    ///
    /// let mut light = LightControl::new();
    /// // After each of the client's inputs:
    /// if light.take_written() {
    ///     // switch the lamp by light.on
    /// }
    /// ```
    #[derive(Clone, Debug, Default)]
    pub struct LightControl: 3311, written note_written {
        /// Whether the light is on.
        5850: on: bool [RW, mandatory],
        /// The brightness, in percent.
        5851: dimmer: Option<Ranged<0, 100>> [RW],
        /// For how many seconds the light has been on; the server writes 0 to start again. The
        /// application counts.
        5852: on_time: Option<i64> [RW],
        /// The energy that the light has taken, in watt hours.
        5805: cumulative_active_power: Option<f64> [R],
        /// The power factor.
        5820: power_factor: Option<f64> [R],
        /// The colour, in the units of 5701.
        5706: colour: Option<String<32>> [RW],
        /// The unit of the colour.
        5701: units: Option<&'static str> [R],
        /// What it is used for.
        5750: application_type: Option<ApplicationType> [RW],
        _: written: bool,
    }
}

impl LightControl {
    /// A light that is off.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a server has written since this was called before.
    pub fn take_written(&mut self) -> bool {
        core::mem::take(&mut self.written)
    }

    fn note_written(&mut self, _: u16) {
        self.written = true;
    }
}
