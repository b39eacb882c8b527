//! Whatever has happened before: once network and server are well again, the device is registered,
//! and the server knows what the device has.

mod common;

use client_lite::{Association, Event, Notifications, State, TransportError};
use coap_lite::ResponseType;
use common::*;
use demo_server::{Operation, format};

#[test]
fn after_any_trouble_server_and_device_agree() {
    for seed in 0xe00..0xf00 {
        let mut random = Random::new(seed);
        let mut world = beginning(seed, &mut random);
        world.register();
        for _ in 0..60 {
            trouble(&mut world, &mut random);
            world.run_for(random.between(millis(1), minutes(3)));
        }
        recover(&mut world);
        agree(&mut world);
    }
}

/// By a notification or by a Send, unless the application is told otherwise.
#[test]
fn after_any_trouble_the_server_has_the_newest_value() {
    for seed in 0xf00..0x1000 {
        let mut random = Random::new(seed);
        let mut setup = Setup::new(seed);
        setup.config.lifetime = [120, 600, 86_400][random.below(3) as usize];
        setup.config.notifications = Notifications::Confirmable;
        setup.server.separate_responses = random.chance(0.3);
        let mut world = setup.build();
        world.register();
        for _ in 0..60 {
            match random.below(4) {
                0 => press(&mut world),
                1 => {
                    // Without a registration there is nobody to ask.
                    let _ = world.ask(|server, now| server.observe(now, ENDPOINT, PRESSES, None));
                }
                2 => {
                    let _ = world.ask(|server, now| server.cancel(now, ENDPOINT, PRESSES));
                }
                _ => trouble(&mut world, &mut random),
            }
            world.run_for(random.between(millis(1), minutes(1)));
        }
        // Whatever was given up until now, this value is another.
        press(&mut world);
        world.take_events();
        recover(&mut world);
        let given_up = world
            .take_events()
            .into_iter()
            .any(|event| matches!(event, Event::SendFailed(_) | Event::SendUnavailable));
        assert!(
            given_up || newest_presses(&world) == Some(world.objects.button.presses),
            "{:?} of {}",
            newest_presses(&world),
            world.objects.button.presses
        );
    }
}

fn press(world: &mut World) {
    world.objects.button.presses += 1;
    world.changed(PRESSES);
}

/// What the server heard last.
fn newest_presses(world: &World) -> Option<i64> {
    world.server_events.iter().rev().find_map(|(_, event)| {
        let (content_format, payload) = match event {
            demo_server::Event::Response(response) => (response.content_format, &response.payload),
            demo_server::Event::Send {
                content_format,
                payload,
                ..
            }
            | demo_server::Event::Notification {
                content_format,
                payload,
                ..
            } => (*content_format, payload),
            _ => return None,
        };
        let entries = format::decode(PRESSES, content_format, payload).ok()?;
        let presses = entries.iter().find(|entry| entry.path == PRESSES)?;
        presses.value.as_integer()?.try_into().ok()
    })
}

fn beginning(seed: u64, random: &mut Random) -> World {
    if random.chance(0.3) {
        return bootstrap::world(seed);
    }
    let mut setup = Setup::new(seed);
    setup.config.lifetime = [120, 600, 86_400][random.below(3) as usize];
    setup.config.queue_mode = random.chance(0.5);
    setup.config.reregister = random.chance(0.7);
    setup.server.separate_responses = random.chance(0.3);
    setup.build()
}

fn trouble(world: &mut World, random: &mut Random) {
    let operation = [
        Operation::Register,
        Operation::Update,
        Operation::Deregister,
    ][random.below(3) as usize];
    let code = [
        ResponseType::BadRequest,
        ResponseType::Forbidden,
        ResponseType::NotFound,
        ResponseType::PreconditionFailed,
        ResponseType::InternalServerError,
        ResponseType::ServiceUnavailable,
    ][random.below(6) as usize];
    let error = [
        TransportError::NotResolved,
        TransportError::Handshake,
        TransportError::InterfaceDown,
    ][random.below(3) as usize];
    match random.below(21) {
        0 => world.link.loss = [0.0, 0.3, 0.9, 1.0][random.below(4) as usize],
        1 => world.link.latency.1 = random.between(millis(20), seconds(20)),
        2 => world.link.duplication = 0.5,
        3 => world.server().refuse(operation, code, Some(30)),
        4 => world.server().malformed(operation),
        5 => world.server().reset(operation),
        6 | 7 => world.server().allow(operation),
        8 => world.server().forget_all(),
        9 => world.transport.then(Err(error)),
        10 => world.transport.then(Ok(Association::New)),
        11 if world.transport.is_open() => world.lose_association(TransportError::Socket),
        12 => world.pause(),
        13 | 14 => world.resume(),
        15 => world.update(),
        16 => world.close(),
        17 => world.register(),
        18 => {
            world.objects.actuator = random.chance(0.5).then(Actuator::default);
            world.objects_changed();
        }
        19 => press(world),
        20 => {
            let lifetime = (200 + random.below(1000)).to_string();
            // Without a registration there is nobody to ask.
            let _ = world
                .ask(|server, now| server.write(now, ENDPOINT, "/1/0/1", 0, lifetime.as_bytes()));
        }
        _ => {}
    }
}

fn recover(world: &mut World) {
    world.link = Link::ideal();
    world.transport.as_usual();
    for operation in [
        Operation::Register,
        Operation::Update,
        Operation::Deregister,
    ] {
        world.server().allow(operation);
    }
    world.resume();
    world.run_for(hours(2));
    if world.client.state() != State::Registered {
        world.register();
    }
    // By then a device that the server has forgotten unnoticed has updated its registration.
    world.run_for(hours(25));
    if world.client.state() == State::Halted {
        world.register();
        world.run_for(hours(1));
    }
}

fn agree(world: &mut World) {
    world.expect_state(State::Registered);
    let has_actuator = world.objects.actuator.is_some();
    let device_id = world
        .client
        .endpoint_info()
        .expect("registered")
        .device_id
        .to_owned();
    let registration = world.registration().expect("a registration");
    assert_eq!(registration.location.last(), Some(&device_id));
    let knows_actuator = registration
        .objects
        .iter()
        .any(|link| link.object == 33_000);
    assert_eq!(knows_actuator, has_actuator, "{:?}", registration.objects);

    // The lifetime that the device goes by is the one that the server knows.
    let lifetime = registration.lifetime.to_string();
    world.take_events();
    world
        .ask(|server, now| server.read(now, ENDPOINT, "/1/0/1", Some(0)))
        .expect("a request");
    world.update();
    world.run_for(seconds(5));
    let read = world
        .server_events
        .iter()
        .rev()
        .find_map(|(_, event)| match event {
            demo_server::Event::Response(response) if response.path == "/1/0/1" => {
                Some(String::from_utf8_lossy(&response.payload).into_owned())
            }
            _ => None,
        });
    assert_eq!(read, Some(lifetime));
}
