//! Snapshots in files: each part in one of its own, written aside and renamed, so that it is there as a
//! whole or as it was before.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use client_lite::driver::ErrorKind;
use client_lite::{Part, Store};
use embedded_io::{ErrorType, Read, Write};

/// The files of one client.
pub(crate) struct Snapshots {
    folder: PathBuf,
    /// Which client's they are, by its place among those of the device.
    client: usize,
    read: Option<File>,
    /// What is written aside, and where it belongs.
    written: Option<(File, PathBuf)>,
}

impl Snapshots {
    /// Makes the folder where it is not there.
    pub(crate) fn new(folder: &Path, client: usize) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.into(),
            client,
            read: None,
            written: None,
        })
    }

    fn path(&self, part: Part) -> PathBuf {
        let part = match part {
            Part::Accounts => "accounts",
            Part::Session => "session",
        };
        self.folder.join(format!("{}.{part}", self.client))
    }

    /// Where a part is written before it takes its place.
    fn aside(&self) -> PathBuf {
        self.folder.join(format!("{}.new", self.client))
    }
}

impl Store for Snapshots {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind> {
        self.read = match File::open(self.path(part)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => Some(opened.map_err(kind)?),
        };
        Ok(self.read.is_some())
    }

    fn create(&mut self, part: Part, _: usize) -> Result<(), ErrorKind> {
        let path = self.path(part);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        // There may be keys in it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.aside()).map_err(kind)?;
        self.written = Some((file, path));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ErrorKind> {
        let (file, path) = self.written.take().ok_or(ErrorKind::InvalidInput)?;
        file.sync_all().map_err(kind)?;
        fs::rename(self.aside(), path).map_err(kind)?;
        // The name is in the folder.
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(kind)
    }

    fn has_objects(&self) -> bool {
        self.client == 0
    }

    fn time(&mut self) -> Option<u64> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        since.ok()?.as_millis().try_into().ok()
    }
}

impl ErrorType for Snapshots {
    type Error = ErrorKind;
}

impl Read for Snapshots {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let file = self.read.as_mut().ok_or(ErrorKind::InvalidInput)?;
        file.read(buffer).map_err(kind)
    }
}

impl Write for Snapshots {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let (file, _) = self.written.as_mut().ok_or(ErrorKind::InvalidInput)?;
        file.write(bytes).map_err(kind)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// The client only tells that something went wrong; what it was is for the log.
fn kind(error: io::Error) -> ErrorKind {
    log::warn!("snapshot: {error}");
    match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::PermissionDenied,
        io::ErrorKind::StorageFull => ErrorKind::OutOfMemory,
        _ => ErrorKind::Other,
    }
}
