//! A month of a device in the field, in a second: what it costs in bursts of the radio, bytes and time
//! awake to stay registered and to notify a value an hour, through an outage and reboots.
//!
//! This client, as it is, and Zephyr's engine, by its rules (`engine.rs`), go through the same on virtual
//! time, against the demo server. `docs/field.md` has the figures.

mod candidates;
mod channel;
mod client;
mod engine;
mod field;
mod flash;
#[path = "../common/markdown.rs"]
mod markdown;
mod network;
#[path = "../common/number.rs"]
mod number;
mod options;
#[path = "../common/picture.rs"]
mod picture;
mod plot;
mod radio;
mod scenario;
mod server;
mod table;

use std::process::ExitCode;

use demo_server::cli::{Arguments, end, print, reject};

use candidates::CANDIDATES;
use options::{Options, Settings};

fn main() -> ExitCode {
    let ended = match Options::parse(Arguments::of_process()) {
        Ok(Options::Help) => {
            print(options::HELP);
            Ok(())
        }
        Ok(Options::Run(settings)) => run(&settings),
        Err(wrong) => return reject(&wrong),
    };
    end(ended)
}

fn run(settings: &Settings) -> Result<(), String> {
    let scenario = &settings.scenario;
    let results: Vec<_> = CANDIDATES
        .iter()
        .map(|candidate| (candidate.name, candidate.run(scenario)))
        .collect();
    print(&table::of(scenario, &results));
    match &settings.plot {
        Some(file) => plot::draw(file, settings.font.as_deref(), scenario, &results),
        None => Ok(()),
    }
}
