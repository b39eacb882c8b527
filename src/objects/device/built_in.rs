//! The least Device object, for an application that brings none of its own.

use crate::config::DeviceInfo;
use crate::error::Refusal;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{Type, Value};
use crate::objects::device::{
    BINDINGS, ERROR_CODE, FIRMWARE_VERSION, MANUFACTURER, MODEL, REBOOT, SERIAL_NUMBER,
};

/// What the configuration says, no error ever, and Reboot as an event, where somebody restarts the
/// device.
pub(crate) struct BuiltIn<'a> {
    info: DeviceInfo<'a>,
    can_reboot: bool,
    /// Reboot was executed.
    pub(crate) reboot: bool,
}

impl<'a> BuiltIn<'a> {
    pub(crate) fn new(info: DeviceInfo<'a>, can_reboot: bool) -> Self {
        Self {
            info,
            can_reboot,
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

impl Object for BuiltIn<'_> {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn has(&self, at: At) -> bool {
        match self.text(at.resource) {
            Some(text) => !text.is_empty(),
            None => at.resource != REBOOT || self.can_reboot,
        }
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
