//! What handshakes cost on the wire, for those who pay by the byte: `cargo test -p client-lite-host --test
//! handshakes -- --nocapture` prints it.

mod common;

use std::net::SocketAddr;

use client_lite::Account;
use common::relay::{Relay, Way};
use common::{
    IDENTITY, KEY, Running, authority, certified_server, config, device_of, secure_server,
    server_of, uri,
};
use demo_server::UdpConfig;

/// Datagrams, UDP's and IP's headers not counted.
struct Handshake {
    name: &'static str,
    to_server: Vec<usize>,
    to_device: Vec<usize>,
    /// The device's cipher suites.
    offered: Vec<u16>,
}

#[test]
fn each_datagram_fits_and_a_key_costs_the_least() {
    let key = with_key();
    let own = with_certificates("certificate of the server", false);
    let both = with_certificates("certificates of both", true);
    println!("| DTLS 1.2 handshake | datagrams | bytes | to the server | to the device |");
    println!("|---|---|---|---|---|");
    for handshake in [&key, &own, &both] {
        handshake.print();
    }
    assert!(key.bytes() < own.bytes() && own.bytes() < both.bytes());
    for handshake in [key, own, both] {
        let mut lengths = handshake.to_server.iter().chain(&handshake.to_device);
        // What IPv6 carries everywhere, without the headers of IPv6 and UDP (RFC 8200, 5).
        assert!(
            lengths.all(|length| *length <= 1280 - 48),
            "{}",
            handshake.name
        );
        assert!(handshake.bytes() < 2500, "{}", handshake.name);
    }
}

/// By IANA's numbers: a server has to know one of them.
#[test]
fn the_cipher_suites_that_are_offered() {
    let key = with_key();
    // TLS_PSK_WITH_AES_128_CCM_8.
    assert_eq!(key.offered, [0xC0A8]);
    let certificate = with_certificates("", true);
    // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, _AES_256_GCM_SHA384, _CHACHA20_POLY1305_SHA256.
    assert_eq!(certificate.offered, [0xC02B, 0xC02C, 0xCCA9]);
}

/// /0/x/16.
#[test]
fn only_the_suites_of_the_account_are_offered() {
    let authority = authority();
    let server = certified_server(server_of(&authority));
    let offer = observe("", server.dtls_addr(), |address| {
        let mut account = Account::new(uri("coaps", address));
        account.handshake.cipher_suites = &[0xC0AE, 0xC02C];
        Running::certified(config(account), device_of(&authority))
    });
    assert_eq!(offer.offered, [0xC02C]);
}

fn with_key() -> Handshake {
    let server = secure_server(UdpConfig::default());
    let account = |address| Account::new(uri("coaps", address)).with_psk(IDENTITY, KEY);
    observe("pre-shared key", server.dtls_addr(), |address| {
        Running::new(config(account(address)))
    })
}

fn with_certificates(name: &'static str, require_client: bool) -> Handshake {
    let authority = authority();
    let mut certificates = server_of(&authority);
    certificates.require_client = require_client;
    let server = certified_server(certificates);
    let account = |address| Account::new(uri("coaps", address));
    observe(name, server.dtls_addr(), |address| {
        Running::certified(config(account(address)), device_of(&authority))
    })
}

fn observe(
    name: &'static str,
    server: Option<SocketAddr>,
    start: impl FnOnce(SocketAddr) -> Running,
) -> Handshake {
    let relay = Relay::to(server.expect("DTLS"));
    let device = start(relay.address());
    device.expect_registered();
    let lengths = |wanted: Way| {
        let seen = relay.seen().into_iter();
        seen.filter(|(way, datagram)| *way == wanted && !is_application_data(datagram))
            .map(|(_, datagram)| datagram.len())
            .collect()
    };
    let (_, hello) = &relay.seen()[0];
    Handshake {
        name,
        offered: cipher_suites(hello),
        to_server: lengths(Way::ToServer),
        to_device: lengths(Way::ToDevice),
    }
}

impl Handshake {
    fn bytes(&self) -> usize {
        self.to_server.iter().chain(&self.to_device).sum()
    }

    fn print(&self) {
        println!(
            "| {} | {} | {} | {:?} | {:?} |",
            self.name,
            self.to_server.len() + self.to_device.len(),
            self.bytes(),
            self.to_server,
            self.to_device
        );
    }
}

/// Of a first ClientHello, without session id and cookie, behind the headers, the version and the random
/// (RFC 6347, 4.1 and 4.2.1).
fn cipher_suites(hello: &[u8]) -> Vec<u16> {
    let vectors = &hello[13 + 12 + 2 + 32..];
    assert_eq!(vectors[..2], [0, 0]);
    let length = usize::from(vectors[2]) << 8 | usize::from(vectors[3]);
    let numbers = vectors[4..4 + length].chunks(2);
    numbers
        .map(|two| u16::from_be_bytes([two[0], two[1]]))
        .collect()
}

/// Its content type (RFC 6347, 4.1).
fn is_application_data(datagram: &[u8]) -> bool {
    datagram.first() == Some(&23)
}
