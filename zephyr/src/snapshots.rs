//! Where the client's snapshots are kept: a key of Zephyr's settings for each part.

use client_lite::driver::{Application, Driver, ErrorKind};
use client_lite::{Part, RestoreError, Store};
use embedded_io::{ErrorType, Read, Write};

use crate::kconfig::SNAPSHOT_SIZE;
#[cfg(feature = "log")]
use crate::log;
use crate::platform;
use crate::transport::Sockets;

/// Memory for one part on its way, which the settings take and give in one piece.
pub(crate) struct Snapshots {
    part: Part,
    bytes: [u8; SNAPSHOT_SIZE],
    /// Of the part.
    length: usize,
    /// What of it has been read or written.
    position: usize,
}

impl Snapshots {
    pub(crate) const fn new() -> Self {
        Self {
            part: Part::Accounts,
            bytes: [0; SNAPSHOT_SIZE],
            length: 0,
            position: 0,
        }
    }

    /// Has the client go on from what was stored, and keep snapshots here.
    pub(crate) fn keep<'m, A: Application>(
        &'m mut self,
        driver: &mut Driver<'m, Sockets<'m>>,
        application: &mut A,
    ) {
        let restored = driver.keep_snapshots(self, application);
        log_restored("accounts", restored.accounts);
        log_restored("session", restored.session);
    }

    /// What has not been read or written yet.
    fn rest(&mut self) -> &mut [u8] {
        let bytes = self.bytes.get_mut(..self.length);
        bytes
            .and_then(|bytes| bytes.get_mut(self.position..))
            .unwrap_or_default()
    }
}

impl Store for Snapshots {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind> {
        self.position = 0;
        self.length = platform::load_snapshot(part, &mut self.bytes).ok_or(ErrorKind::Other)?;
        Ok(self.length > 0)
    }

    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind> {
        if length > SNAPSHOT_SIZE {
            log_size(length);
            return Err(ErrorKind::OutOfMemory);
        }
        self.part = part;
        self.length = length;
        self.position = 0;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ErrorKind> {
        let bytes = self.bytes.get(..self.position).unwrap_or_default();
        match platform::save_snapshot(self.part, bytes) {
            true => Ok(()),
            false => Err(ErrorKind::Other),
        }
    }

    fn time(&mut self) -> Option<u64> {
        platform::time()
    }
}

impl ErrorType for Snapshots {
    type Error = ErrorKind;
}

impl Read for Snapshots {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let mut rest: &[u8] = self.rest();
        let count = rest.read(buffer).unwrap_or_default();
        self.position += count;
        Ok(count)
    }
}

impl Write for Snapshots {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let count = self.rest().write(bytes).map_err(|_| ErrorKind::WriteZero)?;
        self.position += count;
        Ok(count)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[cfg(feature = "log")]
fn log_restored(part: &str, restored: Result<(), RestoreError>) {
    const LEAD: &str = "snapshot of the ";
    match restored {
        Ok(()) => log::info(&[&LEAD, &part, &": taken over"]),
        Err(error @ RestoreError::Missing) => log::info(&[&LEAD, &part, &": ", &error]),
        Err(error) => log::warn(&[&LEAD, &part, &": ", &error]),
    }
}

#[cfg(not(feature = "log"))]
fn log_restored(_: &str, _: Result<(), RestoreError>) {}

#[cfg(feature = "log")]
fn log_size(length: usize) {
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    log::warn(&[
        &"a snapshot of ",
        &length,
        &" bytes: raise CONFIG_CLIENT_LITE_SNAPSHOT_SIZE",
    ]);
}

#[cfg(not(feature = "log"))]
fn log_size(_: usize) {}
