//! Bootstrap-Delete of everything takes the application's instances, too, where they could come back
//! (LwM2M Core 1.1, 6.1.7.6).
#![cfg(feature = "bootstrap-transaction")]

mod common;

use client_lite::objects::{Instances, Revertible};
use client_lite::{At, Creatable, Object, ObjectDefinition, Refusal, Transactional, Value};
use common::bootstrap::{ByHand, complete};
use common::*;

client_lite::object! {
    /// Of the application's making.
    #[derive(Clone, Default)]
    struct Rule: 33001 {
        0: threshold: f64 [RW],
    }
}

/// A Device object that lets itself be deleted, and does not come back.
struct Device {
    is_there: bool,
}

impl Object for Device {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 3,
            version: (1, 1),
            resources: &[],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        (self.is_there && index == 0).then_some(0)
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Err(Refusal::NotFound)
    }

    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    fn transactional(&mut self) -> Option<&mut dyn Transactional> {
        Some(self)
    }
}

impl Creatable for Device {
    fn delete(&mut self, _: u16) -> Result<(), Refusal> {
        self.is_there = false;
        Ok(())
    }
}

impl Transactional for Device {
    fn begin(&mut self) {}

    fn commit(&mut self) {}

    fn roll_back(&mut self) {}
}

fn rules(created: bool) -> Revertible<Instances<Rule, 4>> {
    let mut rules = Instances::new();
    if created {
        rules = rules.created_by(|_| Rule::default());
    }
    for id in [0, 3] {
        rules.insert(id, Rule::default()).ok().expect("room");
    }
    Revertible::new(rules)
}

/// A bootstrap server that is asked by a device with this object.
fn asked(seed: u64, object: impl Object + 'static) -> ByHand {
    let mut server = ByHand::new(seed);
    server.objects.others = vec![Box::new(object)];
    server.objects.shelf = Some(Shelf::with(&[0, 1]));
    server
}

fn count(server: &ByHand) -> usize {
    let object = &server.objects.others[0];
    (0..)
        .take_while(|index| object.instance(*index).is_some())
        .count()
}

#[test]
fn instances_that_could_come_back_are_gone() {
    let mut server = asked(1, rules(true));
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(count(&server), 0);
    complete(&mut server);
    assert_eq!(count(&server), 0);
}

#[test]
fn instances_that_could_not_come_back_stay() {
    let mut server = asked(2, rules(true));
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(server.objects.shelf.as_ref().unwrap().cases.len(), 2);
}

#[test]
fn instances_that_nobody_may_delete_stay() {
    let mut server = asked(3, rules(false));
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(count(&server), 2);
}

#[test]
fn the_device_stays() {
    let mut server = asked(4, Device { is_there: true });
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(count(&server), 1);
}
