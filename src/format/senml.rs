//! What SenML's two forms share (RFC 8428).

use crate::error::Refusal;
use crate::feature;
use crate::format::{Content, Visit};
use crate::model::path::Path;

/// Hands on what a record says of a path, which must be at or below `base`.
pub(crate) fn hand_on(
    base: Path,
    path: Option<Path>,
    content: Content<'_>,
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    match path.filter(|path| base.contains(*path)) {
        Some(path) => visit(path, content),
        // A base name need not be a node of its own.
        None if matches!(content, Content::Base) => Ok(()),
        None => Err(Refusal::BadRequest),
    }
}

/// The newest version that is understood (4.4); a pack of another says so.
pub(crate) const VERSION: u64 = 10;

/// The base times of a pack's records: one holds until the next (4.1), 0 is the time of the message
/// (4.5.3).
#[derive(Default)]
pub(crate) struct Times {
    /// The time of the records that follow, in milliseconds.
    pub(crate) next: i64,
    written: i64,
}

impl Times {
    /// The base time that the next record must carry.
    #[inline(always)]
    pub(crate) fn of_record(&mut self) -> Option<i64> {
        feature::Send::VALUE?;
        let before = core::mem::replace(&mut self.written, self.next);
        (self.next != before).then_some(self.next)
    }
}
