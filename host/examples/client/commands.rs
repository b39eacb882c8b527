//! The commands on standard input.

use client_lite::{Client, Instant, Path};
use client_lite_host::{Application, Handle};

use crate::board::Board;

pub const HELP: &str = "\
Commands on standard input:

  set PATH VALUE   change a value, as in: set /3303/0/5700 22.5
  get [PATH]       show the device's own values
  send [PATH]      send values to the server unasked (default: all of the device's own)
  update           update the registration
  pause, resume    drop the network, and have it back
  close            de-register
  register         register again
  status           state, counters, last error, next update
  help             this text
  quit             de-register and end, as Ctrl-C does
";

/// What is left to do after a command.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// Nothing.
    Done,
    /// To be printed.
    Text(String),
    /// To end.
    Quit,
}

/// Does what a line says; an error says what is wrong with it.
pub fn perform(device: &Handle<Board>, line: &str) -> Result<Outcome, String> {
    let (command, rest) = word(line);
    match command {
        "" => {}
        "set" => {
            let (path, value) = word(rest);
            if value.is_empty() {
                return Err("set needs a path and a value, as in: set /3303/0/5700 22.5".into());
            }
            let (path, value) = (parse(path)?, value.to_owned());
            let set = device.with(move |board, client, _| {
                board.set(path, &value)?;
                client
                    .changed(path, &mut board.objects())
                    .map_err(|_| "too many changes wait to be sent; try again".to_owned())
            });
            set.recv().map_err(|_| STOPPED)??;
        }
        "get" => {
            let path = path_or(rest, Path::ROOT)?;
            let values = device.with(move |board, _, _| board.get(path));
            return values.recv().map_err(|_| STOPPED)?.map(Outcome::Text);
        }
        "send" => {
            let paths = match rest {
                "" => vec![Path::object(3200), Path::object(3303)],
                path => vec![parse(path)?],
            };
            for path in paths {
                let sent = device.send(path).recv().map_err(|_| STOPPED)?;
                sent.map_err(|_| "too many values wait to be sent; try again")?;
            }
        }
        "update" => device.update(),
        "pause" => device.pause(),
        "resume" => device.resume(),
        "close" => device.close(),
        "register" => device.register(),
        "status" => {
            let status = device.with(|_, client, now| status(client, now));
            return Ok(Outcome::Text(status.recv().map_err(|_| STOPPED)?));
        }
        "help" => return Ok(Outcome::Text(HELP.into())),
        "quit" => return Ok(Outcome::Quit),
        _ => return Err(format!("unknown command \"{command}\"; help lists them")),
    }
    Ok(Outcome::Done)
}

fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) => (first, rest.trim_start()),
        None => (text, ""),
    }
}

fn path_or(text: &str, default: Path) -> Result<Path, String> {
    if text.is_empty() {
        Ok(default)
    } else {
        parse(text)
    }
}

fn parse(text: &str) -> Result<Path, String> {
    text.parse()
        .map_err(|error| format!("\"{text}\" is {error}"))
}

fn status(client: &Client<'_>, now: Instant) -> String {
    let paused = if client.is_paused() { ", paused" } else { "" };
    let mut lines = format!("state        {:?}{paused}\n", client.state());
    if let Some(info) = client.endpoint_info() {
        lines += &format!("endpoint     {}\n", info.endpoint_name);
        lines += &format!("device id    {}\n", info.device_id);
    }
    if let Some(at) = client.next_update() {
        let seconds = at.saturating_since(now).as_millis() / 1000;
        lines += &format!("next update  in {seconds} s\n");
    }
    let counters = client.counters();
    lines += &format!(
        "registered   {} times, updated {} times, {} notifications\n\
         messages     {} B sent, {} B received, {} sent again, {} discarded\n",
        counters.registrations,
        counters.updates,
        counters.notifications,
        counters.bytes_sent,
        counters.bytes_received,
        counters.retransmissions,
        counters.discarded,
    );
    lines
        + &match client.last_error() {
            None => "last error   none\n".into(),
            Some(last) => {
                let seconds = now.saturating_since(last.at).as_millis() / 1000;
                format!(
                    "last error   {} in all; {:?} in {:?}, {}; {seconds} s ago\n",
                    counters.errors, last.error, last.operation, last.detail
                )
            }
        }
}

const STOPPED: &str = "the device has stopped";
