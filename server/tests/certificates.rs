//! Devices with certificates: for whom they can speak, and which handshakes lead anywhere.

mod common;

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use coap_lite::{MessageClass, Packet};
use common::{Bench, OBJECTS, bench, request, response};
use demo_server::pki::{Authority, CertifiedKey, a_year};
use demo_server::{
    BootstrapOperation, Certificates, Config, Event, RequestType, ResponseType, UdpConfig,
    UdpServer,
};
use dimpl::{Dtls, DtlsCertificate, Output};

const REFUSED: MessageClass = MessageClass::Response(ResponseType::BadRequest);

/// What the server answers to a device whose certificate is for `device`.
fn ask_certified(bench: &mut Bench, packet: &Packet) -> MessageClass {
    let bytes = packet.to_bytes().expect("encodes");
    let (now, peer) = (bench.now, bench.peer);
    bench
        .server
        .handle_datagram_for(now, peer, Some("device"), &bytes);
    bench.expect_sent().header.code
}

fn numbered(message_id: u16, method: RequestType, uri: &str, links: &str) -> Packet {
    let mut packet = request(method, uri, links);
    packet.header.message_id = message_id;
    packet
}

#[test]
fn a_device_speaks_for_the_name_in_its_certificate_only() {
    let mut config = Config::default();
    for name in ["device", "another"] {
        let operations = vec![BootstrapOperation::delete("/")];
        config.bootstrap.insert(name.into(), operations);
    }
    let mut bench = bench(config);
    let register = |id, name: &str| {
        let uri = format!("rd?ep={name}&lwm2m=1.1");
        numbered(id, RequestType::Post, &uri, OBJECTS)
    };
    assert_eq!(ask_certified(&mut bench, &register(1, "another")), REFUSED);
    // The last one of several counts, as it does where there is no certificate.
    assert_eq!(
        ask_certified(&mut bench, &register(2, "device&ep=another")),
        REFUSED
    );
    assert_eq!(bench.server.clients().count(), 0);
    let created = ask_certified(&mut bench, &register(3, "device"));
    assert_eq!(created, response(ResponseType::Created));
    let bootstrap = numbered(4, RequestType::Post, "bs?ep=another", "");
    assert_eq!(ask_certified(&mut bench, &bootstrap), REFUSED);
    let reason = "the certificate is for device, not for another";
    assert!(
        bench
            .events()
            .iter()
            .any(|event| event.to_string().contains(reason))
    );
}

#[test]
fn a_device_changes_its_own_registration_only() {
    let mut bench = bench(Config::default());
    let theirs = bench.register("ep=another&lwm2m=1.1");
    bench.peer = SocketAddr::from(([192, 0, 2, 2], 40_000));
    let update = numbered(10, RequestType::Post, &theirs, "");
    assert_eq!(ask_certified(&mut bench, &update), REFUSED);
    let deregister = numbered(11, RequestType::Delete, &theirs, "");
    assert_eq!(ask_certified(&mut bench, &deregister), REFUSED);
    let registration = bench.server.client("another").expect("it is still there");
    assert_eq!(registration.updates, 0);
}

fn certificates() -> (Authority, Certificates) {
    let authority = Authority::new("authority", a_year()).expect("an authority");
    let own = authority
        .server(&["localhost"], a_year())
        .expect("a certificate");
    let certificates = Certificates {
        ca: authority.certificate().into(),
        certificate: own.certificate,
        key: own.key,
        require_client: true,
    };
    (authority, certificates)
}

fn start(certificates: Certificates) -> std::io::Result<UdpServer> {
    UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        certificates: Some(certificates),
        ..UdpConfig::default()
    })
}

#[test]
fn certificates_that_are_none_are_named() {
    let (_, right) = certificates();
    for (change, named) in [
        (
            (|all| all.ca.clear()) as fn(&mut Certificates),
            "the authority's certificate",
        ),
        (
            |all| all.certificate.truncate(99),
            "the server's certificate",
        ),
        (|all| all.key.truncate(99), "the server's key"),
    ] {
        let mut wrong = right.clone();
        change(&mut wrong);
        let error = start(wrong).err().expect("refused");
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn names_that_fit_into_no_certificate() {
    let (authority, _) = certificates();
    let long = "x".repeat(65);
    for (result, named) in [
        (authority.device("", a_year()), "64 characters"),
        (authority.device(&long, a_year()), "64 characters"),
        (authority.server(&[], a_year()), "64 characters"),
    ] {
        let error = result.expect_err("refused");
        assert!(error.to_string().contains(named), "{error}");
    }
    assert!(authority.server(&["caf\u{e9}"], a_year()).is_err());
}

/// Whether a device gets through a handshake, and the server's certificate.
fn shake_hands(
    server: &UdpServer,
    own: CertifiedKey,
    version: fn(Arc<dimpl::Config>, DtlsCertificate, Instant) -> Dtls,
) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("binds");
    socket
        .connect(server.dtls_addr().expect("DTLS"))
        .expect("connects");
    socket
        .set_read_timeout(Some(Duration::from_millis(50)))
        .expect("a timeout");
    let own = DtlsCertificate {
        certificate: own.certificate,
        private_key: own.key,
    };
    let mut dtls = version(Arc::default(), own, Instant::now());
    dtls.set_active(true);
    let (mut buffer, mut shown) = (vec![0; 65_536], None);
    let give_up = Instant::now() + PATIENCE;
    while Instant::now() < give_up {
        dtls.handle_timeout(Instant::now()).ok()?;
        loop {
            match dtls.poll_output(&mut buffer) {
                Output::Packet(datagram) => drop(socket.send(datagram).expect("sends")),
                Output::PeerCert(certificate) => shown = Some(certificate.to_vec()),
                Output::Connected => return shown,
                Output::Timeout(_) => break,
                _ => {}
            }
        }
        if let Ok(length) = socket.recv(&mut buffer) {
            let datagram = buffer[..length].to_vec();
            dtls.handle_packet(&datagram).ok()?;
        }
    }
    None
}

#[test]
fn a_device_sees_the_server_s_certificate() {
    let (authority, ours) = certificates();
    let server = start(ours.clone()).expect("starts");
    let device = || authority.device("device", a_year()).expect("a certificate");
    let shown = shake_hands(&server, device(), Dtls::new_12);
    assert_eq!(shown, Some(ours.certificate.clone()));
    // It offers DTLS 1.3 as well.
    let shown = shake_hands(&server, device(), Dtls::new_auto);
    assert_eq!(shown, Some(ours.certificate));
}

#[test]
fn a_device_of_another_authority_gets_nowhere() {
    let (_, ours) = certificates();
    let (other, _) = certificates();
    let server = start(ours).expect("starts");
    let device = other.device("device", a_year()).expect("a certificate");
    assert_eq!(shake_hands(&server, device, Dtls::new_12), None);
    let failed = |event: &Event| matches!(event, Event::HandshakeFailed { .. });
    let event = server.wait_for(failed, PATIENCE).expect("an event");
    assert!(
        event
            .to_string()
            .ends_with("its certificate is of another authority"),
        "{event}"
    );
}

const PATIENCE: Duration = Duration::from_secs(30);
