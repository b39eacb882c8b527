//! Whatever a device calls itself and says: what is shown for people stays in its line, and steers no
//! terminal.

mod common;

use coap_lite::{CoapOption, ContentFormat, Packet};
use common::{OBJECTS, answer, bench, request};
use demo_server::format::{LINK_FORMAT, OPAQUE, SENML_CBOR, TEXT, TLV};
use demo_server::{Config, Error, Event, RequestType, ResponseType};

/// An erased line and a forged one.
const HOSTILE: &str = "\u{1b}[2K\n  0.000 forged registered\u{202e}\u{9b}31m";

fn steers_nothing(shown: &str) {
    let steers = |c: char| c.is_control() || c == '\u{202e}';
    assert!(!shown.contains(steers), "{shown:?}");
}

fn is_one_line(shown: &str) {
    steers_nothing(shown);
    assert!(shown.contains(r"\n  0.000 forged"), "{shown}");
}

#[test]
fn an_endpoint_name() {
    let mut bench = bench(Config::default());
    let location = bench.register(&format!("ep={HOSTILE}&lwm2m=1.1&lt=60"));
    let update = request(RequestType::Post, &location, "");
    bench.ask(update);
    is_one_line(&bench.event().to_string());
    let read = bench.server.read(bench.now, HOSTILE, "/3/0", None);
    read.expect("registered");
    let get = bench.expect_sent();
    bench.deliver(&answer(&get, ResponseType::NotFound));
    is_one_line(&bench.event().to_string());
    bench.pass(common::seconds(60));
    is_one_line(&format!("{:?}", bench.event()));
    is_one_line(&Error::NotRegistered(HOSTILE.into()).to_string());
}

#[test]
fn what_a_refusal_repeats() {
    let register = |query: &str, links: &str| {
        let mut register = request(RequestType::Post, "rd?lwm2m=1.1&ep=device", links);
        register.add_option(CoapOption::UriQuery, query.into());
        register
    };
    let mut path = request(RequestType::Post, "rd", "");
    path.add_option(CoapOption::UriPath, HOSTILE.into());
    for refused in [
        register(&format!("lt={HOSTILE}"), OBJECTS),
        register(&format!("b={HOSTILE}"), OBJECTS),
        register("", &format!("</1{HOSTILE}>")),
        register("", &format!("</3{HOSTILE}/0>,</3/0>;aobs={HOSTILE}")),
        path,
    ] {
        let mut bench = bench(Config::default());
        bench.ask(refused);
        let event = bench.event();
        assert!(matches!(event, Event::Refused { .. }), "{event:?}");
        is_one_line(&event.to_string());
    }
}

#[test]
fn an_answer() {
    for (format, payload) in [
        (Some(TEXT), HOSTILE.as_bytes().to_vec()),
        (Some(OPAQUE), HOSTILE.into()),
        (Some(LINK_FORMAT), HOSTILE.into()),
        (None, HOSTILE.into()),
        (Some(SENML_CBOR), senml(HOSTILE, "x")),
        (Some(SENML_CBOR), senml("/3/0/0", HOSTILE)),
        (Some(TLV), tlv(HOSTILE.as_bytes())),
    ] {
        for code in [ResponseType::Content, ResponseType::Forbidden] {
            let shown = answered(format, payload.clone(), code);
            steers_nothing(&shown);
            // Bytes are shown as such.
            if !matches!(format, Some(OPAQUE | TLV)) {
                is_one_line(&shown);
            }
        }
    }
}

#[test]
fn a_location_of_a_created_instance() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let now = bench.now;
    let create = bench.server.create(now, "device", "/3303", TEXT, b"x");
    create.expect("registered");
    let mut created = answer(&bench.expect_sent(), ResponseType::Created);
    created.add_option(CoapOption::LocationPath, HOSTILE.into());
    bench.deliver(&created);
    is_one_line(&bench.event().to_string());
}

#[test]
fn a_reason_is_brief() {
    let mut bench = bench(Config::default());
    let links = format!("</3/{}>", "0".repeat(1000));
    let refused = bench.ask(request(RequestType::Post, "rd?ep=device&lwm2m=1.1", &links));
    assert!(refused.payload.len() < 320, "{}", refused.payload.len());
}

/// How the server shows an answer to a Read of /3/0/0.
fn answered(format: Option<u16>, payload: Vec<u8>, code: ResponseType) -> String {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let read = bench.server.read(bench.now, "device", "/3/0/0", None);
    read.expect("registered");
    let mut content: Packet = answer(&bench.expect_sent(), code);
    if let Some(format) = format {
        let format = ContentFormat::try_from(usize::from(format));
        content.set_content_format(format.expect("known"));
    }
    content.payload = payload;
    bench.deliver(&content);
    bench.event().to_string()
}

/// A record of SenML-CBOR, of short texts.
fn senml(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).expect("short");
        [&[0x78, length], text.as_bytes()].concat()
    };
    [&b"\x81\xa2\x00"[..], &text(name), b"\x03", &text(value)].concat()
}

fn tlv(value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).expect("short");
    [&[0xc8, 0, length], value].concat()
}
