//! A Reset to a notification, whichever it is to, ends its observation (RFC 7641, 3.6 and 4.5), and
//! one to anything else ends none.

mod common;

use client_lite::Event;
use coap_lite::{CoapOption, MessageType, Packet, RequestType};
use common::block::{block, with_block};
use common::composite::{fetch, names};
use common::manual::*;
use common::*;
use demo_server::format::SENML_CBOR;

/// Any of the newest eight, with others' messages in between.
#[test]
fn to_an_earlier_notification() {
    for back in 0..8 {
        let mut server = Manual::new(0x2600 + back as u64);
        server.observe(TEMPERATURE);
        let other = server.observe(LEVEL);
        let mut sent = Vec::new();
        for celsius in 0..20 {
            sent.push(notification(server.measure(celsius.into())));
            server.change(LEVEL);
            let read = non(server.request(RequestType::Get, TEMPERATURE));
            server.ask(&read);
        }
        let earlier = &sent[sent.len() - 1 - back];
        assert_eq!(server.reset(earlier), []);
        assert_eq!(server.measure(99.0), [], "{back} back");
        assert_eq!(notification(server.change(LEVEL)).get_token(), other);
    }
}

/// As many as are remembered, and no more: an older id may be another message's by now.
#[test]
fn to_one_that_is_forgotten() {
    let mut server = Manual::new(0x2610);
    server.observe(TEMPERATURE);
    let oldest = notification(server.measure(0.0));
    for celsius in 1..9 {
        server.measure(celsius.into());
    }
    let before = server.client.counters().discarded;
    assert_eq!(server.reset(&oldest), []);
    assert_eq!(server.client.counters().discarded, before + 1);
    notification(server.measure(99.0));
}

/// What the device answers, and what it asks, is no notification.
#[test]
fn to_another_message() {
    let mut server = Manual::new(0x2611);
    let token = server.observe(TEMPERATURE);
    server.measure(1.0);
    let read = non(server.request(RequestType::Get, TEMPERATURE));
    let answer = server.ask(&read);
    server.reset(&answer);
    server.wire.clear();
    server.update();
    server.expect(Event::Updated);
    let update = server.wire.up().next().expect("an Update").packet();
    server.reset(&update);
    // The id of the request that has begun it is the server's.
    for id in [0, 0x1000, 0x1001, 0x1002, 0xffff] {
        server.say(&empty(MessageType::Reset, id));
    }
    assert_eq!(notification(server.measure(2.0)).get_token(), token);
}

/// A non-confirmable request is answered by a message that can be rejected as well.
#[test]
fn to_the_first_answer() {
    let mut server = Manual::new(0x2612);
    let request = non(server.observe_request(TEMPERATURE));
    let answer = server.ask(&request);
    server.measure(1.0);
    assert_eq!(server.reset(&answer), []);
    assert_eq!(server.measure(2.0), []);
}

/// A confirmable one has had another id before its content changed.
#[test]
fn to_the_transmission_before() {
    for newest in [false, true] {
        let mut server = Manual::of(confirming(0x2613).build());
        server.observe(TEMPERATURE);
        let first = notification(server.measure(22.0));
        server.measure(23.0);
        server.wire.clear();
        server.run_for(seconds(4));
        let second = notification(server.wire.up().map(Datagram::packet).collect());
        assert_ne!(first.header.message_id, second.header.message_id);
        assert_eq!(server.reset(if newest { &second } else { &first }), []);
        server.wire.clear();
        server.run_for(minutes(5));
        assert_eq!(server.wire.up().count(), 0);
        assert_eq!(server.measure(24.0), []);
        server.expect_no_event();
        // Nothing is outstanding any longer: another observer's goes out at once.
        server.observe(LEVEL);
        notification(server.change(LEVEL));
    }
}

/// The acknowledgement may overtake it.
#[test]
fn behind_an_acknowledgement() {
    let mut server = Manual::of(confirming(0x2614).build());
    server.observe(TEMPERATURE);
    let told = notification(server.measure(22.0));
    server.acknowledge(&told);
    let next = notification(server.measure(23.0));
    server.acknowledge(&next);
    assert_eq!(server.reset(&told), []);
    assert_eq!(server.measure(24.0), []);
}

/// Its first block is the notification.
#[test]
fn to_one_in_blocks() {
    let mut server = Manual::new(0x2615);
    let request = with_accept(server.observe_request("/33000/0"), SENML_CBOR);
    server.ask(&with_block(request, CoapOption::Block2, (0, false, 16)));
    let told = server.change(LEVEL).remove(0);
    assert!(block(&told, CoapOption::Block2).is_some_and(|(_, more, _)| more));
    server.change(LEVEL);
    server.reset(&told);
    let said = server.change(LEVEL);
    assert!(said.iter().all(|said| observe(said).is_none()), "{said:?}");
}

/// Of several places it ends them all.
#[test]
fn to_a_composite_one() {
    let mut server = Manual::new(0x2616);
    let mut request = fetch(&mut server, &names(&[TEMPERATURE, "/33000/0/2"]));
    request.set_observe_value(0);
    server.ask(&request);
    let told: Vec<Packet> = (0..3).flat_map(|n| server.measure(n.into())).collect();
    server.reset(&told[0]);
    assert_eq!(server.measure(9.0), []);
    assert_eq!(server.change("/33000/0/2"), []);
}
