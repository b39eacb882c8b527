//! `credentials.rs` in an image without DTLS.

use client_lite::{Account, Security, TransportError};

use crate::platform::Credentials;

impl Credentials {
    pub(crate) fn of(security: Security<'_>) -> Result<Self, TransportError> {
        match security {
            Security::None => Ok(Self::default()),
            _ => Err(TransportError::Credentials),
        }
    }
}

pub(crate) fn proposal<'a>(_: &Account<'a>) -> Result<(&'a str, &'a [u16]), TransportError> {
    Ok(("", &[]))
}
