//! What every part of the client may use: the configuration, the client's own objects, time,
//! randomness, ids and events.

#[cfg_attr(not(feature = "bootstrap"), path = "accounts_off.rs")]
pub(crate) mod accounts;
#[cfg_attr(not(feature = "diagnostics"), path = "diagnostic_off.rs")]
pub(crate) mod diagnostic;
pub(crate) mod events;
mod ids;
#[cfg(feature = "access-control")]
pub(crate) mod written;

#[cfg(feature = "bootstrap")]
use crate::config::Role;
use crate::config::{Account, Config, Version};
use crate::error::{Detail, Error, Operation};
use crate::event::Event;
use crate::model::attributes::Attributes;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::objects::device::BuiltIn;
use crate::objects::server::Server;
use crate::random::Random;
use crate::time::{Instant, Timeline};

use accounts::Accounts;
use events::Events;
pub(crate) use ids::Ids;
#[cfg(feature = "access-control")]
use written::Written;

pub(crate) struct Context<'a> {
    pub(crate) config: Config<'a>,
    pub(crate) accounts: Accounts<'a>,
    pub(crate) server: Server,
    pub(crate) device: BuiltIn<'a>,
    /// When the server wants to be notified.
    pub(crate) attributes: Attributes<'a>,
    #[cfg(feature = "access-control")]
    pub(crate) written: Option<Written>,
    pub(crate) timeline: Timeline,
    pub(crate) random: Random,
    pub(crate) ids: Ids,
    pub(crate) events: Events,
}

impl<'a> Context<'a> {
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

    /// Notes what the server has written, for the other servers' clients.
    pub(crate) fn note_written(&mut self, path: Path, instances: bool) {
        #[cfg(feature = "access-control")]
        Written::note(&mut self.written, path, instances);
        #[cfg(not(feature = "access-control"))]
        let _ = (path, instances);
    }

    /// The account that an operation is about.
    pub(crate) fn account(&self, operation: Operation) -> Option<Account<'_>> {
        #[cfg(feature = "bootstrap")]
        if self.config.account.role == Role::Bootstrap {
            let written = &self.accounts.in_force.securities;
            return match operation {
                Operation::Bootstrap => Some(written.bootstrap().unwrap_or(self.config.account)),
                _ => written.management(self.server.short_server_id),
            };
        }
        let _ = operation;
        Some(self.config.account)
    }

    /// Whether there is a server to register with.
    pub(crate) fn has_server(&self) -> bool {
        !cfg!(feature = "bootstrap") || self.account(Operation::Register).is_some()
    }

    pub(crate) fn speaks_1_0(&self) -> bool {
        self.server.version == Version::V1_0
    }
}
