//! What outlives a reboot.

use std::cell::Cell;
use std::rc::Rc;

use client_lite::driver::ErrorKind;
use client_lite::{Instant, Part, Store};
use embedded_io::{ErrorType, Read, Write};

/// The time, which a clock on the board knows also after a reboot.
pub type Clock = Rc<Cell<Instant>>;

/// Flash memory with the parts of a snapshot.
#[derive(Default)]
pub struct Flash {
    parts: [Option<Vec<u8>>; 2],
    /// What is being written, and what is being read.
    written: Vec<u8>,
    part: usize,
    read: usize,
    pub clock: Clock,
    pub writes: u32,
}

impl Store for Flash {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind> {
        (self.part, self.read) = (part as usize, 0);
        Ok(self.parts[self.part].is_some())
    }

    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind> {
        (self.part, self.written) = (part as usize, Vec::with_capacity(length));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), ErrorKind> {
        self.parts[self.part] = Some(std::mem::take(&mut self.written));
        self.writes += 1;
        Ok(())
    }

    fn time(&mut self) -> Option<u64> {
        Some(BIRTH + self.clock.get().as_millis())
    }
}

impl ErrorType for Flash {
    type Error = ErrorKind;
}

impl Read for Flash {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        let stored = self.parts[self.part].as_deref().unwrap_or_default();
        let rest = &stored[self.read..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.read += length;
        Ok(length)
    }
}

impl Write for Flash {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// When the scenario begins, in milliseconds since 1970.
const BIRTH: u64 = 1_700_000_000_000;
