//! A bounded output: it fills a slice and remembers that something did not fit, so that a writer
//! checks once, at its end.
//!
//! For a block of a larger body (RFC 7959) it is a window on what is written: everything is counted,
//! and only what lies in the window is kept. Bodies may so be larger than any memory, for each of
//! their blocks they are written again.

#[cfg_attr(not(feature = "block"), path = "cut_off.rs")]
mod cut;

use crate::number::digits::digits;
use cut::Cut;

/// Copies data to the start of a slice, where it fits; whether it does.
pub(crate) fn copy(data: &[u8], to: &mut [u8]) -> bool {
    let place = to.get_mut(..data.len());
    // The compiler sees by this that the copy cannot panic.
    let place = place.filter(|place| place.len() == data.len());
    place.map(|place| place.copy_from_slice(data)).is_some()
}

/// Writes from the start of a slice.
pub(crate) struct Buffer<'b> {
    bytes: &'b mut [u8],
    /// How much was written, whether or not it was kept.
    len: usize,
    cut: Cut,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self::behind(bytes, 0)
    }

    /// Writes behind what is written already.
    pub(crate) fn behind(bytes: &'b mut [u8], len: usize) -> Self {
        let cut = Cut::NONE;
        Self { bytes, len, cut }
    }

    #[inline(never)]
    pub(crate) fn put(&mut self, data: &[u8]) {
        if self.cut.is_open() {
            return self.put_in_window(data);
        }
        let start = self.len;
        self.len += data.len();
        self.place(start, data);
    }

    #[inline(never)]
    pub(crate) fn byte(&mut self, byte: u8) {
        if self.cut.is_open() {
            return self.put_in_window(&[byte]);
        }
        let position = self.len;
        self.len += 1;
        self.set(position, byte);
    }

    /// A number in decimal digits.
    pub(crate) fn number(&mut self, number: u32) {
        if number < 10 {
            return self.byte(b'0' + number as u8);
        }
        self.put(digits(number, &mut [0; 10]));
    }

    /// Inserts `data` at `position`, moving what stands behind it.
    pub(crate) fn insert(&mut self, position: usize, data: &[u8]) {
        if self.cut.is_open() {
            return self.insert_in_window(position, data);
        }
        self.len += data.len();
        let moved = self.bytes.get_mut(position..self.len).unwrap_or_default();
        for to in (data.len()..moved.len()).rev() {
            let byte = moved.get(to - data.len()).copied();
            if let (Some(place), Some(byte)) = (moved.get_mut(to), byte) {
                *place = byte;
            }
        }
        self.place(position, data);
    }

    /// Replaces one byte that was written before.
    pub(crate) fn set(&mut self, position: usize, byte: u8) {
        if self.cut.is_open() {
            return self.place_in_window(position, &[byte]);
        }
        if let Some(place) = self.bytes.get_mut(position) {
            *place = byte;
        }
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

    /// Stores what fits as a whole: where anything does not, nobody asks for the rest.
    fn place(&mut self, position: usize, data: &[u8]) {
        copy(data, self.bytes.get_mut(position..).unwrap_or_default());
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
