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
use crate::error::Detail;
use crate::format;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};

/// A resource whose value waits to be sent, or is on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    path: Path,
    /// Whether the outstanding message has its newest value.
    outstanding: bool,
}

/// What waits, in the caller's storage.
pub(super) struct Sends<'s> {
    changes: &'s mut VecView<Change>,
    /// Whether the newest answer was one of a server that knows no Send, or not this device.
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

    /// Drops what the outstanding message had.
    fn done(&mut self) {
        self.changes.retain(|change| !change.outstanding);
    }
}

impl Client<'_> {
    /// Sends a value, or all values below a path, to the server, whether or not it observes them.
    ///
    /// With [`Event::SendUnavailable`] the server is one that takes none.
    pub fn send(&mut self, path: Path) -> Result<(), ChangesFull> {
        if !self.server_takes_sends() {
            return Ok(());
        }
        let changes = &mut self.sends.changes;
        match changes.iter_mut().find(|change| change.path == path) {
            // Of a value that is on its way, the newer one follows.
            Some(change) => change.outstanding = false,
            None => {
                let outstanding = false;
                changes
                    .push(Change { path, outstanding })
                    .map_err(|_| ChangesFull)?;
            }
        }
        Ok(())
    }

    /// Whether there is something to send that the server takes.
    pub(super) fn has_sends(&mut self) -> bool {
        !self.sends.changes.is_empty() && self.server_takes_sends()
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
            for (index, change) in self.sends.changes.iter_mut().enumerate() {
                change.outstanding = index < count;
            }
            if length.is_some() {
                return length;
            }
            count -= 1;
        }
        // The first alone is too large, and is the one to be given up.
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
            Some(change) if count == 1 => change.path,
            _ => Path::ROOT,
        };
        let _ = format::encode(format::SENML_CBOR, base, buffer, &mut |encoder| {
            for change in sends.changes.iter().take(count) {
                // What is no longer there has no value to send.
                let _ = read(&mut tree, change.path, encoder);
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
            for change in sends.changes.iter().filter(|change| change.outstanding) {
                tree.delivered(change.path);
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
            self.sends.refused = true;
            self.server_takes_sends();
        } else {
            self.send_refused(Detail::Answer(message.code));
        }
    }

    pub(super) fn send_refused(&mut self, detail: Detail) {
        self.sends.done();
        self.emit(Event::SendFailed(detail));
    }
}
