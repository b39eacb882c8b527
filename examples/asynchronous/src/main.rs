//! `asynchronous URI [ENDPOINT]`: a thermometer at the server of a URI such as `coap://localhost`.

use std::env;
use std::process::ExitCode;

use client_lite::{Account, Config, Event};
use futures_lite::future::block_on;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let (uri, endpoint) = match &arguments[..] {
        [uri] => (uri, "thermometer"),
        [uri, endpoint] => (uri, endpoint.as_str()),
        _ => {
            eprintln!(
                "asynchronous: needs a server and perhaps a name: coap://localhost thermometer"
            );
            return ExitCode::from(2);
        }
    };
    let config = Config::new(endpoint, Account::new(uri));
    if let Err(wrong) = config.check() {
        eprintln!("asynchronous: {wrong}");
        return ExitCode::from(2);
    }
    let mut value = 20.0;
    let measure = move || {
        value = if value < 25.0 { value + 0.25 } else { 20.0 };
        value
    };
    let tell = |event: Event| println!("{event}");
    match block_on(asynchronous::run(config, measure, tell)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("asynchronous: {error}");
            ExitCode::FAILURE
        }
    }
}
