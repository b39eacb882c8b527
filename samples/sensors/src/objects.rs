// SPDX-License-Identifier: Apache-2.0

//! The board's sensors as IPSO objects.

use core::fmt;

use client_lite::Object;
use client_lite::objects::ipso::{Accelerometer, Barometer, Humidity, Temperature};

use crate::sensor::{self, Quantity};

/// An object whose values come from a sensor.
pub trait Measured: Object {
    /// The object, with its first measurement; `None` where the board has no such sensor.
    fn find() -> Option<Self>
    where
        Self: Sized;

    /// Measures. Whether there is something new for the server; `None` where the sensor fails, and
    /// the values stay.
    fn measure(&mut self) -> Option<bool>;

    /// The resources that are measured.
    fn measured(&self) -> &'static [u16];
}

/// An object of one value: `factor` leads from the sensor's unit to the object's.
macro_rules! one_value {
    ($object:ident, $quantity:expr, $units:literal, $factor:literal) => {
        impl Measured for $object {
            fn find() -> Option<Self> {
                let [value, ..] = sensor::read($quantity)?;
                Some(Self::new($units, value * $factor))
            }

            fn measure(&mut self) -> Option<bool> {
                let [value, ..] = sensor::read($quantity)?;
                let value = value * $factor;
                log::info!("{} {}", Hundredths(value), self.units);
                Some(self.set(value))
            }

            fn measured(&self) -> &'static [u16] {
                &[5700]
            }
        }
    };
}

one_value!(Temperature, Quantity::Temperature, "Cel", 1.0);
one_value!(Humidity, Quantity::Humidity, "%RH", 1.0);
one_value!(Barometer, Quantity::Pressure, "Pa", 1000.0);

impl Measured for Accelerometer {
    fn find() -> Option<Self> {
        sensor::read(Quantity::Acceleration).map(|values| Self::new("m/s2", values))
    }

    fn measure(&mut self) -> Option<bool> {
        let values = sensor::read(Quantity::Acceleration)?;
        let [x, y, z] = values.map(Hundredths);
        log::info!("{x}, {y}, {z} {}", self.units);
        Some(self.set(values))
    }

    fn measured(&self) -> &'static [u16] {
        &[5702, 5703, 5704]
    }
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
