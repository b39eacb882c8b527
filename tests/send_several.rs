//! Several values in one Send (LwM2M Core 1.1, 6.4.6), at the application's wish.

mod common;

use client_lite::{ChangesFull, Detail, Event, Path, RegisterReason, object, storage};
use coap_lite::{RequestType, ResponseType};
use common::manual::{Manual, with_body};
use common::*;
use demo_server::Operation as Asked;
use demo_server::format::{Entry, TEXT};

const TEMPERATURE: Path = Path::resource(3303, 0, 5700);
const PRESSES: Path = Path::resource(3200, 0, 5501);
const LIFETIME: Path = Path::resource(1, 0, 1);

object! {
    #[derive(Default)]
    struct Texts: 33020 {
        1: one: heapless::String<60> [R],
        2: two: heapless::String<60> [R],
        3: three: heapless::String<60> [R],
        4: four: heapless::String<60> [R],
        5: five: heapless::String<60> [R, auto],
    }
}

const fn text(resource: u16) -> Path {
    Path::resource(33020, 0, resource)
}

/// A registered device with five texts of 60 bytes, of which a message holds two.
fn world(seed: u64) -> World {
    let storage = leak(<storage! {
        message_size: 200,
        observations: 4,
        changes: 6,
        requests: 4,
        location_size: 32,
    }>::new());
    let mut world = Setup::new(seed).build_in(storage);
    let mut texts = Texts::default();
    for text in [
        &mut texts.one,
        &mut texts.two,
        &mut texts.three,
        &mut texts.four,
        &mut texts.five,
    ] {
        text.push_str(&"x".repeat(60)).expect("room");
    }
    world.objects.others.push(Box::new(texts));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world
}

fn send_all(world: &mut World, paths: &[Path]) -> Result<(), ChangesFull> {
    let result = world.client.send_all(world.device_time(), paths);
    world.settle();
    world.run_for(seconds(1));
    result
}

/// The paths that the server got, one list a message.
fn sends(world: &World) -> Vec<Vec<String>> {
    let paths = |sent: &Vec<Entry>| sent.iter().map(|entry| entry.path.clone()).collect();
    world.sends().iter().map(paths).collect()
}

#[test]
fn several_values_go_in_one_message() {
    let mut world = World::registered(0x5a01);
    let paths = [TEMPERATURE, PRESSES, LIFETIME];
    assert_eq!(send_all(&mut world, &paths), Ok(()));
    let expected = paths.map(|path| path.to_string());
    assert_eq!(sends(&world), [expected]);
    assert_eq!(world.objects.actuator.as_ref().unwrap().deliveries, 0);
    world.expect_no_event();
}

/// All below a path counts as one.
#[test]
fn paths_may_be_of_any_depth() {
    let mut world = World::registered(0x5a02);
    let paths = [Path::instance(33000, 0), Path::object(3200)];
    assert_eq!(send_all(&mut world, &paths), Ok(()));
    let sends = sends(&world);
    assert_eq!(sends.len(), 1);
    assert!(sends[0].contains(&"/33000/0/1".into()) && sends[0].contains(&PRESSES.to_string()));
}

#[test]
fn none_is_nothing() {
    let mut world = World::registered(0x5a03);
    assert_eq!(send_all(&mut world, &[]), Ok(()));
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
}

/// Values that fit into one message are not torn apart by others that wait.
#[test]
fn what_goes_together_stays_together() {
    let mut world = world(0x5a04);
    world
        .client
        .send(world.device_time(), text(1))
        .expect("room");
    world
        .client
        .send_all(world.device_time(), &[text(2), text(3)])
        .expect("room");
    world
        .client
        .send(world.device_time(), text(4))
        .expect("room");
    world.settle();
    world.run_for(seconds(1));
    let expected = [
        vec![text(1).to_string()],
        vec![text(2).to_string(), text(3).to_string()],
        vec![text(4).to_string()],
    ];
    assert_eq!(sends(&world), expected);
}

/// Two wishes are two messages where one does not hold both.
#[test]
fn each_wish_for_itself() {
    let mut world = world(0x5a05);
    world
        .client
        .send_all(world.device_time(), &[text(1), text(2)])
        .expect("room");
    world
        .client
        .send_all(world.device_time(), &[text(3), text(4)])
        .expect("room");
    world.settle();
    world.run_for(seconds(1));
    let pair = |one, other| vec![text(one).to_string(), text(other).to_string()];
    assert_eq!(sends(&world), [pair(1, 2), pair(3, 4)]);
}

/// More than a message holds goes in several.
#[test]
fn what_does_not_fit_goes_in_several() {
    let mut world = world(0x5a06);
    let paths = [text(1), text(2), text(3), text(4), text(5)];
    assert_eq!(send_all(&mut world, &paths), Ok(()));
    let sends = sends(&world);
    assert_eq!(sends.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(sends.concat(), paths.map(|path| path.to_string()));
    world.expect_no_event();
}

/// Where there is no room for all, none is sent.
#[test]
fn all_or_none() {
    let mut world = World::registered(0x5a07);
    world.stand_in(Peer::silent());
    let paths: Vec<Path> = (1..=9).map(text).collect();
    assert_eq!(send_all(&mut world, &paths), Err(ChangesFull));
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
    // What waits already needs no more room.
    let many: Vec<Path> = (0..8).map(|id| Path::resource(1, 0, id)).collect();
    assert_eq!(send_all(&mut world, &many), Ok(()));
    assert_eq!(send_all(&mut world, &many), Ok(()));
    assert_eq!(
        world.client.send(world.device_time(), TEMPERATURE),
        Err(ChangesFull)
    );
}

/// Before the registration they wait for it, still together.
#[test]
fn they_wait_for_the_registration() {
    let mut world = World::new(0x5a08);
    let paths = [TEMPERATURE, PRESSES];
    assert_eq!(send_all(&mut world, &paths), Ok(()));
    world.register();
    world.run_for(seconds(1));
    assert_eq!(sends(&world).len(), 1);
    assert_eq!(sends(&world)[0].len(), 2);
}

/// What a server has refused is given up as a whole; a mute is told.
#[test]
fn refused_and_muted() {
    let mut world = World::registered(0x5a09);
    let refused = ResponseType::BadRequest;
    world.server().refuse(Asked::Send, refused, None);
    assert_eq!(send_all(&mut world, &[TEMPERATURE, PRESSES]), Ok(()));
    assert_eq!(
        world.take_events(),
        [Event::SendFailed(answered(refused))],
        "once"
    );
    assert_eq!(world.wire.requests(Asked::Send).len(), 1);

    let mut server = Manual::new(0x5a0a);
    let mute = with_body(server.request(RequestType::Put, "/1/0/23"), TEXT, b"1");
    server.ask(&mute);
    assert_eq!(send_all(&mut server, &[TEMPERATURE, PRESSES]), Ok(()));
    assert_eq!(server.take_events(), [Event::SendUnavailable]);
    assert_eq!(server.wire.requests(Asked::Send).len(), 0);
}

/// What has no value is left out; nothing at all is told.
#[test]
fn what_has_no_value_is_left_out() {
    let mut world = World::registered(0x5a0b);
    let nowhere = Path::resource(9, 9, 9);
    assert_eq!(send_all(&mut world, &[nowhere, TEMPERATURE]), Ok(()));
    assert_eq!(sends(&world), [[TEMPERATURE.to_string()]]);
    assert_eq!(send_all(&mut world, &[nowhere]), Ok(()));
    world.expect(Event::SendFailed(Detail::NoValue));
}

/// Over a poor network all arrive, and those of one wish in one message.
#[test]
fn a_poor_network_does_not_tear_them_apart() {
    for seed in 0..40 {
        let mut world = World::registered(0x5a10 + seed);
        world.link.loss = 0.3;
        world.link.duplication = 0.1;
        world.link.reordering = 0.2;
        for _ in 0..10 {
            let paths = [TEMPERATURE, LIFETIME];
            assert_eq!(world.client.send_all(world.device_time(), &paths), Ok(()));
            world.changed("/3200/0/5501");
            world.run_for(minutes(10));
        }
        let sends = sends(&world);
        assert!(sends.len() >= 10, "seed {seed}: {}", sends.len());
        for send in sends {
            let has = |path: Path| send.contains(&path.to_string());
            assert_eq!(has(TEMPERATURE), has(LIFETIME), "{send:?}");
        }
    }
}
