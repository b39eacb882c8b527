//! Which options of Kconfig fit a fleet and a server.

use client_lite::{BackOff, Duration};

use crate::course::Course;
use crate::scenario::Scenario;
use crate::strategy::{ADVISED, DEFAULTS};

/// Limits with which no more requests come in a second than the server can handle, whatever the length of
/// an outage that outlasts the first attempt.
///
/// An attempt into an outage is sent five times. First waits that are spread over so many seconds make
/// 5 x devices / seconds requests a second, and later ones spread the devices further.
pub fn back_off(devices: u32, capacity: u32) -> BackOff {
    let spread = f64::from(devices) * SENT / f64::from(capacity);
    let spread = spread.ceil().max(4.0) as u32;
    let min = spread.div_ceil(4);
    let max = Duration::from_secs(min + spread);
    BackOff {
        min: Duration::from_secs(min),
        max,
        cap: max.max(BackOff::default().cap),
        factor: 2,
    }
}

/// The least capacity for so many devices: for less, Kconfig has no wait that is long enough.
pub fn least_capacity(devices: u32) -> u32 {
    (f64::from(devices) * SENT * 1.25 / LONGEST_FIRST_WAIT).ceil() as u32
}

/// In words, below the table.
pub fn of(scenario: &Scenario, results: &[(String, Course)]) -> String {
    let Some(capacity) = scenario.server.capacity else {
        return String::new();
    };
    let peak = |name| {
        let found = results.iter().find(|(named, _)| named == name);
        found.map_or(0, |(_, course)| course.figures(scenario).peak)
    };
    let (defaults, advised) = (peak(DEFAULTS), peak(ADVISED));
    if defaults <= capacity {
        return format!(
            "\nThe defaults fit: {defaults} requests a second at the most, of {capacity}.\n"
        );
    }
    let BackOff { min, max, cap, .. } = back_off(scenario.devices, capacity);
    let fits = match advised <= capacity {
        true => "These fit",
        false => "Nothing fits, since the first attempts meet the server; these come nearest",
    };
    format!(
        "\nWith the defaults up to {defaults} requests a second come, of {capacity} that the server can \
         handle. {fits}, with {advised}:\n\n\
         CONFIG_CLIENT_LITE_BACK_OFF_MIN={}\n\
         CONFIG_CLIENT_LITE_BACK_OFF_MAX={}\n\
         CONFIG_CLIENT_LITE_BACK_OFF_CAP={}\n",
        min.as_millis(),
        max.as_millis(),
        cap.as_millis()
    )
}

/// A request and its four retransmissions, and a fifth more for chance.
const SENT: f64 = 6.0;

/// Seconds: the range of CONFIG_CLIENT_LITE_BACK_OFF_MAX, less what is rounded up.
const LONGEST_FIRST_WAIT: f64 = 431_990.0;
