//! Object 1, LwM2M Server (LwM2M Core 1.1, Appendix E.2): the registration's parameters, which the
//! server may change.

use crate::backoff::Schedule;
#[cfg(any(feature = "bootstrap", feature = "send"))]
use crate::config::Role;
use crate::config::{Config, Version};
use crate::error::Refusal;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{Type, Value};

/// The instance of one server.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// 0, or the id that a bootstrap server gave it.
    #[cfg(feature = "bootstrap")]
    pub(crate) instance: u16,
    pub(crate) short_server_id: u16,
    /// Seconds.
    pub(crate) lifetime: u32,
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
    /// Numbers that are absent until a server writes them, in the order of [`NUMBERS`].
    numbers: [Option<u32>; NUMBERS.len()],
    /// Whether a failed registration is to keep the device from the servers behind this one.
    #[cfg(feature = "server-object")]
    failure_block: Option<bool>,
    /// Whether the device is to be woken by SMS, which it cannot.
    #[cfg(feature = "server-object")]
    trigger: Option<bool>,
    /// Whether the server prefers UDP, which is what there is.
    #[cfg(feature = "server-object")]
    prefers_udp: bool,
    /// Registration Update Trigger was executed, or a registration parameter written.
    pub(crate) update_triggered: bool,
    /// Disable was executed.
    pub(crate) disable_triggered: bool,
    /// Bootstrap-Request Trigger was executed.
    pub(crate) bootstrap_triggered: bool,
    #[cfg(feature = "bootstrap")]
    has_bootstrap_server: bool,
}

impl Server {
    pub(crate) fn new(config: &Config<'_>) -> Self {
        Self {
            #[cfg(feature = "bootstrap")]
            instance: 0,
            short_server_id: config.short_server_id,
            lifetime: config.lifetime,
            store_notifications: true,
            queue_mode: config.queue_mode,
            version: config.version,
            // Send is off where the resource is absent, but in the instance that the client makes
            // itself it says what the device can do.
            #[cfg(feature = "send")]
            mute_send: config.account.role != Role::Management,
            #[cfg(feature = "bootstrap")]
            bootstrap_on_failure: true,
            numbers: [None; NUMBERS.len()],
            #[cfg(feature = "server-object")]
            failure_block: None,
            #[cfg(feature = "server-object")]
            trigger: None,
            #[cfg(feature = "server-object")]
            prefers_udp: false,
            update_triggered: false,
            disable_triggered: false,
            bootstrap_triggered: false,
            #[cfg(feature = "bootstrap")]
            has_bootstrap_server: config.account.role == Role::Bootstrap,
        }
    }

    /// An instance that a bootstrap server is about to write; of no server yet.
    #[cfg(feature = "bootstrap")]
    pub(crate) fn written(config: &Config<'_>, instance: u16) -> Self {
        Self {
            instance,
            short_server_id: 0,
            ..Self::new(config)
        }
    }

    fn is_1_0(&self) -> bool {
        self.version == Version::V1_0
    }

    fn number(&self, resource: u16) -> Option<u32> {
        self.numbers.get(place(resource)?).copied().flatten()
    }

    fn set_number(&mut self, resource: u16, number: Option<u32>) {
        if let Some(place) = place(resource).and_then(|place| self.numbers.get_mut(place)) {
            *place = number;
        }
    }
}

impl Server {
    /// The defaults of `pmin` and `pmax`, in seconds; 0 is none.
    pub(crate) fn periods(&self) -> (u32, u32) {
        let period = |resource| self.number(resource).unwrap_or_default();
        (period(DEFAULT_PMIN), period(DEFAULT_PMAX))
    }
}

/// When the client is to register (LwM2M Core 1.1, 6.2.1.2); seconds.
impl Server {
    pub(crate) fn disable_timeout(&self) -> u32 {
        self.number(DISABLE_TIMEOUT).unwrap_or(86_400)
    }

    /// The wait before the first registration; none where there is none.
    pub(crate) fn initial_delay(&self) -> Option<u32> {
        self.number(INITIAL_DELAY).filter(|delay| *delay > 0)
    }

    /// Its place in the order of servers, the lowest first; none where it is in no order.
    pub(crate) fn priority(&self) -> Option<u32> {
        self.number(PRIORITY)
    }

    /// Whether its failure is to keep the device from the servers behind it.
    #[cfg(feature = "server-object")]
    pub(crate) fn blocks_others(&self) -> bool {
        self.failure_block.unwrap_or(false)
    }

    /// The order of retries, where the server has set any part of it; the specification's default
    /// stands for the other parts.
    pub(crate) fn schedule(&self) -> Option<Schedule> {
        let numbers = [
            self.number(RETRY_COUNT),
            self.number(RETRY_TIMER),
            self.number(SEQUENCE_DELAY),
            self.number(SEQUENCE_COUNT),
        ];
        let [attempts, timer, sequence_delay, sequences] = numbers;
        // Only a bootstrap server can set them.
        let is_set = cfg!(feature = "bootstrap") && numbers.iter().any(Option::is_some);
        is_set.then_some(Schedule {
            attempts: attempts.unwrap_or(5),
            timer: timer.unwrap_or(60),
            sequence_delay: sequence_delay.unwrap_or(86_400),
            sequences: sequences.unwrap_or(1),
        })
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

    #[cfg(any(feature = "attributes", feature = "server-object"))]
    fn has(&self, _: u16, resource: u16) -> bool {
        match resource {
            // Without Create a Write reaches only what is there.
            _ if cfg!(not(feature = "create")) => true,
            #[cfg(feature = "server-object")]
            FAILURE_BLOCK => self.failure_block.is_some(),
            #[cfg(feature = "server-object")]
            TRIGGER => self.trigger.is_some(),
            #[cfg(feature = "server-object")]
            PREFERRED_TRANSPORT => self.prefers_udp,
            _ => place(resource).is_none() || self.number(resource).is_some(),
        }
    }

    #[cfg(feature = "create")]
    fn can_add(&self, at: At) -> bool {
        at.resource_instance == 0
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        if place(at.resource).is_some() {
            let number = self.number(at.resource).ok_or(Refusal::NotFound)?;
            return Ok(match DEFINITION.resource(at.resource) {
                Some(definition) if definition.kind == Type::Unsigned => {
                    Value::Unsigned(number.into())
                }
                _ => Value::Integer(number.into()),
            });
        }
        Ok(match at.resource {
            SHORT_SERVER_ID => Value::Integer(self.short_server_id.into()),
            LIFETIME => Value::Integer(self.lifetime.into()),
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
            #[cfg(feature = "server-object")]
            FAILURE_BLOCK => Value::Boolean(self.failure_block.ok_or(Refusal::NotFound)?),
            #[cfg(feature = "server-object")]
            TRIGGER => Value::Boolean(self.trigger.ok_or(Refusal::NotFound)?),
            #[cfg(feature = "server-object")]
            PREFERRED_TRANSPORT if self.prefers_udp => Value::String("U"),
            #[cfg(feature = "server-object")]
            PREFERRED_TRANSPORT => return Err(Refusal::NotFound),
            _ => return Err(Refusal::MethodNotAllowed),
        })
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        if let Some(place) = place(at.resource) {
            let least = NUMBERS.get(place).map_or(0, |(_, least)| *least);
            let number = number_of(value).ok_or(Refusal::BadRequest)?;
            return if number < least {
                Err(Refusal::BadRequest)
            } else {
                Ok(())
            };
        }
        match (at.resource, value) {
            #[cfg(feature = "server-object")]
            (PREFERRED_TRANSPORT, Value::String(transport)) if *transport != "U" => {
                Err(Refusal::BadRequest)
            }
            (LIFETIME, Value::Integer(seconds)) if *seconds < 1 || *seconds > u32::MAX.into() => {
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
        if place(at.resource).is_some() {
            self.set_number(at.resource, number_of(&value));
            return Ok(());
        }
        match (at.resource, value) {
            #[cfg(feature = "bootstrap")]
            (SHORT_SERVER_ID, Value::Integer(id)) => self.short_server_id = id as u16,
            (LIFETIME, Value::Integer(seconds)) => {
                self.lifetime = seconds as u32;
                self.update_triggered = true;
            }
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
            #[cfg(feature = "server-object")]
            (FAILURE_BLOCK, Value::Boolean(block)) => self.failure_block = Some(block),
            #[cfg(feature = "server-object")]
            (TRIGGER, Value::Boolean(trigger)) => self.trigger = Some(trigger),
            #[cfg(feature = "server-object")]
            (PREFERRED_TRANSPORT, _) => self.prefers_udp = true,
            _ => return Err(Refusal::MethodNotAllowed),
        }
        Ok(())
    }

    /// Optional resources go back to what their absence means.
    #[cfg(feature = "create")]
    fn clear(&mut self, _: u16, resource: u16) {
        self.set_number(resource, None);
        match resource {
            #[cfg(feature = "bootstrap")]
            BOOTSTRAP_ON_FAILURE => self.bootstrap_on_failure = true,
            #[cfg(feature = "send")]
            MUTE_SEND => self.mute_send = true,
            #[cfg(feature = "server-object")]
            FAILURE_BLOCK => self.failure_block = None,
            #[cfg(feature = "server-object")]
            TRIGGER => self.trigger = None,
            #[cfg(feature = "server-object")]
            PREFERRED_TRANSPORT => self.prefers_udp = false,
            _ => {}
        }
    }

    fn execute(&mut self, at: At, _: &[u8]) -> Result<(), Refusal> {
        match at.resource {
            #[cfg(feature = "server-object")]
            DISABLE => self.disable_triggered = true,
            #[cfg(feature = "bootstrap")]
            BOOTSTRAP_TRIGGER if self.has_bootstrap_server => self.bootstrap_triggered = true,
            #[cfg(feature = "bootstrap")]
            BOOTSTRAP_TRIGGER => return Err(Refusal::MethodNotAllowed),
            _ => {
                let _ = at;
                self.update_triggered = true;
            }
        }
        Ok(())
    }
}

/// Where in [`NUMBERS`] a resource is.
fn place(resource: u16) -> Option<usize> {
    NUMBERS.iter().position(|(id, _)| *id == resource)
}

fn number_of(value: &Value<'_>) -> Option<u32> {
    match *value {
        Value::Integer(number) => number.try_into().ok(),
        Value::Unsigned(number) => number.try_into().ok(),
        _ => None,
    }
}

/// 13 to 20 have no operations in this version: the bootstrap server writes them, and for the
/// servers themselves they are not there.
pub(super) static DEFINITION: ObjectDefinition = ObjectDefinition {
    id: 1,
    version: (1, 1),
    resources: &[
        ResourceDefinition::new(SHORT_SERVER_ID, Type::Integer, Operations::R),
        ResourceDefinition::new(LIFETIME, Type::Integer, Operations::RW),
        #[cfg(feature = "attributes")]
        ResourceDefinition::new(DEFAULT_PMIN, Type::Integer, Operations::RW),
        #[cfg(feature = "attributes")]
        ResourceDefinition::new(DEFAULT_PMAX, Type::Integer, Operations::RW),
        #[cfg(feature = "server-object")]
        ResourceDefinition::new(DISABLE, Type::Opaque, Operations::E),
        #[cfg(feature = "server-object")]
        ResourceDefinition::new(DISABLE_TIMEOUT, Type::Integer, Operations::RW),
        ResourceDefinition::new(NOTIFICATION_STORING, Type::Boolean, Operations::RW),
        ResourceDefinition::new(BINDING, Type::String, Operations::RW),
        ResourceDefinition::new(UPDATE_TRIGGER, Type::Opaque, Operations::E),
        #[cfg(feature = "bootstrap")]
        ResourceDefinition::new(BOOTSTRAP_TRIGGER, Type::Opaque, Operations::E),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(PRIORITY, Type::Unsigned, Operations::NONE),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(INITIAL_DELAY, Type::Unsigned, Operations::NONE),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(FAILURE_BLOCK, Type::Boolean, Operations::NONE),
        #[cfg(feature = "bootstrap")]
        ResourceDefinition::new(BOOTSTRAP_ON_FAILURE, Type::Boolean, Operations::NONE),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(RETRY_COUNT, Type::Unsigned, Operations::NONE),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(RETRY_TIMER, Type::Unsigned, Operations::NONE),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(SEQUENCE_DELAY, Type::Unsigned, Operations::NONE),
        #[cfg(all(feature = "bootstrap", feature = "server-object"))]
        ResourceDefinition::new(SEQUENCE_COUNT, Type::Unsigned, Operations::NONE),
        #[cfg(feature = "server-object")]
        ResourceDefinition::new(TRIGGER, Type::Boolean, Operations::RW),
        #[cfg(feature = "server-object")]
        ResourceDefinition::new(PREFERRED_TRANSPORT, Type::String, Operations::RW),
        #[cfg(feature = "send")]
        ResourceDefinition::new(MUTE_SEND, Type::Boolean, Operations::RW),
    ],
};

/// The resources that hold a number up to 2^32 - 1, or none, and the least number that makes sense:
/// a sequence has an attempt, and a wait takes some time.
const NUMBERS: &[(u16, u32)] = &[
    #[cfg(feature = "attributes")]
    (DEFAULT_PMIN, 0),
    #[cfg(feature = "attributes")]
    (DEFAULT_PMAX, 0),
    #[cfg(feature = "server-object")]
    (DISABLE_TIMEOUT, 0),
    #[cfg(all(feature = "bootstrap", feature = "server-object"))]
    (PRIORITY, 0),
    #[cfg(all(feature = "bootstrap", feature = "server-object"))]
    (INITIAL_DELAY, 0),
    #[cfg(all(feature = "bootstrap", feature = "server-object"))]
    (RETRY_COUNT, 1),
    #[cfg(all(feature = "bootstrap", feature = "server-object"))]
    (RETRY_TIMER, 1),
    #[cfg(all(feature = "bootstrap", feature = "server-object"))]
    (SEQUENCE_DELAY, 1),
    #[cfg(all(feature = "bootstrap", feature = "server-object"))]
    (SEQUENCE_COUNT, 1),
];

const SHORT_SERVER_ID: u16 = 0;
const LIFETIME: u16 = 1;
const DEFAULT_PMIN: u16 = 2;
const DEFAULT_PMAX: u16 = 3;
const DISABLE: u16 = 4;
const DISABLE_TIMEOUT: u16 = 5;
const NOTIFICATION_STORING: u16 = 6;
const BINDING: u16 = 7;
const UPDATE_TRIGGER: u16 = 8;
const BOOTSTRAP_TRIGGER: u16 = 9;
const PRIORITY: u16 = 13;
const INITIAL_DELAY: u16 = 14;
const FAILURE_BLOCK: u16 = 15;
const BOOTSTRAP_ON_FAILURE: u16 = 16;
const RETRY_COUNT: u16 = 17;
const RETRY_TIMER: u16 = 18;
const SEQUENCE_DELAY: u16 = 19;
const SEQUENCE_COUNT: u16 = 20;
const TRIGGER: u16 = 21;
const PREFERRED_TRANSPORT: u16 = 22;
const MUTE_SEND: u16 = 23;
