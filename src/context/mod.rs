//! What every part of the client may use: the configuration, the client's own objects, time,
//! randomness, ids and events.

#[cfg_attr(not(feature = "bootstrap"), path = "accounts_off.rs")]
pub(crate) mod accounts;
#[cfg_attr(not(feature = "diagnostics"), path = "diagnostic_off.rs")]
pub(crate) mod diagnostic;
pub(crate) mod events;
mod ids;
#[cfg_attr(not(feature = "snapshot"), path = "snapshots_off.rs")]
pub(crate) mod snapshots;
#[cfg_attr(not(feature = "bootstrap-transaction"), path = "transaction_off.rs")]
pub(crate) mod transaction;
#[cfg_attr(not(feature = "access-control"), path = "written_off.rs")]
pub(crate) mod written;

use crate::config::{Account, Config, Version};
use crate::error::{Detail, Error, Operation};
use crate::event::Event;
use crate::model::attributes::Attributes;
use crate::model::tree::{Objects, Tree};
use crate::objects::device::BuiltIn;
use crate::objects::server::Server;
use crate::random::Random;
use crate::time::{Instant, Timeline};

use accounts::Accounts;
use events::Events;
pub(crate) use ids::Ids;
use snapshots::Snapshots;
use transaction::Transaction;
use written::PendingWrites;

pub(crate) struct Context<'a> {
    pub(crate) config: Config<'a>,
    pub(crate) accounts: Accounts<'a>,
    pub(crate) server: Server,
    pub(crate) device: BuiltIn<'a>,
    /// Of the application's objects.
    pub(crate) transaction: Transaction,
    /// When the server wants to be notified.
    pub(crate) attributes: Attributes<'a>,
    /// For the clients of other servers.
    pub(crate) written: PendingWrites,
    pub(crate) timeline: Timeline,
    pub(crate) random: Random,
    pub(crate) ids: Ids,
    pub(crate) events: Events,
    pub(crate) snapshots: Snapshots,
}

impl<'a> Context<'a> {
    /// Takes the caller's time and gives the monotonic one.
    #[inline(never)]
    pub(crate) fn advance(&mut self, caller: Instant) -> Instant {
        let now = self.timeline.advance(caller);
        if self.accounts.is_purged(now) {
            self.server.has_bootstrap_server = false;
        }
        now
    }

    pub(crate) fn now(&self) -> Instant {
        self.timeline.now()
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.events.emit(event);
    }

    pub(crate) fn report(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.events
            .report(operation, error, detail, self.timeline.now());
    }

    /// All objects of the device.
    pub(crate) fn tree<'t, 'o>(&'t mut self, objects: Objects<'t, 'o>) -> Tree<'t, 'o> {
        Tree::new(&mut self.server, &mut self.device, objects)
    }

    /// The account that an operation is about.
    pub(crate) fn account(&self, operation: Operation) -> Option<Account<'_>> {
        let id = self.server.short_server_id;
        self.accounts.of(self.config.account, operation, id)
    }

    /// Whether there is a server to register with.
    pub(crate) fn has_server(&self) -> bool {
        let id = self.server.short_server_id;
        self.accounts.have_server(self.config.account.role, id)
    }

    pub(crate) fn speaks_1_0(&self) -> bool {
        self.server.version == Version::V1_0
    }
}
