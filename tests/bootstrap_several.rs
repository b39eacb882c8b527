//! A bootstrap server that writes accounts of several servers: each gets a client of its own.
#![cfg(feature = "access-control")]

mod common;

use client_lite::{
    Account, Association, Client, Config, Event, Instant, RegisterReason, State, TransportRequest,
    register_in_order, share_accounts, storage,
};
use coap_lite::{Packet, RequestType, ResponseType};
use common::bootstrap::{BOOTSTRAP, ByHand, instance_of, own, security};
use common::manual::code;
use common::*;
use demo_server::format::Value;

/// With room for two servers and the bootstrap server.
type Roomy = storage! { accounts: 3 };

fn setup(seed: u64) -> (ByHand, Client<'static>) {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    let config = setup.config.clone();
    let server = ByHand::of(setup.build_in(leak(Roomy::new())));
    (server, client(config))
}

fn client(config: Config<'static>) -> Client<'static> {
    Client::new(config, leak(Roomy::new()), [5, 6, 7, 8])
}

/// Accounts of the servers 101 and 102.
fn write_two(server: &mut ByHand) {
    assert_eq!(server.delete("/"), "2.02");
    server.write_account(1, "coap://one", 101);
    assert_eq!(server.write("/0/2", &security("coap://two", 102)), "2.04");
    assert_eq!(server.write("/1/2", &instance_of(102, 900)), "2.04");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
}

/// Lets a client register with a server that says yes; the query of its Register.
#[track_caller]
fn register(client: &mut Client<'_>, now: Instant) -> Vec<String> {
    let mut objects = Objects::default();
    client.handle_connected(now, Association::New);
    let register = client
        .poll_transmit(now, &mut objects.list())
        .expect("a Register");
    let register = packet(register);
    let answer = bytes(&created(&register, &["rd", "5"]));
    client.handle_datagram(now, &answer, &mut objects.list());
    assert_eq!(
        client.poll_event(),
        Some(Event::Registered(RegisterReason::Bootstrapped))
    );
    queries(&register)
}

/// The URI that a client wants to connect to.
fn wanted(client: &mut Client<'_>) -> Option<String> {
    loop {
        match client.poll_transport()? {
            TransportRequest::Open { account, .. } => return Some(account.uri.to_owned()),
            TransportRequest::Close => {}
        }
    }
}

#[test]
fn each_server_gets_a_client_with_its_lifetime() {
    let (mut server, mut second) = setup(1);
    assert!(!second.has_server());
    write_two(&mut server);
    // It waits for its turn.
    server.expect_state(State::Idle);
    let now = server.now;
    assert!(share_accounts(&mut [&mut server.client, &mut second], now));
    assert!(!share_accounts(&mut [&mut server.client, &mut second], now));
    assert!(second.has_server());
    assert_eq!(server.client.short_server_id(), 101);
    assert_eq!(second.short_server_id(), 102);
    register_in_order(&mut [&mut server.client, &mut second], now);
    assert_eq!(wanted(&mut second).as_deref(), Some("coap://two"));
    assert!(register(&mut second, now).contains(&"lt=900".to_owned()));
    server.settle();
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.opened(), [BOOTSTRAP, "coap://one"]);
    assert!(server.registered_with().contains(&"lt=600".to_owned()));
}

/// /1/x/13: the lowest goes first.
#[test]
fn the_servers_register_in_the_order_that_was_written() {
    let (mut server, mut second) = setup(2);
    server.write_account(1, "coap://one", 101);
    server.write_account(2, "coap://two", 102);
    for (path, priority) in [("/1/1", 2), ("/1/2", 1)] {
        let priority = [(13, Value::Integer(priority))];
        assert_eq!(server.write(path, &priority), "2.04");
    }
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    let now = server.now;
    assert!(share_accounts(&mut [&mut server.client, &mut second], now));
    register_in_order(&mut [&mut server.client, &mut second], now);
    server.expect_state(State::Idle);
    assert_eq!(wanted(&mut second).as_deref(), Some("coap://two"));
    register(&mut second, now);
    register_in_order(&mut [&mut server.client, &mut second], now);
    server.settle();
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// /1/x/9 at a server whose client does not ask itself; what is deleted then is given up.
#[test]
fn any_of_the_servers_leads_to_a_new_bootstrap() {
    let (mut server, mut second) = setup(3);
    write_two(&mut server);
    let now = server.now;
    share_accounts(&mut [&mut server.client, &mut second], now);
    register_in_order(&mut [&mut server.client, &mut second], now);
    register(&mut second, now);
    server.settle();
    server.expect(Event::Registered(RegisterReason::Bootstrapped));

    let trigger = server.request(RequestType::Post, "/1/2/9");
    let mut objects = Objects::default();
    second.handle_datagram(now, &bytes(&trigger), &mut objects.list());
    assert_eq!(second.state(), State::Registered);
    assert!(!share_accounts(&mut [&mut server.client, &mut second], now));
    server.settle();
    server.is_asked();
    // The servers change their places: each client keeps its own.
    write_two(&mut server);
    let now = server.now;
    assert!(share_accounts(&mut [&mut server.client, &mut second], now));
    assert_eq!(second.short_server_id(), 102);
    assert_eq!(second.state(), State::Idle);
    register_in_order(&mut [&mut server.client, &mut second], now);
    register(&mut second, now);
    server.settle();
    server.expect(Event::Registered(RegisterReason::Bootstrapped));

    // One server less.
    let trigger = server.request(RequestType::Post, "/1/1/9");
    assert_eq!(server.ask(&trigger), "2.04");
    server.is_asked();
    assert_eq!(server.delete("/0/2"), "2.02");
    assert_eq!(server.delete("/1/2"), "2.02");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    let now = server.now;
    assert!(share_accounts(&mut [&mut server.client, &mut second], now));
    assert!(!second.has_server());
    assert_eq!(second.poll_event(), Some(Event::Deregistered));
    assert_eq!(second.poll_event(), None);
    assert_eq!(second.state(), State::Idle);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// /0/x/12: when the bootstrap server's own account has had its time, none of the servers leads there.
#[test]
fn a_trigger_that_leads_nowhere_is_refused_at_each_client() {
    let (mut server, mut second) = setup(6);
    let mut own = own("coaps://own", b"identity", &[7; 16]);
    own.push((12, Value::Integer(500)));
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(server.write("/0/0", &own), "2.04");
    server.write_account(1, "coap://one", 101);
    server.write_account(2, "coap://two", 102);
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    let start = server.now;
    share_accounts(&mut [&mut server.client, &mut second], start);
    register_in_order(&mut [&mut server.client, &mut second], start);
    register(&mut second, start);
    let mut objects = Objects::default();
    // The registration lasts longer than the account.
    for (after, expected) in [(450, "2.04"), (501, "4.05")] {
        let now = start + seconds(after);
        let trigger = server.request(RequestType::Post, "/1/2/9");
        second.handle_datagram(now, &bytes(&trigger), &mut objects.list());
        let response = second.poll_transmit(now, &mut objects.list());
        assert_eq!(code(&packet(response.expect("a response"))), expected);
    }
}

/// /1/x/16: a rejection goes to the bootstrap server, by way of the client that asks it.
#[test]
fn a_rejection_by_any_of_the_servers_leads_to_a_new_bootstrap() {
    let (mut server, mut second) = setup(4);
    write_two(&mut server);
    let now = server.now;
    share_accounts(&mut [&mut server.client, &mut second], now);
    register_in_order(&mut [&mut server.client, &mut second], now);
    server.settle();
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    let mut objects = Objects::default();
    second.handle_connected(now, Association::New);
    let register: Packet = packet(second.poll_transmit(now, &mut objects.list()).unwrap());
    let rejection = bytes(&answer(&register, ResponseType::Forbidden));
    second.handle_datagram(now, &rejection, &mut objects.list());
    assert!(matches!(second.poll_event(), Some(Event::Error { .. })));
    share_accounts(&mut [&mut server.client, &mut second], now);
    server.settle();
    server.is_asked();
}

/// There is room for two.
#[test]
fn a_server_too_many_is_refused() {
    let (mut server, _) = setup(5);
    for id in [1, 2, 3] {
        server.write_account(id, "coap://server", id);
    }
    assert_eq!(server.write("/0/4", &security("coap://four", 4)), "4.13");
    assert_eq!(server.finish(), "4.06");
    assert_eq!(server.delete("/0/3"), "2.02");
    assert_eq!(server.delete("/1/3"), "2.02");
    assert_eq!(server.finish(), "2.04");
}
