//! The demo server as a program: one line an event, commands on standard input.

mod commands;
mod options;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use demo_server::cli::{Arguments, complain, print};
use demo_server::{UdpConfig, UdpServer, escape, pki};

use commands::{COMMANDS, Outcome, perform};
use options::{Options, Pki};

fn main() -> ExitCode {
    let config = match Options::parse(Arguments::of_process()) {
        Ok(Options::Serve(config)) => *config,
        Ok(Options::Pki(pki)) => return make(&pki),
        Ok(Options::Help) => {
            print(options::HELP);
            print(COMMANDS);
            return ExitCode::SUCCESS;
        }
        Ok(Options::Version) => {
            print(concat!("demo-server ", env!("CARGO_PKG_VERSION"), "\n"));
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            complain(&format!("{wrong}; --help explains the options"));
            return ExitCode::from(2);
        }
    };
    let server = match start(config) {
        Ok(server) => Arc::new(server),
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    print(&format!("listening on coap://{}\n", server.local_addr()));
    if let Some(address) = server.dtls_addr() {
        print(&format!("listening on coaps://{address}\n"));
    }
    let printer = server.clone();
    thread::spawn(move || print_events(&printer));
    for line in io::stdin().lines() {
        let Ok(line) = line else { break };
        match perform(&server, &line) {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Text(text)) => print(&text),
            Ok(Outcome::Quit) => return ExitCode::SUCCESS,
            Err(wrong) => print(&format!("{wrong}\n")),
        }
    }
    // Without standard input it serves until it is killed.
    loop {
        thread::park();
    }
}

fn make(wanted: &Pki) -> ExitCode {
    let names: Vec<_> = wanted.names.iter().map(String::as_str).collect();
    if let Err(error) = pki::create(&wanted.folder, &names, &wanted.endpoint) {
        complain(&error.to_string());
        return ExitCode::FAILURE;
    }
    let (folder, endpoint) = (wanted.folder.display(), escape(&wanted.endpoint));
    let names = names.join(", ");
    print(&format!(
        "{folder} has certificates for a year: of the server {} and of the device {endpoint}\n",
        escape(&names)
    ));
    ExitCode::SUCCESS
}

/// Tokens without security must not be guessed: the seed is the system's randomness.
fn start(mut config: UdpConfig) -> io::Result<UdpServer> {
    config.seed = getrandom::u64()
        .map_err(|error| io::Error::other(format!("the system gives no randomness: {error}")))?;
    UdpServer::start(config)
}

fn print_events(server: &UdpServer) {
    let start = Instant::now();
    loop {
        if let Some(event) = server.wait_for(|_| true, Duration::from_secs(3600)) {
            print(&format!("{:10.3} {event}\n", start.elapsed().as_secs_f64()));
        }
    }
}
