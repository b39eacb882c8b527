//! The sensors that measure along three axes.

use crate::objects::ipso::{ApplicationType, Quality, QualityLevel};
use crate::objects::typed::Time;

macro_rules! sensors {
    ($(
        $(#[$attribute:meta])*
        $name:ident: $id:literal {
            $($(#[$about:meta])* $resource:literal: $field:ident,)*
        }
    )*) => {$(
        crate::object! {
            $(#[$attribute])*
            ///
            /// With fewer axes `y` and `z` are `None`, and the application sets the fields.
            #[derive(Clone, Debug)]
            pub struct $name: $id, version (1, 1) {
                /// Along the x axis.
                5702: x: f64 [R, mandatory],
                /// Along the y axis.
                5703: y: Option<f64> [R],
                /// Along the z axis.
                5704: z: Option<f64> [R],
                /// The unit of all values, as SenML writes it (RFC 8428, 12.1).
                5701: units: &'static str [R],
                $(
                    $(#[$about])*
                    $resource: $field: Option<f64> [R],
                )*
                /// What it is used for.
                5750: application_type: Option<ApplicationType> [RW],
                /// When the values were measured.
                5518: timestamp: Option<Time> [R],
                /// The fraction of a second that is missing in the timestamp.
                6050: fractional_timestamp: Option<f64> [R],
                /// How good the values are.
                6042: quality: Option<Quality> [R],
                /// How good the values are, in percent.
                6049: quality_level: Option<QualityLevel> [R],
            }
        }

        impl $name {
            /// A sensor of three axes, with the unit of its values and its first values.
            pub const fn new(units: &'static str, [x, y, z]: [f64; 3]) -> Self {
                Self {
                    x,
                    y: Some(y),
                    z: Some(z),
                    units,
                    $($field: None,)*
                    application_type: None,
                    timestamp: None,
                    fractional_timestamp: None,
                    quality: None,
                    quality_level: None,
                }
            }

            /// Takes new values for x, y and z; whether one of them is another than before.
            pub fn set(&mut self, [x, y, z]: [f64; 3]) -> bool {
                let before = (self.x, self.y, self.z);
                (self.x, self.y, self.z) = (x, Some(y), Some(z));
                (self.x, self.y, self.z) != before
            }
        }
    )*};
}

sensors! {
    /// Acceleration along up to three axes, such as in `m/s2`.
    Accelerometer: 3313 {
        /// The least value that can be measured.
        5603: min_range,
        /// The greatest value that can be measured.
        5604: max_range,
    }

    /// The magnetic field along up to three axes, such as in `T`.
    Magnetometer: 3314 {
        /// Where the device points to, in degrees from 0 to 360.
        5705: compass_direction,
    }
}
