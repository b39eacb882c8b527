//! Observations and their notifications (RFC 7641; LwM2M Core 1.1, 6.4).

mod common;

use client_lite::{Event, Operation, RegisterReason, State, storage};
use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};
use common::manual::*;
use common::*;
use demo_server::Operation as Asked;
use demo_server::format::TEXT;

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

/// LwM2M Core 1.2, 6.4.1: who would take no notice of an observation's own attributes refuses it. To cancel one, or
/// to read, nothing depends on them.
#[test]
fn attributes_of_its_own_are_refused() {
    let mut server = Manual::new(34);
    let mut request = server.observe_request(TEMPERATURE);
    request.add_option(CoapOption::UriQuery, b"pmin=10".to_vec());
    let answer = server.ask(&request);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("4.00", None));
    assert_eq!(server.measure(22.5), []);

    request.set_observe_value(1);
    request.header.message_id += 1;
    assert_eq!(code(&server.ask(&request)), "2.05");
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
    let storage = Box::leak(Box::new(<storage! { observations: 2 }>::new()));
    let mut server = Manual::of(Setup::new(13).build_in(storage));
    let first = server.observe_request(TEMPERATURE);
    server.ask(&first);
    server.observe(LEVEL);
    let request = server.observe_request("/33000/0/2");
    let answer = server.ask(&request);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    assert_eq!(server.change("/33000/0/2"), []);
    let told = notification(server.measure(22.5));
    assert_eq!(told.get_token(), first.get_token());
    // One that is there already is observed again.
    assert!(observe(&server.ask(&first)).is_some());
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
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    world.server().forget_all();
    world.update();
    world.expect_forgotten(Operation::Update);
    world.expect(Event::Registered(RegisterReason::Forgotten));
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
