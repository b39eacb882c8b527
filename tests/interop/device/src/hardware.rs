//! What the Device object (3) tells and does.

use alloc::format;
use alloc::string::String;

use client_lite::objects::device::{BatteryStatus, Hooks, PowerSource, PowerSourceKind, Setting};
use client_lite::{At, Refusal};

use crate::table::{Note, Owned};

/// Two power sources, a battery, and a clock that stands still.
pub(crate) struct Hardware {
    sources: [PowerSource; 2],
    battery: u8,
    time: i64,
    utc_offset: String,
    timezone: String,
    note: Note,
}

impl Hardware {
    pub(crate) fn new(note: Note) -> Self {
        let source = |kind, voltage, current| PowerSource {
            kind,
            voltage: Some(voltage),
            current: Some(current),
        };
        Self {
            sources: [
                source(PowerSourceKind::InternalBattery, 3800, 125),
                source(PowerSourceKind::Usb, 5000, 900),
            ],
            battery: 95,
            time: 1_700_000_000,
            utc_offset: "+01:00".into(),
            timezone: "Europe/Paris".into(),
            note,
        }
    }

    /// A new measured value; whether that is one.
    pub(crate) fn measure(&mut self, at: At, value: &Owned) -> bool {
        let Owned::Integer(number) = *value else {
            return false;
        };
        let source = self.sources.get_mut(usize::from(at.resource_instance));
        match (at.resource, source) {
            (7, Some(source)) => source.voltage = number.try_into().ok(),
            (8, Some(source)) => source.current = number.try_into().ok(),
            (9, _) => self.battery = number.try_into().unwrap_or(0),
            _ => return false,
        }
        true
    }
}

impl Hooks for Hardware {
    fn reboot(&mut self) {
        (self.note)("server executed /3/0/4");
    }

    fn has_factory_reset(&self) -> bool {
        true
    }

    fn factory_reset(&mut self) {
        (self.note)("server executed /3/0/5");
    }

    fn power_sources(&self) -> &[PowerSource] {
        &self.sources
    }

    fn battery_level(&self) -> Option<u8> {
        Some(self.battery)
    }

    fn memory_free(&self) -> Option<u32> {
        Some(15)
    }

    fn errors_reset(&mut self) {
        (self.note)("server executed /3/0/12");
    }

    fn current_time(&self) -> Option<i64> {
        Some(self.time)
    }

    fn utc_offset(&self) -> &str {
        &self.utc_offset
    }

    fn timezone(&self) -> &str {
        &self.timezone
    }

    fn accepts(&self, _: &Setting<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    fn set(&mut self, setting: Setting<'_>) {
        match setting {
            Setting::CurrentTime(time) => self.time = time,
            Setting::UtcOffset(offset) => self.utc_offset = offset.into(),
            Setting::Timezone(timezone) => self.timezone = timezone.into(),
        }
        (self.note)(&format!("server set {setting:?}"));
    }

    fn device_type(&self) -> &str {
        "test"
    }

    fn hardware_version(&self) -> &str {
        "rev-b"
    }

    fn software_version(&self) -> &str {
        "4.5.6"
    }

    fn battery_status(&self) -> Option<BatteryStatus> {
        Some(BatteryStatus::Normal)
    }

    fn memory_total(&self) -> Option<u32> {
        Some(64)
    }
}
