//! Paths that break the rules of the data model (LwM2M Transport 1.2, 6.4.4): 4.05 for every
//! operation, since there can be no such place.

mod common;

use coap_lite::{CoapOption, RequestType};
use common::manual::*;
use common::*;
use demo_server::format::{LINK_FORMAT, TEXT};

const METHODS: [RequestType; 4] = [
    RequestType::Get,
    RequestType::Put,
    RequestType::Post,
    RequestType::Delete,
];

#[track_caller]
fn is_impossible(server: &mut Manual, path: &str) {
    for method in METHODS {
        let mut request = server.request(method, path);
        if method == RequestType::Put {
            request = with_body(request, TEXT, b"1");
        }
        assert_eq!(code(&server.ask(&request)), "4.05", "{method:?} {path}");
    }
    assert_eq!(server.discover(path), "4.05", "Discover {path}");
    assert_eq!(server.write_attributes(path, "pmin=1"), "4.05", "{path}");
    let request = server.observe_request(path);
    let answer = server.ask(&request);
    assert_eq!((code(&answer).as_str(), observe(&answer)), ("4.05", None));
}

#[test]
fn a_resource_instance_of_a_single_resource() {
    let mut server = Manual::new(0x6501);
    for path in [
        "/3303/0/5700/0",
        "/33000/0/1/0",
        "/33000/0/1/7",
        "/33000/0/3/0",
        "/33000/0/4/0",
        "/3/0/16/0",
        "/1/0/1/0",
    ] {
        is_impossible(&mut server, path);
    }
    assert_eq!(server.objects.actuator.as_ref().unwrap().executions, 0);
}

/// 65535 stands for no id.
#[test]
fn the_last_id() {
    let mut server = Manual::new(0x6502);
    for path in ["/65535", "/3303/65535", "/3303/0/65535", "/3/0/11/65535"] {
        is_impossible(&mut server, path);
    }
    for path in ["/65534", "/3303/65534", "/3303/0/65534"] {
        let request = with_accept(server.request(RequestType::Get, path), LINK_FORMAT);
        assert_eq!(code(&server.ask(&request)), "4.04", "{path}");
    }
}

/// Of a multiple resource an instance that is not there is not found.
#[test]
fn an_instance_that_could_be_there() {
    let mut world = Setup::new(0x6503).build();
    world.objects.shelf = Some(Shelf::with(&[0]));
    let mut server = Manual::of(world);
    assert_eq!(server.lines("/33002/0/2/1"), ["/33002/0/2/1 = 11"]);
    for path in ["/33002/0/2/9", "/33002/9/2/0"] {
        assert_eq!(server.lines(path), ["4.04"]);
        let mut request = server.request(RequestType::Get, path);
        request.add_option(CoapOption::Observe, vec![]);
        assert_eq!(code(&server.ask(&request)), "4.04");
    }
}

/// A segment is one id: what stands for several, or for an id and a separator, is none.
#[test]
fn a_segment_that_is_no_id() {
    let mut server = Manual::new(0x6504);
    for segment in ["/3", "3/", "3/0", "03", "+3", "3 ", "x"] {
        let mut request = server.request(RequestType::Get, "/");
        request.add_option(CoapOption::UriPath, segment.into());
        request = with_accept(request, LINK_FORMAT);
        assert_eq!(code(&server.ask(&request)), "4.04", "{segment}");
    }
}
