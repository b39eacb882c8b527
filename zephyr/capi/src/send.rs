//! `pdmc_connect_send()`: values that C code wants at the server, in one message.

use core::slice;

use client_lite::{Client, Instant, Path};
use client_lite_zephyr::kconfig;
use client_lite_zephyr::lock::Locked;
use heapless::Vec;

use crate::abi::{RegistryPath, Status};
use crate::failure::Failure;
use crate::registry::REGISTRY;
use crate::report::report_change;

/// # Safety
///
/// A pointer that is not NULL is one to `count` paths.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pdmc_connect_send(paths: *const RegistryPath, count: usize) -> Status {
    let paths = if paths.is_null() {
        None
    } else {
        // SAFETY: by this function's contract.
        Some(unsafe { slice::from_raw_parts(paths, count) })
    };
    let mut each = paths.unwrap_or_default().iter();
    let wrong = each.find_map(|path| Some((path, path_of(path).err()?)));
    let result = match (paths, wrong) {
        (None, _) => Err(Failure::NullPath),
        (_, Some((_, failure))) => Err(failure),
        (Some(paths), None) => queue(paths.iter().filter_map(|path| path.to_path())),
    };
    report_change("pdmc_connect_send", wrong.map(|(path, _)| path), result)
}

fn path_of(path: &RegistryPath) -> Result<Path, Failure> {
    let path = path.to_path().ok_or(Failure::NotAPath)?;
    let exists = REGISTRY.with(|registry| registry.exists(path));
    exists.then_some(path).ok_or(Failure::NotAdded)
}

/// Keeps all of the paths for the client's thread, or none.
fn queue(paths: impl Iterator<Item = Path>) -> Result<(), Failure> {
    WAITING.with(|waiting| {
        let before = waiting.len();
        for path in paths {
            if !waiting.contains(&path) && waiting.push(path).is_err() {
                waiting.truncate(before);
                return Err(Failure::SendsFull);
            }
        }
        Ok(())
    })
}

/// Hands what waits to the client. Where it has no room now, it has when the server has responded to a
/// Send.
pub fn hand_over(client: &mut Client<'_>, now: Instant) {
    let paths = WAITING.with(|waiting| waiting.clone());
    if !paths.is_empty() && client.send_all(now, &paths).is_ok() {
        // A path that C code has given once more meanwhile need not stay: nothing was sent yet.
        WAITING.with(|waiting| waiting.retain(|path| !paths.contains(path)));
    }
}

pub static WAITING: Locked<Vec<Path, { kconfig::CHANGES }>> = Locked::new(Vec::new());
