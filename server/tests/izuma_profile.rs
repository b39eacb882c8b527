//! Izuma's profile: `aobs` attributes of the object list instead of requests to observe.

mod common;

use coap_lite::{CoapOption, MessageType, Packet};
use common::{Bench, answer, bench, notification, request, response};
use demo_server::{Config, Error, Event, RequestType, ResponseType};

const LINKS: &str = "</1/0/1>;obs,</3/0/4>,</3200/0/5501>;aobs=\"17\",</3303/0/5700>;aobs=300";

fn registered() -> (Bench, String) {
    let mut bench = bench(Config::default());
    let location = register(&mut bench, LINKS);
    (bench, location)
}

fn register(bench: &mut Bench, links: &str) -> String {
    let created = bench.ask(register_request(links));
    assert_eq!(created.header.code, response(ResponseType::Created));
    bench.events();
    let segments = created.get_option(CoapOption::LocationPath).expect("one");
    let segments = segments.iter().map(|s| String::from_utf8_lossy(s));
    segments.collect::<Vec<_>>().join("/")
}

fn register_request(links: &str) -> Packet {
    let query = "rd?ep=device&lwm2m=1.0&aid=1&iep=0123";
    request(RequestType::Post, query, links)
}

/// Whether a notification is taken.
fn takes(bench: &mut Bench, token: [u8; 2], observe: u32) -> bool {
    let told = bench.ask(notification(&token, observe)).header.get_type();
    let event = bench.events().pop();
    match (told, event) {
        (MessageType::Acknowledgement, Some(Event::Notification { .. })) => true,
        (MessageType::Reset, None) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_of_resources_stands_for_their_instances() {
    let (bench, _) = registered();
    let client = bench.server.client("device").expect("registered");
    let objects: Vec<_> = client.objects.iter().map(ToString::to_string).collect();
    assert_eq!(objects, ["/1/0", "/3/0", "/3200/0", "/3303/0"]);
    assert_eq!(client.parameters, ["aid=1", "iep=0123"]);
}

#[test]
fn what_is_listed_so_is_observed_without_a_request() {
    let (mut bench, _) = registered();
    assert_eq!(
        bench.server.observed("device"),
        ["/3200/0/5501", "/3303/0/5700"]
    );
    assert_eq!(bench.sent(), None);
    // 300 is 0x012c.
    bench.ask(notification(&[1, 0x2c], 1));
    assert_eq!(
        bench.event().to_string(),
        "device notified 1 /3303/0/5700 = 22.5"
    );
    assert!(takes(&mut bench, [0, 17], 1));
    assert!(!takes(&mut bench, [17, 0], 1), "the higher byte first");
}

#[test]
fn forgetting_rejects_until_the_next_registration() {
    let (mut bench, location) = registered();
    let path = "/3200/0/5501";
    let cancelled = bench.server.cancel(bench.now, "device", path);
    assert_eq!(cancelled, Err(Error::NotRequested(path.into())));
    bench.server.forget("device", path).expect("observed");
    assert_eq!(bench.server.observed("device"), ["/3303/0/5700"]);
    assert!(!takes(&mut bench, [0, 17], 1));

    bench.ask(request(RequestType::Post, &location, LINKS));
    bench.events();
    assert!(!takes(&mut bench, [0, 17], 2));

    register(&mut bench, LINKS);
    assert!(takes(&mut bench, [0, 17], 3));
}

#[test]
fn an_update_brings_and_ends_observations() {
    let (mut bench, location) = registered();
    assert!(takes(&mut bench, [0, 17], 9));
    let links = "</3200/0/5501>;aobs=\"17\",</3200/1/5501>;aobs=\"18\",</3303/0/5700>;obs";
    bench.ask(request(RequestType::Post, &location, links));
    bench.events();
    assert!(takes(&mut bench, [0, 18], 1));
    assert!(!takes(&mut bench, [1, 0x2c], 1));
    // The one that goes on keeps its order.
    bench.ask(notification(&[0, 17], 8));
    assert_eq!(bench.events(), []);
}

#[test]
fn a_device_at_another_address_goes_on() {
    let (mut bench, location) = registered();
    bench.peer.set_port(40_001);
    bench.ask(request(RequestType::Post, &location, ""));
    bench.events();
    assert!(takes(&mut bench, [0, 17], 1));
}

#[test]
fn a_registration_that_ends_takes_them_with_it() {
    let (mut bench, location) = registered();
    bench.ask(request(RequestType::Delete, &location, ""));
    bench.events();
    assert!(!takes(&mut bench, [0, 17], 1));
}

#[test]
fn a_request_takes_the_token_of_the_list() {
    let (mut bench, _) = registered();
    bench
        .server
        .observe(bench.now, "device", "/3200/0/5501", None)
        .expect("registered");
    let get = bench.expect_sent();
    assert_eq!(get.get_token(), [0, 17]);
    let mut content = answer(&get, ResponseType::Content);
    content.set_observe_value(4);
    bench.deliver(&content);
    bench.events();
    assert!(takes(&mut bench, [0, 17], 5));
    let cancelled = bench.server.cancel(bench.now, "device", "/3200/0/5501");
    assert!(cancelled.is_ok());
}

#[test]
fn a_list_that_makes_no_sense_is_refused() {
    for links in [
        "</3200/0/5501>;aobs=\"seventeen\"",
        "</3200/0/5501>;aobs=\"65536\"",
        "</3200/0/5501>;aobs=\"1\",</3200/1/5501>;aobs=\"1\"",
        "</3200/0/5501/1/2>;aobs=\"1\"",
        "</0/0/0>;obs",
    ] {
        let mut bench = bench(Config::default());
        let refused = bench.ask(register_request(links));
        assert_eq!(
            refused.header.code,
            response(ResponseType::BadRequest),
            "{links}"
        );
    }
}
