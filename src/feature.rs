//! Features as types: of each there is a value only where the feature is on.
//!
//! A variant that carries such a value is not there in a device without the feature, and neither is the
//! code of a `match` arm for it; nobody who matches on it needs a `cfg`.

macro_rules! features {
    ($($(#[$doc:meta])* $Name:ident: $condition:meta;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum $Name {
            #[cfg($condition)]
            On,
        }

        #[allow(dead_code, reason = "of some it is enough that they are there")]
        impl $Name {
            /// The value, where there is one.
            #[cfg($condition)]
            pub(crate) const VALUE: Option<Self> = Some(Self::On);
            #[cfg(not($condition))]
            pub(crate) const VALUE: Option<Self> = None;
        }
    )* };
}

features! {
    /// Write-Attributes.
    Attributes: feature = "attributes";
    /// Bootstrap.
    Bootstrap: feature = "bootstrap";
    /// Composite operations.
    Composite: feature = "composite";
    /// Create and Delete.
    Create: feature = "create";
    /// Content formats in which an instance or an array can be empty.
    Empty: any(feature = "lwm2m-cbor", feature = "tlv");
    /// Content formats in which a value can be removed.
    Null: all(feature = "composite", any(feature = "senml-cbor", feature = "senml-json"));
    /// What LwM2M 1.1 has added to object 1.
    ServerObject: feature = "server-object";
}
