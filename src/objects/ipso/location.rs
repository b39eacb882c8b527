//! Object 3336, Location: of something that the device watches. Its own place is
//! [object 6](crate::objects::location).

use heapless::Vec;

use crate::objects::ipso::{ApplicationType, Quality, QualityLevel};
use crate::objects::typed::Time;

crate::object! {
    /// Where something is.
    #[derive(Clone, Debug, Default)]
    pub struct Location: 3336, version (2, 0) {
        /// Degrees north, WGS 84.
        6051: latitude: f64 [R, mandatory],
        /// Degrees east, WGS 84.
        6052: longitude: f64 [R, mandatory],
        /// How far off the place may be, in metres.
        6053: uncertainty: Option<f64> [R],
        /// Where to it moves or points, in degrees from 0 to 360.
        5705: compass_direction: Option<f64> [R],
        /// As 3GPP TS 23.032 encodes it.
        5517: velocity: Option<Vec<u8, 7>> [R],
        /// When the place was measured.
        5518: timestamp: Option<Time> [R],
        /// What it is used for.
        5750: application_type: Option<ApplicationType> [RW],
        /// The fraction of a second that is missing in the timestamp.
        6050: fractional_timestamp: Option<f64> [R],
        /// How good the place is.
        6042: quality: Option<Quality> [R],
        /// How good the place is, in percent.
        6049: quality_level: Option<QualityLevel> [R],
    }
}

impl Location {
    /// A place, in degrees north and east.
    pub fn new(latitude: f64, longitude: f64) -> Self {
        Self {
            latitude,
            longitude,
            ..Self::default()
        }
    }

    /// Takes a new place; whether it is another than before.
    pub fn set(&mut self, latitude: f64, longitude: f64) -> bool {
        let before = (self.latitude, self.longitude);
        (self.latitude, self.longitude) = (latitude, longitude);
        before != (latitude, longitude)
    }
}
