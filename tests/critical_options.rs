//! Options that a message cannot be served with (RFC 7252, 5.4, 5.7.2 and 5.10): a proxy's, those of
//! a length that they cannot have, and those that stand too often.

mod common;

use client_lite::{Detail, Error, Operation};
use coap_lite::{CoapOption, MessageType, Packet, RequestType};
use common::manual::*;
use common::*;
use demo_server::Operation as Asked;
use demo_server::format::TEXT;

const MOVE: &str = "/33000/0/4";
const CRITICAL: [CoapOption; 5] = [
    CoapOption::UriHost,
    CoapOption::UriPort,
    CoapOption::Accept,
    CoapOption::Block1,
    CoapOption::Block2,
];

fn with(mut packet: Packet, option: CoapOption, value: &[u8]) -> Packet {
    packet.add_option(option, value.to_vec());
    packet
}

#[track_caller]
fn is_refused(server: &mut Manual, request: &Packet, expected: &str) {
    assert_eq!(code(&server.ask(request)), expected, "{request:?}");
    let mut again = non(request.clone());
    again.header.message_id ^= 0x4000;
    let said = server.say(&again);
    if expected == "4.02" {
        // Such a message is rejected, not answered (5.4.1).
        assert_eq!(said, [empty(MessageType::Reset, again.header.message_id)]);
    } else {
        assert_eq!(said.iter().map(code).collect::<Vec<_>>(), [expected]);
    }
}

/// 5.7.2, 5.10.2: this device is no proxy, whomever the request is for.
#[test]
fn requests_to_a_proxy() {
    let mut server = Manual::new(0x2901);
    for (option, value) in [
        (CoapOption::ProxyUri, &b"coap://device/3/0/4"[..]),
        (CoapOption::ProxyUri, b""),
        (CoapOption::ProxyScheme, b"coap"),
        (CoapOption::ProxyScheme, b"http"),
    ] {
        for (method, path) in [
            (RequestType::Get, TEMPERATURE),
            (RequestType::Put, LEVEL),
            (RequestType::Post, MOVE),
            (RequestType::Delete, "/33000/0"),
            (RequestType::Fetch, "/"),
            (RequestType::Get, "/nowhere"),
        ] {
            let request = server.request(method, path);
            is_refused(&mut server, &with(request, option, value), "5.05");
        }
    }
    assert_eq!(server.objects.actuator.as_ref().unwrap().executions, 0);
}

/// 5.10: Uri-Host has 1 to 255 bytes, Uri-Path and Uri-Query up to 255, Uri-Port and Accept up to
/// 2; a Block option up to 3 (RFC 7959, 2.1).
#[test]
fn lengths_that_an_option_cannot_have() {
    let mut server = Manual::new(0x2902);
    for (option, length) in [
        (CoapOption::UriHost, 0),
        (CoapOption::UriHost, 256),
        (CoapOption::UriPort, 3),
        (CoapOption::UriPort, 4),
        (CoapOption::UriPath, 256),
        (CoapOption::UriQuery, 256),
        (CoapOption::Accept, 3),
        (CoapOption::Block1, 4),
        (CoapOption::Block2, 4),
    ] {
        for (method, path) in [(RequestType::Get, TEMPERATURE), (RequestType::Post, MOVE)] {
            let request = server.request(method, path);
            is_refused(
                &mut server,
                &with(request, option, &vec![0; length]),
                "4.02",
            );
        }
    }
    assert_eq!(server.objects.actuator.as_ref().unwrap().executions, 0);
    for (option, value) in [
        (CoapOption::UriHost, &[b'h'; 255][..]),
        (CoapOption::UriHost, b"h"),
        (CoapOption::UriPort, b""),
        (CoapOption::UriPort, &[0x16, 0x33]),
        (CoapOption::Accept, &[]),
    ] {
        let request = server.request(RequestType::Get, TEMPERATURE);
        let answer = server.ask(&with(request, option, value));
        assert_eq!(code(&answer), "2.05", "{option:?}");
    }
}

/// 5.4.5: what stands too often is, but for the first, not understood, whether or not it says the
/// same.
#[test]
fn options_that_stand_twice() {
    let mut server = Manual::new(0x2903);
    for option in CRITICAL {
        for second in [0, 1] {
            let request = server.request(RequestType::Get, TEMPERATURE);
            let request = with(with(request, option, &[0]), option, &[second]);
            is_refused(&mut server, &request, "4.02");
        }
    }
    // Elective ones are ignored; a query may have many parts.
    for option in [CoapOption::Observe, CoapOption::Size2, CoapOption::ETag] {
        let request = server.request(RequestType::Get, TEMPERATURE);
        let request = with(with(request, option, &[9]), option, &[0]);
        let answer = server.ask(&request);
        assert_eq!((code(&answer).as_str(), observe(&answer)), ("2.05", None));
    }
    let put = with_body(server.request(RequestType::Put, LEVEL), TEXT, b"7");
    let put = with(put, CoapOption::ContentFormat, &[0x2d, 0x16]);
    assert_eq!(code(&server.ask(&put)), "2.04");
    assert_eq!(
        server.write_attributes(TEMPERATURE, "pmin=1&pmax=9"),
        "2.04"
    );
}

/// 5.10.8: conditions are critical, and what they ask for is not there.
#[test]
fn conditional_requests() {
    let mut server = Manual::new(0x2904);
    for (option, value) in [
        (CoapOption::IfMatch, &[1, 2][..]),
        (CoapOption::IfMatch, &[]),
        (CoapOption::IfNoneMatch, &[]),
    ] {
        let put = with_body(server.request(RequestType::Put, LEVEL), TEXT, b"7");
        is_refused(&mut server, &with(put, option, value), "4.02");
    }
    assert_eq!(server.objects.actuator.as_ref().unwrap().level, 0);
}

/// RFC 7959, 2.3: the response to a block says which one, also where the request is refused.
#[test]
fn a_refused_block_is_named() {
    let mut server = Manual::new(0x2907);
    let put = with_body(server.request(RequestType::Put, LEVEL), TEXT, b"7");
    let put = with(
        with(put, CoapOption::Block1, &[0x06]),
        CoapOption::IfMatch,
        &[1],
    );
    let response = server.ask(&put);
    assert_eq!(code(&response), "4.02");
    assert_eq!(
        response.get_first_option(CoapOption::Block1),
        Some(&vec![0x06])
    );
}

/// 5.4.1: of an answer as well; it is as good as none, and rejected where that can be.
#[test]
fn answers() {
    for (option, values) in [
        (CoapOption::UriHost, vec![vec![]]),
        (CoapOption::UriPort, vec![vec![0; 3]]),
        (CoapOption::Accept, vec![vec![0]; 2]),
        (CoapOption::Block1, vec![vec![0; 4]]),
        (CoapOption::Block2, vec![vec![]; 2]),
        (CoapOption::ProxyUri, vec![b"coap://other".to_vec()]),
    ] {
        let mut world = World::new(0x2905);
        world.peer = Peer::answering(move |request| {
            let mut answer = match operation(request)? {
                Asked::Register => created(request, &["rd", "1"]),
                _ => return None,
            };
            for value in &values {
                answer.add_option(option, value.clone());
            }
            Some(answer)
        });
        world.register();
        world.expect_error(
            Operation::Register,
            Error::UnknownError,
            Detail::MalformedResponse,
        );
        assert_eq!(world.client.counters().registrations, 0, "{option:?}");
    }
}
