//! What a restart costs, in datagrams and bytes of CoAP both ways: the figures of docs/design.md.
#![cfg(feature = "snapshot")]

mod common;

use client_lite::{Account, Event, RegisterReason};
use common::*;

#[test]
fn a_restart_costs_what_is_not_known() {
    let registered = (2, 137);
    // Without security, and with DTLS, whose handshake comes on top.
    for uri in ["coap://server", "coaps://server"] {
        let mut setup = Setup::new(1);
        setup.config.account = Account::new(uri);
        let is_secure = uri.starts_with("coaps");
        if is_secure {
            setup.config.account = Account::new(uri).with_psk(b"identity", b"key");
        }
        let mut world = setup.build();
        world.keep_snapshots().session.expect_err("nothing yet");
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        // A token of DTLS is shorter.
        let tokens = if is_secure { 6 } else { 0 };
        let (datagrams, bytes) = registered;
        assert_eq!(
            traffic(&mut world),
            (datagrams, bytes - tokens),
            "{uri}: a cold start"
        );

        world.restart(minutes(1));
        world.run_for(minutes(1));
        let cost = match is_secure {
            true => (datagrams, bytes - tokens),
            false => (0, 0),
        };
        assert_eq!(traffic(&mut world), cost, "{uri}: a restart");
    }
}

/// Without a clock that runs on, an Update asks whether the registration holds.
#[test]
fn a_restart_without_a_clock_costs_an_update() {
    let mut world = Setup::new(2).build();
    world.keep_snapshots().session.expect_err("nothing yet");
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.birth = None;
    traffic(&mut world);
    world.restart(minutes(1));
    world.run_for(minutes(1));
    assert_eq!(traffic(&mut world), (2, 30));
}

/// What has gone both ways since the last time.
fn traffic(world: &mut World) -> (usize, usize) {
    let datagrams = &world.wire.datagrams;
    let bytes = datagrams.iter().map(|datagram| datagram.bytes.len()).sum();
    let traffic = (datagrams.len(), bytes);
    world.wire.clear();
    traffic
}
