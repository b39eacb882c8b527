//! The figures as a table of Markdown, a row for each strategy.

use crate::course::Course;
use crate::markdown;
use crate::scenario::{Notice, Refusal, Scenario};

pub fn of(scenario: &Scenario, results: &[(String, Course)]) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(
        results
            .iter()
            .map(|(name, course)| row(scenario, name, course)),
    );
    format!("{}\n\n{}\n", title(scenario), markdown::table(&rows))
}

/// The scenario in words.
pub fn title(scenario: &Scenario) -> String {
    let notice = match scenario.notice {
        Notice::AtOnce => "noticed by all at once".to_owned(),
        Notice::Updates => format!("noticed by Updates, lifetime {} s", scenario.lifetime),
    };
    let settings = &scenario.server;
    let capacity = match (settings.capacity, settings.refusal) {
        (None, _) => "a server without a limit".to_owned(),
        (Some(capacity), Refusal::Silence) => format!("{capacity} requests/s, the others dropped"),
        (Some(capacity), Refusal::Unavailable(None)) => {
            format!("{capacity} requests/s, the others get 5.03")
        }
        (Some(capacity), Refusal::Unavailable(Some(max_age))) => {
            format!("{capacity} requests/s, the others get 5.03 with Max-Age {max_age}")
        }
    };
    let forgets = match settings.forgets {
        true => ", which forgets",
        false => "",
    };
    format!(
        "{} devices, outage of {} s {notice}, {capacity}{forgets}, seed {}",
        scenario.devices, scenario.outage, scenario.seed
    )
}

/// Minutes and seconds.
pub fn minutes(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn row(scenario: &Scenario, name: &str, course: &Course) -> [String; HEAD.len()] {
    let figures = course.figures(scenario);
    [
        name.to_owned(),
        figures.peak.to_string(),
        minutes(figures.peak_after),
        figures.peak_registers.to_string(),
        figures
            .registered_after
            .map_or_else(|| format!("over {}", minutes(scenario.watch)), minutes),
        format!("{:.1}", figures.refused * 100.0),
        format!("{:.1}", figures.sent),
        format!("{:.0}", figures.bytes),
    ]
}

const HEAD: [&str; 8] = [
    "",
    "requests/s, peak",
    "peak after",
    "Registers/s, peak",
    "99 % after",
    "% refused",
    "requests/device",
    "bytes/device",
];
