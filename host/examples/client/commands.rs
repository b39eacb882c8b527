//! The commands on standard input.

use client_lite::{Client, Duration, Instant, Path, State};
use client_lite_host::{Application, Handle};
use demo_server::cli::{nothing, word};
use demo_server::escape;

use crate::board::{Board, in_seconds};

pub const HELP: &str = "\
Commands on standard input:

  set PATH VALUE   change a value, as in: set /3303/0/5700 22.5
  get [PATH]       show the device's own values
  send [PATH]      send values to the server unasked (default: all of the device's own)
  update           update the registration
  pause, resume    drop the network, and have it back
  close            de-register
  register         register again
  status           state, counters, last error, next attempt, next update
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

/// Does what a line says; an error says what is wrong with it. A halted device is registered again
/// after `retry`.
pub fn perform(
    device: &Handle<Board>,
    line: &str,
    retry: Option<Duration>,
) -> Result<Outcome, String> {
    let (command, rest) = word(line);
    match command {
        "" => {}
        "set" => {
            let (path, value) = word(rest);
            if value.is_empty() {
                return Err("set needs a path and a value, as in: set /3303/0/5700 22.5".into());
            }
            let (path, value) = (parse(path)?, value.to_owned());
            let set = device.with(move |board, client, now| {
                board.set(path, &value)?;
                board
                    .with_objects(|objects| client.changed(now, path, objects))
                    .map_err(|_| "too many changes wait to be sent; try again".to_owned())
            });
            set.recv().map_err(|_| STOPPED)??;
        }
        "get" => {
            let path = last_path(command, rest)?.unwrap_or(Path::ROOT);
            let values = device.with(move |board, _, _| board.get(path));
            return values.recv().map_err(|_| STOPPED)?.map(Outcome::Text);
        }
        "send" => {
            let paths = match last_path(command, rest)? {
                None => vec![Path::object(3200), Path::object(3303)],
                Some(path) => vec![path],
            };
            for path in paths {
                let sent = device.send(path).recv().map_err(|_| STOPPED)?;
                sent.map_err(|_| "too many values wait to be sent; try again")?;
            }
        }
        "update" => nothing(command, rest).map(|()| device.update())?,
        "pause" => nothing(command, rest).map(|()| device.pause())?,
        "resume" => nothing(command, rest).map(|()| device.resume())?,
        "close" => nothing(command, rest).map(|()| device.close())?,
        "register" => nothing(command, rest).map(|()| device.register())?,
        "status" => {
            nothing(command, rest)?;
            let status = device.with(move |_, client, now| status(client, now, retry));
            return Ok(Outcome::Text(status.recv().map_err(|_| STOPPED)?));
        }
        "help" => return nothing(command, rest).map(|()| Outcome::Text(HELP.into())),
        "quit" => return nothing(command, rest).map(|()| Outcome::Quit),
        _ => return Err(format!("unknown command {command:?}; help lists them")),
    }
    Ok(Outcome::Done)
}

/// The path that may stand behind a command, and nothing behind that.
fn last_path(command: &str, rest: &str) -> Result<Option<Path>, String> {
    let (path, rest) = word(rest);
    if path.is_empty() {
        return Ok(None);
    }
    nothing(&format!("{command} {path}"), rest)?;
    parse(path).map(Some)
}

fn parse(text: &str) -> Result<Path, String> {
    text.parse().map_err(|error| format!("{text:?} is {error}"))
}

fn status(client: &Client<'_>, now: Instant, retry: Option<Duration>) -> String {
    let mut lines = format!("state        {}\n", state(client, now, retry));
    if let Some(info) = client.endpoint_info() {
        lines += &format!("endpoint     {}\n", escape(info.endpoint_name));
        lines += &format!("device id    {}\n", escape(info.device_id));
    }
    if let Some(at) = client.next_update() {
        let left = in_seconds(at.saturating_since(now));
        lines += &format!("next update  in {left}\n");
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

/// Such as `registering, next attempt in 74 s`.
fn state(client: &Client<'_>, now: Instant, retry: Option<Duration>) -> String {
    let state = client.state();
    let left = |until: Instant| until.saturating_since(now);
    let next = match state {
        State::Halted => retry,
        State::Disabled => client.disabled_until().map(left),
        _ => client.next_attempt().map(left),
    };
    let mut text = format!("{state:?}").to_lowercase();
    if client.is_paused() {
        text += ", paused";
    }
    if let Some(wait) = next {
        text += &format!(", next attempt in {}", in_seconds(wait));
    }
    text
}

const STOPPED: &str = "the device has stopped";

#[cfg(test)]
mod tests {
    use client_lite::{Account, Config, Storage, TransportError};
    use client_lite_host::Device;

    use super::*;

    #[test]
    fn a_word_too_many_is_named() {
        let device = Device::new().expect("a device").handle();
        for (line, named) in [
            ("update now", "unexpected \"now\" behind update"),
            ("pause  a b", "unexpected \"a b\" behind pause"),
            ("resume 1", "behind resume"),
            ("close it", "behind close"),
            ("register /3", "behind register"),
            ("status all", "behind status"),
            ("help me", "behind help"),
            ("quit now", "behind quit"),
            ("get /3303 x", "unexpected \"x\" behind get /3303"),
            ("send /3303 x", "unexpected \"x\" behind send /3303"),
            ("send \u{1b}", r"\u{1b}"),
            ("updat\u{1b}e", r#"unknown command "updat\u{1b}e""#),
        ] {
            let wrong = perform(&device, line, None).expect_err(line);
            assert!(wrong.contains(named), "{line}: {wrong}");
        }
        assert_eq!(perform(&device, " update ", None), Ok(Outcome::Done));
    }

    #[test]
    fn the_status_says_when_the_next_attempt_comes() {
        let mut storage: Storage = Storage::new();
        let config = Config::new("device", Account::new("coap://server"));
        let mut client = Client::new(config, &mut storage, [1, 2, 3, 4]);
        let now = Instant::from_millis(1_000_000);
        let first = |client: &Client<'_>, now, retry| {
            let status = status(client, now, retry);
            status.lines().next().unwrap_or_default().to_owned()
        };
        assert_eq!(first(&client, now, None), "state        idle");
        client.register(now);
        client.poll_transport();
        assert_eq!(first(&client, now, None), "state        registering");
        client.handle_failure(now, TransportError::NotResolved);
        let at = client.next_attempt().expect("it waits");
        let then = at - Duration::from_millis(1_500);
        assert_eq!(
            first(&client, then, None),
            "state        registering, next attempt in 2 s"
        );
        client.pause(now);
        assert_eq!(
            first(&client, now, None),
            "state        registering, paused"
        );
    }

    #[test]
    fn a_halted_device_says_so_too() {
        let mut storage: Storage = Storage::new();
        // A configuration that cannot work.
        let config = Config::new("", Account::new("coap://server"));
        let mut client = Client::new(config, &mut storage, [1, 2, 3, 4]);
        let now = Instant::from_millis(0);
        client.register(now);
        let retry = Some(Duration::from_secs(3600));
        let status = status(&client, now, retry);
        assert!(
            status.starts_with("state        halted, next attempt in 3600 s\n"),
            "{status}"
        );
    }
}
