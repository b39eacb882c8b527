//! The Access Control object as a server sees it (LwM2M Core 1.1, Appendix E.3).
#![cfg(feature = "access-control")]

mod common;

use client_lite::objects::access_control::{AccessControl, DEFAULT, Rights};
use common::composite::{patch, values};
use common::manual::*;
use common::*;
use demo_server::format::{TEXT, TLV};

fn server(seed: u64) -> Manual {
    let mut control = AccessControl::<2, 3>::new();
    control
        .grant(3303, 0, 1, &[(DEFAULT, Rights::READ), (5, Rights::FULL)])
        .unwrap();
    control.grant_create(33000, &[(1, Rights::CREATE)]).unwrap();
    with(seed, control)
}

/// Two instances that server 1 owns.
fn with_two_lists(seed: u64) -> Manual {
    let mut control = AccessControl::<2, 3>::new();
    control
        .grant(3303, 0, 1, &[(DEFAULT, Rights::READ), (5, Rights::FULL)])
        .unwrap();
    control.grant(3304, 0, 1, &[(1, Rights::READ)]).unwrap();
    with(seed, control)
}

fn with(seed: u64, control: AccessControl<2, 3>) -> Manual {
    let mut world = Setup::new(seed).build();
    world.objects.others = vec![Box::new(control)];
    Manual::of(world)
}

#[test]
fn what_is_granted_is_read() {
    let mut server = server(1);
    assert_eq!(
        server.lines("/2"),
        [
            "/2/0/0 = 3303",
            "/2/0/1 = 0",
            "/2/0/2/0 = 1",
            "/2/0/2/5 = 15",
            "/2/0/3 = 1",
            "/2/1/0 = 33000",
            "/2/1/1 = 65535",
            "/2/1/2/1 = 16",
            "/2/1/3 = 65535",
        ]
    );
}

#[test]
fn an_entry_is_written_for_a_server() {
    let mut server = server(2);
    assert_eq!(server.put("/2/0/2/7", TEXT, b"3"), "2.04");
    assert_eq!(server.put("/2/0/2/5", TEXT, b"32"), "4.00");
    assert_eq!(server.put("/2/0/0", TEXT, b"4"), "4.05");
    // There is room for three.
    assert_eq!(server.put("/2/0/2/8", TEXT, b"3"), "5.00");
    assert_eq!(
        server.lines("/2/0/2"),
        ["/2/0/2/0 = 1", "/2/0/2/5 = 15", "/2/0/2/7 = 3"]
    );
}

#[test]
fn a_new_list_takes_the_place_of_the_old_one() {
    let mut server = server(3);
    // {1: 1, 9: 2}
    let body = [0x41, 1, 1, 0x41, 9, 2];
    assert_eq!(server.put("/2/0/2", TLV, &body), "2.04");
    assert_eq!(server.lines("/2/0/2"), ["/2/0/2/1 = 1", "/2/0/2/9 = 2"]);
}

#[test]
fn a_list_that_has_no_room_changes_nothing() {
    let mut server = server(4);
    // {1: 1, 2: 1, 3: 1, 4: 1}
    let four = [0x41, 1, 1, 0x41, 2, 1, 0x41, 3, 1, 0x41, 4, 1];
    assert_eq!(server.put("/2/0/2", TLV, &four), "5.00");
    // The same with owner 2.
    let instance = [&[0x88, 2, 12], &four[..], &[0xc1, 3, 2]].concat();
    assert_eq!(server.put("/2/0", TLV, &instance), "5.00");
    assert_eq!(server.lines("/2/0/2"), ["/2/0/2/0 = 1", "/2/0/2/5 = 15"]);
    assert_eq!(server.lines("/2/0/3"), ["/2/0/3 = 1"]);
}

#[test]
fn what_is_added_has_room_beside_what_stays() {
    let mut server = server(5);
    // {2: {6: 1, 7: 1}}: one too many beside entries 0 and 5.
    let two = [0x86, 2, 0x41, 6, 1, 0x41, 7, 1];
    assert_eq!(server.post("/2/0", TLV, &two), "5.00");
    assert_eq!(server.lines("/2/0/2"), ["/2/0/2/0 = 1", "/2/0/2/5 = 15"]);
    // {2: {5: 2, 7: 1}}: one new. The list is full then.
    let one = [0x86, 2, 0x41, 5, 2, 0x41, 7, 1];
    assert_eq!(server.post("/2/0", TLV, &one), "2.04");
    let full = ["/2/0/2/0 = 1", "/2/0/2/5 = 2", "/2/0/2/7 = 1"];
    assert_eq!(server.lines("/2/0/2"), full);
    assert_eq!(server.put("/2/0/2/8", TEXT, b"1"), "5.00");
    assert_eq!(server.put("/2/0/2/7", TEXT, b"1"), "2.04");
    assert_eq!(server.lines("/2/0/2"), full);
    // {1: 1, 2: 1, 3: 1}: as many others.
    let others = [0x41, 1, 1, 0x41, 2, 1, 0x41, 3, 1];
    assert_eq!(server.put("/2/0/2", TLV, &others), "2.04");
    assert_eq!(
        server.lines("/2/0/2"),
        ["/2/0/2/1 = 1", "/2/0/2/2 = 1", "/2/0/2/3 = 1"]
    );
}

#[test]
fn an_entry_that_comes_twice_takes_one_place() {
    let mut server = server(6);
    let body = values(&[("/2/0/2/7", Ok(1)), ("/2/0/2/7", Ok(2))]);
    assert_eq!(patch(&mut server, &body), "2.04");
    assert_eq!(
        server.lines("/2/0/2"),
        ["/2/0/2/0 = 1", "/2/0/2/5 = 15", "/2/0/2/7 = 2"]
    );
}

#[test]
fn lists_of_several_instances_are_written_together_or_not_at_all() {
    let mut server = with_two_lists(7);
    let before = server.lines("/2");
    let body = values(&[
        ("/2/0/2/7", Ok(1)),
        ("/2/1/2/7", Ok(1)),
        ("/2/1/2/8", Ok(1)),
        ("/2/1/2/9", Ok(1)),
    ]);
    assert_eq!(patch(&mut server, &body), "5.00");
    assert_eq!(server.lines("/2"), before);
    // What was refused takes no room.
    let body = values(&[
        ("/2/0/2/8", Ok(1)),
        ("/2/1/2/2", Ok(1)),
        ("/2/1/2/3", Ok(1)),
    ]);
    assert_eq!(patch(&mut server, &body), "2.04");
    assert_eq!(
        server.lines("/2/0/2"),
        ["/2/0/2/0 = 1", "/2/0/2/5 = 15", "/2/0/2/8 = 1"]
    );
    assert_eq!(
        server.lines("/2/1/2"),
        ["/2/1/2/1 = 1", "/2/1/2/2 = 1", "/2/1/2/3 = 1"]
    );
}
