//! A device that knows a bootstrap server only.

use std::ops::{Deref, DerefMut};

use client_lite::{Account, Detail, Error, Event, Operation, RegisterReason, State};
use coap_lite::{Packet, RequestType, ResponseType};
use demo_server::format::{self, SENML_CBOR, TLV, Value};
use demo_server::{
    BootstrapOperation, Content, Credentials, SecurityInstance, Server, ServerInstance,
};

use super::{ENDPOINT, Peer, Setup, World, manual};

/// With the [`server`] that it needs.
pub fn world(seed: u64) -> World {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    let mut world = setup.build();
    world.peer = server();
    world
}

/// The same where the device keeps snapshots, has been bootstrapped and has registered.
#[cfg(feature = "snapshot")]
pub fn keeping(seed: u64) -> World {
    let mut world = world(seed);
    world.keep_snapshots().accounts.expect_err("nothing yet");
    world.register();
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
    world
}

/// A bootstrap server and the management server that it tells of, in one.
pub fn server() -> Peer {
    server_with(Vec::new())
}

/// The same with more resources in the Server instance.
pub fn server_with(resources: Vec<(u16, Value)>) -> Peer {
    let mut config = demo_server::Config::default();
    let mut account = account("coap://server", 7);
    if !resources.is_empty() {
        let content = Content::Resources(resources);
        account.push(BootstrapOperation::write("/1/0", content));
    }
    config.bootstrap.insert(ENDPOINT.to_owned(), account);
    Peer::Server(Box::new(Server::new(config, 2)))
}

/// What a bootstrap server writes of a server.
pub fn account(uri: &str, short_server_id: u16) -> Vec<BootstrapOperation> {
    let security = SecurityInstance {
        instance: 1,
        uri: uri.into(),
        bootstrap: false,
        credentials: Credentials::None,
        short_server_id,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id,
        lifetime: 3600,
        storing: true,
        binding: "U".into(),
    };
    BootstrapOperation::account(&security, &server)
}

/// A bootstrap server by hand: the device has asked it, and it says only what the test has it say.
pub struct ByHand {
    world: World,
    next_id: u16,
}

impl ByHand {
    pub fn new(seed: u64) -> Self {
        let mut setup = Setup::new(seed);
        setup.config.account = Account::new(BOOTSTRAP).for_bootstrap();
        Self::of(setup.build())
    }

    /// With the device of this world, which knows a bootstrap server only.
    pub fn of(mut world: World) -> Self {
        world.peer = Peer::answering(manual::willing);
        world.register();
        let mut server = Self {
            world,
            next_id: 0x2000,
        };
        server.is_asked();
        server
    }

    /// The device has asked for a bootstrap.
    #[track_caller]
    pub fn is_asked(&mut self) {
        self.world.run_for(super::seconds(1));
        self.world.expect_state(State::Bootstrapping);
    }

    /// Bootstrap-Write; the code of the answer.
    pub fn put(&mut self, path: &str, format: u16, body: &[u8]) -> String {
        let request = self.request(RequestType::Put, path);
        self.ask(&manual::with_body(request, format, body))
    }

    /// Bootstrap-Write of an instance in TLV.
    pub fn write(&mut self, path: &str, resources: &[(u16, Value)]) -> String {
        let body = format::encode(TLV, path, resources).expect("encodes");
        self.put(path, TLV, &body)
    }

    /// Bootstrap-Delete
    pub fn delete(&mut self, path: &str) -> String {
        let request = self.request(RequestType::Delete, path);
        self.ask(&request)
    }

    /// Bootstrap-Finish
    pub fn finish(&mut self) -> String {
        let request = self.request(RequestType::Post, "/bs");
        self.ask(&request)
    }

    /// Security and Server instance of a management server, as [`security`] and [`instance_of`] say.
    #[track_caller]
    pub fn write_account(&mut self, instance: u16, uri: &str, short_server_id: u16) {
        let written = self.write(&format!("/0/{instance}"), &security(uri, short_server_id));
        assert_eq!(written, "2.04");
        let written = self.write(
            &format!("/1/{instance}"),
            &instance_of(short_server_id, 600),
        );
        assert_eq!(written, "2.04");
    }

    pub fn request(&mut self, method: RequestType, path: &str) -> Packet {
        self.next_id += 1;
        super::request(method, path, self.next_id)
    }

    /// The code of the answer to a request.
    #[track_caller]
    pub fn ask(&mut self, request: &Packet) -> String {
        let answer = self.answer(request).expect("an answer");
        assert_eq!(answer.get_token(), request.get_token());
        manual::code(&answer)
    }

    /// What the device says to a request at once.
    pub fn answer(&mut self, request: &Packet) -> Option<Packet> {
        let before = self.world.wire.datagrams.len();
        self.world.deliver(&super::bytes(request));
        let said = self.world.wire.datagrams.get(before)?;
        Some(said.packet())
    }

    /// The URIs that the device has opened associations with.
    pub fn opened(&self) -> Vec<&str> {
        let opened = self.world.transport.opened.iter();
        opened.map(|opened| opened.uri.as_str()).collect()
    }

    /// The parameters of the newest Register.
    pub fn registered_with(&self) -> Vec<String> {
        let requests = self.world.wire.requests(demo_server::Operation::Register);
        super::queries(&requests.last().expect("a Register").packet())
    }
}

impl Deref for ByHand {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for ByHand {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

/// A device that has registered with an account of its bootstrap server's.
pub fn bootstrapped(seed: u64) -> ByHand {
    let mut server = ByHand::new(seed);
    complete(&mut server);
    server
}

/// The same where the server has written an account of its own, at /0/0.
pub fn bootstrapped_with_own(seed: u64) -> ByHand {
    let mut server = ByHand::new(seed);
    assert_eq!(server.delete("/"), "2.02");
    assert_eq!(
        server.write("/0/0", &own("coaps://own", b"identity", &[7; 16])),
        "2.04"
    );
    complete(&mut server);
    server
}

/// The server writes the account of a management server and finishes, and the device registers there.
#[track_caller]
pub fn complete(server: &mut ByHand) {
    server.write_account(1, "coap://server", 101);
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    server.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// The device registers anew, and the management server rejects it.
#[track_caller]
pub fn reject(server: &mut ByHand) {
    server.close();
    server.expect(Event::Deregistered);
    server.peer = Peer::answering(|request| match super::operation(request) {
        Some(demo_server::Operation::Register) => {
            Some(super::answer(request, ResponseType::Forbidden))
        }
        _ => manual::willing(request),
    });
    server.register();
    server.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        Detail::Response(0x83),
    );
}

/// The management server executes Bootstrap-Request Trigger.
#[track_caller]
pub fn ask_again(server: &mut ByHand) {
    let register = server.wire.requests(demo_server::Operation::Register);
    let register = register.last().expect("a Register").packet();
    let list = manual::text(&register);
    let (_, instance) = list.split_once("</1/").expect("object 1");
    let (instance, _) = instance.split_once('>').expect("a link");
    let request = server.request(RequestType::Post, &format!("/1/{instance}/9"));
    assert_eq!(server.ask(&request), "2.04");
    server.is_asked();
}

/// A Security instance of a management server without security.
pub fn security(uri: &str, short_server_id: u16) -> Vec<(u16, Value)> {
    vec![
        (0, Value::Text(uri.into())),
        (1, Value::Boolean(false)),
        (2, Value::Integer(3)),
        (10, Value::Integer(short_server_id.into())),
    ]
}

/// A Security instance of a bootstrap server with a pre-shared key.
pub fn own(uri: &str, identity: &[u8], key: &[u8]) -> Vec<(u16, Value)> {
    vec![
        (0, Value::Text(uri.into())),
        (1, Value::Boolean(true)),
        (2, Value::Integer(0)),
        (3, Value::Opaque(identity.into())),
        (5, Value::Opaque(key.into())),
    ]
}

/// A Server instance.
pub fn instance_of(short_server_id: u16, lifetime: i64) -> Vec<(u16, Value)> {
    vec![
        (0, Value::Integer(short_server_id.into())),
        (1, Value::Integer(lifetime.into())),
        (6, Value::Boolean(true)),
        (7, Value::Text("U".into())),
    ]
}

/// A body of whole instances for an object, in a format.
pub fn instances(format: u16, object: u16, instances: &[(u16, Vec<(u16, Value)>)]) -> Vec<u8> {
    let parts = instances.iter().map(|(id, resources)| {
        let path = format!("/{object}/{id}");
        let body = format::encode(format, &path, resources).expect("encodes");
        (*id as u8, body)
    });
    match format {
        TLV => parts
            .flat_map(|(id, body)| [&[0x08, id, body.len() as u8], body.as_slice()].concat())
            .collect(),
        SENML_CBOR => {
            let (mut records, mut count) = (Vec::new(), 0);
            for (_, body) in parts {
                count += body[0] & 0x1f;
                records.extend(&body[1..]);
            }
            [vec![0x80 | count], records].concat()
        }
        other => panic!("no instances in {other}"),
    }
}

pub const BOOTSTRAP: &str = "coap://bootstrap";
