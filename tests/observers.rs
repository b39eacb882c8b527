//! Observers are told apart by their tokens (RFC 7641, 4.1; LwM2M Core 1.1, 6.4): what one asks for
//! is no matter of the others'.

mod common;

use client_lite::storage;
use coap_lite::{MessageType, Packet, RequestType};
use common::composite::{fetch, lines, names};
use common::manual::*;
use common::*;
use demo_server::format::{LINK_FORMAT, SENML_CBOR, TEXT, TLV};

fn tokens(said: &[Packet]) -> Vec<&[u8]> {
    said.iter().map(Packet::get_token).collect()
}

fn observe_all(server: &mut Manual, paths: &[&str]) -> Vec<u8> {
    let mut request = fetch(server, &names(paths));
    request.set_observe_value(0);
    assert!(observe(&server.ask(&request)).is_some());
    request.get_token().to_vec()
}

#[test]
fn two_observers_of_one_place_are_both_told() {
    let mut server = Manual::new(0x2501);
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    server.ask(&request);
    let second = with_accept(server.observe_request(TEMPERATURE), TLV);
    server.ask(&second);
    for celsius in [22.5, 23.5] {
        let said = server.measure(celsius);
        assert_eq!(tokens(&said), [request.get_token(), second.get_token()]);
        // Each in the format that it has asked for.
        assert_eq!(text(&said[0]), celsius.to_string());
        assert_ne!(said[0].payload, said[1].payload);
    }
    let first = said_to(&mut server, RequestType::Get, &request, 1);
    assert_eq!((code(&first).as_str(), observe(&first)), ("2.05", None));
    assert_eq!(tokens(&server.measure(24.5)), [second.get_token()]);
}

/// The answer to the same request with another Observe value.
fn said_to(server: &mut Manual, method: RequestType, before: &Packet, wish: u32) -> Packet {
    let mut request = server.request(method, TEMPERATURE);
    request.set_token(before.get_token().to_vec());
    request.set_observe_value(wish);
    server.ask(&request)
}

/// What a place's attributes ask for holds for each of its observers, each from what it was told
/// last.
#[test]
fn each_has_its_own_periods() {
    let mut server = Manual::new(0x2502);
    assert_eq!(server.write_attributes(TEMPERATURE, "pmin=10"), "2.04");
    let first = server.observe(TEMPERATURE);
    server.run_for(seconds(5));
    let second = server.observe(TEMPERATURE);
    assert_eq!(server.measure(22.5), []);
    server.wire.clear();
    server.run_for(seconds(6));
    let told: Vec<Packet> = server.wire.up().map(Datagram::packet).collect();
    assert_eq!(tokens(&told), [&first[..]]);
    server.wire.clear();
    server.run_for(seconds(5));
    let told: Vec<Packet> = server.wire.up().map(Datagram::packet).collect();
    assert_eq!(tokens(&told), [&second[..]]);
}

/// And its own steps.
#[test]
fn each_has_its_own_steps() {
    let mut server = Manual::new(0x2503);
    assert_eq!(server.write_attributes(TEMPERATURE, "st=2"), "2.04");
    let first = server.observe(TEMPERATURE);
    assert_eq!(server.measure(22.5), []);
    let second = server.observe(TEMPERATURE);
    assert_eq!(tokens(&server.measure(23.5)), [&first[..]]);
    assert_eq!(tokens(&server.measure(24.5)), [&second[..]]);
    assert_eq!(tokens(&server.measure(25.5)), [&first[..]]);
}

/// A request that fails begins nothing, and ends no other.
#[test]
fn a_request_that_fails_ends_none() {
    let mut server = Manual::new(0x2504);
    let token = server.observe(TEMPERATURE);
    for same in [false, true] {
        for (path, accept, error) in [
            (TEMPERATURE, Some(1), "4.06"),
            ("/3303/0", Some(TEXT), "4.06"),
            ("/3303/0/1", None, "4.04"),
            ("/9/0/0", None, "4.04"),
            ("/33000/0/3", None, "4.05"),
            ("/33000/0/4", None, "4.05"),
        ] {
            let mut request = server.observe_request(path);
            if let Some(accept) = accept {
                request = with_accept(request, accept);
            }
            if same {
                request.set_token(token.clone());
            }
            let answer = server.ask(&request);
            assert_eq!((code(&answer).as_str(), observe(&answer)), (error, None));
            assert_eq!(tokens(&server.measure(22.5)), [&token[..]], "{path}");
            assert_eq!(server.change(LEVEL).iter().filter_map(observe).count(), 0);
        }
    }
}

/// The same of the blocks of an answer, of which this one has none.
#[test]
fn a_block_that_is_not_there_ends_none() {
    let mut server = Manual::new(0x2505);
    let token = server.observe(TEMPERATURE);
    let mut request = server.observe_request(TEMPERATURE);
    request.set_token(token.clone());
    let request = block::with_block(request, coap_lite::CoapOption::Block2, (9, false, 16));
    assert_eq!(code(&server.ask(&request)), "4.00");
    assert_eq!(tokens(&server.measure(22.5)), [&token[..]]);
}

/// Discover is not observed, and so ends nothing either.
#[test]
fn discover_ends_none() {
    let mut server = Manual::new(0x2506);
    let token = server.observe(TEMPERATURE);
    let mut request = with_accept(server.observe_request(TEMPERATURE), LINK_FORMAT);
    request.set_token(token.clone());
    let answer = server.ask(&request);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    assert_eq!(tokens(&server.measure(22.5)), [&token[..]]);
}

/// With the token of one that is there, a request takes its place: another format, or another path.
#[test]
fn a_token_stands_for_the_newest_request() {
    let mut server = Manual::new(0x2507);
    let token = server.observe(TEMPERATURE);
    let other = server.observe(TEMPERATURE);
    let numbers = server.measure(22.0);
    let mut again = with_accept(server.observe_request(TEMPERATURE), TEXT);
    again.set_token(token.clone());
    let number = observe(&server.ask(&again)).expect("observed");
    assert!(is_newer(number, observe(&numbers[0]).unwrap()));
    let said = server.measure(22.5);
    assert_eq!(said.len(), 2);
    for message in said {
        assert_eq!(
            message.get_token() == token,
            message.payload == b"22.5",
            "{message:?}"
        );
    }
    let mut elsewhere = server.observe_request(LEVEL);
    elsewhere.set_token(token.clone());
    let number = observe(&server.ask(&elsewhere)).expect("observed");
    assert_eq!(tokens(&server.measure(23.5)), [&other[..]]);
    let told = notification(server.change(LEVEL));
    assert_eq!(told.get_token(), token);
    assert!(is_newer(observe(&told).unwrap(), number));
}

#[test]
fn a_cancellation_ends_one() {
    let mut server = Manual::new(0x2508);
    let tokens_of = [(); 3].map(|()| server.observe(TEMPERATURE));
    let mut cancel = server.request(RequestType::Get, TEMPERATURE);
    cancel.set_token(tokens_of[1].clone());
    cancel.set_observe_value(1);
    assert_eq!(observe(&server.ask(&cancel)), None);
    let said = server.measure(22.5);
    let mut told = tokens(&said);
    told.sort_unstable();
    assert_eq!(told, [&tokens_of[0][..], &tokens_of[2]]);
    // One that nobody has ends nothing.
    cancel = server.request(RequestType::Get, TEMPERATURE);
    cancel.set_observe_value(1);
    server.ask(&cancel);
    assert_eq!(server.measure(23.5).len(), 2);
}

#[test]
fn a_reset_ends_one() {
    let mut server = Manual::new(0x2509);
    server.observe(TEMPERATURE);
    let other = server.observe(TEMPERATURE);
    let said = server.measure(22.5);
    assert_eq!(server.reset(&said[0]), []);
    assert_eq!(tokens(&server.measure(23.5)), [&other[..]]);
}

/// Without room the new one is answered like a Read, and the others go on.
#[test]
fn without_room_the_others_live() {
    let storage = leak(<storage! { observations: 2 }>::new());
    let mut server = Manual::of(Setup::new(0x250a).build_in(storage));
    let both = [(); 2].map(|()| server.observe(TEMPERATURE));
    for path in [TEMPERATURE, LEVEL] {
        let request = server.observe_request(path);
        let answer = server.ask(&request);
        assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    }
    let mut all = fetch(&mut server, &names(&[TEMPERATURE]));
    all.set_observe_value(0);
    let answer = server.ask(&all);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    let said = server.measure(22.5);
    assert_eq!(tokens(&said), [&both[0][..], &both[1]]);
    // One of them can be renewed.
    let mut again = server.observe_request(LEVEL);
    again.set_token(both[0].clone());
    assert!(observe(&server.ask(&again)).is_some());
}

/// A non-confirmable request is answered by the first notification.
#[test]
fn non_confirmable_observers_are_told_apart_too() {
    let mut server = Manual::new(0x250b);
    let first = non(server.observe_request(TEMPERATURE));
    let second = non(server.observe_request(TEMPERATURE));
    for request in [&first, &second] {
        let answer = server.ask(request);
        assert_eq!(kind(&answer), MessageType::NonConfirmable);
        assert!(observe(&answer).is_some());
    }
    let said = server.measure(22.5);
    assert_eq!(tokens(&said), [first.get_token(), second.get_token()]);
}

/// Composite observations, beside single ones and each other.
#[test]
fn composite_observers_are_told_apart() {
    let mut server = Manual::new(0x250c);
    let single = server.observe(TEMPERATURE);
    let pair = observe_all(&mut server, &[TEMPERATURE, PRESSES]);
    let other = observe_all(&mut server, &[TEMPERATURE]);
    let said = server.measure(22.5);
    assert_eq!(tokens(&said), [&single[..], &pair, &other]);
    assert_eq!(lines(&said[1]), ["/3200/0/5501 = 0", "/3303/0/5700 = 22.5"]);
    assert_eq!(lines(&said[2]), ["/3303/0/5700 = 22.5"]);
    // One that fails ends none.
    let many: Vec<String> = (0..20).map(|id| format!("/33000/0/{id}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (format, body, error) in [
        (TEXT, &b"x"[..], "4.15"),
        (SENML_CBOR, b"\x81", "4.00"),
        (SENML_CBOR, &names(&many), "4.13"),
    ] {
        for token in [None, Some(&pair), Some(&single)] {
            let mut request = server.request(RequestType::Fetch, "/");
            request.set_observe_value(0);
            if let Some(token) = token {
                request.set_token(token.clone());
            }
            let answer = server.ask(&with_body(request, format, body));
            assert_eq!(code(&answer), error);
            let said = server.measure(23.5);
            assert_eq!(tokens(&said), [&single[..], &pair, &other]);
            assert_eq!(lines(&said[1]).len(), 2);
        }
    }
    // Nor does a Read-Composite with the token of one.
    let mut read = fetch(&mut server, &names(&[LEVEL]));
    read.set_token(pair.clone());
    assert_eq!(lines(&server.ask(&read)), ["/33000/0/1 = 0"]);
    let said = server.measure(24.5);
    assert_eq!(tokens(&said), [&single[..], &pair, &other]);
    assert_eq!(lines(&said[1]).len(), 2);
    // With the token of one, a request takes its place, of either kind.
    let mut again = fetch(&mut server, &names(&[LEVEL]));
    again.set_observe_value(0);
    again.set_token(pair.clone());
    assert!(observe(&server.ask(&again)).is_some());
    let mut again = server.observe_request(PRESSES);
    again.set_token(other.clone());
    assert!(observe(&server.ask(&again)).is_some());
    assert_eq!(tokens(&server.measure(25.5)), [&single[..]]);
    assert_eq!(tokens(&server.change(LEVEL)), [&pair[..]]);
    assert_eq!(tokens(&server.change(PRESSES)), [&other[..]]);
}
