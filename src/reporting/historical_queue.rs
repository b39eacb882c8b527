//! What observers would have been told while the server was out of reach (Maximum Historical Queue,
//! LwM2M Core 1.2, 7.3.2): values with their times, which go with the next notification.

use heapless::{Vec, VecView};

use crate::archive::Archive;
use crate::coap::Token;
use crate::format::{self, Encoder};
use crate::keep::Keep as _;
use crate::model::attributes::{Attributes, Name};
use crate::model::path::Path;
use crate::model::value::Value;
use crate::number::double::exact_integer;
use crate::time::Instant;

/// A value that an observer has not been told.
#[derive(Clone, Copy)]
struct Entry {
    token: Token,
    path: Path,
    /// It needs no memory of its own.
    value: Value<'static>,
    time: Instant,
}

/// The memory of the values.
pub(crate) struct Memory<const VALUES: usize>(Vec<Entry, VALUES>);

impl<const VALUES: usize> Memory<VALUES> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }
}

/// The values, in the caller's storage, the oldest first.
pub(crate) struct HistoricalQueue<'s> {
    entries: &'s mut VecView<Entry>,
    /// Whose notification is outstanding, and how many of its entries it has, from the oldest on.
    observer: Token,
    outstanding: usize,
    /// What times in the outstanding notification count from, so that it says the same each time.
    written: Instant,
}

impl<'s> HistoricalQueue<'s> {
    pub(crate) fn new<const VALUES: usize>(memory: &'s mut Memory<VALUES>) -> Self {
        let entries = memory.0.as_mut_view();
        entries.clear();
        Self {
            entries,
            observer: Token::NONE,
            outstanding: 0,
            written: Instant::default(),
        }
    }

    /// The values for an observer.
    fn of(&self, token: &Token) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.token == *token)
    }

    /// Whether there are any.
    pub(super) fn has(&self, token: &Token) -> bool {
        self.of(token).next().is_some()
    }

    /// Whether the server wants values kept at a path, at one above it or at one below, for an observer that
    /// takes this format.
    pub(super) fn is_wanted(attributes: &Attributes<'_>, path: Path, format: u16) -> bool {
        format::has_times(format) && attributes.is_near(path, Name::Hqmax)
    }

    /// Keeps what `read` hands to an encoder for an observer, as far as the server wants it kept.
    pub(super) fn keep_for(
        &mut self,
        token: Token,
        attributes: &Attributes<'_>,
        now: Instant,
        read: &mut dyn FnMut(&mut dyn Encoder),
    ) {
        read(&mut Keeper {
            history: self,
            token,
            attributes,
            now,
        });
    }

    /// Keeps a value; of a path's with `most` of them the oldest goes, as it does of all where there is
    /// no room.
    fn keep(&mut self, new: Entry, most: usize) {
        let is_older = |entry: &Entry| entry.token == new.token && entry.path == new.path;
        let mut surplus = self.entries.iter().filter(|entry| is_older(entry)).count() + 1;
        self.entries.keep(&mut |entry| {
            let stays = !is_older(entry) || surplus <= most;
            surplus -= usize::from(!stays);
            stays
        });
        let mut has_room = !self.entries.is_full();
        self.entries
            .keep(&mut |_| core::mem::replace(&mut has_room, true));
        let _ = self.entries.push(new);
    }

    /// Decides what the notification of an observer has: once begun it stays, and is written again from
    /// the same.
    pub(super) fn begin(&mut self, token: &Token, now: Instant) {
        if !self.goes_along(token) && self.has(token) {
            self.outstanding = self.of(token).count();
            self.observer = *token;
            self.written = now;
        }
    }

    /// Whether an observer's notification has some.
    pub(super) fn goes_along(&self, token: &Token) -> bool {
        self.outstanding > 0 && self.observer == *token
    }

    /// The notification is too large: it has fewer. What does not fit beside the newest value alone is
    /// lost. Whether there was one to leave out.
    pub(super) fn leave_out(&mut self, token: &Token) -> bool {
        if !self.goes_along(token) {
            return false;
        }
        // In few steps, though it might hold an eighth more.
        self.outstanding -= (self.outstanding / 8).max(1);
        if self.outstanding == 0 {
            self.forget(token);
        }
        true
    }

    /// Writes what the notification has, each value with its time; what follows is of now.
    pub(super) fn encode(&self, token: &Token, encoder: &mut dyn Encoder) {
        if !self.goes_along(token) {
            return;
        }
        let written = self.written.as_millis();
        for entry in self.of(token).take(self.outstanding) {
            // Below 2^28 s a time is relative to the message (RFC 8428, 4.5.3), so that no clock is
            // needed.
            encoder.time((entry.time.as_millis().wrapping_sub(written) as i64).min(-1));
            encoder.value(entry.path, &entry.value);
        }
        encoder.time(0);
    }

    /// The observer has what the outstanding notification had. Whether there is more for it.
    pub(super) fn delivered(&mut self, token: &Token) -> bool {
        let mut left = match self.goes_along(token) {
            true => core::mem::take(&mut self.outstanding),
            false => 0,
        };
        self.entries.keep(&mut |entry| {
            let goes = entry.token == *token && left > 0;
            left -= usize::from(goes);
            !goes
        });
        self.has(token)
    }

    /// The outstanding notification is given up; its values go with the next one, where they stay.
    pub(super) fn abandoned(&mut self, token: &Token, stays: bool) {
        self.outstanding = 0;
        if !stays {
            self.forget(token);
        }
    }

    /// Forgets what an observer has not been told.
    pub(super) fn forget(&mut self, token: &Token) {
        self.retain(&|other| other != token);
    }

    /// Keeps the values for some observers.
    pub(super) fn retain(&mut self, is_wanted: &dyn Fn(&Token) -> bool) {
        self.entries.keep(&mut |entry| is_wanted(&entry.token));
        if !is_wanted(&self.observer) {
            self.outstanding = 0;
        }
    }

    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        let now = archive.now();
        let empty = Entry {
            token: Token::NONE,
            path: Path::ROOT,
            value: Value::Integer(0),
            time: now,
        };
        archive.list(self.entries, empty, &mut |archive, entry| {
            entry.token.archive(archive);
            entry.path.archive(archive);
            entry.value.archive(archive);
            archive.past(&mut entry.time);
        });
        if archive.is_restoring() {
            self.outstanding = 0;
        }
    }
}

/// Keeps the numbers that it is given for an observer, where the server wants some kept.
struct Keeper<'k, 's> {
    history: &'k mut HistoricalQueue<'s>,
    token: Token,
    attributes: &'k Attributes<'k>,
    now: Instant,
}

impl Encoder for Keeper<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        let most = self.attributes.effective(path, Name::Hqmax);
        let most = most.and_then(|most| exact_integer(most.to_bits()));
        if let Some(most @ 1..) = most
            && let Some(value) = value.as_number()
        {
            let entry = Entry {
                token: self.token,
                path,
                value,
                time: self.now,
            };
            self.history.keep(entry, most.unsigned_abs() as usize);
        }
    }
}
