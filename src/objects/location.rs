//! Object 6, Location (LwM2M Core 1.1, Appendix E.7): where the device is.

use heapless::Vec;

use crate::objects::typed::Time;

crate::object! {
    /// Location, of which a device has one instance.
    ///
    /// The application puts the object among its objects once it knows where it is, sets the fields
    /// with each fix, and calls [`Client::changed`](crate::Client::changed) with `/6/0`.
    ///
    /// ```
    /// use client_lite::objects::location::Location;
    /// use client_lite::typed::Time;
    ///
    /// let mut location = Location {
    ///     latitude: 48.1375,
    ///     longitude: 11.575,
    ///     timestamp: Time(1_700_000_000),
    ///     ..Location::default()
    /// };
    /// location.altitude = Some(519.0);
    /// ```
    #[derive(Clone, Debug, Default)]
    pub struct Location: 6 {
        /// Degrees north, WGS 84.
        0: latitude: f64 [R, mandatory],
        /// Degrees east, WGS 84.
        1: longitude: f64 [R, mandatory],
        /// Metres above sea level.
        2: altitude: Option<f64> [R],
        /// Metres around the place within which the device is.
        3: radius: Option<f64> [R],
        /// As 3GPP TS 23.032 encodes it.
        4: velocity: Option<Vec<u8, VELOCITY>> [R],
        /// When the place was measured.
        5: timestamp: Time [R, mandatory],
        /// Metres a second.
        6: speed: Option<f64> [R],
    }
}

/// The longest encoding: horizontal and vertical velocity, each with its uncertainty (3GPP TS
/// 23.032, 8.15).
const VELOCITY: usize = 7;
