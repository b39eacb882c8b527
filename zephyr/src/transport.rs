//! The way to the server: Zephyr's sockets, and a connector that does what would wait.

use client_lite::driver::{ErrorKind, Transport};
use client_lite::{
    Account, Association, Endpoints, Instant, ReleaseAssistance, ServerUri, TransportError,
};

use crate::credentials;
use crate::kconfig;
use crate::platform::{self, Credentials, Received, Server};

pub(crate) struct Sockets<'b> {
    received: &'b mut [u8],
}

impl<'b> Sockets<'b> {
    /// `received` has room for the largest datagram.
    pub(crate) fn new(received: &'b mut [u8]) -> Self {
        Self { received }
    }
}

impl Transport for Sockets<'_> {
    fn now(&self) -> Instant {
        platform::now()
    }

    fn open(
        &mut self,
        account: Account<'_>,
        renew: bool,
    ) -> Result<Option<Association>, TransportError> {
        let opened = open(account, renew);
        if opened.is_err() {
            self.close();
        }
        opened.map(|()| None)
    }

    fn close(&mut self) {
        platform::close();
    }

    fn poll_connection(&mut self) -> Option<Result<Association, TransportError>> {
        platform::connection()
    }

    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind> {
        platform::send(datagram)
            .then_some(())
            .ok_or(ErrorKind::Other)
    }

    fn assist_release(&mut self, expected: ReleaseAssistance) {
        if kconfig::RELEASE_ASSISTANCE {
            platform::assist_release(expected);
        }
    }

    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind> {
        match platform::receive(self.received) {
            Received::Datagram(datagram) => Ok(Some(datagram)),
            Received::TooLarge => Ok(Some(&[])),
            Received::Nothing => Ok(None),
            Received::Failed => Err(ErrorKind::Other),
        }
    }

    fn endpoints(&self) -> Option<Endpoints> {
        platform::endpoints()
    }

    fn go_on_between(&mut self, endpoints: Endpoints) {
        platform::go_on_between(endpoints);
    }
}

/// Begins to connect to an account's server.
fn open(account: Account<'_>, renew: bool) -> Result<(), TransportError> {
    let uri = ServerUri::parse(account.uri).map_err(|_| TransportError::NotResolved)?;
    let (name, cipher_suites) = credentials::proposal(&account)?;
    platform::open(&Server {
        host: &uri.host.to_name(),
        port: uri.port,
        credentials: Credentials::of(account.security)?,
        name,
        cipher_suites,
        renew,
    });
    Ok(())
}
