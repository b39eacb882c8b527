//! Register, Update, De-register, and lifetimes that end.

mod common;

use coap_lite::{CoapOption, MessageType};
use common::{OBJECTS, bench, request, response, seconds};
use demo_server::{Config, Error, Event, Operation, RequestType, ResponseType, Segment};

#[test]
fn a_registration_says_all_about_the_device() {
    let mut bench = bench(Config::default());
    let location = bench.register("ep=device&lt=60&lwm2m=1.1&b=U&Q");
    let client = bench.server.client("device").expect("registered");
    assert_eq!(client.location.join("/"), location);
    assert_eq!((client.lifetime, client.expires), (60, Some(seconds(60))));
    assert!(client.queue);
    assert_eq!(client.content_formats, [11542, 112]);
    let objects: Vec<_> = client.objects.iter().map(ToString::to_string).collect();
    assert_eq!(objects, ["/1/0", "/3/0", "/3303", "/3303/0"]);
    assert_eq!(client.objects[2].version.as_deref(), Some("1.1"));
}

#[test]
fn version_1_0_puts_queue_mode_into_the_binding_and_has_a_default_lifetime() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.0&b=UQ");
    let client = bench.server.client("device").expect("registered");
    assert!(client.queue);
    assert_eq!(client.lifetime, 86_400);
}

#[test]
fn an_update_renews_the_lifetime_and_replaces_the_object_list() {
    let mut bench = bench(Config::default());
    let location = bench.register("ep=device&lt=60&lwm2m=1.1");
    bench.pass(seconds(59));
    let changed = bench.ask(request(RequestType::Post, &location, "</1/0>,</3/0>"));
    assert_eq!(changed.header.code, response(ResponseType::Changed));
    bench.pass(seconds(59));
    let client = bench.server.client("device").expect("registered");
    assert_eq!((client.objects.len(), client.updates), (2, 1));
}

#[test]
fn a_lifetime_without_an_update_ends_the_registration() {
    let mut bench = bench(Config::default());
    let location = bench.register("ep=device&lt=60&lwm2m=1.1");
    assert_eq!(bench.server.poll_timeout(), Some(seconds(60)));
    bench.pass(seconds(60));
    assert_eq!(
        bench.event(),
        Event::Expired {
            endpoint: "device".into()
        }
    );
    let update = bench.ask(request(RequestType::Post, &location, ""));
    assert_eq!(update.header.code, response(ResponseType::NotFound));
    let read = bench.server.read(bench.now, "device", "/3/0", None);
    assert_eq!(read, Err(Error::NotRegistered("device".into())));
}

#[test]
fn deregistering_forgets_the_device() {
    let mut bench = bench(Config::default());
    let location = bench.register("ep=device&lwm2m=1.1");
    let deleted = bench.ask(request(RequestType::Delete, &location, ""));
    assert_eq!(deleted.header.code, response(ResponseType::Deleted));
    assert_eq!(bench.server.clients().count(), 0);
    let again = bench.ask(request(RequestType::Delete, &location, ""));
    assert_eq!(again.header.code, response(ResponseType::NotFound));
}

#[test]
fn registering_again_replaces_the_location() {
    let mut bench = bench(Config::default());
    let first = bench.register("ep=device&lwm2m=1.1");
    let second = bench.register("ep=device&lwm2m=1.1");
    assert_ne!(first, second);
    let update = bench.ask(request(RequestType::Post, &first, ""));
    assert_eq!(update.header.code, response(ResponseType::NotFound));
    assert_eq!(
        bench.server.client("device").expect("registered").registers,
        2
    );
}

#[test]
fn a_location_has_the_segments_that_were_asked_for() {
    let location = ["a", "b", "c", "d"]
        .map(|text| Segment::Fixed(text.into()))
        .into_iter();
    let location = location.chain([Segment::Random(6)]).collect();
    let mut bench = bench(Config {
        location,
        ..Config::default()
    });
    let location = bench.register("ep=device&lwm2m=1.1");
    assert_eq!(location.split('/').count(), 5);
    let changed = bench.ask(request(RequestType::Post, &location, ""));
    assert_eq!(changed.header.code, response(ResponseType::Changed));
}

#[test]
fn what_is_wrong_is_refused_and_said() {
    let links = OBJECTS;
    for (query, links, code) in [
        ("lwm2m=1.1", links, ResponseType::BadRequest),
        ("ep=device", links, ResponseType::BadRequest),
        (
            "ep=device&lwm2m=1.1&lt=soon",
            links,
            ResponseType::BadRequest,
        ),
        ("ep=device&lwm2m=1.1&b=UQ", links, ResponseType::BadRequest),
        ("ep=device&lwm2m=1.1", "", ResponseType::BadRequest),
        ("ep=device&lwm2m=1.1", "not links", ResponseType::BadRequest),
        ("ep=device&lwm2m=1.1", "</3/0/1>", ResponseType::BadRequest),
        ("ep=device&lwm2m=1.1", "</0/0>", ResponseType::BadRequest),
        (
            "ep=device&lwm2m=7.0",
            links,
            ResponseType::PreconditionFailed,
        ),
    ] {
        let mut bench = bench(Config::default());
        let refused = bench.ask(request(RequestType::Post, &format!("rd?{query}"), links));
        assert_eq!(refused.header.code, response(code), "{query} {links}");
        assert!(!refused.payload.is_empty());
        assert!(matches!(bench.event(), Event::Refused { code: Some(c), .. } if c == code));
    }
}

#[test]
fn a_lone_quotation_mark_in_the_object_list_is_harmless() {
    let mut bench = bench(Config::default());
    let query = "rd?ep=device&lwm2m=1.1";
    let created = bench.ask(request(RequestType::Post, query, "</3>;ver=\",</3/0>;ver"));
    assert_eq!(created.header.code, response(ResponseType::Created));
}

#[test]
fn faults_last_until_they_are_allowed() {
    let mut bench = bench(Config::default());
    let register = || request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS);
    bench.server.refuse(
        Operation::Register,
        ResponseType::ServiceUnavailable,
        Some(30),
    );
    let refused = bench.ask(register());
    assert_eq!(
        refused.header.code,
        response(ResponseType::ServiceUnavailable)
    );
    assert_eq!(
        refused.get_first_option(CoapOption::MaxAge),
        Some(&vec![30])
    );
    bench.server.reset(Operation::Register);
    assert_eq!(bench.ask(register()).header.get_type(), MessageType::Reset);
    bench.server.malformed(Operation::Register);
    let malformed = bench.ask(register());
    assert_eq!(malformed.header.code, response(ResponseType::Created));
    assert_eq!(malformed.get_option(CoapOption::LocationPath), None);
    bench.server.allow(Operation::Register);
    assert_eq!(bench.server.clients().count(), 0);
    assert_eq!(
        bench.ask(register()).header.code,
        response(ResponseType::Created)
    );
    bench.server.forget_all();
    assert_eq!(bench.server.clients().count(), 0);
}
