//! Certificates: the device's own, and whether a server's is accepted.

use std::time::SystemTime;

use dimpl::DtlsCertificate;
use dimpl::crypto::Buf;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

use crate::ecdsa;

/// The certificates of an account, which outlive it.
#[derive(PartialEq, Eq)]
pub(crate) struct Certificates {
    certificate: Vec<u8>,
    key: Vec<u8>,
    server: Trust,
}

/// Which server is accepted.
#[derive(PartialEq, Eq)]
enum Trust {
    Authority(Vec<u8>),
    Certificate(Vec<u8>),
}

impl Certificates {
    /// Fails where they cannot be used, with the reason: the DTLS library relies on them.
    pub(crate) fn of(account: client_lite::Certificates<'_>) -> Result<Self, &'static str> {
        let certificates = Self {
            certificate: account.certificate.into(),
            key: account.key.into(),
            server: match account.server {
                client_lite::Trust::Authority(authority) => Trust::Authority(authority.into()),
                client_lite::Trust::Certificate(server) => Trust::Certificate(server.into()),
            },
        };
        certificates.check().map(|()| certificates)
    }

    fn check(&self) -> Result<(), &'static str> {
        match &self.server {
            Trust::Authority(authority) => {
                anchor_from_trusted_cert(&CertificateDer::from(&**authority))
                    .map_err(|_| "the certificate of the authority is not X.509 in DER")?;
            }
            Trust::Certificate(server) => {
                EndEntityCert::try_from(&CertificateDer::from(&**server))
                    .map_err(|_| "the server's certificate is not X.509 in DER")?;
            }
        }
        EndEntityCert::try_from(&CertificateDer::from(&*self.certificate))
            .map_err(|_| "this device's certificate is not X.509 in DER")?;
        let config = dimpl::Config::default();
        let provider = config.crypto_provider();
        let mut key = provider
            .key_provider
            .load_private_key(&self.key)
            .map_err(|_| {
                "this device's private key is not an ECDSA key on P-256 or P-384, in PKCS #8 or SEC 1"
            })?;
        let (mut signature, hash) = (Buf::new(), key.hash_algorithm());
        key.sign(PROBE, hash, &mut signature)
            .and_then(|()| {
                provider.signature_verification.verify_signature(
                    &self.certificate,
                    PROBE,
                    &signature,
                    hash,
                    key.algorithm(),
                )
            })
            .map_err(|_| "this device's private key is not the one of its certificate")
    }

    pub(crate) fn own(&self) -> DtlsCertificate {
        DtlsCertificate {
            certificate: self.certificate.clone(),
            private_key: self.key.clone(),
        }
    }

    /// Whether `certificate` is that of the server `host` now; otherwise why not.
    pub(crate) fn verify(
        &self,
        host: &str,
        certificate: &[u8],
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let authority = match &self.server {
            Trust::Authority(authority) => authority,
            Trust::Certificate(server) if server == certificate => return Ok(()),
            Trust::Certificate(_) => {
                return Err(Refusal {
                    alert: BAD_CERTIFICATE,
                    reason: "it is not the one that this device trusts".into(),
                });
            }
        };
        path(authority, host, certificate, now).map_err(|error| {
            let (alert, reason) = match error {
                Error::CertExpired { .. } => (CERTIFICATE_EXPIRED, "it has expired".into()),
                Error::CertNotValidYet { .. } => (
                    CERTIFICATE_EXPIRED,
                    "it is not valid yet: is the clock right?".into(),
                ),
                Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => (
                    UNKNOWN_CA,
                    "it is not signed by the authority that this device trusts".into(),
                ),
                Error::CertNotValidForName(_) | Error::MalformedDnsIdentifier => (
                    BAD_CERTIFICATE,
                    format!(
                        "it is not for {}, as the server URI has it",
                        host.escape_debug()
                    ),
                ),
                Error::RequiredEkuNotFoundContext(_) => {
                    (BAD_CERTIFICATE, "it is not for servers".into())
                }
                other => (BAD_CERTIFICATE, other.to_string()),
            };
            Refusal { alert, reason }
        })
    }
}

/// RFC 5280, 6, and RFC 6125 for the name.
fn path(authority: &[u8], host: &str, certificate: &[u8], now: SystemTime) -> Result<(), Error> {
    let (authority, certificate) = (
        CertificateDer::from(authority),
        CertificateDer::from(certificate),
    );
    let certificate = EndEntityCert::try_from(&certificate)?;
    let since = now.duration_since(SystemTime::UNIX_EPOCH);
    certificate.verify_for_usage(
        ecdsa::ALGORITHMS,
        &[anchor_from_trusted_cert(&authority)?],
        &[],
        UnixTime::since_unix_epoch(since.unwrap_or_default()),
        KeyUsage::server_auth(),
        None,
        None,
    )?;
    let name = ServerName::try_from(host).map_err(|_| Error::MalformedDnsIdentifier)?;
    certificate.verify_is_valid_for_subject_name(&name)
}

/// Why a server's certificate is not accepted.
pub(crate) struct Refusal {
    /// What the server is told (RFC 5246, 7.2.2).
    pub(crate) alert: u8,
    pub(crate) reason: String,
}

const BAD_CERTIFICATE: u8 = 42;
const CERTIFICATE_EXPIRED: u8 = 45;
const UNKNOWN_CA: u8 = 48;

/// Signed to see whether key and certificate belong together.
const PROBE: &[u8] = b"client-lite";
