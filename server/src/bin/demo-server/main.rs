//! The demo server as a program: one line an event, commands on standard input, and a web page.

mod commands;
mod http;
mod json;
mod news;
mod options;
mod requests;
mod web;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use demo_server::cli::{Arguments, complain, print};
use demo_server::{UdpConfig, UdpServer, escape, pki};

use commands::{COMMANDS, Outcome, perform};
use news::News;
use options::{Options, Pki};

fn main() -> ExitCode {
    let (config, web) = match Options::parse(Arguments::of_process()) {
        Ok(Options::Serve { server, web }) => (*server, web),
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
    let news = web.map(|_| Arc::new(News::default()));
    if let (Some(address), Some(news)) = (web, &news) {
        match web::start(address, server.clone(), news.clone()) {
            Ok(address) => print(&format!("the devices: http://{address}\n")),
            Err(wrong) => {
                complain(&wrong);
                return ExitCode::FAILURE;
            }
        }
    }
    let (teller, told) = (server.clone(), news.clone());
    thread::spawn(move || tell_events(&teller, told.as_deref()));
    for line in io::stdin().lines() {
        let Ok(line) = line else { break };
        match perform(&server, news.as_deref(), &line) {
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

/// In the terminal and to the page.
fn tell_events(server: &UdpServer, news: Option<&News>) {
    let start = Instant::now();
    loop {
        if let Some(event) = server.wait_for(|_| true, Duration::from_secs(3600)) {
            let line = format!("{:10.3} {event}", start.elapsed().as_secs_f64());
            print(&format!("{line}\n"));
            news.inspect(|news| news.tell(server, &event, &line));
        }
    }
}
