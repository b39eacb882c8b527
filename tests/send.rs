//! Send (LwM2M Core 1.1, 6.4.6): the changes of auto-observable resources reach the server without
//! its asking.

mod common;

use client_lite::{
    Association, At, ChangesFull, Detail, Error, Event, Notifications, Object, ObjectDefinition,
    Operation, Operations, Path, Refusal, RegisterReason, ResourceDefinition, State, Type, Value,
    Version, object, storage,
};
use coap_lite::{MessageType, RequestType, ResponseType};
use common::manual::{Manual, code, willing, with_body};
use common::*;
use demo_server::Operation as Asked;
use demo_server::format::{Entry, TEXT};

/// The button is pressed once more.
fn press(world: &mut World) {
    world.objects.button.presses += 1;
    world.changed(PRESSES);
}

/// What the server got by Send, one list of values a message.
fn sends(world: &World) -> Vec<Vec<String>> {
    let lines = |sent: &Vec<Entry>| sent.iter().map(ToString::to_string).collect();
    world.sends().iter().map(lines).collect()
}

/// A registered device whose button is observed.
fn observed(seed: u64) -> World {
    let mut world = World::registered(seed);
    world.observe(PRESSES);
    world.run_for(seconds(1));
    world
}

fn notifications(world: &World) -> usize {
    let events = world.server_events.iter();
    events
        .filter(|(_, event)| matches!(event, demo_server::Event::Notification { .. }))
        .count()
}

#[test]
fn a_change_reaches_the_server() {
    let mut world = World::registered(1);
    press(&mut world);
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);
    world.expect_no_event();
    // Nothing is sent that has not changed.
    world.run_for(hours(1));
    assert_eq!(sends(&world).len(), 1);
}

/// A change of an object or an instance is one of all that is declared so below it.
#[test]
fn a_change_above_a_resource_reaches_the_server() {
    for path in ["/33000/0", "/33000"] {
        let mut world = World::registered(24);
        world.changed(path);
        world.run_for(seconds(1));
        assert_eq!(sends(&world), [["/33000/0/1 = 0"]], "{path}");
    }
    let mut world = World::registered(24);
    world.changed("/");
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/3200/0/5501 = 0", "/33000/0/1 = 0"]]);
}

/// Only what is declared so is sent on its own.
#[test]
fn what_is_not_auto_observable_stays() {
    let mut world = World::registered(2);
    world.changed("/3303/0/5700");
    world.changed("/33000/0/2");
    world.changed("/9/9/9");
    world.run_for(seconds(1));
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
}

/// An object may decide for each instance.
#[test]
fn one_instance_is_auto_observable_and_another_is_not() {
    let mut world = World::new(4);
    world.objects.others.push(Box::new(Pair));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.changed("/33999");
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/33999/1/1 = 7"]]);
}

/// Two instances, of which the second is auto-observable.
struct Pair;

impl Object for Pair {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33_999,
            version: (1, 0),
            resources: &[ResourceDefinition::new(1, Type::Integer, Operations::R)],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        [0, 1].get(index).copied()
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(7))
    }

    fn is_auto_observable(&self, at: At) -> Option<bool> {
        Some(at.instance == 1)
    }
}

/// The application sends what it likes, single values and all below a path.
#[test]
fn the_application_sends_any_value() {
    let mut world = World::registered(3);
    world
        .client
        .send(world.device_time(), "/3303/0".parse().unwrap())
        .unwrap();
    world.settle();
    world.run_for(seconds(1));
    world
        .client
        .send(world.device_time(), Path::resource(1, 0, 1))
        .unwrap();
    world
        .client
        .send(world.device_time(), Path::resource(3303, 0, 5700))
        .unwrap();
    world.settle();
    world.run_for(seconds(1));
    let expected = [
        &["/3303/0/5700 = 21.5"][..],
        &["/1/0/1 = 86400", "/3303/0/5700 = 21.5"],
    ];
    assert_eq!(sends(&world), expected);
}

/// There is nothing to send where there is nothing to read.
#[test]
fn what_has_no_value_is_not_sent() {
    let mut world = World::registered(25);
    world.wire.clear();
    for path in ["/9999/0/1", "/9999", "/3303/1", "/33000/0/3", "/33000/0/4"] {
        world
            .client
            .send(world.device_time(), path.parse().unwrap())
            .unwrap();
        world.settle();
        world.expect(Event::SendFailed(Detail::NoValue));
    }
    world.run_for(hours(1));
    world.expect_no_event();
    assert_eq!(world.wire.up().count(), 0);
}

/// An observer is told by its notification, once.
#[test]
fn what_is_observed_is_not_sent() {
    let mut world = World::registered(4);
    world.observe(PRESSES);
    world.run_for(seconds(1));
    press(&mut world);
    world.run_for(seconds(1));
    assert_eq!((sends(&world).len(), notifications(&world)), (0, 1));

    world
        .ask(|server, now| server.cancel(now, ENDPOINT, PRESSES))
        .expect("a request");
    world.run_for(seconds(1));
    press(&mut world);
    world.run_for(seconds(1));
    assert_eq!((sends(&world).len(), notifications(&world)), (1, 1));
}

/// A change that no notification has told when its observation is lost is sent.
#[test]
fn what_an_observer_has_not_been_told_is_sent() {
    let lost: [fn(&mut World, bool); 2] = [
        |world, pressed| {
            world.pause();
            if pressed {
                press(world);
            }
            world.transport.then(Ok(Association::New));
            world.resume();
        },
        |world, pressed| {
            world.server().reset(Asked::Deregister);
            world.close();
            world.run_for(seconds(1));
            world.expect_state(State::Halted);
            if pressed {
                press(world);
            }
            world.register();
        },
    ];
    for lose in lost {
        let mut world = observed(26);
        lose(&mut world, true);
        world.run_for(minutes(1));
        assert!(has_registered(&mut world));
        assert_eq!(notifications(&world), 0);
        assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);

        // What was told is not sent as well.
        let mut world = observed(27);
        press(&mut world);
        world.run_for(seconds(1));
        lose(&mut world, false);
        world.run_for(minutes(1));
        assert!(has_registered(&mut world));
        assert_eq!((sends(&world).len(), notifications(&world)), (0, 1));
    }
}

/// The same where nobody acknowledges the notifications.
#[test]
fn what_an_observer_does_not_acknowledge_is_sent() {
    let mut setup = Setup::new(28);
    setup.config.notifications = Notifications::Confirmable;
    let mut server = Manual::of(setup.build());
    server.observe(PRESSES);
    press(&mut server);
    server.expect(Event::Updated);
    assert_eq!(server.wire.requests(Asked::Send).len(), 0);
    server.expect(Event::ObservationLost(PRESSES.parse().expect("a path")));
    server.run_for(minutes(1));
    assert_eq!(server.wire.requests(Asked::Send).len(), 1);

    // What is acknowledged is not sent, though the observation ends.
    let mut setup = Setup::new(29);
    setup.config.notifications = Notifications::Confirmable;
    let mut server = Manual::of(setup.build());
    server.observe(PRESSES);
    server.objects.button.presses += 1;
    let said = server.change(PRESSES);
    server.acknowledge(&said[0]);
    server.transport.then(Ok(Association::New));
    server.pause();
    server.resume();
    server.expect(Event::Registered(RegisterReason::NewAssociation));
    server.run_for(minutes(1));
    assert_eq!(server.wire.requests(Asked::Send).len(), 0);
}

/// The same where the server has forgotten the observation, and rejects its notification.
#[test]
fn what_an_observer_rejects_is_sent() {
    let mut server = Manual::new(36);
    server.observe(PRESSES);
    server.objects.button.presses += 1;
    let said = server.change(PRESSES);
    let reset = empty(MessageType::Reset, said[0].header.message_id);
    let said = server.say(&reset);
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(server.wire.requests(Asked::Send).len(), 1);
}

/// The same where the value has changed again while a notification was outstanding: its
/// acknowledgement tells nothing of the newer value.
#[test]
fn what_is_newer_than_an_acknowledged_notification_is_sent() {
    let mut setup = Setup::new(32);
    setup.config.notifications = Notifications::Confirmable;
    let mut server = Manual::of(setup.build());
    server.observe(PRESSES);
    let first = server.change(PRESSES);
    press(&mut server);
    let second = server.acknowledge(&first[0]);
    assert_eq!(second.len(), 1);
    server.transport.then(Ok(Association::New));
    server.pause();
    server.resume();
    server.expect(Event::Registered(RegisterReason::NewAssociation));
    server.run_for(minutes(1));
    assert_eq!(server.wire.requests(Asked::Send).len(), 1);
}

/// /1/x/23: a server that mutes Send gets none; the application is told once.
#[test]
fn a_muted_send_is_told_once() {
    let mut world = World::registered(5);
    world.write("/1/0/23", 1);
    world.run_for(seconds(1));
    press(&mut world);
    world.expect(Event::SendUnavailable);
    press(&mut world);
    world
        .client
        .send(world.device_time(), PRESSES.parse().unwrap())
        .unwrap();
    world.run_for(hours(1));
    world.expect_no_event();
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
    // Observers are served.
    world.observe(PRESSES);
    world.run_for(seconds(1));
    press(&mut world);
    world.run_for(seconds(1));
    assert_eq!(notifications(&world), 1);
}

/// A server that takes Sends again gets them.
#[test]
fn an_unmuted_send_goes_on() {
    let mut world = World::registered(6);
    for muted in [1, 0] {
        world.write("/1/0/23", muted);
        world.run_for(seconds(1));
        press(&mut world);
        world.run_for(seconds(1));
    }
    assert_eq!(sends(&world), [["/3200/0/5501 = 2"]]);
}

/// There is no Send in LwM2M 1.0; told once a registration.
#[test]
fn a_server_of_1_0_gets_no_send() {
    let mut setup = Setup::new(7);
    setup.config.version = Version::V1_0;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    press(&mut world);
    world.expect(Event::SendUnavailable);
    press(&mut world);
    world.run_for(seconds(10));
    world.expect_no_event();
    world.close();
    world.expect(Event::Deregistered);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    press(&mut world);
    world.expect(Event::SendUnavailable);
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
}

/// What waits for a server that mutes Send meanwhile is not sent.
#[test]
fn a_mute_holds_for_what_waits() {
    let mut server = Manual::new(22);
    press(&mut server);
    press(&mut server);
    let mute = with_body(server.request(RequestType::Put, "/1/0/23"), TEXT, b"1");
    assert_eq!(code(&server.ask(&mute)), "2.04");
    server.run_for(seconds(10));
    assert_eq!(server.wire.requests(Asked::Send).len(), 1);
}

/// A server that turns out to speak 1.0 only gets no Send either, nor what waits for it.
#[test]
fn nothing_that_waits_is_sent_to_a_server_of_1_0() {
    let mut world = World::new(23);
    world.peer = Peer::answering(|request| {
        let old = queries(request).iter().any(|query| query == "lwm2m=1.0");
        match operation(request) {
            Some(Asked::Register) if !old => {
                Some(answer(request, ResponseType::PreconditionFailed))
            }
            _ => willing(request),
        }
    });
    press(&mut world);
    world.register();
    world.run_for(minutes(1));
    let events = world.take_events();
    assert!(
        events.contains(&Event::Registered(RegisterReason::First)),
        "{events:?}"
    );
    assert!(events.contains(&Event::SendUnavailable), "{events:?}");
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
}

/// A server that has rejected the device, even as one of 1.0, has not rejected its Sends.
#[test]
fn a_change_after_a_rejection_waits_for_the_registration() {
    let mut world = World::new(33);
    let code = ResponseType::PreconditionFailed;
    world.server().refuse(Asked::Register, code, None);
    world.register();
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        answered(code),
    );
    world.expect_state(State::Halted);
    press(&mut world);
    world.expect_no_event();
    world.server().allow(Asked::Register);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);
}

/// Of the changes while a Send is on its way the last is sent, in one message.
#[test]
fn changes_fold() {
    let mut world = World::registered(8);
    for level in 1..6 {
        press(&mut world);
        world.objects.actuator.as_mut().unwrap().level = level;
        world.changed(LEVEL);
    }
    world.run_for(seconds(1));
    let [first, second] = sends(&world).try_into().expect("two Sends");
    assert_eq!(first, ["/3200/0/5501 = 1"]);
    let mut second: Vec<_> = second;
    second.sort();
    assert_eq!(second, ["/3200/0/5501 = 5", "/33000/0/1 = 5"]);
}

/// A change before the registration, or while the network is dropped, waits for it.
#[test]
fn changes_wait_for_the_registration() {
    let mut world = World::new(9);
    press(&mut world);
    world.run_for(seconds(10));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);
    world.pause();
    press(&mut world);
    press(&mut world);
    world.run_for(minutes(10));
    world.resume();
    world.run_for(seconds(1));
    assert_eq!(sends(&world)[1..], [["/3200/0/5501 = 3"]]);
}

#[test]
fn sent_values_are_delivered() {
    let mut world = World::registered(10);
    let deliveries = |world: &World| world.objects.actuator.as_ref().unwrap().deliveries;
    world.changed(LEVEL);
    assert_eq!(deliveries(&world), 0);
    world.run_for(seconds(1));
    assert_eq!(deliveries(&world), 1);
}

/// What is refused is given up, and told.
#[test]
fn a_refused_send_fails() {
    for code in [ResponseType::BadRequest, ResponseType::InternalServerError] {
        let mut world = World::registered(11);
        world.server().refuse(Asked::Send, code, None);
        world.changed(LEVEL);
        let answer = u8::from(coap_lite::MessageClass::Response(code));
        world.expect(Event::SendFailed(Detail::Response(answer)));
        world.server().allow(Asked::Send);
        world.run_for(hours(1));
        world.expect_no_event();
        assert_eq!(world.objects.actuator.as_ref().unwrap().deliveries, 0);
        assert_eq!(world.wire.requests(Asked::Send).len(), 1);
        // The next change has another chance.
        press(&mut world);
        world.run_for(seconds(1));
        assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);
    }
}

#[test]
fn a_reset_send_fails() {
    let mut world = World::registered(12);
    world.server().reset(Asked::Send);
    press(&mut world);
    world.expect(Event::SendFailed(Detail::Reset));
    world.expect_state(State::Registered);
}

/// A server that knows no Send says so by 4.05 or 5.01.
#[test]
fn a_server_without_send_is_told_once() {
    for code in [ResponseType::MethodNotAllowed, ResponseType::NotImplemented] {
        let mut world = World::registered(13);
        world.server().refuse(Asked::Send, code, None);
        press(&mut world);
        world.expect(Event::SendUnavailable);
        press(&mut world);
        world.run_for(hours(1));
        world.expect_no_event();
        assert_eq!(world.wire.requests(Asked::Send).len(), 1);
    }
}

/// 4.04 may mean that the server has forgotten the device: the value reaches it after a Register.
#[test]
fn a_send_to_a_forgetful_server_is_not_lost() {
    let mut world = World::registered(14);
    world.server().forget_all();
    world
        .server()
        .refuse(Asked::Send, ResponseType::NotFound, None);
    press(&mut world);
    world.run_for(millis(60));
    world.server().allow(Asked::Send);
    world.run_for(minutes(1));
    assert!(has_registered(&mut world));
    assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);
}

/// A server that does not answer is asked by an Update whether it is there; the value waits.
#[test]
fn an_unanswered_send_is_kept() {
    let mut world = World::registered(15);
    world.link.cut();
    press(&mut world);
    world.expect_error(Operation::Update, Error::NetworkError, Detail::NoResponse);
    press(&mut world);
    world.link.mend();
    world.expect(Event::Updated);
    world.run_for(seconds(10));
    assert_eq!(sends(&world), [["/3200/0/5501 = 2"]]);
    world.expect_no_event();
}

/// A server that answers Updates and no Send gets a value twice at most; it is told.
#[test]
fn a_send_that_is_never_answered_fails() {
    let mut server = Manual::new(30);
    server.stand_in(Peer::answering(|request| {
        willing(request).filter(|_| operation(request) != Some(Asked::Send))
    }));
    press(&mut server);
    server.expect(Event::Updated);
    server.expect(Event::SendFailed(Detail::NoResponse));
    server.expect(Event::Updated);
    server.run_for(hours(23));
    server.expect_no_event();
    // Two Sends of five transmissions each, and an Update after each.
    assert_eq!(server.wire.up().count(), 12);

    // The next change has another chance.
    server.stand_down();
    press(&mut server);
    server.run_for(seconds(1));
    assert_eq!(server.wire.up().count(), 13);
    server.run_for(minutes(5));
    assert_eq!(server.wire.up().count(), 13);
}

/// The same where the device has to register again in between.
#[test]
fn an_unanswered_send_survives_a_registration() {
    let mut setup = Setup::new(16);
    setup.config.lifetime = 300;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.link.cut();
    press(&mut world);
    world.run_for(hours(2));
    world.take_events();
    world.link.mend();
    world.expect(Event::Registered(RegisterReason::Expired));
    world.run_for(seconds(10));
    assert_eq!(sends(&world), [["/3200/0/5501 = 1"]]);
}

/// A value that changes while it is on its way is sent again, though the first was answered.
#[test]
fn a_change_during_a_send_is_sent_too() {
    let mut world = World::registered(17);
    press(&mut world);
    press(&mut world);
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/3200/0/5501 = 1"], ["/3200/0/5501 = 2"]]);
}

/// A value that changes before a retransmission goes out as it is then, in a new message.
#[test]
fn a_retransmitted_send_has_the_newest_value() {
    let mut world = World::registered(18);
    world.link.cut();
    press(&mut world);
    press(&mut world);
    world.run_for(seconds(1));
    world.link.mend();
    world.run_for(seconds(30));
    let sent = world.wire.requests(Asked::Send);
    let ids: Vec<_> = sent
        .iter()
        .map(|sent| sent.packet().header.message_id)
        .collect();
    assert!(ids.len() >= 2 && ids[0] != ids[1], "{ids:?}");
    assert_eq!(sends(&world).last().unwrap(), &["/3200/0/5501 = 2"]);
    world.expect_no_event();
}

object! {
    #[derive(Default)]
    struct Three: 33002 {
        1: one: i64 [R, auto],
        2: two: i64 [R, auto],
        3: three: i64 [R, auto],
    }
}

/// Without room to remember it a change is refused by name, and those before stay.
#[test]
fn a_full_backlog_is_an_error() {
    let storage = Box::leak(Box::new(
        <storage! { observations: 4, changes: 2, requests: 4, location_size: 32 }>::new(),
    ));
    let mut world = Setup::new(19).build_in(storage);
    world.objects.others.push(Box::new(Three::default()));
    let changed = |world: &mut World, resource| {
        let path = Path::resource(33002, 0, resource);
        let told = world
            .client
            .changed(world.device_time(), path, &mut world.objects.list());
        world.settle();
        told
    };
    assert_eq!(changed(&mut world, 1), Ok(()));
    assert_eq!(changed(&mut world, 2), Ok(()));
    assert_eq!(changed(&mut world, 3), Err(ChangesFull));
    // What waits already needs no room.
    assert_eq!(changed(&mut world, 1), Ok(()));
    assert!(ChangesFull.to_string().contains("capacity changes"));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/33002/0/1 = 0", "/33002/0/2 = 0"]]);
    assert_eq!(changed(&mut world, 3), Ok(()));
    world.run_for(seconds(1));
    assert_eq!(sends(&world)[1..], [["/33002/0/3 = 0"]]);
}

/// What an observer is about to be told leaves the room to a change that only a Send tells.
#[test]
fn observed_changes_take_no_room_from_others() {
    let mut server = Manual::of(Setup::new(0x5ed).build_in(leak(
        <storage! { observations: 4, changes: 1, requests: 4, location_size: 32 }>::new(),
    )));
    server.observe(PRESSES);
    assert_eq!(server.write_attributes(PRESSES, "pmin=60"), "2.04");
    press(&mut server);
    server.objects.actuator.as_mut().unwrap().level = 5;
    let said = server.change(LEVEL);
    let asked: Vec<_> = said.iter().map(operation).collect();
    assert_eq!(asked, [Some(Asked::Send)]);
}

object! {
    #[derive(Default)]
    struct Long: 33003 {
        1: one: heapless::String<150> [R, auto],
        2: two: heapless::String<150> [R, auto],
        3: three: heapless::String<500> [R, auto],
    }
}

fn in_short_messages(seed: u64) -> World {
    let storage = leak(<storage! {
        message_size: 256,
        observations: 4,
        changes: 4,
        requests: 4,
        location_size: 32,
    }>::new());
    Setup::new(seed).build_in(storage)
}

/// What does not fit into one message goes in several; what fits into none goes in blocks, and is given
/// up where the server knows no blocks.
#[test]
fn long_values_go_one_by_one() {
    let mut world = in_short_messages(20);
    let mut long = Long::default();
    long.one.push_str(&"1".repeat(150)).unwrap();
    long.two.push_str(&"2".repeat(150)).unwrap();
    long.three.push_str(&"3".repeat(500)).unwrap();
    world.objects.others.push(Box::new(long));
    for resource in [1, 2, 3] {
        world.changed(&format!("/33003/0/{resource}"));
    }
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.expect(Event::SendFailed(answered(ResponseType::BadOption)));
    world.run_for(seconds(10));
    let sent: Vec<_> = sends(&world)
        .iter()
        .map(|values| values.join(",").len())
        .collect();
    assert_eq!(sent, ["/33003/0/1 = ".len() + 150; 2]);
    world.expect_no_event();
}

/// What waits behind a value that the server does not take goes out at once.
#[test]
fn a_value_that_is_not_taken_holds_nothing_up() {
    let mut world = in_short_messages(31);
    let mut long = Long::default();
    long.three.push_str(&"3".repeat(500)).unwrap();
    world.objects.others.push(Box::new(long));
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    for resource in [3, 1] {
        let path = Path::resource(33003, 0, resource);
        let told = world
            .client
            .changed(world.device_time(), path, &mut world.objects.list());
        told.expect("room for the change");
    }
    world.settle();
    world.expect(Event::SendFailed(answered(ResponseType::BadOption)));
    world.run_for(seconds(1));
    assert_eq!(sends(&world), [["/33003/0/1 = "]]);
}

/// A Send has the device's whole attention (NSTART, RFC 7252, 4.7).
#[test]
fn one_message_is_outstanding_at_a_time() {
    let mut setup = Setup::new(21);
    setup.config.notifications = Notifications::Confirmable;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.observe(LEVEL);
    world.run_for(seconds(1));
    let before = world.wire.up().count();
    press(&mut world);
    world.changed(LEVEL);
    world.client.update(world.device_time());
    assert_eq!(world.wire.up().count(), before + 1);
    world.run_for(seconds(5));
    assert_eq!((sends(&world).len(), notifications(&world)), (1, 1));
    assert_eq!(world.registration().unwrap().updates, 1);
}

/// Whether the device has registered since its events were taken last.
fn has_registered(world: &mut World) -> bool {
    let events = world.take_events();
    events
        .iter()
        .any(|event| matches!(event, Event::Registered(_)))
}
