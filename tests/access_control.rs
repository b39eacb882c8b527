//! The Access Control object as a server sees it (LwM2M Core 1.1, Appendix E.3).
#![cfg(feature = "access-control")]

mod common;

use client_lite::objects::access_control::{AccessControl, DEFAULT, Rights};
use common::manual::*;
use common::*;
use demo_server::format::{TEXT, TLV};

fn server(seed: u64) -> Manual {
    let mut control = AccessControl::<2, 3>::new();
    control
        .grant(3303, 0, 1, &[(DEFAULT, Rights::READ), (5, Rights::FULL)])
        .unwrap();
    control.grant_create(33000, &[(1, Rights::CREATE)]).unwrap();
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
