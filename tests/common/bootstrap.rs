//! A device that knows a bootstrap server only.

use client_lite::Account;
use demo_server::format::Value;
use demo_server::{BootstrapOperation, Content, SecurityInstance, Server, ServerInstance};

use super::{ENDPOINT, Peer, Setup, World};

/// With the [`server`] that it needs.
pub fn world(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    let mut world = setup.build();
    world.peer = server();
    world
}

/// A bootstrap server and the management server that it tells of, in one.
pub fn server() -> Peer {
    server_with(Vec::new())
}

/// The same with more resources in the Server instance.
pub fn server_with(resources: Vec<(u16, Value)>) -> Peer {
    let security = SecurityInstance {
        instance: 1,
        uri: "coap://server".into(),
        bootstrap: false,
        psk: None,
        short_server_id: 7,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 7,
        lifetime: 3600,
        storing: true,
        binding: "U".into(),
    };
    let mut config = demo_server::Config::default();
    let mut account = BootstrapOperation::account(&security, &server);
    if !resources.is_empty() {
        let content = Content::Resources(resources);
        account.push(BootstrapOperation::write("/1/0", content));
    }
    config.bootstrap.insert(ENDPOINT.to_owned(), account);
    Peer::Server(Box::new(Server::new(config, 2)))
}
