//! Why a call of the registry fails: the status that it returns, and the line in the log for who
//! must act.

use client_lite::Path;
#[cfg(feature = "log")]
use client_lite_zephyr::log;

use crate::abi::Status;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Failure {
    Registry,
    NullPath,
    NotAPath,
    NotAResource,
    NullValue,
    NotAdded,
    NoValue,
    Undefined,
    Multiple,
    Single,
    WrongType,
    NotText,
    NotANumber,
    FreeOnRemove,
    RemovalType,
    ObjectsFull,
    ResourcesFull,
    TooLong,
    PoolFull,
    #[cfg(feature = "send")]
    SendsFull,
    #[cfg(feature = "records")]
    RecordsFull,
    #[cfg(feature = "records")]
    NotScalar,
    #[cfg(feature = "records")]
    Time,
    BufferTooSmall,
}

impl Failure {
    pub fn status(self) -> Status {
        match self {
            Self::NoValue => Status::NoData,
            Self::NotAdded => Status::NotFound,
            #[cfg(feature = "send")]
            Self::SendsFull => Status::NoMemory,
            #[cfg(feature = "records")]
            Self::RecordsFull => Status::NoMemory,
            Self::ObjectsFull
            | Self::ResourcesFull
            | Self::TooLong
            | Self::PoolFull
            | Self::BufferTooSmall => Status::NoMemory,
            _ => Status::InvalidInput,
        }
    }

    /// One line in the log.
    pub fn log(self, function: &str, path: Option<Path>) {
        #[cfg(feature = "log")]
        match path {
            Some(path) => log::error(&[&function, &" ", &path, &": ", &self.text()]),
            None => log::error(&[&function, &": ", &self.text()]),
        }
        #[cfg(not(feature = "log"))]
        let _ = (function, path);
    }
}

#[cfg(feature = "log")]
impl Failure {
    fn text(self) -> &'static str {
        match self {
            Self::Registry => "registry: take &pdmc_connect_get_interface()->endpoint.registry",
            Self::NullPath => "path is NULL",
            Self::NotAPath => "no path: fill it in by registry_set_path(), with ids up to 65534",
            Self::NotAResource => "the path must go down to a resource",
            Self::NullValue => "value is NULL",
            Self::NotAdded => "not there: add it by pdmc_connect_add_cloud_resource() first",
            Self::NoValue => "no value",
            Self::Undefined => "not defined: LWM2M_OBJECT_REGISTER() its object with this resource",
            Self::Multiple => "multiple: add it by pdmc_connect_add_cloud_resource_instance()",
            Self::Single => "single: add it by pdmc_connect_add_cloud_resource()",
            Self::WrongType => "its definition has another type",
            Self::NotText => "no text: it must be UTF-8 without a zero byte",
            Self::NotANumber => "NaN is no value",
            Self::FreeOnRemove => "free_on_remove must be false: the value is copied",
            Self::RemovalType => "removal_type must be REGISTRY_REMOVE_SKIP_CALLBACK",
            Self::ObjectsFull => "too many objects: raise CONFIG_CLIENT_LITE_OBJECTS",
            Self::ResourcesFull => "too many resources: raise CONFIG_CLIENT_LITE_RESOURCES",
            Self::TooLong => "value too long: raise CONFIG_CLIENT_LITE_VALUE_SIZE",
            Self::PoolFull => "no room for the value: raise CONFIG_CLIENT_LITE_VALUE_POOL",
            #[cfg(feature = "send")]
            Self::SendsFull => "too many values wait for a Send: raise CONFIG_CLIENT_LITE_CHANGES",
            #[cfg(feature = "records")]
            Self::RecordsFull => "too many values at once: raise CONFIG_CLIENT_LITE_CHANGES",
            #[cfg(feature = "records")]
            Self::NotScalar => "only integers, floats, booleans and times can be recorded",
            #[cfg(feature = "records")]
            Self::Time => "the time is not in milliseconds since 1970: set the clock first",
            Self::BufferTooSmall => "the buffer is too small for the value",
        }
    }
}
