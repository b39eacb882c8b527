//! Several instances of a declared object: the application's, and those that a server creates.

mod common;

use client_lite::object;
use client_lite::objects::Instances;
use client_lite::typed::Ranged;
use common::composite::lines;
use common::manual::*;
use common::*;
use demo_server::format::{TEXT, TLV};

object! {
    /// A thermostat.
    #[derive(Clone, Default)]
    struct Thermostat: 33010 {
        0: target: f64 [RW, mandatory],
        1: mode: Option<Ranged<0, 3>> [RW],
        2: fault: Option<i64> [R],
        5: reset [E],
    }
}

impl Thermostat {
    fn reset(&mut self, _: &[u8]) -> Result<(), client_lite::Refusal> {
        *self = Self::default();
        Ok(())
    }
}

fn instances(seed: u64, instances: Instances<Thermostat, 2>) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.others = vec![Box::new(instances)];
    Manual::of(world)
}

/// With this target.
fn thermostat(target: f64) -> Thermostat {
    Thermostat {
        target,
        ..Thermostat::default()
    }
}

#[test]
fn each_instance_has_values_of_its_own() {
    let mut rooms = Instances::new();
    assert!(rooms.insert(4, thermostat(4.0)).is_ok());
    assert!(rooms.insert(1, thermostat(1.0)).is_ok());
    assert!(rooms.insert(2, thermostat(2.0)).is_err());
    let mut server = instances(7, rooms);
    assert_eq!(server.put("/33010/1/1", TEXT, b"3"), "2.04");
    assert_eq!(server.execute("/33010/4/5"), "2.04");
    assert_eq!(
        server.lines("/33010"),
        ["/33010/4/0 = 0", "/33010/1/0 = 1", "/33010/1/1 = 3"]
    );
    assert_eq!(server.lines("/33010/0/0"), ["4.04"]);
    assert_eq!(server.put("/33010/0/1", TEXT, b"3"), "4.04");
}

/// `{0: 1.5}`
const NEW: &[u8] = &[0xc4, 0, 0x3f, 0xc0, 0, 0];

#[test]
fn servers_neither_create_nor_delete_unless_they_may() {
    let mut rooms = Instances::new();
    assert!(rooms.insert(0, thermostat(4.0)).is_ok());
    let mut server = instances(8, rooms);
    assert_eq!(server.post("/33010", TLV, NEW), "4.05");
    assert_eq!(server.delete("/33010/0"), "4.05");
    assert_eq!(server.lines("/33010"), ["/33010/0/0 = 4"]);
}

#[test]
fn servers_create_and_delete_where_they_may() {
    let made = |_| Thermostat {
        fault: Some(0),
        ..Thermostat::default()
    };
    let mut server = instances(9, Instances::new().created_by(made));
    assert_eq!(server.lines("/33010"), Vec::<String>::new());
    assert_eq!(server.post("/33010", TLV, NEW), "2.01");
    assert_eq!(server.post("/33010", TLV, NEW), "2.01");
    assert_eq!(
        server.lines("/33010"),
        [
            "/33010/0/0 = 1.5",
            "/33010/0/2 = 0",
            "/33010/1/0 = 1.5",
            "/33010/1/2 = 0"
        ]
    );
    // There is room for two.
    assert_eq!(server.post("/33010", TLV, NEW), "5.00");
    assert_eq!(server.delete("/33010/0"), "2.02");
    assert_eq!(server.delete("/33010/0"), "4.04");
    assert_eq!(server.post("/33010", TLV, NEW), "2.01");
}

/// A created instance has what is mandatory, and nothing is left of one that is refused.
#[test]
fn a_refused_create_leaves_no_instance() {
    let mut server = instances(10, Instances::new().created_by(|_| Thermostat::default()));
    assert_eq!(server.post("/33010", TLV, &[0xc1, 1, 2]), "4.00");
    let out_of_range = [0xc4, 0, 0x3f, 0xc0, 0, 0, 0xc1, 1, 4];
    assert_eq!(server.post("/33010", TLV, &out_of_range), "4.00");
    assert_eq!(server.lines("/33010"), Vec::<String>::new());
}

object! {
    /// A meter that tells how much of it the server has.
    #[derive(Default)]
    struct Meter: 33011, delivered note_delivered {
        0: reading: i64 [R, auto],
        1: deliveries: i64 [R],
    }
}

impl Meter {
    fn note_delivered(&mut self, _: u16) {
        self.deliveries += 1;
    }
}

/// Only the instance that has changed, and its delivery is told to no other.
#[test]
fn an_instance_is_sent_unasked() {
    let mut meters = Instances::<Meter, 2>::new();
    for id in [3, 8] {
        assert!(meters.insert(id, Meter::default()).is_ok());
    }
    let mut world = Setup::new(11).build();
    world.objects.others = vec![Box::new(meters)];
    let mut server = Manual::of(world);
    let sent = server.change("/33011/8/0");
    assert_eq!(operation(&sent[0]), Some(demo_server::Operation::Send));
    assert_eq!(lines(&sent[0]), ["/33011/8/0 = 0"]);
    server.run_for(seconds(1));
    assert_eq!(server.lines("/33011/8/1"), ["/33011/8/1 = 1"]);
    assert_eq!(server.lines("/33011/3/1"), ["/33011/3/1 = 0"]);
}
