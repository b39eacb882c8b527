//! IPSO objects of the OMA registry: sensors, inputs and lights.
//!
//! Each has the resources of its version in the registry. What is optional is a field of type
//! `Option`, absent for the server while it is `None`. The application hands a measured value to
//! `set`, which keeps what follows from it, such as the greatest value, and tells whether the
//! server's view has changed:
//!
//! ```
//! use client_lite::objects::ipso::Temperature;
//!
//! let mut temperature = Temperature::new("Cel", 21.5);
//! temperature.min_range = Some(-40.0);
//! temperature.max_range = Some(85.0);
//! if temperature.set(22.0) {
//!     // client.changed(now, Path::instance(3303, 0), &mut objects)
//! }
//! assert_eq!(temperature.max_measured, 22.0);
//! ```
//!
//! [`Instances`](crate::objects::Instances) has several of a kind.

mod digital_input;
mod light_control;
mod location;
mod presence;
mod push_button;
mod sensor;
mod switch;
mod three_axes;

use heapless::String;

use crate::objects::typed::Ranged;

pub use digital_input::DigitalInput;
pub use light_control::LightControl;
pub use location::Location;
pub use presence::Presence;
pub use push_button::PushButton;
pub use sensor::{
    Barometer, Concentration, Distance, Humidity, Illuminance, Pressure, Temperature, Voltage,
};
pub use switch::Switch;
pub use three_axes::{Accelerometer, Magnetometer};

/// What a sensor or actuator is used for, in a server's words: up to 24 bytes.
pub type ApplicationType = String<24>;

/// How good a measured value is: 0 unchecked, 1 rejected, 2 probably wrong, 3 suspicious, 4
/// accepted; 16 to 23 are the vendor's.
pub type Quality = Ranged<0, 23>;

/// How good a measured value is, in percent.
pub type QualityLevel = Ranged<0, 100>;

/// Takes a state, and counts how often it was switched on; whether it is another than before.
fn take_state(state: &mut bool, counter: &mut i64, new: bool) -> bool {
    let changed = core::mem::replace(state, new) != new;
    if changed && new {
        *counter = counter.saturating_add(1);
    }
    changed
}
