//! What must not run twice does not either where the power goes between the request and its response
//! (RFC 7252, 4.5).
#![cfg(all(feature = "create", feature = "snapshot"))]

mod common;

use client_lite::Account;
use coap_lite::RequestType;
use common::manual::*;
use common::*;

#[test]
fn an_execution_whose_response_was_lost() {
    let mut server = keeping(1, "coap://server");
    let execute = server.request(RequestType::Post, "/33000/0/4");
    assert_eq!(code(&server.ask(&execute)), "2.04");
    restart(&mut server);
    // Nobody stores a response for its own sake: this one says that nobody knows.
    assert_eq!(code(&server.ask(&execute)), "5.00");
    assert_eq!(executions(&server), 1);
    // Another one is another one.
    let execute = server.request(RequestType::Post, "/33000/0/4");
    assert_eq!(code(&server.ask(&execute)), "2.04");
    assert_eq!(executions(&server), 2);
}

/// Wherever the power goes: it runs once at most, and it has run where the server was told so.
#[test]
fn power_that_goes_at_any_instant_of_an_execution() {
    for power in 1.. {
        let mut server = keeping(2, "coap://server");
        server.flash.as_mut().expect("a flash").power = Some(power);
        let execute = server.request(RequestType::Post, "/33000/0/4");
        let said = server.say(&execute);
        let is_off = server.flash.as_ref().expect("a flash").is_off();
        assert_eq!(said.is_empty(), is_off);
        restart(&mut server);
        server.ask(&execute);
        assert_eq!(executions(&server), 1, "power for {power} B");
        if !is_off {
            break;
        }
    }
}

#[test]
fn a_deletion_whose_response_was_lost() {
    let mut world = Setup::new(3).build();
    world.objects.shelf = Some(Shelf::with(&[0, 1]));
    let mut server = of(world);
    let delete = server.request(RequestType::Delete, "/33002/1");
    // An Update tells of the instance that is gone.
    assert_eq!(code(&server.say(&delete)[0]), "2.02");
    server.run_for(seconds(1));
    restart(&mut server);
    // By then the snapshot has the response as well.
    assert_eq!(code(&server.ask(&delete)), "2.02");
}

/// What is refused does not run.
#[test]
fn an_execution_that_is_refused_is_not_stored() {
    let mut server = keeping(6, "coap://server");
    let writes = server.flash.as_ref().expect("a flash").writes;
    for path in ["/33000/0/5", "/33000/7/4", "/3303/0/5700"] {
        let execute = server.request(RequestType::Post, path);
        server.ask(&execute);
    }
    assert_eq!(server.flash.as_ref().expect("a flash").writes, writes);
}

/// Whatever may run again costs no write.
#[test]
fn a_write_is_not_stored() {
    let mut server = keeping(4, "coap://server");
    let writes = server.flash.as_ref().expect("a flash").writes;
    for value in ["1", "2", "3"] {
        let write = with_body(
            server.request(RequestType::Put, LEVEL),
            demo_server::format::TEXT,
            value.as_bytes(),
        );
        assert_eq!(code(&server.ask(&write)), "2.04");
    }
    assert_eq!(server.flash.as_ref().expect("a flash").writes, writes);
}

/// Under DTLS nothing comes again over another session.
#[test]
fn an_execution_that_cannot_come_again_is_not_stored() {
    let mut server = keeping(5, "coaps://server");
    let writes = server.flash.as_ref().expect("a flash").writes;
    for _ in 0..10 {
        let execute = server.request(RequestType::Post, "/33000/0/4");
        assert_eq!(code(&server.ask(&execute)), "2.04");
        server.run_for(minutes(1));
    }
    assert_eq!(server.flash.as_ref().expect("a flash").writes, writes);
    assert_eq!(executions(&server), 10);
}

fn keeping(seed: u64, uri: &'static str) -> Manual {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(uri);
    if uri.starts_with("coaps") {
        setup.config.account = Account::new(uri).with_psk(b"identity", b"key");
    }
    of(setup.build())
}

fn of(mut world: World) -> Manual {
    world.keep_snapshots().session.expect_err("nothing yet");
    Manual::of(world)
}

/// The power goes for two seconds, in which the server repeats what it has asked.
fn restart(server: &mut Manual) {
    server.restart(seconds(2));
    server.run_for(seconds(1));
    server.take_events();
}

fn executions(server: &Manual) -> i64 {
    server.objects.actuator.as_ref().expect("there").executions
}
