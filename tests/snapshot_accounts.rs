//! What a bootstrap server has written outlives a loss of power, and one in the middle of a bootstrap.
#![cfg(all(feature = "bootstrap", feature = "snapshot"))]

mod common;

use client_lite::{Account, Association, Event, RegisterReason, RestoreError};
use coap_lite::RequestType;
use common::bootstrap::{ByHand, complete, own};
use common::*;
use demo_server::format::Value;

#[test]
fn no_second_bootstrap_is_needed() {
    let mut world = bootstrap::keeping(1);
    world.transport.then(Ok(Association::New));
    let restored = world.restart(days(3));
    assert_eq!((restored.accounts, restored.session), (Ok(()), Ok(())));
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    let opened = world.transport.opened.last().expect("one");
    assert_eq!(opened.uri, "coap://server");
    assert_eq!(world.registration().expect("one").lifetime, 3600);
}

/// The server's own word (/1/0/1) goes before the configuration's.
#[test]
fn the_server_object_is_as_the_server_wrote_it() {
    let mut world = World::new(2);
    world.keep_snapshots().accounts.expect_err("nothing yet");
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.write("/1/0/1", 777);
    world.write("/1/0/2", 30);
    world.run_for(seconds(1));
    world.take_events();
    world.transport.then(Ok(Association::New));
    world.restart(minutes(1));
    world.expect(Event::Registered(RegisterReason::NewAssociation));
    assert_eq!(world.registration().expect("one").lifetime, 777);
    world.reconfigure(|config| config.lifetime = 60);
    // A configuration that has changed since goes before what was written under the one before.
    let restored = world.restart(minutes(1));
    assert_eq!(restored.accounts, Err(RestoreError::OtherDevice));
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(world.registration().expect("one").lifetime, 60);
}

/// The bootstrap server's own account has its time once (/0/x/12), and a loss of power does not begin it
/// anew.
#[test]
fn the_time_of_an_account_runs_on() {
    for (away, code) in [(seconds(30), "2.04"), (seconds(60), "4.05")] {
        let mut setup = Setup::new(3);
        setup.config.account = Account::new(bootstrap::BOOTSTRAP).for_bootstrap();
        let mut world = setup.build();
        world.keep_snapshots().accounts.expect_err("nothing yet");
        let mut server = ByHand::of(world);
        let mut own = own("coaps://own", b"identity", &[7; 16]);
        own.push((12, Value::Integer(100)));
        assert_eq!(server.write("/0/0", &own), "2.04");
        complete(&mut server);
        server.run_for(seconds(60));
        server.restart(away);
        server.run_for(seconds(1));
        let trigger = server.request(RequestType::Post, "/1/1/9");
        assert_eq!(server.ask(&trigger), code, "after {away:?}");
    }
}

/// After each byte that is stored, and each part: what is in force afterwards is what was before or what
/// the server has finished, and registers.
#[test]
fn power_that_goes_at_any_instant_of_a_bootstrap() {
    let mut torn = 0;
    for power in 1.. {
        let mut world = bootstrap::keeping(4);
        // Another server comes.
        let operations = bootstrap::account("coap://another", 9);
        world.server().set_bootstrap(ENDPOINT, operations);
        world.flash.as_mut().expect("a flash").power = Some(power);
        world.execute("/1/0/9");
        world.run_for(minutes(1));
        let is_off = world.flash.as_ref().expect("a flash").is_off();
        let finished = world.take_events().contains(&Event::BootstrapDone);
        let restored = world.restart(seconds(10));
        assert_eq!(restored.accounts, Ok(()), "power for {power} B");
        world.run_for(minutes(1));
        let server = world.transport.opened.last().expect("one").uri.clone();
        let registered = world.take_events().into_iter();
        let registered = registered.filter(|event| matches!(event, Event::Registered(_)));
        assert_eq!(registered.count(), 1, "power for {power} B");
        match &*server {
            "coap://server" => assert!(!finished, "the server was told of the new one"),
            "coap://another" => {}
            other => panic!("{other}"),
        }
        torn += usize::from(is_off);
        if !is_off {
            break;
        }
    }
    assert!(torn > 100, "the power went {torn} times");
}
