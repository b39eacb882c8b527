//! What a server meets after an outage: a fleet of this client, and of others by their rules
//! (`peer.rs`), on virtual time, on all processors.
//!
//! `docs/fleet.md` has the figures, and says which options of Kconfig follow from them.

mod advice;
mod client;
mod course;
mod device;
#[path = "../common/markdown.rs"]
mod markdown;
#[path = "../common/number.rs"]
mod number;
mod options;
mod peer;
#[path = "../common/picture.rs"]
mod picture;
mod plot;
mod scenario;
mod server;
mod shard;
mod strategy;
mod table;
mod world;

use std::process::ExitCode;

use demo_server::cli::{Arguments, end, print, reject};

use options::{Options, Settings};
use strategy::Strategy;

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
    let results: Vec<_> = Strategy::all(scenario)
        .into_iter()
        .map(|strategy| (strategy.name(scenario), strategy.run(scenario)))
        .collect();
    print(&table::of(scenario, &results));
    print(&advice::of(scenario, &results));
    match &settings.plot {
        Some(folder) => plot::draw(folder, settings.font.as_deref(), scenario, &results),
        None => Ok(()),
    }
}
