//! Access rights (LwM2M Core 1.1, 8.1).

use core::ops::{BitAnd, BitOr};

/// What a server may do with an object instance: a combination of rights.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rights(u8);

impl Rights {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Read, Observe and Write-Attributes.
    pub const READ: Self = Self(1);
    /// Write.
    pub const WRITE: Self = Self(2);
    /// Execute.
    pub const EXECUTE: Self = Self(4);
    /// Delete.
    pub const DELETE: Self = Self(8);
    /// Create, which is a right to an object and not to an instance of it.
    pub const CREATE: Self = Self(16);
    /// All that can be a right to an object instance.
    pub const FULL: Self = Self(15);

    /// Whether all rights of `other` are among these.
    pub const fn allow(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// As an ACL entry has them: its three upper bits mean nothing.
    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits & 31)
    }

    /// As an ACL entry has them.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }
}

impl BitOr for Rights {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Rights {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}
