//! Requests that must not run twice (RFC 7252, 4.5): their message ids, and their responses.
//!
//! Only executions are kept, from the moment that the object is asked, and what has created or
//! deleted: whatever else comes again may run again, and has the same response.

use heapless::VecView;

use crate::archive::Archive;
use crate::coap::Message;
use crate::coap::message::EMPTY;
use crate::coap::transmission::{EXCHANGE_LIFETIME, MAX_TRANSMIT_SPAN};
use crate::error::Refusal;
use crate::feature;
use crate::requests::creatable::Created;
use crate::time::Instant;

/// One request that was carried out, or refused by an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handled {
    id: u16,
    reply: Reply,
    forget: Instant,
}

impl Handled {
    /// Whether it is one that is about to be carried out.
    fn is_announced(&self) -> bool {
        feature::Snapshot::IS_ON && self.reply.code == EMPTY
    }
}

/// A response without content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    pub(crate) code: u8,
    pub(crate) created: Created,
}

impl From<u8> for Reply {
    fn from(code: u8) -> Self {
        let created = Created::NONE;
        Self { code, created }
    }
}

/// A table of them in the caller's storage, where the newest takes the place of the oldest.
pub(crate) struct Duplicates<'s> {
    handled: &'s mut VecView<Handled>,
    /// Where the newest is; before the first place where there is none.
    newest: usize,
}

impl<'s> Duplicates<'s> {
    pub(crate) fn new(handled: &'s mut VecView<Handled>) -> Self {
        let mut duplicates = Self { handled, newest: 0 };
        duplicates.clear();
        duplicates
    }

    /// The response to the request of this message id, where that can still arrive again.
    pub(super) fn reply(&self, id: u16, now: Instant) -> Option<Reply> {
        self.handled.iter().find_map(|entry| {
            (entry.id == id && now < entry.forget && !entry.is_announced()).then_some(entry.reply)
        })
    }

    /// What was about to be carried out when the power went may have been: it is not tried again.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        let empty = Handled {
            id: 0,
            reply: EMPTY.into(),
            forget: archive.now(),
        };
        archive.list(self.handled, empty, &mut |archive, entry| {
            archive.u16(&mut entry.id);
            archive.deadline(&mut entry.forget);
            if archive.is_whole() {
                archive.u8(&mut entry.reply.code);
            }
            if archive.is_restoring() && entry.reply.code == EMPTY {
                entry.reply = Refusal::InternalError.code().into();
            }
        });
        let mut newest = self.newest as u16;
        if archive.is_whole() {
            archive.u16(&mut newest);
        }
        if archive.is_restoring() {
            self.newest = match self.handled.is_empty() {
                true => usize::MAX,
                false => newest.into(),
            };
        }
    }

    /// Makes room for the response to a request that is about to be carried out. Where there is none,
    /// the oldest gives way once its sender has stopped to repeat it; only the network can then
    /// deliver it again.
    ///
    /// # Errors
    ///
    /// [`Refusal::Unavailable`] where all are younger than that.
    pub(crate) fn reserve(&mut self, id: u16, now: Instant) -> Result<(), Refusal> {
        let entry = Handled {
            id,
            reply: EMPTY.into(),
            forget: now.after(EXCHANGE_LIFETIME),
        };
        let announced = self.handled.get(self.newest);
        if announced.is_some_and(|newest| newest.is_announced() && newest.id == id) {
            return Ok(());
        }
        let next = self.newest.wrapping_add(1);
        let next = if next < self.handled.capacity() {
            next
        } else {
            0
        };
        match self.handled.get_mut(next) {
            Some(oldest) => {
                let repeated = EXCHANGE_LIFETIME.saturating_sub(MAX_TRANSMIT_SPAN);
                if now.after(repeated) < oldest.forget {
                    return Err(Refusal::Unavailable);
                }
                *oldest = entry;
            }
            None => self.handled.push(entry).map_err(|_| Refusal::Unavailable)?,
        }
        self.newest = next;
        Ok(())
    }

    /// Keeps the response to what there was room made for.
    pub(crate) fn settle(&mut self, reply: Reply) {
        if let Some(newest) = self.handled.get_mut(self.newest)
            && newest.reply.code == EMPTY
        {
            newest.reply = reply;
        }
    }

    /// Carries a request out that must not run twice; where it is refused, nothing has changed, and it
    /// may be tried again.
    pub(super) fn once<R>(
        &mut self,
        message: &Message<'_>,
        now: Instant,
        carry_out: impl FnOnce() -> Result<R, Refusal>,
    ) -> Result<R, Refusal> {
        self.reserve(message.id, now)?;
        let response = carry_out();
        if response.is_err() {
            self.release();
        }
        response
    }

    /// Gives back the room that was made just now.
    fn release(&mut self) {
        if let Some(newest) = self.handled.get_mut(self.newest) {
            newest.forget = Instant::default();
            self.newest = self.newest.wrapping_sub(1);
        }
    }

    /// A new association numbers its messages anew.
    pub(crate) fn clear(&mut self) {
        self.handled.clear();
        self.newest = usize::MAX;
    }
}
