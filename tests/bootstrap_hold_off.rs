//! How long a device waits before it asks its bootstrap server by itself (/0/x/11, LwM2M Core 1.1, E.1).

mod common;

use client_lite::{Account, Operation, State};
use common::bootstrap::{BOOTSTRAP, ByHand, ask_again, complete, own, reject};
use common::manual::willing;
use common::*;
use demo_server::format::Value;

/// A device that has registered with an account of its bootstrap server's, which wants to be left
/// alone for so many seconds.
fn held_off(seed: u64, seconds: i64) -> ByHand {
    let mut server = ByHand::new(seed);
    let mut bootstrap = own("coaps://own", b"identity", &[7; 16]);
    bootstrap.push((11, Value::Integer(seconds.into())));
    assert_eq!(server.write("/0/0", &bootstrap), "2.04");
    // That of a management server is none of its business.
    assert_eq!(
        server.write("/0/1", &[(11, Value::Integer(99_999))]),
        "2.04"
    );
    complete(&mut server);
    server
}

/// The device registers anew, and is rejected; how long it then leaves the bootstrap server alone.
#[track_caller]
fn wait_after_rejection(server: &mut ByHand) -> client_lite::Duration {
    reject(server);
    if server.opened().last() == Some(&"coaps://own") {
        return client_lite::Duration::ZERO;
    }
    let wait = server.wait_for_attempt();
    assert_eq!(server.opened().last(), Some(&"coaps://own"));
    wait
}

/// And is spread over the first wait's limit behind that, as all waits that a fleet may have been
/// given.
#[test]
fn a_rejected_device_waits_before_it_asks() {
    let mut server = held_off(1, 600);
    let wait = wait_after_rejection(&mut server);
    assert!((seconds(600)..=seconds(610)).contains(&wait), "{wait:?}");
    // The wait is the only thing that has changed.
    server.is_asked();
    server.peer = Peer::answering(willing);
    complete(&mut server);
}

#[test]
fn without_a_hold_off_it_asks_at_once() {
    let mut server = held_off(2, 0);
    assert_eq!(wait_after_rejection(&mut server), seconds(0));
}

/// It is the server that wants it then.
#[test]
fn the_servers_trigger_is_followed_at_once() {
    let mut server = held_off(3, 600);
    ask_again(&mut server);
    assert_eq!(server.opened().last(), Some(&"coaps://own"));
}

/// What the application does meanwhile counts as in any other wait.
#[test]
fn the_wait_can_be_ended() {
    let mut server = held_off(4, 600);
    reject(&mut server);
    // The wait outlasts a pause, and is not shortened by it.
    server.run_for(seconds(300));
    server.pause();
    server.run_for(seconds(100));
    server.resume();
    let wait = server.wait_for_attempt();
    assert!((seconds(200)..=seconds(230)).contains(&wait), "{wait:?}");
    server.close();
    server.expect_not_registered(Operation::Deregister);
    server.expect_silence();
}

#[test]
fn a_wait_that_is_none_is_refused() {
    let mut server = ByHand::new(5);
    for seconds in [-1, 1 << 32] {
        for id in [11, 12] {
            let written = server.write("/0/0", &[(id, Value::Integer(seconds))]);
            assert_eq!(written, "4.00", "/0/0/{id} = {seconds}");
        }
    }
}

/// A device whose factory has it leave the bootstrap server alone for 120 s.
fn from_the_factory(seed: u64) -> ByHand {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    setup.config.bootstrap_hold_off = 120;
    let mut world = setup.build();
    world.peer = Peer::answering(willing);
    world.register();
    world.expect_state(State::Bootstrapping);
    let wait = world.wait_for_attempt();
    assert!((seconds(120)..=seconds(130)).contains(&wait), "{wait:?}");
    ByHand::of(world)
}

#[test]
fn a_new_device_waits_before_it_asks() {
    complete(&mut from_the_factory(6));
}

/// The account that the server writes for itself says what it wants.
#[test]
fn what_the_server_writes_goes_before_what_the_factory_says() {
    for written in [false, true] {
        let mut server = from_the_factory(7);
        if written {
            let own = own("coaps://own", b"identity", &[7; 16]);
            assert_eq!(server.write("/0/0", &own), "2.04");
        }
        complete(&mut server);
        let opened = server.opened().len();
        reject(&mut server);
        let asked = server.opened().len() > opened + 1;
        assert_eq!(asked, written);
    }
}
