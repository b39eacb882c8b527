//! What a bootstrap server writes of servers (LwM2M Core 1.1, 6.1): their Security and Server
//! instances, which belong together by the short server id.

use heapless::Vec;

use crate::objects::security::{Column, Instance, Securities};
use crate::objects::server::Server;
use crate::objects::servers::Servers;

/// The memory of a set of accounts.
pub(crate) struct Memory<
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
> {
    securities: Vec<Instance, ACCOUNTS>,
    uris: [[u8; URI]; ACCOUNTS],
    identities: [[u8; IDENTITY]; ACCOUNTS],
    keys: [[u8; KEY]; ACCOUNTS],
    servers: Vec<Server, ACCOUNTS>,
}

impl<const ACCOUNTS: usize, const URI: usize, const IDENTITY: usize, const KEY: usize>
    Memory<ACCOUNTS, URI, IDENTITY, KEY>
{
    pub(crate) const fn new() -> Self {
        Self {
            securities: Vec::new(),
            uris: [[0; URI]; ACCOUNTS],
            identities: [[0; IDENTITY]; ACCOUNTS],
            keys: [[0; KEY]; ACCOUNTS],
            servers: Vec::new(),
        }
    }
}

/// A set of accounts.
pub(crate) struct Accounts<'s> {
    pub(crate) securities: Securities<'s>,
    /// Without the instance of the client that has them, which is its own.
    pub(crate) servers: Servers<'s>,
}

impl<'s> Accounts<'s> {
    /// The memory with nothing in it.
    pub(crate) fn new<
        const ACCOUNTS: usize,
        const URI: usize,
        const IDENTITY: usize,
        const KEY: usize,
    >(
        memory: &'s mut Memory<ACCOUNTS, URI, IDENTITY, KEY>,
    ) -> Self {
        let columns = [
            Column::new(&mut memory.uris),
            Column::new(&mut memory.identities),
            Column::new(&mut memory.keys),
        ];
        Self {
            securities: Securities::new(&mut memory.securities, columns),
            servers: Servers::new(&mut memory.servers),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.securities.clear();
        self.servers.clear();
    }

    /// What a bootstrap starts from: all that is in force, but for the bootstrap server's own
    /// account, which stays in force until another one takes its place.
    pub(crate) fn begin(&mut self, in_force: &Accounts<'_>, own: Option<&Server>) {
        self.clear();
        self.securities
            .copy_from(&in_force.securities, &|instance| !instance.is_bootstrap);
        for server in in_force.servers.iter().chain(own) {
            // There is as much room as there.
            let _ = self.servers.insert(*server);
        }
    }

    /// Whether the accounts fit together: one for each of the device's servers, and there is room
    /// for these.
    pub(crate) fn are_consistent(&self) -> bool {
        let ids = || self.securities.servers();
        let servers = || self.servers.iter().map(|server| server.short_server_id);
        let is_one = |id| {
            let is = |other: &u16| *other == id;
            (1..=65_534).contains(&id)
                && ids().filter(is).count() == 1
                && servers().filter(is).count() == 1
        };
        self.securities.are_complete()
            && (1..=self.most()).contains(&ids().count())
            && ids().chain(servers()).all(is_one)
    }

    /// How many management servers there can be: the last place is the bootstrap server's.
    fn most(&self) -> usize {
        match cfg!(all(feature = "access-control", feature = "server-object")) {
            true => self.securities.capacity().saturating_sub(1).max(1),
            false => 1,
        }
    }

    /// Brings the consistent set into force that was begun from what was in force before, and takes
    /// the Server instance of this client out: that of the server before, where there is one.
    pub(crate) fn finish(&mut self, before: &Accounts<'_>, short_server_id: u16) -> Option<Server> {
        if self.securities.bootstrap().is_none() {
            self.securities
                .copy_from(&before.securities, &|instance| instance.is_bootstrap);
        }
        let first = self.securities.servers().next();
        let mut ids = self.securities.servers();
        let own = ids.find(|id| *id == short_server_id).or(first)?;
        let server = *self.server(own)?;
        self.servers.remove(Some(server.instance));
        Some(server)
    }

    /// The Server instance of a server.
    pub(crate) fn server(&self, short_server_id: u16) -> Option<&Server> {
        let mut servers = self.servers.iter();
        servers.find(|server| server.short_server_id == short_server_id)
    }
}
