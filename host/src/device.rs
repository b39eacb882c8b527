//! The run loop: one thread that waits for datagrams, commands, resolved names and timers, and
//! drives the client by its contract.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use client_lite::{Client, Config, Storage, Transport as Wanted};
use mio::{Events, Poll, Token, Waker};

use crate::handle::Input;
use crate::resolver::{self, Lookup, Resolver};
use crate::transport::Transport;
use crate::{Application, Connection, Direction, Handle};

/// A client with its application, sockets and clock. [`Device::run`] is its thread.
pub struct Device<A> {
    poll: Poll,
    inputs: Receiver<Input<A>>,
    handle: Handle<A>,
    transport: Transport,
    start: Instant,
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
        let resolver = Resolver::new(lookup, waker.clone());
        let (sender, inputs) = mpsc::channel();
        Ok(Self {
            inputs,
            handle: Handle::new(sender, waker),
            transport: Transport::new(poll.registry().try_clone()?, SOCKET, resolver),
            poll,
            start: Instant::now(),
        })
    }

    /// How long a DTLS handshake with one address may take: more than 0, 40 s by default. Where
    /// the server is silent it ends after 31 s anyway.
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.transport.handshake_timeout = timeout;
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
    pub fn run(mut self, config: Config<'_>, mut application: A) -> io::Result<A> {
        let mut storage: Storage = Storage::new();
        let mut client = Client::new(config, &mut storage, seed()?);
        let mut ready = Events::with_capacity(8);
        let mut more = false;
        loop {
            let wait = if more {
                Some(Duration::ZERO)
            } else {
                self.wait(&client)
            };
            match self.poll.poll(&mut ready, wait) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            // A flood of datagrams does not keep commands and timers waiting.
            for _ in 0..BURST {
                let message = self.transport.receive(Instant::now());
                more = message.is_some();
                let Some(message) = message else { break };
                application.message(Direction::In, &message);
                client.handle_datagram(self.now(), &message, &mut application.objects());
                self.settle(&mut client, &mut application);
            }
            while let Ok(input) = self.inputs.try_recv() {
                match input {
                    Input::Call(call) => call(&mut application, &mut client, self.now()),
                    Input::Stop => {
                        self.transport.close();
                        return Ok(application);
                    }
                }
                self.settle(&mut client, &mut application);
            }
            self.transport.handle_timeout(Instant::now());
            if client.poll_timeout().is_some_and(|due| due <= self.now()) {
                client.handle_timeout(self.now());
            }
            self.settle(&mut client, &mut application);
        }
    }

    /// Carries out all that the client wants.
    fn settle(&mut self, client: &mut Client<'_>, application: &mut A) {
        loop {
            while let Some(message) = client.poll_transmit(self.now(), &mut application.objects()) {
                application.message(Direction::Out, message);
                self.transport.send(Instant::now(), message);
            }
            while let Some(wanted) = client.poll_transport() {
                match wanted {
                    Wanted::Open { account, renew } => self.transport.open(account, renew),
                    Wanted::Close => self.transport.close(),
                }
            }
            while let Some(event) = client.poll_event() {
                application.event(event, client);
            }
            // A paused client would ignore it, and asks again when it resumes.
            if client.is_paused() {
                return;
            }
            let Some(connection) = self.transport.poll(Instant::now()) else {
                return;
            };
            application.connection(&connection);
            match connection {
                Connection::Handshake { .. } => {}
                Connection::Open { association, .. } => {
                    client.handle_connected(self.now(), association);
                }
                Connection::Failed { error, .. } => client.handle_failure(self.now(), error),
            }
        }
    }

    /// The time until something is due.
    fn wait(&self, client: &Client<'_>) -> Option<Duration> {
        let client = client.poll_timeout().and_then(|due| {
            self.start
                .checked_add(Duration::from_millis(due.as_millis()))
        });
        let due = client
            .into_iter()
            .chain(self.transport.poll_timeout())
            .min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    fn now(&self) -> client_lite::Instant {
        let milliseconds = self.start.elapsed().as_millis();
        client_lite::Instant::from_millis(milliseconds.try_into().unwrap_or(u64::MAX))
    }
}

fn seed() -> io::Result<[u32; 4]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let number = u128::from_ne_bytes(bytes);
    Ok([0, 32, 64, 96].map(|shift| (number >> shift) as u32))
}

const BURST: usize = 64;
const WAKER: Token = Token(0);
const SOCKET: Token = Token(1);

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
        fn objects(&mut self) -> Vec<&mut dyn Object> {
            Vec::new()
        }

        fn event(&mut self, event: Event, _: &Client<'_>) {
            assert_eq!(event, Event::Registered);
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
