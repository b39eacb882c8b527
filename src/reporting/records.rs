//! A backlog of values with their times (LwM2M Core 1.1, 6.4.6; RFC 8428, 4.5.3), which waits for
//! the server in the caller's storage.

use heapless::{Vec, VecView};

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::context::Context;
use crate::context::events::count;
use crate::error::RecordError;
use crate::event::Event;
use crate::format::{self, Encoder};
use crate::keep::Keep as _;
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Objects, Tree};
use crate::model::value::Value;
use crate::reporting::read::read;

/// A value and its time.
#[derive(Clone, Copy)]
struct Record {
    path: Path,
    /// Milliseconds since 1970-01-01T00:00Z.
    time: i64,
    /// It needs no memory of its own.
    value: Value<'static>,
}

/// The memory of what waits.
pub(crate) struct Memory<const RECORDS: usize>(Vec<Record, RECORDS>);

impl<const RECORDS: usize> Memory<RECORDS> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }
}

/// What waits, the oldest first.
pub(crate) struct Records<'s> {
    waiting: &'s mut VecView<Record>,
    /// How many, from the oldest on, the outstanding message has.
    outstanding: usize,
    /// Whether they are to be sent; until none is left.
    due: bool,
    /// Whether the application knows that some were dropped.
    is_loss_reported: bool,
}

impl<'s> Records<'s> {
    pub(super) fn new<const RECORDS: usize>(memory: &'s mut Memory<RECORDS>) -> Self {
        let waiting = memory.0.as_mut_view();
        waiting.clear();
        Self {
            waiting,
            outstanding: 0,
            due: false,
            is_loss_reported: false,
        }
    }

    /// Keeps the present value of a resource, with its time in milliseconds since 1970.
    pub(crate) fn record(
        &mut self,
        context: &mut Context<'_>,
        path: Path,
        time: u64,
        objects: Objects<'_, '_>,
    ) -> Result<(), RecordError> {
        let mut taken = Taken::Nothing;
        read(&mut context.tree(objects), path, &mut taken).map_err(|_| RecordError::NoValue)?;
        match taken {
            Taken::Nothing => Err(RecordError::NoValue),
            Taken::One(node, value) if path.depth() >= 3 => self.add(context, node, time, value),
            _ => Err(RecordError::NotScalar),
        }
    }

    /// Keeps a value that a resource had.
    pub(crate) fn record_value(
        &mut self,
        context: &mut Context<'_>,
        path: Path,
        time: u64,
        value: &Value<'_>,
    ) -> Result<(), RecordError> {
        let value = value.as_number().filter(|_| path.depth() >= 3);
        self.add(context, path, time, value.ok_or(RecordError::NotScalar)?)
    }

    fn add(
        &mut self,
        context: &mut Context<'_>,
        path: Path,
        time: u64,
        value: Value<'static>,
    ) -> Result<(), RecordError> {
        let time = i64::try_from(time)
            .ok()
            .filter(|time| *time >= FIRST_ABSOLUTE_TIME)
            .ok_or(RecordError::Time)?;
        if self.keep(Record { path, time, value }) {
            count(&mut context.events.counters.records_dropped, 1);
            if !core::mem::replace(&mut self.is_loss_reported, true) {
                context.emit(Event::RecordsDropped);
            }
        }
        Ok(())
    }

    /// They are stored where the application asks, and not because there are new ones.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        if !archive.is_whole() {
            return;
        }
        let empty = Record {
            path: Path::ROOT,
            time: 0,
            value: Value::Integer(0),
        };
        archive.list(self.waiting, empty, &mut |archive, record| {
            record.path.archive(archive);
            let mut time = record.time as u64;
            archive.u64(&mut time);
            record.time = time as i64;
            record.value.archive(archive);
        });
    }

    pub(super) fn forget(&mut self) {
        self.waiting.clear();
    }

    /// How many records wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn is_due(&self) -> bool {
        self.due && !self.waiting.is_empty()
    }

    /// Whether there are some to be sent that are not on their way.
    pub(super) fn wait(&self) -> bool {
        self.due && self.waiting.len() > self.outstanding
    }

    pub(crate) fn flush(&mut self) {
        self.due = !self.waiting.is_empty();
    }

    /// Keeps a record; whether one was dropped for it.
    fn keep(&mut self, record: Record) -> bool {
        let full = self.waiting.is_full();
        if full {
            // What is on its way stays, so that its message stays the same.
            if self.outstanding < self.waiting.len() {
                self.remove(self.outstanding, 1);
            } else {
                self.remove(0, 1);
                self.outstanding = self.outstanding.saturating_sub(1);
            }
        }
        let _ = self.waiting.push(record);
        self.due |= self.waiting.len() * 4 >= self.waiting.capacity() * 3;
        full
    }

    /// Decides what the message has: once begun it stays, and is built again from the same.
    pub(super) fn begin(&mut self) {
        if self.outstanding == 0 {
            self.outstanding = self.waiting.len();
        }
    }

    /// Drops the records of what the server may read no longer.
    pub(super) fn withdraw(&mut self, tree: &mut Tree<'_, '_>) {
        let (mut index, outstanding) = (0, self.outstanding);
        self.waiting.keep(&mut |record| {
            let stays = tree.require(Rights::READ, record.path).is_ok();
            self.outstanding -= usize::from(!stays && index < outstanding);
            index += 1;
            stays
        });
    }

    /// The message is too large: it gets fewer; not where there is but one.
    pub(super) fn leave_out(&mut self) -> bool {
        if self.outstanding < 2 {
            return false;
        }
        // In few steps, though it might hold an eighth more.
        self.outstanding -= (self.outstanding / 8).max(1);
        true
    }

    /// Writes the records of the outstanding message; whether there are any.
    pub(super) fn encode(&self, buffer: &mut Buffer<'_>) -> bool {
        let outstanding = || self.waiting.iter().take(self.outstanding);
        let base = outstanding()
            .map(|record| record.path)
            .reduce(Path::common)
            .unwrap_or(Path::ROOT);
        let _ = format::encode(format::SENML_CBOR, base, buffer, &mut |encoder| {
            for record in outstanding() {
                encoder.time(record.time);
                encoder.value(record.path, &record.value);
            }
            Ok(())
        });
        self.outstanding > 0
    }

    /// The outstanding message is given up; its records go with the next one.
    pub(super) fn again(&mut self) {
        self.outstanding = 0;
    }

    /// The server has the records of the outstanding message.
    pub(super) fn delivered(&mut self) {
        self.remove(0, self.outstanding);
        self.outstanding = 0;
        self.is_loss_reported = false;
        self.due &= !self.waiting.is_empty();
    }

    /// The server does not want the outstanding message: its records wait until they are due again.
    /// Whether there was one.
    pub(super) fn refused(&mut self) -> bool {
        self.due = false;
        core::mem::take(&mut self.outstanding) > 0
    }

    fn remove(&mut self, from: usize, count: usize) {
        let mut index = 0;
        self.waiting.keep(&mut |_| {
            let position = index;
            index += 1;
            position < from || position >= from + count
        });
    }
}

/// Takes what a Read gives.
enum Taken {
    Nothing,
    One(Path, Value<'static>),
    Unfit,
}

impl Encoder for Taken {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        *self = match (&self, value.as_number()) {
            (Self::Nothing, Some(value)) => Self::One(path, value),
            _ => Self::Unfit,
        };
    }
}

/// In milliseconds; what is before 2^28 s is relative to now (RFC 8428, 4.5.3).
const FIRST_ABSOLUTE_TIME: i64 = (1 << 28) * 1000;
