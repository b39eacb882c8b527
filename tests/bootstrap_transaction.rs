//! What a bootstrap server has changed in the application's objects is undone where its bootstrap breaks
//! off (LwM2M Core 1.1, 6.1.3.3).
#![cfg(all(feature = "access-control", feature = "bootstrap-transaction"))]

mod common;

use client_lite::objects::Revertible;
use client_lite::objects::access_control::{AccessControl, Rights};
use client_lite::{At, Object, TransportError, Value};
use common::bootstrap::{ByHand, ask_again, complete};
use common::*;
use demo_server::format::{TLV, Value as Written};

/// A device that has registered, in a bootstrap anew: with a shelf that can be had back, beside one that
/// cannot, and with rights.
fn asked_again(seed: u64) -> ByHand {
    let mut server = ByHand::new(seed);
    let mut control = AccessControl::<4>::new();
    let rights = [(101, Rights::READ)];
    control.grant(33002, 0, 101, &rights).expect("room");
    server.objects.others = vec![
        Box::new(Revertible::new(Shelf::with(&[0, 1]))),
        Box::new(control),
    ];
    complete(&mut server);
    ask_again(&mut server);
    server
}

/// What the device has of the shelf and of rights: ids of instances, the label of the first, and the
/// bits of the entry for server 101.
fn kept(server: &mut ByHand) -> (Vec<u16>, Option<String>, Vec<u16>, Option<i64>) {
    let [shelf, control] = server.objects.others.as_mut_slice() else {
        panic!("two objects");
    };
    let ids = |object: &dyn Object| (0..).map_while(|index| object.instance(index)).collect();
    let (shelves, controls): (Vec<u16>, Vec<u16>) = (ids(&**shelf), ids(&**control));
    let label = shelves.contains(&0).then(|| match shelf.read(at(0, 0, 0)) {
        Ok(Value::String(label)) => label.to_owned(),
        other => panic!("{other:?}"),
    });
    let bits = match control.read(at(0, 2, 101)) {
        Ok(Value::Integer(bits)) => Some(bits),
        _ => None,
    };
    (shelves, label, controls, bits)
}

fn at(instance: u16, resource: u16, resource_instance: u16) -> At {
    At {
        instance,
        resource,
        resource_instance,
    }
}

fn before() -> (Vec<u16>, Option<String>, Vec<u16>, Option<i64>) {
    (vec![0, 1], Some("case 0".to_owned()), vec![0], Some(1))
}

fn label(text: &str) -> Vec<(u16, Written)> {
    vec![(0, Written::Text(text.into()))]
}

/// Each kind of change.
fn change(server: &mut ByHand) {
    assert_eq!(server.delete("/33002/1"), "2.02");
    assert_eq!(server.write("/33002/0", &label("new")), "2.04");
    assert_eq!(server.write("/33002/7", &label("more")), "2.04");
    assert_eq!(server.put("/2/0/2", TLV, &[0x41, 101, 15]), "2.04");
    assert_eq!(server.write("/2/4", &[(0, Written::Integer(3303))]), "2.04");
    let changed = (vec![0, 7], Some("new".to_owned()), vec![0, 4], Some(15));
    assert_eq!(kept(server), changed);
}

#[test]
fn it_is_undone_however_the_bootstrap_breaks_off() {
    type Cause = (&'static str, fn(&mut ByHand));
    let causes: [Cause; 6] = [
        ("no Finish in its time", |server| {
            server.run_for(seconds(246));
            assert_ne!(kept(server), before());
            server.run_for(seconds(2));
        }),
        ("a Finish that was refused", |server| {
            assert_eq!(server.delete("/0"), "2.02");
            assert_eq!(server.finish(), "4.06");
            assert_ne!(kept(server), before());
            server.run_for(seconds(248));
        }),
        ("the association is lost", |server| {
            server.lose_association(TransportError::Socket);
        }),
        ("the application stops", |server| server.close()),
        ("it is asked anew after a pause", |server| {
            server.pause();
            assert_ne!(kept(server), before());
            server.resume();
            server.is_asked();
        }),
        ("all was deleted", |server| {
            assert_eq!(server.delete("/"), "2.02");
            assert_eq!(kept(server), (vec![], None, vec![], None));
            server.run_for(seconds(248));
        }),
    ];
    for (seed, (cause, breaks_off)) in (1..).zip(causes) {
        let mut server = asked_again(seed);
        change(&mut server);
        breaks_off(&mut server);
        assert_eq!(kept(&mut server), before(), "{cause}");
    }
}

#[test]
fn what_is_finished_counts() {
    let mut server = asked_again(11);
    change(&mut server);
    complete(&mut server);
    let changed = kept(&mut server);
    assert_eq!(changed.0, [0, 7]);
    // Nor does the next bootstrap undo it.
    ask_again(&mut server);
    assert_eq!(server.delete("/33002"), "2.02");
    server.run_for(seconds(248));
    assert_eq!(kept(&mut server), changed);
}

/// Between two bootstraps the objects are the application's and the servers'.
#[test]
fn what_others_write_afterwards_stays() {
    let mut server = asked_again(12);
    change(&mut server);
    server.run_for(seconds(248));
    server.objects.others[0]
        .write(at(0, 0, 0), Value::String("mine"))
        .expect("writable");
    server.run_for(seconds(600));
    assert_eq!(kept(&mut server).1.as_deref(), Some("mine"));
}
