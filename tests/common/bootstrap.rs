//! A device that knows a bootstrap server only.

use client_lite::Account;
use demo_server::{BootstrapOperation, SecurityInstance, Server, ServerInstance};

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
    let account = BootstrapOperation::account(&security, &server);
    config.bootstrap.insert(ENDPOINT.to_owned(), account);
    Peer::Server(Box::new(Server::new(config, 2)))
}
