//! Content that is larger than the device's messages comes in blocks (RFC 7959, 2.4), the same bytes
//! as in one piece.

mod common;

use client_lite::{
    At, Notifications, Object, ObjectDefinition, Operations, Refusal, ResourceDefinition, Storage,
    Type, Value, storage,
};
use coap_lite::{CoapOption, MessageType, Packet, RequestType};
use common::block::{block, get, joined, number, with_block, with_number};
use common::manual::{Manual, code, observe, with_accept};
use common::*;
use demo_server::format::{CBOR, LINK_FORMAT, OPAQUE, SENML_CBOR, SENML_JSON, TEXT, TLV};

const LWM2M_CBOR: u16 = 11544;

/// Object 33010: many instances with values of all lengths.
struct Archive {
    instances: u16,
    text: String,
    data: Vec<u8>,
    revision: f64,
}

impl Archive {
    fn of(instances: u16) -> Self {
        Self {
            instances,
            text: "Grüße, 世界 🌍 ".repeat(30),
            data: (0..=255).cycle().take(700).collect(),
            revision: 1.5,
        }
    }
}

impl Object for Archive {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33010,
            version: (1, 0),
            resources: &[
                ResourceDefinition::new(0, Type::Float, Operations::R),
                ResourceDefinition::new(1, Type::String, Operations::R),
                ResourceDefinition::new(2, Type::Integer, Operations::R).multiple(),
                ResourceDefinition::new(3, Type::Opaque, Operations::R),
            ],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        let id = index as u16 * 7;
        (id < self.instances * 7).then_some(id)
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        (index < usize::from(at.instance % 5)).then_some(index as u16 * 100)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        let start = usize::from(at.instance) % 40;
        Ok(match at.resource {
            0 => Value::Float(self.revision + f64::from(at.instance)),
            1 if at.instance == 0 => Value::String(&self.text),
            1 => Value::String(self.text.split(' ').nth(start % 3).unwrap()),
            2 => Value::Integer(-1_i64 << at.resource_instance.min(60)),
            _ if at.instance == 0 => Value::Opaque(&self.data),
            _ => Value::Opaque(&self.data[start..start * 2]),
        })
    }
}

fn server<const MESSAGE: usize>(instances: u16) -> Manual {
    let mut world = Setup::new(1).build_in(leak(<Storage<MESSAGE>>::new()));
    world.objects.others = vec![Box::new(Archive::of(instances))];
    Manual::of(world)
}

fn etag(packet: &Packet) -> Option<usize> {
    number(packet, CoapOption::ETag)
}

#[track_caller]
fn is_whole(answers: &[Packet], whole: &[u8], largest: usize) {
    assert_eq!(joined(answers), whole);
    let first = &answers[0];
    if answers.len() == 1 && block(first, CoapOption::Block2).is_none() {
        return;
    }
    assert_eq!(number(first, CoapOption::Size2), Some(whole.len()));
    assert!(etag(first).is_some());
    let mut offset = 0;
    for answer in answers {
        assert_eq!(code(answer), "2.05");
        let (number, more, size) = block(answer, CoapOption::Block2).expect("Block2");
        assert_eq!((etag(answer), number * size), (etag(first), offset));
        assert!(size <= largest && bytes(answer).len() <= 512);
        offset += answer.payload.len();
        assert_eq!(more, offset < whole.len());
        assert!(!more || answer.payload.len() == size);
    }
}

/// All formats, all sizes, at all levels.
#[test]
fn blocks_make_up_the_whole() {
    for (path, formats) in [
        (
            "/33010",
            &[TLV, SENML_CBOR, LINK_FORMAT, SENML_JSON, LWM2M_CBOR][..],
        ),
        (
            "/33010/0",
            &[TLV, SENML_CBOR, LINK_FORMAT, SENML_JSON, LWM2M_CBOR],
        ),
        ("/33010/28/2", &[TLV, SENML_CBOR, LINK_FORMAT]),
        (
            "/33010/0/1",
            &[TLV, SENML_CBOR, TEXT, CBOR, SENML_JSON, LWM2M_CBOR],
        ),
        (
            "/33010/0/3",
            &[TLV, SENML_CBOR, OPAQUE, CBOR, SENML_JSON, LWM2M_CBOR],
        ),
        ("/33010/7/0", &[TLV, SENML_CBOR, TEXT]),
    ] {
        let (mut small, mut large) = (server::<256>(40), server::<32_768>(40));
        for format in formats.iter().copied() {
            let whole = large.request(RequestType::Get, path);
            let whole = large.ask(&with_accept(whole, format));
            if code(&whole) == "4.06" {
                // A format that this device does not have.
                continue;
            }
            assert_eq!(code(&whole), "2.05");
            assert_eq!(block(&whole, CoapOption::Block2), None);
            for size in [None, Some(16), Some(64), Some(1024)] {
                let answers = get(&mut small, path, Some(format), size);
                is_whole(&answers, &whole.payload, size.unwrap_or(128));
            }
            // A server may ask for smaller blocks although all would fit.
            let answers = get(&mut large, path, Some(format), Some(256));
            is_whole(&answers, &whole.payload, 256);
        }
    }
}

/// The largest blocks that the message has room for.
#[test]
fn the_size_of_blocks() {
    fn largest<const MESSAGE: usize>() -> usize {
        let answers = get(&mut server::<MESSAGE>(40), "/33010", None, None);
        block(&answers[0], CoapOption::Block2).expect("a block").2
    }
    assert_eq!(largest::<1152>(), 1024);
    assert_eq!(largest::<4096>(), 1024);
    assert_eq!(largest::<1024>(), 512);
    assert_eq!(largest::<256>(), 128);
    assert_eq!(largest::<128>(), 64);
}

/// 2.4: a server that changes its mind on the way gets smaller blocks.
#[test]
fn smaller_blocks_on_the_way() {
    let mut server = server::<256>(40);
    let whole = joined(&get(&mut server, "/33010", Some(TLV), None));
    let mut body = Vec::new();
    for wish in [
        (0, false, 128),
        (2, false, 64),
        (6, false, 32),
        (14, false, 16),
    ] {
        let request = server.request(RequestType::Get, "/33010");
        let request = with_block(with_accept(request, TLV), CoapOption::Block2, wish);
        body.extend(server.ask(&request).payload);
    }
    assert_eq!(body, whole[..240]);
}

/// What changes on the way has another ETag, so that the server sees it.
#[test]
fn a_change_on_the_way_changes_the_etag() {
    let mut server = server::<256>(40);
    let ask = |server: &mut Manual, wish| {
        let request = server.request(RequestType::Get, "/33010");
        server.ask(&with_block(request, CoapOption::Block2, wish))
    };
    let first = ask(&mut server, (0, false, 128));
    let second = ask(&mut server, (1, false, 128));
    assert_eq!(etag(&first), etag(&second));
    let mut archive = Archive::of(40);
    archive.revision = 2.5;
    server.objects.others = vec![Box::new(archive)];
    let third = ask(&mut server, (2, false, 128));
    assert_ne!(etag(&first), etag(&third));
}

#[test]
fn a_block_behind_the_end() {
    let mut server = server::<256>(1);
    for wish in [(100, false, 128), ((1 << 20) - 1, false, 1024)] {
        let request = server.request(RequestType::Get, "/33010");
        let request = with_block(request, CoapOption::Block2, wish);
        assert_eq!(code(&server.ask(&request)), "4.00", "{wish:?}");
    }
}

/// 2.2: size exponent 7 is reserved; an option that is too long, or there twice, is not understood.
#[test]
fn options_that_are_wrong() {
    let mut server = server::<256>(1);
    for (values, expected) in [
        (&[&[7_u8][..]][..], "4.00"),
        (&[&[0x17]], "4.00"),
        (&[&[0, 0, 0, 0]], "4.02"),
        (&[&[0], &[0]], "4.02"),
    ] {
        for option in [CoapOption::Block1, CoapOption::Block2] {
            let mut request = server.request(RequestType::Get, "/33010");
            for value in values {
                request.add_option(option, value.to_vec());
            }
            assert_eq!(code(&server.ask(&request)), expected, "{values:?}");
        }
    }
}

/// 2.4: a block that was asked for is one also where all fits; 4: Size2 where it is asked for.
#[test]
fn small_content_in_a_block() {
    let mut server = server::<256>(1);
    let request = server.request(RequestType::Get, "/33010/0/0");
    let request = with_accept(request, TEXT);
    let answer = server.ask(&with_block(
        request.clone(),
        CoapOption::Block2,
        (0, false, 64),
    ));
    assert_eq!(block(&answer, CoapOption::Block2), Some((0, false, 64)));
    assert_eq!(answer.payload, b"1.5");
    let plain = server.ask(&request);
    assert_eq!(
        (block(&plain, CoapOption::Block2), etag(&plain)),
        (None, None)
    );

    let request = server.request(RequestType::Get, "/33010/0/1");
    let request = with_block(request, CoapOption::Block2, (1, false, 64));
    let answer = server.ask(&request);
    assert_eq!(number(&answer, CoapOption::Size2), None);
    let mut request = request;
    request.header.message_id += 1;
    let answer = server.ask(&with_number(request, CoapOption::Size2, 0));
    assert!(number(&answer, CoapOption::Size2).is_some_and(|size| size > 256));
}

/// 3.4: a notification has the first block, and the others are fetched.
#[test]
fn the_first_block_of_a_notification() {
    for notifications in [Notifications::Confirmable, Notifications::NonConfirmable] {
        let mut setup = Setup::new(2);
        setup.config.notifications = notifications;
        let mut world = setup.build_in(leak(<storage! { message_size: 256 }>::new()));
        world.objects.others = vec![Box::new(Archive::of(40))];
        let mut server = Manual::of(world);
        let token = server.observe("/33010");
        let mut archive = Archive::of(40);
        archive.revision = 3.5;
        server.objects.others = vec![Box::new(archive)];
        let said = server.change("/33010");
        let first = &said[0];
        assert_eq!((said.len(), first.get_token()), (1, &token[..]));
        assert!(observe(first).is_some());
        assert_eq!(block(first, CoapOption::Block2), Some((0, true, 128)));
        if first.header.get_type() == MessageType::Confirmable {
            server.acknowledge(first);
        }
        let all = get(&mut server, "/33010", None, Some(128));
        assert_eq!(
            (etag(&all[0]), &all[0].payload),
            (etag(first), &first.payload)
        );
        // None of that ends or renews the observation.
        let request = server.request(RequestType::Get, "/33010");
        let mut request = with_block(request, CoapOption::Block2, (1, false, 128));
        request.set_observe_value(1);
        assert_eq!(observe(&server.ask(&request)), None);
        let said = server.change("/33010");
        assert_eq!((said.len(), said[0].get_token()), (1, &token[..]));
    }
}
