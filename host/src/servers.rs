//! The servers of a device: each has a client and a transport of its own, over the same objects.

use std::time::{Duration, Instant};

use client_lite::{Client, Role, State, Transport as Wanted, register_in_order, share_accounts};

use crate::handle::Call;
use crate::transport::Transport;
use crate::{Application, Connection, Direction};

/// All of a device's servers.
pub(crate) struct Servers<'c> {
    list: Vec<Server<'c>>,
    clock: Clock,
}

/// One of them.
pub(crate) struct Server<'c> {
    client: Client<'c>,
    transport: Transport,
    /// Whether it is to register when its turn comes.
    queued: bool,
    /// Whether another one asks the bootstrap server for its account.
    follows: bool,
}

impl<'c> Servers<'c> {
    pub(crate) fn new(clock: Clock) -> Self {
        let list = Vec::new();
        Self { list, clock }
    }

    pub(crate) fn add(&mut self, mut server: Server<'c>) {
        let is_bootstrapped = |server: &Server<'_>| server.client.role() == Role::Bootstrap;
        server.follows = is_bootstrapped(&server) && self.list.iter().any(is_bootstrapped);
        self.list.push(server);
    }

    fn in_use(&mut self) -> impl Iterator<Item = &mut Server<'c>> {
        self.list.iter_mut().filter(|server| server.is_in_use())
    }

    /// Takes what has arrived; whether there is more. A flood of datagrams does not keep commands
    /// and timers waiting.
    pub(crate) fn receive<A: Application>(&mut self, application: &mut A) -> bool {
        let mut any_more = false;
        for index in 0..self.list.len() {
            self.list[index].receive_former(self.clock, application);
            let mut more = true;
            for _ in 0..BURST {
                let server = &mut self.list[index];
                let message = server.transport.receive(Instant::now());
                more = message.is_some();
                let Some(message) = message else { break };
                application.message(Direction::In, &message);
                let objects = &mut application.objects();
                let client = &mut server.client;
                client.handle_datagram(self.clock.now(), &message, objects);
                self.share(index, application);
                self.settle(application);
            }
            any_more |= more;
        }
        any_more
    }

    /// What one server has written, the others are told.
    fn share<A: Application>(&mut self, writer: usize, application: &mut A) {
        if self.list.len() < 2 {
            return;
        }
        while let Some(written) = self.list[writer].client.poll_written() {
            for (index, server) in self.list.iter_mut().enumerate() {
                if index == writer || !server.is_in_use() {
                    continue;
                }
                let told = server
                    .client
                    .changed(written.path, &mut application.objects());
                if let Err(full) = told {
                    log::warn!("{}: {full}", written.path);
                }
                if written.instances {
                    server.client.objects_changed(self.clock.now());
                }
            }
        }
    }

    pub(crate) fn call<A>(&mut self, call: Call<A>, application: &mut A) {
        let now = self.clock.now();
        let mut clients: Vec<_> = self.in_use().map(|one| &mut one.client).collect();
        call(application, &mut clients, now);
    }

    pub(crate) fn register(&mut self) {
        let now = self.clock.now();
        for server in self.in_use() {
            match server.client.state() {
                State::Idle => server.queued = true,
                _ => server.client.register(now),
            }
        }
        self.register_queued();
    }

    /// Registers those whose turn has come.
    fn register_queued(&mut self) {
        // One that the application has closed has no turn.
        let takes_part = |one: &&mut Server<'_>| one.queued || one.client.state() != State::Idle;
        let servers = self.list.iter_mut().filter(takes_part);
        let mut clients: Vec<_> = servers.map(|one| &mut one.client).collect();
        register_in_order(&mut clients, self.clock.now());
        for server in &mut self.list {
            server.queued &= server.client.state() == State::Idle;
        }
    }

    pub(crate) fn close(&mut self) {
        let now = self.clock.now();
        for server in self.in_use() {
            server.queued = false;
            server.client.close(now);
        }
    }

    /// Closes the connections, without a word to the servers.
    pub(crate) fn disconnect(&mut self) {
        for server in &mut self.list {
            server.transport.forget_former();
            server.transport.close();
        }
    }

    /// Carries out all that the clients want.
    pub(crate) fn settle<A: Application>(&mut self, application: &mut A) {
        loop {
            let mut told = false;
            for server in &mut self.list {
                told |= server.settle(self.clock, application);
            }
            if !told {
                return;
            }
            self.share_accounts();
            if self.list.iter().all(|server| !server.queued) {
                return;
            }
            self.register_queued();
        }
    }

    /// Gives each server that the bootstrap server has written a client, which registers in turn.
    fn share_accounts(&mut self) {
        let now = self.clock.now();
        let mut clients: Vec<_> = self.list.iter_mut().map(|one| &mut one.client).collect();
        if !share_accounts(&mut clients, now) {
            return;
        }
        for server in self.in_use() {
            let client = &server.client;
            server.queued |= client.role() == Role::Bootstrap && client.state() == State::Idle;
        }
    }

    pub(crate) fn handle_timeout(&mut self) {
        for server in &mut self.list {
            server.transport.handle_timeout(Instant::now());
            let now = self.clock.now();
            if server.client.poll_timeout().is_some_and(|due| due <= now) {
                server.client.handle_timeout(now);
            }
        }
    }

    /// The time until something is due.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let due = self.list.iter().filter_map(|one| one.due(self.clock)).min();
        Some(due?.saturating_duration_since(Instant::now()))
    }
}

impl<'c> Server<'c> {
    pub(crate) fn new(client: Client<'c>, transport: Transport) -> Self {
        Self {
            client,
            transport,
            queued: false,
            follows: false,
        }
    }

    /// Whether there is something to do for it: not where no account was written for it.
    fn is_in_use(&self) -> bool {
        !self.follows || self.client.has_server()
    }

    /// Takes what comes over the association before.
    fn receive_former<A: Application>(&mut self, clock: Clock, application: &mut A) {
        for _ in 0..BURST {
            let Some(message) = self.transport.receive_former(Instant::now()) else {
                return;
            };
            application.message(Direction::In, &message);
            let answer = self.client.handle_former_datagram(clock.now(), &message);
            if let Some(answer) = answer {
                application.message(Direction::Out, answer);
                self.transport.send_former(Instant::now(), answer);
            }
        }
    }

    /// Carries out all that the client wants; whether it had an event to tell.
    fn settle<A: Application>(&mut self, clock: Clock, application: &mut A) -> bool {
        let Self {
            client, transport, ..
        } = self;
        let mut told = false;
        loop {
            while let Some(message) = client.poll_transmit(clock.now(), &mut application.objects())
            {
                application.message(Direction::Out, message);
                transport.send(Instant::now(), message);
            }
            let former_until = client.former_until().and_then(|until| clock.at(until));
            while let Some(wanted) = client.poll_transport() {
                match wanted {
                    Wanted::Open { account, renew } => transport.open(account, renew, former_until),
                    Wanted::Close => transport.close(),
                }
            }
            while let Some(event) = client.poll_event() {
                told = true;
                application.event(event, client);
            }
            // A paused client would ignore it, and asks again when it resumes.
            if client.is_paused() {
                return told;
            }
            let Some(connection) = transport.poll(Instant::now()) else {
                return told;
            };
            application.connection(&connection);
            match connection {
                Connection::Handshake { .. } => {}
                Connection::Open { association, .. } => {
                    client.handle_connected(clock.now(), association);
                }
                Connection::Failed { error, .. } => client.handle_failure(clock.now(), error),
            }
        }
    }

    fn due(&self, clock: Clock) -> Option<Instant> {
        let client = self.client.poll_timeout().and_then(|due| clock.at(due));
        client
            .into_iter()
            .chain(self.transport.poll_timeout())
            .min()
    }
}

/// The clients' clock: milliseconds since its start.
#[derive(Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    fn now(self) -> client_lite::Instant {
        let milliseconds = self.0.elapsed().as_millis();
        client_lite::Instant::from_millis(milliseconds.try_into().unwrap_or(u64::MAX))
    }

    fn at(self, instant: client_lite::Instant) -> Option<Instant> {
        let since = Duration::from_millis(instant.as_millis());
        self.0.checked_add(since)
    }
}

const BURST: usize = 64;
