//! The demo server as a program: one line an event, commands on standard input.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, io, thread};

use coap_lite::{MessageClass, ResponseType};
use demo_server::format::TEXT;
use demo_server::{
    BootstrapOperation, Error, Operation, Psk, RequestId, SecurityInstance, Server, ServerInstance,
    UdpConfig, UdpServer,
};

fn main() -> ExitCode {
    let config = match parse(env::args().skip(1)) {
        Ok(Some(config)) => config,
        Ok(None) => {
            print!("{HELP}{COMMANDS}");
            return ExitCode::SUCCESS;
        }
        Err(wrong) => {
            eprintln!("demo-server: {wrong}; --help explains the options");
            return ExitCode::from(2);
        }
    };
    let server = match UdpServer::start(config) {
        Ok(server) => Arc::new(server),
        Err(error) => {
            eprintln!("demo-server: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("listening on coap://{}", server.local_addr());
    if let Some(address) = server.dtls_addr() {
        println!("listening on coaps://{address}");
    }
    let printer = server.clone();
    thread::spawn(move || print_events(&printer));
    for line in io::stdin().lines() {
        let Ok(line) = line else { break };
        match perform(&server, &line) {
            Ok(Outcome::Go) => {}
            Ok(Outcome::Quit) => return ExitCode::SUCCESS,
            Err(wrong) => println!("{wrong}"),
        }
    }
    // Without standard input it serves until it is killed.
    loop {
        thread::park();
    }
}

const HELP: &str = "\
A small LwM2M server and bootstrap server, for demonstrations and tests.

Usage: demo-server [OPTIONS]

  --bind ADDRESS:PORT        listen for coap:// here (default 127.0.0.1:5683; IPv6 as [::1]:5683)
  --dtls-bind ADDRESS:PORT   listen for coaps:// here as well (port 5684 is usual)
  --psk IDENTITY:HEX         a key for coaps://; may be given more than once
  --bootstrap-for NAME=URI[,IDENTITY:HEX]
                             bootstrap the device NAME to the server URI; may be given more than once
  --help                     this text

";

const COMMANDS: &str = "\
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
                             (register, update, deregister, send, bootstrap)
  allow OPERATION            refuse it no longer
  help, quit
";

/// What the command line asks for. `None` is a call for help; an error says what is wrong.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<UdpConfig>, String> {
    let mut config = UdpConfig {
        bind: SocketAddr::from(([127, 0, 0, 1], 5683)),
        seed: seed(),
        ..UdpConfig::default()
    };
    while let Some(option) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{option} needs a value"))
        };
        match option.as_str() {
            "--help" | "-h" => return Ok(None),
            "--bind" => config.bind = address(&option, &value()?)?,
            "--dtls-bind" => config.dtls_bind = Some(address(&option, &value()?)?),
            "--psk" => config.psk.push(psk(&option, &value()?)?),
            "--bootstrap-for" => {
                let (name, account) = account(&option, &value()?)?;
                config.server.bootstrap.insert(name, account);
            }
            _ => return Err(format!("unknown option {option}")),
        }
    }
    match (config.dtls_bind, config.psk.is_empty()) {
        (None, false) => Err("--psk needs --dtls-bind".into()),
        (Some(_), true) => Err("--dtls-bind needs a --psk".into()),
        _ => Ok(Some(config)),
    }
}

fn address(option: &str, text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{option}: \"{text}\" is not ADDRESS:PORT"))
}

// The key is not repeated in errors.
fn psk(option: &str, text: &str) -> Result<Psk, String> {
    let (identity, key) = text
        .rsplit_once(':')
        .ok_or_else(|| format!("{option}: expected IDENTITY:HEX"))?;
    let key = from_hex(key).filter(|key| !key.is_empty()).ok_or_else(|| {
        format!("{option}: the key of \"{identity}\" is not an even number of hex digits")
    })?;
    Ok(Psk {
        identity: identity.into(),
        key,
    })
}

fn account(option: &str, text: &str) -> Result<(String, Vec<BootstrapOperation>), String> {
    let expected = || format!("{option}: expected NAME=URI or NAME=URI,IDENTITY:HEX");
    let (name, rest) = text.split_once('=').ok_or_else(expected)?;
    let (uri, key) = match rest.split_once(',') {
        Some((uri, key)) => (uri, Some(psk(option, key)?)),
        None => (rest, None),
    };
    let secure = uri.starts_with("coaps://");
    if name.is_empty() || !(secure || uri.starts_with("coap://")) {
        return Err(expected());
    }
    if secure != key.is_some() {
        return Err(format!(
            "{option}: coaps:// needs a key, and coap:// has none"
        ));
    }
    let security = SecurityInstance {
        instance: 1,
        uri: uri.into(),
        bootstrap: false,
        psk: key.map(|psk| (psk.identity, psk.key)),
        short_server_id: 1,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 300,
        storing: true,
        binding: "U".into(),
    };
    Ok((name.into(), BootstrapOperation::account(&security, &server)))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let digits = (0..text.len()).step_by(2);
    digits
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

/// Tokens without security must not be guessed: from the system's randomness, or else the clock.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    let random = fs::File::open("/dev/urandom");
    match random.and_then(|mut file| io::Read::read_exact(&mut file, &mut bytes)) {
        Ok(()) => u64::from_ne_bytes(bytes),
        Err(_) => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |age| age.as_nanos() as u64),
    }
}

fn print_events(server: &UdpServer) {
    let start = Instant::now();
    loop {
        if let Some(event) = server.wait_for(|_| true, Duration::from_secs(3600)) {
            println!("{:10.3} {event}", start.elapsed().as_secs_f64());
        }
    }
}

enum Outcome {
    Go,
    Quit,
}

/// Does one command; an error says what is wrong with it.
fn perform(server: &UdpServer, line: &str) -> Result<Outcome, String> {
    let mut words = line.trim().splitn(4, char::is_whitespace);
    let mut word = || words.next().unwrap_or("");
    let (command, first, second, rest) = (word(), word(), word(), word());
    let request: Request = match command {
        "" => return Ok(Outcome::Go),
        "quit" => return Ok(Outcome::Quit),
        "help" => {
            print!("{COMMANDS}");
            return Ok(Outcome::Go);
        }
        "clients" => {
            server.with(|server, now| print_clients(server, now));
            return Ok(Outcome::Go);
        }
        "silence" if matches!(first, "on" | "off") => {
            server.with(|server, _| server.silence(first == "on"));
            println!("silence is {first}");
            return Ok(Outcome::Go);
        }
        "silence" => return Err("silence on or off?".into()),
        "forget" => {
            server.with(|server, _| server.forget_all());
            println!("every registration is forgotten");
            return Ok(Outcome::Go);
        }
        "refuse" => {
            let (operation, code) = (operation(first)?, error_code(second)?);
            server.with(|server, _| server.refuse(operation, code, None));
            println!("{first} is refused with {second}");
            return Ok(Outcome::Go);
        }
        "allow" => {
            let operation = operation(first)?;
            server.with(|server, _| server.allow(operation));
            println!("{first} is allowed");
            return Ok(Outcome::Go);
        }
        "read" => |server, now, device, path, _| server.read(now, device, path, None),
        "write" => |server, now, device, path, value| {
            server.write(now, device, path, TEXT, value.as_bytes())
        },
        "execute" => {
            |server, now, device, path, arguments| server.execute(now, device, path, arguments)
        }
        "discover" => |server, now, device, path, _| server.discover(now, device, path),
        "observe" => |server, now, device, path, _| server.observe(now, device, path, None),
        "cancel" => |server, now, device, path, _| server.cancel(now, device, path),
        _ => return Err(format!("unknown command \"{command}\"; help lists them")),
    };
    server
        .with(
            |server, now| match request(server, now, first, second, rest) {
                // Its next notification is answered with RST.
                Err(Error::NotRequested(path)) => server.forget(first, &path),
                result => result.map(|_| ()),
            },
        )
        .map(|()| Outcome::Go)
        .map_err(|error| format!("{command}: {error}"))
}

type Request = fn(&mut Server, Duration, &str, &str, &str) -> Result<RequestId, Error>;

fn operation(text: &str) -> Result<Operation, String> {
    Ok(match text {
        "register" => Operation::Register,
        "update" => Operation::Update,
        "deregister" => Operation::Deregister,
        "send" => Operation::Send,
        "bootstrap" => Operation::BootstrapRequest,
        _ => {
            return Err(format!(
                "\"{text}\" is not register, update, deregister, send or bootstrap"
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
    code.ok_or_else(|| format!("\"{text}\" is not an error code such as 4.03"))
}

fn print_clients(server: &Server, now: Duration) {
    for client in server.clients() {
        let objects: Vec<_> = client.objects.iter().map(ToString::to_string).collect();
        let left = match client.expires {
            Some(at) => format!("{} s left", at.saturating_sub(now).as_secs()),
            None => "without end".into(),
        };
        println!(
            "{} at {}, /{}, LwM2M {}, {}{left}: {}",
            client.endpoint,
            client.peer,
            client.location.join("/"),
            client.version,
            if client.queue { "queue mode, " } else { "" },
            objects.join(" "),
        );
        for observation in &client.auto_observations {
            println!("  notifies {} without a request", observation.path);
        }
    }
}
