//! The C API's headers in Rust, as `build.rs` reads them: by their names there, some also by shorter
//! ones.

use core::ffi::c_void;

use client_lite::{ObjectLink, Path};

pub use headers::{
    endpoint_t as Endpoint, lwm2m_interface_event_t as Event, lwm2m_interface_t as Interface,
    lwm2m_object_registration as Registration, lwm2m_resource_meta_definition_t as Definition,
    registry_callback_t as Callback, registry_object_value_t as ObjectValue,
    registry_objlnk_t as Objlnk, registry_path_t as RegistryPath, registry_t as RegistryHandle, *,
};

mod headers {
    #![allow(
        dead_code,
        non_camel_case_types,
        reason = "not all of them has a use here, and the names are those of C"
    )]

    use core::ffi::{c_char, c_int, c_void};

    include!(concat!(env!("OUT_DIR"), "/headers.rs"));
}

/// `pdmc_connect_handler_t`
pub type Handler = unsafe extern "C" fn(*mut Event, user: *mut c_void);

/// `registry_status_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    NoData = REGISTRY_STATUS_NO_DATA as isize,
    Ok = REGISTRY_STATUS_OK as isize,
    NotFound = REGISTRY_STATUS_NOT_FOUND as isize,
    NoMemory = REGISTRY_STATUS_NO_MEMORY as isize,
    InvalidInput = REGISTRY_STATUS_INVALID_INPUT as isize,
}

// A path's type is one less than its depth.
const _: () = assert!(
    REGISTRY_PATH_OBJECT == 0
        && REGISTRY_PATH_OBJECT_INSTANCE == 1
        && REGISTRY_PATH_RESOURCE == 2
        && REGISTRY_PATH_RESOURCE_INSTANCE == 3
);

impl RegistryPath {
    /// The path, unless its level or one of its ids is none.
    pub fn to_path(self) -> Option<Path> {
        let ids = [
            self.object_id,
            self.object_instance_id,
            self.resource_id,
            self.resource_instance_id,
        ];
        let ids = ids.get(..=usize::from(self.path_type))?;
        ids.iter().try_fold(Path::ROOT, |path, id| path.join(*id))
    }
}

impl From<Path> for RegistryPath {
    fn from(path: Path) -> Self {
        Self {
            object_id: path.object_id().unwrap_or_default(),
            object_instance_id: path.instance_id().unwrap_or_default(),
            resource_id: path.resource_id().unwrap_or_default(),
            resource_instance_id: path.resource_instance_id().unwrap_or_default(),
            path_type: path.depth().saturating_sub(1) as u8,
        }
    }
}

impl From<ObjectLink> for Objlnk {
    fn from(link: ObjectLink) -> Self {
        Self {
            object_id: link.object,
            object_instance_id: link.instance,
        }
    }
}

impl From<Objlnk> for ObjectLink {
    fn from(link: Objlnk) -> Self {
        Self {
            object: link.object_id,
            instance: link.object_instance_id,
        }
    }
}
