//! The thermometer against the demo server, over sockets of this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use client_lite::{Account, BackOff, Config, Detail, Error, Event, RegisterReason};
use demo_server::format::TEXT;
use demo_server::{Event as ServerEvent, UdpConfig, UdpServer};
use futures_lite::future::block_on;

const VALUE: &str = "/3303/0/5700";
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts a device that shows the degrees that are stored here, and tells of its events.
fn start(uri: String, degrees: &Arc<AtomicU32>) -> Receiver<Event> {
    let account = Account::new(uri.leak());
    start_with(Config::new("thermometer", account), degrees)
}

fn start_with(mut config: Config<'static>, degrees: &Arc<AtomicU32>) -> Receiver<Event> {
    let (sender, events) = mpsc::channel();
    let degrees = degrees.clone();
    thread::spawn(move || {
        config.back_off = BackOff {
            min: client_lite::Duration::from_millis(20),
            max: client_lite::Duration::from_millis(50),
            cap: client_lite::Duration::from_millis(100),
            factor: 2,
        };
        let measure = || degrees.load(Ordering::SeqCst).into();
        block_on(asynchronous::run(config, measure, |event| {
            let _ = sender.send(event);
        }))
    });
    events
}

fn expect(events: &Receiver<Event>, expected: impl Fn(&Event) -> bool) {
    while !expected(&events.recv_timeout(PATIENCE).expect("an event")) {}
}

#[test]
fn the_server_reads_and_observes() {
    let server = UdpServer::start(UdpConfig::default()).expect("a server");
    let degrees = Arc::new(AtomicU32::new(21));
    let events = start(
        format!("coap://localhost:{}", server.local_addr().port()),
        &degrees,
    );
    expect(&events, |event| {
        *event == Event::Registered(RegisterReason::First)
    });
    let read = server.read("thermometer", VALUE, Some(TEXT));
    assert_eq!(read.expect("2.05").payload, b"21");
    server
        .observe("thermometer", VALUE, Some(TEXT))
        .expect("2.05");
    degrees.store(22, Ordering::SeqCst);
    let is_notification =
        |event: &_| matches!(event, ServerEvent::Notification { payload, .. } if payload == b"22");
    assert!(server.wait_for(is_notification, PATIENCE).is_some());
}

#[test]
fn a_server_that_was_not_there_is_found_later() {
    let start_at = |address| {
        let config = UdpConfig {
            bind: address,
            ..UdpConfig::default()
        };
        UdpServer::start(config).expect("a server")
    };
    let address = start_at(UdpConfig::default().bind).local_addr();
    let events = start(format!("coap://{address}"), &Arc::default());
    expect(&events, |event| {
        matches!(
            event,
            Event::Error {
                error: Error::NetworkError,
                ..
            }
        )
    });
    let server = start_at(address);
    expect(&events, |event| {
        *event == Event::Registered(RegisterReason::First)
    });
    drop(server);
}

#[test]
fn an_account_with_a_key_is_refused() {
    let account = Account::new("coaps://localhost").with_psk(b"identity", &[1; 16]);
    let events = start_with(Config::new("thermometer", account), &Arc::default());
    expect(&events, |event| {
        matches!(
            event,
            Event::Error {
                detail: Detail::Credentials,
                ..
            }
        )
    });
}

#[test]
fn a_name_without_an_address_is_told() {
    let events = start("coap://name.invalid".into(), &Arc::default());
    expect(&events, |event| {
        matches!(
            event,
            Event::Error {
                error: Error::DnsResolvingFailed,
                ..
            }
        )
    });
}
