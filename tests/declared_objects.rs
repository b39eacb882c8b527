//! Objects that `object!` declares, as a server sees them: what is optional, what has several
//! instances, and what a server writes.

mod common;

use client_lite::object;
use client_lite::typed::{Multiple, Ranged};
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
        3: names: Multiple<heapless::String<8>, 3> [RW],
        4: readings: Multiple<f64, 2> [R, mandatory],
        5: reset [E, mandatory],
    }
}

impl Thermostat {
    fn reset(&mut self, _: &[u8]) -> Result<(), client_lite::Refusal> {
        *self = Self::default();
        Ok(())
    }
}

fn server(seed: u64, thermostat: Thermostat) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.others = vec![Box::new(thermostat)];
    Manual::of(world)
}

/// A multiple resource that every instance has is told even where it is empty.
#[test]
fn what_is_absent_is_not_there() {
    let mut server = server(1, Thermostat::default());
    assert_eq!(
        server.discover("/33010/0"),
        "</33010/0>,</33010/0/0>,</33010/0/4>;dim=0,</33010/0/5>"
    );
    assert_eq!(server.lines("/33010/0"), ["/33010/0/0 = 0"]);
    assert_eq!(server.lines("/33010/0/1"), ["4.04"]);
    assert_eq!(server.lines("/33010/0/3/0"), ["4.04"]);
}

#[test]
fn what_is_present_is_read() {
    let mut names = Multiple::new();
    names.insert(2, "attic".try_into().unwrap()).unwrap();
    let mut server = server(
        2,
        Thermostat {
            target: 20.5,
            mode: Ranged::new(3),
            fault: Some(-7),
            names,
            readings: [19.5, 20.0].into(),
        },
    );
    assert_eq!(
        server.lines("/33010/0"),
        [
            "/33010/0/0 = 20.5",
            "/33010/0/1 = 3",
            "/33010/0/2 = -7",
            "/33010/0/3/2 = attic",
            "/33010/0/4/0 = 19.5",
            "/33010/0/4/1 = 20",
        ]
    );
    assert_eq!(server.lines("/33010/0/3/2"), ["/33010/0/3/2 = attic"]);
    assert_eq!(server.lines("/33010/0/3/1"), ["4.04"]);
}

#[test]
fn a_write_brings_what_the_server_can_write() {
    let mut server = server(3, Thermostat::default());
    assert_eq!(server.put("/33010/0/1", TEXT, b"2"), "2.04");
    assert_eq!(server.put("/33010/0/3/1", TEXT, b"cellar"), "2.04");
    assert_eq!(server.put("/33010/0/2", TEXT, b"1"), "4.05");
    assert_eq!(
        server.lines("/33010/0"),
        ["/33010/0/0 = 0", "/33010/0/1 = 2", "/33010/0/3/1 = cellar"]
    );
}

#[test]
fn a_value_out_of_its_range_is_refused() {
    let mut server = server(4, Thermostat::default());
    for value in ["-1", "4", "9223372036854775807"] {
        assert_eq!(server.put("/33010/0/1", TEXT, value.as_bytes()), "4.00");
    }
    assert_eq!(server.put("/33010/0/3/3", TEXT, b"x"), "4.04");
    assert_eq!(server.put("/33010/0/3/0", TEXT, b"too long a name"), "4.00");
    assert_eq!(server.lines("/33010/0"), ["/33010/0/0 = 0"]);
}

/// What the server cannot write stays.
#[test]
fn a_replacing_write_takes_away_what_it_leaves_out() {
    let mut server = server(
        5,
        Thermostat {
            target: 20.0,
            mode: Ranged::new(1),
            fault: Some(1),
            names: [const { heapless::String::new() }; 3].into(),
            ..Thermostat::default()
        },
    );
    // {0: 1.5, 3: {1: "a"}}
    let body = [
        0xc4, 0, 0x3f, 0xc0, 0, 0, // 1.5
        0x83, 3, 0x41, 1, b'a',
    ];
    assert_eq!(server.put("/33010/0", TLV, &body), "2.04");
    assert_eq!(
        server.lines("/33010/0"),
        ["/33010/0/0 = 1.5", "/33010/0/2 = 1", "/33010/0/3/1 = a"]
    );
}

/// The third value is refused.
#[test]
fn a_refused_write_leaves_all_as_it_was() {
    let mut server = server(6, Thermostat::default());
    // {3: {0: "a", 1: "b", 3: "c"}}: there is no place for a fourth.
    let body = [0x88, 3, 9, 0x41, 0, b'a', 0x41, 1, b'b', 0x41, 3, b'c'];
    assert_eq!(server.post("/33010/0", TLV, &body), "4.04");
    assert_eq!(server.lines("/33010/0"), ["/33010/0/0 = 0"]);
}
