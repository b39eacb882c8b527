//! The bootstrap server's own account is purged some time after a finished bootstrap (/0/x/12, LwM2M
//! Core 1.1, 6.1.3.3 and E.1).

mod common;

use client_lite::{Detail, Error, Event, Operation, RegisterReason, State};
use coap_lite::RequestType;
use common::bootstrap::{ByHand, ask_again, complete, own, reject};
use common::*;
use demo_server::format::Value;

/// A device that has registered, whose bootstrap server's account lasts so many seconds; 0 is for
/// ever, and so is none.
fn bootstrapped(seed: u64, timeout: Option<i64>) -> ByHand {
    let mut server = ByHand::new(seed);
    let mut bootstrap = own("coaps://own", b"identity", &[7; 16]);
    bootstrap.extend(timeout.map(|seconds| (12, Value::Integer(seconds.into()))));
    assert_eq!(server.write("/0/0", &bootstrap), "2.04");
    complete(&mut server);
    server
}

/// The server's trigger; the code of the answer.
fn trigger(server: &mut ByHand) -> String {
    let request = server.request(RequestType::Post, "/1/1/9");
    server.ask(&request)
}

#[test]
fn the_account_is_gone_when_its_time_is_over() {
    let mut server = bootstrapped(1, Some(100_000));
    server.run_for(seconds(99_990));
    ask_again(&mut server);
    server.take_events();
    complete(&mut server);
    // Its time begins again with each finished bootstrap.
    server.run_for(seconds(100_001));
    let opened = server.opened().len();
    assert_eq!(trigger(&mut server), "4.05");
    server.run_for(hours(1));
    server.expect_state(State::Registered);
    assert!(!server.opened()[opened..].contains(&"coaps://own"));
    assert!(!server.opened()[opened..].contains(&bootstrap::BOOTSTRAP));
}

#[test]
fn without_a_time_it_stays() {
    for timeout in [None, Some(0)] {
        let mut server = bootstrapped(2, timeout);
        server.run_for(days(40));
        server.take_events();
        ask_again(&mut server);
        assert_eq!(server.opened().last(), Some(&"coaps://own"));
    }
}

/// Nor does a rejected registration lead to a server that there is no account of, neither the one
/// that was written nor the one from the factory.
#[test]
fn a_rejection_has_nobody_to_turn_to() {
    let mut server = bootstrapped(3, Some(100));
    server.run_for(seconds(101));
    reject(&mut server);
    server.expect_state(State::Halted);
    server.expect_silence();
    assert_eq!(server.opened().last(), Some(&"coap://server"));
}

/// Its hold-off (/0/x/11) may outlast it.
#[test]
fn an_account_whose_time_ends_in_its_hold_off_is_not_used() {
    let mut server = ByHand::new(6);
    let mut bootstrap = own("coaps://own", b"identity", &[7; 16]);
    bootstrap.push((11, Value::Integer(600)));
    bootstrap.push((12, Value::Integer(100)));
    assert_eq!(server.write("/0/0", &bootstrap), "2.04");
    complete(&mut server);
    server.run_for(seconds(50));
    reject(&mut server);
    server.run_for(hours(2));
    server.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        Detail::Response(0x83),
    );
    server.expect_state(State::Halted);
    assert_eq!(server.opened()[1..], ["coap://server"; 3]);
}

/// A server that has been asked in time may finish, and its account has its whole time again.
#[test]
fn a_bootstrap_under_way_comes_to_its_end() {
    let mut server = bootstrapped(4, Some(1000));
    server.run_for(seconds(900));
    ask_again(&mut server);
    server.run_for(seconds(200));
    server.take_events();
    complete(&mut server);
    server.run_for(seconds(900));
    assert_eq!(trigger(&mut server), "2.04");
    server.is_asked();
    // One that does not finish does not.
    server.take_events();
    server.run_for(seconds(200));
    server.expect_no_event();
    server.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::NoBootstrapFinish,
    );
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(trigger(&mut server), "4.05");
}
