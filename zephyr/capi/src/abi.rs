//! The types of the C headers that cross the border, by their names there.

use core::ffi::{c_char, c_int, c_void};

use client_lite::{ObjectLink, Path};

/// `registry_path_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RegistryPath {
    pub object_id: u16,
    pub object_instance_id: u16,
    pub resource_id: u16,
    pub resource_instance_id: u16,
    pub path_type: u8,
}

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

/// `registry_status_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    NoData = 1,
    Ok = 0,
    NotFound = -1,
    NoMemory = -2,
    InvalidInput = -3,
}

/// `registry_t`
#[repr(C)]
pub struct RegistryHandle {
    unused: u8,
}

/// `lwm2m_interface_t`, whose first and only member is the endpoint, whose first and only member is
/// the registry.
#[repr(C)]
pub struct Interface {
    pub registry: RegistryHandle,
}

impl Interface {
    pub const fn new() -> Self {
        Self {
            registry: RegistryHandle { unused: 0 },
        }
    }
}

/// `registry_callback_type_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CallbackType {
    ValueUpdated = 1,
    Execute = 2,
    NotificationStatus = 5,
    #[cfg(feature = "create")]
    ItemRemoved = 6,
    #[cfg(feature = "create")]
    ItemAdded = 8,
}

/// `registry_notification_status_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotificationStatus {
    Ignore = -1,
    Delivered = 4,
}

/// `registry_objlnk_t`
#[repr(C)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Objlnk {
    pub object_id: u16,
    pub object_instance_id: u16,
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

/// `registry_object_value_t`
#[repr(C)]
pub union ObjectValue {
    pub int_value: i64,
    pub unsigned_value: u64,
    pub float_value: f64,
    pub objlnk_value: Objlnk,
    /// A text, or a `registry_data_opaque_t`.
    pub generic_value: *const c_void,
}

/// `registry_callback_t`. The status that it returns may be any number, so it is received as one: a
/// narrower enumeration is extended to an int by the calling conventions of Arm, RISC-V and x86-64.
pub type Callback = unsafe extern "C" fn(
    CallbackType,
    *const RegistryPath,
    token: *const c_void,
    *const ObjectValue,
    NotificationStatus,
    *const RegistryHandle,
) -> c_int;

/// `lwm2m_interface_event_t`
#[repr(C)]
pub struct Event {
    pub event_id: u8,
    pub event_type: u8,
    pub detail: *const c_char,
}

/// `pdmc_connect_handler_t`
pub type Handler = unsafe extern "C" fn(*mut Event, user: *mut c_void);
