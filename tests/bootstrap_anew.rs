//! A device that is bootstrapped again: nothing is left of the registration before (LwM2M Core 1.2,
//! 6.1.3.3; Transport 1.2, 5.2.5).

mod common;

use client_lite::{Event, RegisterReason};
use common::*;
use demo_server::Operation;

#[test]
fn what_was_observed_before_is_not_told() {
    let mut world = bootstrap::world(0xba01);
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    world.changed(TEMPERATURE);
    assert_eq!(world.client.counters().notifications, 1);

    world.execute("/1/0/9");
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    assert_eq!(world.wire.requests(Operation::Register).len(), 2);
    world.run_for(seconds(1));
    world.changed(TEMPERATURE);
    assert_eq!(world.client.counters().notifications, 1);
}
