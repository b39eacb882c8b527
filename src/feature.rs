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
            /// Whether the feature is on.
            pub(crate) const IS_ON: bool = Self::VALUE.is_some();

            /// The value, where there is one.
            #[cfg($condition)]
            pub(crate) const VALUE: Option<Self> = Some(Self::On);
            #[cfg(not($condition))]
            pub(crate) const VALUE: Option<Self> = None;
        }
    )* };
}

features! {
    /// More than one server, and what each may do.
    AccessControl: feature = "access-control";
    /// Write-Attributes.
    Attributes: feature = "attributes";
    /// Bodies larger than a message.
    Block: feature = "block";
    /// Bootstrap.
    Bootstrap: feature = "bootstrap";
    /// Bootstrap-Pack.
    BootstrapPack: feature = "bootstrap-pack";
    /// Bootstrap-Discover and Bootstrap-Read.
    BootstrapRead: feature = "bootstrap-read";
    /// Bootstraps as transactions of the application's objects.
    BootstrapTransaction: feature = "bootstrap-transaction";
    /// CBOR for single values.
    Cbor: feature = "cbor";
    /// A content format of CBOR items.
    CborItems: any(feature = "cbor", feature = "lwm2m-cbor", feature = "senml-cbor");
    /// Content formats whose CBOR items may be tagged and nested.
    CborTags: any(feature = "cbor", feature = "lwm2m-cbor");
    /// X.509 certificates.
    Certificates: feature = "certificates";
    /// Composite operations.
    Composite: feature = "composite";
    /// Create and Delete.
    Create: feature = "create";
    /// What has numbers as decimal text.
    Decimals: any(feature = "attributes", feature = "senml-json", feature = "text");
    /// What a server deletes.
    Delete: any(feature = "bootstrap", feature = "create");
    /// A device id in the server URI.
    DeviceIds: any(feature = "bootstrap", feature = "izuma");
    /// DTLS.
    Dtls: feature = "dtls";
    /// Content formats in which an instance or an array can be empty.
    Empty: any(feature = "lwm2m-cbor", feature = "tlv");
    /// What observers would have been told while the server was out of reach.
    HistoricalQueue: feature = "historical-queue";
    /// Izuma's profile.
    Izuma: feature = "izuma";
    /// Pings that keep the way back to the device open.
    KeepAlive: feature = "keep-alive";
    /// LwM2M CBOR.
    Lwm2mCbor: feature = "lwm2m-cbor";
    /// Values as they are.
    Opaque: feature = "opaque";
    /// Content formats in which a value can be removed.
    Null: all(feature = "composite", any(feature = "senml-cbor", feature = "senml-json"));
    /// A backlog of values with their times.
    Records: feature = "records";
    /// What the device expects, told to its cellular network.
    ReleaseAssistance: feature = "release-assistance";
    /// Servers that register in an order.
    Order: all(feature = "access-control", feature = "server-object");
    /// SenML patches in CBOR.
    SenmlEtchCbor: all(feature = "composite", feature = "senml-cbor");
    /// SenML patches in JSON.
    SenmlEtchJson: all(feature = "composite", feature = "senml-json");
    /// SenML in CBOR.
    SenmlCbor: feature = "senml-cbor";
    /// SenML in JSON.
    SenmlJson: feature = "senml-json";
    /// Send, and times with it.
    Send: feature = "send";
    /// Disable, and what LwM2M 1.1 has added to object 1.
    ServerObject: feature = "server-object";
    /// State that outlives a loss of power.
    Snapshot: feature = "snapshot";
    /// Plain text.
    Text: feature = "text";
    /// OMA TLV.
    Tlv: feature = "tlv";
}
