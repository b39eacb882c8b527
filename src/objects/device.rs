//! Object 3, Device (LwM2M Core 1.1, Appendix E.4): what every device tells of itself.

use crate::error::Refusal;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{Type, Value};

/// What the device tells of itself. Empty texts are not there for the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceInfo<'a> {
    /// /3/0/0, human readable.
    pub manufacturer: &'a str,
    /// /3/0/1, the manufacturer's name for the model.
    pub model: &'a str,
    /// /3/0/2.
    pub serial_number: &'a str,
    /// /3/0/3.
    pub firmware_version: &'a str,
}

/// The one instance, 0. An application with more to tell brings an object 3 of its own.
pub(crate) struct Device<'a> {
    info: DeviceInfo<'a>,
    /// Reboot was executed.
    pub(crate) reboot: bool,
}

impl<'a> Device<'a> {
    pub(crate) fn new(info: DeviceInfo<'a>) -> Self {
        Self {
            info,
            reboot: false,
        }
    }

    fn text(&self, resource: u16) -> Option<&'a str> {
        let info = &self.info;
        Some(match resource {
            MANUFACTURER => info.manufacturer,
            MODEL => info.model,
            SERIAL_NUMBER => info.serial_number,
            FIRMWARE_VERSION => info.firmware_version,
            BINDINGS => "U",
            _ => return None,
        })
    }
}

impl Object for Device<'_> {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn has(&self, _: u16, resource: u16) -> bool {
        self.text(resource).is_none_or(|text| !text.is_empty())
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        match self.text(at.resource) {
            Some(text) => Ok(Value::String(text)),
            // The one error code: none.
            None => Ok(Value::Integer(0)),
        }
    }

    fn execute(&mut self, _: At, _: &[u8]) -> Result<(), Refusal> {
        self.reboot = true;
        Ok(())
    }
}

static DEFINITION: ObjectDefinition = ObjectDefinition {
    id: 3,
    version: (1, 1),
    resources: &[
        ResourceDefinition::new(MANUFACTURER, Type::String, Operations::R),
        ResourceDefinition::new(MODEL, Type::String, Operations::R),
        ResourceDefinition::new(SERIAL_NUMBER, Type::String, Operations::R),
        ResourceDefinition::new(FIRMWARE_VERSION, Type::String, Operations::R),
        ResourceDefinition::new(REBOOT, Type::Opaque, Operations::E),
        ResourceDefinition::new(ERROR_CODE, Type::Integer, Operations::R).multiple(),
        ResourceDefinition::new(BINDINGS, Type::String, Operations::R),
    ],
};

const MANUFACTURER: u16 = 0;
const MODEL: u16 = 1;
const SERIAL_NUMBER: u16 = 2;
const FIRMWARE_VERSION: u16 = 3;
const REBOOT: u16 = 4;
const ERROR_CODE: u16 = 11;
const BINDINGS: u16 = 16;
