//! The server on real sockets, without security and with DTLS-PSK.

mod common;

use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use coap_lite::Packet;
use common::{OBJECTS, request, response};
use demo_server::{
    Direction, Error, Event, NoResponse, Psk, RequestType, ResponseType, UdpConfig, UdpServer,
};
use dimpl::{Dtls, Output, PskResolver};

const PATIENCE: Duration = Duration::from_secs(30);

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("binds");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    socket
}

fn register() -> Vec<u8> {
    request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS)
        .to_bytes()
        .expect("encodes")
}

fn receive(socket: &UdpSocket) -> Packet {
    let mut buffer = [0; 2048];
    let length = socket.recv(&mut buffer).expect("an answer");
    Packet::from_bytes(&buffer[..length]).expect("decodes")
}

#[test]
fn a_device_registers_and_is_read() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let server = UdpServer::start(UdpConfig {
        on_datagram: Some(Box::new(move |direction, _, _| {
            sink.lock().expect("no panic").push(direction);
        })),
        ..UdpConfig::default()
    })
    .expect("starts");
    let device = socket();
    device.connect(server.local_addr()).expect("connects");
    device.send(&register()).expect("sends");
    assert_eq!(
        receive(&device).header.code,
        response(ResponseType::Created)
    );
    let registered = server.wait_for(|event| matches!(event, Event::Registered { .. }), PATIENCE);
    assert!(registered.is_some());
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| server.read("device", "/3/0/0", None));
        let get = receive(&device);
        let mut content = common::answer(&get, ResponseType::Content);
        content.payload = b"Client Lite".to_vec();
        device
            .send(&content.to_bytes().expect("encodes"))
            .expect("sends");
        let answer = reader.join().expect("no panic").expect("an answer");
        assert_eq!(answer.payload, b"Client Lite");
    });
    use Direction::{In, Out};
    assert_eq!(*seen.lock().expect("no panic"), [In, Out, Out, In]);
    assert_eq!(
        server.read("stranger", "/3", None),
        Err(Error::NotRegistered("stranger".into()))
    );
}

#[test]
fn a_request_that_is_reset_is_an_error() {
    let server = UdpServer::start(UdpConfig::default()).expect("starts");
    let device = socket();
    device.connect(server.local_addr()).expect("connects");
    device.send(&register()).expect("sends");
    receive(&device);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| server.read("device", "/3/0/0", None));
        let id = receive(&device).header.message_id.to_be_bytes();
        device.send(&[0x70, 0, id[0], id[1]]).expect("sends");
        let answer = reader.join().expect("no panic");
        assert_eq!(answer, Err(Error::NoResponse(NoResponse::Reset)));
    });
}

struct Key(Vec<u8>);

impl PskResolver for Key {
    fn resolve(&self, _: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }
}

/// A DTLS client: sends `plaintext` once connected and gives the first plaintext that comes back.
fn exchange(socket: &UdpSocket, to: SocketAddr, key: &[u8], plaintext: &[u8]) -> Option<Vec<u8>> {
    socket
        .set_read_timeout(Some(Duration::from_millis(50)))
        .expect("a timeout");
    let config = dimpl::Config::builder()
        .with_psk_client(b"device".to_vec(), Arc::new(Key(key.to_vec())))
        .build()
        .expect("a configuration");
    let mut dtls = Dtls::new_12_psk(Arc::new(config), Instant::now());
    dtls.set_active(true);
    let give_up = Instant::now() + PATIENCE;
    let mut buffer = [0; 4096];
    while Instant::now() < give_up {
        dtls.handle_timeout(Instant::now()).ok()?;
        loop {
            match dtls.poll_output(&mut buffer) {
                Output::Packet(bytes) => drop(socket.send_to(bytes, to).expect("sends")),
                Output::ApplicationData(bytes) => return Some(bytes.to_vec()),
                Output::Timeout(_) => break,
                Output::Connected => {
                    dtls.send_application_data(plaintext).expect("sends");
                }
                _ => {}
            }
        }
        if let Ok((length, _)) = socket.recv_from(&mut buffer) {
            let datagram = buffer[..length].to_vec();
            dtls.handle_packet(&datagram).ok()?;
        }
    }
    None
}

#[test]
fn a_device_registers_over_dtls_and_again_from_the_same_port() {
    let server = UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        psk: vec![Psk {
            identity: b"device".to_vec(),
            key: vec![7; 16],
        }],
        ..UdpConfig::default()
    })
    .expect("starts");
    let address = server.dtls_addr().expect("DTLS");
    let device = socket();
    for message_id in 1..=2 {
        let mut register = request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS);
        register.header.message_id = message_id;
        let bytes = register.to_bytes().expect("encodes");
        let answer = exchange(&device, address, &[7; 16], &bytes).expect("an answer");
        let created = Packet::from_bytes(&answer).expect("decodes");
        assert_eq!(created.header.code, response(ResponseType::Created));
    }
    assert_eq!(
        server.with(|server, _| server.client("device").map(|c| c.registers)),
        Some(2)
    );
    // In the clear, nobody can speak for it.
    let forged = request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS);
    device
        .send_to(&forged.to_bytes().expect("encodes"), server.local_addr())
        .expect("sends");
    let _ = device.recv_from(&mut [0; 100]);
    let registers = server.with(|server, _| server.client("device").map(|client| client.registers));
    assert_eq!(registers, Some(2));
}

#[test]
fn ipv6_is_served() {
    let bind = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 0));
    let Ok(server) = UdpServer::start(UdpConfig {
        bind,
        ..UdpConfig::default()
    }) else {
        println!("no IPv6 on this machine");
        return;
    };
    let device = UdpSocket::bind(bind).expect("binds");
    device.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    device.connect(server.local_addr()).expect("connects");
    device.send(&register()).expect("sends");
    assert_eq!(
        receive(&device).header.code,
        response(ResponseType::Created)
    );
}

/// RFC 5246, 7.4.1.3: handshake_failure, rather than silence.
#[test]
fn a_device_without_a_cipher_suite_in_common_is_told() {
    let server = UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        psk: vec![Psk {
            identity: b"device".into(),
            key: vec![7; 16],
        }],
        ..UdpConfig::default()
    });
    let server = server.expect("starts");
    let device = socket();
    device
        .connect(server.dtls_addr().expect("DTLS"))
        .expect("connects");
    device.send(&client_hello(&[0xC0, 0xAE])).expect("sends");
    let mut alert = [0; 64];
    let length = device.recv(&mut alert).expect("an alert");
    assert_eq!((alert[0], &alert[length - 2..length]), (21, &[2, 40][..]));
    let failed = |event: &Event| matches!(event, Event::HandshakeFailed { .. });
    let event = server.wait_for(failed, PATIENCE).expect("a failure");
    assert!(
        event.to_string().contains("no cipher suite in common"),
        "{event}"
    );
}

/// A ClientHello (RFC 6347, 4.2.2) with these cipher suites, and without extensions.
fn client_hello(suites: &[u8]) -> Vec<u8> {
    let body = [
        &[0xFE, 0xFD][..],
        &[0; 32],
        &[0, 0],
        &[0, suites.len() as u8],
        suites,
        &[1, 0],
    ]
    .concat();
    let length = [0, 0, body.len() as u8];
    let handshake = [&[1][..], &length, &[0, 0], &[0, 0, 0], &length, &body].concat();
    let head = [
        22,
        0xFE,
        0xFD,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        handshake.len() as u8,
    ];
    [&head[..], &handshake].concat()
}
