//! The commands on standard input.

use std::fmt::Write;
use std::time::Duration;

use demo_server::cli::{nothing, word};
use demo_server::{Operation, ResponseType, Server, UdpServer, escape};

use coap_lite::MessageClass;

use crate::news::News;
use crate::requests::DeviceRequest;

pub const COMMANDS: &str = "\
Commands on standard input:

  clients                    list the registered devices
  read DEVICE PATH           such as: read button /3200/0/5501
  write DEVICE PATH VALUE    the rest of the line is the value, as plain text
  execute DEVICE PATH [ARGUMENTS]
  discover DEVICE PATH
  observe DEVICE PATH
  cancel DEVICE PATH
  silence on|off             drop every datagram, or no longer
  forget                     forget every registration, as a restart would
  refuse OPERATION CODE      answer an operation with a code, such as: refuse update 4.03
                             (register, update, deregister, send, bootstrap, pack)
  allow OPERATION            refuse it no longer
  help, quit
";

/// What is left to do after a command.
pub enum Outcome {
    /// Nothing.
    Done,
    /// To be printed.
    Text(String),
    /// To end.
    Quit,
}

/// Does what a line says; an error says what is wrong with it. What no event tells of is told to
/// `news`.
pub fn perform(server: &UdpServer, news: Option<&News>, line: &str) -> Result<Outcome, String> {
    let (command, rest) = word(line);
    if let Some(request) = DeviceRequest::parse(command, rest) {
        return match request?.make(server) {
            Ok(_) => Ok(Outcome::Done),
            Err(error) => Err(format!("{command}: {error}")),
        };
    }
    match command {
        "" => Ok(Outcome::Done),
        "quit" => nothing(command, rest).map(|()| Outcome::Quit),
        "help" => nothing(command, rest).map(|()| Outcome::Text(COMMANDS.into())),
        "clients" => {
            nothing(command, rest)?;
            Ok(Outcome::Text(server.with(|server, now| list(server, now))))
        }
        "silence" => {
            let on = match rest {
                "on" => true,
                "off" => false,
                _ => return Err("silence on or off?".into()),
            };
            server.with(|server, _| server.silence(on));
            Ok(Outcome::Text(format!("silence is {rest}\n")))
        }
        "forget" => {
            nothing(command, rest)?;
            server.with(|server, _| server.forget_all());
            news.inspect(|news| news.tell_devices(server));
            Ok(Outcome::Text("every registration is forgotten\n".into()))
        }
        "refuse" => {
            let (name, code) = word(rest);
            let (operation, response) = (operation(name)?, error_code(code)?);
            server.with(|server, _| server.refuse(operation, response, None));
            Ok(Outcome::Text(format!("{name} is refused with {code}\n")))
        }
        "allow" => {
            let operation = operation(rest)?;
            server.with(|server, _| server.allow(operation));
            Ok(Outcome::Text(format!("{rest} is allowed\n")))
        }
        _ => Err(format!("unknown command {command:?}; help lists them")),
    }
}

fn operation(text: &str) -> Result<Operation, String> {
    Ok(match text {
        "register" => Operation::Register,
        "update" => Operation::Update,
        "deregister" => Operation::Deregister,
        "send" => Operation::Send,
        "bootstrap" => Operation::BootstrapRequest,
        "pack" => Operation::BootstrapPackRequest,
        _ => {
            return Err(format!(
                "{text:?} is not register, update, deregister, send, bootstrap or pack"
            ));
        }
    })
}

/// Such as `4.03`.
fn error_code(text: &str) -> Result<ResponseType, String> {
    let code = text.split_once('.').and_then(|(class, detail)| {
        let class: u8 = class.parse().ok().filter(|class| matches!(class, 4 | 5))?;
        let detail: u8 = detail.parse().ok().filter(|detail| *detail < 32)?;
        match MessageClass::from(class << 5 | detail) {
            MessageClass::Response(code) => Some(code),
            _ => None,
        }
    });
    code.ok_or_else(|| format!("{text:?} is not an error code such as 4.03"))
}

/// The registered devices, a line each.
fn list(server: &Server, now: Duration) -> String {
    let mut lines = String::new();
    for client in server.clients() {
        let objects: Vec<_> = client.objects.iter().map(ToString::to_string).collect();
        let left = match client.expires {
            Some(at) => format!("{} s left", at.saturating_sub(now).as_secs()),
            None => "without end".into(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "{} at {}, /{}, LwM2M {}, {}{left}: {}",
            escape(&client.endpoint),
            client.peer,
            client.location.join("/"),
            client.version,
            if client.queue { "queue mode, " } else { "" },
            objects.join(" "),
        );
        for observation in &client.auto_observations {
            let _ = writeln!(lines, "  notifies {} without a request", observation.path);
        }
    }
    lines
}
