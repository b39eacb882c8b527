//! What the device offers: a button, a temperature, and an object with everything a server can do.

use client_lite::{
    At, Object, ObjectDefinition, Operations, Refusal, ResourceDefinition, Type, Value, object,
};

use super::Shelf;

object! {
    /// Digital input.
    #[derive(Default)]
    pub struct Button: 3200 {
        5501: presses: i64 [R, auto],
    }
}

object! {
    /// Temperature.
    #[derive(Default)]
    pub struct Temperature: 3303 {
        5700: celsius: f64 [R],
    }
}

object! {
    /// An object of no registry, in a version of its own.
    #[derive(Default)]
    pub struct Actuator: 33000, version (1, 2), written count_written, delivered count_delivered {
        1: level: i64 [RW, auto],
        2: name: heapless::String<16> [RW],
        3: secret: heapless::Vec<u8, 16> [W],
        4: move_to [E],
        // Counts for the test, and for nobody else to write.
        5: writes: i64 [R],
        6: executions: i64 [R],
        7: deliveries: i64 [R],
    }
}

impl Actuator {
    fn count_written(&mut self, _resource: u16) {
        self.writes += 1;
    }

    fn count_delivered(&mut self, _resource: u16) {
        self.deliveries += 1;
    }

    /// Takes the new level as its argument 0: `0='42'`.
    fn move_to(&mut self, arguments: &[u8]) -> Result<(), Refusal> {
        self.executions += 1;
        if arguments.is_empty() {
            return Ok(());
        }
        self.level = core::str::from_utf8(arguments)
            .ok()
            .and_then(|text| text.strip_prefix("0='")?.strip_suffix('\'')?.parse().ok())
            .ok_or(Refusal::BadRequest)?;
        Ok(())
    }
}

/// A resource of each kind that makes a difference to notification attributes.
#[derive(Default)]
pub struct Probe {
    pub float: f64,
    pub integer: i64,
    pub on: bool,
    /// Resource instances 0 and 7.
    pub several: [i64; 2],
}

impl Object for Probe {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33010,
            version: (1, 0),
            resources: &[
                ResourceDefinition::new(1, Type::Float, Operations::RW),
                ResourceDefinition::new(2, Type::Integer, Operations::R),
                ResourceDefinition::new(3, Type::Unsigned, Operations::R),
                ResourceDefinition::new(4, Type::Time, Operations::R),
                ResourceDefinition::new(5, Type::Boolean, Operations::R),
                ResourceDefinition::new(6, Type::String, Operations::R),
                ResourceDefinition::new(7, Type::Float, Operations::W),
                ResourceDefinition::new(8, Type::Opaque, Operations::E),
                ResourceDefinition::new(9, Type::Integer, Operations::R).multiple(),
            ],
        };
        &DEFINITION
    }

    fn resource_instance(&self, _: At, index: usize) -> Option<u16> {
        [0, 7].get(index).copied()
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        Ok(match at.resource {
            1 => Value::Float(self.float),
            2 => Value::Integer(self.integer),
            3 => Value::Unsigned(u64::MAX),
            4 => Value::Time(self.integer),
            5 => Value::Boolean(self.on),
            6 => Value::String("text"),
            9 => Value::Integer(self.several[usize::from(at.resource_instance == 7)]),
            _ => return Err(Refusal::MethodNotAllowed),
        })
    }

    fn write(&mut self, _: At, value: Value<'_>) -> Result<(), Refusal> {
        if let Value::Float(float) = value {
            self.float = float;
        }
        Ok(())
    }
}

/// The application's objects.
pub struct Objects {
    pub button: Button,
    pub temperature: Temperature,
    /// Gone with `None`.
    pub actuator: Option<Actuator>,
    /// Not there unless a test wants it.
    pub shelf: Option<Shelf>,
    /// The same.
    pub probe: Option<Probe>,
    pub others: Vec<Box<dyn Object>>,
}

impl Default for Objects {
    fn default() -> Self {
        Self {
            button: Button::default(),
            temperature: Temperature { celsius: 21.5 },
            actuator: Some(Actuator::default()),
            shelf: None,
            probe: None,
            others: Vec::new(),
        }
    }
}

impl Objects {
    /// As the client's calls take them.
    pub fn list(&mut self) -> Vec<&mut dyn Object> {
        let mut list: Vec<&mut dyn Object> = vec![&mut self.button, &mut self.temperature];
        if let Some(actuator) = &mut self.actuator {
            list.push(actuator);
        }
        if let Some(shelf) = &mut self.shelf {
            list.push(shelf);
        }
        if let Some(probe) = &mut self.probe {
            list.push(probe);
        }
        for other in &mut self.others {
            list.push(&mut **other);
        }
        list
    }
}

/// The button's count, which is auto-observable.
pub const PRESSES: &str = "/3200/0/5501";

pub const TEMPERATURE: &str = "/3303/0/5700";

/// The actuator's level, which is auto-observable, and which a server can write.
pub const LEVEL: &str = "/33000/0/1";
