//! Object 0, LwM2M Security (LwM2M Core 1.1, Appendix E.1): the account that a bootstrap server
//! writes. Only a bootstrap server reaches it.

use heapless::{String, Vec};

use crate::client::config::{Account, Role, Security};
use crate::error::Refusal;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{Type, Value};

/// The instances that a bootstrap server has written: its own and the management server's.
pub(crate) struct Accounts {
    instances: Vec<Instance, 2>,
    /// Whether the bootstrap server has said that they are complete.
    pub(crate) finished: bool,
}

/// One account.
struct Instance {
    id: u16,
    uri: String<128>,
    bootstrap: bool,
    mode: u8,
    identity: Vec<u8, 64>,
    key: Vec<u8, 64>,
    short_server_id: u16,
}

impl Accounts {
    pub(crate) const fn new() -> Self {
        Self {
            instances: Vec::new(),
            finished: false,
        }
    }

    /// Makes an instance, unless it is there.
    pub(crate) fn create(&mut self, id: u16) -> Result<(), Refusal> {
        if self.instances.iter().any(|instance| instance.id == id) {
            return Ok(());
        }
        self.instances
            .push(Instance {
                id,
                uri: String::new(),
                bootstrap: false,
                mode: NO_SECURITY,
                identity: Vec::new(),
                key: Vec::new(),
                short_server_id: 0,
            })
            .map_err(|_| Refusal::TooLarge)
    }

    /// Removes an instance, or all; the bootstrap server's own stays (LwM2M Core 1.1, 6.1.7.6).
    pub(crate) fn remove(&mut self, id: Option<u16>) {
        self.instances
            .retain(|instance| instance.bootstrap || id.is_some_and(|id| id != instance.id));
    }

    pub(crate) fn has(&self, id: u16) -> bool {
        self.instances.iter().any(|instance| instance.id == id)
    }

    /// The management server's account for a short server id, where it is complete and the only
    /// one.
    pub(crate) fn management(&self, short_server_id: u16) -> Option<Account<'_>> {
        let mut fitting = self
            .instances
            .iter()
            .filter(|instance| !instance.bootstrap && instance.short_server_id == short_server_id);
        let (Some(instance), None) = (fitting.next(), fitting.next()) else {
            return None;
        };
        let security = match instance.mode {
            NO_SECURITY => Security::None,
            PRE_SHARED_KEY => Security::PreSharedKey {
                identity: &instance.identity,
                key: &instance.key,
            },
            _ => return None,
        };
        let account = Account {
            uri: &instance.uri,
            security,
            role: Role::Management,
        };
        account.check().is_ok().then_some(account)
    }
}

impl Object for Accounts {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.instances.get(index).map(|instance| instance.id)
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Err(Refusal::Unauthorized)
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let fits = match (at.resource, value) {
            (URI, Value::String(uri)) => uri.len() <= 128,
            (IDENTITY | KEY, Value::Opaque(bytes)) => bytes.len() <= 64,
            (MODE, Value::Integer(mode)) => (0..=4).contains(mode),
            (SHORT_SERVER_ID, Value::Integer(id)) => (0..=65535).contains(id),
            _ => true,
        };
        if fits {
            Ok(())
        } else {
            Err(Refusal::BadRequest)
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let instance = self
            .instances
            .iter_mut()
            .find(|instance| instance.id == at.instance)
            .ok_or(Refusal::NotFound)?;
        match (at.resource, value) {
            (URI, Value::String(uri)) => {
                instance.uri.clear();
                let _ = instance.uri.push_str(uri);
            }
            (BOOTSTRAP, Value::Boolean(bootstrap)) => instance.bootstrap = bootstrap,
            (MODE, Value::Integer(mode)) => instance.mode = mode as u8,
            (IDENTITY, Value::Opaque(identity)) => {
                instance.identity.clear();
                let _ = instance.identity.extend_from_slice(identity);
            }
            (KEY, Value::Opaque(key)) => {
                instance.key.clear();
                let _ = instance.key.extend_from_slice(key);
            }
            (SHORT_SERVER_ID, Value::Integer(id)) => instance.short_server_id = id as u16,
            // A server's public key, hold-off and timeout are taken and not used.
            _ => {}
        }
        Ok(())
    }
}

static DEFINITION: ObjectDefinition = ObjectDefinition {
    id: 0,
    version: (1, 1),
    resources: &[
        ResourceDefinition::new(URI, Type::String, Operations::NONE),
        ResourceDefinition::new(BOOTSTRAP, Type::Boolean, Operations::NONE),
        ResourceDefinition::new(MODE, Type::Integer, Operations::NONE),
        ResourceDefinition::new(IDENTITY, Type::Opaque, Operations::NONE),
        ResourceDefinition::new(SERVER_PUBLIC_KEY, Type::Opaque, Operations::NONE),
        ResourceDefinition::new(KEY, Type::Opaque, Operations::NONE),
        ResourceDefinition::new(SHORT_SERVER_ID, Type::Integer, Operations::NONE),
        ResourceDefinition::new(HOLD_OFF, Type::Integer, Operations::NONE),
        ResourceDefinition::new(ACCOUNT_TIMEOUT, Type::Integer, Operations::NONE),
    ],
};

const URI: u16 = 0;
const BOOTSTRAP: u16 = 1;
const MODE: u16 = 2;
const IDENTITY: u16 = 3;
const SERVER_PUBLIC_KEY: u16 = 4;
const KEY: u16 = 5;
const SHORT_SERVER_ID: u16 = 10;
const HOLD_OFF: u16 = 11;
const ACCOUNT_TIMEOUT: u16 = 12;

/// Security modes (/0/x/2).
const PRE_SHARED_KEY: u8 = 0;
const NO_SECURITY: u8 = 3;
