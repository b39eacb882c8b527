//! The size of blocks that an Observe asks for holds for its notifications (RFC 7959, 2.6 and 3.4).

mod common;

use client_lite::storage;
use coap_lite::{CoapOption, Packet, RequestType};
use common::block::{block, number, with_block};
use common::composite::{fetch, names};
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT};

/// Begins an observation with blocks of a size; the first answer.
fn observe_in(server: &mut Manual, path: &str, size: Option<usize>) -> Packet {
    let mut request = with_accept(server.observe_request(path), SENML_CBOR);
    if let Some(size) = size {
        request = with_block(request, CoapOption::Block2, (0, false, size));
    }
    server.ask(&request)
}

/// The rest of what a message begins, by GET; whole.
fn fetch_rest(server: &mut Manual, path: &str, first: &Packet) -> Vec<u8> {
    let (_, mut more, size) = block(first, CoapOption::Block2).expect("Block2");
    let mut whole = first.payload.clone();
    let mut next = 1;
    while more {
        let request = with_accept(server.request(RequestType::Get, path), SENML_CBOR);
        let request = with_block(request, CoapOption::Block2, (next, false, size));
        let answer = server.ask(&request);
        let told = block(&answer, CoapOption::Block2).expect("Block2");
        assert_eq!((told.0, told.2, observe(&answer)), (next, size, None));
        assert_eq!(
            number(&answer, CoapOption::ETag),
            number(first, CoapOption::ETag)
        );
        whole.extend(&answer.payload);
        (next, more) = (next + 1, told.1);
    }
    whole
}

#[test]
fn notifications_keep_to_the_size() {
    for setup in [Setup::new(0x2a01), confirming(0x2a01)] {
        let mut server = Manual::of(setup.build());
        for size in [16, 32] {
            let answer = observe_in(&mut server, "/33000/0", Some(size));
            assert!(observe(&answer).is_some());
            let token = answer.get_token().to_vec();
            for level in [7, 8] {
                server.objects.actuator.as_mut().unwrap().level = level;
                let said = server.change(LEVEL);
                let told = said.iter().find(|said| said.get_token() == token);
                let told = told.expect("a notification").clone();
                assert!(observe(&told).is_some());
                assert_eq!(told.payload.len(), size);
                assert_eq!(block(&told, CoapOption::Block2), Some((0, true, size)));
                let whole = fetch_rest(&mut server, "/33000/0", &told);
                let now = with_accept(server.request(RequestType::Get, "/33000/0"), SENML_CBOR);
                assert_eq!(server.ask(&now).payload, whole);
                server.acknowledge(&told);
            }
            // The next one has a size of its own.
            let mut cancel = server.request(RequestType::Get, "/33000/0");
            cancel.set_token(token);
            cancel.set_observe_value(1);
            server.ask(&cancel);
        }
    }
}

/// Each observer has its own, and one that asks for none has what fits.
#[test]
fn each_observer_has_its_size() {
    let mut server = Manual::new(0x2a02);
    for size in [None, Some(16), Some(64)] {
        observe_in(&mut server, "/33000/0", size);
    }
    let said = server.change("/33000/0/2");
    let sizes = said
        .iter()
        .map(|told| block(told, CoapOption::Block2).map(|(_, _, size)| size));
    assert_eq!(sizes.collect::<Vec<_>>(), [None, Some(16), Some(64)]);
}

/// A request that comes again with another size, or without one, has the last word.
#[test]
fn a_renewal_changes_the_size() {
    let mut server = Manual::new(0x2a03);
    let token = observe_in(&mut server, "/33000/0", Some(16))
        .get_token()
        .to_vec();
    for size in [Some(32), None] {
        let mut again = with_accept(server.observe_request("/33000/0"), SENML_CBOR);
        again.set_token(token.clone());
        if let Some(size) = size {
            again = with_block(again, CoapOption::Block2, (0, false, size));
        }
        server.ask(&again);
        let told = notification(server.change("/33000/0/2"));
        let told = block(&told, CoapOption::Block2).map(|(_, _, size)| size);
        assert_eq!(told, size);
    }
}

/// A value that is no larger than a block says that no other follows.
#[test]
fn a_small_value_is_the_last_block() {
    let mut server = Manual::new(0x2a04);
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    let request = with_block(request, CoapOption::Block2, (0, false, 16));
    server.ask(&request);
    let told = notification(server.measure(22.5));
    assert_eq!(text(&told), "22.5");
    assert_eq!(block(&told, CoapOption::Block2), Some((0, false, 16)));
}

/// A size that this device's messages have no room for becomes the largest that they have.
#[test]
fn a_size_is_a_limit() {
    let storage = leak(<storage! { message_size: 128 }>::new());
    let mut world = Setup::new(0x2a05).build_in(storage);
    world.objects.shelf = Some(Shelf::with(&[0, 1, 2]));
    let mut server = Manual::of(world);
    for size in [Some(1024), None] {
        let answer = observe_in(&mut server, "/33002", size);
        let said = server.change("/33002/1");
        for message in said.iter().chain([&answer]) {
            assert_eq!(block(message, CoapOption::Block2), Some((0, true, 64)));
        }
    }
}

#[test]
fn composite_notifications_keep_to_it_too() {
    let mut server = Manual::new(0x2a06);
    let mut request = fetch(&mut server, &names(&["/33000/0/1", TEMPERATURE]));
    request.set_observe_value(0);
    let request = with_block(request, CoapOption::Block2, (0, false, 32));
    let answer = server.ask(&request);
    assert_eq!(block(&answer, CoapOption::Block2), Some((0, true, 32)));
    let told = notification(server.measure(22.5));
    assert_eq!(block(&told, CoapOption::Block2), Some((0, true, 32)));
    // What is asked for next without naming places is the rest of it.
    let mut rest = server.request(RequestType::Fetch, "/");
    rest = with_body(rest, SENML_CBOR, b"");
    rest = with_accept(rest, SENML_CBOR);
    let rest = server.ask(&with_block(rest, CoapOption::Block2, (1, false, 32)));
    let whole = [told.payload, rest.payload].concat();
    let read = fetch(&mut server, &names(&["/33000/0/1", TEMPERATURE]));
    assert_eq!(server.ask(&read).payload, whole);
}
