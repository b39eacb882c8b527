//! Izuma's profile over UDP.

mod common;

use client_lite::{Account, Event, Path, RegisterReason, Version};
use common::{PATIENCE, Running, config, server, uri};
use demo_server::{Event as ServerEvent, UdpServer};

#[test]
fn a_resource_is_notified_without_a_request() {
    let server = server();
    let uri = format!("{}?aid=1&iep=0123abc", uri("coap", server.local_addr()));
    let mut config = config(Account::new(uri.leak()));
    config.version = Version::V1_0;
    config.izuma_profile = true;
    let device = Running::new(config);
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    assert_eq!(notified(&server), "0123abc notified 1 /3200/0/5501 = 0");
    let parameters = server.with(|server, _| {
        let client = server.client("0123abc").expect("a registration");
        client.parameters.clone()
    });
    assert_eq!(parameters, ["aid=1", "iep=0123abc"]);

    let path = Path::resource(3200, 0, 5501);
    let changed = device.handle.change(path, |board| board.button.presses = 3);
    assert_eq!(changed.recv(), Ok(Ok(())));
    assert_eq!(notified(&server), "0123abc notified 2 /3200/0/5501 = 3");
}

fn notified(server: &UdpServer) -> String {
    let is_notification = |event: &ServerEvent| matches!(event, ServerEvent::Notification { .. });
    let event = server.wait_for(is_notification, PATIENCE);
    event.expect("a notification").to_string()
}
