//! Object 1, LwM2M Server (LwM2M Core 1.1, Appendix E.2): the registration's parameters, which the
//! server may change.

#[cfg(feature = "send")]
use crate::client::config::Role;
use crate::client::config::{Config, Version};
use crate::error::Refusal;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{Type, Value};

/// The one instance.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// 0, or the id that a bootstrap server gave it.
    #[cfg(feature = "bootstrap")]
    pub(crate) instance: u16,
    pub(crate) short_server_id: u16,
    /// Seconds.
    pub(crate) lifetime: u32,
    /// The default of `pmin`, in seconds.
    #[cfg(feature = "attributes")]
    pub(crate) default_pmin: u32,
    /// The default of `pmax`, in seconds; 0 is none.
    #[cfg(feature = "attributes")]
    pub(crate) default_pmax: u32,
    /// Whether changes are told that took place while the server was out of reach.
    pub(crate) store_notifications: bool,
    pub(crate) queue_mode: bool,
    /// The version that the registration is made with; in 1.0 the binding tells of queue mode.
    pub(crate) version: Version,
    /// Whether the server wants no Send.
    #[cfg(feature = "send")]
    pub(crate) mute_send: bool,
    /// Whether a rejected Register leads to the bootstrap server.
    #[cfg(feature = "bootstrap")]
    pub(crate) bootstrap_on_failure: bool,
    /// Registration Update Trigger was executed, or a registration parameter written.
    pub(crate) update_triggered: bool,
}

impl Server {
    pub(crate) fn new(config: &Config<'_>) -> Self {
        Self {
            #[cfg(feature = "bootstrap")]
            instance: 0,
            short_server_id: config.short_server_id,
            lifetime: config.lifetime,
            #[cfg(feature = "attributes")]
            default_pmin: 0,
            #[cfg(feature = "attributes")]
            default_pmax: 0,
            store_notifications: true,
            queue_mode: config.queue_mode,
            version: config.version,
            // Send is off where the resource is absent, but in the instance that the client makes
            // itself it says what the device can do.
            #[cfg(feature = "send")]
            mute_send: config.account.role != Role::Management,
            #[cfg(feature = "bootstrap")]
            bootstrap_on_failure: true,
            update_triggered: false,
        }
    }

    /// The default periods of notifications, the shortest and the longest.
    #[cfg(feature = "attributes")]
    pub(crate) fn periods(&self) -> (u32, u32) {
        (self.default_pmin, self.default_pmax)
    }

    fn is_1_0(&self) -> bool {
        self.version == Version::V1_0
    }
}

impl Object for Server {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    #[cfg(feature = "bootstrap")]
    fn instance(&self, index: usize) -> Option<u16> {
        (index == 0).then_some(self.instance)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        Ok(match at.resource {
            SHORT_SERVER_ID => Value::Integer(self.short_server_id.into()),
            LIFETIME => Value::Integer(self.lifetime.into()),
            #[cfg(feature = "attributes")]
            DEFAULT_PMIN => Value::Integer(self.default_pmin.into()),
            #[cfg(feature = "attributes")]
            DEFAULT_PMAX => Value::Integer(self.default_pmax.into()),
            NOTIFICATION_STORING => Value::Boolean(self.store_notifications),
            BINDING => Value::String(if self.queue_mode && self.is_1_0() {
                "UQ"
            } else {
                "U"
            }),
            #[cfg(feature = "bootstrap")]
            BOOTSTRAP_ON_FAILURE => Value::Boolean(self.bootstrap_on_failure),
            #[cfg(feature = "send")]
            MUTE_SEND => Value::Boolean(self.mute_send),
            _ => return Err(Refusal::MethodNotAllowed),
        })
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        match (at.resource, value) {
            (LIFETIME, Value::Integer(seconds)) if *seconds < 1 || *seconds > u32::MAX.into() => {
                Err(Refusal::BadRequest)
            }
            #[cfg(feature = "attributes")]
            (DEFAULT_PMIN | DEFAULT_PMAX, Value::Integer(seconds))
                if u32::try_from(*seconds).is_err() =>
            {
                Err(Refusal::BadRequest)
            }
            // UDP is what there is, among others perhaps.
            (BINDING, Value::String(binding)) if !binding.bytes().any(|letter| letter == b'U') => {
                Err(Refusal::BadRequest)
            }
            (SHORT_SERVER_ID, Value::Integer(id)) if !(1..=65_534).contains(id) => {
                Err(Refusal::BadRequest)
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        match (at.resource, value) {
            #[cfg(feature = "bootstrap")]
            (SHORT_SERVER_ID, Value::Integer(id)) => self.short_server_id = id as u16,
            (LIFETIME, Value::Integer(seconds)) => {
                self.lifetime = seconds as u32;
                self.update_triggered = true;
            }
            #[cfg(feature = "attributes")]
            (DEFAULT_PMIN, Value::Integer(seconds)) => self.default_pmin = seconds as u32,
            #[cfg(feature = "attributes")]
            (DEFAULT_PMAX, Value::Integer(seconds)) => self.default_pmax = seconds as u32,
            (NOTIFICATION_STORING, Value::Boolean(store)) => self.store_notifications = store,
            (BINDING, Value::String(binding)) => {
                // In 1.1 queue mode is no part of the binding, and stays.
                if self.is_1_0() {
                    self.queue_mode = binding.bytes().any(|letter| letter == b'Q');
                }
                self.update_triggered = true;
            }
            #[cfg(feature = "bootstrap")]
            (BOOTSTRAP_ON_FAILURE, Value::Boolean(bootstrap)) => {
                self.bootstrap_on_failure = bootstrap;
            }
            #[cfg(feature = "send")]
            (MUTE_SEND, Value::Boolean(mute)) => self.mute_send = mute,
            _ => return Err(Refusal::MethodNotAllowed),
        }
        Ok(())
    }

    fn execute(&mut self, _: At, _: &[u8]) -> Result<(), Refusal> {
        self.update_triggered = true;
        Ok(())
    }
}

static DEFINITION: ObjectDefinition = ObjectDefinition {
    id: 1,
    version: (1, 1),
    resources: &[
        ResourceDefinition::new(SHORT_SERVER_ID, Type::Integer, Operations::R),
        ResourceDefinition::new(LIFETIME, Type::Integer, Operations::RW),
        #[cfg(feature = "attributes")]
        ResourceDefinition::new(DEFAULT_PMIN, Type::Integer, Operations::RW),
        #[cfg(feature = "attributes")]
        ResourceDefinition::new(DEFAULT_PMAX, Type::Integer, Operations::RW),
        ResourceDefinition::new(NOTIFICATION_STORING, Type::Boolean, Operations::RW),
        ResourceDefinition::new(BINDING, Type::String, Operations::RW),
        ResourceDefinition::new(UPDATE_TRIGGER, Type::Opaque, Operations::E),
        #[cfg(feature = "bootstrap")]
        ResourceDefinition::new(BOOTSTRAP_ON_FAILURE, Type::Boolean, Operations::RW),
        #[cfg(feature = "send")]
        ResourceDefinition::new(MUTE_SEND, Type::Boolean, Operations::RW),
    ],
};

const SHORT_SERVER_ID: u16 = 0;
const LIFETIME: u16 = 1;
#[cfg(feature = "attributes")]
const DEFAULT_PMIN: u16 = 2;
#[cfg(feature = "attributes")]
const DEFAULT_PMAX: u16 = 3;
const NOTIFICATION_STORING: u16 = 6;
const BINDING: u16 = 7;
const UPDATE_TRIGGER: u16 = 8;
#[cfg(feature = "bootstrap")]
const BOOTSTRAP_ON_FAILURE: u16 = 16;
#[cfg(feature = "send")]
const MUTE_SEND: u16 = 23;
