//! What outlives a loss of power, and where a platform keeps it.
//!
//! A snapshot has two [parts](Part), each checked by itself: what is torn, of another build or of
//! another device is recognised, and the device begins without it.

use core::fmt;

use embedded_io::{ErrorKind, ErrorType, Read, Write};

use crate::describe::{Describe, display};

/// Memory that outlives a loss of power: a file, or a key of Zephyr's settings, for each part.
///
/// A part is read after [`open`](Self::open), and written after [`create`](Self::create), one at a time.
pub trait Store: Read + Write + ErrorType<Error = ErrorKind> {
    /// Begins to read a part from its start; whether it is there.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind>;

    /// Begins to write a part anew, of `length` bytes. What there is of it stays until
    /// [`commit`](Self::commit).
    ///
    /// # Errors
    ///
    /// There is no room for it.
    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind>;

    /// What was written takes the place of what there was, as a whole or not at all, also where the power
    /// goes meanwhile.
    ///
    /// # Errors
    ///
    /// It does not, and the part is as before.
    fn commit(&mut self) -> Result<(), ErrorKind>;

    /// Whether the state of the application's [`Persistent`](crate::Persistent) objects is kept here. Of a
    /// device with several clients over the same objects, it is in the store of one, which is restored
    /// first.
    fn has_objects(&self) -> bool {
        true
    }

    /// Milliseconds since 1970-01-01T00:00Z, where the device knows them also after a loss of power. From
    /// them the client knows how long it was away, and whether a registration still holds; without
    /// them it asks the server, and the timeout of a bootstrap account (/0/x/12) stands still meanwhile.
    fn time(&mut self) -> Option<u64> {
        None
    }
}

/// A store as the client uses it: a table of embedded-io's functions would have all of them, and with them
/// their panics.
pub(crate) trait Medium {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind>;
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind>;
    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind>;
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind>;
    fn commit(&mut self) -> Result<(), ErrorKind>;
    fn has_objects(&self) -> bool;
    fn time(&mut self) -> Option<u64>;
}

impl<S: Store> Medium for S {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind> {
        Store::open(self, part)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        Read::read(self, bytes)
    }

    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind> {
        Store::create(self, part, length)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Write::write(self, bytes)
    }

    fn commit(&mut self) -> Result<(), ErrorKind> {
        Store::commit(self)
    }

    fn has_objects(&self) -> bool {
        Store::has_objects(self)
    }

    fn time(&mut self) -> Option<u64> {
        Store::time(self)
    }
}

/// A part of what is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// What a bootstrap server has written of servers, the Server object, and objects of the application
    /// that are [`Persistent`](crate::Persistent), which belong together: up to the
    /// [sizes of the accounts](crate::Capacities::accounts), and those of the objects. It has keys in
    /// the clear.
    Accounts,
    /// The registration with the ends of its association, observations with their attributes, message ids of
    /// what must not run twice, and records. Each observation takes up to 40 bytes, an attribute 17, a path
    /// of a composite observation 30, a request 11, a record 25, and the rest up to 120 with the
    /// [location](crate::Capacities::location_size).
    Session,
}

/// What has become of each part at [`Client::restore`](crate::Client::restore).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Restored {
    /// [`Part::Accounts`].
    pub accounts: Result<(), RestoreError>,
    /// [`Part::Session`].
    pub session: Result<(), RestoreError>,
}

/// Why there is nothing of a part that could be restored. The device begins without it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RestoreError {
    /// Nothing was stored yet.
    Missing,
    /// It is torn or was changed, or larger than this device's [`Capacities`](crate::Capacities).
    Damaged,
    /// It is of another version of the client, or of one with other features.
    OtherBuild,
    /// It is of another endpoint name or configured account. Of the session also: of other accounts than
    /// are there now, or of other objects or instances.
    OtherDevice,
    /// The store cannot be read.
    Store(ErrorKind),
}

impl Describe for RestoreError {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        write(match self {
            Self::Missing => "nothing was stored yet",
            Self::Damaged => "what was stored is torn, or too large for the capacities",
            Self::OtherBuild => "what was stored is of another build",
            Self::OtherDevice => "what was stored is of another configuration, or of other objects",
            Self::Store(_) => "the store cannot be read",
        });
    }
}

impl fmt::Display for RestoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

impl core::error::Error for RestoreError {}
