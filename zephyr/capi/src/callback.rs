//! Callbacks of C code, called on the client's thread with no lock held.

use core::ffi::c_int;
use core::mem::offset_of;
use core::ptr;
use core::str;

use client_lite::{Path, Refusal, Value};
use client_lite_zephyr::kconfig;

use crate::abi::*;
use crate::interface;

/// The server has written a value.
pub fn value_updated(callback: Callback, path: Path, value: &ObjectValue) {
    let (kind, status) = (REGISTRY_CALLBACK_VALUE_UPDATED, NOTIFICATION_STATUS_IGNORE);
    call(callback, kind, path, Some(value), status);
}

/// The server has created an object instance.
#[cfg(feature = "create")]
pub fn added(callback: Callback, instance: Path) {
    let status = NOTIFICATION_STATUS_IGNORE;
    call(
        callback,
        REGISTRY_CALLBACK_ITEM_ADDED,
        instance,
        None,
        status,
    );
}

/// The server has deleted an object instance, or a replacing Write has left a resource out.
#[cfg(feature = "create")]
pub fn removed(callback: Callback, path: Path) {
    let status = NOTIFICATION_STATUS_IGNORE;
    call(callback, REGISTRY_CALLBACK_ITEM_REMOVED, path, None, status);
}

/// A value has reached the server.
pub fn delivered(callback: Callback, path: Path) {
    let kind = REGISTRY_CALLBACK_NOTIFICATION_STATUS;
    call(callback, kind, path, None, NOTIFICATION_STATUS_DELIVERED);
}

/// The server executes a resource.
pub fn execute(callback: Callback, path: Path, arguments: &ObjectValue) -> Result<(), Refusal> {
    let (kind, status) = (REGISTRY_CALLBACK_EXECUTE, NOTIFICATION_STATUS_IGNORE);
    match call(callback, kind, path, Some(arguments), status) {
        REGISTRY_STATUS_OK => Ok(()),
        REGISTRY_STATUS_INVALID_INPUT => Err(Refusal::BadRequest),
        _ => Err(Refusal::InternalError),
    }
}

fn call(
    callback: Callback,
    kind: registry_callback_type_t,
    path: Path,
    value: Option<&ObjectValue>,
    status: registry_notification_status_t,
) -> c_int {
    let path = RegistryPath::from(path);
    let value = value.map_or(ptr::null(), ptr::from_ref);
    let registry = interface::registry().cast_mut();
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
                generic(registry_data_generic_t {
                    string: (&raw const self.data).cast(),
                })
            }
            Value::Opaque(bytes) => {
                self.load(bytes);
                generic(registry_data_generic_t {
                    opaque_data: ptr::from_ref(self).cast(),
                })
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

fn generic(data: registry_data_generic_t) -> ObjectValue {
    ObjectValue {
        generic_value: registry_generic_value_t { data },
    }
}

const _: () = assert!(offset_of!(Scratch, size) == offset_of!(registry_data_opaque_t, size));
const _: () = assert!(offset_of!(Scratch, data) == offset_of!(registry_data_opaque_t, data));
