//! The codes of answers are those that LwM2M has for each operation (Transport 1.1, 6.7): a server
//! need not understand any other.

mod common;

use coap_lite::{CoapOption, Packet, RequestType};
use common::composite::names;
use common::manual::*;
use common::*;
use demo_server::format::{LINK_FORMAT, OPAQUE, SENML_CBOR, TEXT, TLV};

/// Places of each level, that are there or not, and what a server may do with them or not.
const PLACES: [&str; 17] = [
    "/0/0",
    "/0/0/5",
    "/1",
    "/1/0/6",
    "/3/0",
    "/3/0/4",
    "/3/0/11/0",
    "/9",
    "/9/0/1",
    "/3303",
    TEMPERATURE,
    "/33000/0/3",
    "/33002",
    "/33002/0",
    "/33002/0/2",
    "/33002/7",
    "/33002/7/0",
];

/// Bodies that mean something in some places, or nothing at all.
const BODIES: [(u16, &[u8]); 8] = [
    (TEXT, b"1"),
    (TEXT, b"\xff"),
    (OPAQUE, b"\x00\x01"),
    (TLV, &[0xc3, 0, b'n', b'e', b'w']),
    (TLV, &[0xc8, 0, 9]),
    (SENML_CBOR, b"\x80"),
    (SENML_CBOR, b"\x81"),
    (11543, b"{}"),
];

/// All requests of a kind are answered with these codes, and the first of them is among the answers.
#[track_caller]
fn assert_codes(what: &str, codes: &[&str], requests: impl Fn(&mut Manual) -> Vec<Packet>) {
    let mut setup = Setup::new(1);
    setup.config.can_reboot = true;
    let mut world = setup.build();
    world.objects.shelf = Some(Shelf::with(&[0]));
    let mut server = Manual::of(world);
    let mut seen = Vec::new();
    for request in requests(&mut server) {
        // What the device says of itself besides is no answer.
        let said = server.say(&request);
        let answer = said
            .iter()
            .find(|said| said.get_token() == request.get_token());
        let code = code(answer.unwrap_or_else(|| panic!("no answer to {request:?}")));
        assert!(
            codes.contains(&code.as_str()),
            "{code} to {what}: {request:?}"
        );
        seen.push(code);
        // What must not run twice is remembered so long.
        server.run_for(minutes(5));
    }
    assert!(seen.iter().any(|code| code == codes[0]), "{what}: {seen:?}");
}

fn each_place(server: &mut Manual, method: RequestType) -> Vec<Packet> {
    PLACES
        .iter()
        .map(|path| server.request(method, path))
        .collect()
}

fn with_each_body(requests: Vec<Packet>) -> Vec<Packet> {
    let with_bodies =
        |request: Packet| BODIES.map(|(format, body)| with_body(request.clone(), format, body));
    requests.into_iter().flat_map(with_bodies).collect()
}

fn has_depth(request: &Packet, depth: usize) -> bool {
    texts(request, CoapOption::UriPath).len() == depth
}

#[test]
fn read_and_observe() {
    let codes = ["2.05", "4.01", "4.04", "4.05", "4.06"];
    assert_codes("Read", &codes, |server| {
        let formats = [TEXT, OPAQUE, TLV, SENML_CBOR, 11543];
        let gets = each_place(server, RequestType::Get);
        let each = gets.into_iter().flat_map(|get| {
            let mut observe = get.clone();
            observe.set_observe_value(0);
            formats
                .map(|format| with_accept(get.clone(), format))
                .into_iter()
                .chain([get, observe])
        });
        each.collect()
    });
}

#[test]
fn discover() {
    assert_codes("Discover", &["2.05", "4.01", "4.04", "4.05"], |server| {
        let gets = each_place(server, RequestType::Get);
        gets.into_iter()
            .map(|get| with_accept(get, LINK_FORMAT))
            .collect()
    });
}

#[test]
fn write() {
    let codes = ["2.04", "4.00", "4.01", "4.04", "4.05", "4.13", "4.15"];
    assert_codes("Write", &codes, |server| {
        with_each_body(each_place(server, RequestType::Put))
    });
    assert_codes("Partial Update", &codes, |server| {
        let mut requests = each_place(server, RequestType::Post);
        requests.retain(|request| has_depth(request, 2));
        with_each_body(requests)
    });
}

#[test]
fn write_attributes() {
    let codes = ["2.04", "4.00", "4.01", "4.04", "4.05"];
    assert_codes("Write-Attributes", &codes, |server| {
        let puts = each_place(server, RequestType::Put);
        let each = puts.into_iter().flat_map(|put| {
            ["pmin=1", "gt=5", "nonsense"].map(|attribute| {
                let mut put = put.clone();
                put.add_option(CoapOption::UriQuery, attribute.into());
                put
            })
        });
        each.collect()
    });
}

#[test]
fn execute() {
    let codes = ["2.04", "4.00", "4.01", "4.04", "4.05"];
    assert_codes("Execute", &codes, |server| {
        let mut requests = each_place(server, RequestType::Post);
        requests.retain(|request| has_depth(request, 3));
        let mut move_to = server.request(RequestType::Post, "/33000/0/4");
        move_to.payload = b"nonsense".to_vec();
        requests.push(move_to);
        requests
    });
}

#[test]
fn create() {
    let codes = ["2.01", "4.00", "4.01", "4.04", "4.05", "4.15"];
    assert_codes("Create", &codes, |server| {
        let mut requests = each_place(server, RequestType::Post);
        requests.retain(|request| has_depth(request, 1));
        with_each_body(requests)
    });
}

#[test]
fn delete() {
    let codes = ["2.02", "4.00", "4.01", "4.04", "4.05"];
    assert_codes("Delete", &codes, |server| {
        each_place(server, RequestType::Delete)
    });
}

#[test]
fn composite_operations() {
    let reads = ["2.05", "4.00", "4.01", "4.04", "4.05", "4.06", "4.15"];
    assert_codes("Read-Composite", &reads, |server| {
        let fetch = server.request(RequestType::Fetch, "/");
        let names = names(&PLACES);
        let mut requests = with_each_body(vec![fetch.clone()]);
        requests.push(with_body(fetch.clone(), SENML_CBOR, &names));
        requests.push(with_accept(with_body(fetch, SENML_CBOR, &names), TEXT));
        requests
    });
    let writes = ["2.04", "4.00", "4.01", "4.04", "4.05", "4.15"];
    assert_codes("Write-Composite", &writes, |server| {
        let patch = server.request(RequestType::IPatch, "/");
        with_each_body(vec![patch])
    });
}

/// 6.7: what no code of the 4s tells of is the device's own failure.
#[test]
fn no_room_is_the_devices_failure() {
    let mut world = Setup::new(2).build();
    world.objects.shelf = Some(Shelf::with(&[0, 1, 2]));
    let mut server = Manual::of(world);
    let new = [0xc3, 0, b'n', b'e', b'w'];
    assert_eq!(server.post("/33002", TLV, &new), "5.00");
}
