// SPDX-License-Identifier: Apache-2.0

//! Zephyr's sensors, through `sensor.c`.

use core::ffi::c_int;

/// What a sensor measures, in the order of `sensor.h`.
#[derive(Clone, Copy, Debug)]
pub enum Quantity {
    /// In degrees Celsius.
    Temperature,
    /// In percent.
    Humidity,
    /// In kilopascals.
    Pressure,
    /// Along three axes, in m/s2.
    Acceleration,
}

/// Measures; a single value is the first. `None` where the board has no such sensor, or where it
/// fails, which the log tells.
pub fn read(quantity: Quantity) -> Option<[f64; 3]> {
    let mut millionths = [0; 3];
    // SAFETY: the function writes three numbers, and is called from one thread only.
    let result = unsafe { sample_sensor_read(quantity as usize, &mut millionths) };
    match result {
        0 => Some(millionths.map(|value| value as f64 / 1e6)),
        ENOENT => None,
        ENODEV => {
            log::warn!("{quantity:?}: the sensor does not respond: check its wiring");
            None
        }
        error => {
            log::warn!("{quantity:?}: the sensor fails: error {error}");
            None
        }
    }
}

unsafe extern "C" {
    fn sample_sensor_read(quantity: usize, millionths: &mut [i64; 3]) -> c_int;
}

const ENOENT: c_int = -2;
const ENODEV: c_int = -19;
