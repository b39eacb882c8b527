//! Objects whose state outlives a loss of power, with what a bootstrap server has written of servers.
#![cfg(all(
    feature = "access-control",
    feature = "bootstrap-transaction",
    feature = "snapshot"
))]

mod common;

use client_lite::objects::access_control::{AccessControl, Rights};
use client_lite::{Account, Archive, At, Object, ObjectDefinition, Operations, Persistent};
use client_lite::{Event, Refusal, ResourceDefinition, Type, Value};
use common::bootstrap::{ByHand, complete};
use common::*;
use demo_server::format::TLV;

/// Bits of the right of a server to the shelf.
const SERVER: u16 = 101;

#[test]
fn rights_are_what_a_bootstrap_server_has_made_them() {
    let mut server = device(1, true);
    server.put("/2/0/2", TLV, &[0x41, SERVER as u8, 15]);
    complete(&mut server);
    assert_eq!(rights(&mut server), 15);
    assert_eq!(restarted(&mut server), 15);
}

/// The accounts of before have the rights of before.
#[test]
fn rights_of_a_bootstrap_that_did_not_come_to_its_end_are_gone() {
    let mut server = device(2, true);
    complete(&mut server);
    bootstrap::ask_again(&mut server);
    assert_eq!(server.put("/2/0/2", TLV, &[0x41, SERVER as u8, 15]), "2.04");
    assert_eq!(rights(&mut server), 15);
    assert_eq!(restarted(&mut server), 1);
}

/// A device with several clients has them in one store.
#[test]
fn a_store_need_not_have_them() {
    let mut server = device(3, false);
    server.put("/2/0/2", TLV, &[0x41, SERVER as u8, 15]);
    complete(&mut server);
    assert_eq!(restarted(&mut server), 1);
}

#[test]
fn rights_that_do_not_fit_any_longer_leave_the_device_as_it_is_made() {
    let mut server = device(4, true);
    complete(&mut server);
    server.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    let mut other = AccessControl::<2>::new();
    other
        .grant(33002, 0, SERVER, &[(SERVER, Rights::WRITE)])
        .expect("room");
    server.objects.others = vec![Box::new(other)];
    let restored = server.restore();
    assert!(restored.accounts.is_err());
    assert_eq!(rights(&mut server), 2);
}

/// What a server writes is stored before it is told so.
#[test]
fn an_application_keeps_what_servers_write() {
    let mut world = Setup::new(5).build();
    world.objects.others = vec![Box::new(Threshold(20))];
    world.keep_snapshots().accounts.expect_err("nothing yet");
    world.register();
    world.expect(Event::Registered(client_lite::RegisterReason::First));
    world.write("/33020/0/0", 75);
    world.run_for(seconds(1));
    world.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    world.objects.others = vec![Box::new(Threshold(20))];
    assert_eq!(world.restore().accounts, Ok(()));
    let Value::Integer(threshold) = world.objects.others[0].read(at(0, 0)).expect("a value") else {
        panic!("a number");
    };
    assert_eq!(threshold, 75);
}

/// A device in a bootstrap, with rights that it is made with.
fn device(seed: u64, has_objects: bool) -> ByHand {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new(bootstrap::BOOTSTRAP).for_bootstrap();
    let mut world = setup.build();
    world.objects.others = vec![Box::new(made())];
    let mut flash = Flash::default();
    flash.has_no_objects = !has_objects;
    let restored = world.keep_snapshots_in(flash);
    restored.accounts.expect_err("nothing yet");
    ByHand::of(world)
}

fn made() -> AccessControl<4> {
    let mut control = AccessControl::new();
    let rights = [(SERVER, Rights::READ)];
    control.grant(33002, 0, SERVER, &rights).expect("room");
    control
}

/// The rights after a loss of power, in a device that is made with its own.
fn restarted(server: &mut ByHand) -> i64 {
    server.power_off(minutes(1), leak(<client_lite::Storage>::new()));
    server.objects.others = vec![Box::new(made())];
    assert_eq!(server.restore().accounts, Ok(()));
    rights(server)
}

fn rights(server: &mut ByHand) -> i64 {
    let mut at = at(0, 2);
    at.resource_instance = SERVER;
    match server.objects.others[0].read(at) {
        Ok(Value::Integer(bits)) => bits,
        other => panic!("{other:?}"),
    }
}

fn at(instance: u16, resource: u16) -> At {
    At {
        instance,
        resource,
        resource_instance: 0,
    }
}

/// A value that is configured.
struct Threshold(i64);

impl Object for Threshold {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33020,
            version: (1, 0),
            resources: &[ResourceDefinition::new(0, Type::Integer, Operations::RW)],
        };
        &DEFINITION
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(self.0))
    }

    fn write(&mut self, _: At, value: Value<'_>) -> Result<(), Refusal> {
        if let Value::Integer(threshold) = value {
            self.0 = threshold;
        }
        Ok(())
    }

    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        Some(self)
    }
}

impl Persistent for Threshold {
    fn archive(&mut self, archive: &mut Archive<'_>) {
        let mut bits = self.0 as u64;
        archive.u64(&mut bits);
        if archive.is_sound() {
            self.0 = bits as i64;
        }
    }
}
