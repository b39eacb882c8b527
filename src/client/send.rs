//! Send (LwM2M Core 1.1, 6.4.6): values that reach the server without its asking. Those that were
//! recorded have a file of their own.

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};
use heapless::VecView;

use crate::buffer::Buffer;
use crate::client::event::Event;
use crate::client::observe::{ChangesFull, Observations};
use crate::client::read::read;
use crate::client::records::{Record, Records};
use crate::client::{Client, Purpose};
use crate::coap::message::request_code;
use crate::coap::{Message, Token, Writer};
use crate::error::Detail;
use crate::format;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree, is_auto_observable};

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
        self.asked || !observations.tell(self.path)
    }
}

/// What a Send has.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Batch {
    /// The newest values of what has changed, or was asked for.
    Changes,
    Records,
}

/// What waits, in the caller's storage.
pub(super) struct Sends<'s> {
    changes: &'s mut VecView<Change>,
    last_group: u8,
    pub(super) records: Records<'s>,
    /// Whether records go before the next changes.
    records_next: bool,
    /// Whether a Send goes before the next confirmable notification.
    pub(super) has_turn: bool,
    /// Whether the newest one had no answer, or one of a server that knows no Send or not this
    /// device.
    doubted: bool,
    /// Whether this server has refused one.
    refused: bool,
    /// Whether the application knows that this server takes none.
    told: bool,
}

impl<'s> Sends<'s> {
    pub(super) fn new(changes: &'s mut VecView<Change>, records: &'s mut VecView<Record>) -> Self {
        changes.clear();
        Self {
            changes,
            last_group: 0,
            records: Records::new(records),
            records_next: false,
            has_turn: false,
            doubted: false,
            refused: false,
            told: false,
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
            Batch::Records => self.records.again(),
        }
    }

    /// Another server, or the same one in another mood.
    pub(super) fn new_registration(&mut self) {
        self.doubted = false;
        self.refused = false;
        self.told = false;
    }

    /// A notification has told the values at and below a path.
    pub(super) fn reported(&mut self, path: Path) {
        self.changes
            .retain(|change| change.asked || !path.contains(change.path));
    }

    /// Of a value that is on its way, a newer one follows. Where there is no room, what an
    /// observation tells gives its place up.
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
                self.changes.retain(|other| {
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
            Batch::Records => self.records.leave_out(),
        }
    }

    /// The outstanding message is too large, and gets fewer; those that go together last. Whether
    /// there is one to leave out besides the first.
    fn leave_out(&mut self) -> bool {
        let mut outstanding = self.changes.iter().filter(|change| change.outstanding);
        let Some(first) = outstanding.next().copied() else {
            return false;
        };
        let mut last = None;
        for change in outstanding {
            if !change.goes_with(&first) || last.is_none_or(|last: Change| last.goes_with(&first)) {
                last = Some(*change);
            }
        }
        let Some(last) = last else {
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
        self.changes.retain(|change| !change.outstanding);
        self.changes.len() < before
    }
}

impl<'a> Client<'a> {
    /// Sends the value of a resource, or all values below a path, to the server, whether or not it
    /// observes them. The newest values go, not those of the time of this call.
    ///
    /// What becomes of it is told by [`Object::delivered`](crate::Object::delivered), by
    /// [`Event::SendFailed`], or by [`Event::SendUnavailable`] where the server takes no Send.
    ///
    /// # Errors
    ///
    /// [`ChangesFull`] where there is no room for another path.
    pub fn send(&mut self, path: Path) -> Result<(), ChangesFull> {
        // Before there is a registration nobody knows what its server takes.
        if self.is_served() && !self.server_takes_sends() {
            return Ok(());
        }
        self.sends.queue(path, true, 0, &self.observations)
    }

    /// Sends the values at and below several paths in one message, or in several where one cannot
    /// hold them all. What becomes of them is told as for [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// [`ChangesFull`] where there is no room for all the paths; none of them is sent then.
    pub fn send_all(&mut self, paths: &[Path]) -> Result<(), ChangesFull> {
        if self.is_served() && !self.server_takes_sends() {
            return Ok(());
        }
        let sends = &mut self.sends;
        let is_new = |path: &&Path| !sends.changes.iter().any(|change| change.path == **path);
        let free = sends.changes.capacity() - sends.changes.len();
        if paths.iter().filter(is_new).count() > free {
            return Err(ChangesFull);
        }
        sends.last_group = sends.last_group.checked_add(1).unwrap_or(1);
        for path in paths {
            sends.queue(*path, true, sends.last_group, &self.observations)?;
        }
        Ok(())
    }

    /// Queues the auto-observable resources at and below a path.
    pub(super) fn queue_changes(
        &mut self,
        path: Path,
        objects: Objects<'_, '_>,
    ) -> Result<(), ChangesFull> {
        #[cfg(feature = "izuma")]
        if self.config.izuma_profile {
            return Ok(());
        }
        let mut result = Ok(());
        let mut any = false;
        let sends = &mut self.sends;
        let observations = &self.observations;
        let mut tree = Tree::new(&mut self.server, &mut self.device, objects);
        // What is not there has not changed.
        let _ = tree.walk_readable(path, &mut |object, place, definition| {
            if definition.is_some_and(|definition| is_auto_observable(object, place, definition)) {
                any = true;
                result = result.and(sends.queue(place, false, 0, observations));
            }
        });
        if any && self.is_served() && self.has_changes() {
            self.server_takes_sends();
        }
        result
    }

    /// What to send next of what the server takes. Changes and records take turns.
    pub(super) fn next_send(&mut self) -> Option<Batch> {
        let changes = self.has_changes();
        let records = self.sends.records.is_due();
        if !(changes || records) || !self.server_takes_sends() {
            return None;
        }
        Some(if records && (self.sends.records_next || !changes) {
            Batch::Records
        } else {
            Batch::Changes
        })
    }

    fn has_changes(&self) -> bool {
        let changes = &self.sends.changes;
        changes
            .iter()
            .any(|change| change.is_due(&self.observations))
    }

    fn sends_and_tree<'t, 'o>(
        &'t mut self,
        objects: Objects<'t, 'o>,
    ) -> (&'t mut Sends<'a>, Tree<'t, 'o>) {
        let tree = Tree::new(&mut self.server, &mut self.device, objects);
        (&mut self.sends, tree)
    }

    pub(super) fn begin_send(&mut self, batch: Batch) {
        self.sends.has_turn = false;
        self.sends.records_next = batch == Batch::Changes;
        // The radio is on.
        self.sends.records.flush();
        let token = self.new_token();
        self.begin(Purpose::Send(batch), token);
    }

    /// Where the server takes none, the application is told, once, and the changes that wait are
    /// given up; records wait on.
    fn server_takes_sends(&mut self) -> bool {
        let takes = !self.server.mute_send && !self.speaks_1_0() && !self.sends.refused;
        #[cfg(feature = "izuma")]
        let takes = takes && !self.config.izuma_profile;
        if !takes {
            self.sends.changes.clear();
            if !core::mem::replace(&mut self.sends.told, true) {
                self.emit(Event::SendUnavailable);
            }
        }
        takes
    }

    /// As many of the waiting values as fit into one message.
    pub(super) fn write_send(
        &mut self,
        batch: Batch,
        id: u16,
        token: &Token,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        match batch {
            Batch::Changes => {
                for change in self.sends.changes.iter_mut() {
                    change.outstanding = change.is_due(&self.observations);
                }
            }
            Batch::Records => {
                #[cfg(feature = "access-control")]
                {
                    let (sends, mut tree) = self.sends_and_tree(&mut *objects);
                    sends.records.withdraw(&mut tree);
                }
                self.sends.records.begin();
            }
        }
        #[cfg(feature = "block")]
        let mut alone = self.sending.is_in_blocks();
        #[cfg(feature = "block")]
        while alone && self.sends.has_fewer(batch) {}
        let code = request_code(RequestType::Post);
        loop {
            let message = core::mem::take(&mut self.message);
            let mut writer = Writer::new(message, MessageType::Confirmable, code, id, token);
            writer.option(CoapOption::UriPath, &[b"dp"]);
            writer.option_uint(CoapOption::ContentFormat, format::SENML_CBOR.into());
            let buffer = writer.payload();
            #[cfg(feature = "block")]
            buffer.skip(self.sending.offset);
            let any = match batch {
                Batch::Changes => self.encode_changes(buffer, &mut *objects),
                Batch::Records => self.sends.records.encode(buffer),
            };
            #[cfg(feature = "block")]
            let cut = if alone {
                self.sending.cut(&mut writer, self.echo.room())
            } else {
                Some(())
            };
            self.echo.write(&mut writer);
            let (message, length) = writer.finish();
            self.message = message;
            #[cfg(feature = "block")]
            let length = cut.and(length);
            if !any {
                self.send_refused(batch, Detail::NoValue);
                return None;
            }
            if length.is_some() {
                return length;
            }
            if !self.sends.has_fewer(batch) {
                // The first alone goes in blocks; where it cannot, it is given up.
                #[cfg(feature = "block")]
                if !core::mem::replace(&mut alone, true) {
                    continue;
                }
                return None;
            }
        }
    }

    /// Writes the values of the outstanding message; whether there are any.
    fn encode_changes(&mut self, buffer: &mut Buffer<'_>, objects: Objects<'_, '_>) -> bool {
        let (sends, mut tree) = self.sends_and_tree(objects);
        let outstanding = || sends.changes.iter().filter(|change| change.outstanding);
        let mut paths = outstanding();
        let base = match (paths.next(), paths.next()) {
            (Some(change), None) => change.path,
            _ => Path::ROOT,
        };
        let mut any = false;
        let _ = format::encode(format::SENML_CBOR, base, buffer, &mut |encoder| {
            for change in outstanding() {
                // What is no longer there has no value to send.
                any |= read(&mut tree, change.path, encoder).is_ok();
            }
            Ok(())
        });
        any
    }

    pub(super) fn send_answered(
        &mut self,
        batch: Batch,
        message: &Message<'_>,
        objects: Objects<'_, '_>,
    ) {
        if message.answers(ResponseType::Changed) {
            self.sends.doubted = false;
            match batch {
                Batch::Changes => self.changes_delivered(objects),
                Batch::Records => self.sends.records.delivered(),
            }
        } else if message.answers(ResponseType::NotFound) && !self.sends.doubted {
            // The server does not know this device, or what a Send is; an Update tells which.
            self.send_unanswered(batch, Detail::Answer(message.code));
        } else if message.answers(ResponseType::NotFound)
            || message.answers(ResponseType::MethodNotAllowed)
            || message.answers(ResponseType::NotImplemented)
        {
            self.sends.refused = true;
            self.sends.again(batch);
            self.server_takes_sends();
        } else {
            self.send_refused(batch, Detail::Answer(message.code));
        }
    }

    fn changes_delivered(&mut self, objects: Objects<'_, '_>) {
        let (sends, mut tree) = self.sends_and_tree(objects);
        for change in sends.changes.iter().filter(|change| change.outstanding) {
            tree.delivered(change.path);
        }
        sends.done();
    }

    /// Whether the newest Send had no answer.
    #[cfg(feature = "dtls")]
    pub(super) fn send_is_doubted(&self) -> bool {
        self.sends.doubted
    }

    /// Nobody takes the outstanding Send. An Update finds out whether the server is there, and
    /// knows this device; where it does, and the next Send fails as well, its values are given up.
    pub(super) fn send_unanswered(&mut self, batch: Batch, detail: Detail) {
        if core::mem::replace(&mut self.sends.doubted, true) {
            self.sends.doubted = false;
            self.send_refused(batch, detail);
        } else {
            self.sends.again(batch);
        }
        self.verify_registration();
    }

    /// The values of the outstanding message are given up; records are not tried again before they
    /// are due again.
    pub(super) fn send_refused(&mut self, batch: Batch, detail: Detail) {
        let any = match batch {
            Batch::Changes => self.sends.done(),
            Batch::Records => self.sends.records.refused(),
        };
        if any {
            self.emit(Event::SendFailed(detail));
        }
    }
}
