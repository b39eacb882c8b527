//! Object 3, Device (LwM2M Core 1.1, Appendix E.4): what a device says of itself.

mod built_in;

use crate::config::DeviceInfo;
use crate::error::Refusal;
use crate::model::object::{
    At, Creatable, Object, ObjectDefinition, Operations, ResourceDefinition,
};
use crate::model::value::{Type, Value};
use crate::objects::typed::Multiple;

pub(crate) use built_in::BuiltIn;

/// The Device object with all that an application can say. Among the application's objects, it
/// takes the place of the client's own, which knows the [`DeviceInfo`] only.
///
/// What changes by itself, and what the server can do, is asked of the application's [`Hooks`]. The
/// application says with [`Client::changed`](crate::Client::changed) that a value has changed: the
/// paths stand with the hooks.
///
/// ```
/// use client_lite::DeviceInfo;
/// use client_lite::objects::device::{Device, Hooks, error_code};
///
/// struct Board {
///     battery: u8,
///     reboot: bool,
/// }
///
/// impl Hooks for Board {
///     fn reboot(&mut self) {
///         self.reboot = true;
///     }
///     fn battery_level(&self) -> Option<u8> {
///         Some(self.battery)
///     }
/// }
///
/// let info = DeviceInfo {
///     manufacturer: "Acme",
///     ..DeviceInfo::default()
/// };
/// let board = Board { battery: 12, reboot: false };
/// let mut device = Device::new(info, board);
/// if device.hooks.battery < 20 && device.raise_error(error_code::LOW_BATTERY) {
///     // client.changed(now, Path::resource(3, 0, 11), &mut objects)
/// }
/// ```
pub struct Device<'a, H> {
    /// What never changes.
    pub info: DeviceInfo<'a>,
    /// The application's part.
    pub hooks: H,
    errors: Multiple<u8, ERRORS>,
}

/// What the application knows of the device and does with it. A resource is there for the server
/// where its method is overridden and gives `Some`, or a text that is not empty.
///
/// A value that has to be measured is measured before, and kept for these methods: they are asked
/// more than once for each request.
pub trait Hooks {
    /// /3/0/4: the server wants the device to restart.
    ///
    /// Its response is not sent yet: restart after
    /// [`Client::poll_transmit`](crate::Client::poll_transmit) has given it out.
    fn reboot(&mut self);

    /// Whether there is /3/0/5.
    fn has_factory_reset(&self) -> bool {
        false
    }

    /// /3/0/5: the server wants all settings as they left the factory, and a restart, which is to
    /// happen as after [`reboot`](Self::reboot).
    fn factory_reset(&mut self) {}

    /// /3/0/6 to /3/0/8: the power sources; the index is their resource instance id.
    fn power_sources(&self) -> &[PowerSource] {
        &[]
    }

    /// /3/0/9: what the internal battery holds, in percent.
    fn battery_level(&self) -> Option<u8> {
        None
    }

    /// /3/0/10: free storage for data and software, in kilobytes of 1000 bytes.
    fn memory_free(&self) -> Option<u32> {
        None
    }

    /// /3/0/12: the server has taken back all error codes. Those that still hold are to be raised
    /// again, with [`Device::raise_error`].
    fn errors_reset(&mut self) {}

    /// /3/0/13: seconds since 1970-01-01T00:00Z.
    fn current_time(&self) -> Option<i64> {
        None
    }

    /// /3/0/14: the offset from UTC that is in effect, as ISO 8601 has it: `+02:00`.
    fn utc_offset(&self) -> &str {
        ""
    }

    /// /3/0/15: the time zone's name in the IANA database: `Europe/Berlin`.
    fn timezone(&self) -> &str {
        ""
    }

    /// Whether the server may set what [`set`](Self::set) would take.
    fn accepts(&self, setting: &Setting<'_>) -> Result<(), Refusal> {
        let _ = setting;
        Err(Refusal::MethodNotAllowed)
    }

    /// The server sets what [`accepts`](Self::accepts) has let pass.
    fn set(&mut self, setting: Setting<'_>) {
        let _ = setting;
    }

    /// /3/0/16: the transports that the device supports.
    fn bindings(&self) -> &str {
        "U"
    }

    /// /3/0/17: what kind of device it is, in the manufacturer's words.
    fn device_type(&self) -> &str {
        ""
    }

    /// /3/0/18.
    fn hardware_version(&self) -> &str {
        ""
    }

    /// /3/0/19: the application's version, where it is not the firmware's.
    fn software_version(&self) -> &str {
        ""
    }

    /// /3/0/20: how the internal battery is.
    fn battery_status(&self) -> Option<BatteryStatus> {
        None
    }

    /// /3/0/21: all storage for data and software, in kilobytes of 1000 bytes.
    fn memory_total(&self) -> Option<u32> {
        None
    }
}

/// What a server can set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Setting<'a> {
    /// /3/0/13: seconds since 1970-01-01T00:00Z.
    CurrentTime(i64),
    /// /3/0/14, unchecked.
    UtcOffset(&'a str),
    /// /3/0/15, unchecked.
    Timezone(&'a str),
}

/// Where the device has its power from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PowerSource {
    /// /3/0/6.
    pub kind: PowerSourceKind,
    /// /3/0/7, in millivolts.
    pub voltage: Option<i32>,
    /// /3/0/8, in milliamperes.
    pub current: Option<i32>,
}

/// The kinds of power sources of /3/0/6.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum PowerSourceKind {
    /// Direct current.
    Dc = 0,
    /// A battery inside.
    InternalBattery = 1,
    /// A battery outside.
    ExternalBattery = 2,
    /// A fuel cell.
    FuelCell = 3,
    /// Ethernet.
    Ethernet = 4,
    /// USB.
    Usb = 5,
    /// Mains.
    Mains = 6,
    /// The sun.
    Solar = 7,
}

/// The states of a battery of /3/0/20.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum BatteryStatus {
    /// It works, and the device runs on it.
    Normal = 0,
    /// It is being charged.
    Charging = 1,
    /// It is full, and still on power.
    ChargeComplete = 2,
    /// It has a fault.
    Damaged = 3,
    /// It is nearly empty.
    Low = 4,
    /// There is none.
    NotInstalled = 5,
    /// Nobody knows.
    Unknown = 6,
}

/// The error codes of /3/0/11; 16 to 32 are the manufacturer's own.
pub mod error_code {
    /// The battery is low.
    pub const LOW_BATTERY: u8 = 1;
    /// The external supply is off.
    pub const SUPPLY_OFF: u8 = 2;
    /// The GPS module failed.
    pub const GPS_FAILURE: u8 = 3;
    /// The signal is weak.
    pub const LOW_SIGNAL: u8 = 4;
    /// No memory is left.
    pub const OUT_OF_MEMORY: u8 = 5;
    /// SMS failed.
    pub const SMS_FAILURE: u8 = 6;
    /// There is no IP connectivity.
    pub const IP_FAILURE: u8 = 7;
    /// A peripheral does not work.
    pub const PERIPHERAL_MALFUNCTION: u8 = 8;
}

impl<'a, H: Hooks> Device<'a, H> {
    /// A device without an error.
    pub const fn new(info: DeviceInfo<'a>, hooks: H) -> Self {
        Self {
            info,
            hooks,
            errors: Multiple::new(),
        }
    }

    /// Adds an error code to /3/0/11; whether that is new to the server. Up to eight hold at a
    /// time: more are not shown, nor is 0, which stands there while there is no other.
    pub fn raise_error(&mut self, code: u8) -> bool {
        let known = code == 0 || self.errors.iter().any(|(_, other)| *other == code);
        !known && self.errors.push(code).is_ok()
    }

    /// Takes an error code back from /3/0/11; whether it was there.
    pub fn clear_error(&mut self, code: u8) -> bool {
        let id = self.errors.iter().find(|(_, other)| **other == code);
        let id = id.map(|(id, _)| id);
        id.and_then(|id| self.errors.remove(id)).is_some()
    }

    fn value(&self, at: At) -> Option<Value<'_>> {
        let hooks = &self.hooks;
        let source = || hooks.power_sources().get(usize::from(at.resource_instance));
        let text = match at.resource {
            MANUFACTURER => self.info.manufacturer,
            MODEL => self.info.model,
            SERIAL_NUMBER => self.info.serial_number,
            FIRMWARE_VERSION => self.info.firmware_version,
            UTC_OFFSET => hooks.utc_offset(),
            TIMEZONE => hooks.timezone(),
            BINDINGS => hooks.bindings(),
            DEVICE_TYPE => hooks.device_type(),
            HARDWARE_VERSION => hooks.hardware_version(),
            SOFTWARE_VERSION => hooks.software_version(),
            CURRENT_TIME => return hooks.current_time().map(Value::Time),
            _ => {
                let number = match at.resource {
                    POWER_SOURCES => source()?.kind as i64,
                    POWER_VOLTAGE => source()?.voltage?.into(),
                    POWER_CURRENT => source()?.current?.into(),
                    BATTERY_LEVEL => hooks.battery_level()?.into(),
                    MEMORY_FREE => hooks.memory_free()?.into(),
                    ERROR_CODE => match self.errors.get(at.resource_instance) {
                        Some(code) => (*code).into(),
                        None if self.errors.is_empty() && at.resource_instance == 0 => 0,
                        None => return None,
                    },
                    BATTERY_STATUS => hooks.battery_status()? as i64,
                    MEMORY_TOTAL => hooks.memory_total()?.into(),
                    _ => return None,
                };
                return Some(Value::Integer(number));
            }
        };
        (!text.is_empty()).then_some(Value::String(text))
    }
}

impl<H: Hooks> Object for Device<'_, H> {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn has(&self, at: At) -> bool {
        match at.resource {
            REBOOT | RESET_ERROR_CODE => true,
            FACTORY_RESET => self.hooks.has_factory_reset(),
            _ => self.resource_instance(at, 0).is_some(),
        }
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        let ids = match at.resource {
            POWER_SOURCES | POWER_VOLTAGE | POWER_CURRENT => self.hooks.power_sources().len(),
            ERROR_CODE => ERRORS,
            _ => 1,
        };
        let has = |id: &u16| {
            let resource_instance = *id;
            self.value(At {
                resource_instance,
                ..at
            })
            .is_some()
        };
        (0..u16::MAX).take(ids).filter(has).nth(index)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        self.value(at).ok_or(Refusal::NotFound)
    }

    #[cfg(feature = "create")]
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        self.hooks.accepts(&setting(at.resource, *value)?)
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        self.hooks.set(setting(at.resource, value)?);
        Ok(())
    }

    fn execute(&mut self, at: At, _: &[u8]) -> Result<(), Refusal> {
        match at.resource {
            REBOOT => self.hooks.reboot(),
            FACTORY_RESET => self.hooks.factory_reset(),
            RESET_ERROR_CODE => {
                self.errors.clear();
                self.hooks.errors_reset();
            }
            _ => return Err(Refusal::MethodNotAllowed),
        }
        Ok(())
    }
}

impl<H: Hooks> Creatable for Device<'_, H> {
    /// Whether a setting can be made is for [`Hooks::accepts`] to say.
    fn can_add(&self, at: At) -> bool {
        matches!(at.resource, CURRENT_TIME | UTC_OFFSET | TIMEZONE)
    }
}

fn setting(resource: u16, value: Value<'_>) -> Result<Setting<'_>, Refusal> {
    match (resource, value) {
        (CURRENT_TIME, Value::Time(time)) => Ok(Setting::CurrentTime(time)),
        (UTC_OFFSET, Value::String(offset)) => Ok(Setting::UtcOffset(offset)),
        (TIMEZONE, Value::String(timezone)) => Ok(Setting::Timezone(timezone)),
        _ => Err(Refusal::MethodNotAllowed),
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
        ResourceDefinition::new(REBOOT, Type::Opaque, Operations::E).mandatory(),
        ResourceDefinition::new(FACTORY_RESET, Type::Opaque, Operations::E),
        ResourceDefinition::new(POWER_SOURCES, Type::Integer, Operations::R).multiple(),
        ResourceDefinition::new(POWER_VOLTAGE, Type::Integer, Operations::R).multiple(),
        ResourceDefinition::new(POWER_CURRENT, Type::Integer, Operations::R).multiple(),
        ResourceDefinition::new(BATTERY_LEVEL, Type::Integer, Operations::R),
        ResourceDefinition::new(MEMORY_FREE, Type::Integer, Operations::R),
        ResourceDefinition::new(ERROR_CODE, Type::Integer, Operations::R)
            .multiple()
            .mandatory(),
        ResourceDefinition::new(RESET_ERROR_CODE, Type::Opaque, Operations::E),
        ResourceDefinition::new(CURRENT_TIME, Type::Time, Operations::RW),
        ResourceDefinition::new(UTC_OFFSET, Type::String, Operations::RW),
        ResourceDefinition::new(TIMEZONE, Type::String, Operations::RW),
        ResourceDefinition::new(BINDINGS, Type::String, Operations::R).mandatory(),
        ResourceDefinition::new(DEVICE_TYPE, Type::String, Operations::R),
        ResourceDefinition::new(HARDWARE_VERSION, Type::String, Operations::R),
        ResourceDefinition::new(SOFTWARE_VERSION, Type::String, Operations::R),
        ResourceDefinition::new(BATTERY_STATUS, Type::Integer, Operations::R),
        ResourceDefinition::new(MEMORY_TOTAL, Type::Integer, Operations::R),
    ],
};

/// How many errors hold at a time.
const ERRORS: usize = 8;

const MANUFACTURER: u16 = 0;
const MODEL: u16 = 1;
const SERIAL_NUMBER: u16 = 2;
const FIRMWARE_VERSION: u16 = 3;
const REBOOT: u16 = 4;
const FACTORY_RESET: u16 = 5;
const POWER_SOURCES: u16 = 6;
const POWER_VOLTAGE: u16 = 7;
const POWER_CURRENT: u16 = 8;
const BATTERY_LEVEL: u16 = 9;
const MEMORY_FREE: u16 = 10;
const ERROR_CODE: u16 = 11;
const RESET_ERROR_CODE: u16 = 12;
const CURRENT_TIME: u16 = 13;
const UTC_OFFSET: u16 = 14;
const TIMEZONE: u16 = 15;
const BINDINGS: u16 = 16;
const DEVICE_TYPE: u16 = 17;
const HARDWARE_VERSION: u16 = 18;
const SOFTWARE_VERSION: u16 = 19;
const BATTERY_STATUS: u16 = 20;
const MEMORY_TOTAL: u16 = 21;
