//! What outlives a loss of power, in memory that only the linker knows.

use client_lite::driver::ErrorKind;
use client_lite::{Part, Store};
use embedded_io::{ErrorType, Read, Write};

unsafe extern "C" {
    fn platform_part_open(part: u8) -> bool;
    fn platform_part_read(buffer: *mut u8, size: usize) -> usize;
    fn platform_part_create(part: u8, length: usize) -> bool;
    fn platform_part_write(bytes: *const u8, length: usize) -> usize;
    fn platform_part_commit() -> bool;
    fn platform_time() -> u64;
}

pub struct Platform;

fn done(is_done: bool) -> Result<(), ErrorKind> {
    is_done.then_some(()).ok_or(ErrorKind::Other)
}

impl Store for Platform {
    fn open(&mut self, part: Part) -> Result<bool, ErrorKind> {
        // SAFETY: it keeps to its arguments, as the others do.
        Ok(unsafe { platform_part_open(part as u8) })
    }

    fn create(&mut self, part: Part, length: usize) -> Result<(), ErrorKind> {
        // SAFETY: as in `open`.
        done(unsafe { platform_part_create(part as u8, length) })
    }

    fn commit(&mut self) -> Result<(), ErrorKind> {
        // SAFETY: as in `open`.
        done(unsafe { platform_part_commit() })
    }

    fn time(&mut self) -> Option<u64> {
        // SAFETY: as in `open`.
        Some(unsafe { platform_time() })
    }
}

impl ErrorType for Platform {
    type Error = ErrorKind;
}

impl Read for Platform {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        // SAFETY: it writes no more than the buffer's length.
        Ok(unsafe { platform_part_read(buffer.as_mut_ptr(), buffer.len()) })
    }
}

impl Write for Platform {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        // SAFETY: it reads no more than the length.
        Ok(unsafe { platform_part_write(bytes.as_ptr(), bytes.len()) })
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}
