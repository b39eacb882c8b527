//! Texts of a bounded length, put together from pieces.

use core::ffi::CStr;

use heapless::String;

/// A text of up to `N` bytes. What is over that is cut, at a whole character, and nothing follows it.
pub struct BoundedText<const N: usize> {
    text: String<N>,
    longest: usize,
    is_cut: bool,
}

impl<const N: usize> BoundedText<N> {
    /// Nothing, with room for so many bytes, `N` at most.
    pub const fn with_room(longest: usize) -> Self {
        Self {
            text: String::new(),
            longest,
            is_cut: false,
        }
    }

    /// The text for C, where there is room left for its terminator; behind a zero byte of its own
    /// nothing counts.
    pub fn terminated(&mut self) -> Option<&CStr> {
        self.text.push('\0').ok()?;
        CStr::from_bytes_until_nul(self.text.as_bytes()).ok()
    }

    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends a piece, as far as it fits.
    pub fn push(&mut self, piece: &str) {
        if self.is_cut {
            return;
        }
        let mut end = piece
            .len()
            .min(self.longest.saturating_sub(self.text.len()));
        while !piece.is_char_boundary(end) {
            end -= 1;
        }
        self.is_cut = end < piece.len();
        let _ = self.text.push_str(piece.get(..end).unwrap_or_default());
    }
}
