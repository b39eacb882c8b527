//! What a device keeps in a folder outlives it.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use client_lite::{Account, Event, Path as Node, RegisterReason};
use common::{IDENTITY, KEY, PATIENCE, Running, config, secure_server, server, uri};
use demo_server::{
    BootstrapOperation, Credentials, Event as ServerEvent, SecurityInstance, ServerInstance,
    UdpConfig, UdpServer,
};

#[test]
fn a_registration_and_its_observation_go_on() {
    let folder = Folder::new("goes-on");
    let server = server();
    let account = || Account::new(uri("coap", server.local_addr()));
    let device = Running::keeping(config(account()), folder.path());
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    let observed = server.observe("device", "/3200/0/5501", None);
    assert!(observed.is_ok());
    drop(device);

    let device = Running::keeping(config(account()), folder.path());
    assert_eq!(device.event(), Event::Registered(RegisterReason::Restored));
    let path = Node::resource(3200, 0, 5501);
    let changed = device.handle.change(path, |board| board.button.presses = 3);
    assert_eq!(changed.recv(), Ok(Ok(())));
    let is_told = |event: &ServerEvent| matches!(event, ServerEvent::Notification { .. });
    assert!(server.wait_for(is_told, PATIENCE).is_some());
    let requests = server.with(|server, _| {
        let client = server.client("device").expect("a registration");
        (client.registers, client.updates)
    });
    assert_eq!(requests, (1, 0));
}

/// There is no registration at a server that was restarted as well, and the device finds out.
#[test]
fn a_server_that_has_forgotten_the_device_is_registered_with() {
    let folder = Folder::new("forgotten");
    let server = server();
    let account = || Account::new(uri("coap", server.local_addr()));
    let device = Running::keeping(config(account()), folder.path());
    assert_eq!(device.event(), Event::Registered(RegisterReason::First));
    drop(device);
    server.with(|server, _| server.forget_all());
    let device = Running::keeping(config(account()), folder.path());
    assert_eq!(device.event(), Event::Registered(RegisterReason::Restored));
    device.handle.update();
    device.expect_registered();
}

#[test]
fn an_account_of_a_bootstrap_server_is_there_again() {
    let folder = Folder::new("account");
    let management = secure_server(UdpConfig::default());
    let security = SecurityInstance {
        instance: 1,
        uri: format!("coaps://{}", management.dtls_addr().expect("DTLS")),
        bootstrap: false,
        credentials: Credentials::PreSharedKey {
            identity: IDENTITY.into(),
            key: KEY.into(),
        },
        short_server_id: 1,
    };
    let instance = ServerInstance {
        instance: 1,
        short_server_id: 1,
        lifetime: 120,
        storing: true,
        binding: "U".into(),
    };
    let mut server = UdpConfig::default();
    server.server.bootstrap.insert(
        "device".into(),
        BootstrapOperation::account(&security, &instance),
    );
    let bootstrap = UdpServer::start(server).expect("a server");
    let account = uri("coap", bootstrap.local_addr());
    let device = Running::keeping(config(Account::new(account).for_bootstrap()), folder.path());
    assert_eq!(device.event(), Event::BootstrapDone);
    device.expect_registered();
    drop(device);
    // Nobody is there to ask.
    drop(bootstrap);
    let stored = folder.path().join("0.accounts");
    let bytes = fs::read(&stored).expect("a file");
    assert!(
        bytes.windows(KEY.len()).any(|bytes| bytes == KEY),
        "it has the key"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = fs::metadata(&stored).expect("a file").permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600, "nobody else reads it");
    }

    let device = Running::keeping(config(Account::new(account).for_bootstrap()), folder.path());
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::NewAssociation)
    );
    let registered = management.with(|server, _| server.client("device").is_some());
    assert!(registered);
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("client-lite-{}-{name}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
