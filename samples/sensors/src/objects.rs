// SPDX-License-Identifier: Apache-2.0

//! The IPSO objects. Their resources, for a server: 5700 the value, 5701 its unit, 5601 and 5602 the
//! least and greatest value since start or reset, 5605 the reset of these two.

use core::fmt;

use client_lite::{Object, Refusal};
use heapless::Vec;

use crate::sensor::{self, Quantity};

/// An object whose values come from a sensor.
pub trait Measured: Object {
    /// Measures; where the sensor fails, the values stay.
    fn measure(&mut self);

    /// The resources that have other values than when this was called before.
    fn changes(&mut self) -> Vec<u16, VALUES>;
}

/// How many resources of an object change.
pub const VALUES: usize = 3;

/// An object of one value: `factor` leads from the sensor's unit to the object's.
macro_rules! one_value {
    ($(#[$attribute:meta])* $name:ident: $id:literal, $quantity:expr, $units:literal, $factor:literal) => {
        client_lite::object! {
            $(#[$attribute])*
            pub struct $name: $id {
                5601: least: f64 [R],
                5602: greatest: f64 [R],
                5605: reset [E],
                5700: value: f64 [R],
                5701: units: &'static str [R],
                _: told: [f64; VALUES],
            }
        }

        impl $name {
            /// The object, with its first measurement; `None` where the board has no such sensor.
            pub fn find() -> Option<Self> {
                let value = Self::read()?;
                Some(Self {
                    least: value,
                    greatest: value,
                    value,
                    units: $units,
                    told: [value; VALUES],
                })
            }

            fn read() -> Option<f64> {
                let [value, ..] = sensor::read($quantity)?;
                Some(value * $factor)
            }

            fn reset(&mut self, _arguments: &[u8]) -> Result<(), Refusal> {
                self.least = self.value;
                self.greatest = self.value;
                Ok(())
            }
        }

        impl Measured for $name {
            fn measure(&mut self) {
                if let Some(value) = Self::read() {
                    self.value = value;
                    self.least = self.least.min(value);
                    self.greatest = self.greatest.max(value);
                    log::info!("{} {}", Hundredths(value), self.units);
                }
            }

            fn changes(&mut self) -> Vec<u16, VALUES> {
                let values = [(5601, self.least), (5602, self.greatest), (5700, self.value)];
                changes(values, &mut self.told)
            }
        }
    };
}

one_value! {
    /// IPSO Temperature
    Temperature: 3303, Quantity::Temperature, "Cel", 1.0
}

one_value! {
    /// IPSO Humidity
    Humidity: 3304, Quantity::Humidity, "%RH", 1.0
}

one_value! {
    /// IPSO Barometer
    Pressure: 3315, Quantity::Pressure, "Pa", 1000.0
}

client_lite::object! {
    /// IPSO Accelerometer
    pub struct Acceleration: 3313 {
        5701: units: &'static str [R],
        5702: x: f64 [R],
        5703: y: f64 [R],
        5704: z: f64 [R],
        _: told: [f64; VALUES],
    }
}

impl Acceleration {
    /// The object, with its first measurement; `None` where the board has no such sensor.
    pub fn find() -> Option<Self> {
        let told = sensor::read(Quantity::Acceleration)?;
        let [x, y, z] = told;
        let units = "m/s2";
        Some(Self {
            units,
            x,
            y,
            z,
            told,
        })
    }
}

impl Measured for Acceleration {
    fn measure(&mut self) {
        if let Some(values) = sensor::read(Quantity::Acceleration) {
            [self.x, self.y, self.z] = values;
            let [x, y, z] = values.map(Hundredths);
            log::info!("{x}, {y}, {z} {}", self.units);
        }
    }

    fn changes(&mut self) -> Vec<u16, VALUES> {
        let values = [(5702, self.x), (5703, self.y), (5704, self.z)];
        changes(values, &mut self.told)
    }
}

fn changes(values: [(u16, f64); VALUES], told: &mut [f64; VALUES]) -> Vec<u16, VALUES> {
    let pairs = values.into_iter().zip(told);
    let changed = pairs.filter_map(|((resource, value), told)| {
        let before = core::mem::replace(told, value);
        (before != value).then_some(resource)
    });
    changed.collect()
}

/// A value with two decimals, without the formatting of floats, which is 11 kB of code.
struct Hundredths(f64);

impl fmt::Display for Hundredths {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = if self.0 < 0.0 { -0.5 } else { 0.5 };
        let hundredths = (self.0 * 100.0 + half) as i64;
        let sign = if hundredths < 0 { "-" } else { "" };
        let (whole, rest) = (hundredths.abs() / 100, hundredths.abs() % 100);
        write!(formatter, "{sign}{whole}.{rest:02}")
    }
}
