//! What goes wrong on the way to the server, and that the client recovers.

mod common;

use client_lite::{Account, Association, Error, Event, RegisterReason};
use common::{IDENTITY, KEY, Running, config, secure_server, server, unused, uri};
use demo_server::{Operation, ResponseType, UdpConfig, UdpServer};

#[test]
fn a_name_without_address() {
    let device = Running::new(config(Account::new("coap://nonexistent.invalid")));
    for _ in 0..2 {
        assert_eq!(device.error(), Error::DnsResolvingFailed);
    }
}

#[test]
fn a_port_where_nobody_listens_until_a_server_starts() {
    let (reserved, address) = unused();
    let device = Running::new(config(Account::new(uri("coap", address))));
    assert_eq!(device.error(), Error::NetworkError);
    let (port, association) = device.connection();
    assert_eq!(association, Association::New);
    let config = UdpConfig {
        bind: address,
        ..UdpConfig::default()
    };
    drop(reserved);
    let server = UdpServer::start(config).expect("a server");
    device.expect_registered();
    assert_eq!(device.connection(), (port, Association::Continued));
    let peer = server.with(|server, _| server.client("device").map(|client| client.peer));
    assert_eq!(peer, Some(port));
}

#[test]
fn a_port_where_nobody_shakes_hands() {
    let (_reserved, address) = unused();
    let account = Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY);
    let device = Running::new(config(account));
    assert_eq!(device.error(), Error::NetworkError);
}

#[test]
fn a_wrong_key() {
    let server = secure_server(UdpConfig::default());
    let address = server.dtls_addr().expect("DTLS");
    let account = Account::new(uri("coaps", address)).with_psk(IDENTITY, &[8; 16]);
    let device = Running::new(config(account));
    assert_eq!(device.error(), Error::SecureConnectionFailed);
}

#[test]
fn the_right_key() {
    let server = secure_server(UdpConfig::default());
    let address = server.dtls_addr().expect("DTLS");
    let account = Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY);
    let device = Running::new(config(account));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    let read = server
        .read("device", "/3200/0/5501", Some(0))
        .expect("an answer");
    assert_eq!(read.payload, b"0");
}

#[test]
fn a_server_that_says_why_it_refuses() {
    let server = server();
    let refused = ResponseType::Forbidden;
    server.with(|server, _| server.refuse(Operation::Register, refused, None));
    let device = Running::new(config(Account::new(uri("coap", server.local_addr()))));
    assert_eq!(device.error(), Error::InvalidParameters);
    let words = device.handle.with(|_, client, _| {
        let words = client.diagnostic();
        words.map(|words| words.to_string())
    });
    assert_eq!(words.recv(), Ok(Some("refused by request".into())));
}

#[test]
fn a_server_that_has_forgotten_the_device() {
    let server = server();
    let device = Running::new(config(Account::new(uri("coap", server.local_addr()))));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    server.with(|server, _| server.forget_all());
    device.handle.update();
    assert_eq!(device.error(), Error::NotRegistered);
    assert_eq!(device.event(), Event::Registered(RegisterReason::Forgotten));
}
