//! Izuma's profile: the server URI's query in Register, and resources that are notified from the
//! registration on without a request.
#![cfg(feature = "izuma")]

mod common;

use client_lite::{
    Account, At, Event, Object, ObjectDefinition, Operations, Refusal, RegisterReason,
    ResourceDefinition, Type, Value, Version, object, storage,
};
use coap_lite::{CoapOption, MessageType, Packet, RequestType};
use common::manual::*;
use common::*;
use demo_server::{
    BootstrapOperation, Credentials, Operation as Asked, SecurityInstance, ServerInstance,
};

/// A device of the profile.
fn profile(seed: u64) -> Setup {
    let mut setup = Setup::new(seed);
    setup.config.izuma_profile = true;
    setup.config.version = Version::V1_0;
    setup
}

/// The same at a server by hand, registered, with its first values told.
fn told(seed: u64) -> Manual {
    told_by(profile(seed).build())
}

fn told_by(world: World) -> Manual {
    let mut server = Manual::of(world);
    // The first one comes again.
    server.run_for(seconds(4));
    let again = server.wire.up().next_back().map(|first| first.packet());
    let mut said: Vec<_> = again.into_iter().collect();
    while let Some(notification) = said.pop() {
        said = server.acknowledge(&notification);
    }
    server.wire.clear();
    server
}

/// What the demo server was told by notifications, in its order.
fn notified(world: &World) -> Vec<String> {
    let told = world.server_events.iter().map(|(_, event)| event);
    told.filter(|event| matches!(event, demo_server::Event::Notification { .. }))
        .map(ToString::to_string)
        .collect()
}

/// The newest object list that the device told, as one link each.
#[track_caller]
fn links(world: &World) -> Vec<String> {
    let told = world.wire.up().rev().find_map(|datagram| {
        matches!(datagram.operation(), Some(Asked::Register | Asked::Update))
            .then(|| datagram.packet().payload)
            .filter(|payload| !payload.is_empty())
    });
    let list = String::from_utf8(told.expect("a list")).expect("UTF-8");
    list.split(',').map(str::to_owned).collect()
}

fn link(world: &World, path: &str) -> Option<String> {
    let target = format!("<{path}>");
    links(world)
        .into_iter()
        .find(|link| link.starts_with(&target))
}

fn press(server: &mut Manual, presses: i64) -> Vec<Packet> {
    server.objects.button.presses = presses;
    server.change(PRESSES)
}

#[test]
fn the_uris_query_is_carried_into_register() {
    for (uri, expected) in [
        (
            "coap://server?aid=1&iep=0123abc",
            &["ep=0123abc", "aid=1", "iep=0123abc"][..],
        ),
        ("coap://server/?aid=1", &["ep=device", "aid=1"]),
        (
            "coap://server?ep=x&lt=5&&b=S&Q&lwm2m=9&flag",
            &["ep=device", "flag"],
        ),
        ("coap://server", &["ep=device"]),
    ] {
        let mut setup = profile(1);
        setup.config.account = Account::new(uri);
        let mut world = setup.build();
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        let registers = world.wire.requests(Asked::Register);
        let mut sent = queries(&registers[0].packet());
        sent.retain(|query| query != "lt=86400" && query != "lwm2m=1.0");
        assert_eq!(sent, expected, "{uri}");

        world.update();
        world.expect(Event::Updated);
        let updates = world.wire.requests(Asked::Update);
        assert!(queries(&updates[0].packet()).is_empty());
    }
}

/// A bootstrap server is asked by the device's own name, and gives it another one.
#[test]
fn bootstrap_gives_the_name() {
    let mut setup = profile(20);
    setup.config.account = Account::new("coap://bootstrap?aid=1").for_bootstrap();
    let security = SecurityInstance {
        instance: 1,
        uri: "coap://server?aid=1&iep=0123abc".into(),
        bootstrap: false,
        credentials: Credentials::None,
        short_server_id: 1,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 3600,
        storing: true,
        binding: "U".into(),
    };
    let operations = BootstrapOperation::account(&security, &server);
    let accounts = &mut setup.server.bootstrap;
    accounts.insert(ENDPOINT.to_owned(), operations);
    let mut world = setup.build();
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    let asked = world.wire.requests(Asked::BootstrapRequest)[0].packet();
    assert_eq!(queries(&asked), ["ep=device", "pct=112", "aid=1"]);
    assert!(world.server().client("0123abc").is_some());
}

/// The id that the server knows the device by does not take the place of its own name.
#[test]
fn the_device_keeps_its_name() {
    let mut setup = profile(2);
    setup.config.account = Account::new("coap://server?iep=0123abc");
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let info = world.client.endpoint_info().expect("registered");
    assert_eq!((info.endpoint_name, info.device_id), (ENDPOINT, "0123abc"));
    assert!(world.server().client("0123abc").is_some());
}

#[test]
fn the_list_has_resources_and_says_which_are_notified() {
    let mut world = profile(3).build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let links = links(&world);
    for expected in [
        "</1/0/1>;obs",
        "</3/0/11>;obs",
        "</3200/0/5501>;aobs=\"1\"",
        "</3303/0/5700>;obs",
        "</33000/0/1>;aobs=\"2\"",
        // What can only be written or executed.
        "</33000/0/3>",
        "</33000/0/4>",
    ] {
        assert!(links.iter().any(|link| link == expected), "{links:?}");
    }
    assert!(links.iter().all(|link| link.matches('/').count() == 3));
    assert_eq!(world.server().observed(ENDPOINT), [PRESSES, LEVEL]);
}

/// Each value is told once when the device has registered, then with each change; nothing is sent.
#[test]
fn values_are_notified_without_a_request() {
    let mut world = profile(4).build();
    world.objects.button.presses = 5;
    world.changed(PRESSES);
    world.register();
    world.run_for(seconds(10));
    assert_eq!(
        notified(&world),
        [
            "device notified 1 /3200/0/5501 = 5",
            "device notified 1 /33000/0/1 = 0"
        ]
    );
    world.objects.button.presses = 6;
    world.changed(PRESSES);
    world.run_for(seconds(10));
    assert_eq!(
        notified(&world)[2..],
        ["device notified 2 /3200/0/5501 = 6"]
    );
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
    let actuator = world.objects.actuator.as_ref().expect("it is there");
    assert_eq!(actuator.deliveries, 1);
}

/// A Send that the application asks for has no one to take it.
#[test]
fn there_is_no_send() {
    let mut world = profile(5).build();
    world
        .client
        .send(world.device_time(), PRESSES.parse().unwrap())
        .unwrap();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.expect(Event::SendUnavailable);
    world.run_for(hours(1));
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
}

/// A confirmable notification with the token as two bytes, in plain text, not to be cached.
#[test]
fn a_notification_on_the_wire() {
    let mut server = told(6);
    let message = notification(press(&mut server, 7));
    assert_eq!(message.header.get_type(), MessageType::Confirmable);
    assert_eq!(message.get_token(), [0, 1]);
    assert_eq!(observe(&message), Some(2));
    assert_eq!(
        message.get_option(CoapOption::MaxAge),
        Some(&[vec![]].into()),
        "0"
    );
    assert_eq!(
        message.get_option(CoapOption::ContentFormat),
        Some(&[vec![]].into()),
        "text"
    );
    assert_eq!(text(&message), "7");
}

/// What has not one value of plain text.
#[test]
fn the_format_follows_the_type() {
    let mut world = profile(7).build();
    world.objects.others.push(Box::new(Blob {
        bytes: heapless::Vec::from_slice(&[0, 0xff]).unwrap(),
    }));
    world.objects.others.push(Box::new(Many));
    world.register();
    world.run_for(minutes(1));
    let formats: Vec<_> = world
        .server_events
        .iter()
        .filter_map(|(_, event)| match event {
            demo_server::Event::Notification {
                path,
                content_format,
                payload,
                ..
            } if path.starts_with("/339") => Some((*content_format, payload.as_slice())),
            _ => None,
        })
        .collect();
    assert_eq!(
        formats,
        [
            (Some(42), &[0, 0xff][..]),
            // A multiple resource with the instances 0 and 1 (LwM2M Core 1.1, 7.4.3).
            (Some(11_542), &[0x86, 1, 0x41, 0, 7, 0x41, 1, 7]),
        ]
    );
}

object! {
    struct Blob: 33901 {
        1: bytes: heapless::Vec<u8, 4> [R, auto],
    }
}

/// A multiple resource.
struct Many;

impl Object for Many {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33_902,
            version: (1, 0),
            resources: &[ResourceDefinition::new(1, Type::Integer, Operations::R)
                .multiple()
                .auto_observable()],
        };
        &DEFINITION
    }

    fn resource_instance(&self, _: At, index: usize) -> Option<u16> {
        [0, 1].get(index).copied()
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(7))
    }
}

/// Tokens and numbers go on over a new registration; what was told is not told again, what changed
/// meanwhile is.
#[test]
fn a_new_registration_goes_on() {
    let mut world = profile(8).build();
    world.register();
    world.run_for(seconds(10));
    let before = (link(&world, PRESSES), link(&world, LEVEL));
    assert_eq!(notified(&world).len(), 2);

    world.close();
    world.expect(Event::Registered(RegisterReason::First));
    world.expect(Event::Deregistered);
    world.objects.button.presses = 1;
    world.changed(PRESSES);
    world.register();
    world.run_for(seconds(10));
    assert_eq!((link(&world, PRESSES), link(&world, LEVEL)), before);
    assert_eq!(
        notified(&world)[2..],
        ["device notified 2 /3200/0/5501 = 1"]
    );

    // The same where the server has forgotten the device.
    world.server().forget_all();
    world.update();
    world.run_for(minutes(1));
    assert_eq!(notified(&world).len(), 3);
    world.objects.button.presses = 2;
    world.changed(PRESSES);
    world.run_for(seconds(10));
    assert_eq!(
        notified(&world)[3..],
        ["device notified 3 /3200/0/5501 = 2"]
    );
}

/// The value of a notification that nobody acknowledged before the registration was lost.
#[test]
fn what_is_outstanding_is_told_after_the_next_registration() {
    let mut world = profile(9).build();
    world.register();
    world.run_for(seconds(10));
    let count = notified(&world).len();
    world.server().silence(true);
    world.objects.button.presses = 8;
    world.changed(PRESSES);
    world.run_for(seconds(1));
    world.server().silence(false);
    world.server().forget_all();
    world.update();
    world.run_for(minutes(2));
    let told = notified(&world);
    assert_eq!(told.len(), count + 1);
    assert!(told[count].ends_with("= 8"), "{told:?}");
}

/// A Reset ends the notifications until the next registration, and the list says so.
#[test]
fn a_reset_silences_until_the_next_registration() {
    let mut server = told(10);
    let message = notification(press(&mut server, 1));
    assert_eq!(server.reset(&message), []);
    assert_eq!(press(&mut server, 2), []);
    // The other goes on.
    let other = notification(server.change(LEVEL));
    server.acknowledge(&other);

    server.objects_changed();
    server.expect(Event::Updated);
    assert_eq!(link(&server, PRESSES).unwrap(), "</3200/0/5501>;obs");
    assert_eq!(link(&server, LEVEL).unwrap(), "</33000/0/1>;aobs=\"2\"");
    assert_eq!(press(&mut server, 3), []);

    server.close();
    server.expect(Event::Deregistered);
    server.register();
    server.expect(Event::Registered(RegisterReason::First));
    assert_eq!(link(&server, PRESSES).unwrap(), "</3200/0/5501>;aobs=\"1\"");
    let newest = server.wire.up().next_back().expect("a notification");
    assert_eq!(text(&newest.packet()), "3");
}

/// As the demo server does it.
#[test]
fn what_the_server_forgets_is_silenced() {
    let mut world = profile(11).build();
    world.register();
    world.run_for(seconds(10));
    world.server().forget(ENDPOINT, PRESSES).expect("observed");
    let count = notified(&world).len();
    for presses in 1..4 {
        world.objects.button.presses = presses;
        world.changed(PRESSES);
        world.run_for(seconds(10));
    }
    assert_eq!(notified(&world).len(), count);
    let resets = world
        .wire
        .down()
        .filter(|datagram| datagram.packet().header.get_type() == MessageType::Reset);
    assert_eq!(resets.count(), 1);
}

/// A server that is there and acknowledges no notification, twice in a row.
#[test]
fn what_nobody_acknowledges_is_silenced_and_told() {
    let mut server = told(12);
    assert_eq!(press(&mut server, 1).len(), 1);
    server.expect(Event::Updated);
    server.expect(Event::ObservationLost(PRESSES.parse().unwrap()));
    server.expect(Event::Updated);
    assert_eq!(press(&mut server, 2), []);
}

#[test]
fn what_has_no_room_is_named() {
    let storage = leak(<storage! { observations: 1 }>::new());
    let mut world = profile(13).build_in(storage);
    world.register();
    world.expect(Event::NotAutoObserved(LEVEL.parse().unwrap()));
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(link(&world, PRESSES).unwrap(), "</3200/0/5501>;aobs=\"1\"");
    assert_eq!(link(&world, LEVEL).unwrap(), "</33000/0/1>;obs");
    world.changed(LEVEL);
    world.run_for(seconds(10));
    assert_eq!(notified(&world), ["device notified 1 /3200/0/5501 = 0"]);
}

/// Objects that come and go: the Update's list announces and ends, the others keep their tokens.
#[test]
fn an_update_announces_what_is_new() {
    let mut world = profile(14).build();
    world.register();
    world.run_for(seconds(10));
    let actuator = world.objects.actuator.take();
    world.objects.others.push(Box::new(Many));
    world.objects_changed();
    world.run_for(seconds(10));
    assert_eq!(link(&world, PRESSES).unwrap(), "</3200/0/5501>;aobs=\"1\"");
    assert_eq!(link(&world, LEVEL), None);
    assert_eq!(world.server().observed(ENDPOINT), [PRESSES, "/33902/0/1"]);
    assert_eq!(notified(&world).len(), 3);

    world.objects.actuator = actuator;
    world.objects_changed();
    world.run_for(seconds(10));
    assert_eq!(link(&world, LEVEL).unwrap(), "</33000/0/1>;aobs=\"3\"");
    assert_eq!(notified(&world).len(), 4);
}

/// A server that knows nothing of the profile may choose such a token for another place: its
/// notifications would be taken for those of the list's.
#[test]
fn a_token_of_the_list_is_not_for_other_places() {
    let mut server = told(15);
    let mut request = server.observe_request(TEMPERATURE);
    request.set_token(vec![0, 1]);
    let answer = server.ask(&request);
    assert_eq!(code(&answer), "2.05");
    assert_eq!(observe(&answer), None, "a Read");
    assert_eq!(server.measure(30.0), []);
    assert_eq!(text(&notification(press(&mut server, 1))), "1");
}

/// A server that observes such a place itself is notified once, as it wants, and can cancel.
#[test]
fn a_request_takes_the_lists_place() {
    for own_token in [false, true] {
        let mut server = told(16);
        let mut request = server.observe_request(PRESSES);
        if !own_token {
            request.set_token(vec![0, 1]);
        }
        assert!(observe(&server.ask(&request)).is_some());
        let message = notification(press(&mut server, 1));
        assert_eq!(message.get_token(), request.get_token());
        assert_eq!(
            message.header.get_type(),
            MessageType::NonConfirmable,
            "as the configuration says"
        );
        let mut cancel = server.request(RequestType::Get, PRESSES);
        cancel.set_token(request.get_token().to_vec());
        cancel.set_observe_value(1);
        assert_eq!(observe(&server.ask(&cancel)), None);
        assert_eq!(press(&mut server, 2), []);
    }
}

/// Where there is no room for another observation the list's goes on.
#[test]
fn without_room_the_list_keeps_its_place() {
    let storage = leak(<storage! { observations: 2 }>::new());
    let mut server = told_by(profile(22).build_in(storage));
    let request = server.observe_request(PRESSES);
    assert_eq!(observe(&server.ask(&request)), None, "a Read");
    assert_eq!(notification(press(&mut server, 1)).get_token(), [0, 1]);
}

/// A request that fails leaves the list's place as it is, whatever its token.
#[test]
fn a_request_that_fails_silences_nothing() {
    for token in [vec![0, 1], vec![7, 7]] {
        let mut server = told(23);
        let mut request = with_accept(server.observe_request(PRESSES), 1);
        request.set_token(token);
        assert_eq!(code(&server.ask(&request)), "4.06");
        let told = notification(press(&mut server, 1));
        assert_eq!((told.get_token(), text(&told)), (&[0, 1][..], "1"));
    }
}

/// Observers by request are told apart, in place of the list's.
#[test]
fn several_requests_take_the_lists_place() {
    let mut server = told(24);
    let tokens = [(); 2].map(|()| server.observe(PRESSES));
    let said = press(&mut server, 1);
    let told: Vec<_> = said.iter().map(Packet::get_token).collect();
    assert_eq!(told, tokens);
}

/// A Reset may come behind the next notification.
#[test]
fn a_reset_to_an_earlier_notification_silences() {
    let mut server = told(25);
    let messages = [1, 2].map(|presses| {
        let message = notification(press(&mut server, presses));
        server.acknowledge(&message);
        message
    });
    assert_eq!(server.reset(&messages[0]), []);
    assert_eq!(press(&mut server, 3), []);
}

/// What the server writes is told as well, and its attributes count.
#[test]
fn writes_and_attributes_count() {
    let mut server = told(21);
    let write = with_body(server.request(RequestType::Put, LEVEL), 0, b"9");
    let said = server.say(&write);
    assert_eq!((said.len(), code(&said[0]).as_str()), (2, "2.04"));
    assert_eq!(text(&said[1]), "9");
    server.acknowledge(&said[1]);

    let mut attributes = server.request(RequestType::Put, PRESSES);
    attributes.add_option(CoapOption::UriQuery, b"pmin=60".to_vec());
    assert_eq!(code(&server.ask(&attributes)), "2.04");
    server.run_for(minutes(2));
    let message = notification(press(&mut server, 1));
    server.acknowledge(&message);
    assert_eq!(press(&mut server, 2), []);
    let before = server.now;
    server.wire.clear();
    server.run_until(|server| server.wire.up().count() > 0);
    assert_eq!(server.now.saturating_since(before), minutes(1));
}

/// A value that cannot be read is not there yet.
#[test]
fn a_value_that_is_not_there_is_told_when_it_is() {
    let mut world = profile(17).build();
    let value = Box::leak(Box::new(core::cell::Cell::new(None)));
    world.objects.others.push(Box::new(Late(value)));
    world.register();
    world.run_for(seconds(10));
    assert_eq!(notified(&world).len(), 2);
    assert!(link(&world, "/33903/0/1").unwrap().contains("aobs"));

    value.set(Some(4));
    world.changed("/33903/0/1");
    world.run_for(seconds(10));
    assert!(notified(&world)[2].ends_with("/33903/0/1 = 4"));
    world.expect(Event::Registered(RegisterReason::First));
    world.expect_no_event();
}

/// It may have a value.
struct Late(&'static core::cell::Cell<Option<i64>>);

impl Object for Late {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33_903,
            version: (1, 0),
            resources: &[ResourceDefinition::new(1, Type::Integer, Operations::R).auto_observable()],
        };
        &DEFINITION
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        self.0.get().map(Value::Integer).ok_or(Refusal::NotFound)
    }
}

/// Lost and doubled messages change neither the tokens nor the last values.
#[test]
fn over_a_bad_network() {
    // With these no notification is lost five times in a row, which would end the observation
    // (RFC 7641, 4.5).
    for seed in 0x130..0x140 {
        let mut setup = profile(seed);
        setup.link = Link::poor();
        let mut world = setup.build();
        world.register();
        for presses in 1..50 {
            world.objects.button.presses = presses;
            world.changed(PRESSES);
            world.run_for(seconds(20));
        }
        world.run_for(minutes(30));
        let told = notified(&world);
        let last = told.iter().rfind(|told| told.contains(PRESSES));
        assert!(last.is_some_and(|told| told.ends_with("= 49")), "{seed}");
        assert_eq!(link(&world, PRESSES).unwrap(), "</3200/0/5501>;aobs=\"1\"");
    }
}

/// The feature alone changes nothing.
#[test]
fn without_the_switch_all_is_as_ever() {
    let mut setup = Setup::new(18);
    setup.config.account = Account::new("coap://server?aid=1&iep=0123abc");
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.changed(PRESSES);
    world.run_for(seconds(10));
    let register = world.wire.requests(Asked::Register)[0].packet();
    assert!(
        queries(&register)
            .iter()
            .all(|query| !query.contains("aid"))
    );
    assert!(link(&world, PRESSES).is_none());
    assert_eq!(world.wire.requests(Asked::Send).len(), 1);
    assert!(notified(&world).is_empty());
}
