//! What a server has written, for the clients of the other servers: each server of a device has a
//! client of its own, over the same objects, and its observers must hear of it too.

use crate::model::ids::SERVER;
use crate::model::path::Path;

/// What the server has changed since it was asked for last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Written {
    /// Where: after several changes the deepest path that has them all.
    pub path: Path,
    /// Whether object instances came or went.
    pub instances: bool,
}

impl Written {
    /// Adds a change to those that were noted before.
    pub(crate) fn note(noted: &mut Option<Self>, path: Path, instances: bool) {
        if path.object_id() == Some(SERVER) {
            return;
        }
        let before = noted.unwrap_or(Self { path, instances });
        *noted = Some(Self {
            path: before.path.common(path),
            instances: before.instances || instances,
        });
    }
}
