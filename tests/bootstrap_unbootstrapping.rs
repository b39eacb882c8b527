//! A bootstrap that takes a server's account away takes its rights, too: what it owned goes to another
//! server, or goes with it (LwM2M Core 1.1, 6.1.3.3; Transport 1.1, 5.2.5).
#![cfg(feature = "access-control")]

mod common;

use client_lite::objects::access_control::{AccessControl, Rights};
use client_lite::{Account, Event, RegisterReason, State, storage};
use coap_lite::RequestType;
use common::bootstrap::{BOOTSTRAP, ByHand, ask_again};
use common::manual::with_body;
use common::*;
use demo_server::format::TLV;

/// With room for two servers and the bootstrap server.
type Roomy = storage! { accounts: 3 };

/// A device that server 101 manages, beside server 102 with an account of its own, with a shelf of
/// which server 102 owns all.
fn managed(seed: u64, control: AccessControl<4>) -> ByHand {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    let mut server = ByHand::of(setup.build_in(leak(Roomy::new())));
    server.objects.shelf = Some(Shelf::with(&[0, 1]));
    server.objects.others = vec![Box::new(control)];
    server.write_account(1, "coap://one", 101);
    server.write_account(2, "coap://two", 102);
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect_state(State::Idle);
    server.register();
    server.expect(Event::Registered(RegisterReason::First));
    server
}

/// Server 102 owns both instances of the shelf; server 101 may read one of them.
fn control() -> AccessControl<4> {
    let mut control = AccessControl::new();
    control
        .grant(33002, 0, 102, &[(101, Rights::READ)])
        .unwrap();
    control.grant(33002, 1, 102, &[]).unwrap();
    // It lets no instance go.
    control.grant(33000, 0, 102, &[]).unwrap();
    control
}

/// Bootstrap, without the account of server 102.
fn take_102_away(server: &mut ByHand) {
    ask_again(server);
    assert_eq!(server.delete("/0/2"), "2.02");
    assert_eq!(server.delete("/1/2"), "2.02");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

fn cases(server: &ByHand) -> Vec<u16> {
    let shelf = server.objects.shelf.as_ref().expect("a shelf");
    shelf.cases.keys().copied().collect()
}

fn read(server: &mut ByHand, path: &str) -> String {
    let request = server.request(RequestType::Get, path);
    server.ask(&request)
}

#[test]
fn who_may_read_an_instance_inherits_it() {
    let mut server = managed(1, control());
    let grant = |server: &mut ByHand| {
        let request = server.request(RequestType::Put, "/2/0/2");
        server.ask(&with_body(request, TLV, &[0x41, 101, 15]))
    };
    assert_eq!(grant(&mut server), "4.01");
    take_102_away(&mut server);
    assert_eq!(grant(&mut server), "2.04");
}

#[test]
fn what_nobody_may_reach_any_longer_is_deleted() {
    let mut server = managed(2, control());
    assert_eq!(cases(&server), [0, 1]);
    assert_eq!(read(&mut server, "/2/1"), "2.05");
    take_102_away(&mut server);
    assert_eq!(cases(&server), [0]);
    assert_eq!(read(&mut server, "/2/1"), "4.04");
    // What its object keeps is the bootstrap server's to grant.
    assert_eq!(read(&mut server, "/2/2"), "2.05");
    assert_eq!(read(&mut server, "/33000/0"), "4.01");
}

/// A bootstrap that changes no accounts changes no rights.
#[test]
fn who_keeps_an_account_keeps_its_rights() {
    let mut server = managed(3, control());
    ask_again(&mut server);
    server.write_account(2, "coap://two-2", 102);
    assert_eq!(server.finish(), "2.04");
    assert_eq!(cases(&server), [0, 1]);
    server.expect(Event::BootstrapDone);
    server.register();
    server.expect(Event::Registered(RegisterReason::First));
    let grant = server.request(RequestType::Put, "/2/0/2");
    let grant = with_body(grant, TLV, &[0x41, 101, 15]);
    assert_eq!(server.ask(&grant), "4.01");
}
