//! The message layer: duplicates, retransmission, separate responses, what is not understood.

mod common;

use coap_lite::{CoapOption, MessageClass, MessageType, Packet};
use common::{OBJECTS, answer, bench, request, response, seconds};
use demo_server::{Config, Event, NoResponse, RequestType, ResponseType};

#[test]
fn a_repeated_register_gets_the_same_answer_and_counts_once() {
    let mut bench = bench(Config::default());
    let mut register = request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS);
    register.header.message_id = 77;
    bench.deliver(&register);
    let first = bench.expect_sent();
    bench.pass(seconds(100));
    bench.deliver(&register);
    assert_eq!(bench.expect_sent(), first);
    assert_eq!(
        bench.server.client("device").expect("registered").registers,
        1
    );
    // EXCHANGE_LIFETIME is over: it is a new message.
    bench.pass(seconds(247));
    bench.deliver(&register);
    assert_ne!(bench.expect_sent(), first);
}

#[test]
fn an_unanswered_request_is_sent_five_times_and_given_up() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    let id = bench
        .server
        .read(bench.now, "device", "/3/0", None)
        .expect("registered");
    let mut sent = Vec::new();
    while bench.server.client("device").is_some() {
        sent.extend(bench.sent());
        if let Some(event) = bench.server.poll_event() {
            assert!(
                matches!(event, Event::NoResponse { id: of, reason: NoResponse::Timeout, .. } if of == id)
            );
            break;
        }
        bench.now = bench
            .server
            .poll_timeout()
            .expect("a retransmission is due");
        bench.server.handle_timeout(bench.now);
    }
    assert_eq!(sent.len(), 5);
    assert!(sent.iter().all(|packet| *packet == sent[0]));
    assert!((seconds(62)..=seconds(93)).contains(&bench.now));
}

#[test]
fn a_separate_response_is_acknowledged_and_matched_by_its_token() {
    let mut bench = bench(Config::default());
    bench.register("ep=device&lwm2m=1.1");
    bench
        .server
        .read(bench.now, "device", "/3/0/0", Some(0))
        .expect("registered");
    let get = bench.expect_sent();
    let mut empty = answer(&get, ResponseType::Content);
    empty.header.code = MessageClass::Empty;
    empty.set_token(Vec::new());
    bench.deliver(&empty);
    bench.pass(seconds(60));
    assert_eq!(
        bench.sent(),
        None,
        "an acknowledged request is not repeated"
    );
    let mut content = answer(&get, ResponseType::Content);
    content.header.set_type(MessageType::Confirmable);
    content.payload = b"Client Lite".to_vec();
    let ack = bench.ask(content);
    assert_eq!(ack.header.get_type(), MessageType::Acknowledgement);
    assert_eq!(ack.header.code, MessageClass::Empty);
    assert!(matches!(bench.event(), Event::Response(r) if r.payload == b"Client Lite"));
}

#[test]
fn the_server_can_answer_separately_itself() {
    let mut bench = bench(Config {
        separate_responses: true,
        ..Config::default()
    });
    let register = request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS);
    let ack = bench.ask(register);
    assert_eq!(
        (ack.header.code, ack.get_token()),
        (MessageClass::Empty, &[][..])
    );
    let created = bench.expect_sent();
    assert_eq!(created.header.get_type(), MessageType::Confirmable);
    assert_eq!(created.header.code, response(ResponseType::Created));
    bench.pass(seconds(4));
    assert_eq!(bench.expect_sent(), created);
}

#[test]
fn what_is_not_understood_is_reset_refused_or_ignored() {
    let mut bench = bench(Config::default());
    for (datagram, reset) in [
        (&[0x40, 0x00, 0, 1][..], true),   // ping
        (&[0x49, 0x01, 0, 2], true),       // token of nine bytes
        (&[0x40, 0x02, 0, 3, 0xFF], true), // payload marker without payload
        (&[0x40, 0x21, 0, 4], true),       // reserved class
        (&[0x50, 0x21, 0, 5], false),      // the same, non-confirmable
        (&[0x80, 0x02, 0, 6], false),      // version 2
        (&[0x60, 0x45, 0, 7], false),      // an answer to nothing
        (&[0x40, 0x45, 0, 8], true),       // likewise, confirmable
        (&[0x40, 0x02], false),            // cut short
    ] {
        bench
            .server
            .handle_datagram(bench.now, bench.peer, datagram);
        let answer = bench.sent();
        let is_reset = answer.is_some_and(|packet| packet.header.get_type() == MessageType::Reset);
        assert_eq!(is_reset, reset, "{datagram:?}");
    }
    let mut unknown_option = request(RequestType::Post, "rd?ep=device&lwm2m=1.1", OBJECTS);
    unknown_option.add_option(CoapOption::Unknown(2049), vec![1]);
    let refused = bench.ask(unknown_option);
    assert_eq!(refused.header.code, response(ResponseType::BadOption));
}

#[test]
fn any_datagram_is_survived() {
    const SEED: u64 = 7;
    println!("seed {SEED}");
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut bench = bench(Config::default());
    let mut seedling = request(RequestType::Post, "rd?ep=device&lwm2m=1.1&lt=60", OBJECTS);
    seedling.header.message_id = 9;
    let seedling = seedling.to_bytes().expect("encodes");
    for _ in 0..20_000 {
        let mut datagram = seedling.clone();
        for _ in 0..random.usize(1..=4) {
            let at = random.usize(..datagram.len());
            datagram[at] = random.u8(..);
        }
        datagram.truncate(random.usize(1..=datagram.len()));
        bench
            .server
            .handle_datagram(bench.now, bench.peer, &datagram);
        while let Some((_, bytes)) = bench.server.poll_transmit() {
            Packet::from_bytes(&bytes).expect("what goes out is well-formed");
        }
        bench.events();
        bench.now += seconds(1);
    }
}
