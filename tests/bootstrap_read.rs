//! What a bootstrap server can ask before it writes: Bootstrap-Discover and Bootstrap-Read (LwM2M Core
//! 1.1, 6.1.7.3 and 6.1.7.4).
#![cfg(feature = "bootstrap-read")]

mod common;

use client_lite::{Account, Event, Operation, RegisterReason, State, Version, storage};
use coap_lite::{CoapOption, Packet, RequestType};
use common::block::{block, with_block};
use common::bootstrap::{
    BOOTSTRAP, ByHand, ask_again, bootstrapped, bootstrapped_with_own, instance_of, own, security,
};
use common::manual::{code, text, with_accept};
use common::*;
use demo_server::format::{self, SENML_CBOR, SENML_JSON, TLV, Value};

const LINK: u16 = 40;

#[track_caller]
fn get(server: &mut ByHand, path: &str, accept: Option<u16>) -> Packet {
    let request = server.request(RequestType::Get, path);
    let request = match accept {
        Some(format) => with_accept(request, format),
        None => request,
    };
    server.answer(&request).expect("an answer")
}

/// Bootstrap-Discover; what it tells.
#[track_caller]
fn discover(server: &mut ByHand, path: &str) -> String {
    let answer = get(server, path, Some(LINK));
    assert_eq!(code(&answer), "2.05", "{path}");
    assert_eq!(
        answer.get_first_option(CoapOption::ContentFormat),
        Some(&vec![LINK as u8])
    );
    text(&answer).to_owned()
}

/// Bootstrap-Read; what it tells, one value a line.
#[track_caller]
fn read(server: &mut ByHand, path: &str, accept: Option<u16>) -> Vec<String> {
    let answer = get(server, path, accept);
    assert_eq!(code(&answer), "2.05", "{path}");
    let format = accept.unwrap_or(SENML_CBOR);
    let entries = format::decode(path, Some(format), &answer.payload).expect("a pack");
    entries.iter().map(ToString::to_string).collect()
}

#[test]
fn discover_tells_the_objects_and_whose_the_accounts_are() {
    let mut server = bootstrapped_with_own(1);
    ask_again(&mut server);
    let all = [
        "</>;lwm2m=1.1",
        r#"</0/1>;ssid=101;uri="coap://server""#,
        "</0/0>",
        "</1/1>;ssid=101",
        "</3/0>",
        "</3200/0>",
        "</3303/0>",
        "</33000>;ver=1.2",
        "</33000/0>",
    ];
    assert_eq!(discover(&mut server, "/"), all.join(","));
    for (path, told) in [
        ("/0", &all[1..3]),
        ("/1", &all[3..4]),
        ("/3", &all[4..5]),
        ("/33000", &all[7..]),
    ] {
        let told = [&all[..1], told].concat().join(",");
        assert_eq!(discover(&mut server, path), told);
    }
}

/// Of an object that is not there, and of what is no object.
#[test]
fn what_discover_is_not_for() {
    let mut server = bootstrapped(2);
    ask_again(&mut server);
    for (path, expected) in [("/9", "4.04"), ("/0/1", "4.00"), ("/1/1/1", "4.00")] {
        let answer = get(&mut server, path, Some(LINK));
        assert_eq!(code(&answer), expected, "{path}");
    }
}

/// The server sees what it has done so far, and may go on by that.
#[test]
fn what_is_written_is_told_before_the_finish() {
    let mut server = bootstrapped_with_own(3);
    ask_again(&mut server);
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(discover(&mut server, "/0"), "</>;lwm2m=1.1,</0/0>");
    assert_eq!(discover(&mut server, "/1"), "</>;lwm2m=1.1,</1>");
    // The bootstrap account gives its id away.
    assert_eq!(server.write("/0/0", &security("coap://\"a\\", 102)), "2.04");
    assert_eq!(server.write("/1/7", &instance_of(102, 600)), "2.04");
    assert_eq!(
        discover(&mut server, "/0"),
        r#"</>;lwm2m=1.1,</0/0>;ssid=102;uri="coap://\"a\\",</0/1>"#
    );
    assert_eq!(discover(&mut server, "/1"), "</>;lwm2m=1.1,</1/7>;ssid=102");
    // A new one takes the old one's place.
    let new = own("coaps://own", b"identity", &[8; 16]);
    assert_eq!(server.write("/0/5", &new), "2.04");
    let told = discover(&mut server, "/0");
    assert!(told.ends_with(r#"uri="coap://\"a\\",</0/5>"#), "{told}");
}

/// A device that has no account yet but that of its bootstrap server, which nobody has written.
#[test]
fn a_new_device_tells_of_its_bootstrap_account() {
    let mut setup = Setup::new(4);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    setup.config.version = Version::V1_0;
    let mut server = ByHand::of(setup.build());
    let told = discover(&mut server, "/");
    assert!(told.starts_with("</>;lwm2m=1.0,</0/0>,</1>,"), "{told}");
    assert_eq!(read(&mut server, "/1", Some(SENML_CBOR)), [""; 0]);
}

#[test]
fn server_is_read() {
    let mut server = bootstrapped(5);
    ask_again(&mut server);
    // What only the bootstrap server may see: priority and retry count.
    let order = [(13, Value::Integer(4)), (17, Value::Integer(3))];
    assert_eq!(server.write("/1/1", &order), "2.04");
    server.write_account(2, "coap://two", 102);
    let one = read(&mut server, "/1/1", None);
    for value in ["/0 = 101", "/1 = 600", "/7 = U", "/13 = 4", "/17 = 3"] {
        assert!(one.contains(&format!("/1/1{value}")), "{one:?}");
    }
    // Nothing that nobody has written, and nothing to be executed.
    for absent in ["/1/1/2 ", "/1/1/4 ", "/1/1/8 ", "/1/1/9 ", "/1/1/14 "] {
        assert!(
            !one.iter().any(|value| value.starts_with(absent)),
            "{one:?}"
        );
    }
    let two = read(&mut server, "/1/2", None);
    assert_eq!(
        read(&mut server, "/1", None),
        [one.clone(), two].concat(),
        "both"
    );
    // TLV has the same places, and values without types.
    let places = |values: &[String]| -> Vec<String> {
        let place = |value: &String| value.split(' ').next().map(str::to_owned);
        values.iter().filter_map(place).collect()
    };
    let in_tlv = read(&mut server, "/1/1", Some(TLV));
    assert_eq!(places(&in_tlv), places(&one));
    let in_json = get(&mut server, "/1/1", Some(SENML_JSON));
    assert!(text(&in_json).contains(r#""vs":"U""#), "{in_json:?}");
}

/// 6.1.7.4: the keys above all.
#[test]
fn nothing_else_is_read() {
    let mut server = bootstrapped_with_own(6);
    ask_again(&mut server);
    for path in [
        "/",
        "/0",
        "/0/0",
        "/0/1/5",
        "/1/1/0",
        "/3",
        "/3/0",
        "/33000/0/1",
    ] {
        for accept in [None, Some(TLV)] {
            assert_eq!(code(&get(&mut server, path, accept)), "4.05", "{path}");
        }
    }
    for (path, accept, expected) in [
        ("/1/9", None, "4.04"),
        // The device has no such object.
        ("/2", None, "4.04"),
        ("/1", Some(11543), "4.06"),
    ] {
        assert_eq!(code(&get(&mut server, path, accept)), expected, "{path}");
    }
}

/// A description of many objects is larger than a message.
#[test]
fn a_list_comes_in_blocks() {
    let mut setup = Setup::new(7);
    setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
    let memory = leak(<storage! { message_size: 160 }>::new());
    let mut server = ByHand::of(setup.build_in(memory));
    server.write_account(1, "coap://server.example.org/with/a/path", 101);
    server.write_account(2, "coap://another.example.org/with/a/path", 102);
    let (mut told, mut number) = (String::new(), 0);
    loop {
        let request = server.request(RequestType::Get, "/");
        let mut request = with_accept(request, LINK);
        if number > 0 {
            request = with_block(request, CoapOption::Block2, (number, false, 64));
        }
        let answer = server.answer(&request).expect("an answer");
        let (at, more, size) = block(&answer, CoapOption::Block2).expect("a block");
        assert_eq!((at, size), (number, 64));
        told.push_str(text(&answer));
        number += 1;
        if !more {
            break;
        }
    }
    assert!(number > 2, "{told}");
    let whole = r#",</0/2>;ssid=102;uri="coap://another.example.org/with/a/path",</0/0>,</1/1>;"#;
    assert!(told.contains(whole), "{told}");
    assert!(told.ends_with("</33000>;ver=1.2,</33000/0>"), "{told}");
}

/// 6.1.3.3: each of its requests gives the server its whole time again.
#[test]
fn a_server_that_reads_is_not_cut_off() {
    for (path, accept) in [("/", Some(LINK)), ("/1", None)] {
        let mut server = bootstrapped(8);
        ask_again(&mut server);
        for _ in 0..3 {
            server.run_for(seconds(200));
            assert_eq!(code(&get(&mut server, path, accept)), "2.05");
        }
        server.expect_state(State::Bootstrapping);
        assert_eq!(server.finish(), "2.04");
        server.expect(Event::BootstrapDone);
        server.expect(Event::Registered(RegisterReason::Bootstrapped));
    }
}

/// To read changes nothing.
#[test]
fn what_was_only_read_stays_as_it_was() {
    let mut server = bootstrapped_with_own(9);
    ask_again(&mut server);
    discover(&mut server, "/");
    read(&mut server, "/1", None);
    server.run_for(minutes(5));
    server.expect_error(
        Operation::Bootstrap,
        client_lite::Error::BootstrapFailed,
        client_lite::Detail::NoBootstrapFinish,
    );
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(server.opened().last(), Some(&"coap://server"));
}

#[cfg(feature = "access-control")]
#[test]
fn access_control_is_read() {
    use client_lite::objects::access_control::AccessControl;

    let mut server = ByHand::new(10);
    server.objects.others = vec![Box::new(AccessControl::<4>::new())];
    // Object 33000, instance 0: server 101 may read.
    let rights = br#"[{"bn":"/2/5/","n":"0","v":33000},{"n":"1","v":0},{"n":"2/101","v":1},{"n":"3","v":65535}]"#;
    assert_eq!(server.put("/2/5", SENML_JSON, rights), "2.04");
    let expected = [
        "/2/5/0 = 33000",
        "/2/5/1 = 0",
        "/2/5/2/101 = 1",
        "/2/5/3 = 65535",
    ];
    assert_eq!(read(&mut server, "/2", None), expected);
    assert_eq!(code(&get(&mut server, "/2/6", None)), "4.04");
    assert!(discover(&mut server, "/").contains(",</2/5>"));
}
