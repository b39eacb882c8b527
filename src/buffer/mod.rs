//! A bounded output: it fills a slice and remembers that something did not fit, so that a writer
//! checks once, at its end.
//!
//! For a block of a larger body (RFC 7959) it is a window on what is written: everything is counted,
//! and only what lies in the window is kept. Bodies may so be larger than any memory, for each of
//! their blocks they are written again.

#[cfg_attr(not(feature = "block"), path = "cut_off.rs")]
mod cut;

use cut::Cut;

/// Writes from the start of a slice.
pub(crate) struct Buffer<'b> {
    bytes: &'b mut [u8],
    /// How much was written, whether or not it was kept.
    len: usize,
    cut: Cut,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            len: 0,
            cut: Cut::NONE,
        }
    }

    #[inline(never)]
    pub(crate) fn put(&mut self, data: &[u8]) {
        let start = self.len;
        self.len += data.len();
        self.place(start, data);
        self.cut.put(data);
    }

    #[inline(never)]
    pub(crate) fn byte(&mut self, byte: u8) {
        self.put(&[byte]);
    }

    /// A number in decimal digits.
    pub(crate) fn number(&mut self, number: u32) {
        let mut digits = [0; 10];
        let mut rest = number;
        let mut count = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.put(digits.get(10 - count..).unwrap_or_default());
    }

    /// Inserts `data` at `position`, moving what stands behind it.
    pub(crate) fn insert(&mut self, position: usize, data: &[u8]) {
        self.cut.insert(position, data.len(), self.len);
        let end = self.len.min(self.end());
        self.put(data);
        for from in (position.max(self.cut.first())..end).rev() {
            let byte = self.bytes.get(self.cut.index(from)).copied();
            self.set(from + data.len(), byte.unwrap_or_default());
        }
        self.place(position, data);
    }

    /// Replaces one byte that was written before.
    pub(crate) fn set(&mut self, position: usize, byte: u8) {
        self.place(position, &[byte]);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// What was written from `position` on.
    pub(crate) fn written_since(&self, position: usize) -> &[u8] {
        self.bytes.get(position..self.len).unwrap_or_default()
    }

    /// Stores what lies in the memory, and in the window where there is one.
    fn place(&mut self, position: usize, data: &[u8]) {
        let cut = self.cut.first().saturating_sub(position);
        let data = data.get(cut..).unwrap_or_default();
        let at = self.cut.index(position + cut);
        let room = self.bytes.get_mut(at..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(data) {
            *place = *byte;
        }
    }

    /// Where what can be kept ends.
    fn end(&self) -> usize {
        self.bytes.len() + self.cut.len()
    }

    /// The slice, and how much of it is written; `None` where something did not fit.
    pub(crate) fn finish(self) -> (&'b mut [u8], Option<usize>) {
        let fits = self.len <= self.end();
        (self.bytes, fits.then_some(self.len))
    }
}
