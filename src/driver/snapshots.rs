//! Where the client's snapshots are kept, and when.

use super::application::Application;
use super::work::Work;
use super::{Driver, Transport};
use crate::client::Client;
use crate::snapshot::{Medium, Restored, Store};
use crate::time::Instant;
use crate::transport::Endpoints;

/// The store, where there is one.
pub(super) struct Snapshots<'c>(Option<&'c mut dyn Medium>);

impl Snapshots<'_> {
    pub(super) const NONE: Self = Self(None);

    /// Stores what is due; whether there was something.
    pub(super) fn save<A: Application>(
        &mut self,
        client: &mut Client<'_>,
        now: Instant,
        application: &mut A,
    ) -> bool {
        let Some(store) = &mut self.0 else {
            return false;
        };
        application.with_objects(|objects| {
            let is_due = client.is_snapshot_due(objects);
            // Where it fails, the client tells.
            let _ = is_due.then(|| client.save_to(now, *store, objects));
            is_due
        })
    }

    /// Has stored what must not run twice before it is carried out.
    pub(super) fn announce<A: Application>(
        &mut self,
        client: &mut Client<'_>,
        now: Instant,
        datagram: &[u8],
        application: &mut A,
    ) {
        if self.0.is_some() {
            application.with_objects(|objects| client.announce(now, datagram, objects));
            self.save(client, now, application);
        }
    }
}

impl<'c> Work<'c> {
    pub(super) fn keep_snapshots<A: Application>(
        &mut self,
        store: &'c mut dyn Medium,
        now: Instant,
        application: &mut A,
    ) -> Restored {
        let client = &mut self.client;
        let restored =
            application.with_objects(|objects| client.restore_from(now, &mut *store, objects));
        self.snapshots = Snapshots(Some(store));
        restored
    }

    pub(super) fn restored_endpoints(&self) -> Option<Endpoints> {
        self.client.restored_endpoints()
    }

    pub(super) fn note_endpoints(&mut self, endpoints: impl FnOnce() -> Option<Endpoints>) {
        if self.snapshots.0.is_some() {
            self.client.set_endpoints(endpoints());
        }
    }
}

impl<'c, T: Transport> Driver<'c, T> {
    /// Takes over what was stored before a restart, and keeps in the store what is to outlive the next
    /// one. To be called once, before the client [registers](Client::register), with the application's
    /// objects as they are after the restart.
    pub fn keep_snapshots<A: Application>(
        &mut self,
        store: &'c mut impl Store,
        application: &mut A,
    ) -> Restored {
        let now = self.transport.now();
        self.work.keep_snapshots(store, now, application)
    }
}
