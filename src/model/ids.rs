//! Ids of the OMA registry that the client itself treats as something special.

pub(crate) const SECURITY: u16 = 0;
pub(crate) const SERVER: u16 = 1;
pub(crate) const ACCESS_CONTROL: u16 = 2;
pub(crate) const DEVICE: u16 = 3;

/// Of object 1.
pub(crate) const SHORT_SERVER_ID: u16 = 0;
