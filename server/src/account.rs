use std::fmt;

use coap_lite::RequestType;

use crate::format::{self, LINK_FORMAT, SENML_CBOR, TLV, Value};

/// One operation of a bootstrap (OMA LwM2M 1.1 Core, 6.1.7): a Discover, Read, Write or Delete.
#[derive(Clone, Debug, PartialEq)]
pub struct BootstrapOperation {
    /// GET, PUT or DELETE; others only to see what a client does.
    pub method: RequestType,
    /// Such as `/0/1`.
    pub path: String,
    /// The content format wanted, by CoAP's number.
    pub accept: Option<u16>,
    /// What it writes.
    pub content: Content,
}

/// What a bootstrap operation writes. `Debug` does not show it: it may be a key.
#[derive(Clone, PartialEq)]
pub enum Content {
    /// Nothing.
    None,
    /// These bytes, in this content format.
    Bytes(u16, Vec<u8>),
    /// An instance's resources: in TLV, or in SenML-CBOR if the client prefers it (`pct=112`).
    Resources(Vec<(u16, Value)>),
}

impl BootstrapOperation {
    /// Bootstrap-Discover of an object, or of `/`.
    pub fn discover(path: &str) -> Self {
        Self {
            method: RequestType::Get,
            path: path.into(),
            accept: Some(LINK_FORMAT),
            content: Content::None,
        }
    }

    /// Bootstrap-Read of Server or Access Control (`/1`, `/2`), or of an instance, in the format that
    /// the client likes best.
    pub fn read(path: &str) -> Self {
        Self {
            method: RequestType::Get,
            path: path.into(),
            accept: None,
            content: Content::None,
        }
    }

    /// Bootstrap-Delete; `/` deletes all that the client may delete.
    pub fn delete(path: &str) -> Self {
        Self {
            method: RequestType::Delete,
            path: path.into(),
            accept: None,
            content: Content::None,
        }
    }

    /// Bootstrap-Write of an instance.
    pub fn write(path: &str, content: Content) -> Self {
        Self {
            method: RequestType::Put,
            path: path.into(),
            accept: None,
            content,
        }
    }

    /// The usual bootstrap: delete all, write one Security and one Server instance.
    pub fn account(security: &SecurityInstance, server: &ServerInstance) -> Vec<Self> {
        vec![Self::delete("/"), security.operation(), server.operation()]
    }
}

impl Content {
    /// Content format and payload for a client that prefers the format `preferred`.
    pub(crate) fn encode(&self, path: &str, preferred: Option<u16>) -> Option<(u16, Vec<u8>)> {
        match self {
            Self::None => None,
            Self::Bytes(format, payload) => Some((*format, payload.clone())),
            Self::Resources(resources) => {
                let format = preferred.unwrap_or(TLV);
                format::encode(format, path, resources).map(|payload| (format, payload))
            }
        }
    }

    /// Whether it can be sent to a client that prefers the format `preferred`.
    pub(crate) fn supports(&self, preferred: u16) -> bool {
        !matches!(self, Self::Resources(_)) || matches!(preferred, TLV | SENML_CBOR)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bytes(format, payload) => write!(f, "Bytes({format}, {} bytes)", payload.len()),
            Self::Resources(resources) => write!(f, "Resources({} resources)", resources.len()),
        }
    }
}

/// An instance of the Security object, 0.
#[derive(Clone)]
pub struct SecurityInstance {
    /// Instance ID.
    pub instance: u16,
    /// The server's URI, such as `coaps://192.0.2.1:5684`.
    pub uri: String,
    /// Whether it is a bootstrap server's.
    pub bootstrap: bool,
    /// What the client shows the server.
    pub credentials: Credentials,
    /// The short server ID.
    pub short_server_id: u16,
}

/// What a client shows its server, and which server it accepts.
#[derive(Clone)]
pub enum Credentials {
    /// No security.
    None,
    /// Pre-shared key.
    PreSharedKey {
        /// Its identity.
        identity: Vec<u8>,
        /// The key.
        key: Vec<u8>,
    },
    /// X.509 certificates, in DER.
    Certificates {
        /// The client's own.
        certificate: Vec<u8>,
        /// Its private key: PKCS #8.
        key: Vec<u8>,
        /// What the server is known by.
        server: Vec<u8>,
        /// In what sense (/0/x/15): 2 is its authority's certificate, 3 its own.
        usage: u8,
    },
}

impl SecurityInstance {
    /// The Write of this instance.
    pub fn operation(&self) -> BootstrapOperation {
        let opaque = |id, bytes: &[u8]| (id, Value::Opaque(bytes.into()));
        let (mode, credentials, usage) = match &self.credentials {
            Credentials::None => (3, vec![], None),
            Credentials::PreSharedKey { identity, key } => {
                (0, vec![opaque(3, identity), opaque(5, key)], None)
            }
            Credentials::Certificates {
                certificate,
                key,
                server,
                usage,
            } => {
                let credentials = [(3, certificate), (4, server), (5, key)];
                let credentials = credentials.map(|(id, bytes)| opaque(id, bytes));
                (2, credentials.into(), Some(*usage))
            }
        };
        let mut resources = vec![
            (0, Value::Text(self.uri.clone())),
            (1, Value::Boolean(self.bootstrap)),
            (2, Value::Integer(mode)),
        ];
        resources.extend(credentials);
        resources.push((10, Value::Integer(self.short_server_id.into())));
        resources.extend(usage.map(|usage| (15, Value::Integer(usage.into()))));
        BootstrapOperation::write(
            &format!("/0/{}", self.instance),
            Content::Resources(resources),
        )
    }
}

/// An instance of the Server object, 1.
#[derive(Clone, Debug)]
pub struct ServerInstance {
    /// Instance ID.
    pub instance: u16,
    /// The short server ID: links it to its Security instance.
    pub short_server_id: u16,
    /// Registration lifetime in seconds.
    pub lifetime: u32,
    /// Whether notifications are stored while the server is not reached.
    pub storing: bool,
    /// Binding, such as `U`, or `UQ` in LwM2M 1.0.
    pub binding: String,
}

impl ServerInstance {
    /// The Write of this instance.
    pub fn operation(&self) -> BootstrapOperation {
        let resources = vec![
            (0, Value::Integer(self.short_server_id.into())),
            (1, Value::Integer(self.lifetime.into())),
            (6, Value::Boolean(self.storing)),
            (7, Value::Text(self.binding.clone())),
        ];
        BootstrapOperation::write(
            &format!("/1/{}", self.instance),
            Content::Resources(resources),
        )
    }
}
