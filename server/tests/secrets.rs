//! Keys are in no line and in no Debug output: whatever stands at or below /0 is not shown.

mod common;

use common::{answer, bench};
use demo_server::format::{
    CBOR, LINK_FORMAT, OPAQUE, SENML_CBOR, SENML_JSON, TEXT, TLV, Value, decode, encode, text,
};
use demo_server::{
    BootstrapOperation, Config, Credentials, Event, Psk, Request, RequestType, ResponseType,
    SecurityInstance, ServerInstance,
};

const KEY: &str = "a-very-secret-key";
const HEX: &str = "612d766572792d7365637265742d6b6579";
const BASE64: &str = "YS12ZXJ5LXNlY3JldC1rZXk";

fn hides(shown: &str) {
    for form in [KEY, HEX, BASE64, "97, 45, 118", "61, 2d, 76", "0x61"] {
        assert!(!shown.contains(form), "{shown}");
    }
}

/// The key as a resource /0/1/5, in each format, and as it comes in those that are not read here.
fn bodies() -> Vec<(Option<u16>, Vec<u8>)> {
    let resources = [(5, Value::Opaque(KEY.into()))];
    let json = format!(r#"[{{"bn":"/0/1/","n":"5","vd":"{BASE64}"}}]"#);
    let old_json = format!(r#"{{"bn":"/0/1/","e":[{{"n":"5","sv":"{BASE64}"}}]}}"#);
    let tlv = encode(TLV, "/0/1", &resources).expect("TLV");
    let cbor = [b"\x51", KEY.as_bytes()].concat();
    let lwm2m_cbor = [b"\xa1\x00\xa1\x01\xa1\x05\x51", KEY.as_bytes()].concat();
    let senml = encode(SENML_CBOR, "/0/1", &resources).expect("SenML");
    vec![
        (None, KEY.into()),
        (Some(TEXT), KEY.into()),
        (Some(OPAQUE), KEY.into()),
        (Some(CBOR), cbor),
        (Some(TLV), tlv.clone()),
        (Some(1542), tlv.clone()),
        (Some(SENML_CBOR), senml.clone()),
        (Some(SENML_CBOR), senml[..senml.len() - 2].into()),
        (Some(SENML_JSON), json.clone().into()),
        (Some(SENML_JSON), json[..json.len() - 2].into()),
        (Some(11543), old_json.into()),
        (Some(11544), lwm2m_cbor),
        (Some(60_000), KEY.into()),
    ]
}

#[test]
fn no_body_at_or_below_object_0_is_shown() {
    for (format, body) in bodies() {
        for path in ["/0", "/0/1", "/0/1/5", "/0/1/5/0", "0/1", "//0", "/00/1"] {
            assert_eq!(
                text(path, format, &body),
                "(not shown)",
                "{path} {format:?}"
            );
        }
    }
}

#[test]
fn no_composite_body_shows_what_is_at_object_0() {
    for (format, body) in bodies() {
        hides(&text("/", format, &body));
        hides(&text("/dp", format, &body));
    }
    // What names its places itself can name those of object 0 in a request for another.
    for (format, body) in bodies() {
        let one_value = [
            None,
            Some(TEXT),
            Some(OPAQUE),
            Some(CBOR),
            Some(TLV),
            Some(1542),
        ];
        if !one_value.contains(&format) {
            hides(&text("/1/0", format, &body));
        }
    }
    let mixed = b"\x82\xa2\x00\x66/3/0/0\x03\x61x\xa2\x00\x66/0/1/5\x08\x41k";
    let shown = text("/", Some(SENML_CBOR), mixed);
    assert_eq!(shown, "/3/0/0 = x, /0/1/5 = (not shown)");
}

#[test]
fn other_values_are_shown() {
    assert_eq!(text("/3/0/0", Some(TEXT), b"x"), "/3/0/0 = x");
    assert_eq!(text("/3/0/0", None, b"x"), "x");
    let senml = b"\x81\xa2\x00\x66/3/0/0\x03\x61x";
    assert_eq!(text("/3", Some(SENML_CBOR), senml), "/3/0/0 = x");
    let links = b"</1/0>,</3/0>";
    assert_eq!(text("/rd", Some(LINK_FORMAT), links), "</1/0>,</3/0>");
}

#[test]
fn no_answer_shows_it() {
    for (format, body) in bodies() {
        for path in ["/0", "/0/1", "/0/1/5"] {
            for code in [ResponseType::Content, ResponseType::BadRequest] {
                let mut bench = bench(Config::default());
                bench.register("ep=device&lwm2m=1.1");
                let read = bench.server.read(bench.now, "device", path, None);
                read.expect("registered");
                let mut content = answer(&bench.expect_sent(), code);
                if let Some(format) = format {
                    let format = coap_lite::option_value::OptionValueU16(format);
                    content.add_option_as(coap_lite::CoapOption::ContentFormat, format);
                }
                content.payload = body.clone();
                bench.deliver(&content);
                let event = bench.event();
                hides(&event.to_string());
                hides(&format!("{event:?}"));
            }
        }
    }
}

#[test]
fn no_debug_output_has_a_key() {
    let psk = Psk {
        identity: b"device".into(),
        key: KEY.into(),
    };
    hides(&format!("{psk:?}"));
    let security = SecurityInstance {
        instance: 1,
        uri: "coaps://192.0.2.1".into(),
        bootstrap: false,
        credentials: Credentials::PreSharedKey {
            identity: b"device".to_vec(),
            key: KEY.into(),
        },
        short_server_id: 1,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 60,
        storing: true,
        binding: "U".into(),
    };
    let mut config = Config::default();
    let account = BootstrapOperation::account(&security, &server);
    config.bootstrap.insert("device".into(), account);
    hides(&format!("{config:?} {config:#?}"));
    for (format, body) in bodies() {
        let mut request = Request::new(RequestType::Put, "/0/1");
        (request.content_format, request.payload) = (format, body.clone());
        hides(&format!("{request:?} {request:#?}"));
        if let Ok(entries) = decode("/0/1", format, &body) {
            hides(&format!("{entries:?}"));
        }
        let send = Event::Send {
            endpoint: "device".into(),
            content_format: format,
            payload: body.clone(),
        };
        hides(&format!("{send} {send:?}"));
        let notification = Event::Notification {
            endpoint: "device".into(),
            path: "/0/1".into(),
            observe: 1,
            confirmable: false,
            content_format: format,
            payload: body,
        };
        hides(&format!("{notification} {notification:?}"));
    }
}
