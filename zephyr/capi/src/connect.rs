//! `dmc_connect_api.h` as far as it is not C: the client's thread, and adding resources. The commands
//! are in `zephyr/shim/capi.c`.

use core::cell::UnsafeCell;
use core::ffi::{c_int, c_void};

use client_lite::Path;

use crate::abi::{
    Callback, Handler, REGISTRY_PATH_RESOURCE, REGISTRY_PATH_RESOURCE_INSTANCE, RegistryHandle,
    RegistryPath,
};
use crate::application::Application;
use crate::arguments;
use crate::definitions;
use crate::failure::Failure;
use crate::registry::REGISTRY;
use crate::report::report_change;

/// The client's thread. Returns only where the client cannot start.
///
/// # Safety
///
/// Called by one thread. `handler` is NULL or may be called with `user` on this thread at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn client_lite_run(handler: Option<Handler>, user: *mut c_void) {
    struct Once(UnsafeCell<Application>);
    // SAFETY: one thread calls this function, so that it alone uses it.
    unsafe impl Sync for Once {}
    // Too large for a stack.
    static APPLICATION: Once = Once(UnsafeCell::new(Application::new()));
    // SAFETY: one thread calls this function, and a call has ended before the next, so that there is
    // one reference.
    let application = unsafe { &mut *APPLICATION.0.get() };
    application.run(handler, user);
}

#[unsafe(no_mangle)]
pub extern "C" fn pdmc_connect_add_cloud_resource(
    registry: *const RegistryHandle,
    path: Option<&mut RegistryPath>,
    object: u16,
    object_instance: u16,
    resource: u16,
    auto_observable: bool,
    callback: Option<Callback>,
) -> c_int {
    let place = RegistryPath {
        object_id: object,
        object_instance_id: object_instance,
        resource_id: resource,
        resource_instance_id: 0,
        path_type: REGISTRY_PATH_RESOURCE as u8,
    };
    let function = "pdmc_connect_add_cloud_resource";
    add(function, registry, path, place, auto_observable, callback)
}

#[unsafe(no_mangle)]
pub extern "C" fn pdmc_connect_add_cloud_resource_instance(
    registry: *const RegistryHandle,
    path: Option<&mut RegistryPath>,
    object: u16,
    object_instance: u16,
    resource: u16,
    resource_instance: u16,
    auto_observable: bool,
    callback: Option<Callback>,
) -> c_int {
    let place = RegistryPath {
        object_id: object,
        object_instance_id: object_instance,
        resource_id: resource,
        resource_instance_id: resource_instance,
        path_type: REGISTRY_PATH_RESOURCE_INSTANCE as u8,
    };
    let function = "pdmc_connect_add_cloud_resource_instance";
    add(function, registry, path, place, auto_observable, callback)
}

fn add(
    function: &str,
    registry: *const RegistryHandle,
    output: Option<&mut RegistryPath>,
    place: RegistryPath,
    auto_observable: bool,
    callback: Option<Callback>,
) -> c_int {
    let result = arguments::resource(registry, Some(&place)).and_then(|path| {
        let output = output.ok_or(Failure::NullPath)?;
        add_defined(path, auto_observable, callback)?;
        *output = place;
        Ok(())
    });
    report_change(function, Some(&place), result);
    result.is_ok().into()
}

fn add_defined(
    path: Path,
    auto_observable: bool,
    callback: Option<Callback>,
) -> Result<(), Failure> {
    let ids = path.object_id().zip(path.resource_id());
    let defined = ids.and_then(|(object, resource)| definitions::resource(object, resource));
    let (definition, kind) = defined.ok_or(Failure::Undefined)?;
    match (definition.multiple, path.depth()) {
        (true, 3) => return Err(Failure::Multiple),
        (false, 4) => return Err(Failure::Single),
        _ => {}
    }
    REGISTRY.with(|registry| registry.add(path, kind, auto_observable, callback))
}
