//! `lwm2m_registry.h` and the function of `lwm2m_registry_meta.h`. Pointers that may be NULL are
//! options of references.

use core::ffi::{c_char, c_int};
use core::mem::MaybeUninit;
use core::ptr;

use client_lite::{Path, Value};

use crate::abi::{
    Callback, Definition, Objlnk, REGISTRY_REMOVE_SKIP_CALLBACK, RegistryHandle, RegistryPath,
    Status,
};
use crate::arguments;
use crate::definitions;
use crate::failure::Failure;
use crate::registry::{REGISTRY, Registry};
use crate::report::{report, report_change};

/// Of a type that C hands over by value, the function that sets it and the one that gets it.
macro_rules! by_value {
    ($($variant:ident: $kind:ty, $get:ident $(, $set:ident)?;)*) => {$(
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $set(
                registry: *const RegistryHandle,
                path: Option<&RegistryPath>,
                value: $kind,
            ) -> Status {
                let value = Ok(Value::$variant(value.into()));
                set(stringify!($set), registry, path, value)
            }
        )?

        #[unsafe(no_mangle)]
        pub extern "C" fn $get(
            registry: *const RegistryHandle,
            path: Option<&RegistryPath>,
            value: Option<&mut MaybeUninit<$kind>>,
        ) -> Status {
            get(stringify!($get), registry, path, value, |stored| match stored {
                Value::$variant(stored) => Some(stored.into()),
                _ => None,
            })
        }
    )*};
}

by_value! {
    Integer: i64, registry_get_value_int, registry_set_value_int;
    Unsigned: u64, registry_get_value_unsigned, registry_set_value_unsigned;
    Float: f64, registry_get_value_float;
    Boolean: bool, registry_get_value_boolean, registry_set_value_boolean;
    Time: i64, registry_get_value_time, registry_set_value_time;
    ObjectLink: Objlnk, registry_get_value_objlnk, registry_set_value_objlnk;
}

#[unsafe(no_mangle)]
pub extern "C" fn client_lite_set_value_float(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: Option<&f64>,
) -> Status {
    let value = match value {
        None => Err(Failure::NullValue),
        // By its bits: a comparison of floats is a function of the compiler's library.
        Some(value) if value.to_bits() << 1 > f64::INFINITY.to_bits() << 1 => {
            Err(Failure::NotANumber)
        }
        Some(value) => Ok(Value::Float(*value)),
    };
    set("registry_set_value_float", registry, path, value)
}

/// # Safety
///
/// `value` is NULL or a terminated string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn registry_set_value_string(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: *const c_char,
    free_on_remove: bool,
) -> Status {
    let value = if free_on_remove {
        Err(Failure::FreeOnRemove)
    } else {
        // SAFETY: by this function's contract, and only as long as it runs.
        unsafe { arguments::c_string(value) }
    };
    let value = value.and_then(arguments::text).map(Value::String);
    set("registry_set_value_string", registry, path, value)
}

/// # Safety
///
/// `value` is NULL or has `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn registry_set_value_string_copy(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: *const u8,
    length: usize,
) -> Status {
    // SAFETY: by this function's contract, and only as long as it runs.
    let value = unsafe { arguments::bytes(value, length) };
    let value = value.and_then(arguments::text).map(Value::String);
    set("registry_set_value_string_copy", registry, path, value)
}

/// # Safety
///
/// `value` is NULL or has `length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn registry_set_value_opaque_copy(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: *const u8,
    length: usize,
) -> Status {
    // SAFETY: by this function's contract, and only as long as it runs.
    let value = unsafe { arguments::bytes(value, length) };
    let value = value.map(Value::Opaque);
    set("registry_set_value_opaque_copy", registry, path, value)
}

fn set(
    function: &str,
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: Result<Value<'_>, Failure>,
) -> Status {
    let place = arguments::resource(registry, path);
    let result = place.and_then(|place| {
        let value = value?;
        REGISTRY.with(|registry| registry.set(place, value))
    });
    report_change(function, path, result)
}

fn get<T>(
    function: &str,
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    output: Option<&mut MaybeUninit<T>>,
    convert: fn(Value<'_>) -> Option<T>,
) -> Status {
    let result = look_up(registry, path, |stored| {
        let output = output.ok_or(Failure::NullValue)?;
        output.write(convert(stored).ok_or(Failure::WrongType)?);
        Ok(())
    });
    report(function, path, result)
}

/// # Safety
///
/// `value` is NULL or has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn registry_get_value_string(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: *mut c_char,
    size: usize,
) -> Status {
    let result = look_up(registry, path, |stored| {
        let Value::String(text) = stored else {
            return Err(Failure::WrongType);
        };
        let value = value.cast::<u8>();
        if value.is_null() {
            return Err(Failure::NullValue);
        }
        if text.len() >= size {
            return Err(Failure::BufferTooSmall);
        }
        // SAFETY: by this function's contract there is room for the text and its terminator; the
        // registry's memory is another one.
        unsafe {
            text.as_ptr().copy_to_nonoverlapping(value, text.len());
            value.add(text.len()).write(0);
        }
        Ok(())
    });
    report("registry_get_value_string", path, result)
}

/// # Safety
///
/// `value` is NULL or has room for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn registry_get_value_opaque(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    value: *mut u8,
    size: usize,
    length: Option<&mut MaybeUninit<usize>>,
) -> Status {
    let result = look_up(registry, path, |stored| {
        let Value::Opaque(bytes) = stored else {
            return Err(Failure::WrongType);
        };
        let length = length.ok_or(Failure::NullValue)?;
        if value.is_null() {
            return Err(Failure::NullValue);
        }
        if bytes.len() > size {
            return Err(Failure::BufferTooSmall);
        }
        // SAFETY: by this function's contract there is room for the bytes; the registry's memory is
        // another one.
        unsafe { bytes.as_ptr().copy_to_nonoverlapping(value, bytes.len()) };
        length.write(bytes.len());
        Ok(())
    });
    report("registry_get_value_opaque", path, result)
}

/// Hands the value of a resource to a call under the lock.
fn look_up(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    call: impl FnOnce(Value<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let path = arguments::resource(registry, path)?;
    REGISTRY.with(|registry| call(registry.get(path)?))
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_is_value_empty(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    empty: Option<&mut MaybeUninit<bool>>,
) -> Status {
    let result = arguments::resource(registry, path).and_then(|place| {
        let empty = empty.ok_or(Failure::NullValue)?;
        let found = REGISTRY.with(|registry| match registry.get(place) {
            Ok(_) => Ok(false),
            Err(Failure::NoValue) => Ok(true),
            Err(failure) => Err(failure),
        });
        empty.write(found?);
        Ok(())
    });
    report("registry_is_value_empty", path, result)
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_path_exists(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
) -> Status {
    let found = arguments::path(registry, path)
        .map(|place| REGISTRY.with(|registry| registry.exists(place)));
    match found {
        Ok(false) => Status::NotFound,
        found => report("registry_path_exists", path, found.map(|_| ())),
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_next_path(
    registry: *const RegistryHandle,
    path: Option<&mut RegistryPath>,
) -> Status {
    let path = match path {
        Some(path) => path,
        None => return report("registry_next_path", None, Err(Failure::NullPath)),
    };
    match arguments::path(registry, Some(path)) {
        Err(failure) => report("registry_next_path", Some(path), Err(failure)),
        Ok(place) => match REGISTRY.with(|registry| registry.next(place)) {
            None => Status::NotFound,
            Some(next) => {
                *path = next.into();
                Status::Ok
            }
        },
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_remove_object(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    removal_type: c_int,
) -> Status {
    let result = arguments::path(registry, path).and_then(|place| match removal_type {
        REGISTRY_REMOVE_SKIP_CALLBACK => REGISTRY.with(|registry| registry.remove(place)),
        _ => Err(Failure::RemovalType),
    });
    report_change("registry_remove_object", path, result)
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_set_callback(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    callback: Option<Callback>,
) -> Status {
    let function = "registry_set_callback";
    change(function, registry, path, |registry, place| {
        registry.set_callback(place, callback)
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_set_auto_observable_parameter(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    auto_observable: bool,
) -> Status {
    let function = "registry_set_auto_observable_parameter";
    change(function, registry, path, |registry, place| {
        registry.set_auto_observable(place, auto_observable)
    })
}

fn change(
    function: &str,
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
    call: impl FnOnce(&mut Registry, Path) -> Result<(), Failure>,
) -> Status {
    let place = arguments::resource(registry, path);
    let result = place.and_then(|place| REGISTRY.with(|registry| call(registry, place)));
    report(function, path, result)
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_is_auto_observable(
    registry: *const RegistryHandle,
    path: Option<&RegistryPath>,
) -> bool {
    let place = arguments::path(registry, path);
    place.is_ok_and(|place| REGISTRY.with(|registry| registry.is_auto_observable(place)))
}

#[unsafe(no_mangle)]
pub extern "C" fn registry_meta_get_resource_definition(
    object: u16,
    resource: u16,
    definition: Option<&mut MaybeUninit<*const Definition>>,
) -> Status {
    match (definition, definitions::in_c(object, resource)) {
        (None, _) => report(
            "registry_meta_get_resource_definition",
            None,
            Err(Failure::NullValue),
        ),
        (_, None) => Status::NotFound,
        (Some(definition), Some(found)) => {
            definition.write(ptr::from_ref(found));
            Status::Ok
        }
    }
}
