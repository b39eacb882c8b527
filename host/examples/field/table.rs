//! The figures as a table of Markdown, a row for each candidate.

use crate::field::Results;
use crate::markdown;
use crate::scenario::Scenario;

pub fn of(scenario: &Scenario, results: &[(&str, Results)]) -> String {
    let head = HEAD.map(str::to_owned);
    let mut rows = vec![head];
    rows.extend(
        results
            .iter()
            .map(|(name, results)| row(scenario, name, results)),
    );
    format!("{}\n\n{}\n", title(scenario), markdown::table(&rows))
}

/// The scenario in words.
pub fn title(scenario: &Scenario) -> String {
    format!(
        "{} days, awake {} s after a message, {} % of the datagrams lost, seed {}",
        scenario.days,
        scenario.awake.as_millis() / 1000,
        scenario.loss * 100.0,
        scenario.seed,
    )
}

fn row(scenario: &Scenario, name: &str, results: &Results) -> [String; HEAD.len()] {
    let a_day = |count: f64| count / f64::from(scenario.days);
    let used = &results.used;
    let delivered = results.server.values.iter().filter(|has| **has).count();
    [
        name.to_owned(),
        format!("{:.1}", a_day(used.bursts.into())),
        format!("{:.0}", a_day(used.bytes as f64)),
        format!("{:.0}", a_day(used.bytes_with_headers() as f64)),
        format!("{:.0}", a_day(used.awake as f64 / 1000.0)),
        format!("{:.1}", a_day(results.flash_writes.into())),
        results.server.registers.to_string(),
        results.server.updates.to_string(),
        delivered.to_string(),
        (results.measured - delivered).to_string(),
    ]
}

const HEAD: [&str; 10] = [
    "",
    "bursts/day",
    "bytes/day",
    "with IP",
    "s awake/day",
    "flash writes/day",
    "Registers",
    "Updates",
    "values",
    "lost",
];
