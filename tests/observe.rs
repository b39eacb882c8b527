//! Observations and their notifications (RFC 7641; LwM2M Core 1.1, 6.4).

mod common;

use client_lite::{Detail, Error, Event, Notifications, Operation, State, Storage, object};
use coap_lite::{MessageType, Packet, RequestType, ResponseType};
use common::manual::*;
use common::*;
use demo_server::Operation as Asked;

const LEVEL: &str = "/33000/0/1";
const TEXT: u16 = 0;

/// A device that wants each of its notifications acknowledged.
fn confirming(seed: u64) -> Setup {
    let mut setup = Setup::new(seed);
    setup.config.notifications = Notifications::Confirmable;
    setup
}

fn kind(packet: &Packet) -> MessageType {
    packet.header.get_type()
}

/// The one notification that was said.
#[track_caller]
fn notification(said: Vec<Packet>) -> Packet {
    let [notification] = said.as_slice() else {
        panic!("not one message: {said:?}");
    };
    assert_eq!(code(notification), "2.05");
    assert!(observe(notification).is_some());
    notification.clone()
}

/// Whether the one number is newer than the other (3.4).
fn is_newer(one: u32, other: u32) -> bool {
    (other < one && one - other < 1 << 23) || (other > one && other - one > 1 << 23)
}

/// 3.1, 4.1: the answer has the Observe option, the notifications its token.
#[test]
fn an_observer_is_notified() {
    let mut server = Manual::new(1);
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    let answer = server.ask(&request);
    assert_eq!((code(&answer).as_str(), text(&answer)), ("2.05", "21.5"));
    assert!(observe(&answer).is_some());

    let notification = notification(server.measure(22.5));
    assert_eq!(kind(&notification), MessageType::NonConfirmable);
    assert_eq!(notification.get_token(), request.get_token());
    assert_eq!(text(&notification), "22.5");
    assert_ne!(notification.header.message_id, answer.header.message_id);
}

/// 3.4: each notification has a newer number than all before.
#[test]
fn numbers_increase() {
    let mut server = Manual::new(2);
    let request = server.observe_request(TEMPERATURE);
    let mut newest = observe(&server.ask(&request)).expect("observed");
    for count in 0..300 {
        let number = observe(&notification(server.measure(count.into()))).expect("a number");
        assert!(is_newer(number, newest), "{number} after {newest}");
        newest = number;
    }
}

/// 4.4: also where the request comes again, as it does when its answer is lost.
#[test]
fn numbers_increase_over_a_request_that_comes_again() {
    let mut server = Manual::new(33);
    let mut request = server.observe_request(TEMPERATURE);
    let mut newest = observe(&server.ask(&request)).expect("observed");
    for message_id in [0, 0, 1] {
        for celsius in [22.0, 23.0] {
            let number = observe(&notification(server.measure(celsius))).expect("a number");
            assert!(is_newer(number, newest), "{number} after {newest}");
            newest = number;
        }
        request.header.message_id += message_id;
        let number = observe(&server.ask(&request)).expect("observed");
        assert!(is_newer(number, newest), "{number} after {newest}");
        newest = number;
    }
}

/// 4.2: a change that touches nothing observed is not told.
#[test]
fn only_what_is_observed_is_notified() {
    let mut server = Manual::new(3);
    server.observe(TEMPERATURE);
    assert_eq!(server.change("/3303/1/5700"), []);
    assert_eq!(server.change("/33000/0/2"), []);
}

/// LwM2M Core 1.1, 6.4.1: an instance or an object can be observed as well.
#[test]
fn instances_and_objects_are_observed() {
    for path in ["/33000/0", "/33000"] {
        let mut server = Manual::new(4);
        server.observe(path);
        server.objects.actuator.as_mut().unwrap().level = 8;
        let body = notification(server.change(LEVEL)).payload;
        let entries = demo_server::format::decode(path, Some(112), &body).expect("SenML");
        assert!(
            entries
                .iter()
                .any(|entry| entry.to_string() == "/33000/0/1 = 8"),
            "{entries:?}"
        );
        assert_eq!(server.measure(30.0), []);
    }
}

/// A server that writes to what it observes is told as of any other change.
#[test]
fn a_write_notifies() {
    let mut server = Manual::new(5);
    let token = server.observe(LEVEL);
    let put = with_body(server.request(RequestType::Put, LEVEL), TEXT, b"7");
    let said = server.say(&put);
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["2.04", "2.05"]);
    assert_eq!(said[1].get_token(), token);
}

/// 3.6: a GET with Observe 1 and the observation's token ends it.
#[test]
fn a_get_cancels() {
    let mut server = Manual::new(6);
    let token = server.observe(TEMPERATURE);
    let mut cancel = server.request(RequestType::Get, TEMPERATURE);
    cancel.set_token(token);
    cancel.set_observe_value(1);
    let answer = server.ask(&cancel);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    assert_eq!(server.measure(22.5), []);
}

/// 3.6: an observation is not ended by a GET without Observe.
#[test]
fn a_plain_get_does_not_cancel() {
    let mut server = Manual::new(7);
    server.observe(TEMPERATURE);
    let get = server.request(RequestType::Get, TEMPERATURE);
    assert_eq!(observe(&server.ask(&get)), None);
    notification(server.measure(22.5));
}

/// The same for one that fails, though it has the observation's token.
#[test]
fn a_failing_get_does_not_cancel() {
    let mut server = Manual::new(27);
    let token = server.observe(TEMPERATURE);
    for (path, error) in [("/9/0/0", "4.04"), ("/33000/0/3", "4.05")] {
        let mut get = server.request(RequestType::Get, path);
        get.set_token(token.clone());
        assert_eq!(code(&server.ask(&get)), error);
        assert_eq!(notification(server.measure(22.5)).get_token(), token);
    }
}

/// 2: other values of Observe have no meaning in a request, so that it is a plain GET.
#[test]
fn unknown_observe_values_are_ignored() {
    let mut server = Manual::new(8);
    let mut get = server.request(RequestType::Get, TEMPERATURE);
    get.set_observe_value(2);
    let answer = server.ask(&get);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    assert_eq!(server.measure(22.5), []);
}

/// 3.6: a Reset to a notification ends the observation, whether it is a NON or a CON.
#[test]
fn a_reset_cancels() {
    for setup in [Setup::new(9), confirming(9)] {
        let mut server = Manual::of(setup.build());
        server.observe(TEMPERATURE);
        let notification = notification(server.measure(22.5));
        assert_eq!(server.reset(&notification), []);
        assert_eq!(server.measure(23.5), []);
        server.run_for(minutes(5));
        assert_eq!(server.wire.requests(Asked::Update).len(), 0);
        server.expect_no_event();
    }
}

/// A Reset with the message id of anything else ends nothing.
#[test]
fn a_reset_to_something_else_does_not_cancel() {
    let mut server = Manual::new(10);
    let request = server.observe_request(TEMPERATURE);
    let answer = server.ask(&request);
    server.reset(&answer);
    let mut notification = notification(server.measure(22.5));
    notification.header.message_id ^= 1;
    server.reset(&notification);
    assert_eq!(server.measure(23.5).len(), 1);
}

/// 4.1: observing again with a new token takes the place of the observation before.
#[test]
fn a_new_token_replaces_the_observation() {
    let mut server = Manual::new(11);
    server.observe(TEMPERATURE);
    let token = server.observe(TEMPERATURE);
    assert_eq!(notification(server.measure(22.5)).get_token(), token);
}

/// 4.1: a token stands for one observation, the newest.
#[test]
fn a_token_used_again_replaces_the_observation() {
    let mut server = Manual::new(12);
    let token = server.observe(TEMPERATURE);
    let mut request = server.observe_request(LEVEL);
    request.set_token(token.clone());
    assert!(observe(&server.ask(&request)).is_some());
    assert_eq!(server.measure(22.5), []);
    assert_eq!(notification(server.change(LEVEL)).get_token(), token);
}

/// 4.1: without room for another observation it is a plain GET that is answered.
#[test]
fn a_full_table_answers_without_observing() {
    let storage = Box::leak(Box::new(Storage::<1152, 2, 8, 8, 64>::new()));
    let mut server = Manual::of(Setup::new(13).build_in(storage));
    let first = server.observe(TEMPERATURE);
    server.observe(LEVEL);
    let request = server.observe_request("/33000/0/2");
    let answer = server.ask(&request);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    assert_eq!(server.change("/33000/0/2"), []);
    assert_eq!(notification(server.measure(22.5)).get_token(), first);
    // One that is there already is observed again.
    server.observe(TEMPERATURE);
}

/// What cannot be read cannot be observed.
#[test]
fn an_error_observes_nothing() {
    let mut server = Manual::new(14);
    for (path, error) in [
        ("/9/0/0", "4.04"),
        ("/3303/0/1", "4.04"),
        ("/33000/0/3", "4.05"),
    ] {
        let request = server.observe_request(path);
        let answer = server.ask(&request);
        assert_eq!(
            (code(&answer).as_str(), observe(&answer)),
            (error, None),
            "{path}"
        );
        assert_eq!(server.change(path), []);
    }
    let request = with_accept(server.observe_request("/33000/0"), TEXT);
    assert_eq!(code(&server.ask(&request)), "4.06");
    assert_eq!(
        server
            .change(LEVEL)
            .iter()
            .filter(|said| observe(said).is_some())
            .count(),
        0
    );
}

/// 4.2: what is there no longer ends its observation, with the error as the last notification.
#[test]
fn a_value_that_is_gone_ends_its_observation() {
    let mut server = Manual::new(15);
    let token = server.observe(LEVEL);
    let actuator = server.objects.actuator.take();
    let said = server.change(LEVEL);
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["4.04"]);
    assert_eq!((said[0].get_token(), observe(&said[0])), (&token[..], None));
    server.objects.actuator = actuator;
    let said = server.change(LEVEL);
    assert!(
        said.iter().all(|said| said.get_token() != token),
        "{said:?}"
    );
}

/// Where notifications are confirmable, that last one is sent again until it is acknowledged.
#[test]
fn the_end_of_an_observation_is_confirmed() {
    let mut server = Manual::of(confirming(28).build());
    let token = server.observe("/33000/0/2");
    let actuator = server.objects.actuator.take();
    let said = server.change("/33000/0/2");
    let [first] = said.as_slice() else {
        panic!("not one message: {said:?}");
    };
    assert_eq!(
        (code(first).as_str(), kind(first)),
        ("4.04", MessageType::Confirmable)
    );
    assert_eq!(first.get_token(), token);

    server.wire.clear();
    server.run_for(seconds(10));
    let again: Vec<_> = server.wire.up().map(Datagram::packet).collect();
    assert_eq!(again, vec![first.clone(); again.len()]);
    assert_eq!(again.len(), 2);

    assert_eq!(server.acknowledge(first), []);
    server.objects.actuator = actuator;
    assert_eq!(server.change("/33000/0/2"), []);
    server.wire.clear();
    server.run_for(minutes(5));
    assert_eq!(server.wire.up().count(), 0);
    server.expect_no_event();
}

object! {
    #[derive(Default)]
    pub struct Growing: 33004 {
        1: text: &'static str [R],
    }
}

/// The same for a value that has become larger than the device's messages.
#[test]
fn a_value_that_does_not_fit_ends_its_observation() {
    for setup in [Setup::new(26), confirming(26)] {
        let storage = Box::leak(Box::new(Storage::<160, 4, 4, 4, 32>::new()));
        let mut server = Manual::of(setup.build_in(storage));
        server.objects.others = vec![Box::new(Growing::default())];
        let token = server.observe("/33004/0/1");
        let text = Box::leak("a".repeat(200).into_boxed_str());
        server.objects.others = vec![Box::new(Growing { text })];
        let said = server.change("/33004/0/1");
        assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["5.00"]);
        assert_eq!((said[0].get_token(), observe(&said[0])), (&token[..], None));
        server.acknowledge(&said[0]);
        assert_eq!(server.change("/33004/0/1"), []);
        server.run_for(minutes(5));
        server.expect_no_event();
        server.expect_state(State::Registered);
    }
}

/// 4.5: a server that has lost interest is found out within a day, by a CON.
#[test]
fn one_notification_a_day_is_confirmable() {
    let mut world = World::registered(16);
    world.ask(|server, now| {
        server
            .observe(now, ENDPOINT, TEMPERATURE, None)
            .map(|_| ())
            .unwrap()
    });
    world.run_for(seconds(1));
    let began = world.now;
    for count in 0..96 {
        world.run_for(hours(1));
        world.objects.temperature.celsius = count.into();
        world.changed(TEMPERATURE);
    }
    world.run_for(minutes(1));
    let told: Vec<_> = world
        .server_events
        .iter()
        .filter_map(|(at, event)| match event {
            demo_server::Event::Notification { confirmable, .. } => Some((*at, *confirmable)),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 96);
    let mut confirmed = began;
    for (at, confirmable) in &told {
        // What is sent later than that after the last one must ask again.
        assert!(at.saturating_since(confirmed) <= hours(25), "at {at:?}");
        assert!(
            *confirmable || at.saturating_since(confirmed) < hours(24) + seconds(1),
            "at {at:?}"
        );
        if *confirmable {
            confirmed = *at;
        }
    }
    assert!((3..=5).contains(&told.iter().filter(|(_, confirmable)| *confirmable).count()));
}

/// A notification that is acknowledged has been delivered; one that is not asked for it is not.
#[test]
fn acknowledged_values_are_delivered() {
    let deliveries = |server: &Manual| server.objects.actuator.as_ref().unwrap().deliveries;

    let mut server = Manual::of(confirming(17).build());
    server.observe(LEVEL);
    let notification = notification(server.change(LEVEL));
    assert_eq!(kind(&notification), MessageType::Confirmable);
    assert_eq!(deliveries(&server), 0);
    server.acknowledge(&notification);
    assert_eq!(deliveries(&server), 1);
    server.acknowledge(&notification);
    assert_eq!(deliveries(&server), 1);

    let mut server = Manual::new(17);
    server.observe(LEVEL);
    server.change(LEVEL);
    server.run_for(minutes(5));
    assert_eq!(deliveries(&server), 0);
}

/// 4.5.2: while a CON is outstanding no other notification goes out; its next transmission has the
/// newest value, a newer number and a new message id.
#[test]
fn a_retransmission_has_the_newest_value() {
    let mut server = Manual::of(confirming(18).build());
    let token = server.observe(TEMPERATURE);
    let first = notification(server.measure(22.0));
    assert_eq!(server.measure(23.0), []);
    assert_eq!(server.measure(24.0), []);
    server.wire.clear();
    server.run_for(seconds(4));
    let second = notification(server.wire.up().map(|datagram| datagram.packet()).collect());
    assert_eq!(
        (kind(&second), second.get_token()),
        (MessageType::Confirmable, &token[..])
    );
    assert_ne!(second.header.message_id, first.header.message_id);
    assert!(is_newer(
        observe(&second).unwrap(),
        observe(&first).unwrap()
    ));
    assert_ne!(second.payload, first.payload);
    assert_eq!(server.acknowledge(&second), []);
    server.wire.clear();
    server.run_for(minutes(5));
    assert_eq!(server.wire.up().count(), 0);
}

/// 4.2 of RFC 7252: without a change a retransmission is the same message.
#[test]
fn a_retransmission_of_the_same_value_is_the_same_message() {
    let mut server = Manual::of(confirming(19).build());
    server.observe(TEMPERATURE);
    let first = notification(server.measure(22.0));
    server.wire.clear();
    server.run_for(seconds(4));
    let second = notification(server.wire.up().map(|datagram| datagram.packet()).collect());
    assert_eq!(bytes(&second), bytes(&first));
    assert_eq!(server.client.counters().retransmissions, 1);
}

/// The value that has changed while its notification was on the way follows its acknowledgement.
#[test]
fn a_change_during_a_notification_follows_it() {
    let mut server = Manual::of(confirming(20).build());
    server.observe(TEMPERATURE);
    let first = notification(server.measure(22.0));
    assert_eq!(server.measure(23.0), []);
    let second = notification(server.acknowledge(&first));
    assert_ne!(second.payload, first.payload);
    assert_eq!(server.acknowledge(&second), []);
}

/// Confirmable notifications of several observations go one after the other (NSTART, RFC 7252, 4.7).
#[test]
fn confirmable_notifications_take_turns() {
    let mut server = Manual::of(confirming(21).build());
    server.observe(TEMPERATURE);
    server.observe(LEVEL);
    let first = notification(server.measure(22.0));
    assert_eq!(server.change(LEVEL), []);
    let second = notification(server.acknowledge(&first));
    assert_ne!(second.get_token(), first.get_token());
    assert_eq!(server.acknowledge(&second), []);
}

/// A value that changes at every round trip keeps neither another observer nor a Send waiting.
#[test]
fn a_restless_value_starves_nobody() {
    let mut server = Manual::of(confirming(29).build());
    let restless = server.observe(TEMPERATURE);
    let other = server.observe("/33000/0/2");
    let mut said = server.measure(0.0);
    server.change("/33000/0/2");
    server.change("/3200/0/5501");
    let mut sends = 0;
    let mut tokens = Vec::new();
    for count in 1..8 {
        let message = said.pop().expect("a message");
        assert_eq!(server.measure(count.into()), []);
        said = if operation(&message) == Some(Asked::Send) {
            sends += 1;
            server.say(&answer(&message, ResponseType::Changed))
        } else {
            tokens.push(message.get_token().to_vec());
            server.acknowledge(&message)
        };
        assert_eq!(said.len(), 1, "{said:?}");
    }
    assert_eq!(sends, 1);
    assert_eq!(tokens.iter().filter(|token| **token == other).count(), 1);
    assert_eq!(tokens.iter().filter(|token| **token == restless).count(), 5);
}

/// A server that does not acknowledge is asked by an Update whether it is there; the value waits.
#[test]
fn an_unacknowledged_value_is_told_later() {
    let mut setup = confirming(22);
    setup.server.timing.max_retransmit = 1;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered);
    world.ask(|server, now| {
        server
            .observe(now, ENDPOINT, TEMPERATURE, None)
            .map(|_| ())
            .unwrap()
    });
    world.run_for(seconds(1));
    world.server_events.clear();
    world.link.cut();
    world.objects.temperature.celsius = 22.5;
    world.changed(TEMPERATURE);
    // No answer to the notification, and none to the Update that it leads to.
    world.expect_error(Operation::Update, Error::NetworkError, Detail::NoAnswer);
    world.objects.temperature.celsius = 23.5;
    world.changed(TEMPERATURE);
    world.link.mend();
    world.expect(Event::Updated);
    world.run_for(seconds(10));
    let told: Vec<_> = world
        .server_events
        .iter()
        .filter(|(_, event)| matches!(event, demo_server::Event::Notification { .. }))
        .map(|(_, event)| event.to_string())
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("/3303/0/5700 = 23.5"), "{told:?}");
    world.expect_no_event();
    world.expect_state(State::Registered);
}

/// A server that answers Updates and acknowledges no notification has lost its interest: the second
/// that it leaves unacknowledged is the last (4.5).
#[test]
fn an_observer_that_never_acknowledges_is_given_up() {
    let mut server = Manual::of(confirming(30).build());
    server.observe(TEMPERATURE);
    server.wire.clear();
    server.measure(22.5);
    server.expect(Event::Updated);
    server.expect(Event::ObservationLost(TEMPERATURE.parse().expect("a path")));
    server.expect(Event::Updated);
    assert_eq!(server.measure(23.5), []);
    server.run_for(hours(23));
    // Two notifications of five transmissions each, and an Update after each.
    assert_eq!(server.wire.up().count(), 12);
    server.expect_no_event();
    server.expect_state(State::Registered);
}

/// One notification that is acknowledged shows that the server is interested still.
#[test]
fn an_observer_that_acknowledges_now_and_then_is_kept() {
    let mut server = Manual::of(confirming(31).build());
    server.observe(TEMPERATURE);
    for count in 0..5 {
        server.wire.clear();
        server.measure(count.into());
        server.expect(Event::Updated);
        server.run_for(seconds(1));
        let newest = server.wire.up().last().expect("a notification").packet();
        assert!(observe(&newest).is_some(), "{newest:?}");
        assert_eq!(server.acknowledge(&newest), []);
    }
    server.run_for(hours(1));
    server.expect_no_event();
}

/// A halt is no end of the registration, nor of its observations.
#[test]
fn observations_outlive_a_halt() {
    for (halt, refused, code) in [
        (
            World::update as fn(&mut World),
            Asked::Update,
            ResponseType::Forbidden,
        ),
        (
            World::close,
            Asked::Deregister,
            ResponseType::InternalServerError,
        ),
    ] {
        let mut server = Manual::new(32);
        let token = server.observe(TEMPERATURE);
        server.stand_in(Peer::answering(move |request| {
            match operation(request) == Some(refused) {
                true => Some(answer(request, code)),
                false => willing(request),
            }
        }));
        halt(&mut server);
        server.run_for(seconds(1));
        server.expect_state(State::Halted);
        server.take_events();
        assert_eq!(server.measure(22.5), []);

        server.stand_down();
        server.update();
        server.expect(Event::Updated);
        server.run_for(seconds(1));
        let newest = server.wire.up().last().expect("a notification").packet();
        assert_eq!(
            (newest.get_token(), observe(&newest).is_some()),
            (&token[..], true)
        );
        assert_eq!(notification(server.measure(23.5)).get_token(), token);
        assert_eq!(server.wire.requests(Asked::Register).len(), 0);
    }
}

/// The same where the server has forgotten the device meanwhile: it registers, and the observation
/// is the server's to make again (LwM2M Core 1.1, 6.4.1).
#[test]
fn observations_end_with_the_registration() {
    let mut world = World::registered(23);
    world.ask(|server, now| {
        server
            .observe(now, ENDPOINT, TEMPERATURE, None)
            .map(|_| ())
            .unwrap()
    });
    world.run_for(seconds(1));
    world.server().forget_all();
    world.update();
    world.expect_error(
        Operation::Update,
        Error::NotRegistered,
        Detail::Answer(0x84),
    );
    world.expect(Event::Registered);
    world.run_for(seconds(1));
    let before = world.client.counters().notifications;
    world.changed(TEMPERATURE);
    assert_eq!(world.client.counters().notifications, before);
}

/// Nothing is notified that the registration does not cover any longer.
#[test]
fn nothing_is_notified_without_a_registration() {
    let mut server = Manual::new(24);
    server.observe(TEMPERATURE);
    server.close();
    server.expect(Event::Deregistered);
    assert_eq!(server.measure(22.5), []);
}

/// Of several changes before a notification can go, the last is told.
#[test]
fn changes_fold_while_the_network_is_dropped() {
    let mut server = Manual::new(25);
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    server.ask(&request);
    server.pause();
    for count in 0..5 {
        assert_eq!(server.measure(count.into()), []);
    }
    server.wire.clear();
    server.resume();
    server.run_for(seconds(1));
    let told = notification(server.wire.up().map(|datagram| datagram.packet()).collect());
    assert_eq!(text(&told), "4");
}
