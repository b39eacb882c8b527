//! Discover (LwM2M Core 1.1, 6.3.2): what is there, and the attributes that are attached to it.

mod common;

use coap_lite::{CoapOption, RequestType};
use common::manual::*;
use common::*;

/// A server whose device has the probe as well.
fn server(seed: u64) -> Manual {
    let mut server = Manual::new(seed);
    server.objects.probe = Some(Probe::default());
    server
}

#[test]
fn what_is_there_is_told_in_the_order_of_ids() {
    let mut server = server(1);
    for (path, links) in [
        ("/3", "</3>,</3/0>,</3/0/11>;dim=1,</3/0/16>"),
        ("/3/0", "</3/0>,</3/0/11>;dim=1,</3/0/16>"),
        ("/3/0/16", "</3/0/16>"),
        ("/3303", "</3303>,</3303/0>,</3303/0/5700>"),
        (
            "/33000",
            "</33000>;ver=1.2,</33000/0>,</33000/0/1>,</33000/0/2>,</33000/0/3>,</33000/0/4>,\
             </33000/0/5>,</33000/0/6>,</33000/0/7>",
        ),
    ] {
        assert_eq!(server.discover(path), links);
    }
}

/// Resource instances are told where their resource, or one of them, is asked for.
#[test]
fn resource_instances_are_told_of_a_resource() {
    let mut server = server(2);
    for (path, links) in [
        ("/3/0/11", "</3/0/11>;dim=1,</3/0/11/0>"),
        (
            "/33010/0/9",
            "</33010/0/9>;dim=2,</33010/0/9/0>,</33010/0/9/7>",
        ),
        ("/33010/0/9/7", "</33010/0/9/7>"),
    ] {
        assert_eq!(server.discover(path), links);
    }
    for path in ["/33010/0/9/1", "/33010/1/9/0", "/9/0/0/0"] {
        let request = with_accept(server.request(RequestType::Get, path), 40);
        assert_eq!(code(&server.ask(&request)), "4.04", "{path}");
    }
}

/// Each place is told with what is attached to it itself; a resource that is asked for also with
/// what it inherits.
#[test]
fn attributes_are_told_where_they_are_attached() {
    let mut server = server(3);
    for (path, attributes) in [
        ("/33010", "pmin=10&pmax=90"),
        ("/33010/0", "pmax=60"),
        ("/33010/0/9", "gt=50&lt=42.2"),
        ("/33010/0/9/7", "st=1&pmin=5"),
        ("/33000", "con=1"),
    ] {
        assert_eq!(server.write_attributes(path, attributes), "2.04", "{path}");
    }
    let resources = "</33010/0/1>,</33010/0/2>,</33010/0/3>,</33010/0/4>,</33010/0/5>,\
                     </33010/0/6>,</33010/0/7>,</33010/0/8>,</33010/0/9>;dim=2;gt=50;lt=42.2";
    for (path, links) in [
        (
            "/33010",
            format!("</33010>;pmin=10;pmax=90,</33010/0>;pmax=60,{resources}"),
        ),
        ("/33010/0", format!("</33010/0>;pmax=60,{resources}")),
        (
            "/33010/0/9",
            "</33010/0/9>;dim=2;pmin=10;pmax=60;gt=50;lt=42.2,</33010/0/9/0>,\
             </33010/0/9/7>;pmin=5;st=1"
                .into(),
        ),
        (
            "/33010/0/9/7",
            "</33010/0/9/7>;pmin=5;pmax=60;gt=50;lt=42.2;st=1".into(),
        ),
        ("/33010/0/1", "</33010/0/1>;pmin=10;pmax=60".into()),
        ("/33000/0/1", "</33000/0/1>;con=1".into()),
    ] {
        assert_eq!(server.discover(path), links);
    }
    assert!(
        server
            .discover("/33000")
            .starts_with("</33000>;ver=1.2;con=1,</33000/0>,")
    );
}

/// Numbers are told as they were written, to the last digit.
#[test]
fn numbers_are_told_exactly() {
    let mut server = server(4);
    for (gt, told) in [
        ("0.1", "0.1"),
        ("-114.25", "-114.25"),
        ("1000000", "1000000"),
        ("4.50", "4.5"),
        ("0.30000000000000004", "0.30000000000000004"),
    ] {
        let attributes = format!("gt={gt}&pmin=4294967295");
        assert_eq!(server.write_attributes(TEMPERATURE, &attributes), "2.04");
        let links = format!("<{TEMPERATURE}>;pmin=4294967295;gt={told}");
        assert_eq!(server.discover(TEMPERATURE), links);
    }
}

/// Appendix E.1: the Security object is neither there to be discovered nor named by a Register.
#[test]
fn the_security_object_is_not_told() {
    let mut server = server(5);
    for path in ["/0", "/0/0", "/0/0/0"] {
        let request = with_accept(server.request(RequestType::Get, path), 40);
        assert_eq!(code(&server.ask(&request)), "4.01", "{path}");
    }
    server.wire.clear();
    server.objects_changed();
    let update = server.wire.up().next().expect("an Update").packet();
    assert_eq!(
        update
            .get_option(CoapOption::UriPath)
            .map(|path| path.len()),
        Some(2)
    );
    assert!(!text(&update).contains("</0"), "{}", text(&update));
}
