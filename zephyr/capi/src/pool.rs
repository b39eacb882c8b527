//! Texts and opaque values of different lengths, one behind the other without gaps.

use heapless::Vec;

/// Memory for `N` bytes.
pub struct Pool<const N: usize> {
    bytes: Vec<u8, N>,
}

/// Where a value is in the pool.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    start: u16,
    length: u16,
}

impl Span {
    pub fn len(self) -> usize {
        self.length.into()
    }

    /// Where the value is after another one has been removed.
    pub fn after_removal_of(&mut self, removed: Self) {
        if self.start > removed.start {
            self.start -= removed.length;
        }
    }
}

impl<const N: usize> Pool<N> {
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    pub fn room(&self) -> usize {
        N - self.bytes.len()
    }

    pub fn get(&self, span: Span) -> &[u8] {
        let start = usize::from(span.start);
        self.bytes
            .get(start..start + span.len())
            .unwrap_or_default()
    }

    /// Appends a value; `None` where there is no room for it.
    pub fn append(&mut self, value: &[u8]) -> Option<Span> {
        let span = Span {
            start: self.bytes.len().try_into().ok()?,
            length: value.len().try_into().ok()?,
        };
        self.bytes.extend_from_slice(value).ok()?;
        Some(span)
    }

    /// Removes a value. The owners of all others apply [`Span::after_removal_of`].
    pub fn remove(&mut self, span: Span) {
        let removed = usize::from(span.start)..usize::from(span.start) + span.len();
        let mut index = 0;
        self.bytes.retain(|_| {
            index += 1;
            !removed.contains(&(index - 1))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_value_leaves_no_gap() {
        let mut pool = Pool::<8>::new();
        let first = pool.append(b"abc").unwrap();
        let mut second = pool.append(b"defgh").unwrap();
        assert!(pool.append(b"i").is_none());
        pool.remove(first);
        second.after_removal_of(first);
        assert_eq!(pool.get(second), b"defgh");
        let third = pool.append(b"ijk").unwrap();
        assert_eq!(pool.get(third), b"ijk");
        assert_eq!(pool.room(), 0);
    }

    #[test]
    fn empty_values_take_no_room() {
        let mut pool = Pool::<1>::new();
        let empty = pool.append(b"").unwrap();
        let full = pool.append(b"x").unwrap();
        pool.remove(empty);
        assert_eq!(pool.get(full), b"x");
        let empty = pool.append(b"").unwrap();
        assert_eq!(pool.get(empty), b"");
    }
}
