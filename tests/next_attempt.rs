//! When the client tries again: an application that shows it need not guess.

mod common;

use client_lite::{Detail, Error, Event, Operation, RegisterReason, TransportError};
use common::*;

#[test]
fn it_is_told_from_an_error_until_the_attempt() {
    let mut world = World::new(0x6_21);
    assert_eq!(world.client.next_attempt(), None);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    // A clock of the application's own.
    world.set_device_time(at(hours(1000)));
    let fails = |world: &mut World| {
        let (operation, error) = (Operation::Register, Error::DnsResolvingFailed);
        world.expect_error(operation, error, Detail::NoAddress);
    };
    for _ in 0..20 {
        fails(&mut world);
        let told = world.client.next_attempt().expect("it waits");
        let told_at = world.client.last_error().expect("an error").at;
        assert_eq!(told_at, world.device_time());
        assert_eq!(world.wait_for_attempt(), told.saturating_since(told_at));
    }
    fails(&mut world);
    world.transport.as_usual();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(world.client.next_attempt(), None);
}

#[test]
fn there_is_none_while_the_client_is_paused() {
    let mut world = World::new(0x6_22);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    world.run_for(seconds(1));
    assert!(world.client.next_attempt().is_some());
    world.pause();
    assert_eq!(world.client.next_attempt(), None);
    world.resume();
    assert!(world.client.next_attempt().is_some());
}
