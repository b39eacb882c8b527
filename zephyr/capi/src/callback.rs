//! Callbacks of C code, called on the client's thread with no lock held.

use core::ptr;
use core::str;

use client_lite::{Path, Refusal, Value};
use client_lite_zephyr::kconfig;

use crate::abi::{Callback, CallbackType, NotificationStatus, ObjectValue, RegistryPath, Status};
use crate::interface;

/// The server has written a value.
pub fn value_updated(callback: Callback, path: Path, value: &ObjectValue) {
    let (kind, status) = (CallbackType::ValueUpdated, NotificationStatus::Ignore);
    call(callback, kind, path, Some(value), status);
}

/// The server has created an object instance.
#[cfg(feature = "create")]
pub fn added(callback: Callback, instance: Path) {
    let status = NotificationStatus::Ignore;
    call(callback, CallbackType::ItemAdded, instance, None, status);
}

/// The server has deleted an object instance, or a replacing Write has left a resource out.
#[cfg(feature = "create")]
pub fn removed(callback: Callback, path: Path) {
    let status = NotificationStatus::Ignore;
    call(callback, CallbackType::ItemRemoved, path, None, status);
}

/// A value has reached the server.
pub fn delivered(callback: Callback, path: Path) {
    let kind = CallbackType::NotificationStatus;
    call(callback, kind, path, None, NotificationStatus::Delivered);
}

/// The server executes a resource.
pub fn execute(callback: Callback, path: Path, arguments: &ObjectValue) -> Result<(), Refusal> {
    let (kind, status) = (CallbackType::Execute, NotificationStatus::Ignore);
    match call(callback, kind, path, Some(arguments), status) {
        OK => Ok(()),
        INVALID_INPUT => Err(Refusal::BadRequest),
        _ => Err(Refusal::InternalError),
    }
}

fn call(
    callback: Callback,
    kind: CallbackType,
    path: Path,
    value: Option<&ObjectValue>,
    status: NotificationStatus,
) -> i32 {
    let path = RegistryPath::from(path);
    let value = value.map_or(ptr::null(), ptr::from_ref);
    let registry = interface::registry();
    // SAFETY: C code has given the function as a registry_callback_t. What it is handed lives until
    // it returns; that the token is NULL, and that it must not write to the registry, the headers
    // say.
    unsafe { callback(kind, &raw const path, ptr::null(), value, status, registry) }
}

/// Room for a copy of one text or opaque value, laid out as `registry_data_opaque_t`, with a zero
/// byte behind it, so that a text is terminated.
#[repr(C)]
pub struct Scratch {
    size: u32,
    data: [u8; kconfig::VALUE_SIZE + 1],
}

impl Scratch {
    pub const fn new() -> Self {
        Self {
            size: 0,
            data: [0; kconfig::VALUE_SIZE + 1],
        }
    }

    /// A value of the registry that does not need the registry any longer.
    pub fn copy(&mut self, value: Value<'_>) -> Value<'_> {
        match value {
            Value::String(text) => {
                let text = self.load(text.as_bytes());
                Value::String(str::from_utf8(text).unwrap_or_default())
            }
            Value::Opaque(bytes) => Value::Opaque(self.load(bytes)),
            Value::Integer(value) => Value::Integer(value),
            Value::Unsigned(value) => Value::Unsigned(value),
            Value::Float(value) => Value::Float(value),
            Value::Boolean(value) => Value::Boolean(value),
            Value::Time(value) => Value::Time(value),
            Value::ObjectLink(link) => Value::ObjectLink(link),
        }
    }

    /// The same for C code, as long as this scratch is left alone.
    pub fn copy_for_c(&mut self, value: Value<'_>) -> ObjectValue {
        match value {
            Value::String(text) => {
                self.load(text.as_bytes());
                ObjectValue {
                    generic_value: (&raw const self.data).cast(),
                }
            }
            Value::Opaque(bytes) => {
                self.load(bytes);
                ObjectValue {
                    generic_value: ptr::from_ref(self).cast(),
                }
            }
            Value::Float(value) => ObjectValue { float_value: value },
            Value::Boolean(value) => ObjectValue {
                int_value: value.into(),
            },
            Value::Integer(value) | Value::Time(value) => ObjectValue { int_value: value },
            Value::Unsigned(value) => ObjectValue {
                unsigned_value: value,
            },
            Value::ObjectLink(link) => ObjectValue {
                objlnk_value: link.into(),
            },
        }
    }

    fn load(&mut self, bytes: &[u8]) -> &[u8] {
        // No value in the registry is longer.
        let length = bytes.len().min(kconfig::VALUE_SIZE);
        for (to, from) in self
            .data
            .iter_mut()
            .zip(bytes.iter().take(length).chain(&[0]))
        {
            *to = *from;
        }
        self.size = length as u32;
        self.data.get(..length).unwrap_or_default()
    }
}

const OK: i32 = Status::Ok as i32;
const INVALID_INPUT: i32 = Status::InvalidInput as i32;
