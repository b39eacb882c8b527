//! Values whose lengths differ, in memory of the caller's.

use crate::archive::Archive;

/// One field of all instances, each in as many bytes as the longest may have.
pub(crate) struct Column<'s> {
    bytes: &'s mut [u8],
    /// Of the longest value, in bytes.
    pub(crate) size: usize,
}

impl<'s> Column<'s> {
    pub(crate) fn new<const SIZE: usize>(cells: &'s mut [[u8; SIZE]]) -> Self {
        Self {
            bytes: cells.as_flattened_mut(),
            size: SIZE,
        }
    }

    pub(crate) fn get(&self, slot: usize, length: u16) -> &[u8] {
        let start = slot.saturating_mul(self.size);
        let cell = self.bytes.get(start..).unwrap_or_default();
        cell.get(..length.into()).unwrap_or_default()
    }

    /// The value of a slot, and its length.
    pub(crate) fn archive(&mut self, slot: usize, length: &mut u16, archive: &mut Archive<'_>) {
        archive.u16(length);
        let start = slot.saturating_mul(self.size);
        let cell = self.bytes.get_mut(start..).unwrap_or_default();
        match cell.get_mut(..usize::from(*length)) {
            Some(value) if value.len() <= self.size => archive.bytes(value),
            _ => archive.refuse(),
        }
    }

    /// Nothing of what was there before is left.
    pub(crate) fn set(&mut self, slot: usize, value: &[u8]) {
        let start = slot.saturating_mul(self.size);
        let cell = self.bytes.get_mut(start..).unwrap_or_default();
        for (index, byte) in cell.iter_mut().take(self.size).enumerate() {
            *byte = value.get(index).copied().unwrap_or_default();
        }
    }
}
