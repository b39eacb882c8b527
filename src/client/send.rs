//! Send (LwM2M Core 1.1, 6.4.6): values that reach the server without its asking.

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};
use heapless::VecView;

use crate::buffer::Buffer;
use crate::client::event::Event;
use crate::client::management::read;
use crate::client::observe::{ChangesFull, Observations};
use crate::client::{Client, Purpose};
use crate::coap::message::request_code;
use crate::coap::{Message, Token, Writer};
use crate::error::Detail;
use crate::format;
use crate::model::object::{At, Operations};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};

/// A resource whose value waits to be sent, or is on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    path: Path,
    /// Whether the application asked for a Send, so that an observation does not do.
    asked: bool,
    /// Whether the outstanding message has its newest value.
    outstanding: bool,
}

impl Change {
    /// Whether the value reaches the server by a Send only.
    fn is_due(&self, observations: &Observations<'_>) -> bool {
        self.asked || !observations.tell(self.path)
    }
}

/// What waits, in the caller's storage.
pub(super) struct Sends<'s> {
    changes: &'s mut VecView<Change>,
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
    pub(super) fn new(changes: &'s mut VecView<Change>) -> Self {
        changes.clear();
        Self {
            changes,
            has_turn: false,
            doubted: false,
            refused: false,
            told: false,
        }
    }

    /// The outstanding message is given up; its values go with the next one.
    pub(super) fn again(&mut self) {
        for change in self.changes.iter_mut() {
            change.outstanding = false;
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

    /// Of a value that is on its way, a newer one follows.
    fn queue(&mut self, path: Path, asked: bool) -> Result<(), ChangesFull> {
        match self.changes.iter_mut().find(|change| change.path == path) {
            Some(change) => {
                change.outstanding = false;
                change.asked |= asked;
                Ok(())
            }
            None => self
                .changes
                .push(Change {
                    path,
                    asked,
                    outstanding: false,
                })
                .map_err(|_| ChangesFull),
        }
    }

    /// Drops what the outstanding message had; whether that was anything.
    fn done(&mut self) -> bool {
        let before = self.changes.len();
        self.changes.retain(|change| !change.outstanding);
        self.changes.len() < before
    }
}

impl<'a> Client<'a> {
    /// Sends a value, or all values below a path, to the server, whether or not it observes them.
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
        self.sends.queue(path, true)
    }

    /// Queues the auto-observable resources at and below a path.
    pub(super) fn queue_changes(
        &mut self,
        path: Path,
        objects: Objects<'_, '_>,
    ) -> Result<(), ChangesFull> {
        let mut result = Ok(());
        let mut any = false;
        let (sends, mut tree) = self.sends_and_tree(objects);
        // What is not there has not changed.
        let _ = tree.walk(path, &mut |object, place, definition| {
            let At {
                instance, resource, ..
            } = place.at();
            let readable =
                definition.is_some_and(|definition| definition.operations.allow(Operations::R));
            if readable && object.is_auto_observable(instance, resource) {
                any = true;
                result = result.and(sends.queue(place, false));
            }
        });
        if any && self.is_served() {
            self.has_sends();
        }
        result
    }

    /// Whether there is something to send that the server takes.
    pub(super) fn has_sends(&mut self) -> bool {
        let changes = &self.sends.changes;
        changes
            .iter()
            .any(|change| change.is_due(&self.observations))
            && self.server_takes_sends()
    }

    fn sends_and_tree<'t, 'o>(
        &'t mut self,
        objects: Objects<'t, 'o>,
    ) -> (&'t mut Sends<'a>, Tree<'t, 'o>) {
        let tree = Tree::new(&mut self.server, &mut self.device, objects);
        (&mut self.sends, tree)
    }

    pub(super) fn begin_send(&mut self) {
        self.sends.has_turn = false;
        let token = self.new_token();
        self.begin(Purpose::Send, token);
    }

    /// Where the server takes none, the application is told, once, and what waits is given up.
    fn server_takes_sends(&mut self) -> bool {
        let takes = !self.server.mute_send && !self.speaks_1_0() && !self.sends.refused;
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
        id: u16,
        token: &Token,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        for change in self.sends.changes.iter_mut() {
            change.outstanding = change.is_due(&self.observations);
        }
        let code = request_code(RequestType::Post);
        loop {
            let message = core::mem::take(&mut self.message);
            let mut writer = Writer::new(message, MessageType::Confirmable, code, id, token);
            writer.option(CoapOption::UriPath, &[b"dp"]);
            writer.option_uint(CoapOption::ContentFormat, format::SENML_CBOR.into());
            let any = self.encode_changes(writer.payload(), &mut *objects);
            let (message, length) = writer.finish();
            self.message = message;
            if !any {
                self.send_refused(Detail::NoValue);
                return None;
            }
            if length.is_some() {
                return length;
            }
            // One less; the first alone, where it is too large, is the one to be given up.
            let mut outstanding = self
                .sends
                .changes
                .iter_mut()
                .filter(|change| change.outstanding)
                .skip(1);
            outstanding.by_ref().last()?.outstanding = false;
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

    pub(super) fn send_answered(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        if message.answers(ResponseType::Changed) {
            let (sends, mut tree) = self.sends_and_tree(objects);
            for change in sends.changes.iter().filter(|change| change.outstanding) {
                tree.delivered(change.path);
            }
            sends.doubted = false;
            sends.done();
        } else if message.answers(ResponseType::NotFound) && !self.sends.doubted {
            // The server does not know this device, or what a Send is; an Update tells which.
            self.send_unanswered(Detail::Answer(message.code));
        } else if message.answers(ResponseType::NotFound)
            || message.answers(ResponseType::MethodNotAllowed)
            || message.answers(ResponseType::NotImplemented)
        {
            self.sends.refused = true;
            self.server_takes_sends();
        } else {
            self.send_refused(Detail::Answer(message.code));
        }
    }

    /// Nobody takes the outstanding Send. An Update finds out whether the server is there, and
    /// knows this device; where it does, and the next Send fails as well, its values are given up.
    pub(super) fn send_unanswered(&mut self, detail: Detail) {
        if core::mem::replace(&mut self.sends.doubted, true) {
            self.sends.doubted = false;
            self.send_refused(detail);
        } else {
            self.sends.again();
        }
        self.verify_registration();
    }

    /// The values of the outstanding message are given up.
    pub(super) fn send_refused(&mut self, detail: Detail) {
        if self.sends.done() {
            self.emit(Event::SendFailed(detail));
        }
    }
}
