//! X.509 certificates as credentials of an account.

use core::fmt;

use crate::error::Detail;

/// What a device needs for a server with certificates (LwM2M 1.1 Transport, 5.2.9.3): the resources 3 to 5
/// of a Security instance whose mode is 2. `Debug` does not show the key.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Certificates<'a> {
    /// The device's own: X.509 in DER. Servers expect the endpoint name as its subject's common name.
    pub certificate: &'a [u8],
    /// Its private key: PKCS #8 in DER.
    pub key: &'a [u8],
    /// Which server is accepted.
    pub server: Trust<'a>,
}

/// Which server is accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trust<'a> {
    /// One with a certificate that the authority has signed, that is valid now, and that has the name in
    /// [`Account::handshake`](crate::Account::handshake), or else the host of the server's URI. This is the
    /// authority's certificate, X.509 in DER. In /0/x/15 it is 2, a trust anchor assertion.
    Authority(&'a [u8]),
    /// The one with this certificate, X.509 in DER, whatever it says of names and dates. In /0/x/15 it is 3, a
    /// domain-issued certificate, which is the default there.
    Certificate(&'a [u8]),
}

impl Certificates<'_> {
    /// Whether everything is there; what it is, the platform's DTLS tells.
    pub(crate) fn check(&self) -> Result<(), Detail> {
        let (Trust::Authority(server) | Trust::Certificate(server)) = self.server;
        match [self.certificate, self.key, server].contains(&&[][..]) {
            true => Err(Detail::Security),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Certificates<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Certificates")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}
