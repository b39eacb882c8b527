//! Memory that outlives a loss of power, and the loss of power.

use client_lite::driver::ErrorKind;
use client_lite::{Part, Store};
use embedded_io::{ErrorType, Read, Write};

/// What a device has stored. It takes a part as a whole or not at all.
#[derive(Clone, Default)]
pub struct Flash {
    parts: [Option<Vec<u8>>; 2],
    /// What is being written.
    fresh: Option<(Part, Vec<u8>)>,
    /// What is being read.
    rest: Vec<u8>,
    /// How many parts were written.
    pub writes: usize,
    /// Milliseconds since 1970, where the device has a clock that runs on.
    pub time: Option<u64>,
    /// How many bytes, and commits, can be written before the power goes.
    pub power: Option<usize>,
    /// Whether nothing can be written.
    pub is_broken: bool,
    /// Whether the state of the application's objects is somewhere else.
    pub has_no_objects: bool,
}

impl Flash {
    pub fn part(&self, part: Part) -> Option<&Vec<u8>> {
        self.parts[part as usize].as_ref()
    }

    /// Stores something else in place of what the device has.
    pub fn set(&mut self, part: Part, bytes: Option<Vec<u8>>) {
        self.parts[part as usize] = bytes;
    }

    /// Whether the power has gone.
    pub fn is_off(&self) -> bool {
        self.power == Some(0)
    }

    /// Takes this much of the power; whether there was as much.
    fn take(&mut self, cost: usize) -> Result<(), ErrorKind> {
        if self.is_broken {
            return Err(ErrorKind::Other);
        }
        if let Some(power) = &mut self.power {
            *power = power.saturating_sub(cost);
            if *power == 0 {
                return Err(ErrorKind::Interrupted);
            }
        }
        Ok(())
    }
}

impl Store for Flash {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind> {
        let stored = self.part(part).cloned();
        self.rest = stored.clone().unwrap_or_default();
        Ok(stored.is_some())
    }

    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind> {
        self.take(1)?;
        self.fresh = Some((part, Vec::with_capacity(length)));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ErrorKind> {
        self.take(1)?;
        let (part, bytes) = self.fresh.take().expect("something is written");
        assert_eq!(bytes.len(), bytes.capacity(), "the length is the one told");
        self.writes += 1;
        self.set(part, Some(bytes));
        Ok(())
    }

    fn has_objects(&self) -> bool {
        !self.has_no_objects
    }

    fn time(&mut self) -> Option<u64> {
        self.time
    }
}

impl ErrorType for Flash {
    type Error = ErrorKind;
}

impl Read for Flash {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        // In pieces, as a medium may give it.
        let length = buffer.len().min(self.rest.len()).min(7);
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest.drain(..length);
        Ok(length)
    }
}

impl Write for Flash {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.take(bytes.len())?;
        let (_, fresh) = self.fresh.as_mut().expect("something is written");
        fresh.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}
