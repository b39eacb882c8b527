//! The Device object with the application's part (LwM2M Core 1.1, Appendix E.4).

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use client_lite::objects::device::{
    BatteryStatus, Device, Hooks, PowerSource, PowerSourceKind, Setting, error_code,
};
use client_lite::{At, DeviceInfo, Object, Refusal};
use common::manual::*;
use common::*;
use demo_server::format::TEXT;

/// What the server has had the board do.
type Done = Rc<RefCell<Vec<String>>>;

struct Board {
    done: Done,
    time: i64,
    timezone: String,
}

impl Hooks for Board {
    fn reboot(&mut self) {
        self.done.borrow_mut().push("reboot".into());
    }

    fn has_factory_reset(&self) -> bool {
        true
    }

    fn factory_reset(&mut self) {
        self.done.borrow_mut().push("factory reset".into());
    }

    fn power_sources(&self) -> &[PowerSource] {
        &[
            PowerSource {
                kind: PowerSourceKind::InternalBattery,
                voltage: Some(3800),
                current: None,
            },
            PowerSource {
                kind: PowerSourceKind::Usb,
                voltage: Some(5000),
                current: Some(125),
            },
        ]
    }

    fn battery_level(&self) -> Option<u8> {
        Some(100)
    }

    fn memory_free(&self) -> Option<u32> {
        Some(15)
    }

    fn errors_reset(&mut self) {
        self.done.borrow_mut().push("errors reset".into());
    }

    fn current_time(&self) -> Option<i64> {
        Some(self.time)
    }

    fn utc_offset(&self) -> &str {
        "+02:00"
    }

    fn timezone(&self) -> &str {
        &self.timezone
    }

    fn accepts(&self, setting: &Setting<'_>) -> Result<(), Refusal> {
        match setting {
            Setting::CurrentTime(1..) => Ok(()),
            Setting::Timezone(name) if name.contains('/') => Ok(()),
            Setting::CurrentTime(_) | Setting::Timezone(_) => Err(Refusal::BadRequest),
            Setting::UtcOffset(_) => Err(Refusal::MethodNotAllowed),
        }
    }

    fn set(&mut self, setting: Setting<'_>) {
        match setting {
            Setting::CurrentTime(time) => self.time = time,
            Setting::Timezone(timezone) => self.timezone = timezone.into(),
            Setting::UtcOffset(_) => unreachable!("was not accepted"),
        }
    }

    fn device_type(&self) -> &str {
        "meter"
    }

    fn battery_status(&self) -> Option<BatteryStatus> {
        Some(BatteryStatus::ChargeComplete)
    }

    fn memory_total(&self) -> Option<u32> {
        Some(512)
    }
}

/// A board that can only restart.
struct Bare;

impl Hooks for Bare {
    fn reboot(&mut self) {}
}

fn info() -> DeviceInfo<'static> {
    DeviceInfo {
        manufacturer: "Acme",
        model: "M1",
        ..DeviceInfo::default()
    }
}

fn server(seed: u64) -> (Manual, Done) {
    let done = Done::default();
    let board = Board {
        done: done.clone(),
        time: 1_367_491_215,
        timezone: String::new(),
    };
    (with(seed, Device::new(info(), board)), done)
}

fn with<H: Hooks + 'static>(seed: u64, device: Device<'static, H>) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.others = vec![Box::new(device)];
    Manual::of(world)
}

#[test]
fn all_that_the_board_tells_is_read() {
    let (mut server, _) = server(1);
    assert_eq!(
        server.lines("/3/0"),
        [
            "/3/0/0 = Acme",
            "/3/0/1 = M1",
            "/3/0/6/0 = 1",
            "/3/0/6/1 = 5",
            "/3/0/7/0 = 3800",
            "/3/0/7/1 = 5000",
            "/3/0/8/1 = 125",
            "/3/0/9 = 100",
            "/3/0/10 = 15",
            "/3/0/11/0 = 0",
            "/3/0/13 = 1367491215",
            "/3/0/14 = +02:00",
            "/3/0/16 = U",
            "/3/0/17 = meter",
            "/3/0/20 = 2",
            "/3/0/21 = 512",
        ]
    );
    // The server can set the time zone, which is not there yet.
    assert_eq!(server.lines("/3/0/15"), ["4.04"]);
}

#[test]
fn what_the_board_does_not_have_is_not_there() {
    let mut server = with(2, Device::new(info(), Bare));
    assert_eq!(
        server.discover("/3/0"),
        "</3/0>,</3/0/0>,</3/0/1>,</3/0/4>,</3/0/11>;dim=1,</3/0/12>,</3/0/16>"
    );
    assert_eq!(server.execute("/3/0/5"), "4.04");
    assert_eq!(server.put("/3/0/13", TEXT, b"1"), "4.05");
}

#[test]
fn reboot_and_factory_reset_reach_the_board() {
    let (mut server, done) = server(3);
    assert_eq!(server.execute("/3/0/4"), "2.04");
    assert_eq!(server.execute("/3/0/5"), "2.04");
    assert_eq!(*done.borrow(), ["reboot", "factory reset"]);
}

#[test]
fn the_server_sets_what_the_board_accepts() {
    let (mut server, _) = server(4);
    assert_eq!(server.put("/3/0/13", TEXT, b"1700000000"), "2.04");
    assert_eq!(server.put("/3/0/13", TEXT, b"0"), "4.00");
    assert_eq!(server.put("/3/0/15", TEXT, b"Europe/Berlin"), "2.04");
    assert_eq!(server.put("/3/0/14", TEXT, b"+01:00"), "4.05");
    assert_eq!(server.put("/3/0/0", TEXT, b"Other"), "4.05");
    assert_eq!(server.lines("/3/0/13"), ["/3/0/13 = 1700000000"]);
    assert_eq!(server.lines("/3/0/15"), ["/3/0/15 = Europe/Berlin"]);
}

/// The error codes as a server reads them: resource instance and code.
fn errors<H: Hooks>(device: &mut Device<'_, H>) -> Vec<(u16, i64)> {
    let code = |resource_instance| At {
        instance: 0,
        resource: 11,
        resource_instance,
    };
    let ids: Vec<u16> = (0..)
        .map_while(|index| device.resource_instance(code(0), index))
        .collect();
    let mut read = |resource_instance| match device.read(code(resource_instance)) {
        Ok(client_lite::Value::Integer(code)) => (resource_instance, code),
        other => panic!("{other:?}"),
    };
    ids.into_iter().map(&mut read).collect()
}

#[test]
fn errors_take_the_place_of_no_error_and_leave_it_again() {
    let mut device = Device::new(info(), Bare);
    assert_eq!(errors(&mut device), [(0, 0)]);
    assert!(device.raise_error(error_code::LOW_BATTERY));
    assert!(device.raise_error(error_code::IP_FAILURE));
    assert!(!device.raise_error(error_code::IP_FAILURE));
    assert!(!device.raise_error(0));
    assert_eq!(errors(&mut device), [(0, 1), (1, 7)]);
    assert!(device.clear_error(error_code::LOW_BATTERY));
    assert!(!device.clear_error(error_code::LOW_BATTERY));
    assert_eq!(errors(&mut device), [(1, 7)]);
    assert!(device.clear_error(error_code::IP_FAILURE));
    assert_eq!(errors(&mut device), [(0, 0)]);
}

#[test]
fn up_to_eight_errors_hold() {
    let mut device = Device::new(info(), Bare);
    let raised = (1..=9).filter(|code| device.raise_error(*code)).count();
    assert_eq!(raised, 8);
    assert_eq!(errors(&mut device).len(), 8);
}

#[test]
fn the_server_takes_errors_back() {
    let done = Done::default();
    let board = Board {
        done: done.clone(),
        time: 1,
        timezone: String::new(),
    };
    let mut device = Device::new(info(), board);
    device.raise_error(error_code::OUT_OF_MEMORY);
    let mut server = with(5, device);
    assert_eq!(server.lines("/3/0/11"), ["/3/0/11/0 = 5"]);
    assert_eq!(server.execute("/3/0/12"), "2.04");
    assert_eq!(server.lines("/3/0/11"), ["/3/0/11/0 = 0"]);
    assert_eq!(*done.borrow(), ["errors reset"]);
}
