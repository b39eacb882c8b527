//! The run loop: one thread that waits for datagrams, commands, resolved names and timers, and
//! drives the clients by their contract.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use std::{io, iter};

use client_lite::{Client, Config, Role, Storage, storage};
use mio::{Events, Poll, Token, Waker};

use crate::clock::Clock;
use crate::connection::{self, Connection, Observer};
use crate::handle::Input;
use crate::resolver::{self, Lookup, Resolver};
use crate::servers::{Server, Servers};
use crate::snapshots::Snapshots;
use crate::transport::{HANDSHAKE_TIMEOUT, HostTransport};
use crate::{Application, Handle};

/// A client with its application, sockets and clock. [`Device::run`] is its thread.
pub struct Device<A> {
    poll: Poll,
    inputs: Receiver<Input<A>>,
    handle: Handle<A>,
    lookup: Lookup,
    waker: Arc<Waker>,
    handshake_timeout: Duration,
    on_connection: connection::Callback,
    snapshots: Option<PathBuf>,
}

impl<A: Application + 'static> Device<A> {
    /// A device that does nothing before [`run`](Self::run). Fails where the system has no file
    /// descriptors left.
    pub fn new() -> io::Result<Self> {
        Self::with_lookup(resolver::system)
    }

    fn with_lookup(lookup: Lookup) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let (sender, inputs) = mpsc::channel();
        Ok(Self {
            inputs,
            handle: Handle::new(sender, waker.clone()),
            poll,
            lookup,
            waker,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            on_connection: Box::new(|_| {}),
            snapshots: None,
        })
    }

    /// How long a DTLS handshake with one address may take: more than 0, 40 s by default. Where
    /// the server is silent it ends after 31 s anyway.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout = timeout;
        self
    }

    /// Has `call` told what becomes of the connections, in words and with addresses, before the client
    /// is; of all servers where there are several.
    pub fn on_connection(mut self, call: impl FnMut(&Connection) + Send + 'static) -> Self {
        self.on_connection = Box::new(call);
        self
    }

    /// Keeps in this folder what is to outlive a restart: what a bootstrap server has written, keys
    /// included, and the registration with its observations. The device that runs next with the same
    /// configuration goes on from there; two at a time are not to share a folder.
    pub fn keep_snapshots(mut self, folder: impl Into<PathBuf>) -> Self {
        self.snapshots = Some(folder.into());
        self
    }

    /// For other threads, and for before [`run`](Self::run): commands wait until then.
    pub fn handle(&self) -> Handle<A> {
        self.handle.clone()
    }

    /// Runs the client until [`Handle::stop`], and gives the application back. The client registers
    /// when [`Handle::register`] says so.
    ///
    /// Fails where the system has no entropy or its wait fails. What fails on the way to the server
    /// is told to the application instead, and tried again.
    pub fn run(self, config: Config<'_>, application: A) -> io::Result<A> {
        self.run_several(&[config], application)
    }

    /// The same with several servers: a client for each, over the application's objects.
    ///
    /// One of them may be a bootstrap server: the device registers with up to [`SERVERS`] servers
    /// that it writes accounts of. Fails with [`io::ErrorKind::InvalidInput`] where there are two.
    ///
    /// Each configuration has a short server id of its own. The clients register in the order that
    /// the servers have set (/1/x/13 to 15); what one server writes, creates or deletes is told to
    /// the others. What each of them may do says
    /// [`AccessControl`](client_lite::objects::access_control::AccessControl) among the objects.
    pub fn run_several(self, configs: &[Config<'_>], application: A) -> io::Result<A> {
        let is_bootstrap = |config: &&Config<'_>| config.account.role == Role::Bootstrap;
        if configs.iter().filter(is_bootstrap).count() > 1 {
            let why = "a device has one bootstrap server at most (LwM2M Core 1.1, 6.1)";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let clients = |config: &Config<'_>| if is_bootstrap(&config) { SERVERS } else { 1 };
        let configs: Vec<_> = configs
            .iter()
            .flat_map(|config| iter::repeat_n(config, clients(config)))
            .collect();
        let mut storages: Vec<Roomy> = configs.iter().map(|_| Storage::new()).collect();
        let clients: io::Result<_> = configs
            .into_iter()
            .zip(&mut storages)
            .map(|(config, storage)| Ok(Client::new(config.clone(), storage, seed()?)))
            .collect();
        self.run_clients(clients?, application)
    }

    /// The same with clients that the caller has made, each in a [`Storage`] of its own sizes;
    /// [`seed`] has the entropy for them.
    ///
    /// ```no_run
    /// # use client_lite::{Account, Client, Config, Object, storage};
    /// # struct Camera;
    /// # impl client_lite_host::Application for Camera {
    /// #     fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
    /// #         call(&mut [])
    /// #     }
    /// # }
    /// # let device = client_lite_host::Device::new()?;
    /// let config = Config::new("camera", Account::new("coap://lwm2m.example.com"));
    /// let mut storage = <storage! { observations: 32, changes: 64 }>::new();
    /// let client = Client::new(config, &mut storage, client_lite_host::seed()?);
    /// device.run_clients(vec![client], Camera)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn run_clients(mut self, clients: Vec<Client<'_>>, mut application: A) -> io::Result<A> {
        let clock = Clock::start();
        let on_connection = std::mem::replace(&mut self.on_connection, Box::new(|_| {}));
        let observer = Observer::new(on_connection);
        let stores = self
            .snapshots
            .iter()
            .flat_map(|folder| (0..clients.len()).map(move |index| Snapshots::new(folder, index)));
        let mut stores: Vec<_> = stores.collect::<io::Result<_>>()?;
        let mut stores = stores.iter_mut();
        let mut servers = Servers::new(clock);
        for (index, client) in clients.into_iter().enumerate() {
            let transport = self.transport(index, clock, &observer)?;
            let server = Server::new(client, transport);
            servers.add(server, stores.next(), &mut application);
        }
        servers.share_accounts();
        let mut ready = Events::with_capacity(8);
        let mut more = false;
        loop {
            let wait = if more {
                Some(Duration::ZERO)
            } else {
                servers.wait(&mut application)
            };
            match self.poll.poll(&mut ready, wait) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            more = servers.receive(&mut application);
            while let Ok(input) = self.inputs.try_recv() {
                match input {
                    Input::Call(call) => servers.call(call, &mut application),
                    Input::Register => servers.register(),
                    Input::Close => servers.close(),
                    Input::Stop => {
                        servers.disconnect();
                        return Ok(application);
                    }
                }
                servers.settle(&mut application);
            }
            servers.turn(&mut application);
        }
    }

    /// The way to the server at an index.
    fn transport(
        &self,
        index: usize,
        clock: Clock,
        observer: &Observer,
    ) -> io::Result<HostTransport> {
        let resolver = Resolver::new(self.lookup, self.waker.clone());
        let registry = self.poll.registry().try_clone()?;
        let token = Token(WAKER.0 + 1 + index);
        let mut transport = HostTransport::new(clock, observer.clone(), registry, token, resolver);
        transport.handshake_timeout = self.handshake_timeout;
        Ok(transport)
    }
}

/// Entropy of the system for [`Client::new`]. Fails where the system has none.
pub fn seed() -> io::Result<[u32; 4]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let number = u128::from_ne_bytes(bytes);
    Ok([0, 32, 64, 96].map(|shift| (number >> shift) as u32))
}

const WAKER: Token = Token(0);

/// How many servers a bootstrap server can write accounts of.
pub const SERVERS: usize = 4;

/// With room for their accounts and the bootstrap server's own, also with certificates, which may come in
/// blocks.
type Roomy = storage! {
    body_size: 4096,
    accounts: SERVERS + 1,
    account_identity_size: 2048,
    account_key_size: 256,
    account_server_key_size: 2048,
};

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::sync::Barrier;
    use std::sync::mpsc::Sender;
    use std::thread;

    use client_lite::{Account, Event, Object, State};
    use demo_server::{UdpConfig, UdpServer};

    use super::*;

    /// Tells of its first registration.
    struct Application(Sender<()>);

    impl crate::Application for Application {
        fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
            call(&mut [])
        }

        fn event(&mut self, event: Event, _: &Client<'_>) {
            assert!(matches!(event, Event::Registered(_)));
            self.0.send(()).unwrap();
        }
    }

    /// Registers with a server on 127.0.0.1 whose name is looked up this way; `meanwhile` runs
    /// before the registration is waited for.
    fn register(lookup: Lookup, meanwhile: impl FnOnce(&Handle<Application>)) {
        let server = UdpServer::start(UdpConfig::default()).unwrap();
        let uri = format!("coap://server:{}", server.local_addr().port());
        let device = Device::with_lookup(lookup).unwrap();
        let handle = device.handle();
        let (sender, registered) = mpsc::channel();
        thread::scope(|scope| {
            let config = Config::new("device", Account::new(&uri));
            scope.spawn(|| device.run(config, Application(sender)));
            handle.register();
            meanwhile(&handle);
            let result = registered.recv_timeout(Duration::from_secs(30));
            handle.stop();
            result.expect("a registration");
        });
    }

    #[test]
    fn commands_are_served_while_a_name_is_looked_up() {
        static GATE: Barrier = Barrier::new(2);
        let lookup: Lookup = |_, port| {
            GATE.wait();
            Ok(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))])
        };
        register(lookup, |handle| {
            let state = handle.with(|_, client, _| client.state());
            assert_eq!(state.recv(), Ok(State::Registering));
            GATE.wait();
        });
    }

    #[test]
    fn the_next_address_is_tried_where_one_refuses() {
        let lookup: Lookup = |_, port| {
            Ok(vec![
                SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
                SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            ])
        };
        register(lookup, |_| {});
    }
}
