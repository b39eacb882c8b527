//! What a server has written, for the clients of the other servers: each server of a device has a
//! client of its own, over the same objects, and its observers must hear of it too.

use crate::event::Written;
use crate::model::ids::SERVER;
use crate::model::path::Path;

/// What was written since it was taken last.
#[derive(Default)]
pub(crate) struct PendingWrites(Option<Written>);

impl PendingWrites {
    pub(crate) fn note(&mut self, path: Path, instances: bool) {
        if path.object_id() == Some(SERVER) {
            return;
        }
        let before = self.0.unwrap_or(Written { path, instances });
        self.0 = Some(Written {
            path: before.path.common(path),
            instances: before.instances || instances,
        });
    }

    pub(crate) fn take(&mut self) -> Option<Written> {
        self.0.take()
    }
}
