//! The example as a program: what its user meets.

#[path = "common/example.rs"]
mod example;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use data_encoding::HEXLOWER;
use demo_server::{
    BootstrapOperation, Certificates, Content, Credentials, RequestType, SecurityInstance,
    ServerInstance, UdpConfig, UdpServer, pki,
};

fn program() -> Command {
    example::program("client")
}

/// The program against a server, with what it prints.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(server: &str, options: &[&str]) -> Self {
        let mut child = piped(program().args(["--server", server]).args(options));
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines() {
                if sender.send(line.expect("text")).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// What is printed up to a line that has this text.
    fn until(&mut self, text: &str) -> String {
        let mut printed = String::new();
        while !printed.contains(text) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => printed += &format!("{line}\n"),
                Err(_) => panic!("{text:?} is not printed, but {printed}"),
            }
        }
        printed
    }

    fn say(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{line}").expect("it runs");
    }

    #[cfg(unix)]
    fn interrupt(&self) {
        let kill = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(kill.expect("runs").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn piped(program: &mut Command) -> Child {
    program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts")
}

/// A server that never answers.
fn silent() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("binds");
    let uri = format!("coap://{}", socket.local_addr().expect("an address"));
    (socket, uri)
}

#[test]
fn it_tells_its_version() {
    let output = program().arg("--version").output().expect("runs");
    assert!(output.status.success());
    let version = concat!("client ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(output.stdout, version.as_bytes());
}

#[test]
fn a_command_line_that_is_wrong_is_refused_with_code_2() {
    for (arguments, named) in [
        (&["--queue", "--queue"][..], "--queue is given twice"),
        (&["now"], "\"now\""),
        (
            &["--psk-identity", ""],
            "--psk-identity: the identity is empty",
        ),
        (&["--server"], "--server needs a value"),
    ] {
        let output = program().args(arguments).output().expect("runs");
        let why = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{why}");
        assert!(why.contains(named), "{why}");
    }
}

#[test]
fn it_ends_quietly_when_nobody_reads_its_output() {
    let (_server, uri) = silent();
    let mut child = piped(program().args(["--server", &uri]));
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    output.read_line(&mut String::new()).expect("a line");
    drop(output);
    let mut input = child.stdin.take().expect("piped");
    // The first lines may still be taken: another child has not closed what it inherited yet.
    let status = loop {
        let _ = writeln!(input, "status");
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        thread::sleep(Duration::from_millis(10));
    };
    // As if SIGPIPE had ended it.
    assert_eq!(status.code(), Some(141));
    let mut complaint = String::new();
    let errors = child.stderr.as_mut().expect("piped");
    errors.read_to_string(&mut complaint).expect("text");
    assert_eq!(complaint, "");
}

#[cfg(unix)]
#[test]
fn ctrl_c_says_at_once_what_it_does_and_ends_at_once_the_second_time() {
    let (server, uri) = silent();
    let mut running = Running::start(&uri, &[]);
    server.recv(&mut [0; 1152]).expect("a Register");
    running.interrupt();
    running.until("de-registers, and ends within 93 s; Ctrl-C again ends at once");
    running.interrupt();
    let status = running.child.wait().expect("ends");
    assert_eq!(status.code(), Some(130));
}

#[test]
fn the_next_attempt_is_told() {
    let mut running = Running::start("coap://nonexistent.invalid", &[]);
    running.until("the server's name has no address; next attempt in ");
    running.say("status");
    running.until("registering, next attempt in ");
    running.say("update now");
    running.until("unexpected \"now\" behind update");
}

#[test]
fn a_refused_device_tries_again_when_it_was_told_to() {
    let server = UdpServer::start(UdpConfig::default()).expect("a server");
    server.with(|server, _| {
        let forbidden = demo_server::ResponseType::Forbidden;
        server.refuse(demo_server::Operation::Register, forbidden, None);
    });
    let uri = format!("coap://{}", server.local_addr());
    let mut running = Running::start(&uri, &["--retry-after", "2"]);
    running.until("tries again in 2 s; register does so at once");
    running.say("status");
    running.until("halted, next attempt in ");
    running.until("device              tries again\n");
    running.until("4.03");
}

#[test]
fn waits_are_shown() {
    let server = UdpServer::start(UdpConfig::default()).expect("a server");
    let uri = format!("coap://{}", server.local_addr());
    let mut running = Running::start(&uri, &["--lifetime", "300"]);
    running.until("next Update in 150 s");
    server.with(|server, _| server.silence(true));
    running.say("update");
    running.until("CON POST /rd/");
    running.until(", retransmission 1 of 4, next in ");
}

/// What a bootstrap server asks, and is told.
#[test]
fn a_bootstrap_is_shown() {
    let security = SecurityInstance {
        instance: 1,
        uri: "coap://127.0.0.1:1".into(),
        bootstrap: false,
        credentials: Credentials::None,
        short_server_id: 1,
    };
    let mut operations = BootstrapOperation::account(&security, &account());
    operations.insert(0, BootstrapOperation::discover("/"));
    operations.push(BootstrapOperation::read("/1"));
    let mut config = UdpConfig::default();
    config.server.bootstrap.insert(NAME.into(), operations);
    let server = UdpServer::start(config).expect("a server");
    let uri = format!("coap://{}", server.local_addr());
    let mut running = Running::start(&uri, &["--endpoint", NAME, "--bootstrap"]);
    let printed = running.until("bootstrapped");
    for shown in [
        "[link-format] </>;lwm2m=1.1,</0/0>,</1>,</3/0>",
        "CON DELETE /",
        "CON PUT /0/1 [senml-cbor] (not shown)",
        "CON GET /1",
        "/1/0/1 = 300",
        "answers POST /bs",
    ] {
        assert!(printed.contains(shown), "{shown:?}: {printed}");
    }
}

#[test]
fn a_pack_is_asked_for_and_its_key_is_not_printed() {
    const KEY: &str = "a-very-secret-key";
    let security = SecurityInstance {
        instance: 1,
        uri: "coaps://127.0.0.1:1".into(),
        bootstrap: false,
        credentials: Credentials::PreSharedKey {
            identity: NAME.into(),
            key: KEY.into(),
        },
        short_server_id: 1,
    };
    let mut config = UdpConfig::default();
    config.server.bootstrap_packs = true;
    let operations = BootstrapOperation::account(&security, &account());
    config.server.bootstrap.insert(NAME.into(), operations);
    let server = UdpServer::start(config).expect("a server");
    let uri = format!("coap://{}", server.local_addr());
    let options = ["--endpoint", NAME, "--bootstrap", "--bootstrap-pack"];
    let printed = Running::start(&uri, &options).until("bootstrapped");
    for shown in ["GET /bspack?ep=example", "(not shown)", "/1/0/1 = 300"] {
        assert!(printed.contains(shown), "{shown:?}: {printed}");
    }
    assert!(!printed.contains("POST /bs"), "{printed}");
    let hex = HEXLOWER.encode(KEY.as_bytes());
    assert!(
        !printed.contains(KEY) && !printed.contains(&hex),
        "{printed}"
    );
}

#[test]
fn a_folder_of_the_demo_server_s_certificates_is_all_it_needs() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pki");
    let _ = fs::remove_dir_all(&folder);
    pki::create(&folder, &["localhost"], NAME).expect("certificates");
    let server = UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        certificates: Some(Certificates::read(&folder).expect("certificates")),
        ..UdpConfig::default()
    });
    let server = server.expect("a server");
    let port = server.dtls_addr().expect("DTLS").port();
    let uri = format!("coaps://localhost:{port}");
    let folder = folder.to_str().expect("Unicode");
    let mut running = Running::start(&uri, &["--endpoint", NAME, "--certificates", folder]);
    running.until("registered: endpoint name example");
    drop(running);
    let by_address = format!("coaps://127.0.0.1:{port}");
    let mut running = Running::start(&by_address, &["--certificates", folder]);
    running.until("the server's certificate: it is not for 127.0.0.1");
    running.until("the server's certificate was not accepted; next attempt in ");
}

#[test]
fn a_bootstrap_server_s_key_is_not_printed_in_any_format() {
    const KEY: &str = "a-very-secret-key";
    let json = format!(r#"[{{"bn":"/0/1/","n":"5","vs":"{KEY}"}}]"#);
    let cbor = [b"\xa1\x00\xa1\x01\xa1\x05\x51", KEY.as_bytes()].concat();
    let tlv = [b"\xc8\x05\x11", KEY.as_bytes()].concat();
    for (path, format, body) in [
        ("/0/1", 110, json.clone().into_bytes()),
        ("/0", 110, json.clone().into()),
        ("/0/1", 1542, tlv.clone()),
        ("/0/1", 11542, tlv),
        ("/0/1", 11543, json.into()),
        ("/0/1", 11544, cbor),
        ("/0/1/5", 0, KEY.into()),
        ("/0/1/5", 42, KEY.into()),
    ] {
        let mut config = UdpConfig::default();
        let write = BootstrapOperation {
            accept: None,
            method: RequestType::Put,
            path: path.into(),
            content: Content::Bytes(format, body),
        };
        config.server.bootstrap.insert(NAME.into(), vec![write]);
        let server = UdpServer::start(config).expect("a server");
        let uri = format!("coap://{}", server.local_addr());
        let mut running = Running::start(&uri, &["--endpoint", NAME, "--bootstrap"]);
        let mut printed = running.until(&format!("CON PUT {path}"));
        printed += &running.until("answers PUT /0");
        assert!(printed.contains("(not shown)"), "{format}: {printed}");
        let hex = HEXLOWER.encode(KEY.as_bytes());
        assert!(
            !printed.contains(KEY) && !printed.contains(&hex),
            "{format}: {printed}"
        );
    }
}

/// The part of an account that is no secret.
fn account() -> ServerInstance {
    ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 300,
        storing: true,
        binding: "U".into(),
    }
}

const NAME: &str = "example";
const PATIENCE: Duration = Duration::from_secs(30);
