//! Requests that must not run twice (RFC 7252, 4.5): their message ids, and the code that answered.
//!
//! Only POST is kept: the other methods may run again, and give the same answer.

use heapless::VecView;

use crate::time::{Duration, Instant};

/// One request that was carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handled {
    id: u16,
    code: u8,
    forget: Instant,
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

    /// The code that answered the request of this message id.
    pub(crate) fn answer(&self, id: u16) -> Option<u8> {
        self.handled
            .iter()
            .find_map(|entry| (entry.id == id).then_some(entry.code))
    }

    pub(crate) fn is_full(&self) -> bool {
        self.handled.is_full()
    }

    /// Keeps an answer for `lifetime`; the caller has made sure that there is room.
    pub(crate) fn keep(&mut self, id: u16, code: u8, now: Instant, lifetime: Duration) {
        let forget = now.after(lifetime);
        let _ = self.handled.push(Handled { id, code, forget });
    }

    /// A new association numbers its messages anew.
    pub(crate) fn clear(&mut self) {
        self.handled.clear();
    }
}
