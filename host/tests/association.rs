//! Whether the server sees the same peer, and what follows for the registration.

mod common;

use std::time::Instant;

use client_lite::{Account, Association, Duration, Event, RegisterReason};
use common::{IDENTITY, KEY, Running, config, secure_server, secure_server_at, server, uri};
use demo_server::{UdpConfig, UdpServer};

#[test]
fn a_pause_keeps_port_and_registration() {
    let server = server();
    let account = Account::new(uri("coap", server.local_addr()));
    goes_on(&server, account);
}

#[test]
fn a_pause_keeps_the_session_and_registration() {
    let server = secure_server(UdpConfig::default());
    let address = server.dtls_addr().expect("DTLS");
    goes_on(
        &server,
        Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY),
    );
}

fn goes_on(server: &UdpServer, account: Account<'static>) {
    let device = Running::new(config(account));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    let (port, association) = device.connection();
    assert_eq!(association, Association::New);
    device.handle.pause();
    device.handle.resume();
    assert_eq!(device.connection(), (port, Association::Continued));
    device.handle.update();
    assert_eq!(device.event(), Event::Updated);
    let registers = server.with(|server, _| server.client("device").map(|client| client.registers));
    assert_eq!(registers, Some(1));
}

#[test]
fn a_closed_session_is_made_anew() {
    let server = secure_server(UdpConfig::default());
    let address = server.dtls_addr().expect("DTLS");
    let device = Running::new(config(
        Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY),
    ));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    device.handle.close();
    assert_eq!(device.event(), Event::Deregistered);
    device.handle.register();
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    for _ in 0..2 {
        assert_eq!(device.connection().1, Association::New);
    }
}

/// It is silent to the records of the association before.
#[test]
fn a_server_that_was_restarted_is_found_again() {
    let server = secure_server(UdpConfig::default());
    let address = server.dtls_addr().expect("DTLS");
    let mut config = config(Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY));
    config.transmission.ack_timeout = Duration::from_millis(300);
    let limit = config.transmission.max_transmit_wait().half();
    let device = Running::new(config);
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    drop(server);
    let restarted = secure_server_at(address, UdpConfig::default());
    let started = Instant::now();
    device.handle.update();
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::NewAssociation)
    );
    let way = started.elapsed().as_millis();
    assert!(way <= limit.as_millis().into(), "{way} ms");
    assert!(restarted.with(|server, _| server.client("device").is_some()));
    for _ in 0..2 {
        assert_eq!(device.connection().1, Association::New);
    }
}
