//! A bootstrap that breaks off at any of its datagrams, because the server falls silent for good or the
//! association is lost with it: the account that the device has goes on, and the next bootstrap
//! succeeds (LwM2M Core 1.1, 6.1.3.3).

mod common;

use std::cell::Cell;
use std::rc::Rc;

use client_lite::{Account, Event, RegisterReason, State, TransportError};
use common::*;
use demo_server::format::Value;
use demo_server::{BootstrapOperation, Content, Credentials, SecurityInstance, ServerInstance};

const OLD: &str = "coap://old";
const NEW: &str = "coap://new";

fn security(uri: &str) -> SecurityInstance {
    SecurityInstance {
        instance: 1,
        uri: uri.into(),
        bootstrap: false,
        credentials: Credentials::None,
        short_server_id: 7,
    }
}

fn server(lifetime: u32) -> ServerInstance {
    ServerInstance {
        instance: 0,
        short_server_id: 7,
        lifetime,
        storing: true,
        binding: "U".into(),
    }
}

/// A device that has registered with its old account, and a bootstrap server that has a new one for it,
/// with another account of its own.
fn world(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    let old = BootstrapOperation::account(&security(OLD), &server(3600));
    setup.server.bootstrap.insert(ENDPOINT.into(), old);
    let mut world = setup.build();
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.run_for(seconds(10));
    let mut new = BootstrapOperation::account(&security(NEW), &server(7200));
    let own = SecurityInstance {
        instance: 0,
        uri: "coap://bootstrap-2".into(),
        bootstrap: true,
        credentials: Credentials::None,
        short_server_id: 0,
    };
    new.push(own.operation());
    let muted = Content::Resources(vec![(23, Value::Boolean(true))]);
    new.push(BootstrapOperation::write("/1/0", muted));
    world.server().set_bootstrap(ENDPOINT, new);
    world
}

/// Counts the datagrams from here on, and lets all behind the first `most` be lost.
fn lose_behind(world: &mut World, most: usize) -> Rc<Cell<usize>> {
    let count = Rc::new(Cell::new(0));
    let seen = count.clone();
    world.link.drops = Some(Box::new(move |_, _| {
        seen.set(seen.get() + 1);
        seen.get() > most
    }));
    count
}

/// How many datagrams there are from the Execute that leads to a bootstrap to the response to its
/// Finish.
fn datagrams() -> usize {
    let mut world = world(1);
    let count = lose_behind(&mut world, usize::MAX);
    world.execute("/1/0/9");
    world.run_until(|world| world.events.last().is_some_and(is_done));
    count.get()
}

fn is_done((_, event): &(client_lite::Instant, Event)) -> bool {
    *event == Event::BootstrapDone
}

/// The next bootstrap, by a server at this URI, succeeds, and the device registers as it says.
#[track_caller]
fn next_bootstrap_succeeds(world: &mut World, bootstrap: &str) {
    world.take_events();
    world.execute("/1/0/9");
    world.run_until(|world| world.events.last().is_some_and(is_done));
    world.take_events();
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    let opened = world.transport.opened.iter().rev();
    let opened: Vec<_> = opened.map(|opened| opened.uri.as_str()).take(2).collect();
    assert_eq!(opened, [NEW, bootstrap]);
    assert_eq!(world.registration().expect("one").lifetime, 7200);
}

/// Of `all` datagrams the first `number` arrive, and no other over the association that is open then:
/// the server is silent to it, or it is lost.
fn breaks_off(number: usize, all: usize, lost: Option<TransportError>) {
    let mut world = world(0xb0ff + number as u64);
    let count = lose_behind(&mut world, number);
    world.take_events();
    world.execute("/1/0/9");
    world.run_until(|_| count.get() > number);
    world.link.drops = None;
    match lost {
        Some(error) => world.lose_association(error),
        None => world.link.silent_up_to = world.transport.port(),
    }
    // The server's time, or that of the request's retransmissions, and the first wait behind it.
    let back_off = match lost {
        Some(_) => seconds(10),
        None => seconds(247) + seconds(10),
    };
    world.run_for(back_off + seconds(1));
    let is_finished = world.take_events().contains(&Event::BootstrapDone);
    // All has come to the device where only the response to the Finish is lost.
    assert_eq!(is_finished, number == all - 1, "datagram {number}");
    world.expect_state(State::Registered);
    let (server, bootstrap) = match is_finished {
        true => (NEW, "coap://bootstrap-2"),
        false => (OLD, "coap://bootstrap"),
    };
    let opened = world.transport.opened.last().expect("an association");
    assert_eq!(opened.uri, server, "datagram {number}");
    assert!(world.registration().is_some(), "datagram {number}");
    // The account that it has goes on.
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    world.changed(TEMPERATURE);
    world.run_for(seconds(1));
    let told =
        |event: &demo_server::Event| matches!(event, demo_server::Event::Notification { .. });
    assert!(world.server_events.iter().any(|(_, event)| told(event)));
    world.link.silent_up_to = 0;
    next_bootstrap_succeeds(&mut world, bootstrap);
}

/// Each of them, in both directions, is the first that is lost.
#[test]
fn the_server_falls_silent() {
    let all = datagrams();
    // Request, Delete, four Writes and Finish.
    assert_eq!(all, EXECUTE + 14);
    for number in EXECUTE..all {
        breaks_off(number, all, None);
    }
}

#[test]
fn the_association_is_lost_with_it() {
    let all = datagrams();
    for error in [TransportError::Socket, TransportError::InterfaceDown] {
        for number in EXECUTE..all {
            breaks_off(number, all, Some(error));
        }
    }
}

/// The datagrams of the Execute, which are none of the bootstrap.
const EXECUTE: usize = 2;
