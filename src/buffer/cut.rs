//! A window on what is written, for a block of a larger body (RFC 7959).

use crate::buffer::Buffer;
use crate::number::checksum;

/// What is counted and not kept before the window.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    is_open: bool,
    start: usize,
    /// How much is left out.
    len: usize,
    /// The position from which on all is known. What is inserted before the window pushes into it
    /// what was not kept.
    known: usize,
    checksum: u32,
}

impl Cut {
    pub(super) const NONE: Self = Self {
        is_open: false,
        start: 0,
        len: 0,
        known: 0,
        checksum: checksum::START,
    };

    /// Whether there is a window.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// So much is about to be inserted at a position, of `written` bytes.
    fn insert(&mut self, position: usize, len: usize, written: usize) {
        if position < self.known {
            let pushed = self.known.min(written) + len;
            self.known = self.known.max(pushed);
        }
    }

    /// Where what is kept begins: behind the cut, where there is one.
    fn first(&self) -> usize {
        match self.len {
            0 => 0,
            len => self.start + len,
        }
    }

    /// How much is left out.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Where a position is in the memory.
    fn index(&self, position: usize) -> usize {
        if position < self.start {
            position
        } else {
            position.saturating_sub(self.len)
        }
    }
}

/// A window on what is written.
impl<'b> Buffer<'b> {
    /// Of what is written from here on, keeps what fits from `skip` on, and a little of what stands
    /// before it, which an insertion may push into the window.
    pub(crate) fn skip(&mut self, skip: usize) {
        let start = self.len;
        let len = skip.saturating_sub(SLACK);
        self.cut = Cut {
            is_open: true,
            start,
            len,
            known: start + len,
            checksum: checksum::START,
        };
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
        self.bytes.len().saturating_sub(self.cut.start + SLACK)
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
        let from = self.cut.index(from);
        for offset in 0..len {
            let byte = *self.bytes.get(from + offset)?;
            *self.bytes.get_mut(start + offset)? = byte;
        }
        self.len = start + len;
        self.cut = Cut::NONE;
        Some(())
    }

    pub(super) fn put_in_window(&mut self, data: &[u8]) {
        self.place_in_window(self.len, data);
        self.len += data.len();
        self.cut.checksum = checksum::extend(self.cut.checksum, data);
    }

    pub(super) fn insert_in_window(&mut self, position: usize, data: &[u8]) {
        self.cut.insert(position, data.len(), self.len);
        let end = self.len.min(self.end());
        self.put_in_window(data);
        for from in (position.max(self.cut.first())..end).rev() {
            let byte = self.bytes.get(self.cut.index(from)).copied();
            self.place_in_window(from + data.len(), &[byte.unwrap_or_default()]);
        }
        self.place_in_window(position, data);
    }

    /// Stores what lies in the memory and in the window.
    pub(super) fn place_in_window(&mut self, position: usize, data: &[u8]) {
        let cut = self.cut.first().saturating_sub(position);
        let data = data.get(cut..).unwrap_or_default();
        let at = self.cut.index(position + cut);
        let room = self.bytes.get_mut(at..).unwrap_or_default();
        for (place, byte) in room.iter_mut().zip(data) {
            *place = *byte;
        }
    }
}

/// How much is kept before a window: more than the heads of all that a writer has open at one point
/// of a body, and inserts when it closes it. A TLV's instance, resource and value are 18 bytes, and
/// the nested arrays and maps of CBOR 3 each where they have less than 65,536 entries.
const SLACK: usize = 32;

#[cfg(test)]
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
