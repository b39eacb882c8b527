//! Observe-Composite and its cancellation (LwM2M Core 1.1, 6.4.4), in SenML-CBOR.

mod common;

use client_lite::storage;
use coap_lite::{CoapOption, Packet, RequestType};
use common::composite::{fetch, lines, names};
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TLV};

fn server(seed: u64) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.shelf = Some(Shelf::with(&[0]));
    Manual::of(world)
}

fn request(server: &mut Manual, wish: u32, paths: &[&str]) -> Packet {
    let mut request = fetch(server, &names(paths));
    request.set_observe_value(wish);
    request
}

/// Begins a composite observation; its token.
#[track_caller]
fn observe_all(server: &mut Manual, paths: &[&str]) -> Vec<u8> {
    let request = request(server, 0, paths);
    let answer = server.ask(&request);
    assert_eq!(code(&answer), "2.05");
    assert!(observe(&answer).is_some(), "{answer:?}");
    request.get_token().to_vec()
}

const PLACES: &[&str] = &["/3303/0/5700", "/3200/0", "/33002"];

#[test]
fn the_first_answer_has_all_values() {
    let mut server = server(1);
    let request = request(&mut server, 0, &["/3303/0/5700", "/3200/0", "/9"]);
    let answer = server.ask(&request);
    assert_eq!(lines(&answer), ["/3200/0/5501 = 0", "/3303/0/5700 = 21.5"]);
}

#[test]
fn a_change_of_one_place_tells_all() {
    let mut server = server(2);
    let token = observe_all(&mut server, &["/3303/0/5700", "/3200/0"]);
    let said = server.measure(22.5);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].get_token(), token);
    assert_eq!(lines(&said[0]), ["/3200/0/5501 = 0", "/3303/0/5700 = 22.5"]);
    assert_eq!(server.change("/33000/0/2"), [] as [Packet; 0]);
}

/// LwM2M Core 1.2, 6.4.4: who would take no notice of its own attributes refuses it.
#[test]
fn attributes_of_its_own_are_refused() {
    let mut server = server(19);
    let mut request = request(&mut server, 0, PLACES);
    request.add_option(CoapOption::UriQuery, b"pmin=10".to_vec());
    assert_eq!(code(&server.ask(&request)), "4.00");
    assert_eq!(server.measure(22.5), [] as [Packet; 0]);
}

/// Both change before the device speaks: one message.
#[test]
fn changes_fold_into_one_message() {
    let mut server = server(3);
    observe_all(&mut server, PLACES);
    server.objects.button.presses = 3;
    server.objects.temperature.celsius = 4.0;
    let world = &mut *server;
    for path in ["/3200/0/5501", "/3303/0/5700"] {
        let told = world.client.changed(
            world.device_time(),
            path.parse().unwrap(),
            &mut world.objects.list(),
        );
        told.expect("room");
    }
    let said = server.change("/33002/0/0");
    assert_eq!(said.len(), 1);
    assert_eq!(
        lines(&said[0])[..2],
        ["/3200/0/5501 = 3", "/3303/0/5700 = 4"]
    );
}

#[test]
fn it_ends_by_a_fetch_that_says_so() {
    let mut server = server(4);
    let token = observe_all(&mut server, PLACES);
    let mut end = request(&mut server, 1, PLACES);
    end.set_token(token);
    let answer = server.ask(&end);
    assert_eq!((code(&answer), observe(&answer)), ("2.05".into(), None));
    assert_eq!(server.measure(22.5), [] as [Packet; 0]);
}

#[test]
fn it_ends_by_a_reset() {
    let mut server = server(5);
    observe_all(&mut server, PLACES);
    let said = server.measure(22.5);
    server.reset(&said[0]);
    assert_eq!(server.measure(23.5), [] as [Packet; 0]);
}

#[test]
fn an_instance_that_comes_or_goes_is_told() {
    let mut server = server(6);
    observe_all(&mut server, &["/33002/0/0", "/33002/5"]);
    let create = server.request(RequestType::Post, "/33002");
    let body = [0x05, 5, 0xc3, 0, b'n', b'e', b'w'];
    let said = server.say(&with_body(create, TLV, &body));
    let told = said.iter().find(|packet| observe(packet).is_some());
    assert!(
        lines(told.expect("a notification")).contains(&"/33002/5/0 = new".to_owned()),
        "{told:?}"
    );
    server.run_for(seconds(1));
    let delete = server.request(RequestType::Delete, "/33002/0");
    let said = server.say(&delete);
    let told = said.iter().find(|packet| observe(packet).is_some());
    let told = lines(told.expect("a notification"));
    assert!(
        told.iter().all(|line| line.starts_with("/33002/5/")),
        "{told:?}"
    );
}

/// Two of different places, each with its own.
#[test]
fn composite_observations_are_apart() {
    let mut server = server(7);
    let one = observe_all(&mut server, &["/3303/0/5700"]);
    let other = observe_all(&mut server, &["/3200/0/5501"]);
    let said = server.measure(1.0);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].get_token(), one);
    let said = server.change("/3200/0/5501");
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].get_token(), other);
}

/// A Read-Composite in between neither ends the observation nor changes its places.
#[test]
fn a_composite_read_leaves_it_alone() {
    let mut server = server(8);
    let token = observe_all(&mut server, &["/3303/0/5700"]);
    let read = fetch(&mut server, &names(&["/3200"]));
    assert_eq!(lines(&server.ask(&read)), ["/3200/0/5501 = 0"]);
    let said = server.measure(1.0);
    assert_eq!(said[0].get_token(), token);
    assert_eq!(lines(&said[0]), ["/3303/0/5700 = 1"]);
}

/// It is answered, and the missing Observe option says that there is no observation.
#[test]
fn without_room_it_is_a_composite_read() {
    let mut server = server(9);
    for place in [
        "/1", "/1/0/1", "/1/0/6", "/3", "/3/0/16", "/3200", "/3303", "/33002",
    ] {
        server.observe(place);
    }
    let request = request(&mut server, 0, &["/3200"]);
    let answer = server.ask(&request);
    assert_eq!((code(&answer), observe(&answer)), ("2.05".into(), None));
    assert_eq!(lines(&answer), ["/3200/0/5501 = 0"]);
}

/// An observation whose token the server gives to another request goes on where that begins none.
#[test]
fn a_token_that_comes_again_for_something_else_ends_none() {
    for (wish, count, expected) in [(Some(0), 3, "4.13"), (None, 1, "2.05")] {
        let storage = leak(<storage! {
            observations: 1,
            changes: 4,
            requests: 4,
            location_size: 32,
            written_attributes: 4,
            composite_paths: 2,
            records: 4,
            body_size: 64,
        }>::new());
        let mut server = Manual::of(Setup::new(10).build_in(storage));
        let token = observe_all(&mut server, &["/3303/0/5700"]);
        let observer = token.clone();
        let mut again = server.request(RequestType::Fetch, "/");
        if let Some(wish) = wish {
            again.set_observe_value(wish);
        }
        again.set_token(token);
        let body = names(&["/3303/0/5700", "/3200", "/33000"][..count]);
        let answer = server.ask(&with_body(again, SENML_CBOR, &body));
        assert_eq!(code(&answer), expected);
        let told = notification(server.measure(22.5));
        assert_eq!(told.get_token(), observer);
        assert_eq!(lines(&told), ["/3303/0/5700 = 22.5"]);
    }
}
