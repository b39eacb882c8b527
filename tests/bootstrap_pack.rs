//! Bootstrap-Pack (LwM2M Core 1.2, 6.1.7.7): all that the bootstrap server would write, in one response.
#![cfg(feature = "bootstrap-pack")]

mod common;

use client_lite::{Account, Event, Object, RegisterReason, State, storage};
use coap_lite::{CoapOption, MessageClass, Packet, RequestType, ResponseType};
use common::bootstrap::{instance_of, security};
use common::manual::{code, willing, with_body};
use common::*;
use demo_server::format::{self, SENML_CBOR, TEXT, Value};
use demo_server::{BootstrapOperation, Content};

#[test]
fn one_exchange_is_enough() {
    let mut world = world(1, pack(&[account(1)]));
    registers(&mut world);
    let [asked, answer, register, ..] = &*messages(&world) else {
        panic!("a request, its response, and a Register");
    };
    assert_eq!(code(asked), "0.01");
    assert_eq!(texts(asked, CoapOption::UriPath), ["bspack"]);
    assert_eq!(queries(asked), ["ep=device"]);
    assert_eq!(format(asked, CoapOption::Accept), Some(SENML_CBOR.into()));
    assert_eq!(code(answer), "2.05");
    assert_eq!(texts(register, CoapOption::UriPath), ["rd"]);
}

/// The demo server's, in blocks of 1024 bytes.
#[test]
fn a_pack_that_is_larger_than_a_message() {
    let mut setup = setup(2);
    setup.server.bootstrap_packs = true;
    // What the device does not have is passed over.
    let unknown = (10..20).map(|id| text(id, &"unknown ".repeat(12)));
    let mut parts = account(1);
    parts.push((
        "/33002/2".to_owned(),
        unknown.chain([text(0, "new")]).collect(),
    ));
    let operations = operations(parts);
    setup.server.bootstrap.insert(ENDPOINT.into(), operations);
    let storage = <storage! { body_size: 4096 }>::new();
    let mut world = setup.build_in(leak(storage));
    world.objects.shelf = Some(Shelf::with(&[]));
    registers(&mut world);
    let blocks: Vec<_> = messages(&world)
        .iter()
        .filter(|message| code(message) == "0.01")
        .map(|message| format(message, CoapOption::Block2))
        .collect();
    assert_eq!(blocks, [None, Some(1 << 4 | 6)]);
}

/// What is not in the pack stays.
#[test]
fn the_instances_of_its_objects_are_replaced() {
    let label = |id, label: &str| (format!("/33002/{id}"), vec![text(0, label)]);
    let parts = [account(1), vec![label(7, "new")]];
    let mut world = world(3, pack(&parts));
    world.objects.shelf = Some(Shelf::with(&[0, 1]));
    registers(&mut world);
    let shelf = world.objects.shelf.as_ref().expect("a shelf");
    let ids: Vec<_> = (0..).map_while(|index| shelf.instance(index)).collect();
    assert_eq!(ids, [7]);
}

#[test]
fn any_error_is_followed_by_a_bootstrap_request() {
    let cases: [(&str, Respond); 9] = [
        ("an error", |request| {
            Some(answer(request, ResponseType::NotFound))
        }),
        ("another code", |request| {
            Some(answer(request, ResponseType::Changed))
        }),
        ("another format", |request| {
            let content = answer(request, ResponseType::Content);
            Some(with_body(content, TEXT, b"pack"))
        }),
        ("no SenML", |request| {
            let content = answer(request, ResponseType::Content);
            Some(with_body(content, SENML_CBOR, b"\x81\x01"))
        }),
        ("nothing in it", |request| {
            let content = answer(request, ResponseType::Content);
            Some(with_body(content, SENML_CBOR, b"\x80"))
        }),
        ("half an account", |request| {
            let half = account(1).split_off(1);
            pack(&[half])(request)
        }),
        ("an object that is not there", |request| {
            let other = vec![("/9/0".to_owned(), vec![text(0, "x")])];
            pack(&[account(1), other])(request)
        }),
        ("half an account before others", |request| {
            let half = account(1).split_off(1);
            let label = vec![("/33002/0".to_owned(), vec![text(0, "new")])];
            pack(&[half, label])(request)
        }),
        ("an option that is not known", |request| {
            let mut content = pack(&[account(1)])(request)?;
            content.add_option(CoapOption::Unknown(65001), vec![1]);
            Some(content)
        }),
    ];
    for (case, respond) in cases {
        let mut world = world(4, respond);
        world.objects.shelf = Some(Shelf::with(&[0, 1]));
        world.run_for(seconds(1));
        assert_eq!(asked(&world), ["bspack", "bs"], "{case}");
        let shelf = world.objects.shelf.as_ref().expect("a shelf");
        assert_eq!(shelf.cases.len(), 2, "{case}");
        world.expect_state(State::Bootstrapping);
        world.expect_no_event();
    }
}

/// What a block is not is no part of the pack.
#[test]
fn blocks_that_do_not_fit_together_are_an_error() {
    // Number and whether more follow, of the second response, and its bytes.
    for (number, more, length) in [(2, false, 10), (0, false, 10), (1, true, 10), (1, true, 0)] {
        let respond = move |request: &Packet| {
            let asked = format(request, CoapOption::Block2);
            let (number, more, length) = match asked {
                None => (0, true, 16),
                Some(_) => (number, more, length),
            };
            let mut content = answer(request, ResponseType::Content);
            let value = number << 4 | u8::from(more) << 3;
            content.add_option(CoapOption::Block2, vec![value]);
            Some(with_body(content, SENML_CBOR, &vec![0; length]))
        };
        let mut world = world(5, respond);
        world.run_for(seconds(1));
        assert_eq!(
            asked(&world).last().expect("a request"),
            "bs",
            "{number} {more}"
        );
    }
}

/// More than the memory for bodies.
#[test]
fn a_pack_without_an_end_is_given_up() {
    let respond = |request: &Packet| {
        let number = format(request, CoapOption::Block2).unwrap_or(6) >> 4;
        let mut content = answer(request, ResponseType::Content);
        let value = (number << 4) as u16 | 8 | 6;
        content.add_option(CoapOption::Block2, value.to_be_bytes().to_vec());
        Some(with_body(content, SENML_CBOR, &[0; 1024]))
    };
    let mut world = world(6, respond);
    world.run_for(seconds(1));
    assert_eq!(asked(&world).last().expect("a request"), "bs");
}

/// An account in force is not lost with a pack that fails.
#[test]
fn an_account_stays_where_a_later_pack_fails() {
    let mut setup = setup(7);
    setup.server.bootstrap_packs = true;
    let operations = operations(account(1));
    setup.server.bootstrap.insert(ENDPOINT.into(), operations);
    let mut world = setup.build();
    registers(&mut world);
    world.close();
    world.expect(Event::Deregistered);
    // Its Security instance alone.
    let half = account(2).split_off(1);
    world.peer = Peer::answering(move |request| {
        let path = texts(request, CoapOption::UriPath).concat();
        match path.as_str() {
            "bspack" => pack(std::slice::from_ref(&half))(request),
            "bs" => Some(answer(request, ResponseType::BadRequest)),
            _ => willing(request),
        }
    });
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
}

/// The server's response to a request.
type Respond = fn(&Packet) -> Option<Packet>;

type Part = (String, Vec<(u16, Value)>);

/// The two instances of an account.
fn account(instance: u16) -> Vec<Part> {
    vec![
        (format!("/0/{instance}"), security("coap://server", 101)),
        (format!("/1/{instance}"), instance_of(101, 600)),
    ]
}

/// What a demo server writes.
fn operations(parts: Vec<Part>) -> Vec<BootstrapOperation> {
    let parts = parts.into_iter();
    parts
        .map(|(path, resources)| BootstrapOperation::write(&path, Content::Resources(resources)))
        .collect()
}

/// A server that responds with a pack of these, and is willing otherwise.
fn pack(parts: &[Vec<Part>]) -> impl FnMut(&Packet) -> Option<Packet> + use<> {
    let records: Vec<_> = parts.concat().iter().map(records).collect();
    let count = records.iter().map(|(count, _)| count).sum::<u8>();
    assert!(count < 24);
    let bodies: Vec<u8> = records.into_iter().flat_map(|(_, body)| body).collect();
    let body = [vec![0x80 | count], bodies].concat();
    move |request| {
        let content = answer(request, ResponseType::Content);
        Some(with_body(content, SENML_CBOR, &body))
    }
}

/// How many records of SenML-CBOR an instance has, and these without the array's head.
fn records((path, resources): &Part) -> (u8, Vec<u8>) {
    let body = format::encode(SENML_CBOR, path, resources).expect("encodes");
    (body[0] & 0x1f, body[1..].to_vec())
}

fn text(id: u16, text: &str) -> (u16, Value) {
    (id, Value::Text(text.into()))
}

fn setup(seed: u64) -> Setup {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    setup.config.bootstrap_pack = true;
    setup
}

/// A device whose bootstrap server responds so to Bootstrap-Pack-Request, and acknowledges what else it
/// asks.
fn world(seed: u64, mut respond: impl FnMut(&Packet) -> Option<Packet> + 'static) -> World {
    let mut world = setup(seed).build();
    world.peer = Peer::answering(move |request| {
        let is_get = request.header.code == MessageClass::Request(RequestType::Get);
        match is_get {
            true => respond(request),
            false => willing(request),
        }
    });
    world.register();
    world
}

#[track_caller]
fn registers(world: &mut World) {
    if world.client.state() == State::Idle {
        world.register();
    }
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// The paths of the device's requests.
fn asked(world: &World) -> Vec<String> {
    let requests = messages(world).into_iter();
    requests
        .filter(|message| matches!(message.header.code, MessageClass::Request(_)))
        .map(|request| texts(&request, CoapOption::UriPath).concat())
        .collect()
}

/// All that went either way.
fn messages(world: &World) -> Vec<Packet> {
    let datagrams = world.wire.datagrams.iter();
    datagrams.map(|datagram| datagram.packet()).collect()
}

fn format(message: &Packet, option: CoapOption) -> Option<u32> {
    let value = message.get_first_option(option)?;
    Some(
        value
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)),
    )
}
