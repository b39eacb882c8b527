//! A device with a button and a thermometer: registers, is managed, and de-registers.
//!
//! Without arguments it brings its own server and shows the whole life of a registration
//! (`demo.rs`); with `--server` it runs against any other until Ctrl-C (`interactive.rs`).

mod board;
mod commands;
mod demo;
mod interactive;
mod options;
mod timeline;

use std::process::ExitCode;

use options::Options;

fn main() -> ExitCode {
    let ended = match Options::parse(lexopt::Parser::from_env()) {
        Ok(Options::Help) => {
            timeline::print(options::HELP);
            timeline::print(commands::HELP);
            Ok(())
        }
        Ok(Options::Demo) => demo::run(),
        Ok(Options::Server(settings)) => interactive::run(&settings),
        Err(wrong) => {
            eprintln!("client: {wrong}\n(--help explains the options)");
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("client: {why}");
            ExitCode::FAILURE
        }
    }
}
