//! The commands, a line each.

use alloc::format;
use alloc::string::{String, ToString};

use client_lite::objects::ipso::LightControl;
use client_lite::{ChangesFull, Client, Instant, Path};

use crate::board::Board;

/// Does what a line says, for each of the clients; `status` is the first one's. The line that answers it.
///
/// - `set PATH VALUE`: a new value, as the hardware would have it
/// - `create PATH`, `delete PATH`: a lamp comes or goes
/// - `send PATH ...`: values to the server unasked
/// - `update`, `close`, `register`, `pause`, `resume`
/// - `status`: state, counts of registrations, updates and notifications
pub fn perform(
    board: &mut Board,
    clients: &mut [&mut Client<'_>],
    now: Instant,
    line: &str,
) -> String {
    match carry_out(board, clients, now, line) {
        Ok(answer) => format!("answer {answer}"),
        Err(wrong) => format!("wrong {wrong}"),
    }
}

fn carry_out(
    board: &mut Board,
    clients: &mut [&mut Client<'_>],
    now: Instant,
    line: &str,
) -> Result<String, String> {
    let (command, rest) = word(line);
    match command {
        "set" => {
            let (path, value) = word(rest);
            let path = path_of(path)?;
            board.set(path, value)?;
            for client in clients {
                client
                    .changed(now, path, &mut board.objects())
                    .map_err(full)?;
            }
        }
        "create" | "delete" => {
            let path = path_of(rest)?;
            let id = path
                .instance_id()
                .filter(|_| path.object_id() == Some(LAMP));
            let id = id.ok_or_else(|| format!("{path} is no lamp, /{LAMP}/..."))?;
            let done = match command {
                "create" => board.lamps.insert(id, LightControl::new()).is_ok(),
                _ => board.lamps.remove(id).is_some(),
            };
            if !done {
                return Err(format!("no {path}, or no room for it"));
            }
            for client in clients {
                client.objects_changed(now);
            }
        }
        "send" => {
            for path in rest.split_whitespace() {
                for client in &mut *clients {
                    client.send(now, path_of(path)?).map_err(full)?;
                }
            }
        }
        "update" => each(clients, |client| client.update(now)),
        "close" => each(clients, |client| client.close(now)),
        "register" => each(clients, |client| client.register(now)),
        "pause" => each(clients, |client| client.pause(now)),
        "resume" => each(clients, |client| client.resume(now)),
        "status" => {
            let [first, ..] = clients else {
                return Err("no client".into());
            };
            let counters = first.counters();
            return Ok(format!(
                "{:?}, {} registrations, {} updates, {} notifications",
                first.state(),
                counters.registrations,
                counters.updates,
                counters.notifications
            ));
        }
        _ => return Err(format!("unknown command \"{command}\"")),
    }
    Ok("done".into())
}

fn each(clients: &mut [&mut Client<'_>], command: impl Fn(&mut Client<'_>)) {
    for client in clients {
        command(client);
    }
}

fn path_of(text: &str) -> Result<Path, String> {
    text.parse().map_err(|_| format!("\"{text}\" is no path"))
}

fn full(error: ChangesFull) -> String {
    error.to_string()
}

/// The first word, and what follows.
fn word(line: &str) -> (&str, &str) {
    let line = line.trim();
    match line.split_once(char::is_whitespace) {
        Some((first, rest)) => (first, rest.trim_start()),
        None => (line, ""),
    }
}

/// The object of the lamps.
const LAMP: u16 = 3311;
