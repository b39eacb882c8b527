//! A registration from before a restart.

use crate::archive::Archive;
use crate::context::Context;
use crate::error::Operation;
use crate::event::{Event, RegisterReason};
use crate::session::{Phase, Session};
use crate::time::Instant;

/// What is known of a registration from before a restart that the application has not heard of.
#[derive(Default, PartialEq)]
pub(super) enum Restored {
    #[default]
    None,
    Valid,
    /// Nobody knows how long ago that was, or it may have ended.
    Doubtful,
}

impl Restored {
    pub(super) fn is_there(&self) -> bool {
        *self != Self::None
    }

    /// It goes on over the association that it belongs to; whether the server is to be asked.
    pub(super) fn goes_on(&mut self, context: &mut Context<'_>) -> bool {
        if self.is_there() {
            context.emit(Event::Registered(RegisterReason::Restored));
        }
        core::mem::take(self) == Self::Doubtful
    }
}

impl Session<'_> {
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.registration.archive(archive);
        // What an outstanding Update lists may be lost with it.
        let mut is_list_due = self.objects_changed || self.lists_objects;
        archive.bool(&mut is_list_due);
        // The server may end the registration, or have another in its place, before it says so.
        let ends = matches!(
            self.phase,
            Phase::Requesting(Operation::Register | Operation::Deregister)
        );
        let mut is_ending = ends && self.registration.has_location();
        archive.bool(&mut is_ending);
        if archive.is_restoring() {
            self.objects_changed = is_list_due;
            self.restored = match is_ending {
                true => Restored::Doubtful,
                false => Restored::Valid,
            };
        }
    }

    /// When the registration expires.
    pub(crate) fn expires(&self) -> Instant {
        self.registration.expires
    }

    /// Whether there is a registration from before a restart that nobody has gone on with.
    pub(crate) fn is_restored(&self) -> bool {
        self.restored.is_there()
    }

    /// The registration is as it was before a restart. Where it is not known how long ago that was, or it
    /// has expired since, the server may still know it, by an Update of which there is no snapshot.
    pub(crate) fn restore(&mut self, context: &Context<'_>, is_age_known: bool) {
        if !self.registration.has_location() {
            return self.forget_restored();
        }
        let now = context.now();
        let is_over = !is_age_known || !self.registration.is_valid(now);
        if is_over || self.restored == Restored::Doubtful {
            self.restored = Restored::Doubtful;
            let lifetime = u64::from(self.registration.known.lifetime) * 1000;
            self.registration.expires = now.after_millis(lifetime);
        }
    }

    /// What was restored is of no use.
    pub(crate) fn forget_restored(&mut self) {
        self.restored = Restored::None;
        self.registration.forget();
    }
}
