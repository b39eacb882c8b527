//! Requests that must not run twice (RFC 7252, 4.5): their message ids, and what answered them.
//!
//! Only POST and DELETE are kept: the other methods may run again, and give the same answer.

use heapless::VecView;

#[cfg(feature = "create")]
use crate::model::path::Path;
use crate::time::{Duration, Instant};

/// One request that was carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handled {
    id: u16,
    reply: Reply,
    forget: Instant,
}

/// An answer without content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub(crate) code: u8,
    /// The object instance that was created under an id of this device's choice; the root where
    /// there is none.
    #[cfg(feature = "create")]
    pub(crate) created: Path,
}

impl From<u8> for Reply {
    fn from(code: u8) -> Self {
        Self {
            code,
            #[cfg(feature = "create")]
            created: Path::ROOT,
        }
    }
}

/// A table of them in the caller's storage.
pub(crate) struct Duplicates<'s> {
    handled: &'s mut VecView<Handled>,
}

impl<'s> Duplicates<'s> {
    pub(crate) fn new(handled: &'s mut VecView<Handled>) -> Self {
        handled.clear();
        Self { handled }
    }

    /// Drops what can no longer arrive again.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.handled.retain(|entry| entry.forget > now);
    }

    /// What answered the request of this message id.
    pub(crate) fn answer(&self, id: u16) -> Option<Reply> {
        self.handled
            .iter()
            .find_map(|entry| (entry.id == id).then_some(entry.reply))
    }

    pub(crate) fn is_full(&self) -> bool {
        self.handled.is_full()
    }

    /// Keeps an answer for `lifetime`; the caller has made sure that there is room.
    pub(crate) fn keep(&mut self, id: u16, reply: Reply, now: Instant, lifetime: Duration) {
        let forget = now.after(lifetime);
        let _ = self.handled.push(Handled { id, reply, forget });
    }

    /// A new association numbers its messages anew.
    pub(crate) fn clear(&mut self) {
        self.handled.clear();
    }
}
