//! Servers with certificates: which are accepted, what is told of the others, and that the client
//! recovers when it is put right.

mod common;

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use client_lite::{Account, Detail, Event, RegisterReason, TransportError};
use common::relay::{Relay, Way};
use common::{
    IDENTITY, KEY, Own, PATIENCE, Running, authority, certified_server, certified_server_at,
    config, device_of, device_with, secure_server, secure_server_at, server_of, server_with,
    unused, uri,
};
use demo_server::pki::a_year;
use demo_server::{Event as ServerEvent, Psk, UdpConfig, UdpServer};

fn account(address: SocketAddr) -> Account<'static> {
    Account::new(uri("coaps", address))
}

fn dtls(server: &UdpServer) -> SocketAddr {
    server.dtls_addr().expect("DTLS")
}

/// Why the next handshake fails at the server.
fn refusal(server: &UdpServer) -> String {
    let failed = |event: &ServerEvent| matches!(event, ServerEvent::HandshakeFailed { .. });
    let event = server.wait_for(failed, PATIENCE).expect("a refusal");
    event.to_string()
}

#[test]
fn a_device_and_a_server_that_know_each_other() {
    let authority = authority();
    let server = certified_server(server_of(&authority));
    let device = Running::certified(config(account(dtls(&server))), device_of(&authority));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    let read = server.read("device", "/3200/0/5501", Some(0));
    assert_eq!(read.expect("an answer").payload, b"0");
}

#[test]
fn a_server_that_is_known_by_its_dns_name() {
    let authority = authority();
    let own = authority.server(&["localhost"], a_year());
    let server = certified_server(server_with(&authority, own.expect("a certificate")));
    let uri = format!("coaps://localhost:{}", dtls(&server).port()).leak();
    let account = Account::new(uri);
    let device = Running::certified(config(account), device_of(&authority));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}

/// In place of the host in the URI.
#[test]
fn a_server_that_is_known_by_the_name_of_the_account() {
    let authority = authority();
    let own = authority.server(&["server.example"], a_year());
    let server = certified_server(server_with(&authority, own.expect("a certificate")));
    let mut account = account(dtls(&server));
    account.handshake.server_name = "server.example";
    let device = Running::certified(config(account), device_of(&authority));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}

#[test]
fn a_server_that_does_not_ask_devices_for_a_certificate() {
    let authority = authority();
    let mut certificates = server_of(&authority);
    certificates.require_client = false;
    let server = certified_server(certificates);
    let relay = Relay::to(dtls(&server));
    let ours = device_of(&authority);
    let mut config = config(account(relay.address()));
    config.endpoint = "of no certificate";
    let device = Running::certified(config, ours.clone());
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    assert!(!has(&relay.bytes(Way::ToServer), &ours.certificate));
}

#[test]
fn keys_and_certificates_at_the_same_address() {
    let authority = authority();
    let server = UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        psk: vec![Psk {
            identity: IDENTITY.into(),
            key: KEY.into(),
        }],
        certificates: Some(server_of(&authority)),
        ..UdpConfig::default()
    });
    let server = server.expect("a server");
    let certified = Running::certified(config(account(dtls(&server))), device_of(&authority));
    assert_eq!(certified.event(), Event::Registered(RegisterReason::First));
    let account = Account::new(uri("coaps", dtls(&server))).with_psk(IDENTITY, KEY);
    let mut config = config(account);
    config.endpoint = "device with a key";
    let keyed = Running::new(config);
    assert_eq!(keyed.event(), Event::Registered(RegisterReason::First));
}

/// A long one comes in several datagrams.
#[test]
fn a_certificate_of_many_names() {
    let authority = authority();
    let own = authority.server(&many_names(), a_year());
    let own = own.expect("a certificate");
    assert!(own.certificate.len() > 3000);
    let server = certified_server(server_with(&authority, own));
    let device = Running::certified(config(account(dtls(&server))), device_of(&authority));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}

/// The first of them is its common name.
#[test]
fn a_device_whose_certificate_has_many_names() {
    let authority = authority();
    let names = many_names();
    let own = authority.server(&names, a_year()).expect("a certificate");
    let server = certified_server(server_of(&authority));
    let mut config = config(account(dtls(&server)));
    config.endpoint = names[0];
    let device = Running::certified(config, device_with(&authority, own));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}

fn many_names() -> Vec<&'static str> {
    let name = |number| &*format!("{number}.lwm2m.example.com").leak();
    (0..150).map(name).chain(["127.0.0.1"]).collect()
}

/// The server is not accepted, for this reason, and is when it has another certificate at last. Until
/// then it learns nothing of the device, not even its certificate.
fn refused(
    wrong: demo_server::Certificates,
    right: demo_server::Certificates,
    ours: Own,
    reason: &str,
) {
    let server = certified_server(wrong);
    let address = dtls(&server);
    let relay = Relay::to(address);
    let device = Running::certified(config(account(relay.address())), ours.clone());
    assert_eq!(device.detail(), Detail::Certificate);
    let (error, why) = device.failure();
    assert_eq!(error, TransportError::Certificate);
    assert!(why.contains(reason), "{why}");
    assert!(refusal(&server).contains("the device refuses, with alert 4"));
    assert!(!has(&relay.bytes(Way::ToServer), &ours.certificate));
    assert!(server.with(|server, _| server.client("device").is_none()));
    drop(server);
    let server = certified_server_at(address, right);
    device.expect_registered();
    assert!(server.with(|server, _| server.client("device").is_some()));
}

#[test]
fn a_server_of_another_name() {
    let authority = authority();
    let own = authority.server(&["localhost", "127.0.0.2"], a_year());
    let wrong = server_with(&authority, own.expect("a certificate"));
    let reason = "it is not for 127.0.0.1";
    refused(wrong, server_of(&authority), device_of(&authority), reason);
}

#[test]
fn a_server_whose_certificate_has_expired() {
    let authority = authority();
    let now = SystemTime::now();
    let validity = now - Duration::from_secs(86_400)..now - Duration::from_secs(2);
    let own = authority.server(&["127.0.0.1"], validity);
    let wrong = server_with(&authority, own.expect("a certificate"));
    let reason = "it has expired";
    refused(wrong, server_of(&authority), device_of(&authority), reason);
}

#[test]
fn a_server_whose_certificate_is_not_valid_yet() {
    let authority = authority();
    let later = SystemTime::now() + Duration::from_secs(3600);
    let own = authority.server(&["127.0.0.1"], later..later + Duration::from_secs(3600));
    let wrong = server_with(&authority, own.expect("a certificate"));
    let reason = "it is not valid yet: is the clock right?";
    refused(wrong, server_of(&authority), device_of(&authority), reason);
}

#[test]
fn a_server_of_an_authority_that_is_not_known() {
    let (ours, theirs) = (authority(), authority());
    let own = theirs.server(&["127.0.0.1"], a_year());
    let wrong = server_with(&ours, own.expect("a certificate"));
    let reason = "it is not signed by the authority that this device trusts";
    refused(wrong, server_of(&ours), device_of(&ours), reason);
}

#[test]
fn a_device_that_poses_as_a_server() {
    let authority = authority();
    let own = authority.device("127.0.0.1", a_year());
    let wrong = server_with(&authority, own.expect("a certificate"));
    let reason = "it is not for servers";
    refused(wrong, server_of(&authority), device_of(&authority), reason);
}

/// The server refuses the device, by this alert and in these words, until there is another in its place.
fn refused_by_server(
    refusing: UdpServer,
    ours: Own,
    (alert, reason): (u8, &str),
    right: impl FnOnce(SocketAddr) -> UdpServer,
) {
    let address = dtls(&refusing);
    let device = Running::certified(config(account(address)), ours);
    assert_eq!(device.detail(), Detail::Alert(alert));
    let (error, why) = device.failure();
    assert_eq!(error, TransportError::Alert(alert));
    assert!(why.contains(&Detail::Alert(alert).to_string()), "{why}");
    let why = refusal(&refusing);
    assert!(why.contains(reason), "{why}");
    drop(refusing);
    let _right = right(address);
    device.expect_registered();
}

#[test]
fn a_device_of_an_authority_that_the_server_does_not_know() {
    let (ours, theirs) = (authority(), authority());
    let own = theirs.device("device", a_year()).expect("a certificate");
    let mut right = server_of(&ours);
    right.ca = theirs.certificate().into();
    refused_by_server(
        certified_server(server_of(&ours)),
        device_with(&ours, own),
        (48, "its certificate is of another authority"),
        |address| certified_server_at(address, right),
    );
}

#[test]
fn a_device_whose_certificate_has_expired() {
    let authority = authority();
    let now = SystemTime::now();
    let validity = now - Duration::from_secs(86_400)..now - Duration::from_secs(2);
    let own = authority.device("device", validity);
    let mut right = server_of(&authority);
    right.require_client = false;
    refused_by_server(
        certified_server(server_of(&authority)),
        device_with(&authority, own.expect("a certificate")),
        (45, "its certificate has expired"),
        |address| certified_server_at(address, right),
    );
}

#[test]
fn a_server_that_knows_keys_only() {
    let authority = authority();
    refused_by_server(
        secure_server(UdpConfig::default()),
        device_of(&authority),
        (40, "no mutually acceptable cipher suite"),
        |address| certified_server_at(address, server_of(&authority)),
    );
}

#[test]
fn a_server_that_knows_certificates_only() {
    let authority = authority();
    let server = certified_server(server_of(&authority));
    let address = dtls(&server);
    let account = Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY);
    let device = Running::new(config(account));
    assert_eq!(device.detail(), Detail::Alert(40));
    let (_, why) = device.failure();
    assert!(why.contains("no cipher suite in common"), "{why}");
    // The key is not to blame.
    assert!(!why.contains("check identity and key"), "{why}");
    drop(server);
    let _right = secure_server_at(address, UdpConfig::default());
    device.expect_registered();
}

#[test]
fn a_port_where_nobody_listens_until_a_server_starts() {
    let authority = authority();
    let (reserved, address) = unused();
    let device = Running::certified(config(account(address)), device_of(&authority));
    assert_eq!(device.detail(), Detail::Socket);
    assert_eq!(device.failure().0, TransportError::Socket);
    drop(reserved);
    let _server = certified_server_at(address, server_of(&authority));
    device.expect_registered();
}

#[test]
fn a_device_of_another_endpoint_name() {
    let authority = authority();
    let server = certified_server(server_of(&authority));
    let mut config = config(account(dtls(&server)));
    config.endpoint = "another";
    let device = Running::certified(config, device_of(&authority));
    assert_eq!(device.detail(), Detail::Response(0x80));
    assert!(server.with(|server, _| server.clients().next().is_none()));
}

#[test]
fn certificates_that_cannot_be_used() {
    let authority = authority();
    let right = device_of(&authority);
    let other = device_of(&authority);
    let with = |change: fn(&mut Own)| {
        let mut certificates = right.clone();
        change(&mut certificates);
        certificates
    };
    let mut mixed = right.clone();
    mixed.key = other.key;
    for (wrong, reason) in [
        (
            with(|all| all.authority.truncate(99)),
            "the certificate of the authority is not X.509",
        ),
        (
            with(|all| all.certificate.truncate(99)),
            "this device's certificate is not X.509",
        ),
        (
            with(|all| all.key.truncate(50)),
            "this device's private key is not an ECDSA key",
        ),
        (
            mixed,
            "this device's private key is not the one of its certificate",
        ),
    ] {
        let (_reserved, address) = unused();
        let device = Running::certified(config(account(address)), wrong);
        assert_eq!(device.detail(), Detail::Credentials);
        let (error, why) = device.failure();
        assert_eq!(error, TransportError::Credentials);
        assert!(why.contains(reason), "{why}");
    }
}

#[test]
fn a_tag_without_certificates() {
    let (_reserved, address) = unused();
    let device = Running::new(config(account(address).with_tag(7)));
    assert_eq!(device.detail(), Detail::Credentials);
    let (_, why) = device.failure();
    assert_eq!(
        why,
        "a host keeps nothing under a tag: the account needs its credentials"
    );
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
