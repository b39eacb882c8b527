//! What the server says about an error in words reaches the application (RFC 7252, 5.5.2).

mod common;

use client_lite::{Event, RegisterReason, TransportError};
use coap_lite::{CoapOption, Packet, ResponseType};
use common::*;
use demo_server::Operation;

#[test]
fn the_words_of_a_refusal() {
    let mut world = refused(0x2001, |answer| {
        answer.payload = b"device is blocked".to_vec()
    });
    assert_eq!(words(&world).as_deref(), Some("device is blocked"));

    // They stay until a newer error.
    world.stand_down();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(words(&world).as_deref(), Some("device is blocked"));
    world.transport.then(Err(TransportError::Socket));
    world.lose_association(TransportError::Socket);
    world.run_for(seconds(1));
    assert!(!world.take_events().is_empty());
    assert_eq!(words(&world), None);
}

#[test]
fn each_operation_has_them() {
    for (operation, code) in [
        (Operation::Update, ResponseType::Forbidden),
        (Operation::Update, ResponseType::InternalServerError),
        (Operation::Deregister, ResponseType::MethodNotAllowed),
    ] {
        let mut world = World::registered(0x2002);
        world.server().refuse(operation, code, None);
        match operation {
            Operation::Update => world.update(),
            _ => world.close(),
        }
        world.run_for(seconds(1));
        assert_eq!(words(&world).as_deref(), Some("refused by request"));
    }

    let mut world = bootstrap::world(0x2003);
    let asked = Operation::BootstrapRequest;
    world.server().refuse(asked, ResponseType::BadRequest, None);
    world.register();
    world.run_for(seconds(1));
    assert_eq!(words(&world).as_deref(), Some("refused by request"));

    let mut world = World::registered(0x2004);
    let code = ResponseType::BadRequest;
    world.server().refuse(Operation::Send, code, None);
    world.changed(PRESSES);
    world.expect(Event::SendFailed(answered(code)));
    assert_eq!(words(&world).as_deref(), Some("refused by request"));
}

#[test]
fn a_newer_error_without_words_has_none() {
    let mut world = refused(0x2005, |answer| answer.payload = b"first".to_vec());
    world.stand_in(refusing(|_| {}));
    world.register();
    world.run_for(seconds(1));
    assert_eq!(words(&world), None);
}

#[test]
fn long_words_are_cut_between_characters() {
    let long = "ü".repeat(400);
    let world = refused(0x2006, move |answer| {
        answer.payload = format!("x{long}").into_bytes();
    });
    let expected = format!("x{}", "ü".repeat(31));
    assert_eq!(words(&world), Some(expected));
}

#[test]
fn what_is_no_text_is_not_shown() {
    let world = refused(0x2007, |answer| answer.payload = vec![b'a', 0xff, b'b']);
    assert_eq!(words(&world), None);
    // A content format says that it is something else.
    let world = refused(0x2008, |answer| {
        answer.add_option(CoapOption::ContentFormat, vec![110]);
        answer.payload = b"[]".to_vec();
    });
    assert_eq!(words(&world), None);
}

#[test]
fn control_characters_do_not_reach_a_terminal() {
    let world = refused(0x2009, |answer| {
        answer.payload = b"no\n[00:00] registered\x1b[2J".to_vec();
    });
    let shown = world.client.diagnostic().expect("words").to_string();
    assert_eq!(shown, r"no\u{a}[00:00] registered\u{1b}[2J");
}

/// A world whose Register was answered with 4.03, and more.
fn refused(seed: u64, complete: impl Fn(&mut Packet) + 'static) -> World {
    let mut world = World::new(seed);
    world.stand_in(refusing(complete));
    world.register();
    world.run_for(seconds(1));
    assert_eq!(world.take_events().len(), 1);
    world
}

fn refusing(complete: impl Fn(&mut Packet) + 'static) -> Peer {
    Peer::answering(move |request| {
        let mut refusal = answer(request, ResponseType::Forbidden);
        complete(&mut refusal);
        Some(refusal)
    })
}

fn words(world: &World) -> Option<String> {
    let words = world.client.diagnostic()?;
    Some(words.as_str().to_owned())
}
