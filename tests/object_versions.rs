//! The version of an object (LwM2M Core 1.1, 7.2.2): the server is told it wherever the object is,
//! where it does not take it for granted.

mod common;

use client_lite::{At, Object, ObjectDefinition, Refusal, Value};
use common::manual::*;
use common::*;
use demo_server::Operation;

/// An object of version 2.1 without instances.
struct Vacant;

impl Object for Vacant {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33020,
            version: (2, 1),
            resources: &[],
        };
        &DEFINITION
    }

    fn instance(&self, _: usize) -> Option<u16> {
        None
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Err(Refusal::NotFound)
    }

    fn write(&mut self, _: At, _: Value<'_>) -> Result<(), Refusal> {
        Err(Refusal::NotFound)
    }
}

/// The links of a message that have a version.
fn versions(list: &str) -> Vec<&str> {
    let links = list.split(',');
    links.filter(|link| link.contains("ver")).collect()
}

/// On the object's link, whether it has an instance or none; not with 1.0, nor with the objects that
/// the enabler itself has in version 1.1.
#[test]
fn it_is_told_by_register_update_and_discover() {
    let mut world = World::new(1);
    world.objects.others.push(Box::new(Vacant));
    world.register();
    world.run_for(seconds(1));
    world.objects_changed();
    world.run_for(seconds(1));
    for operation in [Operation::Register, Operation::Update] {
        let request = world.wire.requests(operation)[0].packet();
        let list = text(&request);
        assert_eq!(
            versions(list),
            ["</33000>;ver=1.2", "</33020>;ver=2.1"],
            "{operation:?}"
        );
        assert!(list.contains("</1/0>,</3/0>,</3200/0>"), "{list}");
        assert!(list.contains("</33000/0>"), "{list}");
    }

    let mut server = Manual::new(2);
    server.objects.others.push(Box::new(Vacant));
    for (path, expected) in [
        ("/33000", &["</33000>;ver=1.2"][..]),
        ("/33000/0", &[]),
        ("/33020", &["</33020>;ver=2.1"]),
        ("/1", &[]),
        ("/3", &[]),
        ("/3200", &[]),
    ] {
        assert_eq!(versions(&server.discover(path)), expected, "{path}");
    }
}
