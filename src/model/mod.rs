//! The data model (LwM2M Core 1.1, 7.1): paths, values, and the trait that an object implements.

#[cfg_attr(not(feature = "access-control"), path = "access_off.rs")]
mod access;
pub(crate) mod arguments;
#[cfg_attr(not(feature = "attributes"), path = "attributes_off.rs")]
pub(crate) mod attributes;
pub(crate) mod ids;
pub(crate) mod object;
pub(crate) mod path;
pub(crate) mod rights;
pub(crate) mod tree;
pub(crate) mod value;
