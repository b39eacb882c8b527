//! A bootstrap server that writes accounts of several servers: the device registers with each.

mod common;

use client_lite::{Account, Event, RegisterReason};
use common::{Running, config, server, uri};
use demo_server::{
    BootstrapOperation, Credentials, SecurityInstance, ServerInstance, UdpConfig, UdpServer,
};

/// Security and Server instance of one of the device's servers.
fn account(server: &UdpServer, short_server_id: u16, lifetime: u32) -> [BootstrapOperation; 2] {
    let security = SecurityInstance {
        instance: short_server_id,
        uri: format!("coap://{}", server.local_addr()),
        bootstrap: false,
        credentials: Credentials::None,
        short_server_id,
    };
    let server = ServerInstance {
        instance: short_server_id,
        short_server_id,
        lifetime,
        storing: true,
        binding: "U".into(),
    };
    [security.operation(), server.operation()]
}

#[test]
fn the_device_registers_with_each_of_them() {
    let servers = [server(), server(), server()];
    let mut operations = vec![BootstrapOperation::delete("/")];
    for (server, number) in servers.iter().zip(1..) {
        operations.extend(account(server, number, 100 * u32::from(number)));
    }
    let mut bootstrap = UdpConfig::default();
    bootstrap
        .server
        .bootstrap
        .insert("device".into(), operations);
    let bootstrap = UdpServer::start(bootstrap).expect("a server");
    let account = Account::new(uri("coap", bootstrap.local_addr())).for_bootstrap();
    let device = Running::new(config(account));
    assert_eq!(device.event(), Event::BootstrapDone);
    for _ in &servers {
        assert_eq!(
            device.event(),
            Event::Registered(RegisterReason::Bootstrapped)
        );
    }
    let lifetimes = servers.each_ref().map(|server| {
        server.with(|server, _| server.client("device").map(|client| client.lifetime))
    });
    assert_eq!(lifetimes, [Some(100), Some(200), Some(300)]);
    // All of them are closed by one command.
    device.handle.close();
    for _ in &servers {
        assert_eq!(device.event(), Event::Deregistered);
    }
    // And registered again, without another bootstrap.
    device.handle.register();
    for _ in &servers {
        assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    }
}
