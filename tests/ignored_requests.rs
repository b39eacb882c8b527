//! Requests without a registration that covers them (LwM2M Core 1.1, 6.1.7, 6.3 and 6.4): they are
//! ignored, whatever they ask for; nothing is said to them and nothing is carried out.

mod common;

use client_lite::{Detail, Error, Event, Operation, State};
use coap_lite::{CoapOption, MessageType, Packet, RequestType, ResponseType};
use common::manual::*;
use common::*;
use demo_server::Operation as Asked;
use demo_server::format::{SENML_CBOR, TEXT};

const MOVE: &str = "/33000/0/4";

/// One of each operation, each confirmable and not, and one that makes no sense.
fn requests() -> Vec<Packet> {
    let mut observe = request(RequestType::Get, TEMPERATURE, 0x7002);
    observe.set_observe_value(0);
    let mut attributes = request(RequestType::Put, TEMPERATURE, 0x7003);
    attributes.add_option(CoapOption::UriQuery, b"pmin=5".to_vec());
    let unknown = with_unknown_option(request(RequestType::Get, TEMPERATURE, 0x7004));
    let names = [0x81, 0xa1, 0x00, 0x62, b'/', b'3'];
    let level = [0x81, 0xa2, 0x00, 0x6a].into_iter().chain(*b"/33000/0/1");
    let level: Vec<u8> = level.chain([0x02, 0x05]).collect();
    let all = [
        request(RequestType::Get, TEMPERATURE, 0x7001),
        observe,
        attributes,
        unknown,
        with_body(request(RequestType::Put, LEVEL, 0x7005), TEXT, b"5"),
        with_body(
            request(RequestType::Post, "/33000/0", 0x7006),
            SENML_CBOR,
            &[0x81, 0xa2, 0x00, 0x61, b'1', 0x02, 0x05],
        ),
        request(RequestType::Post, MOVE, 0x7007),
        request(RequestType::Post, "/33002", 0x7008),
        request(RequestType::Delete, "/33002/0", 0x7009),
        with_body(request(RequestType::Fetch, "", 0x700a), SENML_CBOR, &names),
        with_body(request(RequestType::IPatch, "", 0x700b), SENML_CBOR, &level),
        request(RequestType::Post, "/bs", 0x700c),
        request(RequestType::Get, "/9/9/9", 0x700d),
    ];
    let confirmable = all.iter().cloned();
    confirmable.chain(all.iter().cloned().map(non)).collect()
}

/// What the device says to a datagram at once.
fn say(world: &mut World, packet: &Packet) -> Vec<Packet> {
    let before = world.wire.datagrams.len();
    world.deliver(&bytes(packet));
    let new = &world.wire.datagrams[before..];
    new.iter().map(|datagram| datagram.packet()).collect()
}

#[track_caller]
fn ignores(world: &mut World) {
    let state = world.client.state();
    for request in requests() {
        let before = world.client.counters().discarded;
        assert_eq!(say(world, &request), [], "{request:?}");
        assert_eq!(world.client.counters().discarded, before + 1);
    }
    let actuator = world.objects.actuator.as_ref().expect("there");
    assert_eq!((actuator.executions, actuator.writes), (0, 0));
    if let Some(shelf) = &world.objects.shelf {
        assert_eq!(shelf.cases.keys().collect::<Vec<_>>(), [&0]);
    }
    assert_eq!(world.client.state(), state);
    // A ping is none of those.
    let said = say(world, &empty(MessageType::Confirmable, 0x7d34));
    assert_eq!(said, [empty(MessageType::Reset, 0x7d34)]);
}

#[track_caller]
fn serves(world: &mut World, id: u16) {
    let said = say(world, &request(RequestType::Get, TEMPERATURE, id));
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["2.05"]);
}

fn with_shelf(mut setup: Setup) -> World {
    setup.config.lifetime = 600;
    let mut world = setup.build();
    world.objects.shelf = Some(Shelf::with(&[0]));
    world
}

#[test]
fn until_the_register_is_answered() {
    let mut world = with_shelf(Setup::new(0x6101));
    world.peer = Peer::silent();
    world.register();
    world.run_for(seconds(1));
    world.expect_state(State::Registering);
    ignores(&mut world);
    world.run_for(seconds(20));
    ignores(&mut world);
}

/// A registration that is made anew counts as none until then.
#[test]
fn until_the_next_register_is_answered() {
    let mut server = Manual::of(with_shelf(Setup::new(0x6102)));
    server.stand_in(Peer::answering(|request| match operation(request)? {
        Asked::Update => Some(answer(request, ResponseType::NotFound)),
        _ => None,
    }));
    server.update();
    server.run_for(seconds(1));
    server.expect_state(State::Registering);
    ignores(&mut server);
}

/// The server has forgotten the device by then, whatever that is about.
#[test]
fn after_the_registration_has_expired() {
    let mut server = Manual::of(with_shelf(Setup::new(0x6103)));
    server.stand_in(Peer::silent());
    server.run_for(seconds(590));
    serves(&mut server, 0x6fff);
    server.run_for(seconds(15));
    ignores(&mut server);
}

#[test]
fn while_and_after_de_registering() {
    let mut server = Manual::of(with_shelf(Setup::new(0x6104)));
    server.stand_in(Peer::silent());
    server.close();
    server.expect_state(State::Deregistering);
    ignores(&mut server);
    server.stand_down();
    server.run_for(seconds(30));
    server.expect(Event::Deregistered);
    let before = server.client.counters().discarded;
    for request in requests() {
        assert_eq!(server.say(&request), [], "{request:?}");
    }
    let discarded = server.client.counters().discarded - before;
    assert_eq!(discarded as usize, requests().len());
}

/// What was carried out before is no longer carried out, but answered as it was.
#[test]
fn a_duplicate_is_answered_while_de_registering() {
    let mut server = Manual::of(with_shelf(Setup::new(0x6105)));
    let request = server.request(RequestType::Post, MOVE);
    let answer = server.ask(&request);
    server.stand_in(Peer::silent());
    server.close();
    server.expect_state(State::Deregistering);
    assert_eq!(server.ask(&request), answer);
    assert_eq!(server.objects.actuator.as_ref().unwrap().executions, 1);
}

/// An Update that is outstanding, or has failed for a time, leaves the registration as it is.
#[test]
fn an_update_under_way_ignores_nothing() {
    let mut server = Manual::new(0x6106);
    server.stand_in(Peer::silent());
    server.update();
    serves(&mut server, 0x6001);
    server.expect_error(Operation::Update, Error::NetworkError, Detail::NoResponse);
    server.expect_state(State::Updating);
    serves(&mut server, 0x6002);
}

/// The bootstrap server has no say before it is asked again.
#[test]
fn of_a_bootstrap_server_that_has_refused() {
    let mut world = bootstrap::world(0x6107);
    world.peer = Peer::answering(|request| Some(answer(request, ResponseType::BadRequest)));
    world.register();
    world.run_for(seconds(1));
    world.expect_state(State::Bootstrapping);
    ignores(&mut world);
    let write = request(RequestType::Put, "/1/0", 0x6301);
    let delete = request(RequestType::Delete, "/", 0x6302);
    for request in [write, delete] {
        assert_eq!(say(&mut world, &request), []);
    }
}

/// Nor has it after its Finish, on the way to the first registration.
#[test]
fn after_bootstrap_finish() {
    let mut world = bootstrap::world(0x6108);
    world.register();
    world.expect(Event::BootstrapDone);
    world.stand_in(Peer::silent());
    world.run_for(seconds(1));
    world.expect_state(State::Registering);
    ignores(&mut world);
}
