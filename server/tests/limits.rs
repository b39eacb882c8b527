//! A server that many devices, or one that pretends to be many, speak to: its memory has limits, and
//! those who are there already do not suffer.

mod common;

use std::net::SocketAddr;

use coap_lite::CoapOption;
use common::{Bench, OBJECTS, bench, request, response, seconds};
use demo_server::{BootstrapOperation, Config, Event, RequestType, ResponseType};

fn full() -> (Bench, Vec<String>) {
    let mut bench = bench(Config {
        registrations: 3,
        ..Config::default()
    });
    let locations = ["a", "b", "c"].map(|name| bench.register(&query(name)));
    (bench, locations.into())
}

fn query(name: &str) -> String {
    format!("ep={name}&lwm2m=1.1&lt=60")
}

fn register(bench: &mut Bench, name: &str) -> ResponseType {
    let uri = format!("rd?{}", query(name));
    let answer = bench.ask(request(RequestType::Post, &uri, OBJECTS));
    match answer.header.code {
        coap_lite::MessageClass::Response(code) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_registration_too_many_is_answered_5_03() {
    let (mut bench, _) = full();
    assert_eq!(register(&mut bench, "d"), ResponseType::ServiceUnavailable);
    assert!(bench.server.client("d").is_none());
    let refused = bench.event().to_string();
    assert!(refused.contains("3 clients are registered"), "{refused}");
}

#[test]
fn those_who_are_registered_update_and_register_again() {
    let (mut bench, locations) = full();
    bench.pass(seconds(59));
    let update = bench.ask(request(RequestType::Post, &locations[0], ""));
    assert_eq!(update.header.code, response(ResponseType::Changed));
    assert_eq!(register(&mut bench, "b"), ResponseType::Created);
    assert_eq!(bench.server.clients().count(), 3);
}

#[test]
fn those_who_leave_make_room() {
    let (mut bench, locations) = full();
    bench.ask(request(RequestType::Delete, &locations[0], ""));
    assert_eq!(register(&mut bench, "d"), ResponseType::Created);
    assert_eq!(register(&mut bench, "e"), ResponseType::ServiceUnavailable);
    bench.now += seconds(60);
    // Nobody has called `handle_timeout` since.
    assert_eq!(register(&mut bench, "e"), ResponseType::Created);
}

#[test]
fn ten_thousand_fit_by_default() {
    let mut bench = bench(Config::default());
    for number in 0..10_000 {
        assert_eq!(
            register(&mut bench, &number.to_string()),
            ResponseType::Created
        );
    }
    assert_eq!(register(&mut bench, "x"), ResponseType::ServiceUnavailable);
}

#[test]
fn bootstraps_under_way_have_the_same_limit() {
    let mut config = Config {
        registrations: 2,
        ..Config::default()
    };
    config
        .bootstrap
        .insert("a".into(), vec![BootstrapOperation::delete("/")]);
    let mut bench = bench(config);
    let begin = |bench: &mut Bench, port| {
        bench.peer = SocketAddr::from(([192, 0, 2, 1], port));
        let answer = bench.ask(request(RequestType::Post, "bs?ep=a", ""));
        while bench.server.poll_transmit().is_some() {}
        answer.header.code
    };
    assert_eq!(begin(&mut bench, 1), response(ResponseType::Changed));
    assert_eq!(begin(&mut bench, 2), response(ResponseType::Changed));
    // The same client may begin anew.
    assert_eq!(begin(&mut bench, 2), response(ResponseType::Changed));
    let unavailable = response(ResponseType::ServiceUnavailable);
    assert_eq!(begin(&mut bench, 3), unavailable);
    bench.events();
    // Those who do not answer are given up after MAX_TRANSMIT_WAIT.
    for _ in 0..100 {
        bench.pass(seconds(1));
        while bench.server.poll_transmit().is_some() {}
    }
    let given_up = |event: &Event| matches!(event, Event::BootstrapFailed { code: None, .. });
    assert_eq!(bench.events().into_iter().filter(given_up).count(), 2);
    assert_eq!(begin(&mut bench, 3), response(ResponseType::Changed));
}

#[test]
fn an_option_longer_than_coap_allows_is_refused() {
    let mut bench = bench(Config::default());
    for (length, code) in [(252, ResponseType::Created), (253, ResponseType::BadOption)] {
        let mut register = request(RequestType::Post, "rd?lwm2m=1.1", OBJECTS);
        let name = format!("ep={}", "x".repeat(length));
        register.add_option(CoapOption::UriQuery, name.into());
        assert_eq!(bench.ask(register).header.code, response(code));
    }
}
