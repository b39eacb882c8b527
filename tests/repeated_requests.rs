//! What must not run twice (RFC 7252, 4.5) is remembered as long as the memory lasts; a server that
//! asks for much is not kept waiting for the longest time that a message could come again.

mod common;

use client_lite::{Association, storage};
use coap_lite::{MessageClass, Packet, RequestType, ResponseType};
use common::composite::patch;
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT, TLV};

const MOVE: &str = "/33000/0/4";

fn executions(server: &Manual) -> i64 {
    server.objects.actuator.as_ref().expect("there").executions
}

fn refused(packet: &Packet) -> bool {
    packet.header.code == MessageClass::Response(ResponseType::ServiceUnavailable)
}

/// Eight are remembered: the ninth waits until the first cannot be sent again by its sender.
#[test]
fn the_ninth_execution_waits_for_the_firsts_retransmissions() {
    let mut server = Manual::new(0x2701);
    let first = server.request(RequestType::Post, MOVE);
    server.ask(&first);
    server.run_for(seconds(5));
    for _ in 1..8 {
        assert_eq!(server.execute(MOVE), "2.04");
    }
    server.run_for(millis(39_900));
    assert_eq!(server.execute(MOVE), "5.03");
    assert_eq!(code(&server.ask(&first)), "2.04");
    assert_eq!(executions(&server), 8);
    server.run_for(millis(200));
    assert_eq!(server.execute(MOVE), "2.04");
    // Only the oldest has given way.
    assert_eq!(server.execute(MOVE), "5.03");
    assert_eq!(executions(&server), 9);
    server.ask(&first);
    assert_eq!(executions(&server), 9, "no room to run it again");
}

/// A platform that says twice that it is connected has not lost the server's requests.
#[test]
fn an_association_that_nobody_waits_for_forgets_nothing() {
    let mut server = Manual::new(0x2708);
    let request = server.request(RequestType::Post, MOVE);
    assert_eq!(code(&server.ask(&request)), "2.04");
    let now = server.now;
    server.client.handle_connected(now, Association::New);
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(executions(&server), 1);
}

/// One each minute, for an hour.
#[test]
fn one_a_minute_is_never_refused() {
    let storage = leak(<storage! { requests: 2 }>::new());
    let mut server = Manual::of(Setup::new(0x2702).build_in(storage));
    for count in 1..=60 {
        let request = server.request(RequestType::Post, MOVE);
        for _ in 0..3 {
            assert_eq!(code(&server.ask(&request)), "2.04");
            server.run_for(seconds(10));
        }
        assert_eq!(executions(&server), count);
    }
}

/// Of those that are remembered each gets its own answer again, in any order.
#[test]
fn each_gets_its_own_answer_again() {
    let mut server = Manual::new(0x2703);
    for _ in 0..3 {
        let asked: Vec<_> = (0..8)
            .map(|count| {
                let mut request = server.request(RequestType::Post, MOVE);
                request.payload = match count % 2 {
                    0 => format!("0='{count}'").into(),
                    _ => b"nonsense".to_vec(),
                };
                let answer = server.ask(&request);
                assert_eq!(code(&answer), ["2.04", "4.00"][count % 2]);
                (request, answer)
            })
            .collect();
        let before = executions(&server);
        for (request, answer) in asked.iter().rev().chain(&asked) {
            assert_eq!(&server.ask(request), answer);
        }
        assert_eq!(executions(&server), before);
        server.run_for(seconds(46));
    }
}

/// The object was asked and has refused: it is not asked again.
#[test]
fn a_refused_execution_is_refused_again() {
    for confirmable in [true, false] {
        let mut server = Manual::new(0x2704);
        let mut request = server.request(RequestType::Post, MOVE);
        request.payload = b"nonsense".to_vec();
        if !confirmable {
            request = non(request);
        }
        for _ in 0..4 {
            assert_eq!(code(&server.ask(&request)), "4.00");
            server.run_for(seconds(10));
        }
        assert_eq!(executions(&server), 1);
    }
}

/// Where no object was asked nothing has run, and nothing is remembered.
#[test]
fn what_reaches_no_object_takes_no_place() {
    let mut server = Manual::new(0x2705);
    for path in ["/9/0/1", "/33000/1/4", "/33000/0/9", LEVEL, TEMPERATURE] {
        for _ in 0..10 {
            let answer = server.execute(path);
            assert!(answer == "4.04" || answer == "4.05", "{path}: {answer}");
        }
    }
    assert_eq!(server.execute(MOVE), "2.04");
}

/// A partial Write does the same a second time, and so do the other Writes and the Reads.
#[test]
fn what_may_run_twice_takes_no_place() {
    let mut server = Manual::new(0x2706);
    let body = composite::values(&[(LEVEL, Ok(7))]);
    for _ in 0..20 {
        assert_eq!(server.post("/33000/0", SENML_CBOR, &body), "2.04");
        assert_eq!(server.put(LEVEL, TEXT, b"7"), "2.04");
        let pack = composite::values(&[(LEVEL, Ok(7))]);
        assert_eq!(patch(&mut server, &pack), "2.04");
        assert_eq!(server.write_attributes(LEVEL, "pmin=1"), "2.04");
        assert_eq!(server.lines(LEVEL), ["/33000/0/1 = 7"]);
    }
    // One that comes again writes again.
    let request = server.request(RequestType::Post, "/33000/0");
    let request = with_body(request, SENML_CBOR, &body);
    for writes in [61, 62] {
        assert_eq!(code(&server.say(&request)[0]), "2.04");
        let actuator = server.objects.actuator.as_ref().unwrap();
        assert_eq!(actuator.writes, writes);
    }
    for _ in 0..8 {
        assert_eq!(server.execute(MOVE), "2.04");
    }
}

/// Create and Delete are among those that are remembered.
#[test]
fn instances_come_and_go_once() {
    let mut world = Setup::new(0x2707).build();
    world.objects.shelf = Some(Shelf::with(&[]));
    let mut server = Manual::of(world);
    let body = [0xc1, 0, b'a'];
    let create = server.request(RequestType::Post, "/33002");
    let create = with_body(create, TLV, &body);
    let instances = |server: &Manual| server.objects.shelf.as_ref().unwrap().cases.len();
    let said = server.say(&create).remove(0);
    let again = server.say(&create).remove(0);
    assert_eq!((code(&said).as_str(), &said), ("2.01", &again));
    assert_eq!(instances(&server), 1);
    let delete = server.request(RequestType::Delete, "/33002/0");
    for _ in 0..2 {
        assert_eq!(code(&server.say(&delete)[0]), "2.02");
        assert_eq!(instances(&server), 0);
    }
    // Two of eight places are taken.
    for count in 0..8 {
        let request = server.request(RequestType::Post, MOVE);
        assert_eq!(refused(&server.ask(&request)), count >= 6, "{count}");
    }
    let create = server.request(RequestType::Post, "/33002");
    let said = server.say(&with_body(create, TLV, &body));
    assert!(refused(&said[0]));
    assert_eq!(instances(&server), 0);
}

/// A message id that is used for another method is no duplicate.
#[test]
fn another_method_is_another_request() {
    let mut server = Manual::new(0x2708);
    let request = server.request(RequestType::Post, MOVE);
    server.ask(&request);
    let mut get = server.request(RequestType::Get, LEVEL);
    get.header.message_id = request.header.message_id;
    assert_eq!(code(&server.ask(&get)), "2.05");
    assert_eq!(code(&server.ask(&request)), "2.04");
    assert_eq!(executions(&server), 1);
}
