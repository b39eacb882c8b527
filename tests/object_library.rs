//! The objects of the registry that come with the crate have what the registry says of them.

mod common;

use client_lite::objects::connectivity::{Connectivity, bearer};
use client_lite::objects::ipso;
use client_lite::objects::location::Location;
use client_lite::typed::{Ranged, Time};
use client_lite::{Object, Operations};
use common::manual::*;
use common::*;
use demo_server::format::TEXT;

/// A line for each resource: id, operations, type, and whether it is multiple or mandatory.
fn describe(object: &dyn Object) -> Vec<String> {
    let resources = object.definition().resources.iter();
    let lines = resources.map(|resource| {
        let operations = match resource.operations {
            Operations::R => "R",
            Operations::W => "W",
            Operations::RW => "RW",
            Operations::E => "E",
            other => panic!("{other:?}"),
        };
        let mut line = format!("{} {operations}", resource.id);
        if resource.operations != Operations::E {
            line += &format!(" {:?}", resource.kind);
        }
        if resource.multiple {
            line += " multiple";
        }
        if resource.mandatory {
            line += " mandatory";
        }
        line
    });
    lines.collect()
}

#[track_caller]
fn check(object: &dyn Object, id: u16, version: (u8, u8), resources: &[&str]) {
    let definition = object.definition();
    assert_eq!((definition.id, definition.version), (id, version));
    assert_eq!(describe(object), resources, "object {id}");
}

#[test]
fn sensors() {
    let all = SENSOR;
    let with_calibration: Vec<_> = {
        let (before, behind) = all.split_at(9);
        [before, &["5821 RW Float"], behind].concat()
    };
    check(&ipso::Illuminance::new("lx", 0.0), 3301, (1, 1), all);
    check(&ipso::Temperature::new("Cel", 0.0), 3303, (1, 1), all);
    check(&ipso::Humidity::new("%RH", 0.0), 3304, (1, 1), all);
    check(&ipso::Barometer::new("Pa", 0.0), 3315, (1, 1), all);
    let all = &with_calibration;
    check(&ipso::Voltage::new("V", 0.0), 3316, (1, 1), all);
    check(&ipso::Pressure::new("Pa", 0.0), 3323, (1, 1), all);
    check(&ipso::Concentration::new("ppm", 0.0), 3325, (1, 1), all);
    check(&ipso::Distance::new("m", 0.0), 3330, (1, 1), all);
}

const SENSOR: &[&str] = &[
    "5518 R Time",
    "5601 R Float",
    "5602 R Float",
    "5603 R Float",
    "5604 R Float",
    "5605 E",
    "5700 R Float mandatory",
    "5701 R String",
    "5750 RW String",
    "6042 R Integer",
    "6049 R Integer",
    "6050 R Float",
];

#[test]
fn digital_input() {
    let resources = &[
        "5500 R Boolean mandatory",
        "5501 R Integer",
        "5502 RW Boolean",
        "5503 RW Integer",
        "5504 RW Integer",
        "5505 E",
        "5518 R Time",
        "5750 RW String",
        "5751 R String",
        "6050 R Float",
    ];
    check(&ipso::DigitalInput::new(), 3200, (1, 1), resources);
}

#[test]
fn presence() {
    let resources = &[
        "5500 R Boolean mandatory",
        "5501 R Integer",
        "5505 E",
        "5518 R Time",
        "5750 RW String",
        "5751 R String",
        "5903 RW Integer",
        "5904 RW Integer",
        "6042 R Integer",
        "6049 R Integer",
        "6050 R Float",
    ];
    check(&ipso::Presence::new(), 3302, (1, 1), resources);
}

#[test]
fn light_control() {
    let resources = &[
        "5701 R String",
        "5706 RW String",
        "5750 RW String",
        "5805 R Float",
        "5820 R Float",
        "5850 RW Boolean mandatory",
        "5851 RW Integer",
        "5852 RW Integer",
    ];
    check(&ipso::LightControl::new(), 3311, (1, 0), resources);
}

#[test]
fn accelerometer() {
    let resources = &[
        "5518 R Time",
        "5603 R Float",
        "5604 R Float",
        "5701 R String",
        "5702 R Float mandatory",
        "5703 R Float",
        "5704 R Float",
        "5750 RW String",
        "6042 R Integer",
        "6049 R Integer",
        "6050 R Float",
    ];
    check(
        &ipso::Accelerometer::new("m/s2", [0.0; 3]),
        3313,
        (1, 1),
        resources,
    );
}

#[test]
fn magnetometer() {
    let resources = &[
        "5518 R Time",
        "5701 R String",
        "5702 R Float mandatory",
        "5703 R Float",
        "5704 R Float",
        "5705 R Float",
        "5750 RW String",
        "6042 R Integer",
        "6049 R Integer",
        "6050 R Float",
    ];
    check(
        &ipso::Magnetometer::new("T", [0.0; 3]),
        3314,
        (1, 1),
        resources,
    );
}

#[test]
fn location_of_something() {
    let resources = &[
        "5517 R Opaque",
        "5518 R Time",
        "5705 R Float",
        "5750 RW String",
        "6042 R Integer",
        "6049 R Integer",
        "6050 R Float",
        "6051 R Float mandatory",
        "6052 R Float mandatory",
        "6053 R Float",
    ];
    check(&ipso::Location::new(0.0, 0.0), 3336, (2, 0), resources);
}

#[test]
fn switch() {
    let resources = &[
        "5500 R Boolean mandatory",
        "5501 R Integer",
        "5518 R Time",
        "5750 RW String",
        "5852 RW Integer",
        "5854 RW Integer",
        "6050 R Float",
    ];
    check(&ipso::Switch::new(), 3342, (1, 1), resources);
}

#[test]
fn push_button() {
    let resources = &[
        "5500 R Boolean mandatory",
        "5501 R Integer",
        "5518 R Time",
        "5750 RW String",
        "6050 R Float",
    ];
    check(&ipso::PushButton::new(), 3347, (1, 1), resources);
}

#[test]
fn connectivity_monitoring() {
    let resources = &[
        "0 R Integer mandatory",
        "1 R Integer multiple mandatory",
        "2 R Integer mandatory",
        "3 R Integer",
        "4 R String multiple mandatory",
        "5 R String multiple",
        "6 R Integer",
        "7 R String multiple",
        "8 R Integer",
        "9 R Integer",
        "10 R Integer",
        "11 R Integer",
        "12 R Integer",
    ];
    check(&Connectivity::default(), 4, (1, 2), resources);
}

#[test]
fn location_of_the_device() {
    let resources = &[
        "0 R Float mandatory",
        "1 R Float mandatory",
        "2 R Float",
        "3 R Float",
        "4 R Opaque",
        "5 R Time mandatory",
        "6 R Float",
    ];
    check(&Location::default(), 6, (1, 0), resources);
}

/// A registered device with one object more.
fn server(seed: u64, object: impl Object + 'static) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.others = vec![Box::new(object)];
    Manual::of(world)
}

#[test]
fn a_sensor_tells_its_measured_values_until_the_server_resets_them() {
    let mut sensor = ipso::Voltage::new("V", 3.5);
    sensor.set(5.0);
    sensor.set(4.5);
    sensor.timestamp = Some(Time(1_700_000_000));
    sensor.quality = Ranged::new(4);
    let mut server = server(1, sensor);
    assert_eq!(
        server.lines("/3316/0"),
        [
            "/3316/0/5518 = 1700000000",
            "/3316/0/5601 = 3.5",
            "/3316/0/5602 = 5",
            "/3316/0/5700 = 4.5",
            "/3316/0/5701 = V",
            "/3316/0/6042 = 4",
        ]
    );
    assert_eq!(server.execute("/3316/0/5605"), "2.04");
    assert_eq!(server.lines("/3316/0/5601"), ["/3316/0/5601 = 4.5"]);
    assert_eq!(server.lines("/3316/0/5602"), ["/3316/0/5602 = 4.5"]);
}

#[test]
fn the_server_says_what_a_sensor_is_for() {
    let mut server = server(2, ipso::Humidity::new("%RH", 40.0));
    assert_eq!(server.put("/3304/0/5750", TEXT, b"cellar"), "2.04");
    assert_eq!(server.lines("/3304/0/5750"), ["/3304/0/5750 = cellar"]);
    let long = [b'x'; 25];
    assert_eq!(server.put("/3304/0/5750", TEXT, &long), "4.00");
    assert_eq!(server.put("/3304/0/5700", TEXT, b"1"), "4.05");
}

#[test]
fn a_light_is_dimmed_within_its_range() {
    let mut server = server(3, ipso::LightControl::new());
    assert_eq!(server.put("/3311/0/5850", TEXT, b"1"), "2.04");
    assert_eq!(server.put("/3311/0/5851", TEXT, b"100"), "2.04");
    assert_eq!(server.put("/3311/0/5851", TEXT, b"101"), "4.00");
    assert_eq!(
        server.lines("/3311/0"),
        ["/3311/0/5850 = true", "/3311/0/5851 = 100"]
    );
}

#[test]
fn the_network_is_told() {
    let mut connectivity = Connectivity {
        network_bearer: bearer::NB_IOT,
        available_bearers: [bearer::NB_IOT, bearer::LTE_FDD].into(),
        signal_strength: -101,
        mobile_country_code: Ranged::new(262),
        ..Connectivity::default()
    };
    let address = "2001:db8::7".try_into().unwrap();
    connectivity.ip_addresses.push(address).unwrap();
    let mut server = server(4, connectivity);
    assert_eq!(
        server.lines("/4/0"),
        [
            "/4/0/0 = 7",
            "/4/0/1/0 = 7",
            "/4/0/1/1 = 6",
            "/4/0/2 = -101",
            "/4/0/4/0 = 2001:db8::7",
            "/4/0/10 = 262",
        ]
    );
}
