//! What a bootstrap server writes of servers (LwM2M Core 1.1, 6.1): their Security and Server
//! instances, which belong together by the short server id.

use heapless::Vec;

use crate::archive::Archive;
use crate::config::{Account, Config, Role};
use crate::context::Context;
use crate::error::Operation;
use crate::feature;
use crate::model::ids::SECURITY;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::objects::column::Column;
use crate::objects::handshake::{self, Handshakes};
use crate::objects::security::{Instance, Securities};
use crate::objects::server::Server;
use crate::objects::servers::Servers;
use crate::time::Instant;

/// The memory of the accounts in force and of the draft.
pub(crate) struct Memory<
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
    const SERVER_KEY: usize,
>([SetMemory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>; 2]);

/// The memory of a set of accounts.
struct SetMemory<
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
    const SERVER_KEY: usize,
> {
    securities: Vec<Instance, ACCOUNTS>,
    uris: [[u8; URI]; ACCOUNTS],
    identities: [[u8; IDENTITY]; ACCOUNTS],
    keys: [[u8; KEY]; ACCOUNTS],
    handshakes: handshake::Memory<ACCOUNTS, SERVER_KEY>,
    servers: Vec<Server, ACCOUNTS>,
}

impl<
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
    const SERVER_KEY: usize,
> Memory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>
{
    pub(crate) const fn new() -> Self {
        Self(
            [const {
                SetMemory {
                    securities: Vec::new(),
                    uris: [[0; URI]; ACCOUNTS],
                    identities: [[0; IDENTITY]; ACCOUNTS],
                    keys: [[0; KEY]; ACCOUNTS],
                    handshakes: handshake::Memory::new(),
                    servers: Vec::new(),
                }
            }; 2],
        )
    }
}

/// The accounts of a device.
pub(crate) struct Accounts<'s> {
    /// What a bootstrap server has written and finished.
    pub(crate) in_force: Set<'s>,
    /// What it has written since it was asked, and what takes their place when it has finished.
    pub(crate) draft: Set<'s>,
    /// When the bootstrap server's own account has had its time (/0/x/12).
    expires: Instant,
}

impl<'s> Accounts<'s> {
    /// None at all.
    pub(crate) fn new<
        const ACCOUNTS: usize,
        const URI: usize,
        const IDENTITY: usize,
        const KEY: usize,
        const SERVER_KEY: usize,
    >(
        memory: &'s mut Memory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>,
    ) -> Self {
        let [in_force, draft] = &mut memory.0;
        Self {
            in_force: Set::new(in_force),
            draft: Set::new(draft),
            expires: NEVER,
        }
    }

    /// The account that an operation is about: the configured one, or one that its bootstrap server has
    /// written.
    pub(crate) fn of<'a>(
        &'a self,
        configured: Account<'a>,
        operation: Operation,
        short_server_id: u16,
    ) -> Option<Account<'a>> {
        let written = &self.in_force.securities;
        match (configured.role, operation) {
            (Role::Management, _) => Some(configured),
            (_, Operation::Bootstrap) => Some(written.bootstrap().unwrap_or(configured)),
            _ => written.management(short_server_id),
        }
    }

    /// Whether there is an account of a server to register with, by the role of the configured one.
    #[inline(always)]
    pub(crate) fn have_server(&self, configured: Role, short_server_id: u16) -> bool {
        let written = &self.in_force.securities;
        configured == Role::Management || written.management(short_server_id).is_some()
    }

    /// How long the device waits before it asks the bootstrap server by itself (/0/x/11), in seconds.
    pub(crate) fn hold_off(&self, config: &Config<'_>) -> u32 {
        let own = self.in_force.securities.own();
        own.map_or(config.bootstrap_hold_off, |own| own.hold_off)
    }

    /// Whether the bootstrap server's own account is to be purged by now. Who has gone to that server
    /// before may come to an end with it.
    pub(crate) fn is_purged(&self, now: Instant) -> bool {
        self.expires <= now
    }

    /// Purges from the memory what the bootstrap server has not finished, and its own account, where it has
    /// had its time; nobody is on the way to that server.
    pub(crate) fn purge(&mut self, now: Instant) {
        if self.draft.securities.iter().next().is_some() {
            self.draft.clear();
        }
        let securities = &mut self.in_force.securities;
        if self.expires <= now
            && let Some(id) = securities.own().map(|own| own.id)
        {
            securities.remove(Some(id));
        }
    }

    /// The bootstrap server's own account has its time with another client of the device, where it is
    /// `there` while here it is `here`.
    pub(crate) fn expire_with(&mut self, others: &Accounts<'_>, here: Instant, there: Instant) {
        let left = others.expires.as_millis().saturating_sub(there.as_millis());
        self.expires = Instant::from_millis(here.as_millis().saturating_add(left));
    }

    /// What is in force; `empty` is what a Server instance is before it is restored.
    pub(crate) fn archive(&mut self, empty: Server, archive: &mut Archive<'_>) {
        self.in_force.securities.archive(archive);
        self.in_force.servers.archive(empty, archive);
        archive.deadline(&mut self.expires);
    }

    /// There is no account in force.
    pub(crate) fn forget(&mut self) {
        self.in_force.clear();
        self.expires = NEVER;
    }

    /// The bootstrap server is about to be asked: what it wrote before and did not finish is gone.
    /// `own` is the Server instance of this client.
    pub(crate) fn begin_draft(&mut self, own: &Server) {
        let id = own.short_server_id;
        // Without an account it is one that nobody has written.
        let is_written = self.in_force.securities.management(id).is_some();
        self.draft.begin(&self.in_force, is_written.then_some(own));
    }

    /// Brings the draft into force, where its accounts fit together, and gives the Server instance
    /// for this client: that of the server before, where there is one. What was in force until then
    /// is the draft.
    pub(crate) fn finish_draft(&mut self, short_server_id: u16, now: Instant) -> Option<Server> {
        if !self.draft.are_consistent() {
            return None;
        }
        let server = self.draft.finish(&self.in_force, short_server_id)?;
        core::mem::swap(&mut self.in_force, &mut self.draft);
        self.expires = NEVER;
        if let Some(own) = self.in_force.securities.own()
            && own.timeout > 0
        {
            self.expires = now.after_millis(u64::from(own.timeout) * 1000);
        }
        Some(server)
    }
}

impl Context<'_> {
    /// The objects as the bootstrap server writes to them.
    pub(crate) fn draft_tree<'t, 'o>(
        &'t mut self,
        path: Path,
        objects: Objects<'t, 'o>,
    ) -> Tree<'t, 'o> {
        let draft = &mut self.accounts.draft;
        match path.object_id() {
            Some(SECURITY) => Tree::new(&mut draft.securities, &mut self.device, objects),
            _ => Tree::new(&mut draft.servers, &mut self.device, objects),
        }
    }
}

/// A set of accounts.
pub(crate) struct Set<'s> {
    pub(crate) securities: Securities<'s>,
    /// Without the instance of the client that has them, which is its own.
    pub(crate) servers: Servers<'s>,
}

impl<'s> Set<'s> {
    /// The memory with nothing in it.
    fn new<
        const ACCOUNTS: usize,
        const URI: usize,
        const IDENTITY: usize,
        const KEY: usize,
        const SERVER_KEY: usize,
    >(
        memory: &'s mut SetMemory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>,
    ) -> Self {
        let columns = [
            Column::new(&mut memory.uris),
            Column::new(&mut memory.identities),
            Column::new(&mut memory.keys),
        ];
        Self {
            securities: Securities::new(
                &mut memory.securities,
                columns,
                Handshakes::new(&mut memory.handshakes),
            ),
            servers: Servers::new(&mut memory.servers),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.securities.clear();
        self.servers.clear();
    }

    /// What a bootstrap starts from: all that is in force, but for the bootstrap server's own
    /// account, which stays in force until another one takes its place.
    fn begin(&mut self, in_force: &Set<'_>, own: Option<&Server>) {
        self.clear();
        // There is as much room as there.
        for instance in in_force.securities.iter() {
            if !instance.is_bootstrap {
                let _ = self.securities.copy(&in_force.securities, instance);
            }
        }
        for server in in_force.servers.iter().chain(own) {
            let _ = self.servers.insert(*server);
        }
    }

    /// Whether the accounts fit together: one for each of the device's servers, and there is room
    /// for these.
    pub(crate) fn are_consistent(&self) -> bool {
        let ids = || self.securities.servers();
        let count = ids().count();
        let is_one = |id| {
            (1..=65_534).contains(&id)
                && ids().filter(|other| *other == id).count() == 1
                && self.server(id).is_some()
        };
        // As many Server instances as accounts, and one for each, is one for each the other way, too.
        self.securities.are_complete()
            && (1..=self.most()).contains(&count)
            && self.servers.iter().count() == count
            && ids().all(is_one)
    }

    /// How many management servers there can be: the last place is the bootstrap server's.
    fn most(&self) -> usize {
        match feature::Order::IS_ON {
            true => self.securities.capacity().saturating_sub(1).max(1),
            false => 1,
        }
    }

    /// Completes the consistent set that was begun from what was in force before, and takes the
    /// Server instance of this client out.
    #[inline(never)]
    fn finish(&mut self, before: &Set<'_>, short_server_id: u16) -> Option<Server> {
        if self.securities.own().is_none()
            && let Some(own) = before.securities.own()
        {
            let _ = self.securities.copy(&before.securities, own);
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

const NEVER: Instant = Instant::from_millis(u64::MAX);
