//! The servers of a device: each has a client and a transport of its own, over the same objects.

use std::time::{Duration, Instant};

use client_lite::driver::{Application, Driver, Transport};
use client_lite::{Client, Role, State, register_in_order, share_accounts};

use crate::clock::Clock;
use crate::handle::Call;
use crate::snapshots::Snapshots;
use crate::transport::HostTransport;

/// All of a device's servers.
pub(crate) struct Servers<'c> {
    list: Vec<Server<'c>>,
    clock: Clock,
    /// When the application wants its turn.
    poll_at: Option<client_lite::Instant>,
}

/// One of them.
pub(crate) struct Server<'c> {
    driver: Driver<'c, HostTransport>,
    /// Whether it is to register when its turn comes.
    queued: bool,
    /// Whether another one asks the bootstrap server for its account.
    follows: bool,
}

impl<'c> Servers<'c> {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            list: Vec::new(),
            clock,
            poll_at: None,
        }
    }

    /// Adds one, which goes on from what is stored where there is a store.
    pub(crate) fn add<A: Application>(
        &mut self,
        mut server: Server<'c>,
        store: Option<&'c mut Snapshots>,
        application: &mut A,
    ) {
        if let Some(store) = store {
            let restored = server.driver.keep_snapshots(store, application);
            for (what, result) in [
                ("accounts", restored.accounts),
                ("session", restored.session),
            ] {
                match result {
                    Ok(()) => log::info!("{what}: goes on from the snapshot"),
                    Err(error) => log::info!("{what}: {error}"),
                }
            }
        }
        let is_bootstrapped =
            |server: &Server<'_>| server.driver.client().role() == Role::Bootstrap;
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
            let mut more = true;
            for _ in 0..BURST {
                more = self.list[index].driver.receive(application);
                if !more {
                    break;
                }
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
        while let Some(written) = self.list[writer].driver.client_mut().poll_written() {
            for (index, server) in self.list.iter_mut().enumerate() {
                if index == writer || !server.is_in_use() {
                    continue;
                }
                let now = self.clock.now();
                let client = server.driver.client_mut();
                let noted =
                    application.with_objects(|objects| client.changed(now, written.path, objects));
                if let Err(full) = noted {
                    log::warn!("{}: {full}", written.path);
                }
                if written.instances {
                    client.objects_changed(now);
                }
            }
        }
    }

    pub(crate) fn call<A>(&mut self, call: Call<A>, application: &mut A) {
        let now = self.clock.now();
        let mut clients: Vec<_> = self.in_use().map(|one| one.driver.client_mut()).collect();
        call(application, &mut clients, now);
    }

    pub(crate) fn register(&mut self) {
        let now = self.clock.now();
        for server in self.in_use() {
            match server.driver.client().state() {
                State::Idle => server.queued = true,
                _ => server.driver.client_mut().register(now),
            }
        }
        self.register_queued();
    }

    /// Registers those whose turn has come.
    fn register_queued(&mut self) {
        // One that the application has closed has no turn.
        let takes_part =
            |one: &&mut Server<'_>| one.queued || one.driver.client().state() != State::Idle;
        let servers = self.list.iter_mut().filter(takes_part);
        let mut clients: Vec<_> = servers.map(|one| one.driver.client_mut()).collect();
        register_in_order(&mut clients, self.clock.now());
        for server in &mut self.list {
            server.queued &= server.driver.client().state() == State::Idle;
        }
    }

    pub(crate) fn close(&mut self) {
        let now = self.clock.now();
        for server in self.in_use() {
            server.queued = false;
            server.driver.client_mut().close(now);
        }
    }

    /// Closes the connections, without a word to the servers.
    pub(crate) fn disconnect(&mut self) {
        for server in &mut self.list {
            let transport = server.driver.transport_mut();
            transport.forget_former();
            transport.close();
        }
    }

    /// Carries out all that the clients want.
    pub(crate) fn settle<A: Application>(&mut self, application: &mut A) {
        loop {
            self.share_accounts();
            if self.list.iter().any(|server| server.queued) {
                self.register_queued();
            }
            let mut any_event = false;
            for server in &mut self.list {
                any_event |= server.driver.settle(application);
            }
            if !any_event {
                return;
            }
        }
    }

    /// Gives each server that the bootstrap server has written, or that was restored, a client. Those that
    /// are new register in turn, the others when they are told to.
    pub(crate) fn share_accounts(&mut self) {
        let now = self.clock.now();
        let clients = self.list.iter_mut();
        let mut clients: Vec<_> = clients.map(|one| one.driver.client_mut()).collect();
        if !share_accounts(&mut clients, now) {
            return;
        }
        for server in self.in_use() {
            let client = server.driver.client();
            server.queued |= client.role() == Role::Bootstrap && client.state() == State::Idle;
        }
    }

    /// Does what is due, and has the application polled.
    pub(crate) fn turn<A: Application>(&mut self, application: &mut A) {
        for server in &mut self.list {
            server.driver.handle_timeout(application);
        }
        let now = self.clock.now();
        let mut clients: Vec<_> = self.in_use().map(|one| one.driver.client_mut()).collect();
        self.poll_at = application.poll(&mut clients, now);
        self.settle(application);
    }

    /// The time until something is due.
    pub(crate) fn wait<A: Application>(&mut self, application: &mut A) -> Option<Duration> {
        let mut due = self.poll_at;
        for server in &mut self.list {
            due = due
                .into_iter()
                .chain(server.driver.wait_until(application))
                .min();
        }
        let at = self.clock.at(due?)?;
        Some(at.saturating_duration_since(Instant::now()))
    }
}

impl<'c> Server<'c> {
    pub(crate) fn new(client: Client<'c>, transport: HostTransport) -> Self {
        Self {
            driver: Driver::new(client, transport),
            queued: false,
            follows: false,
        }
    }

    /// Whether there is something to do for it: not where no account was written for it.
    fn is_in_use(&self) -> bool {
        !self.follows || self.driver.client().has_server()
    }
}

const BURST: usize = 64;
