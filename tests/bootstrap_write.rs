//! Bootstrap-Write to whole objects, to instances and to resources, whether or not they are there
//! (LwM2M Core 1.1, 6.1.7.5).

mod common;

use client_lite::{Event, RegisterReason};
use common::bootstrap::{ByHand, instance_of, instances, security};
use common::*;
use demo_server::format::{SENML_CBOR, SENML_JSON, TLV, Value};

const LWM2M_CBOR: u16 = 11544;

/// `/0` with instance 1 and `/1` with instance 7 in one format each.
fn whole_objects(format: u16) -> [Vec<u8>; 2] {
    match format {
        SENML_JSON => [
            br#"[{"bn":"/0/1/","n":"0","vs":"coap://server"},{"n":"1","vb":false},{"n":"2","v":3},
                {"n":"10","v":101}]"#
                .to_vec(),
            br#"[{"bn":"/1/"},{"n":"7/0","v":101},{"n":"7/1","v":600},{"n":"7/7","vs":"U"}]"#
                .to_vec(),
        ],
        LWM2M_CBOR => [
            // {0: {1: {0: "coap://server", 1: false, 2: 3, 10: 101}}}
            [
                b"\xa1\x00\xa1\x01\xa4\x00\x6dcoap://server",
                &b"\x01\xf4\x02\x03\x0a\x18\x65"[..],
            ]
            .concat(),
            // {1: {7: {0: 101, 1: 600, 7: "U"}}}
            b"\xa1\x01\xa1\x07\xa3\x00\x18\x65\x01\x19\x02\x58\x07\x61U".to_vec(),
        ],
        _ => [
            instances(format, 0, &[(1, security("coap://server", 101))]),
            instances(format, 1, &[(7, instance_of(101, 600))]),
        ],
    }
}

#[test]
fn a_device_registers_after_writes_to_whole_objects() {
    for format in [TLV, SENML_CBOR, SENML_JSON, LWM2M_CBOR] {
        if cfg!(not(feature = "full")) && matches!(format, SENML_JSON | LWM2M_CBOR) {
            continue;
        }
        let mut server = ByHand::new(1);
        let [securities, servers] = whole_objects(format);
        assert_eq!(server.delete("/"), "2.02");
        assert_eq!(server.put("/0", format, &securities), "2.04", "{format}");
        assert_eq!(server.put("/1", format, &servers), "2.04", "{format}");
        assert_eq!(server.finish(), "2.04", "{format}");
        server.expect(Event::BootstrapDone);
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
        assert_eq!(server.opened(), ["coap://bootstrap", "coap://server"]);
        assert!(server.registered_with().contains(&"lt=600".to_owned()));
        let register = server.wire.requests(demo_server::Operation::Register)[0].packet();
        assert!(manual::text(&register).contains("</1/7>"));
    }
}

/// With the bootstrap server's own account beside the device's.
#[test]
fn two_instances_of_security_are_written_at_once() {
    for format in [TLV, SENML_CBOR] {
        let mut server = ByHand::new(2);
        let own = vec![
            (0, Value::Text("coap://bootstrap".into())),
            (1, Value::Boolean(true)),
            (2, Value::Integer(3)),
        ];
        let both = [(0, own), (1, security("coap://server", 101))];
        assert_eq!(
            server.put("/0", format, &instances(format, 0, &both)),
            "2.04"
        );
        assert_eq!(server.write("/1/0", &instance_of(101, 600)), "2.04");
        assert_eq!(server.finish(), "2.04");
        server.expect(Event::BootstrapDone);
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
    }
}

#[test]
fn instances_of_the_applications_objects_are_written_at_once() {
    let label = |text: &str| vec![(0, Value::Text(text.into())), (1, Value::Integer(5))];
    for format in [TLV, SENML_CBOR] {
        let mut server = ByHand::new(3);
        server.objects.shelf = Some(Shelf::with(&[4]));
        let body = instances(format, 33002, &[(4, label("one")), (5, label("two"))]);
        assert_eq!(server.put("/33002", format, &body), "2.04");
        let cases = &server.objects.shelf.as_ref().unwrap().cases;
        let labels: Vec<_> = cases
            .iter()
            .map(|(id, case)| (*id, case.label.as_str()))
            .collect();
        assert_eq!(labels, [(4, "one"), (5, "two")]);
    }
}

/// The device's room ends at the third instance, or its last value is refused: nothing is written.
#[test]
fn all_instances_are_written_or_none() {
    let label = |text: &str| vec![(0, Value::Text(text.into()))];
    for (bodies, refused) in [
        (
            vec![
                (1, label("a")),
                (2, label("b")),
                (3, label("c")),
                (5, label("d")),
            ],
            "5.00",
        ),
        (
            vec![
                (1, label("a")),
                (4, label("b")),
                (2, label("much too long")),
            ],
            "4.00",
        ),
    ] {
        for format in [TLV, SENML_CBOR] {
            let mut server = ByHand::new(4);
            server.objects.shelf = Some(Shelf::with(&[4]));
            let before = server.objects.shelf.as_ref().unwrap().cases.clone();
            let body = instances(format, 33002, &bodies);
            assert_eq!(server.put("/33002", format, &body), refused);
            assert_eq!(server.objects.shelf.as_ref().unwrap().cases, before);
        }
    }
    // The same of accounts.
    let mut server = ByHand::new(5);
    let three = [1, 2, 3].map(|id| (id, security("coap://server", id)));
    assert_eq!(server.put("/0", TLV, &instances(TLV, 0, &three)), "4.13");
    server.write_account(9, "coap://server", 9);
    assert_eq!(server.finish(), "2.04");
}

#[test]
fn what_the_device_does_not_have_of_an_object_is_no_error() {
    for format in [TLV, SENML_CBOR] {
        let mut server = ByHand::new(6);
        server.objects.shelf = Some(Shelf::with(&[]));
        let mut account = security("coap://server", 101);
        account.push((6, Value::Integer(3)));
        assert_eq!(
            server.put("/0", format, &instances(format, 0, &[(1, account)])),
            "2.04"
        );
        let case = vec![(0, Value::Text("new".into())), (99, Value::Integer(1))];
        assert_eq!(
            server.put("/33002", format, &instances(format, 33002, &[(0, case)])),
            "2.04"
        );
        assert_eq!(
            server.objects.shelf.as_ref().unwrap().cases[&0].label,
            "new"
        );
    }
}

/// Objects 2 and 3: rights are written, and what nobody can set of the device is passed over.
#[test]
fn access_control_and_device_are_written_as_a_whole() {
    let mut server = ByHand::new(10);
    let device = vec![
        (0, Value::Text("another manufacturer".into())),
        (14, Value::Text("+01:00".into())),
        (16, Value::Text("UT".into())),
    ];
    for format in [TLV, SENML_CBOR] {
        let body = instances(format, 3, &[(0, device.clone())]);
        assert_eq!(server.put("/3", format, &body), "2.04");
    }
    // So is a single number: {11: {0: 5}}.
    assert_eq!(server.put("/3/0", TLV, b"\x83\x0b\x41\x00\x05"), "2.04");
    // Asked for by its own path it is missed.
    assert_eq!(server.put("/3/0/16", TLV, b"\xc1\x10U"), "4.05");
    #[cfg(feature = "access-control")]
    {
        use client_lite::objects::access_control::AccessControl;
        server.objects.others = vec![Box::new(AccessControl::<4>::new())];
        // {0: 33000, 1: instance, 2: {101: 15}, 3: 65535} of two instances.
        let rights = |id, instance| {
            let of = b"\xc4\x00\x00\x00\x80\xe8\xc1\x01";
            let grants = b"\x83\x02\x41\x65\x0f\xc4\x03\x00\x00\xff\xff";
            [&[0x08, id, 20], &of[..], &[instance], &grants[..]].concat()
        };
        let body = [rights(0, 0), rights(7, 1)].concat();
        assert_eq!(server.put("/2", TLV, &body), "2.04");
        assert_eq!(server.delete("/2/0"), "2.02");
        assert_eq!(server.delete("/2/7"), "2.02");
        assert_eq!(server.delete("/2/1"), "4.04");
    }
}

/// A resource brings its instance with it.
#[test]
fn an_account_is_written_resource_by_resource() {
    let mut server = ByHand::new(7);
    for (path, value) in [
        ("/0/3/0", Value::Text("coap://server".into())),
        ("/0/3/2", Value::Integer(3)),
        ("/0/3/10", Value::Integer(101)),
        ("/1/0/1", Value::Integer(600)),
        ("/1/0/0", Value::Integer(101)),
    ] {
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        let instance = path.rsplit_once('/').unwrap().0;
        let body = demo_server::format::encode(TLV, instance, &[(id, value)]).unwrap();
        assert_eq!(server.put(path, TLV, &body), "2.04", "{path}");
    }
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert!(server.registered_with().contains(&"lt=600".to_owned()));
}

/// A refused resource brings no instance.
#[test]
fn a_refused_resource_leaves_no_instance() {
    let mut server = ByHand::new(8);
    server.write_account(1, "coap://server", 101);
    // A lifetime has to be over 0, and a security mode is one of five.
    assert_eq!(server.put("/1/2/1", TLV, &[0xc1, 1, 0]), "4.00");
    assert_eq!(server.put("/0/2/2", TLV, &[0xc1, 2, 9]), "4.00");
    assert_eq!(server.put("/0/2/99", TLV, &[0xc1, 99, 9]), "4.04");
    assert_eq!(server.finish(), "2.04");
}

#[test]
fn what_is_no_body_of_an_object() {
    let mut server = ByHand::new(9);
    for (path, format, body, refused) in [
        // Resources without their instance, an instance of another object, no pack at all.
        ("/0", TLV, &b"\xc1\x02\x03"[..], "4.00"),
        ("/0", SENML_CBOR, b"\x81\xa2\x00\x65/1/0/\x02\x01", "4.00"),
        ("/1", TLV, b"\x08\x00\x09\xc1\x00\x01", "4.00"),
        ("/0", 11543, b"{}", "4.15"),
        ("/9", TLV, b"\x08\x00\x03\xc1\x00\x01", "4.04"),
        // An object of one instance, which is another.
        ("/33000", TLV, b"\x08\x07\x03\xc1\x01\x01", "4.05"),
        ("/", SENML_CBOR, b"\x80", "4.05"),
    ] {
        assert_eq!(server.put(path, format, body), refused, "{path}");
    }
    let level = [0x08, 0, 3, 0xc1, 1, 42];
    assert_eq!(server.put("/33000", TLV, &level), "2.04");
    assert_eq!(server.objects.actuator.as_ref().unwrap().level, 42);
    assert_eq!(server.finish(), "4.06");
}
