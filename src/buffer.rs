//! A bounded output: it fills a slice and remembers that something did not fit, so that a writer
//! checks once, at its end.
//!
//! For a block of a larger body (RFC 7959) it is a window on what is written: everything is counted,
//! and only what lies in the window is kept. Bodies may so be larger than any memory, for each of
//! their blocks they are written again.

#[cfg(feature = "block")]
use crate::number::checksum;

/// Writes from the start of a slice.
pub(crate) struct Buffer<'b> {
    bytes: &'b mut [u8],
    /// How much was written, whether or not it was kept.
    len: usize,
    #[cfg(feature = "block")]
    cut: Cut,
}

/// What is counted and not kept before the window.
#[cfg(feature = "block")]
#[derive(Clone, Copy)]
struct Cut {
    start: usize,
    /// How much is left out.
    len: usize,
    /// The position from which on all is known. What is inserted before the window pushes into it
    /// what was not kept.
    known: usize,
    checksum: u32,
}

impl<'b> Buffer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes,
            len: 0,
            #[cfg(feature = "block")]
            cut: Cut {
                start: 0,
                len: 0,
                known: 0,
                checksum: checksum::START,
            },
        }
    }

    #[inline(never)]
    pub(crate) fn put(&mut self, data: &[u8]) {
        let start = self.len;
        self.len += data.len();
        self.place(start, data);
        #[cfg(feature = "block")]
        {
            self.cut.checksum = checksum::extend(self.cut.checksum, data);
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
        #[cfg(feature = "block")]
        if position < self.cut.known {
            let pushed = self.cut.known.min(self.len) + data.len();
            self.cut.known = self.cut.known.max(pushed);
        }
        let end = self.len.min(self.end());
        self.put(data);
        for from in (position.max(self.first())..end).rev() {
            let byte = self.bytes.get(self.index(from)).copied();
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
        let cut = self.first().saturating_sub(position);
        let data = data.get(cut..).unwrap_or_default();
        let at = self.index(position + cut);
        let room = self.bytes.get_mut(at..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(data) {
            *place = *byte;
        }
    }

    /// The slice, and how much of it is written; `None` where something did not fit.
    pub(crate) fn finish(self) -> (&'b mut [u8], Option<usize>) {
        let fits = self.len <= self.end();
        (self.bytes, fits.then_some(self.len))
    }
}

/// Without blocks a position is an index.
#[cfg(not(feature = "block"))]
impl Buffer<'_> {
    fn first(&self) -> usize {
        0
    }

    fn end(&self) -> usize {
        self.bytes.len()
    }

    fn index(&self, position: usize) -> usize {
        position
    }
}

/// A window on what is written.
#[cfg(feature = "block")]
impl<'b> Buffer<'b> {
    /// Of what is written from here on, keeps what fits from `skip` on, and a little of what stands
    /// before it, which an insertion may push into the window.
    pub(crate) fn skip(&mut self, skip: usize) {
        let start = self.len;
        let len = skip.saturating_sub(SLACK);
        self.cut = Cut {
            start,
            len,
            known: start + len,
            checksum: checksum::START,
        };
    }

    /// Where what is kept begins: behind the cut, where there is one.
    fn first(&self) -> usize {
        match self.cut.len {
            0 => 0,
            len => self.cut.start + len,
        }
    }

    /// Where what can be kept ends.
    fn end(&self) -> usize {
        self.bytes.len() + self.cut.len
    }

    fn index(&self, position: usize) -> usize {
        if position < self.cut.start {
            position
        } else {
            position.saturating_sub(self.cut.len)
        }
    }

    /// How much was written since the window was opened.
    pub(crate) fn total(&self) -> usize {
        self.len.saturating_sub(self.cut.start)
    }

    /// A checksum of all that was written since the window was opened.
    pub(crate) fn checksum(&self) -> u32 {
        self.cut.checksum
    }

    /// How much of it can be kept.
    pub(crate) fn room(&self) -> usize {
        self.bytes.len().saturating_sub(self.cut.start)
    }

    /// Whether all that was written was kept, and so much more would be.
    pub(crate) fn fits_with(&self, more: usize) -> bool {
        self.cut.len == 0 && self.len + more <= self.end()
    }

    /// Closes the window: of what was written since it was opened, the `len` bytes from `skip` on
    /// remain. `None` where they were not kept.
    pub(crate) fn keep(&mut self, skip: usize, len: usize) -> Option<()> {
        let start = self.cut.start;
        let from = start + skip;
        if from < self.cut.known || from + len > self.len.min(self.end()) {
            return None;
        }
        let from = self.index(from);
        for offset in 0..len {
            let byte = *self.bytes.get(from + offset)?;
            *self.bytes.get_mut(start + offset)? = byte;
        }
        self.len = start;
        self.skip(0);
        self.len += len;
        Some(())
    }
}

/// How much is kept before a window: more than the heads of all that a writer has open at one point
/// of a body, and inserts when it closes it. A TLV's instance, resource and value are 18 bytes, and
/// the nested arrays and maps of CBOR 3 each where they have less than 65,536 entries.
#[cfg(feature = "block")]
pub(crate) const SLACK: usize = 32;

#[cfg(all(test, feature = "block"))]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    /// What writers do: content, numbers, and containers whose head is inserted once they end.
    #[derive(Clone, Debug)]
    enum Step {
        Put(Vec<u8>),
        Number(u32),
        /// A name whose first byte is set once its length is known.
        Named(Vec<u8>),
        Container(Vec<u8>, Vec<Step>),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let bytes = |most| prop::collection::vec(any::<u8>(), 0..=most);
        let leaf = prop_oneof![
            bytes(60).prop_map(Step::Put),
            any::<u32>().prop_map(Step::Number),
            bytes(20).prop_map(Step::Named),
        ];
        // Four levels of heads of up to 8 bytes: what the slack is for.
        let step = leaf.prop_recursive(4, 40, 6, move |inner| {
            (bytes(8), prop::collection::vec(inner, 0..6))
                .prop_map(|(head, steps)| Step::Container(head, steps))
        });
        prop::collection::vec(step, 0..8)
    }

    fn write(steps: &[Step], buffer: &mut Buffer<'_>) {
        for step in steps {
            match step {
                Step::Put(data) => buffer.put(data),
                Step::Number(number) => buffer.number(*number),
                Step::Named(name) => {
                    let start = buffer.len();
                    buffer.byte(b'/');
                    buffer.put(name);
                    buffer.set(start, name.len() as u8);
                }
                Step::Container(head, steps) => {
                    let start = buffer.len();
                    write(steps, buffer);
                    buffer.insert(start, head);
                }
            }
        }
    }

    proptest! {
        /// For every place and size of the window, what it shows is that part of the whole.
        #[test]
        fn a_window_shows_a_part_of_the_whole(
            steps in steps(),
            head in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let mut memory = [0; 8192];
            let mut buffer = Buffer::new(&mut memory);
            buffer.put(&head);
            buffer.skip(0);
            write(&steps, &mut buffer);
            let (total, checksum) = (buffer.total(), buffer.checksum());
            let whole = buffer.written_since(head.len()).to_vec();
            prop_assert_eq!(whole.len(), total);
            for limit in [1, 16, 100] {
                for skip in 0..=total {
                    let mut memory = [0; 512];
                    let memory = &mut memory[..head.len() + SLACK + limit];
                    let mut buffer = Buffer::new(memory);
                    buffer.put(&head);
                    buffer.skip(skip);
                    write(&steps, &mut buffer);
                    prop_assert_eq!((buffer.total(), buffer.checksum()), (total, checksum));
                    let len = limit.min(total - skip);
                    prop_assert_eq!(buffer.keep(skip, len), Some(()), "{}", skip);
                    prop_assert_eq!(buffer.written_since(head.len()), &whole[skip..skip + len]);
                    prop_assert_eq!(buffer.finish().0.get(..head.len()), Some(&head[..]));
                }
            }
        }
    }

    /// More than the slack was pushed over the window's start: nobody gets what is not known.
    #[test]
    fn what_is_not_known_is_not_shown() {
        let mut memory = [0; 128];
        let mut buffer = Buffer::new(&mut memory);
        buffer.skip(64);
        buffer.put(&[1; 100]);
        buffer.insert(0, &[2; SLACK]);
        buffer.insert(0, &[2]);
        assert_eq!(buffer.keep(64, 16), None);
        assert_eq!(buffer.keep(65, 16), Some(()));
    }
}
