//! The sensors that measure one value.

use crate::error::Refusal;
use crate::objects::ipso::{ApplicationType, Quality, QualityLevel};
use crate::objects::typed::Time;

macro_rules! sensors {
    (@none $calibration:literal) => { None };
    ($(
        $(#[$attribute:meta])*
        $name:ident: $id:literal $(, calibration $calibration:literal)?;
    )*) => {$(
        crate::object! {
            $(#[$attribute])*
            #[derive(Clone, Debug)]
            pub struct $name: $id, version (1, 1) {
                /// The value that was measured last; [`set`](Self::set) sets it.
                5700: value: f64 [R, mandatory],
                /// The unit of all values, as SenML writes it (RFC 8428, 12.1).
                5701: units: &'static str [R],
                /// The least value since start or reset.
                5601: min_measured: f64 [R],
                /// The greatest value since start or reset.
                5602: max_measured: f64 [R],
                /// The least value that can be measured.
                5603: min_range: Option<f64> [R],
                /// The greatest value that can be measured.
                5604: max_range: Option<f64> [R],
                5605: reset_measured [E],
                $(
                    /// What the sensor is calibrated to.
                    $calibration: calibration: Option<f64> [RW],
                )?
                /// What it is used for.
                5750: application_type: Option<ApplicationType> [RW],
                /// When the value was measured.
                5518: timestamp: Option<Time> [R],
                /// The fraction of a second that is missing in the timestamp.
                6050: fractional_timestamp: Option<f64> [R],
                /// How good the value is.
                6042: quality: Option<Quality> [R],
                /// How good the value is, in percent.
                6049: quality_level: Option<QualityLevel> [R],
                _: reset: bool,
            }
        }

        impl $name {
            /// A sensor with the unit of its values and its first value.
            pub const fn new(units: &'static str, value: f64) -> Self {
                Self {
                    value,
                    units,
                    min_measured: value,
                    max_measured: value,
                    min_range: None,
                    max_range: None,
                    $(calibration: sensors!(@none $calibration),)?
                    application_type: None,
                    timestamp: None,
                    fractional_timestamp: None,
                    quality: None,
                    quality_level: None,
                    reset: false,
                }
            }

            /// Takes a new value. Whether there is something new for the server, which includes
            /// its own reset of the least and greatest value.
            pub fn set(&mut self, value: f64) -> bool {
                let changed = core::mem::take(&mut self.reset) || self.value != value;
                self.value = value;
                if value < self.min_measured {
                    self.min_measured = value;
                }
                if value > self.max_measured {
                    self.max_measured = value;
                }
                changed
            }

            fn reset_measured(&mut self, _: &[u8]) -> Result<(), Refusal> {
                self.min_measured = self.value;
                self.max_measured = self.value;
                self.reset = true;
                Ok(())
            }
        }
    )*};
}

sensors! {
    /// Illuminance, such as in `lx`.
    Illuminance: 3301;

    /// Temperature, such as in `Cel`.
    Temperature: 3303;

    /// Relative humidity, such as in `%RH`.
    Humidity: 3304;

    /// Air pressure, such as in `Pa`.
    Barometer: 3315;

    /// Voltage, such as in `V`.
    Voltage: 3316, calibration 5821;

    /// Pressure, such as in `Pa`.
    Pressure: 3323, calibration 5821;

    /// Concentration of particles or a gas, such as in `ppm`.
    Concentration: 3325, calibration 5821;

    /// Distance, such as in `m`.
    Distance: 3330, calibration 5821;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_and_greatest_value_follow() {
        let mut sensor = Temperature::new("Cel", 20.0);
        for value in [21.0, 19.0, 20.5] {
            assert!(sensor.set(value));
        }
        assert_eq!((sensor.min_measured, sensor.max_measured), (19.0, 21.0));
    }

    #[test]
    fn a_reset_is_news_even_where_the_value_is_the_same() {
        let mut sensor = Voltage::new("V", 3.0);
        sensor.set(5.0);
        assert!(!sensor.set(5.0));
        sensor.reset_measured(&[]).unwrap();
        assert_eq!((sensor.min_measured, sensor.max_measured), (5.0, 5.0));
        assert!(sensor.set(5.0));
        assert!(!sensor.set(5.0));
    }
}
