//! Observations (RFC 7641), Send, and requests that wait.

mod common;

use coap_lite::{CoapOption, ContentFormat, MessageClass, MessageType};
use common::{answer, bench, notification, request, response, seconds};
use demo_server::{Config, Event, RequestType, ResponseType};

fn value(event: &Event) -> Option<u32> {
    match event {
        Event::Notification { observe, .. } => Some(*observe),
        _ => None,
    }
}

#[test]
fn a_notification_is_acknowledged_and_told() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let token = bench.observed();
    let ack = bench.ask(notification(&token, 11));
    assert_eq!(ack.header.get_type(), MessageType::Acknowledgement);
    assert_eq!(
        bench.event().to_string(),
        "device notified 11 /3303/0/5700 = 22.5"
    );
}

#[test]
fn an_older_notification_is_acknowledged_but_not_told() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let token = bench.observed();
    let mut order = |observe, pass| {
        bench.pass(seconds(pass));
        bench.ask(notification(&token, observe));
        bench.events().iter().find_map(value).is_some()
    };
    assert!(order(20, 0));
    assert!(!order(19, 1), "older");
    assert!(!order(20, 1), "the same");
    assert!(order(20 + (1 << 23) - 1, 1), "just ahead");
    assert!(order(5, 1), "wrapped around");
    assert!(!order(4, 127), "older, and not long ago");
    assert!(order(3, 129), "so late that the number does not count");
}

#[test]
fn cancelling_keeps_the_token_and_ends_the_observation() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let token = bench.observed();
    bench
        .server
        .cancel(bench.now, "device", "/3303/0/5700")
        .expect("observed");
    let get = bench.expect_sent();
    assert_eq!(get.get_token(), token);
    assert_eq!(get.get_observe_value(), Some(Ok(1)));
    // A notification that crosses the cancellation is not its answer.
    bench.ask(notification(&token, 12));
    assert_eq!(value(&bench.event()), Some(12));
    bench.deliver(&answer(&get, ResponseType::Content));
    assert!(matches!(bench.event(), Event::Response(_)));
    let reset = bench.ask(notification(&token, 13));
    assert_eq!(reset.header.get_type(), MessageType::Reset);
}

#[test]
fn a_forgotten_observation_is_reset_and_an_error_ends_one() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let token = bench.observed();
    bench
        .server
        .forget("device", "/3303/0/5700")
        .expect("observed");
    let mut late = notification(&token, 14);
    late.header.set_type(MessageType::NonConfirmable);
    assert_eq!(bench.ask(late).header.get_type(), MessageType::Reset);

    let token = bench.observed();
    let mut gone = notification(&token, 15);
    gone.header.code = response(ResponseType::NotFound);
    gone.clear_option(CoapOption::Observe);
    bench.ask(gone);
    assert!(matches!(
        bench.event(),
        Event::ObservationEnded {
            code: ResponseType::NotFound,
            ..
        }
    ));
    assert!(bench.server.observed("device").is_empty());
}

#[test]
fn registering_again_ends_observations() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let token = bench.observed();
    bench.register("ep=device&lwm2m=1.1");
    assert_eq!(
        bench.ask(notification(&token, 11)).header.get_type(),
        MessageType::Reset
    );
}

#[test]
fn send_is_for_registered_devices() {
    let mut bench = bench(Config::default());
    let send = || {
        let mut send = request(RequestType::Post, "dp", "");
        send.set_content_format(ContentFormat::ApplicationSenmlCBOR);
        send.payload = b"\x81\xA2\x00\x6C/3303/0/5700\x02\x16".to_vec();
        send
    };
    assert_eq!(
        bench.ask(send()).header.code,
        response(ResponseType::NotFound)
    );
    bench.events();
    bench.register("ep=device&lwm2m=1.1");
    assert_eq!(
        bench.ask(send()).header.code,
        response(ResponseType::Changed)
    );
    assert_eq!(bench.event().to_string(), "device sent /3303/0/5700 = 22");
}

#[test]
fn requests_to_a_sleeping_device_wait_until_it_is_heard() {
    let mut bench = bench(Config::default());
    let location = bench.register("ep=device&lwm2m=1.1&lt=3600&Q");
    bench.pass(seconds(92));
    bench
        .server
        .read(bench.now, "device", "/3/0/0", None)
        .expect("registered");
    let get = bench.expect_sent();
    bench.deliver(&answer(&get, ResponseType::Content));
    bench.events();
    bench.pass(seconds(93));
    bench
        .server
        .read(bench.now, "device", "/3/0/1", None)
        .expect("registered");
    bench.pass(seconds(600));
    assert_eq!(bench.sent(), None);
    let changed = bench.ask(request(RequestType::Post, &location, ""));
    assert_eq!(
        changed.header.code,
        response(ResponseType::Changed),
        "its answer comes first"
    );
    assert_eq!(
        bench.expect_sent().header.code,
        MessageClass::Request(RequestType::Get)
    );
}

#[test]
fn one_request_at_a_time() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    bench
        .server
        .read(bench.now, "device", "/3/0/0", None)
        .expect("registered");
    bench
        .server
        .read(bench.now, "device", "/3/0/1", None)
        .expect("registered");
    let first = bench.expect_sent();
    assert_eq!(bench.sent(), None);
    bench.deliver(&answer(&first, ResponseType::Content));
    assert_ne!(bench.expect_sent().get_token(), first.get_token());
}
