//! The life of a registration over UDP, without security.

mod common;

use std::net::{Ipv6Addr, SocketAddr};

use client_lite::{Account, Event, Path, RegisterReason};
use common::{PATIENCE, Running, config, has_ipv6, server, uri};
use demo_server::{Event as ServerEvent, UdpConfig, UdpServer};

fn lives(server: &UdpServer) {
    let device = Running::new(config(Account::new(uri("coap", server.local_addr()))));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    let location = server.with(|server, _| {
        let client = server.client("device").expect("a registration");
        client.location.last().cloned()
    });
    let id = device.handle.with(|_, client, _| {
        let info = client.endpoint_info().expect("registered");
        info.device_id.to_owned()
    });
    assert_eq!(id.recv().ok(), location);

    let read = || {
        server
            .read("device", "/3200/0/5501", Some(0))
            .expect("an answer")
    };
    assert_eq!(read().payload, b"0");
    let path = Path::resource(3200, 0, 5501);
    let changed = device.handle.change(path, |board| board.button.presses = 3);
    assert_eq!(changed.recv(), Ok(Ok(())));
    let sent = server.wait_for(|event| matches!(event, ServerEvent::Send { .. }), PATIENCE);
    assert!(sent.is_some());
    assert_eq!(read().payload, b"3");

    device.handle.update();
    assert_eq!(device.event(), Event::Updated);
    device.handle.close();
    assert_eq!(device.event(), Event::Deregistered);
    assert!(server.with(|server, _| server.client("device").is_none()));
    device.handle.register();
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}

#[test]
fn over_ipv4() {
    lives(&server());
}

#[test]
fn over_ipv6() {
    if has_ipv6() {
        let bind = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
        let config = UdpConfig {
            bind,
            ..UdpConfig::default()
        };
        lives(&UdpServer::start(config).expect("a server"));
    }
}

#[test]
fn with_a_server_that_is_named() {
    let server = server();
    let uri = format!("coap://localhost:{}", server.local_addr().port());
    let device = Running::new(config(Account::new(uri.leak())));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}

#[test]
fn with_a_uri_that_is_written_otherwise() {
    let server = server();
    let uri = format!("COAP://%6cocalhost:{}/", server.local_addr().port());
    let device = Running::new(config(Account::new(uri.leak())));
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
}
