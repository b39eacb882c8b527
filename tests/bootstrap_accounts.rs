//! Which accounts are taken at Bootstrap-Finish, which are refused, and what stays in force meanwhile
//! (LwM2M Core 1.1, 6.1.3.3, 6.1.6 and 6.1.7).

mod common;

use client_lite::{Account, Detail, Error, Event, Operation, RegisterReason, State, storage};
use common::bootstrap::{
    BOOTSTRAP, ByHand, ask_again, bootstrapped, bootstrapped_with_own, instance_of, own, security,
};
use common::*;
use demo_server::format::Value;

/// Where there is room for one server, a second one does not silently take the first one's place.
#[test]
fn a_second_server_is_refused_and_the_first_is_kept() {
    let mut server = ByHand::new(1);
    assert_eq!(server.delete("/"), "2.02");
    server.write_account(1, "coap://one", 101);
    server.write_account(2, "coap://two", 102);
    assert_eq!(server.finish(), "4.06");
    // The server may mend it.
    assert_eq!(server.delete("/0/2"), "2.02");
    assert_eq!(server.delete("/1/2"), "2.02");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.opened(), [BOOTSTRAP, "coap://one"]);
}

/// The same in a device that has registered before: nothing of that is lost.
#[test]
fn a_refused_second_server_leaves_the_account_in_force() {
    let mut server = bootstrapped(2);
    ask_again(&mut server);
    server.write_account(2, "coap://two", 102);
    assert_eq!(server.finish(), "4.06");
    server.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::InconsistentAccounts,
    );
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.opened().last(), Some(&"coap://server"));
}

/// 6.1.6: what is missing is no account of the device's own making.
#[test]
fn a_security_instance_without_its_server_is_refused() {
    for prepared in [true, false] {
        let mut server = ByHand::new(3);
        if prepared {
            assert_eq!(server.delete("/"), "2.02");
        }
        // The id that the configuration has.
        assert_eq!(server.write("/0/1", &security("coap://server", 1)), "2.04");
        assert_eq!(server.finish(), "4.06");
        server.expect_no_event();
        assert_eq!(server.write("/1/0", &instance_of(1, 600)), "2.04");
        assert_eq!(server.finish(), "2.04");
        server.expect(Event::BootstrapDone);
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
    }
}

/// A second bootstrap deletes what the first has written.
#[test]
fn a_deleted_server_instance_is_missed() {
    for deleted in ["/", "/0", "/1", "/0/1", "/1/1"] {
        let mut server = bootstrapped(4);
        ask_again(&mut server);
        assert_eq!(server.delete(deleted), "2.02");
        assert_eq!(server.finish(), "4.06", "{deleted}");
        server.write_account(1, "coap://server", 101);
        assert_eq!(server.finish(), "2.04", "{deleted}");
    }
    // Nothing deleted is nothing missed.
    let mut server = bootstrapped(5);
    ask_again(&mut server);
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

#[test]
fn accounts_that_do_not_fit_together_are_refused() {
    type Written = (&'static str, Vec<(u16, Value)>);
    let one = || ("/0/1", security("coap://server", 101));
    let its = || ("/1/1", instance_of(101, 600));
    let silent = security("coap://server", 101)
        .into_iter()
        .filter(|(id, _)| *id != 2);
    let cases: [(&str, Vec<Written>); 8] = [
        (
            "no word about security",
            vec![("/0/1", silent.collect()), its()],
        ),
        ("a Server without its Security", vec![its()]),
        (
            "two Securities",
            vec![one(), ("/0/2", security("coap://two", 101)), its()],
        ),
        (
            "two Servers",
            vec![one(), its(), ("/1/2", instance_of(101, 60))],
        ),
        (
            "another server's",
            vec![one(), ("/1/1", instance_of(102, 600))],
        ),
        (
            "a Server too many",
            vec![one(), its(), ("/1/2", instance_of(102, 60))],
        ),
        (
            "without a short server id",
            vec![
                ("/0/1", security("coap://server", 101)[..3].to_vec()),
                ("/1/1", vec![(1, Value::Integer(60))]),
            ],
        ),
        (
            "the id of no server",
            vec![("/0/1", security("coap://server", 65535)), its()],
        ),
    ];
    for (what, written) in cases {
        let mut server = ByHand::new(6);
        for (path, resources) in written {
            assert_eq!(server.write(path, &resources), "2.04", "{what}");
        }
        assert_eq!(server.finish(), "4.06", "{what}");
    }
}

/// The Server instance may come first, and matches by the short server id, not by its own.
#[test]
fn the_order_of_the_writes_does_not_matter() {
    let mut server = ByHand::new(7);
    assert_eq!(server.write("/1/5", &instance_of(101, 600)), "2.04");
    assert_eq!(
        server.write("/0/3", &security("coap://server", 101)),
        "2.04"
    );
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// A refused Finish is not the end: the server has its time, and the application hears of it once.
#[test]
fn a_server_that_is_refused_has_its_time_to_mend_it() {
    let mut server = ByHand::new(8);
    assert_eq!(
        server.write("/0/1", &security("coap://server", 101)),
        "2.04"
    );
    for _ in 0..3 {
        server.run_for(seconds(60));
        assert_eq!(server.finish(), "4.06");
        server.expect_state(State::Bootstrapping);
    }
    server.expect_no_event();
    server.run_for(seconds(66));
    server.expect_no_event();
    server.run_for(seconds(2));
    server.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::InconsistentAccounts,
    );
    server.expect_no_event();
}

/// After each of its writes the server has its whole time again: many writes take long on a slow
/// network.
#[test]
fn a_server_that_goes_on_writing_is_not_cut_off() {
    let mut server = ByHand::new(9);
    for _ in 0..4 {
        server.run_for(seconds(200));
        server.write_account(1, "coap://server", 101);
    }
    assert_eq!(server.finish(), "2.04");
}

/// 6.1.6: the new account of the bootstrap server takes the old one's place at Finish, as a whole.
#[test]
fn a_new_bootstrap_account_replaces_the_old_one() {
    let mut server = bootstrapped_with_own(10);
    // Again and again: no place is lost on the way.
    let mut expected = [7; 16];
    for number in 1..4 {
        ask_again(&mut server);
        assert_eq!(server.opened().last(), Some(&"coaps://own"));
        assert_eq!(key(&server), expected);
        assert_eq!(server.delete("/"), "2.02");
        let next = own("coaps://own", b"identity", &[number; 16]);
        assert_eq!(server.write("/0/1", &next), "2.04");
        server.write_account(2, "coap://server", 101);
        assert_eq!(server.finish(), "2.04");
        server.expect(Event::BootstrapDone);
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
        expected = [number; 16];
    }
}

#[test]
fn an_unfinished_bootstrap_account_does_not_count() {
    let mut server = bootstrapped_with_own(11);
    ask_again(&mut server);
    assert_eq!(
        server.write("/0/5", &own("coaps://never", b"other", &[9; 16])),
        "2.04"
    );
    server.expect_error(
        Operation::Bootstrap,
        Error::BootstrapFailed,
        Detail::NoBootstrapFinish,
    );
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    ask_again(&mut server);
    assert_eq!(server.opened().last(), Some(&"coaps://own"));
}

#[test]
fn an_incomplete_bootstrap_account_is_refused_and_the_old_one_stays() {
    let incomplete: [&[(u16, Value)]; 3] = [
        // No URI, no key, and two of them.
        &[(1, Value::Boolean(true)), (2, Value::Integer(3))],
        &[
            (0, Value::Text("coaps://new".into())),
            (1, Value::Boolean(true)),
            (2, Value::Integer(0)),
        ],
        &own("coaps://new", b"new", &[8; 16]),
    ];
    for (number, resources) in incomplete.into_iter().enumerate() {
        let mut server = bootstrapped_with_own(12);
        ask_again(&mut server);
        assert_eq!(server.delete("/"), "2.02");
        assert_eq!(server.write("/0/8", resources), "2.04");
        if number == 2 {
            assert_eq!(server.write("/0/9", resources), "2.04");
        } else {
            server.write_account(2, "coap://server", 101);
        }
        assert_eq!(server.finish(), "4.06", "{number}");
        server.expect_error(
            Operation::Bootstrap,
            Error::BootstrapFailed,
            Detail::InconsistentAccounts,
        );
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
        ask_again(&mut server);
        assert_eq!(key(&server), [7; 16]);
    }
}

/// 6.1.7.6: the bootstrap server's account is not deleted, whichever way.
#[test]
fn the_bootstrap_account_in_force_is_not_deleted() {
    for path in ["/", "/0", "/0/0"] {
        let mut server = bootstrapped_with_own(13);
        ask_again(&mut server);
        assert_eq!(server.delete(path), "2.02");
        assert_eq!(server.delete("/1"), "2.02");
        assert_eq!(server.delete("/0"), "2.02");
        server.write_account(3, "coap://server", 101);
        assert_eq!(server.finish(), "2.04");
        server.expect(Event::BootstrapDone);
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
        ask_again(&mut server);
        assert_eq!(key(&server), [7; 16], "{path}");
    }
}

/// A Write to a part of the bootstrap server's account changes that part, from the Finish on.
#[test]
fn a_part_of_the_bootstrap_account_is_replaced() {
    let mut server = bootstrapped_with_own(14);
    ask_again(&mut server);
    assert_eq!(
        server.write("/0/0", &[(5, Value::Opaque(vec![8; 16]))]),
        "2.04"
    );
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    ask_again(&mut server);
    assert_eq!(server.opened().last(), Some(&"coaps://own"));
    assert_eq!(key(&server), [8; 16]);
}

/// The device's account takes the id of the bootstrap server's: both are there afterwards.
#[test]
fn an_id_of_the_bootstrap_account_is_given_away() {
    let mut server = bootstrapped_with_own(15);
    ask_again(&mut server);
    assert_eq!(server.delete("/"), "2.02");
    let mut account = security("coap://server", 101);
    account.extend([(3, Value::Opaque(vec![])), (5, Value::Opaque(vec![]))]);
    assert_eq!(server.write("/0/0", &account), "2.04");
    assert_eq!(server.write("/1/0", &instance_of(101, 600)), "2.04");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    ask_again(&mut server);
    assert_eq!(key(&server), [7; 16]);
}

/// Transport 1.1, 5.2.9.1, and Core 1.1, E.1.
#[test]
fn the_longest_uris_identities_and_keys_are_taken() {
    let uri = |length: usize| format!("coaps://{}", "h".repeat(length - 8));
    let account = |length: usize, identity, key| {
        vec![
            (0, Value::Text(uri(length))),
            (1, Value::Boolean(false)),
            (2, Value::Integer(0)),
            (3, Value::Opaque(vec![b'i'; identity])),
            (5, Value::Opaque(vec![7; key])),
            (10, Value::Integer(101)),
        ]
    };
    let mut server = ByHand::new(16);
    for (length, identity, key) in [(256, 128, 64), (255, 129, 64), (255, 128, 65)] {
        assert_eq!(
            server.write("/0/1", &account(length, identity, key)),
            "4.00"
        );
    }
    assert_eq!(server.write("/0/1", &account(255, 128, 64)), "2.04");
    assert_eq!(server.write("/0/1", &account(256, 1, 1)), "4.00");
    assert_eq!(server.write("/1/1", &instance_of(101, 600)), "2.04");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    let opened = server.transport.opened.last().unwrap();
    assert_eq!(opened.uri, uri(255));
    assert_eq!(opened.psk, Some((vec![b'i'; 128], vec![7; 64])));
}

/// What does not fit into smaller memory is refused, and what was written before stays.
#[test]
fn the_sizes_are_the_storages() {
    let mut setup = Setup::new(17);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    let storage = leak(
        <storage! { account_uri_size: 16, account_identity_size: 4, account_key_size: 8 }>::new(),
    );
    let mut server = ByHand::of(setup.build_in(storage));
    server.write_account(1, "coap://server-16", 101);
    for (id, value) in [
        (0, Value::Text("coap://server-017".into())),
        (3, Value::Opaque(vec![1; 5])),
        (5, Value::Opaque(vec![1; 9])),
    ] {
        assert_eq!(server.write("/0/1", &[(id, value)]), "4.00", "{id}");
    }
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.opened(), [BOOTSTRAP, "coap://server-16"]);
}

/// The key that the device has opened its newest association with.
fn key(server: &ByHand) -> &[u8] {
    let opened = server.transport.opened.last().expect("an association");
    let (_, key) = opened.psk.as_ref().expect("a key");
    key
}
