//! From a bootstrap server in the clear to a management server over DTLS.

mod common;

use client_lite::{Account, Event};
use common::{IDENTITY, KEY, Running, config, secure_server, uri};
use demo_server::{BootstrapOperation, SecurityInstance, ServerInstance, UdpConfig, UdpServer};

#[test]
fn a_device_gets_its_account_and_registers() {
    let management = secure_server(UdpConfig::default());
    let address = management.dtls_addr().expect("DTLS");
    let security = SecurityInstance {
        instance: 1,
        uri: format!("coaps://{address}"),
        bootstrap: false,
        psk: Some((IDENTITY.into(), KEY.into())),
        short_server_id: 1,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 120,
        storing: true,
        binding: "U".into(),
    };
    let mut bootstrap = UdpConfig::default();
    bootstrap.server.bootstrap.insert(
        "device".into(),
        BootstrapOperation::account(&security, &server),
    );
    let bootstrap = UdpServer::start(bootstrap).expect("a server");
    let account = Account::new(uri("coap", bootstrap.local_addr())).for_bootstrap();
    let device = Running::new(config(account));
    assert_eq!(device.event(), Event::BootstrapDone);
    assert_eq!(device.event(), Event::Registered);
    let lifetime = management.with(|server, _| server.client("device").map(|c| c.lifetime));
    assert_eq!(lifetime, Some(120));
}
