//! Send (LwM2M Core 1.1, 6.4.6): values that reach the server without its asking. Those that were
//! recorded have a file of their own.

use coap_lite::{CoapOption, RequestType, ResponseType};
use heapless::{Vec, VecView};

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::coap::message::request_code;
use crate::coap::{Header, Message, Writer};
use crate::context::Context;
use crate::error::{ChangesFull, Detail};
use crate::event::Event;
use crate::exchange::{Batch, Exchange};
use crate::feature;
use crate::format;
use crate::keep::Keep as _;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree, is_auto_observable};
use crate::reporting::observations::Observations;
use crate::reporting::read::read;
use crate::reporting::records::{self, Records};

/// A resource whose value waits to be sent, or is on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    path: Path,
    /// Whether the application asked for a Send, so that an observation does not do.
    asked: bool,
    /// Those of the same number other than 0 go in one message, if it holds them.
    group: u8,
    /// Whether the outstanding message has its newest value.
    outstanding: bool,
}

impl Change {
    fn goes_with(&self, other: &Self) -> bool {
        self.group != 0 && self.group == other.group
    }

    /// Whether the value reaches the server by a Send only.
    fn is_due(&self, observations: &Observations<'_>) -> bool {
        self.asked || !observations.cover(self.path)
    }
}

/// The memory of what waits.
pub(crate) struct Memory<const CHANGES: usize, const RECORDS: usize> {
    changes: Vec<Change, CHANGES>,
    records: records::Memory<RECORDS>,
}

impl<const CHANGES: usize, const RECORDS: usize> Memory<CHANGES, RECORDS> {
    pub(crate) const fn new() -> Self {
        Self {
            changes: Vec::new(),
            records: records::Memory::new(),
        }
    }
}

/// What waits, in the caller's storage.
pub(crate) struct Sends<'s> {
    changes: &'s mut VecView<Change>,
    last_group: u8,
    pub(crate) records: Records<'s>,
    /// Whether records go before the next changes.
    records_next: bool,
    /// Whether a Send goes before the next confirmable notification.
    has_turn: bool,
    /// Whether the newest one had no response, or one of a server that knows no Send or not this
    /// device.
    doubted: bool,
    /// Whether this server has refused one.
    refused: bool,
    /// Whether the application knows that this server takes none.
    is_refusal_reported: bool,
}

impl<'s> Sends<'s> {
    pub(crate) fn new<const CHANGES: usize, const RECORDS: usize>(
        memory: &'s mut Memory<CHANGES, RECORDS>,
    ) -> Self {
        let changes = memory.changes.as_mut_view();
        changes.clear();
        Self {
            changes,
            last_group: 0,
            records: Records::new(&mut memory.records),
            records_next: false,
            has_turn: false,
            doubted: false,
            refused: false,
            is_refusal_reported: false,
        }
    }

    /// The outstanding message is given up; its values go with the next one.
    pub(super) fn again(&mut self, batch: Batch) {
        match batch {
            Batch::Changes => {
                for change in self.changes.iter_mut() {
                    change.outstanding = false;
                }
            }
            Batch::Records(_) => self.records.again(),
        }
    }

    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.records.archive(archive);
    }

    /// Forgets all records.
    pub(super) fn forget(&mut self) {
        self.records.forget();
    }

    /// How many records wait.
    pub(crate) fn records(&self) -> usize {
        self.records.len()
    }

    /// What a server takes may be another with each registration.
    pub(crate) fn new_registration(&mut self) {
        self.doubted = false;
        self.refused = false;
        self.is_refusal_reported = false;
    }

    /// A notification has the values at and below a path.
    pub(super) fn reported(&mut self, path: Path) {
        self.changes
            .keep(&mut |change| change.asked || !path.contains(change.path));
    }

    /// Of a value that is on its way, a newer one follows. Where there is no room, what an
    /// observation reports is given up.
    fn queue(
        &mut self,
        path: Path,
        asked: bool,
        group: u8,
        observations: &Observations<'_>,
    ) -> Result<(), ChangesFull> {
        match self.changes.iter_mut().find(|change| change.path == path) {
            Some(change) => {
                change.outstanding = false;
                change.asked |= asked;
                if group != 0 {
                    change.group = group;
                }
                Ok(())
            }
            None => {
                let change = Change {
                    path,
                    asked,
                    group,
                    outstanding: false,
                };
                let mut has_room = !self.changes.is_full() || !change.is_due(observations);
                self.changes.keep(&mut |other| {
                    let stays = has_room || other.is_due(observations);
                    has_room |= !stays;
                    stays
                });
                self.changes.push(change).map_err(|_| ChangesFull)
            }
        }
    }

    /// Leaves some of the outstanding message out; `false` where there is one value only.
    fn has_fewer(&mut self, batch: Batch) -> bool {
        match batch {
            Batch::Changes => self.leave_out(),
            Batch::Records(_) => self.records.leave_out(),
        }
    }

    /// The outstanding message is too large, and gets fewer; those that go together last. Whether
    /// there is one to leave out besides the first.
    fn leave_out(&mut self) -> bool {
        let mut outstanding = self.changes.iter().filter(|change| change.outstanding);
        let Some(&first) = outstanding.next() else {
            return false;
        };
        let mut others = outstanding.clone().filter(|other| !other.goes_with(&first));
        let Some(&last) = others.next_back().or_else(|| outstanding.next_back()) else {
            return false;
        };
        for change in self.changes.iter_mut() {
            let together = change.goes_with(&last) && !last.goes_with(&first);
            change.outstanding &= !together && change.path != last.path;
        }
        true
    }

    /// Drops what the outstanding message had; whether that was anything.
    fn done(&mut self) -> bool {
        let before = self.changes.len();
        self.changes.keep(&mut |change| !change.outstanding);
        self.changes.len() < before
    }
}

/// The application's part.
impl Sends<'_> {
    /// Queues a value, or all values below a path.
    pub(crate) fn send(
        &mut self,
        context: &mut Context<'_>,
        observations: &Observations<'_>,
        path: Path,
        is_registered: bool,
    ) -> Result<(), ChangesFull> {
        // Before there is a registration nobody knows what its server takes.
        if is_registered && !self.are_taken(context) {
            return Ok(());
        }
        self.queue(path, true, 0, observations)
    }

    /// Queues the values at and below several paths for one message.
    pub(crate) fn send_all(
        &mut self,
        context: &mut Context<'_>,
        observations: &Observations<'_>,
        paths: &[Path],
        is_registered: bool,
    ) -> Result<(), ChangesFull> {
        if is_registered && !self.are_taken(context) {
            return Ok(());
        }
        let is_new = |path: &&Path| !self.changes.iter().any(|change| change.path == **path);
        let free = self.changes.capacity() - self.changes.len();
        if paths.iter().filter(is_new).count() > free {
            return Err(ChangesFull);
        }
        self.last_group = self.last_group.checked_add(1).unwrap_or(1);
        for path in paths {
            self.queue(*path, true, self.last_group, observations)?;
        }
        Ok(())
    }

    /// Queues the auto-observable resources at and below a path.
    pub(super) fn queue_changes(
        &mut self,
        context: &mut Context<'_>,
        observations: &Observations<'_>,
        path: Path,
        is_registered: bool,
        objects: Objects<'_, '_>,
    ) -> Result<(), ChangesFull> {
        if context.config.is_izuma() {
            return Ok(());
        }
        let mut result = Ok(());
        let mut any = false;
        let mut tree = context.tree(objects);
        // What is not there has not changed.
        let _ = tree.walk_readable(path, &mut |object, node, definition| {
            if definition.is_some_and(|definition| is_auto_observable(object, node, definition)) {
                any = true;
                result = result.and(self.queue(node, false, 0, observations));
            }
        });
        if any && is_registered && self.has_changes(observations) {
            self.are_taken(context);
        }
        result
    }
}

/// The messages.
impl Sends<'_> {
    /// Whether a Send goes before the next notification.
    pub(super) fn have_turn(&self) -> bool {
        self.has_turn
    }

    /// A notification goes out first; behind one that waits for an acknowledgement a Send has its
    /// turn.
    pub(super) fn wait_for_notification(&mut self, confirmable: bool) {
        self.has_turn |= confirmable;
    }

    /// What to send next of what the server takes. Changes and records take turns.
    pub(super) fn next(
        &mut self,
        context: &mut Context<'_>,
        observations: &Observations<'_>,
    ) -> Option<Batch> {
        let changes = self.has_changes(observations);
        let records = self.records.is_due();
        if !(changes || records) || !self.are_taken(context) {
            return None;
        }
        let batch = match feature::Records::VALUE {
            Some(on) if records && (self.records_next || !changes) => Batch::Records(on),
            _ => Batch::Changes,
        };
        self.has_turn = false;
        self.records_next = batch == Batch::Changes;
        // The radio is on.
        self.records.flush();
        Some(batch)
    }

    /// Records that wait for others go.
    pub(super) fn bring_forward(&mut self, context: &Context<'_>) {
        if self.can_be_taken(context) {
            self.records.flush();
        }
    }

    /// Whether there is something to send that is not on its way.
    pub(super) fn wait(&self, context: &Context<'_>, observations: &Observations<'_>) -> bool {
        let mut changes = self.changes.iter();
        self.can_be_taken(context)
            && (changes.any(|change| !change.outstanding && change.is_due(observations))
                || self.records.wait())
    }

    fn has_changes(&self, observations: &Observations<'_>) -> bool {
        self.changes
            .iter()
            .any(|change| change.is_due(observations))
    }

    /// Where the server takes none, the application is told, once, and the changes that wait are
    /// given up; records wait on.
    fn are_taken(&mut self, context: &mut Context<'_>) -> bool {
        let taken = self.can_be_taken(context);
        if !taken {
            self.changes.clear();
            if !core::mem::replace(&mut self.is_refusal_reported, true) {
                context.emit(Event::SendUnavailable);
            }
        }
        taken
    }

    #[inline(always)]
    fn can_be_taken(&self, context: &Context<'_>) -> bool {
        !context.server.mute_send
            && !context.speaks_1_0()
            && !context.config.is_izuma()
            && !self.refused
    }

    /// As many of the waiting values as fit into one message.
    #[expect(
        clippy::too_many_arguments,
        reason = "parts of the client side by side"
    )]
    pub(crate) fn write(
        &mut self,
        context: &mut Context<'_>,
        observations: &Observations<'_>,
        exchange: &mut Exchange,
        message: &mut [u8],
        batch: Batch,
        header: &Header<'_>,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        match batch {
            Batch::Changes => {
                for change in self.changes.iter_mut() {
                    change.outstanding = change.is_due(observations);
                }
            }
            Batch::Records(_) => {
                if feature::AccessControl::IS_ON {
                    self.records.withdraw(&mut context.tree(&mut *objects));
                }
                self.records.begin();
            }
        }
        let mut alone = exchange.outgoing.is_in_blocks();
        while alone && self.has_fewer(batch) {}
        let code = request_code(RequestType::Post);
        loop {
            let mut writer = Writer::new(message, code, header);
            writer.option(CoapOption::UriPath, &[b"dp"]);
            writer.option_uint(CoapOption::ContentFormat, format::SENML_CBOR.into());
            let buffer = exchange.outgoing.payload(&mut writer);
            let any = match batch {
                Batch::Changes => self.encode_changes(buffer, &mut context.tree(&mut *objects)),
                Batch::Records(_) => self.records.encode(buffer),
            };
            let length = exchange.complete(writer, alone);
            if !any {
                self.refused(context, batch, Detail::NoValue);
                return None;
            }
            if length.is_some() {
                return length;
            }
            if !self.has_fewer(batch) {
                // The first alone goes in blocks; where it cannot, it is given up.
                if !feature::Block::IS_ON || core::mem::replace(&mut alone, true) {
                    return None;
                }
            }
        }
    }

    /// Writes the values of the outstanding message; whether there are any.
    fn encode_changes(&self, buffer: &mut Buffer<'_>, tree: &mut Tree<'_, '_>) -> bool {
        let outstanding = || self.changes.iter().filter(|change| change.outstanding);
        let mut paths = outstanding();
        let base = match (paths.next(), paths.next()) {
            (Some(change), None) => change.path,
            _ => Path::ROOT,
        };
        let mut any = false;
        let _ = format::encode(format::SENML_CBOR, base, buffer, &mut |encoder| {
            for change in outstanding() {
                // What is no longer there has no value to send.
                any |= read(tree, change.path, encoder).is_ok();
            }
            Ok(())
        });
        any
    }

    /// Takes the response to the outstanding message; whether the registration is in doubt.
    pub(crate) fn responded(
        &mut self,
        context: &mut Context<'_>,
        batch: Batch,
        message: &Message<'_>,
        objects: Objects<'_, '_>,
    ) -> bool {
        if message.is(ResponseType::Changed) {
            self.doubted = false;
            match batch {
                Batch::Changes => self.changes_delivered(&mut context.tree(objects)),
                Batch::Records(_) => self.records.delivered(),
            }
        } else if message.is(ResponseType::NotFound) && !self.doubted {
            // The server does not know this device, or what a Send is; an Update tells which.
            self.unanswered(context, batch, Detail::Response(message.code));
            return true;
        } else if message.is(ResponseType::NotFound)
            || message.is(ResponseType::MethodNotAllowed)
            || message.is(ResponseType::NotImplemented)
        {
            self.refused = true;
            self.again(batch);
            self.are_taken(context);
        } else {
            self.refused(context, batch, Detail::Response(message.code));
        }
        false
    }

    fn changes_delivered(&mut self, tree: &mut Tree<'_, '_>) {
        for change in self.changes.iter().filter(|change| change.outstanding) {
            tree.delivered(change.path);
        }
        self.done();
    }

    /// Whether the newest Send had no response.
    pub(crate) fn are_doubted(&self) -> bool {
        self.doubted
    }

    /// Nobody takes the outstanding Send. An Update finds out whether the server is there, and
    /// knows this device; where it does, and the next Send fails as well, its values are given up.
    pub(crate) fn unanswered(&mut self, context: &mut Context<'_>, batch: Batch, detail: Detail) {
        if core::mem::replace(&mut self.doubted, true) {
            self.doubted = false;
            self.refused(context, batch, detail);
        } else {
            self.again(batch);
        }
    }

    /// The values of the outstanding message are given up; records are not tried again before they
    /// are due again.
    pub(crate) fn refused(&mut self, context: &mut Context<'_>, batch: Batch, detail: Detail) {
        let any = match batch {
            Batch::Changes => self.done(),
            Batch::Records(_) => self.records.refused(),
        };
        if any {
            context.emit(Event::SendFailed(detail));
        }
    }
}
