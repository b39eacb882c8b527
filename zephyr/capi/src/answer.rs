//! What C code is answered by a function of the registry.

use client_lite_zephyr::{Command, command};

use crate::abi::{RegistryPath, Status};
use crate::failure::Failure;

/// The status that C code gets, with a line in the log where it could have prevented it.
pub fn answer(function: &str, path: Option<&RegistryPath>, result: Result<(), Failure>) -> Status {
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
pub fn answer_change(
    function: &str,
    path: Option<&RegistryPath>,
    result: Result<(), Failure>,
) -> Status {
    if result.is_ok() {
        command(Command::Changed);
    }
    answer(function, path, result)
}
