//! A bootstrap server writes an account with X.509 certificates (LwM2M 1.1 Transport, 5.2.9.3).

mod common;

use client_lite::{Account, Certificates, Event, RegisterReason, Trust, storage};
use common::bootstrap::{BOOTSTRAP, ByHand, ask_again, instance_of};
use common::*;
use demo_server::format::{self, SENML_CBOR, Value};

const MANAGEMENT: &str = "coaps://server";
const CERTIFICATE: &[u8] = &[1; 400];
const KEY: &[u8] = &[2; 138];
const SERVER: &[u8] = &[3; 420];

#[test]
fn the_transport_gets_what_was_written() {
    let mut server = device(1);
    write_account(&mut server, MANAGEMENT, &[]);
    complete(&mut server);
    assert_eq!(
        opened(&server),
        Some(certificates(Trust::Certificate(SERVER)))
    );
}

/// Certificate usage, /0/x/15.
#[test]
fn the_server_may_be_known_by_its_authority() {
    let mut server = device(2);
    let resources = [(13, Value::Integer(0)), (15, Value::Integer(2))];
    write_account(&mut server, MANAGEMENT, &resources);
    complete(&mut server);
    assert_eq!(
        opened(&server),
        Some(certificates(Trust::Authority(SERVER)))
    );
}

/// What the transport could not check must not look as if it were checked.
#[test]
fn other_ways_to_know_the_server_are_refused() {
    let mut server = device(3);
    write_account(&mut server, MANAGEMENT, &[]);
    for (id, value) in [(13, 1), (13, 3), (15, 0), (15, 1), (15, 4), (15, -1)] {
        let written = server.write("/0/1", &[(id, Value::Integer(value))]);
        assert_eq!(written, "4.00", "/0/1/{id} = {value}");
    }
    complete(&mut server);
    assert_eq!(
        opened(&server),
        Some(certificates(Trust::Certificate(SERVER)))
    );
}

#[test]
fn an_account_that_lacks_a_part_is_refused() {
    for missing in [3, 4, 5] {
        let mut server = device(4);
        write_account(&mut server, MANAGEMENT, &[(missing, Value::Opaque(vec![]))]);
        assert_eq!(server.finish(), "4.06", "without /0/1/{missing}");
        // The server mends it.
        write_account(&mut server, MANAGEMENT, &[]);
        complete(&mut server);
    }
}

/// Raw public keys are another mode, 1, which is not there.
#[test]
fn raw_public_keys_are_refused() {
    let mut server = device(5);
    write_account(&mut server, MANAGEMENT, &[(2, Value::Integer(1))]);
    assert_eq!(server.finish(), "4.06");
}

#[test]
fn what_is_too_large_is_refused() {
    let mut server = device(6);
    for (id, size) in [(3, 500), (4, 501), (5, 140)] {
        let fits = server.write("/0/1", &[(id, Value::Opaque(vec![9; size]))]);
        assert_eq!(fits, "2.04", "/0/1/{id} of {size} bytes");
        let too_large = server.write("/0/1", &[(id, Value::Opaque(vec![9; size + 1]))]);
        assert_eq!(too_large, "4.00", "/0/1/{id} of more than {size} bytes");
    }
}

/// /0/x/14 and 16.
#[test]
fn the_handshake_proposes_what_was_written() {
    let mut server = device(8);
    let name = Value::Text("name.example".into());
    write_account(&mut server, MANAGEMENT, &[(14, name)]);
    let suites = [(0, Value::Integer(0xc0a8)), (1, Value::Integer(0xc0ae))];
    let suites = format::encode(SENML_CBOR, "/0/1/16", &suites).expect("encodes");
    assert_eq!(server.put("/0/1/16", SENML_CBOR, &suites), "2.04");
    complete(&mut server);
    let opened = server.transport.opened.last().expect("an association");
    assert_eq!(opened.proposed.0, "name.example");
    assert_eq!(opened.proposed.1, [0xc0a8, 0xc0ae]);
    // Of the next account nothing of it is left.
    ask_again(&mut server);
    assert_eq!(server.delete("/"), "2.02");
    write_account(&mut server, MANAGEMENT, &[]);
    complete(&mut server);
    let opened = server.transport.opened.last().expect("an association");
    assert_eq!(opened.proposed, (String::new(), vec![]));
}

/// What is written over is not proposed any longer.
#[test]
fn a_list_of_cipher_suites_begins_anew_with_its_first() {
    let mut server = device(10);
    write_account(&mut server, MANAGEMENT, &[]);
    for suites in [&[0xc0a8, 0xc0ae, 0xc023][..], &[0xc02b]] {
        let suites: Vec<_> = (0..)
            .zip(suites.iter().map(|suite| Value::Integer(*suite)))
            .collect();
        let suites = format::encode(SENML_CBOR, "/0/1/16", &suites).expect("encodes");
        assert_eq!(server.put("/0/1/16", SENML_CBOR, &suites), "2.04");
    }
    complete(&mut server);
    let opened = server.transport.opened.last().expect("an association");
    assert_eq!(opened.proposed.1, [0xc02b]);
}

/// There is room for it, but no platform need take more than RFC 4279, 5.3, asks for.
#[test]
fn a_pre_shared_key_is_not_longer_for_that() {
    for (identity, key, finished) in [(129, 16, "4.06"), (16, 65, "4.06"), (128, 64, "2.04")] {
        let mut server = device(11);
        let parts = [
            (2, Value::Integer(0)),
            (3, Value::Opaque(vec![b'i'; identity])),
            (5, Value::Opaque(vec![9; key])),
        ];
        write_account(&mut server, MANAGEMENT, &parts);
        assert_eq!(server.finish(), finished, "{identity} and {key} bytes");
    }
}

#[test]
fn a_proposal_that_cannot_be_is_refused() {
    let mut server = device(9);
    write_account(&mut server, MANAGEMENT, &[]);
    for (id, value) in [(14, Value::Text("n".repeat(65))), (16, Value::Integer(1))] {
        assert_eq!(server.write("/0/1", &[(id, value)]), "4.00", "/0/1/{id}");
    }
    for suite in [0, -1, 0x1_0000] {
        let body = format::encode(SENML_CBOR, "/0/1/16", &[(0, Value::Integer(suite))]);
        let written = server.put("/0/1/16", SENML_CBOR, &body.expect("encodes"));
        assert_eq!(written, "4.00", "{suite}");
    }
    // There is room for eight.
    let body = format::encode(SENML_CBOR, "/0/1/16", &[(8, Value::Integer(1))]);
    assert_eq!(
        server.put("/0/1/16", SENML_CBOR, &body.expect("encodes")),
        "4.04"
    );
}

/// A second bootstrap that changes another part of the account keeps them.
#[test]
fn they_stay_where_they_are_not_written_again() {
    let mut server = device(7);
    write_account(&mut server, MANAGEMENT, &[(15, Value::Integer(2))]);
    complete(&mut server);
    ask_again(&mut server);
    let moved = [(0, Value::Text("coaps://moved".into()))];
    assert_eq!(server.write("/0/1", &moved), "2.04");
    complete(&mut server);
    assert_eq!(server.opened().last(), Some(&"coaps://moved"));
    assert_eq!(
        opened(&server),
        Some(certificates(Trust::Authority(SERVER)))
    );
}

/// A device with room for certificates, which has asked for a bootstrap.
fn device(seed: u64) -> ByHand {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    let storage = <storage! {
        account_identity_size: 500,
        account_key_size: 140,
        account_server_key_size: 501,
    }>::new();
    ByHand::of(setup.build_in(leak(storage)))
}

/// An account of mode 2, its usual resources before others.
#[track_caller]
fn write_account(server: &mut ByHand, uri: &str, others: &[(u16, Value)]) {
    let usual = [
        (0, Value::Text(uri.into())),
        (1, Value::Boolean(false)),
        (2, Value::Integer(2)),
        (3, Value::Opaque(CERTIFICATE.into())),
        (4, Value::Opaque(SERVER.into())),
        (5, Value::Opaque(KEY.into())),
        (10, Value::Integer(101)),
    ];
    assert_eq!(server.write("/0/1", &usual), "2.04");
    assert_eq!(server.write("/0/1", others), "2.04");
    assert_eq!(server.write("/1/1", &instance_of(101, 600)), "2.04");
}

#[track_caller]
fn complete(server: &mut ByHand) {
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// With which certificates the device has connected last.
fn opened(server: &ByHand) -> Option<Certificates<'static>> {
    server.transport.opened.last()?.certificates
}

fn certificates(server: Trust<'static>) -> Certificates<'static> {
    Certificates {
        certificate: CERTIFICATE,
        key: KEY,
        server,
    }
}
