//! The server's certificate, and whom it believes.

use std::path::Path;
use std::time::SystemTime;
use std::{fmt, io};

use dimpl::DtlsCertificate;
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

use crate::alert::{self, Alert};
use crate::ecdsa::EcdsaP256;
use crate::pki::{self, common_name_of};

/// What a server needs for certificates (LwM2M 1.1 Transport, 5.2.9.3). `Debug` does not show the key.
#[derive(Clone)]
pub struct Certificates {
    /// The authority that certifies devices: X.509 in DER, with a key on P-256.
    pub ca: Vec<u8>,
    /// The server's own: X.509 in DER, with a key on P-256 or P-384.
    pub certificate: Vec<u8>,
    /// Its private key: PKCS #8 or SEC 1, in DER.
    pub key: Vec<u8>,
    /// Whether a device must have a certificate: its endpoint name is then the certificate's common
    /// name, and other names are refused with 4.00. Otherwise devices are not asked for one.
    pub require_client: bool,
}

impl Certificates {
    /// Those that [`pki::create`](crate::pki::create) has made; a device must have one as well.
    ///
    /// # Errors
    ///
    /// Names the file that cannot be read.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let read = |file: &str| pki::read(&folder.join(file));
        Ok(Self {
            ca: read("ca.der")?,
            certificate: read("server.der")?,
            key: read("server-key.der")?,
            require_client: true,
        })
    }

    /// Fails where one of them is none: what comes later relies on them.
    pub(crate) fn check(&self) -> io::Result<()> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what);
        anchor_from_trusted_cert(&CertificateDer::from(&*self.ca))
            .map_err(|_| wrong("the authority's certificate is not X.509 in DER"))?;
        EndEntityCert::try_from(&CertificateDer::from(&*self.certificate))
            .map_err(|_| wrong("the server's certificate is not X.509 in DER"))?;
        dimpl::Config::default()
            .crypto_provider()
            .key_provider
            .load_private_key(&self.key)
            .map_err(|_| wrong("the server's key is not an ECDSA key in PKCS #8 or SEC 1"))?;
        Ok(())
    }

    pub(crate) fn own(&self) -> DtlsCertificate {
        DtlsCertificate {
            certificate: self.certificate.clone(),
            private_key: self.key.clone(),
        }
    }

    /// The endpoint name that a device's certificate is for, or why it is not accepted.
    pub(crate) fn endpoint(&self, certificate: &[u8]) -> Result<String, (Alert, String)> {
        self.verify(certificate).map_err(|error| {
            let (alert, why) = match error {
                Error::CertExpired { .. } => (alert::CERTIFICATE_EXPIRED, "has expired".into()),
                Error::CertNotValidYet { .. } => {
                    (alert::CERTIFICATE_EXPIRED, "is not valid yet".into())
                }
                Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => {
                    (alert::UNKNOWN_CA, "is of another authority".into())
                }
                other => (alert::BAD_CERTIFICATE, format!("is refused: {other}")),
            };
            (alert, format!("its certificate {why}"))
        })?;
        common_name_of(certificate).ok_or_else(|| {
            let why = "its certificate has no common name";
            (alert::BAD_CERTIFICATE, why.into())
        })
    }

    /// RFC 5280, 6: up to the authority, for now and for a client.
    fn verify(&self, certificate: &[u8]) -> Result<(), Error> {
        let ca = CertificateDer::from(&*self.ca);
        let certificate = CertificateDer::from(certificate);
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        EndEntityCert::try_from(&certificate)?.verify_for_usage(
            &[&EcdsaP256],
            &[anchor_from_trusted_cert(&ca)?],
            &[],
            UnixTime::since_unix_epoch(now),
            KeyUsage::client_auth(),
            None,
            None,
        )?;
        Ok(())
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client = if self.require_client {
            "required"
        } else {
            "not asked"
        };
        write!(f, "Certificates(client {client})")
    }
}
