//! What an account shows its server, where DTLS finds it.

#[cfg(feature = "certificates")]
use client_lite::Trust;
use client_lite::{Account, Security, TransportError};

use crate::{kconfig, platform};

/// The credentials that an association begins with.
#[derive(Default)]
pub(crate) struct Credentials {
    /// Their security tag; `None` without DTLS.
    pub(crate) tag: Option<u32>,
    /// Whether the server's certificate has to be the one under the tag.
    pub(crate) pinned: bool,
}

impl Credentials {
    /// Stores what an account has of them.
    pub(crate) fn of(security: Security<'_>) -> Result<Self, TransportError> {
        match security {
            Security::None => Ok(Self::default()),
            Security::Tag(tag) => Ok(Self {
                tag: Some(tag),
                pinned: false,
            }),
            Security::PreSharedKey { identity, key } => {
                Self::stored([identity, key, &[], &[], &[]], false)
            }
            #[cfg(feature = "certificates")]
            Security::Certificates(certificates) => {
                let (server, pinned) = match certificates.server {
                    Trust::Authority(authority) => (authority, false),
                    Trust::Certificate(server) => (server, true),
                };
                let (own, key) = (certificates.certificate, certificates.key);
                Self::stored([&[], &[], own, key, server], pinned)
            }
            _ => Err(TransportError::Credentials),
        }
    }

    fn stored(credentials: [&[u8]; 5], pinned: bool) -> Result<Self, TransportError> {
        let tag = kconfig::ACCOUNT_SEC_TAG;
        if !platform::store(tag, credentials) {
            return Err(TransportError::Credentials);
        }
        Ok(Self {
            tag: Some(tag),
            pinned,
        })
    }
}

/// The name and the cipher suites that the handshake with an account's server is to propose.
pub(crate) fn proposal<'a>(account: &Account<'a>) -> (&'a str, &'a [u16]) {
    #[cfg(feature = "certificates")]
    return (
        account.handshake.server_name,
        account.handshake.cipher_suites,
    );
    #[cfg(not(feature = "certificates"))]
    {
        let _ = account;
        ("", &[])
    }
}
