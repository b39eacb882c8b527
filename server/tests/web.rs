//! The web page as other programs see it. `tests/web` has what a browser makes of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use coap_lite::{CoapOption, MessageClass, Packet, RequestType};
use serde_json::{Value, json};

#[test]
fn a_page_begins_with_the_devices_and_goes_on_with_what_happens() {
    let program = Program::start();
    program.register("early");
    let mut events = program.events();
    let mut known = events.next()["now"]["devices"].clone();
    if known == json!([]) {
        // The page was faster than the device.
        known = json!([events.next()["device"]]);
    }
    assert_eq!(known[0]["endpoint"], "early");
    assert_eq!(known[0]["objects"], json!(["/3/0"]));
    program.register("late");
    loop {
        let happening = events.next();
        if happening["endpoint"] == "late" {
            assert_eq!(happening["device"]["lifetime"], 86_400);
            break;
        }
    }
}

#[test]
fn an_endpoint_name_cannot_end_its_event() {
    const NAME: &str = "a\n\ndata: {}\r\u{2028}\"";
    let program = Program::start();
    let mut events = program.events();
    assert_eq!(events.next()["recent"], json!([]));
    program.register(NAME);
    assert_eq!(events.next()["endpoint"], NAME);
}

#[test]
fn a_host_name_of_somebody_else_gets_nothing() {
    let program = Program::start();
    let port = program.web.port();
    for (host, status) in [
        ("attacker.example", 403),
        ("127.0.0.1.attacker.example", 403),
        ("", 403),
        ("localhost", 200),
        ("[::1]", 200),
        ("192.0.2.1", 200),
    ] {
        for host in [host.into(), format!("{host}:{port}")] {
            let (answer, _) = program.ask("GET /", &[("Host", &host)], "");
            assert_eq!(answer, status, "{host}");
        }
    }
    assert_eq!(program.ask("GET /", &[], "").0, 403);
}

#[test]
fn the_form_of_another_page_can_command_no_device() {
    let program = Program::start();
    program.register("device");
    let mut events = program.events();
    while !events.next().to_string().contains(r#""endpoint":"device""#) {}
    let host = program.web.to_string();
    let body = r#"{"operation":"read","device":"device","path":"/3"}"#;
    let post = |kind| {
        let headers = [("Host", host.as_str()), ("Content-Type", kind)];
        program.ask("POST /requests", &headers, body)
    };
    for simple in ["text/plain", "application/x-www-form-urlencoded"] {
        assert_eq!(post(simple).0, 415);
    }
    assert_eq!(post("application/json"), (200, r#"{"request":0}"#.into()));
    // What a browser asks first, before it sends JSON for another page.
    let (status, _) = program.ask("OPTIONS /requests", &[("Host", &host)], "");
    assert_eq!(status, 405);
}

#[test]
fn a_request_that_cannot_be_made_is_answered_with_the_reason() {
    let program = Program::start();
    let host = program.web.to_string();
    for (body, why) in [
        ("", "EOF"),
        (
            r#"{"operation":"read","device":"x"}"#,
            "missing field `path`",
        ),
        (
            r#"{"operation":"shout","device":"x","path":"/3"}"#,
            "unknown variant `shout`",
        ),
        (
            r#"{"operation":"read","device":"x","path":"/3"}"#,
            r#"no client "x" is registered"#,
        ),
        (
            r#"{"operation":"read","device":"x","path":"3"}"#,
            r#""3" is not an LwM2M path"#,
        ),
    ] {
        let headers = [
            ("Host", host.as_str()),
            ("Content-Type", "application/json"),
        ];
        let (status, answer) = program.ask("POST /requests", &headers, body);
        assert_eq!(status, 400);
        assert!(answer.contains(why), "{body}: {answer}");
    }
    let long = "x".repeat(100_000);
    let headers = [
        ("Host", host.as_str()),
        ("Content-Type", "application/json"),
    ];
    assert_eq!(program.ask("POST /requests", &headers, &long).0, 413);
}

#[test]
fn pages_and_idle_connections_keep_up_nobody() {
    let program = Program::start();
    let host = program.web.to_string();
    let _pages: Vec<_> = (0..20).map(|_| program.events()).collect();
    let idle = |_| TcpStream::connect(program.web).expect("connects");
    let _idle: Vec<_> = (0..20).map(idle).collect();
    for _ in 0..20 {
        assert_eq!(program.ask("GET /", &[("Host", &host)], "").0, 200);
    }
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_demo-server"))
        .args(["--bind", "127.0.0.1:0", "--web", &address])
        .output()
        .expect("runs");
    let why = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        why.contains(&format!("cannot serve the web page at {address}")),
        "{why}"
    );
}

/// A demo server with a page.
struct Program {
    child: Child,
    coap: SocketAddr,
    web: SocketAddr,
}

impl Program {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_demo-server"))
            .args(["--bind", "127.0.0.1:0", "--web", "127.0.0.1:0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut address = |before| {
            let line = output.next().expect("a line").expect("text");
            let address = line.strip_prefix(before).expect(before);
            address.parse().expect("an address")
        };
        let coap = address("listening on coap://");
        let web = address("the devices: http://");
        // It goes on where nobody reads what it prints.
        std::thread::spawn(move || output.for_each(drop));
        Self { child, coap, web }
    }

    /// Sends a request, whose answer is then to be read.
    fn request(&self, start: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.web).expect("connects");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let length = body.len();
        let mut text = format!("{start} HTTP/1.1\r\nContent-Length: {length}\r\n");
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        stream
            .write_all(format!("{text}Connection: close\r\n\r\n{body}").as_bytes())
            .expect("sends");
        stream
    }

    /// The answer's status and body.
    fn ask(&self, start: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let mut answer = String::new();
        let mut stream = self.request(start, headers, body);
        stream.read_to_string(&mut answer).expect("text");
        let status = answer
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        (status.expect("a status"), body.into())
    }

    fn events(&self) -> Events {
        let host = self.web.to_string();
        Events(BufReader::new(self.request(
            "GET /events",
            &[("Host", &host)],
            "",
        )))
    }

    /// Registers a device of this name, which then says nothing more.
    fn register(&self, name: &str) {
        let mut register = Packet::new();
        register.header.code = MessageClass::Request(RequestType::Post);
        register.add_option(CoapOption::UriPath, b"rd".into());
        register.add_option(CoapOption::UriQuery, format!("ep={name}").into());
        register.add_option(CoapOption::UriQuery, b"lwm2m=1.1".into());
        register.add_option(CoapOption::ContentFormat, vec![40]);
        register.payload = b"</3/0>".into();
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        let message = register.to_bytes().expect("a message");
        socket.send_to(&message, self.coap).expect("sends");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Events(BufReader<TcpStream>);

impl Events {
    /// The next one's JSON.
    fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert!(
                self.0.read_line(&mut line).expect("a line") > 0,
                "it has ended"
            );
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).expect("JSON");
            }
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
