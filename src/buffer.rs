//! A bounded output: it fills a slice and remembers that something did not fit, so that a writer
//! checks once, at its end.

/// Writes from the start of a slice.
pub(crate) struct Buffer<'b> {
    bytes: &'b mut [u8],
    len: usize,
    overflowed: bool,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            len: 0,
            overflowed: false,
        }
    }

    /// Appends all of `data` or nothing.
    #[inline(never)]
    pub(crate) fn put(&mut self, data: &[u8]) {
        let free = self.bytes.get_mut(self.len..);
        match free.and_then(|free| free.split_at_mut_checked(data.len())) {
            Some((head, _)) => {
                head.copy_from_slice(data);
                self.len += data.len();
            }
            None => self.overflowed = true,
        }
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
        let end = self.len;
        self.put(data);
        if self.overflowed {
            return;
        }
        for from in (position..end).rev() {
            let byte = self.bytes.get(from).copied().unwrap_or_default();
            self.set(from + data.len(), byte);
        }
        for (offset, byte) in data.iter().enumerate() {
            self.set(position + offset, *byte);
        }
    }

    /// Replaces one byte that was written before.
    pub(crate) fn set(&mut self, position: usize, byte: u8) {
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

    /// The slice, and how much of it is written; `None` where something did not fit.
    pub(crate) fn finish(self) -> (&'b mut [u8], Option<usize>) {
        (self.bytes, (!self.overflowed).then_some(self.len))
    }
}
