//! A backlog of values with their times: it goes out by Send, and is kept until the server has it.

mod common;

use client_lite::{
    Detail, Event, Path, RecordError, RegisterReason, TransportError, Value, Version, object,
    storage,
};
use coap_lite::{CoapOption, ResponseType};
use common::manual::{Manual, willing};
use common::senml::{Entry, entries};
use common::*;
use demo_server::Operation as Asked;

const TEMPERATURE: Path = Path::resource(3303, 0, 5700);
const PRESSES: Path = Path::resource(3200, 0, 5501);

/// 2023-11-14T22:13:20Z, in milliseconds.
const START: u64 = 1_700_000_000_000;

/// Records this temperature, so many milliseconds after the start.
fn record(world: &mut World, celsius: f64, milliseconds: u64) {
    world.objects.temperature.celsius = celsius;
    let now = world.device_time();
    let objects = &mut world.objects.list();
    let kept = world
        .client
        .record(now, TEMPERATURE, START + milliseconds, objects);
    assert_eq!(kept, Ok(()));
    world.settle();
}

fn send_records(world: &mut World) {
    world.client.send_records(world.device_time());
    world.settle();
}

/// The records that the server got, one list a Send. A Send without times is left out.
fn arrived(world: &World) -> Vec<Vec<Entry>> {
    let sends = world
        .server_events
        .iter()
        .filter_map(|(_, event)| match event {
            demo_server::Event::Send { payload, .. } => Some(recorded(payload)),
            _ => None,
        });
    sends.filter(|entries| !entries.is_empty()).collect()
}

/// The entries of a pack that have a time.
fn recorded(pack: &[u8]) -> Vec<Entry> {
    let entries = entries(pack).into_iter();
    entries.filter(|(_, time, _)| *time != 0.0).collect()
}

fn temperature(milliseconds: u64, celsius: f64) -> Entry {
    let time = (START + milliseconds) as f64 / 1000.0;
    (TEMPERATURE.to_string(), time, celsius)
}

#[test]
fn records_wait_until_they_are_sent() {
    let mut world = World::registered(0xb01);
    for second in 0..3 {
        record(&mut world, second as f64, second * 1000 + 250);
    }
    world.run_for(hours(1));
    assert_eq!(arrived(&world).len(), 0);
    send_records(&mut world);
    world.run_for(seconds(1));
    let expected = [0, 1, 2].map(|second| temperature(second * 1000 + 250, second as f64));
    assert_eq!(arrived(&world), [expected]);
    assert_eq!(world.client.records(), 0);
    // The next waits again.
    record(&mut world, 9.0, 9000);
    world.run_for(hours(1));
    assert_eq!(arrived(&world).len(), 1);
    world.expect_no_event();
}

#[test]
fn to_send_nothing_sends_nothing() {
    let mut world = World::registered(0xb02);
    world.wire.clear();
    send_records(&mut world);
    record(&mut world, 1.0, 0);
    world.run_for(seconds(10));
    assert_eq!(world.wire.up().count(), 0);
}

/// Values of several resources, in the order of recording.
#[test]
fn several_resources() {
    let mut world = World::registered(0xb03);
    record(&mut world, 20.5, 0);
    world.objects.button.presses = -7;
    let now = world.device_time();
    let objects = &mut world.objects.list();
    assert_eq!(
        world.client.record(now, PRESSES, START + 500, objects),
        Ok(())
    );
    record(&mut world, 21.0, 1000);
    send_records(&mut world);
    world.run_for(seconds(1));
    let pressed = (PRESSES.to_string(), (START + 500) as f64 / 1000.0, -7.0);
    let expected = [temperature(0, 20.5), pressed, temperature(1000, 21.0)];
    assert_eq!(arrived(&world), [expected]);
}

object! {
    /// Every type of value.
    pub struct Types: 33010 {
        1: integer: i64 [R],
        2: unsigned: u64 [R],
        3: float: f64 [R],
        4: boolean: bool [R],
        5: time: client_lite::typed::Time [R],
        6: text: heapless::String<8> [R],
        7: bytes: heapless::Vec<u8, 8> [R],
        8: secret: i64 [W],
    }
}

#[test]
fn numbers_booleans_and_times_can_be_recorded() {
    let mut world = World::registered(0xb04);
    world.objects.others.push(Box::new(Types {
        integer: i64::MIN,
        unsigned: u64::MAX,
        float: 0.1,
        boolean: true,
        time: client_lite::typed::Time(1_700_000_000),
        text: "text".try_into().expect("short"),
        bytes: heapless::Vec::new(),
        secret: 1,
    }));
    let mut record = |path: &str, time| {
        let now = world.device_time();
        let objects = &mut world.objects.list();
        world
            .client
            .record(now, path.parse().expect("a path"), time, objects)
    };
    for resource in 1..=5 {
        assert_eq!(record(&format!("/33010/0/{resource}"), START), Ok(()));
    }
    for resource in 6..=7 {
        let path = format!("/33010/0/{resource}");
        assert_eq!(record(&path, START), Err(RecordError::NotScalar), "{path}");
    }
    for path in ["/33010/0/8", "/33010/0/9", "/33010/1/1", "/9/0/1"] {
        assert_eq!(record(path, START), Err(RecordError::NoValue), "{path}");
    }
    for path in ["/33010/0", "/33010", "/3303", "/"] {
        assert_eq!(record(path, START), Err(RecordError::NotScalar), "{path}");
    }
    for time in [0, START / 1000, 268_435_455_999, u64::MAX] {
        assert_eq!(record("/33010/0/1", time), Err(RecordError::Time), "{time}");
    }
    assert_eq!(world.client.records(), 5);
    send_records(&mut world);
    world.run_for(seconds(1));
    let values: Vec<f64> = arrived(&world)[0].iter().map(|entry| entry.2).collect();
    assert_eq!(
        values,
        [i64::MIN as f64, u64::MAX as f64, 0.1, 1.0, 1.7e9],
        "in that order"
    );
}

/// Another thread has measured: by now the resource has another value.
#[test]
fn values_of_before_can_be_recorded() {
    let mut world = World::registered(0xb0f);
    world.objects.temperature.celsius = 30.0;
    let now = world.device_time();
    let mut record =
        |path: Path, time, value: Value<'_>| world.client.record_value(now, path, time, &value);
    let at = |milliseconds| START + milliseconds;
    assert_eq!(record(TEMPERATURE, at(0), Value::Float(20.0)), Ok(()));
    assert_eq!(record(TEMPERATURE, at(500), Value::Float(20.5)), Ok(()));
    assert_eq!(
        record(TEMPERATURE, 1000, Value::Float(1.0)),
        Err(RecordError::Time)
    );
    assert_eq!(
        record(TEMPERATURE, at(0), Value::String("20")),
        Err(RecordError::NotScalar)
    );
    let instance = Path::instance(3303, 0);
    assert_eq!(
        record(instance, at(0), Value::Float(1.0)),
        Err(RecordError::NotScalar)
    );
    send_records(&mut world);
    world.run_for(seconds(1));
    let expected = [temperature(0, 20.0), temperature(500, 20.5)];
    assert_eq!(arrived(&world), [expected]);
}

/// A Send of other values takes them along, since the device is awake.
#[test]
fn they_go_with_the_next_send() {
    let mut world = World::registered(0xb05);
    record(&mut world, 1.0, 0);
    world.changed("/3200/0/5501");
    world.run_for(seconds(1));
    assert_eq!(world.wire.requests(Asked::Send).len(), 2);
    assert_eq!(arrived(&world), [[temperature(0, 1.0)]]);
}

/// Before the backlog is full it goes out by itself.
#[test]
fn they_go_when_three_quarters_are_full() {
    let mut world = World::registered(0xb06);
    for count in 0..11 {
        record(&mut world, 1.0, count);
    }
    world.run_for(seconds(1));
    assert_eq!(arrived(&world).len(), 0);
    record(&mut world, 1.0, 11);
    world.run_for(seconds(1));
    assert_eq!(arrived(&world)[0].len(), 12);
    assert_eq!(world.client.counters().records_dropped, 0);
}

/// Of a full backlog the oldest go; that is counted, and told once.
#[test]
fn the_oldest_are_dropped() {
    let mut world = World::new(0xb07);
    for count in 0..26 {
        record(&mut world, count as f64, count);
    }
    assert_eq!(world.take_events(), [Event::RecordsDropped]);
    assert_eq!(world.client.counters().records_dropped, 10);
    assert_eq!(world.client.records(), 16);
    world.register();
    world.run_for(seconds(1));
    let expected: Vec<Entry> = (10..26)
        .map(|count| temperature(count, count as f64))
        .collect();
    assert_eq!(arrived(&world), [expected]);

    // Told again of the next time.
    world.take_events();
    world.link.cut();
    for count in 0..17 {
        record(&mut world, 0.0, count);
    }
    let events = world.take_events();
    assert_eq!(events, [Event::RecordsDropped]);
}

/// What is on its way is not dropped, so that its message stays the same.
#[test]
fn what_is_on_its_way_is_kept() {
    let mut server = Manual::new(0xb08);
    server.stand_in(Peer::silent());
    for count in 0..4 {
        record(&mut server, count as f64, count);
    }
    send_records(&mut server);
    let first = server.wire.requests(Asked::Send)[0].bytes.clone();
    for count in 4..30 {
        record(&mut server, count as f64, count);
    }
    server.run_for(seconds(4));
    let sent = server.wire.requests(Asked::Send);
    assert!(sent.len() > 1);
    assert!(sent.iter().all(|datagram| datagram.bytes == first));
    let acknowledged = answer(&packet(&first), ResponseType::Changed);
    server.say(&acknowledged);
    let rest = entries(
        &server
            .wire
            .requests(Asked::Send)
            .last()
            .unwrap()
            .packet()
            .payload,
    );
    let expected: Vec<Entry> = (18..30)
        .map(|count| temperature(count, count as f64))
        .collect();
    assert_eq!(rest, expected);
}

/// More than a message holds goes in several, in order, each once.
#[test]
fn a_long_backlog_goes_in_several_messages() {
    let storage = leak(<storage! {
        message_size: 256,
        observations: 4,
        changes: 4,
        requests: 4,
        location_size: 32,
        written_attributes: 4,
        composite_paths: 4,
        records: 200,
    }>::new());
    let mut world = Setup::new(0xb09).build_in(storage);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    for count in 0..149 {
        record(&mut world, count as f64 + 0.1, count * 10);
    }
    send_records(&mut world);
    world.run_for(seconds(10));
    let sends = arrived(&world);
    assert!(sends.len() > 5 && sends.len() < 40, "{}", sends.len());
    let all: Vec<Entry> = sends.concat();
    let expected: Vec<Entry> = (0..149)
        .map(|count| temperature(count * 10, count as f64 + 0.1))
        .collect();
    assert_eq!(all, expected);
    assert_eq!(world.client.records(), 0);
}

/// A server that is away gets them when it is back, without loss.
#[test]
fn they_survive_a_server_that_is_away() {
    let mut world = World::registered(0xb0b);
    world.link.cut();
    for count in 0..5 {
        record(&mut world, count as f64, count);
    }
    send_records(&mut world);
    world.run_for(hours(3));
    assert_eq!(world.client.records(), 5);
    world.link.mend();
    world.run_for(hours(2));
    assert_eq!(arrived(&world).len(), 1);
    assert_eq!(arrived(&world)[0].len(), 5);
    assert_eq!(world.client.records(), 0);
}

/// The application may drop the network meanwhile, or the association be lost.
#[test]
fn they_survive_pause_and_a_lost_association() {
    let mut world = World::registered(0xb0c);
    world.link.cut();
    record(&mut world, 1.0, 1);
    send_records(&mut world);
    world.run_for(seconds(1));
    world.pause();
    record(&mut world, 2.0, 2);
    world.run_for(hours(1));
    world.link.mend();
    world.resume();
    world.run_for(seconds(1));
    assert_eq!(
        arrived(&world),
        [[temperature(1, 1.0), temperature(2, 2.0)]]
    );

    world.link.cut();
    record(&mut world, 3.0, 3);
    send_records(&mut world);
    world.lose_association(TransportError::Socket);
    world.link.mend();
    world.run_for(minutes(5));
    assert_eq!(arrived(&world).len(), 2);
}

fn mute(world: &mut World, muted: bool) {
    world.write("/1/0/23", u8::from(muted));
    world.run_for(seconds(1));
}

/// /1/x/23: a mute keeps them back, told once; then they go.
#[test]
fn a_mute_keeps_them_back() {
    let mut world = World::registered(0xb0d);
    mute(&mut world, true);
    for count in 0..16 {
        record(&mut world, 1.0, count);
    }
    send_records(&mut world);
    world.run_for(hours(1));
    assert_eq!(world.take_events(), [Event::SendUnavailable]);
    assert_eq!(world.wire.requests(Asked::Send).len(), 0);
    assert_eq!(world.client.records(), 16);
    mute(&mut world, false);
    assert_eq!(arrived(&world)[0].len(), 16);
    world.expect_no_event();
}

/// A server of 1.0 takes none.
#[test]
fn a_server_of_1_0_gets_none() {
    let mut setup = Setup::new(0xb0e);
    setup.config.version = Version::V1_0;
    let mut world = setup.build();
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    record(&mut world, 1.0, 0);
    send_records(&mut world);
    world.expect(Event::SendUnavailable);
    world.run_for(hours(1));
    world.expect_no_event();
    assert_eq!(world.client.records(), 1);
}

/// A server that answers with an error has not got them: they stay, and go when they are due again.
#[test]
fn a_refusal_is_told_and_they_stay() {
    let mut world = World::registered(0xb0f);
    let refused = ResponseType::BadRequest;
    world.server().refuse(Asked::Send, refused, None);
    record(&mut world, 1.0, 0);
    send_records(&mut world);
    world.expect(Event::SendFailed(answered(refused)));
    world.run_for(hours(1));
    world.expect_no_event();
    assert_eq!(world.wire.requests(Asked::Send).len(), 1);
    assert_eq!(world.client.records(), 1);
    world.server().allow(Asked::Send);
    send_records(&mut world);
    world.run_for(seconds(1));
    assert_eq!(arrived(&world).len(), 1);
    assert_eq!(world.client.records(), 0);
}

/// A server that knows no Send is not asked again before the next registration.
#[test]
fn a_server_without_send_keeps_them_waiting() {
    let mut world = World::registered(0xb10);
    world
        .server()
        .refuse(Asked::Send, ResponseType::MethodNotAllowed, None);
    record(&mut world, 1.0, 0);
    send_records(&mut world);
    world.expect(Event::SendUnavailable);
    send_records(&mut world);
    world.run_for(hours(1));
    assert_eq!(world.wire.requests(Asked::Send).len(), 1);
    assert_eq!(world.client.records(), 1);
    world.server().allow(Asked::Send);
    world.close();
    world.expect(Event::Deregistered);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.run_for(seconds(1));
    assert_eq!(arrived(&world).len(), 1);
}

/// A server that answers Updates and never a Send: the second time is told, and that is all.
#[test]
fn a_server_that_never_answers_a_send() {
    let mut server = Manual::new(0xb11);
    server.stand_in(Peer::answering(|request| match operation(request) {
        Some(Asked::Send) => None,
        _ => willing(request),
    }));
    record(&mut server, 1.0, 0);
    send_records(&mut server);
    server.expect(Event::Updated);
    server.expect(Event::SendFailed(Detail::NoResponse));
    server.expect(Event::Updated);
    server.run_for(hours(1));
    server.expect_no_event();
    assert_eq!(server.client.records(), 1);
}

/// Changes and records take turns: neither silences the other.
#[test]
fn changes_do_not_hold_them_up() {
    let mut server = Manual::new(0xb12);
    server.stand_in(Peer::silent());
    record(&mut server, 1.0, 0);
    send_records(&mut server);
    let mut kinds = Vec::new();
    for _ in 0..6 {
        server.changed("/3200/0/5501");
        record(&mut server, 1.0, 1);
        send_records(&mut server);
        let sent = server.wire.requests(Asked::Send).last().unwrap().packet();
        kinds.push(!recorded(&sent.payload).is_empty());
        server.say(&answer(&sent, ResponseType::Changed));
    }
    assert_eq!(kinds, [true, false, true, false, true, false]);
}

/// Over a poor network with any seed: each record arrives, in order, and none that the server
/// acknowledged is left behind.
#[test]
fn a_poor_network_loses_none() {
    for seed in 0..40 {
        let mut setup = Setup::new(0xb100 + seed);
        setup.link = Link::poor();
        let mut world = setup.build();
        world.register();
        let mut count = 0;
        while count < 120 {
            // A new value before the backlog is full.
            if world.client.records() < 16 {
                record(&mut world, count as f64, count * 1000);
                count += 1;
            }
            world.run_for(seconds(30));
        }
        send_records(&mut world);
        world.run_for(hours(12));
        if world.client.records() > 0 {
            send_records(&mut world);
            world.run_for(hours(12));
        }
        assert_eq!(world.client.records(), 0, "seed {seed}");
        assert_eq!(world.client.counters().records_dropped, 0);
        let mut last = None;
        let mut seen = std::collections::BTreeSet::new();
        for entry in arrived(&world).concat() {
            assert_eq!(entry.1, START as f64 / 1000.0 + entry.2);
            seen.insert(entry.2 as u64);
            last = last.max(Some(entry.2 as u64));
        }
        assert_eq!(last, Some(119));
        assert_eq!(seen.len(), 120, "seed {seed}");
    }
}

/// A Send is confirmable, in SenML-CBOR, to /dp.
#[test]
fn the_message() {
    let mut server = Manual::new(0xb13);
    record(&mut server, 21.5, 0);
    send_records(&mut server);
    let sent = server.wire.requests(Asked::Send)[0].packet();
    assert_eq!(texts(&sent, CoapOption::UriPath), ["dp"]);
    let bytes: Vec<u8> = [
        &[0x81, 0xa3, 0x21, 0x6c][..],
        b"/3303/0/5700",
        &[0x22, 0x1a, 0x65, 0x53, 0xf1, 0x00, 0x02, 0xf9, 0x4d, 0x60],
    ]
    .concat();
    assert_eq!(sent.payload, bytes);
}
