//! A Bootstrap-Finish whose answer was lost comes again, for MAX_TRANSMIT_SPAN (RFC 7252, 4.8.2), and
//! is answered again while its server can be heard.

mod common;

use client_lite::{Event, RegisterReason, State};
use coap_lite::{MessageType, Packet, RequestType};
use common::bootstrap::{BOOTSTRAP, ByHand, instance_of, security};
use common::manual::code;
use common::*;
use demo_server::format::Value;

/// A server that has finished, and its Finish; the device's account has these resources more.
fn finished(seed: u64, resources: &[(u16, Value)]) -> (ByHand, Packet) {
    let mut server = ByHand::new(seed);
    assert_eq!(
        server.write("/0/1", &security("coap://server", 101)),
        "2.04"
    );
    let instance = [instance_of(101, 600), resources.to_vec()].concat();
    assert_eq!(server.write("/1/1", &instance), "2.04");
    let finish = server.request(RequestType::Post, "/bs");
    assert_eq!(server.ask(&finish), "2.04");
    (server, finish)
}

/// /1/x/14: while the device waits with its Register, nothing else needs the transport.
#[test]
fn a_device_that_waits_with_its_register_answers_a_finish_again() {
    let (mut server, finish) = finished(1, &[(14, Value::Integer(300))]);
    server.expect(Event::BootstrapDone);
    for waited in [2, 6, 14, 15] {
        server.run_for(seconds(waited));
        let answer = server.answer(&finish).expect("an answer");
        assert_eq!(code(&answer), "2.04");
        assert_eq!(answer.header.get_type(), MessageType::Acknowledgement);
        assert_eq!(answer.header.message_id, finish.header.message_id);
    }
    // Done once.
    server.expect_no_event();
    // It has no rights any longer, and is not heard for ever.
    let delete = server.request(RequestType::Delete, "/0/1");
    assert!(server.answer(&delete).is_none());
    assert!(server.transport.is_open());
    server.run_for(seconds(9));
    assert!(!server.transport.is_open());
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.opened(), [BOOTSTRAP, "coap://server"]);
}

/// The time is that of the device's transmission parameters.
#[test]
fn a_finish_may_come_again_for_the_configured_span() {
    let mut setup = Setup::new(2);
    setup.config.account = client_lite::Account::new(BOOTSTRAP).for_bootstrap();
    setup.config.transmission.max_retransmit = 1;
    let span = setup.config.transmission.max_transmit_span();
    assert_eq!(span, seconds(3));
    assert_eq!(
        client_lite::Transmission::default().max_transmit_span(),
        seconds(45)
    );
    let mut server = ByHand::of(setup.build());
    server.write_account(1, "coap://server", 101);
    let delay = [(14, Value::Integer(300))];
    assert_eq!(server.write("/1/1", &delay), "2.04");
    assert_eq!(server.finish(), "2.04");
    server.run_for(millis(2990));
    assert!(server.transport.is_open());
    server.run_for(millis(20));
    assert!(!server.transport.is_open());
}

/// A refused Finish is answered anew, by what is there now.
#[test]
fn a_refused_finish_that_comes_again_is_looked_at_again() {
    let mut server = ByHand::new(3);
    let finish = server.request(RequestType::Post, "/bs");
    assert_eq!(server.ask(&finish), "4.06");
    assert_eq!(server.ask(&finish), "4.06");
    server.expect_state(State::Bootstrapping);
}

/// Where one server is both, the association goes on, and the Finish is answered while the device is
/// registered.
#[test]
fn one_server_for_both_hears_the_answer_after_the_registration() {
    let mut server = ByHand::new(4);
    server.write_account(1, BOOTSTRAP, 101);
    let finish = server.request(RequestType::Post, "/bs");
    assert_eq!(server.ask(&finish), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.ask(&finish), "2.04");
    server.expect_no_event();
}

/// The registration is not held up. A platform that keeps the association that the client has left
/// hands what comes over it to the client.
#[test]
fn a_finish_over_the_association_before_is_answered_again() {
    let (mut server, finish) = finished(5, &[]);
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    let until = server.client.former_until().expect("a time");
    let finished_at = server.now;
    assert!(until <= finished_at + seconds(45) && until > finished_at + seconds(44));
    let datagram = bytes(&finish);
    for waited in [0, 20, 24] {
        server.run_for(seconds(waited));
        let now = server.now;
        let answer = server.client.handle_former_datagram(now, &datagram);
        let answer = packet(answer.expect("an answer"));
        assert_eq!(code(&answer), "2.04");
        assert_eq!(answer.get_token(), finish.get_token());
        assert_eq!(answer.header.message_id, finish.header.message_id);
        assert_eq!(answer.header.get_type(), MessageType::Acknowledgement);
    }
    // Whatever else it says is not served.
    let now = server.now;
    let mut another = finish.clone();
    another.header.message_id += 1;
    let mut stranger = finish.clone();
    stranger.set_token(vec![1]);
    let reboot = server.request(RequestType::Post, "/3/0/4");
    for other in [another, stranger, reboot] {
        let answer = server.client.handle_former_datagram(now, &bytes(&other));
        assert_eq!(answer, None);
    }
    assert_eq!(server.client.handle_former_datagram(now, b"\x40"), None);
    // Nor is the Finish, after its time.
    server.run_for(seconds(2));
    let now = server.now;
    assert!(until <= now);
    assert_eq!(server.client.handle_former_datagram(now, &datagram), None);
    server.expect_no_event();
    server.expect_state(State::Registered);
}
