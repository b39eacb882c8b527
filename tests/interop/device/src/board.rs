//! The objects of the device under test, and the values that they start with.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use client_lite::objects::Instances;
use client_lite::objects::access_control::{AccessControl, Rights};
use client_lite::objects::connectivity::{Connectivity, bearer};
use client_lite::objects::device::Device;
use client_lite::objects::ipso::{DigitalInput, LightControl, Temperature};
use client_lite::objects::location::Location;
use client_lite::typed::{Multiple, Time};
use client_lite::{
    DeviceInfo, Object, ObjectDefinition, Operations, Path, ResourceDefinition, Type,
};
use heapless::String as Text;

use crate::hardware::Hardware;
use crate::table::{Note, Owned, Table};
use crate::{table, text};

/// All objects but those that are the client's own.
pub struct Board {
    device: Device<'static, Hardware>,
    connectivity: Connectivity,
    location: Location,
    statistics: Table,
    portfolio: Instances<Portfolio, 4>,
    button: DigitalInput,
    thermometers: Instances<Temperature, 2>,
    /// Servers make the lamps; there are none at first.
    pub(crate) lamps: Instances<LightControl, 4>,
    every_type: Table,
    /// Where there is a second server.
    rights: Option<AccessControl<16>>,
}

client_lite::object! {
    /// Portfolio
    #[derive(Default)]
    pub struct Portfolio: 16 {
        0: identity: Multiple<Text<40>, 8> [RW, mandatory],
    }
}

impl Board {
    /// `note` is told, a line each, what servers have done to the objects. With a second server, the first one owns
    /// them, and the second may do the same.
    pub fn new(note: Note, second_server: bool) -> Self {
        let mut portfolio = Instances::new().created_by(|_| Portfolio::default());
        let mut thermometers = Instances::new();
        for (id, value) in [(0, 21.5), (1, 4.0)] {
            let _ = thermometers.insert(id, Temperature::new("Cel", value));
        }
        let _ = portfolio.insert(0, first_portfolio());
        Self {
            device: Device::new(INFO, Hardware::new(note)),
            connectivity: connectivity(),
            location: location(),
            statistics: statistics(note),
            portfolio,
            button: DigitalInput::new(),
            thermometers,
            lamps: Instances::new().created_by(|_| LightControl::new()),
            every_type: every_type(note),
            rights: second_server.then(rights),
        }
    }

    /// For the client.
    pub fn objects(&mut self) -> Vec<&mut dyn Object> {
        let mut objects: Vec<&mut dyn Object> = vec![
            &mut self.device,
            &mut self.connectivity,
            &mut self.location,
            &mut self.statistics,
            &mut self.portfolio,
            &mut self.button,
            &mut self.thermometers,
            &mut self.lamps,
            &mut self.every_type,
        ];
        if let Some(rights) = &mut self.rights {
            objects.push(rights);
        }
        objects
    }

    /// Sets a resource from text, as the hardware would.
    pub(crate) fn set(&mut self, path: Path, value: &str) -> Result<(), String> {
        let at = table::at(path).ok_or_else(|| format!("{path} is no resource"))?;
        let mut objects = self.objects().into_iter();
        let object = objects.find(|object| Some(object.definition().id) == path.object_id());
        let object = object.ok_or_else(|| format!("no {path}"))?;
        let definition = object.definition().resource(at.resource);
        let kind = definition.ok_or_else(|| format!("no {path}"))?.kind;
        let value =
            text::parse(kind, value).ok_or_else(|| format!("{path} is of type {kind:?}"))?;
        let written = match path.object_id() {
            Some(3) => self.device.hooks.measure(at, &value),
            _ => object.write(at, value.as_value()).is_ok(),
        };
        written
            .then_some(())
            .ok_or_else(|| format!("{path} is fixed"))
    }
}

const INFO: DeviceInfo<'_> = DeviceInfo {
    manufacturer: "Client Lite",
    model: "model-1",
    serial_number: "serial-1",
    firmware_version: "1.2.3",
};

fn rights() -> AccessControl<16> {
    let mut control = AccessControl::new();
    for (object, instance) in [
        (3, 0),
        (4, 0),
        (6, 0),
        (7, 0),
        (16, 0),
        (3200, 0),
        (3303, 0),
        (3303, 1),
        (33000, 0),
    ] {
        control
            .grant(object, instance, 1, &[(2, Rights::FULL)])
            .expect("enough room");
    }
    let creators = [(1, Rights::CREATE), (2, Rights::CREATE)];
    for object in [16, 3311] {
        control
            .grant_create(object, &creators)
            .expect("enough room");
    }
    control
}

fn connectivity() -> Connectivity {
    let mut connectivity = Connectivity {
        network_bearer: bearer::ETHERNET,
        available_bearers: [bearer::ETHERNET, bearer::WLAN].into(),
        signal_strength: -67,
        link_quality: Some(98),
        cell_id: Some(7),
        ..Connectivity::default()
    };
    let address = Text::try_from("127.0.0.1").expect("short enough");
    let _ = connectivity.ip_addresses.push(address);
    connectivity
}

fn location() -> Location {
    Location {
        latitude: 60.1699,
        longitude: 24.9384,
        altitude: Some(17.5),
        timestamp: Time(1_700_000_000),
        ..Location::default()
    }
}

fn first_portfolio() -> Portfolio {
    let mut portfolio = Portfolio::default();
    for text in [
        "Host Device ID #1",
        "Host Device Manufacturer #1",
        "Host Device Model #1",
        "Host Device Software Version #1",
    ] {
        let text = Text::try_from(text).expect("short enough");
        let _ = portfolio.identity.push(text);
    }
    portfolio
}

fn statistics(note: Note) -> Table {
    static DEFINITION: ObjectDefinition = ObjectDefinition {
        id: 7,
        version: (1, 0),
        resources: &[
            one(2, Type::Integer, Operations::R),
            one(3, Type::Integer, Operations::R),
            one(6, Type::Opaque, Operations::E).mandatory(),
            one(7, Type::Opaque, Operations::E),
            one(8, Type::Integer, Operations::RW),
        ],
    };
    Table::new(&DEFINITION, note)
        .with("/7/0/2", Owned::Integer(0))
        .with("/7/0/3", Owned::Integer(0))
        .with("/7/0/8", Owned::Integer(0))
}

/// The suite's own object: each type single and multiple, then something to execute, what was
/// executed with, something write-only, and a number from 0 to 100.
fn every_type(note: Note) -> Table {
    static DEFINITION: ObjectDefinition = ObjectDefinition {
        id: 33000,
        version: (1, 0),
        resources: &[
            one(0, Type::String, Operations::RW),
            one(1, Type::Integer, Operations::RW),
            one(2, Type::Unsigned, Operations::RW),
            one(3, Type::Float, Operations::RW),
            one(4, Type::Boolean, Operations::RW),
            one(5, Type::Opaque, Operations::RW),
            one(6, Type::Time, Operations::RW),
            one(7, Type::ObjectLink, Operations::RW),
            one(10, Type::String, Operations::RW).multiple(),
            one(11, Type::Integer, Operations::RW).multiple(),
            one(12, Type::Unsigned, Operations::RW).multiple(),
            one(13, Type::Float, Operations::RW).multiple(),
            one(14, Type::Boolean, Operations::RW).multiple(),
            one(15, Type::Opaque, Operations::RW).multiple(),
            one(16, Type::Time, Operations::RW).multiple(),
            one(17, Type::ObjectLink, Operations::RW).multiple(),
            one(20, Type::Opaque, Operations::E),
            one(21, Type::String, Operations::R),
            one(22, Type::String, Operations::W),
            one(23, Type::Integer, Operations::RW),
        ],
    };
    Table::new(&DEFINITION, note)
        .with("/33000/0/0", "text")
        .with("/33000/0/1", Owned::Integer(-1))
        .with("/33000/0/2", Owned::Unsigned(1))
        .with("/33000/0/3", Owned::Float(0.5))
        .with("/33000/0/4", Owned::Boolean(true))
        .with("/33000/0/5", Owned::Opaque(vec![0, 1, 2, 0xff]))
        .with("/33000/0/6", Owned::Time(0))
        .with("/33000/0/7", Owned::link(3, 0))
        .with("/33000/0/10/0", "zero")
        .with("/33000/0/21", "")
        .with("/33000/0/23", Owned::Integer(50))
        .bounded(23, 0..=100)
        .takes_blocks(5)
        .repeats(20, 21)
}

const fn one(id: u16, kind: Type, operations: Operations) -> ResourceDefinition {
    ResourceDefinition::new(id, kind, operations)
}
