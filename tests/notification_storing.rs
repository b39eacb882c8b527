//! Notification Storing (/1/x/6, LwM2M Core 1.1, E.2): what becomes of changes while the server is out
//! of reach.

mod common;

use client_lite::{Notifications, TransportError};
use coap_lite::RequestType;
use common::manual::*;
use common::*;
use demo_server::format::TEXT;

/// An observer of the temperature that has or has not what it missed told.
fn observer(seed: u64, storing: bool, notifications: Notifications) -> Manual {
    let mut setup = Setup::new(seed);
    setup.config.notifications = notifications;
    let mut server = Manual::of(setup.build());
    let value: &[u8] = if storing { b"1" } else { b"0" };
    let put = with_body(server.request(RequestType::Put, "/1/0/6"), TEXT, value);
    assert_eq!(code(&server.ask(&put)), "2.04");
    let request = with_accept(server.observe_request(TEMPERATURE), TEXT);
    server.ask(&request);
    server.wire.clear();
    server
}

/// The values of all notifications.
fn told(server: &Manual) -> Vec<String> {
    let messages = server.wire.up().map(Datagram::packet);
    messages
        .filter(|packet| observe(packet).is_some())
        .map(|packet| text(&packet).to_owned())
        .collect()
}

#[test]
fn changes_while_the_network_is_dropped() {
    for (storing, newest) in [(true, vec!["24"]), (false, vec![])] {
        let mut server = observer(1, storing, Notifications::NonConfirmable);
        server.pause();
        for celsius in [22.0, 23.0, 24.0] {
            assert_eq!(server.measure(celsius), []);
        }
        server.resume();
        server.run_for(minutes(1));
        assert_eq!(told(&server), newest, "storing: {storing}");
        // What changes from then on is told in any case.
        assert_eq!(text(&server.measure(25.0)[0]), "25");
    }
}

#[test]
fn changes_while_the_association_is_lost() {
    for (storing, newest) in [(true, vec!["24"]), (false, vec![])] {
        let mut server = observer(2, storing, Notifications::NonConfirmable);
        server.lose_association(TransportError::Socket);
        assert_eq!(server.measure(24.0), []);
        server.run_for(minutes(1));
        assert_eq!(told(&server), newest, "storing: {storing}");
        assert_eq!(text(&server.measure(25.0)[0]), "25");
    }
}

/// Nobody acknowledges it, though the server answers an Update: it is told anew only where it is stored.
#[test]
fn an_unacknowledged_value() {
    // RFC 7252, 4.8: the first transmission and four more.
    for (storing, messages) in [(true, 5 + 1), (false, 5)] {
        let mut server = observer(4, storing, Notifications::Confirmable);
        server.measure(22.0);
        server.run_until(|world| world.client.counters().updates == 1);
        server.run_for(seconds(1));
        assert_eq!(told(&server).len(), messages, "storing: {storing}");
    }
}

/// The same for a value that was on its way, and not acknowledged.
#[test]
fn an_unacknowledged_value_when_the_network_is_dropped() {
    for (storing, newest) in [(true, vec!["22", "22"]), (false, vec!["22"])] {
        let mut server = observer(3, storing, Notifications::Confirmable);
        server.measure(22.0);
        server.pause();
        server.resume();
        server.run_for(seconds(1));
        assert_eq!(told(&server), newest, "storing: {storing}");
    }
}
