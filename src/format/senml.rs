//! What SenML's two forms share (RFC 8428).

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
    pub(crate) fn of_record(&mut self) -> Option<i64> {
        let before = core::mem::replace(&mut self.written, self.next);
        (self.next != before).then_some(self.next)
    }
}
