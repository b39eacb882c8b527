//! What a function of the registry returns to C code, and the line in the log where it fails.

use client_lite_zephyr::{Command, command};

use crate::abi::{RegistryPath, Status};
use crate::failure::Failure;

/// The status that C code gets, with a line in the log where it could have prevented it.
pub fn report(function: &str, path: Option<&RegistryPath>, result: Result<(), Failure>) -> Status {
    match result {
        Ok(()) => Status::Ok,
        Err(Failure::NoValue) => Status::NoData,
        Err(failure) => {
            failure.log(function, path.and_then(|path| path.to_path()));
            failure.status()
        }
    }
}

/// The same after what the client has to look at, for which it is woken.
pub fn report_change(
    function: &str,
    path: Option<&RegistryPath>,
    result: Result<(), Failure>,
) -> Status {
    if result.is_ok() {
        command(Command::Changed);
    }
    report(function, path, result)
}
