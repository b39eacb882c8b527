//! Keys stay in the device: they are in nothing that it sends, logs or shows, however they are written.

mod common;

use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::{Mutex, Once};
use std::time::Duration;

use client_lite::{Account, Event};
use common::relay::{Relay, Way};
use common::{
    IDENTITY, Own, Running, authority, certified_server, config, device_of, server_of, uri,
};
use data_encoding::{BASE64_NOPAD, HEXLOWER, HEXUPPER};
use demo_server::pki::a_year;
use demo_server::{
    BootstrapOperation, Credentials, Psk, SecurityInstance, ServerInstance, UdpConfig, UdpServer,
};
use log::{LevelFilter, Log, Metadata, Record};

/// All that any library logs.
struct Lines(Mutex<String>);

static LINES: Lines = Lines(Mutex::new(String::new()));

impl Log for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut lines = self.0.lock().expect("no panic");
        *lines += &format!("{} {}\n", record.target(), record.args());
    }

    fn flush(&self) {}
}

fn watch_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&LINES).expect("the only one");
        log::set_max_level(LevelFilter::Trace);
    });
}

/// A key, in all forms in which it may leak.
fn forms(key: &[u8]) -> Vec<Vec<u8>> {
    let decimal = format!("{key:?}");
    let decimal = decimal.trim_matches(['[', ']']);
    let mut forms = vec![
        key.to_vec(),
        HEXLOWER.encode(key).into(),
        HEXUPPER.encode(key).into(),
        key.escape_ascii().to_string().into(),
        decimal.into(),
        format!("{key:x?}").trim_matches(['[', ']']).into(),
    ];
    // Wherever in groups of three bytes it begins.
    for start in 0..3 {
        let whole = &key[start..];
        let whole = &whole[..whole.len() / 3 * 3];
        forms.push(BASE64_NOPAD.encode(whole).into());
    }
    forms
}

fn hides(key: &[u8], what: &str, shown: &[u8]) {
    assert!(!shown.is_empty(), "{what} shows nothing");
    for form in forms(key) {
        let found = shown.windows(form.len()).any(|window| window == form);
        assert!(!found, "{what} shows {:?}", String::from_utf8_lossy(&form));
    }
}

fn debug(value: &impl Debug) -> Vec<u8> {
    format!("{value:?} {value:#?}").into()
}

/// A registration, a Read and the end.
fn live(
    keys: &[&[u8]],
    address: SocketAddr,
    server: &UdpServer,
    start: impl FnOnce(SocketAddr) -> Running,
) {
    let relay = Relay::to(address);
    let device = start(relay.address());
    device.expect_registered();
    server.read("device", "/3", None).expect("an answer");
    device.handle.close();
    let ended = device.event();
    let connections = device.connections();
    for key in keys {
        hides(key, "the network", &relay.bytes(Way::ToServer));
        hides(key, "a connection", &debug(&connections));
        hides(key, "an event", &debug(&ended));
        let lines = LINES.0.lock().expect("no panic");
        assert!(lines.contains("client_lite"), "{lines}");
        assert!(lines.contains("dimpl"), "{lines}");
        hides(key, "the log", lines.as_bytes());
    }
    tells_nothing(server, keys);
}

fn tells_nothing(server: &UdpServer, keys: &[&[u8]]) {
    while let Some(event) = server.wait_for(|_| true, Duration::ZERO) {
        for key in keys {
            hides(key, "the server", &debug(&event));
        }
    }
}

#[test]
fn a_pre_shared_key() {
    watch_log();
    let key = b"\x91a very\xffsecret!";
    let psk = Psk {
        identity: IDENTITY.into(),
        key: key.into(),
    };
    hides(key, "the server's key", &debug(&psk));
    let server = UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        psk: vec![psk],
        ..UdpConfig::default()
    });
    let server = server.expect("a server");
    live(
        &[key],
        server.dtls_addr().expect("DTLS"),
        &server,
        |address| {
            let config = config(Account::new(uri("coaps", address)).with_psk(IDENTITY, key));
            hides(key, "the configuration", &debug(&config));
            Running::new(config)
        },
    );
}

#[test]
fn a_pre_shared_key_of_a_bootstrap_server() {
    let key = b"\x92another \xffsecret";
    let server = UdpServer::start(UdpConfig {
        dtls_bind: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        psk: vec![Psk {
            identity: IDENTITY.into(),
            key: key.into(),
        }],
        ..UdpConfig::default()
    });
    bootstrapped(
        &[key],
        &server.expect("a server"),
        Credentials::PreSharedKey {
            identity: IDENTITY.into(),
            key: key.into(),
        },
    );
}

#[test]
fn a_private_key_of_a_bootstrap_server() {
    let authority = authority();
    let own = device_of(&authority);
    bootstrapped(
        &[&scalar(&own.key), &own.key],
        &certified_server(server_of(&authority)),
        Credentials::Certificates {
            certificate: own.certificate,
            key: own.key.clone(),
            server: own.authority,
            usage: 2,
        },
    );
}

/// A bootstrap in the clear, in which the server also asks for what it has written, and a registration.
fn bootstrapped(keys: &[&[u8]], server: &UdpServer, credentials: Credentials) {
    watch_log();
    live(keys, server.dtls_addr().expect("DTLS"), server, |address| {
        let security = SecurityInstance {
            instance: 1,
            uri: uri("coaps", address).into(),
            bootstrap: false,
            credentials,
            short_server_id: 1,
        };
        let account = ServerInstance {
            instance: 0,
            short_server_id: 1,
            lifetime: 120,
            storing: true,
            binding: "U".into(),
        };
        let mut operations = BootstrapOperation::account(&security, &account);
        operations.push(BootstrapOperation::discover("/"));
        operations.push(BootstrapOperation::read("/0"));
        let mut config = UdpConfig::default();
        config.server.bootstrap.insert("device".into(), operations);
        let server = UdpServer::start(config).expect("a server");
        let relay = Relay::to(server.local_addr());
        let account = Account::new(uri("coap", relay.address())).for_bootstrap();
        let device = Running::new(common::config(account));
        assert_eq!(device.event(), Event::BootstrapDone);
        for key in keys {
            hides(key, "the network", &relay.bytes(Way::ToServer));
        }
        tells_nothing(&server, keys);
        device
    });
}

#[test]
fn a_private_key() {
    watch_log();
    let authority = authority();
    let (ours, theirs) = (device_of(&authority), server_of(&authority));
    let keys = [scalar(&ours.key), scalar(&theirs.key)];
    for key in keys.iter().chain([&ours.key, &theirs.key]) {
        hides(
            key,
            "the device's certificates",
            &debug(&ours.clone().credentials()),
        );
        hides(key, "the server's certificates", &debug(&theirs));
    }
    let issued = authority.device("device", a_year()).expect("a certificate");
    hides(&scalar(&issued.key), "a certified key", &debug(&issued));
    hides(&scalar(&issued.key), "the authority", &debug(&authority));
    let server = certified_server(theirs);
    let all: Vec<&[u8]> = keys
        .iter()
        .map(Vec::as_slice)
        .chain([ours.key.as_slice()])
        .collect();
    let address = server.dtls_addr().expect("DTLS");
    live(&all, address, &server, |address| {
        certified(address, ours.clone())
    });
    // One that cannot be used is named, and not shown.
    let mut broken = ours.clone();
    broken.key.truncate(100);
    let device = certified(address, broken.clone());
    let (_, reason) = device.failure();
    hides(&scalar(&broken.key), "the reason", reason.as_bytes());
}

fn certified(address: SocketAddr, own: Own) -> Running {
    let config = config(Account::new(uri("coaps", address)));
    Running::certified(config, own)
}

/// The number in a PKCS #8 key on P-256: an octet string of 32 bytes (RFC 5915, 3).
fn scalar(key: &[u8]) -> Vec<u8> {
    let at = key.windows(2).position(|window| window == [4, 32]);
    let at = at.expect("a key on P-256") + 2;
    key[at..at + 32].into()
}
