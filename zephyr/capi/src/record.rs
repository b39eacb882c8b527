//! `pdmc_connect_record()`: values with their times, which the server gets later.

use core::{mem, slice};

use client_lite::{Client, Instant, Path, Value};
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
pub unsafe extern "C" fn pdmc_connect_record(
    paths: *const RegistryPath,
    count: usize,
    time: i64,
) -> Status {
    let paths = if paths.is_null() {
        None
    } else {
        // SAFETY: by this function's contract.
        Some(unsafe { slice::from_raw_parts(paths, count) })
    };
    let mut records: Vec<_, { kconfig::CHANGES }> = Vec::new();
    let mut at = None;
    let result = paths.ok_or(Failure::NullPath).and_then(|paths| {
        for path in paths {
            at = Some(path);
            let record = record(path, time)?;
            records.push(record).map_err(|_| Failure::RecordsFull)?;
        }
        at = None;
        WAITING
            .with(|waiting| waiting.records.extend_from_slice(&records))
            .map_err(|_| Failure::RecordsFull)
    });
    report_change("pdmc_connect_record", at, result)
}

#[unsafe(no_mangle)]
pub extern "C" fn pdmc_connect_send_records() {
    WAITING.with(|waiting| waiting.due = true);
    let _ = report_change("pdmc_connect_send_records", None, Ok(()));
}

/// The present value of a resource, which may have another when the client's thread runs.
fn record(path: &RegistryPath, time: i64) -> Result<Record, Failure> {
    let path = path.to_path().ok_or(Failure::NotAPath)?;
    if path.depth() < 3 {
        return Err(Failure::NotAResource);
    }
    let value = REGISTRY.with(|registry| {
        let value = registry.get(path)?;
        value.as_number().ok_or(Failure::NotScalar)
    })?;
    let time = u64::try_from(time).unwrap_or_default();
    if time < FIRST_TIME {
        return Err(Failure::Time);
    }
    Ok(Record { path, time, value })
}

/// Hands what waits to the client, which keeps it.
pub fn hand_over(client: &mut Client<'_>, now: Instant) {
    let Waiting { records, due } = WAITING.with(|waiting| mem::replace(waiting, Waiting::NOTHING));
    for Record { path, time, value } in &records {
        // What it could refuse, `record` has refused.
        let _ = client.record_value(now, *path, *time, value);
    }
    if due {
        client.send_records(now);
    }
}

/// A value and its time, in milliseconds since 1970.
#[derive(Clone, Copy)]
struct Record {
    path: Path,
    time: u64,
    value: Value<'static>,
}

/// What waits for the client's thread.
pub struct Waiting {
    records: Vec<Record, { kconfig::CHANGES }>,
    /// Whether the client is to send all that it has.
    due: bool,
}

impl Waiting {
    const NOTHING: Self = Self {
        records: Vec::new(),
        due: false,
    };
}

pub static WAITING: Locked<Waiting> = Locked::new(Waiting::NOTHING);

/// What is before 2^28 s would be relative to the time of the message (RFC 8428, 4.5.3).
const FIRST_TIME: u64 = (1 << 28) * 1000;
