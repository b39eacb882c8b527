//! Updates: they go out by themselves, carry only what the server does not know, and are small.

mod common;

use client_lite::{Account, Error, Event, Instant, RegisterReason};
use coap_lite::{CoapOption, ContentFormat, ResponseType};
use common::*;
use demo_server::Operation;

#[test]
fn they_go_out_by_themselves() {
    let mut world = World::registered(0x901);
    world.run_for(days(10));
    assert_eq!(world.take_events(), [Event::Updated; 10]);
    assert_eq!(world.wire.requests(Operation::Register).len(), 1);
    assert_eq!(world.wire.requests(Operation::Update).len(), 10);
    let registration = world.registration().expect("a registration");
    assert_eq!((registration.registers, registration.updates), (1, 10));
}

#[test]
fn one_by_command_begins_the_lifetime_anew() {
    let mut world = World::registered(0x902);
    world.run_for(hours(20));
    world.update();
    let update = world.now;
    world.expect(Event::Updated);
    assert_eq!(world.client.next_update(), Some(update + seconds(86_204)));
    world.run_for(hours(23));
    world.expect_no_event();
    world.run_for(hours(1));
    world.expect(Event::Updated);
}

#[test]
fn a_plain_one_carries_nothing() {
    let mut world = World::registered(0x903);
    world.update();
    world.expect(Event::Updated);
    let update = last_update(&world);
    assert_eq!(location(&mut world), texts(&update, CoapOption::UriPath));
    assert_eq!(queries(&update), [""; 0]);
    assert_eq!(update.get_content_format(), None);
    assert!(update.payload.is_empty());
}

#[test]
fn one_after_the_server_wrote_the_lifetime_carries_the_lifetime() {
    let mut world = World::registered(0x904);
    let asked = world.ask(|server, now| server.write(now, ENDPOINT, "/1/0/1", TEXT, b"600"));
    asked.expect("a request");
    world.expect(Event::Updated);
    let update = last_update(&world);
    assert_eq!(queries(&update), ["lt=600"]);
    assert!(update.payload.is_empty());
    assert_eq!(world.registration().expect("a registration").lifetime, 600);
    let sent = last_update_at(&world);
    assert_eq!(world.client.next_update(), Some(sent + seconds(404)));

    // The server knows it by now.
    world.update();
    world.expect(Event::Updated);
    assert_eq!(queries(&last_update(&world)), [""; 0]);
}

/// Core 6.2.1: `lt` is what /1/x/1 holds, also where the server has changed it.
#[test]
fn a_register_carries_the_lifetime_that_the_server_wrote() {
    let mut world = World::registered(0x912);
    world.write("/1/0/1", 600);
    world.expect(Event::Updated);
    world.server().forget_all();
    world.update();
    assert!(matches!(
        world.next_event(minutes(5)),
        Some(Event::Error { .. })
    ));
    world.expect(Event::Registered(RegisterReason::Forgotten));
    let registers = world.wire.requests(Operation::Register);
    let lifetimes: Vec<_> = registers
        .iter()
        .map(|register| queries(&register.packet())[1].clone())
        .collect();
    assert_eq!(lifetimes, ["lt=86400", "lt=600"]);
}

#[test]
fn one_whose_answer_is_lost_carries_the_lifetime_again() {
    let mut world = World::registered(0x905);
    let asked = world.ask(|server, now| server.write(now, ENDPOINT, "/1/0/1", TEXT, b"600"));
    asked.expect("a request");
    world.run_until(|world| !world.wire.requests(Operation::Update).is_empty());
    world.link.cut();
    assert!(matches!(
        world.next_event(minutes(5)),
        Some(Event::Error { .. })
    ));
    world.link.mend();
    world.expect(Event::Updated);
    assert_eq!(queries(&last_update(&world)), ["lt=600"]);
}

#[test]
fn a_lifetime_written_while_an_update_is_outstanding_goes_with_the_next() {
    let mut world = World::registered(0x910);
    world.stand_in(Peer::silent());
    world.update();
    world.run_for(seconds(1));
    world.stand_down();
    let asked = world.ask(|server, now| server.write(now, ENDPOINT, "/1/0/1", TEXT, b"600"));
    asked.expect("a request");
    world.expect(Event::Updated);
    world.expect(Event::Updated);
    world.expect_no_event();
    assert_eq!(queries(&last_update(&world)), ["lt=600"]);
    let registration = world.registration().expect("a registration");
    assert_eq!((registration.lifetime, registration.updates), (600, 2));
}

#[test]
fn a_lifetime_that_is_written_as_it_was_is_nothing_to_tell() {
    let mut world = World::registered(0x906);
    let asked = world.ask(|server, now| server.write(now, ENDPOINT, "/1/0/1", TEXT, b"86400"));
    asked.expect("a request");
    world.run_for(minutes(1));
    for update in world.wire.requests(Operation::Update) {
        assert_eq!(queries(&update.packet()), [""; 0]);
    }
}

#[test]
fn the_server_triggers_one() {
    let mut world = World::registered(0x907);
    let asked = world.ask(|server, now| server.execute(now, ENDPOINT, "/1/0/8", ""));
    asked.expect("a request");
    world.expect(Event::Updated);
    assert_eq!(queries(&last_update(&world)), [""; 0]);
    world.run_for(hours(1));
    world.expect_no_event();
}

#[test]
fn one_after_objects_came_or_went_carries_the_whole_list() {
    let mut world = World::registered(0x908);
    world.objects.actuator = None;
    world.objects_changed();
    world.expect(Event::Updated);
    let update = last_update(&world);
    assert_eq!(queries(&update), [""; 0]);
    assert_eq!(
        update.get_content_format(),
        Some(ContentFormat::ApplicationLinkFormat)
    );
    assert_eq!(objects(&mut world), ["/1/0", "/3/0", "/3200/0", "/3303/0"]);

    world.objects.actuator = Some(Actuator::default());
    world.objects_changed();
    world.expect(Event::Updated);
    assert_eq!(
        objects(&mut world),
        ["/1/0", "/3/0", "/3200/0", "/3303/0", "/33000", "/33000/0"]
    );

    // The server knows them by now.
    world.update();
    world.expect(Event::Updated);
    assert!(last_update(&world).payload.is_empty());
}

#[test]
fn objects_that_change_while_an_update_is_outstanding_are_told_by_the_next() {
    let mut world = World::registered(0x909);
    world.update();
    world.run_for(millis(5));
    world.objects.actuator = None;
    world.objects_changed();
    world.expect(Event::Updated);
    world.expect(Event::Updated);
    world.expect_no_event();
    assert_eq!(objects(&mut world).len(), 4);
}

#[test]
fn objects_that_change_while_a_register_is_outstanding_are_told() {
    let mut world = World::new(0x90a);
    world.register();
    world.run_for(millis(60));
    world.objects.actuator = None;
    world.objects_changed();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(minutes(1));
    assert_eq!(objects(&mut world).len(), 4);
}

#[test]
fn objects_that_change_before_a_register_are_in_it() {
    let mut world = World::new(0x90b);
    world.objects.actuator = None;
    world.objects_changed();
    world.run_for(minutes(1));
    world.expect_no_event();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(minutes(1));
    world.expect_no_event();
    assert_eq!(objects(&mut world).len(), 4);
    assert!(world.wire.requests(Operation::Update).is_empty());
}

#[test]
fn one_that_failed_with_the_list_is_repeated_with_it() {
    let mut world = World::registered(0x90c);
    world.link.cut();
    world.objects.actuator = None;
    world.objects_changed();
    assert!(matches!(
        world.next_event(minutes(5)),
        Some(Event::Error { .. })
    ));
    world.link.mend();
    world.expect(Event::Updated);
    assert_eq!(objects(&mut world).len(), 4);
}

#[test]
fn a_list_whose_update_was_given_up_goes_with_the_next() {
    let outstanding = || {
        let mut world = World::registered(0x911);
        world.stand_in(Peer::answering(|request| match operation(request)? {
            Operation::Deregister => Some(answer(request, ResponseType::InternalServerError)),
            _ => None,
        }));
        world.objects.actuator = None;
        world.objects_changed();
        world.run_for(seconds(1));
        assert!(!last_update(&world).payload.is_empty());
        world
    };

    let mut world = outstanding();
    world.pause();
    world.stand_down();
    world.resume();
    world.expect(Event::Updated);
    assert_eq!(objects(&mut world).len(), 4);

    let mut world = outstanding();
    world.close();
    world.run_for(seconds(1));
    world.expect_error(
        client_lite::Operation::Deregister,
        Error::UnregistrationFailed,
        answered(ResponseType::InternalServerError),
    );
    world.stand_down();
    world.update();
    world.expect(Event::Updated);
    assert_eq!(objects(&mut world).len(), 4);

    // Once is enough.
    world.update();
    world.expect(Event::Updated);
    assert!(last_update(&world).payload.is_empty());
}

#[test]
fn a_plain_one_has_22_bytes_on_the_wire() {
    let mut world = World::registered(0x90d);
    let location = location(&mut world);
    assert_eq!((location.len(), location.concat().len()), (2, 12));
    world.update();
    world.expect(Event::Updated);
    assert_eq!(last_update_size(&world), 22);
}

#[test]
fn a_plain_one_under_security_has_19_bytes_of_coap() {
    let mut setup = Setup::new(0x90e);
    setup.config.account = Account::new("coaps://server").with_psk(b"identity", b"key");
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.update();
    world.expect(Event::Updated);
    assert_eq!(last_update_size(&world), 19);
}

#[test]
fn a_register_is_no_longer_than_that_of_the_engine_in_zephyr() {
    let mut setup = Setup::new(0x90f);
    setup.config.endpoint = "urn:imei:351756051523999";
    let mut world = setup.build();
    world.objects.actuator = None;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let ours = world.wire.requests(Operation::Register)[0].bytes.len();
    let theirs = zephyr_register("urn:imei:351756051523999", 86_400, &[3200, 3303]).len();
    assert!(ours <= theirs, "{ours} bytes, and {theirs} there");
}

/// The same Register as Zephyr's engine writes it: a token of 8 bytes, and each object both by
/// itself and by its instance.
fn zephyr_register(endpoint: &str, lifetime: u32, objects: &[u16]) -> Vec<u8> {
    let mut packet = coap_lite::Packet::new();
    packet.header.code = coap_lite::MessageClass::Request(coap_lite::RequestType::Post);
    packet.set_token(vec![0; 8]);
    packet.add_option(CoapOption::UriPath, b"rd".to_vec());
    packet.set_content_format(ContentFormat::ApplicationLinkFormat);
    for query in [
        "lwm2m=1.1".into(),
        format!("ep={endpoint}"),
        format!("lt={lifetime}"),
    ] {
        packet.add_option(CoapOption::UriQuery, query.into_bytes());
    }
    let mut links = "</>;ct=112,</1>;ver=1.1,</1/0>,</3>;ver=1.1,</3/0>".to_owned();
    for object in objects {
        links += &format!(",</{object}/0>");
    }
    packet.payload = links.into_bytes();
    bytes(&packet)
}

fn last_update(world: &World) -> coap_lite::Packet {
    world
        .wire
        .requests(Operation::Update)
        .last()
        .expect("an Update")
        .packet()
}

fn last_update_size(world: &World) -> usize {
    world
        .wire
        .requests(Operation::Update)
        .last()
        .expect("an Update")
        .bytes
        .len()
}

fn last_update_at(world: &World) -> Instant {
    world
        .wire
        .requests(Operation::Update)
        .last()
        .expect("an Update")
        .at
}

fn location(world: &mut World) -> Vec<String> {
    world
        .registration()
        .expect("a registration")
        .location
        .clone()
}

/// The objects and instances that the server knows.
fn objects(world: &mut World) -> Vec<String> {
    let registration = world.registration().expect("a registration");
    registration
        .objects
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Content format text/plain.
const TEXT: u16 = 0;
