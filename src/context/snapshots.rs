//! What is known of the snapshots that outlive a loss of power: what the newest ones say, and what has
//! to wait for the next.

use crate::archive::Archive;
use crate::snapshot::Part;
use crate::time::{Duration, Instant};
use crate::transport::Endpoints;

/// What the newest snapshots say.
#[derive(Default)]
pub(crate) struct Snapshots {
    /// Whether there are any: without them nothing waits.
    pub(crate) are_kept: bool,
    /// Whether they have the state of the application's objects.
    pub(crate) have_objects: bool,
    /// Whether accounts were restored that the other clients of the device have not heard of.
    pub(crate) have_accounts: bool,
    /// What of each part does not change by itself, as a checksum.
    saved: [u32; 2],
    /// When the registration expires, by the newest snapshot.
    expires: Instant,
    /// The same by the newest Update.
    prolonged: Instant,
    /// Whether that is worth a snapshot.
    needs_expiry: bool,
    /// How many notifications may go out before the next one.
    numbers: u32,
    /// Which parts could not be stored, and when the registration was to expire then.
    failed: [Option<Instant>; 2],
    /// Whether a notification waits for the next one.
    needs_numbers: bool,
    /// Whether the application has asked for the next one.
    pub(crate) is_asked_for: bool,
    /// Whether they have records.
    pub(crate) have_records: bool,
    /// Of the association that was opened last, where it could be opened again.
    pub(crate) opened: Option<Endpoints>,
    /// Of the one that the registration belongs to.
    pub(crate) endpoints: Option<Endpoints>,
}

impl Snapshots {
    /// Whether accounts were restored, once.
    pub(crate) fn take_accounts(&mut self) -> bool {
        core::mem::take(&mut self.have_accounts)
    }

    /// The checksum of what a part says.
    pub(crate) fn saved(&self, part: Part) -> u32 {
        self.saved.get(part as usize).copied().unwrap_or_default()
    }

    pub(crate) fn set_saved(&mut self, part: Part, checksum: u32) {
        if let Some(saved) = self.saved.get_mut(part as usize) {
            *saved = checksum;
        }
    }

    /// Takes the number of a notification, where a restart would go on behind it; otherwise a snapshot
    /// is due.
    pub(crate) fn take_number(&mut self) -> bool {
        if !self.are_kept {
            return true;
        }
        let left = self.numbers.checked_sub(1);
        self.needs_numbers = left.is_none();
        self.numbers = left.unwrap_or_default();
        left.is_some()
    }

    /// The registration expires then, with its lifetime in seconds; whether that is worth a snapshot, which
    /// an Update is where the one before has the registration expire soon.
    pub(crate) fn prolong(&mut self, expires: Instant, lifetime: u32, now: Instant) -> bool {
        if self.prolonged != expires {
            self.prolonged = expires;
            let quarter = Duration::from_millis(u64::from(lifetime) * 250);
            self.needs_expiry = self.expires.saturating_since(now) < quarter
                && expires.saturating_since(self.expires) >= WORTH_A_WRITE;
        }
        self.needs_expiry
    }

    /// The newest snapshot has the registration expire then.
    pub(crate) fn set_expires(&mut self, expires: Instant) {
        self.expires = expires;
        self.prolonged = expires;
        self.needs_expiry = false;
    }

    /// A part was stored, or could not be while the registration was to expire then.
    pub(crate) fn set_failed(&mut self, part: Part, expires: Option<Instant>) {
        if let Some(failed) = self.failed.get_mut(part as usize) {
            *failed = expires;
        }
    }

    /// Whether a part that could not be stored is tried again: with each Register and Update, and where
    /// the application asks.
    pub(crate) fn is_tried_again(&self, part: Part, expires: Instant) -> bool {
        let failed = self.failed.get(part as usize).copied().flatten();
        failed.is_some_and(|before| before != expires || self.is_asked_for)
    }

    /// Whether a snapshot of the session is due, whatever it would say.
    pub(crate) fn wait(&self) -> bool {
        self.needs_numbers || self.is_asked_for
    }

    /// A snapshot is about to say how many notifications may go out behind it: none, where it knows what
    /// the server knows, or many, so that they need no snapshot each.
    pub(crate) fn draw_numbers(&mut self, is_all_reported: bool) {
        let needs_numbers = core::mem::take(&mut self.needs_numbers);
        self.numbers = match needs_numbers || !is_all_reported {
            true => NUMBERS,
            false => 0,
        };
    }

    /// There is a registration, over the association that was opened last.
    pub(crate) fn registered(&mut self) {
        self.endpoints = self.opened;
    }

    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.option(
            &mut self.endpoints,
            Endpoints::NONE,
            |archive, endpoints| {
                endpoints.archive(archive);
            },
        );
        if archive.is_whole() {
            archive.u32(&mut self.numbers);
        }
    }

    /// How many notifications may have gone out since the snapshot that was restored. A notification
    /// that is sent again with another value has another number, too.
    pub(crate) fn take_numbers(&mut self) -> u32 {
        match core::mem::take(&mut self.numbers) {
            0 => 0,
            _ => 2 * NUMBERS,
        }
    }
}

/// How much longer a registration is to last.
const WORTH_A_WRITE: Duration = Duration::from_secs(6 * 3600);

/// RFC 7641 (3.4) takes a number for a newer one up to 2^23 behind the one before.
const NUMBERS: u32 = 1 << 16;
