//! Send (LwM2M Core 1.1, 6.4.6): values that reach the server without its asking.

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};
use heapless::VecView;

use crate::buffer::Buffer;
use crate::client::Client;
use crate::client::event::Event;
use crate::client::management::read;
use crate::client::observe::ChangesFull;
use crate::coap::message::{request_code, response_code};
use crate::coap::{Message, Token, Writer};
use crate::error::{Detail, Refusal};
use crate::format;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};

/// Resources whose values wait to be sent, in the caller's storage.
pub(super) struct Sends<'s> {
    changes: &'s mut VecView<Path>,
    /// How many of them, from the first on, the outstanding message has.
    outstanding: usize,
    /// Whether the newest answer was one of a server that knows no Send, or not this device.
    doubted: bool,
    /// Whether this server has refused one.
    refused: bool,
    /// Whether the application knows that this server takes none.
    told: bool,
}

impl<'s> Sends<'s> {
    pub(super) fn new(changes: &'s mut VecView<Path>) -> Self {
        changes.clear();
        Self {
            changes,
            outstanding: 0,
            doubted: false,
            refused: false,
            told: false,
        }
    }

    pub(super) fn is_pending(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The outstanding message is given up; its values go with the next one.
    pub(super) fn again(&mut self) {
        let before = core::mem::take(&mut self.outstanding);
        // A value that changed while it was on its way is listed twice.
        let mut index = 0;
        while index < before.min(self.changes.len()) {
            let later = self
                .changes
                .get(index)
                .is_some_and(|path| self.changes.iter().skip(before).any(|other| other == path));
            if !later || self.remove(index).is_none() {
                index += 1;
            }
        }
    }

    /// Another server, or the same one in another mood.
    pub(super) fn new_registration(&mut self) {
        self.doubted = false;
        self.refused = false;
        self.told = false;
    }

    fn remove(&mut self, index: usize) -> Option<Path> {
        (index < self.changes.len()).then(|| self.changes.swap_remove(index))
    }

    /// Drops what the outstanding message had.
    fn done(&mut self) {
        let mut index = 0;
        let outstanding = core::mem::take(&mut self.outstanding);
        self.changes.retain(|_| {
            index += 1;
            index > outstanding
        });
    }
}

impl Client<'_> {
    /// Sends a value, or all values below a path, to the server, whether or not it observes them.
    ///
    /// With [`Event::SendUnavailable`] the server is one that takes none.
    pub fn send(&mut self, path: Path) -> Result<(), ChangesFull> {
        if self.server.mute_send || self.speaks_1_0() || self.sends.refused {
            self.no_sends();
            return Ok(());
        }
        let sends = &mut self.sends;
        if sends
            .changes
            .iter()
            .skip(sends.outstanding)
            .any(|waiting| *waiting == path)
        {
            return Ok(());
        }
        sends.changes.push(path).map_err(|_| ChangesFull)
    }

    /// As many of the waiting values as fit into one message.
    pub(super) fn write_send(
        &mut self,
        id: u16,
        token: &Token,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        self.sends.again();
        let mut count = self.sends.changes.len();
        let code = request_code(RequestType::Post);
        while count > 0 {
            let message = core::mem::take(&mut self.message);
            let mut writer = Writer::new(message, MessageType::Confirmable, code, id, token);
            writer.option(CoapOption::UriPath, &[b"dp"]);
            writer.option_uint(CoapOption::ContentFormat, format::SENML_CBOR.into());
            self.encode_changes(count, writer.payload(), &mut *objects);
            let (message, length) = writer.finish();
            self.message = message;
            if length.is_some() {
                self.sends.outstanding = count;
                return length;
            }
            count -= 1;
        }
        self.sends.outstanding = 1;
        None
    }

    fn encode_changes(&mut self, count: usize, buffer: &mut Buffer<'_>, objects: Objects<'_, '_>) {
        let Self {
            sends,
            server,
            device,
            ..
        } = self;
        let mut tree = Tree {
            server,
            device,
            objects,
        };
        let base = match sends.changes.first() {
            Some(path) if count == 1 => *path,
            _ => Path::ROOT,
        };
        let _ = format::encode(format::SENML_CBOR, base, buffer, &mut |encoder| {
            for path in sends.changes.iter().take(count) {
                // What is no longer there has no value to send.
                let _: Result<(), Refusal> = read(&mut tree, *path, encoder);
            }
            Ok(())
        });
    }

    pub(super) fn send_answered(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        let is = |response: ResponseType| message.code == response_code(response);
        if is(ResponseType::Changed) {
            let Self {
                sends,
                server,
                device,
                ..
            } = self;
            let mut tree = Tree {
                server,
                device,
                objects,
            };
            for path in sends.changes.iter().take(sends.outstanding) {
                tree.delivered(*path);
            }
            self.sends.doubted = false;
            self.sends.done();
        } else if is(ResponseType::NotFound) && !self.sends.doubted {
            // The server does not know this device, or what a Send is; an Update tells which.
            self.sends.doubted = true;
            self.sends.again();
            self.verify_registration();
        } else if is(ResponseType::NotFound)
            || is(ResponseType::MethodNotAllowed)
            || is(ResponseType::NotImplemented)
        {
            self.sends.done();
            self.sends.refused = true;
            self.no_sends();
        } else {
            self.send_refused(Detail::Answer(message.code));
        }
    }

    pub(super) fn send_refused(&mut self, detail: Detail) {
        self.sends.done();
        self.emit(Event::SendFailed(detail));
    }

    fn no_sends(&mut self) {
        self.sends.changes.clear();
        if !core::mem::replace(&mut self.sends.told, true) {
            self.emit(Event::SendUnavailable);
        }
    }
}
