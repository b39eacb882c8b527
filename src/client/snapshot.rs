//! Snapshots: what outlives a loss of power, when it is due to be stored, and how the client goes on from
//! it.

use coap_lite::RequestType;
use embedded_io::ErrorKind;

use crate::archive::Archive;
use crate::client::Client;
use crate::coap::Message;
use crate::config::Role;
use crate::context::Context;
use crate::event::Event;
use crate::exchange::Purpose;
use crate::feature;
use crate::model::object::{Object, Persistent};
use crate::model::tree::Objects;
use crate::number::checksum;
use crate::objects::server::Server;
use crate::snapshot::{Medium, Part, RestoreError, Restored, Store};
use crate::time::Instant;
use crate::transport::Endpoints;

/// Snapshots.
impl Client<'_> {
    /// Takes over what was stored before a restart, and keeps snapshots from here on. To be called once,
    /// before [`register`](Self::register), with the objects as they are after the restart.
    ///
    /// With the session, `register` goes on with the registration from before: no message is due where
    /// the association goes on as well and it is known how long the device was away; otherwise an Update
    /// over the same association, or a Register over a new one.
    pub fn restore(
        &mut self,
        now: Instant,
        store: &mut impl Store,
        objects: &mut [&mut dyn Object],
    ) -> Restored {
        self.restore_from(now, store, objects)
    }

    /// The same out of line for all stores.
    pub(crate) fn restore_from(
        &mut self,
        now: Instant,
        store: &mut dyn Medium,
        objects: Objects<'_, '_>,
    ) -> Restored {
        let now = self.context.advance(now);
        self.context.snapshots.are_kept = true;
        self.context.snapshots.have_objects = store.has_objects();
        self.context.begin_transaction(&mut *objects);
        let accounts = self.restore_part(Part::Accounts, now, store, &mut *objects);
        if accounts.is_ok() {
            self.context.commit_transaction(&mut *objects);
        } else {
            self.context.transaction.break_off();
            self.context.roll_back(&mut *objects);
            self.context.accounts.forget();
            self.context.server = Server::new(&self.context.config);
        }
        if !self.context.speaks_1_0() {
            // No server can write it.
            self.context.server.queue_mode = self.context.config.queue_mode;
        }
        self.context.snapshots.have_accounts = accounts.is_ok();
        self.note_saved(Part::Accounts, &mut *objects);
        let session = self.restore_part(Part::Session, now, store, &mut *objects);
        match session {
            Ok(age) => {
                let notified = self.context.snapshots.take_numbers();
                self.session.restore(&self.context, age.is_some());
                let context = &mut self.context;
                self.reporting.go_on(context, notified, &mut *objects);
            }
            Err(_) => self.forget_session(),
        }
        self.note_saved(Part::Session, objects);
        Restored {
            accounts: accounts.map(|_| ()),
            session: session.map(|_| ()),
        }
    }

    /// Whether something is to be stored by [`save`](Self::save). Until that is done nothing goes out: the
    /// server is not told what the device could forget.
    ///
    /// What changes by itself or with each message makes nothing due. A snapshot is, for the accounts and
    /// the Server object, the registration, the observations and their attributes, which objects and
    /// instances there are, and [`Persistent`] objects; for an execution, a
    /// Create or a Delete that was [announced](Self::announce); for the first notification after a
    /// snapshot; and for an Update where what is stored has the registration expire soon, and it prolongs
    /// that by six hours or more.
    pub fn is_snapshot_due(&mut self, objects: &mut [&mut dyn Object]) -> bool {
        self.context.snapshots.are_kept
            && PARTS
                .into_iter()
                .any(|part| self.is_due(part, &mut *objects))
    }

    /// Asks for a snapshot, such as of records, which are stored with the next one only.
    pub fn request_snapshot(&mut self) {
        self.context.snapshots.is_asked_for = true;
    }

    /// Stores what is due.
    ///
    /// # Errors
    ///
    /// The store's. The client goes on all the same, and tells [`Event::SnapshotFailed`].
    pub fn save(
        &mut self,
        now: Instant,
        store: &mut impl Store,
        objects: &mut [&mut dyn Object],
    ) -> Result<(), ErrorKind> {
        self.save_to(now, store, objects)
    }

    /// The same out of line for all stores.
    pub(crate) fn save_to(
        &mut self,
        now: Instant,
        store: &mut dyn Medium,
        objects: Objects<'_, '_>,
    ) -> Result<(), ErrorKind> {
        let now = self.context.advance(now);
        let mut result = Ok(());
        for part in PARTS {
            if self.is_due(part, &mut *objects) {
                if part == Part::Session {
                    let is_all_reported = self.is_all_reported();
                    self.context.snapshots.draw_numbers(is_all_reported);
                }
                let saved = self.save_part(part, now, store, &mut *objects);
                self.note_saved(part, &mut *objects);
                let failed = saved.is_err().then(|| self.session.expires());
                self.context.snapshots.set_failed(part, failed);
                result = result.and(saved);
            }
        }
        if result.is_err() {
            self.context.emit(Event::SnapshotFailed);
        }
        result
    }

    /// To be called before [`handle_datagram`](Self::handle_datagram) with the same datagram. Where it is
    /// an execution, a Create or a Delete, which must not run twice, and the association outlives a
    /// restart, so that it could come again, a snapshot [is due](Self::is_snapshot_due) before it is handed
    /// in.
    pub fn announce(&mut self, now: Instant, datagram: &[u8], objects: &mut [&mut dyn Object]) {
        let now = self.context.advance(now);
        let is_served = self.session.is_open()
            && self.session.connected() == Some(Role::Management)
            && self.session.hears(&self.context)
            && self.response == 0;
        let snapshots = &self.context.snapshots;
        if !is_served || !snapshots.are_kept || snapshots.endpoints.is_none() {
            return;
        }
        if let Ok(message) = Message::parse(datagram)
            && (message.asks(RequestType::Post) || message.asks(RequestType::Delete))
            && message.is_own()
        {
            let mut tree = self.context.tree(objects);
            self.requests.announce(&message, &mut tree, now);
        }
    }

    /// The endpoints of the association of a restored registration, which goes on where the platform can
    /// open it again between the same; `None` where there is none.
    pub fn restored_endpoints(&self) -> Option<Endpoints> {
        let endpoints = self.context.snapshots.endpoints;
        endpoints.filter(|_| self.session.is_restored())
    }

    /// Tells the endpoints of the association that was opened last, where the platform can open it again
    /// between the same after a restart, and the server takes it for the same one: without security. To
    /// be called after [`handle_connected`](Self::handle_connected).
    pub fn set_endpoints(&mut self, endpoints: Option<Endpoints>) {
        if self.session.connected() == Some(Role::Management) {
            self.context.snapshots.opened = endpoints;
        }
    }
}

/// The parts.
impl Client<'_> {
    fn archive(&mut self, part: Part, archive: &mut Archive<'_>, objects: Objects<'_, '_>) {
        let context = &mut self.context;
        match part {
            Part::Accounts => {
                context.server.archive(archive);
                let empty = Server::written(&context.config, 0);
                context.accounts.archive(empty, archive);
                if context.snapshots.have_objects {
                    for object in persistent(objects) {
                        object.archive(archive);
                    }
                }
            }
            Part::Session => {
                self.session.archive(archive);
                self.reporting.archive(archive);
                context.attributes.archive(archive);
                context.ids.archive(archive);
                context.snapshots.archive(archive);
                if context.snapshots.endpoints.is_some() {
                    self.requests.duplicates.archive(archive);
                }
            }
        }
    }

    /// Whether each observer has the newest value that it is to have.
    fn is_all_reported(&self) -> bool {
        let outstanding = self.exchange.outstanding.as_ref();
        let is_notifying =
            outstanding.is_some_and(|message| message.purpose == Purpose::Notification);
        !is_notifying && self.reporting.is_all_reported()
    }

    fn forget_session(&mut self) {
        self.session.forget_restored();
        self.reporting.forget_restored();
        self.context.attributes.forget();
        self.context.snapshots.endpoints = None;
        self.requests.duplicates.clear();
    }

    fn is_due(&mut self, part: Part, objects: Objects<'_, '_>) -> bool {
        // What a bootstrap server has not finished does not count, nor do the objects of it.
        if self.context.transaction.is_open() {
            return false;
        }
        let lasting = self.lasting(part, objects);
        let Context {
            snapshots,
            server,
            timeline,
            ..
        } = &mut self.context;
        if snapshots.saved(part) != lasting {
            return true;
        }
        let expires = self.session.expires();
        snapshots.is_tried_again(part, expires)
            || part == Part::Session
                && (snapshots.prolong(expires, server.lifetime, timeline.now())
                    || snapshots.wait()
                    || snapshots.have_records && self.reporting.sends.records() == 0)
    }

    /// What of a part does not change by itself, as a checksum.
    fn lasting(&mut self, part: Part, objects: Objects<'_, '_>) -> u32 {
        let mut archive = Archive::compare();
        self.archive(part, &mut archive, &mut *objects);
        let identity = self.identity(part, objects);
        checksum::extend_number(archive.checksum(), identity.into())
    }

    /// What a part belongs to, as a checksum.
    fn identity(&mut self, part: Part, objects: Objects<'_, '_>) -> u32 {
        let Context {
            config,
            snapshots,
            accounts,
            server,
            ..
        } = &mut self.context;
        let mut identity = checksum::extend(checksum::START, config.endpoint.as_bytes());
        identity = checksum::extend(identity, config.account.uri.as_bytes());
        let mut add = |number: u32| identity = checksum::extend_number(identity, number.into());
        // A bootstrap server's word goes before the configuration's.
        if config.account.role == Role::Management {
            add(config.lifetime);
            add(config.short_server_id.into());
            add(config.queue_mode.into());
            add(config.version as u32);
        }
        for object in &mut *objects {
            if snapshots.have_objects && object.persistent().is_some() {
                add(object.definition().id.into());
            }
        }
        if part == Part::Session {
            add(config.is_izuma().into());
            add(server.short_server_id.into());
            let mut archive = Archive::compare();
            accounts.archive(Server::written(config, 0), &mut archive);
            add(archive.checksum());
            for object in objects {
                let (major, minor) = object.definition().version;
                add(object.definition().id.into());
                add(u16::from_be_bytes([major, minor]).into());
                for instance in (0..).map_while(|index| object.instance(index)) {
                    add(instance.into());
                }
            }
        }
        identity
    }

    /// The store has a part, or the client goes on as if it had.
    fn note_saved(&mut self, part: Part, objects: Objects<'_, '_>) {
        let lasting = self.lasting(part, objects);
        self.context.snapshots.set_saved(part, lasting);
        if part == Part::Session {
            let snapshots = &mut self.context.snapshots;
            snapshots.is_asked_for = false;
            snapshots.set_expires(self.session.expires());
            snapshots.have_records = self.reporting.sends.records() > 0;
        }
    }

    fn save_part(
        &mut self,
        part: Part,
        now: Instant,
        store: &mut dyn Medium,
        objects: Objects<'_, '_>,
    ) -> Result<(), ErrorKind> {
        let mut body = Archive::measure(now);
        self.archive(part, &mut body, &mut *objects);
        let mut head = Head {
            identity: self.identity(part, &mut *objects),
            length: body.length(),
            time: store.time().unwrap_or_default(),
            checksum: body.checksum(),
        };
        store.create(part, (Head::SIZE + head.length) as usize)?;
        let mut result = Ok(());
        let mut write = |bytes: &[u8]| {
            result = write_all(store, bytes);
            result.is_ok()
        };
        let mut archive = Archive::save(now, &mut write);
        // What is written has the right head.
        let _ = head.archive(part, &mut archive);
        self.archive(part, &mut archive, objects);
        result?;
        store.commit()
    }

    /// Restores a part, and gives how long it was away in milliseconds, where that is known.
    fn restore_part(
        &mut self,
        part: Part,
        now: Instant,
        store: &mut dyn Medium,
        objects: Objects<'_, '_>,
    ) -> Result<Option<u64>, RestoreError> {
        let head = Head::check(part, store)?;
        if head.identity != self.identity(part, &mut *objects) {
            return Err(RestoreError::OtherDevice);
        }
        let before = Some(head.time).filter(|before| *before > 0);
        let age = store.time().and_then(|time| time.checked_sub(before?));
        let mut source = Source::open(part, store)?;
        let mut read = |bytes: &mut [u8]| source.read(bytes);
        let mut archive = Archive::restore(now, age.unwrap_or_default(), &mut read);
        Head::default().archive(part, &mut archive)?;
        self.archive(part, &mut archive, objects);
        match archive.is_sound() && archive.length() == Head::SIZE + head.length {
            true => Ok(age),
            false => Err(RestoreError::Damaged),
        }
    }
}

/// The objects that are stored with the accounts.
fn persistent<'t>(objects: Objects<'t, '_>) -> impl Iterator<Item = &'t mut dyn Persistent> {
    objects.iter_mut().filter_map(|object| object.persistent())
}

/// What stands before a part.
#[derive(Default)]
struct Head {
    /// What the part belongs to.
    identity: u32,
    /// Of the part, in bytes.
    length: u32,
    /// When it was stored, in milliseconds since 1970; 0 where nobody knows.
    time: u64,
    /// Of the part.
    checksum: u32,
}

impl Head {
    /// In bytes.
    const SIZE: u32 = 32;

    /// The head of a stored part, which is whole.
    fn check(part: Part, store: &mut dyn Medium) -> Result<Self, RestoreError> {
        let mut source = Source::open(part, store)?;
        let mut head = Self::default();
        let mut read = |bytes: &mut [u8]| source.read(bytes);
        let now = Instant::default();
        head.archive(part, &mut Archive::restore(now, 0, &mut read))?;
        let mut body = Archive::restore(now, 0, &mut read);
        let mut piece = [0; 32];
        while body.is_sound() && body.length() < head.length {
            let left = (head.length - body.length()) as usize;
            let size = left.min(piece.len());
            body.bytes(piece.get_mut(..size).unwrap_or_default());
        }
        let is_whole = body.is_sound() && body.checksum() == head.checksum;
        match source.error {
            Some(error) => Err(RestoreError::Store(error)),
            None if !is_whole => Err(RestoreError::Damaged),
            None => Ok(head),
        }
    }

    /// It has a checksum of its own behind it.
    fn archive(&mut self, part: Part, archive: &mut Archive<'_>) -> Result<(), RestoreError> {
        let kind = u32::from_le_bytes([b'C', b'L', VERSION, part as u8]);
        let mut found = (kind, LAYOUT);
        archive.u32(&mut found.0);
        archive.u32(&mut found.1);
        archive.u32(&mut self.identity);
        archive.u32(&mut self.length);
        archive.u64(&mut self.time);
        archive.u32(&mut self.checksum);
        let checksum = archive.checksum();
        let mut written = checksum;
        archive.u32(&mut written);
        if !archive.is_sound() || written != checksum {
            return Err(RestoreError::Damaged);
        }
        match found == (kind, LAYOUT) {
            true => Ok(()),
            false => Err(RestoreError::OtherBuild),
        }
    }
}

/// A stored part, from its start.
struct Source<'s> {
    store: &'s mut dyn Medium,
    /// Why it could not be read further, other than because it has an end.
    error: Option<ErrorKind>,
}

impl<'s> Source<'s> {
    fn open(part: Part, store: &'s mut dyn Medium) -> Result<Self, RestoreError> {
        match store.open(part) {
            Ok(true) => Ok(Self { store, error: None }),
            Ok(false) => Err(RestoreError::Missing),
            Err(error) => Err(RestoreError::Store(error)),
        }
    }

    /// Whether there were so many bytes. What embedded-io has for it is linked with a panic.
    fn read(&mut self, mut bytes: &mut [u8]) -> bool {
        while !bytes.is_empty() {
            match self.store.read(bytes) {
                Ok(0) => return false,
                Ok(length) => bytes = bytes.get_mut(length..).unwrap_or_default(),
                Err(error) => {
                    self.error = Some(error);
                    return false;
                }
            }
        }
        true
    }
}

/// Writes all bytes, without the panic of embedded-io.
fn write_all(store: &mut dyn Medium, mut bytes: &[u8]) -> Result<(), ErrorKind> {
    while !bytes.is_empty() {
        match store.write(bytes)? {
            0 => return Err(ErrorKind::WriteZero),
            length => bytes = bytes.get(length..).unwrap_or_default(),
        }
    }
    Ok(())
}

/// Accounts first: a session belongs to them.
const PARTS: [Part; 2] = [Part::Accounts, Part::Session];

/// Of what a snapshot consists of, in which order.
const VERSION: u8 = 1;

/// The features that something of a snapshot depends on, each as a bit.
const LAYOUT: u32 = {
    let features = [
        feature::Block::IS_ON,
        feature::Bootstrap::IS_ON,
        feature::Certificates::IS_ON,
        feature::Composite::IS_ON,
        feature::Dtls::IS_ON,
        feature::Izuma::IS_ON,
        feature::Records::IS_ON,
        feature::ServerObject::IS_ON,
    ];
    let (mut bits, mut rest) = (0, features.as_slice());
    while let [is_on, behind @ ..] = rest {
        bits = (bits << 1) | *is_on as u32;
        rest = behind;
    }
    bits
};
