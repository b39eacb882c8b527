//! What a server has written, for the clients of the other servers: each server of a device has a
//! client of its own, over the same objects, and its observers must hear of it too.

use crate::client::Client;
use crate::model::path::Path;

/// What the server has changed since it was asked for last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Written {
    /// Where: after several changes the deepest place that has them all.
    pub path: Path,
    /// Whether object instances came or went.
    pub instances: bool,
}

impl Client<'_> {
    /// What the server has written, created or deleted since the last call; nothing of it is ever
    /// lost.
    ///
    /// The application hands it to [`changed`](Self::changed) of its other clients, and calls their
    /// [`objects_changed`](Self::objects_changed) where instances came or went; Access Control (2)
    /// has then changed with them, where the device has it. Object 1 is left out, since each client
    /// has its own; so is what an execution changes, which only the application knows.
    pub fn poll_written(&mut self) -> Option<Written> {
        self.written.take()
    }

    pub(super) fn note_written(&mut self, path: Path, instances: bool) {
        if path.object_id() == Some(SERVER) {
            return;
        }
        let before = self.written.unwrap_or(Written { path, instances });
        self.written = Some(Written {
            path: before.path.common(path),
            instances: before.instances || instances,
        });
    }
}

const SERVER: u16 = 1;
