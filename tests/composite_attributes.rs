//! Attributes of the places of a composite observation (LwM2M Core 1.1, 5.1.2 and 6.4.4).

mod common;

use client_lite::Instant;
use coap_lite::MessageType;
use common::composite::{fetch, lines, names};
use common::manual::*;
use common::*;

/// An observation of the temperature and the level together, and when it began.
fn observe_both(server: &mut Manual) -> Instant {
    let mut request = fetch(server, &names(&[TEMPERATURE, LEVEL]));
    request.set_observe_value(0);
    assert!(observe(&server.ask(&request)).is_some());
    server.wire.clear();
    server.now
}

/// Each place has the attributes of its own: the first that is due brings the others along, and the
/// time of all begins anew.
#[test]
fn each_place_has_its_own() {
    let mut server = Manual::new(1);
    assert_eq!(
        server.write_attributes(TEMPERATURE, "gt=25&pmin=10"),
        "2.04"
    );
    assert_eq!(server.write_attributes(LEVEL, "pmax=30"), "2.04");
    let began = observe_both(&mut server);
    // Not over the threshold; over it, but within pmin; within the next pmin.
    for (second, celsius) in [(1, 24.0), (5, 26.0), (12, 24.0)] {
        server.run_until_time(began + seconds(second));
        assert_eq!(server.measure(celsius), []);
    }
    server.run_until_time(began + seconds(60));
    let told: Vec<_> = server
        .wire
        .up()
        .map(|datagram| {
            let second = datagram.at.saturating_since(began).as_millis() / 1000;
            (second, lines(&datagram.packet()))
        })
        .collect();
    let both = |celsius| vec![format!("{TEMPERATURE} = {celsius}"), format!("{LEVEL} = 0")];
    assert_eq!(told, [(10, both(26)), (20, both(24)), (50, both(24))]);
}

/// What has no attributes is told at once, whatever those of the others.
#[test]
fn places_without_attributes_are_told_at_once() {
    let mut server = Manual::new(2);
    server.write_attributes(TEMPERATURE, "gt=25&pmin=10");
    observe_both(&mut server);
    assert_eq!(server.measure(30.0), []);
    let said = server.change(LEVEL);
    assert_eq!(lines(&said[0])[0], format!("{TEMPERATURE} = 30"));
    // The crossing is told by that.
    server.wire.clear();
    server.run_for(minutes(5));
    assert_eq!(server.wire.up().count(), 0);
}

/// One confirmable place makes the message confirmable (1.2, 7.3.2).
#[test]
fn one_confirmable_place_is_enough() {
    let mut server = Manual::new(3);
    observe_both(&mut server);
    let plain = server.measure(22.5).remove(0);
    assert_eq!(plain.header.get_type(), MessageType::NonConfirmable);
    assert_eq!(server.write_attributes(LEVEL, "con=1"), "2.04");
    let confirmable = server.measure(23.5).remove(0);
    assert_eq!(confirmable.header.get_type(), MessageType::Confirmable);
    assert_eq!(server.acknowledge(&confirmable), []);
    assert_eq!(server.objects.actuator.as_ref().unwrap().deliveries, 1);
}

/// That a place is gone is told once, and not whenever the device looks at it.
#[test]
fn a_place_that_is_gone_is_told_once() {
    let mut server = Manual::new(4);
    assert_eq!(server.write_attributes(LEVEL, "epmax=5"), "2.04");
    observe_both(&mut server);
    server.objects.actuator = None;
    server.run_for(minutes(10));
    let told: Vec<_> = server.wire.up().map(|one| lines(&one.packet())).collect();
    assert_eq!(told, [["/3303/0/5700 = 21.5"]]);
}
