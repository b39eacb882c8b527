//! What C code hands to a function of the registry, checked.

use core::ffi::{CStr, c_char};
use core::{ptr, slice};

use client_lite::Path;

use crate::abi::{RegistryHandle, RegistryPath};
use crate::failure::Failure;
use crate::interface;

/// A path of any level, in the one registry there is.
pub fn path(registry: *const RegistryHandle, path: Option<&RegistryPath>) -> Result<Path, Failure> {
    check(registry)?;
    path.ok_or(Failure::NullPath)?
        .to_path()
        .ok_or(Failure::NotAPath)
}

/// The path of a resource or resource instance.
pub fn resource(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
) -> Result<Path, Failure> {
    let path = self::path(registry, path)?;
    if path.depth() < 3 {
        return Err(Failure::NotAResource);
    }
    Ok(path)
}

pub fn check(registry: *const RegistryHandle) -> Result<(), Failure> {
    if ptr::eq(registry, interface::registry()) {
        Ok(())
    } else {
        Err(Failure::Registry)
    }
}

/// UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, Failure> {
    str::from_utf8(bytes).map_err(|_| Failure::NotText)
}

/// The bytes of a C string, without its terminator.
///
/// # Safety
///
/// A pointer that is not NULL is one to a terminated string that outlives `'s`.
pub unsafe fn c_string<'s>(string: *const c_char) -> Result<&'s [u8], Failure> {
    if string.is_null() {
        return Err(Failure::NullValue);
    }
    // SAFETY: by this function's contract.
    Ok(unsafe { CStr::from_ptr(string) }.to_bytes())
}

/// The bytes of an array; NULL where it has none will do.
///
/// # Safety
///
/// A pointer that is not NULL is one to `length` bytes that outlive `'b`.
pub unsafe fn bytes<'b>(bytes: *const u8, length: usize) -> Result<&'b [u8], Failure> {
    if bytes.is_null() {
        return if length == 0 {
            Ok(&[])
        } else {
            Err(Failure::NullValue)
        };
    }
    // SAFETY: by this function's contract.
    Ok(unsafe { slice::from_raw_parts(bytes, length) })
}
