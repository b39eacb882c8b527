//! What an account shows its server, where DTLS finds it.

#[cfg(feature = "certificates")]
use client_lite::Trust;
use client_lite::{Account, Security, TransportError};

use crate::platform::Credentials;
use crate::shim::{CLIENT_LITE_LONGEST_NAME, CLIENT_LITE_MOST_CIPHER_SUITES};
use crate::{kconfig, platform};

impl Credentials {
    /// Stores what an account has of them.
    pub(crate) fn of(security: Security<'_>) -> Result<Self, TransportError> {
        match security {
            Security::None => {
                forget();
                Ok(Self::default())
            }
            Security::Tag(tag) => {
                if tag != kconfig::ACCOUNT_SEC_TAG {
                    forget();
                }
                Ok(Self {
                    tag: Some(tag),
                    pinned: false,
                })
            }
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

/// The key of an account before is nobody's any longer.
fn forget() {
    platform::store(kconfig::ACCOUNT_SEC_TAG, [&[]; 5]);
}

/// The name and the cipher suites that the handshake with an account's server is to propose; refused where
/// they are more than the shim takes.
pub(crate) fn proposal<'a>(account: &Account<'a>) -> Result<(&'a str, &'a [u16]), TransportError> {
    #[cfg(feature = "certificates")]
    let (name, suites) = {
        let handshake = account.handshake;
        (handshake.server_name, handshake.cipher_suites)
    };
    #[cfg(not(feature = "certificates"))]
    let (name, suites): (&str, &[u16]) = {
        let _ = account;
        ("", &[])
    };
    if name.len() > CLIENT_LITE_LONGEST_NAME as usize
        || suites.len() > CLIENT_LITE_MOST_CIPHER_SUITES as usize
    {
        return Err(TransportError::Credentials);
    }
    Ok((name, suites))
}
