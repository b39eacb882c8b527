//! A device with a button and a thermometer: registers, is managed, and de-registers.
//!
//! Without arguments it brings its own server and shows the whole life of a registration
//! (`demo.rs`); with `--server` it runs against any other until Ctrl-C (`interactive.rs`).

mod board;
mod commands;
mod demo;
mod interactive;
mod messages;
mod options;
mod timeline;
mod transmissions;

use std::process::ExitCode;

use demo_server::cli::{Arguments, end, print, reject};

use options::Options;

fn main() -> ExitCode {
    let ended = match Options::parse(Arguments::of_process()) {
        Ok(Options::Help) => {
            print(options::HELP);
            print(commands::HELP);
            Ok(())
        }
        Ok(Options::Version) => {
            print(concat!("client ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(())
        }
        Ok(Options::Demo) => demo::run(),
        Ok(Options::Server(settings)) => interactive::run(&settings),
        Err(wrong) => return reject(&wrong),
    };
    end(ended)
}
