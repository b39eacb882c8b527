//! Notifications that are to be acknowledged (RFC 7641, 3.5, 4.5): what goes out again, what waits, and
//! when an observer is given up.

mod common;

use client_lite::{Detail, Error, Event, Operation, RegisterReason, State};
use coap_lite::{MessageType, ResponseType};
use common::manual::*;
use common::*;
use demo_server::Operation as Asked;

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

/// 4.5: a server that has lost interest is found out within a day, by a CON.
#[test]
fn one_notification_a_day_is_confirmable() {
    let mut world = World::registered(16);
    world.observe(TEMPERATURE);
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
    world.expect(Event::Registered(RegisterReason::First));
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    world.server_events.clear();
    world.link.cut();
    world.objects.temperature.celsius = 22.5;
    world.changed(TEMPERATURE);
    // No answer to the notification, and none to the Update that it leads to.
    world.expect_error(Operation::Update, Error::NetworkError, Detail::NoResponse);
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
