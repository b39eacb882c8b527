//! Object 1, LwM2M Server (LwM2M Core 1.1, Appendix E.2): the registration's parameters, which the
//! server may change.

use crate::archive::Archive;
use crate::backoff::Schedule;
use crate::config::{Config, Role, Version};
use crate::error::Refusal;
use crate::feature;
use crate::model::ids::SHORT_SERVER_ID;
use crate::model::object::{
    At, Creatable, Object, ObjectDefinition, Operations, ResourceDefinition,
};
use crate::model::value::{Type, Value};

/// The instance of one server.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// 0, or the id that a bootstrap server gave it.
    pub(crate) instance: u16,
    pub(crate) short_server_id: u16,
    /// Seconds.
    pub(crate) lifetime: u32,
    /// Whether changes are reported that took place while the server was out of reach.
    pub(crate) store_notifications: bool,
    pub(crate) queue_mode: bool,
    /// The version that the registration is made with; in 1.0 the binding says whether there is queue
    /// mode.
    pub(crate) version: Version,
    /// Whether the server wants no Send.
    pub(crate) mute_send: bool,
    /// Whether a rejected Register leads to the bootstrap server.
    pub(crate) bootstrap_on_failure: bool,
    /// Numbers that are absent until a server writes them, in the order of [`NUMBERS`].
    numbers: [Option<u32>; NUMBERS.len()],
    /// Whether a failed registration is to keep the device from the servers behind this one.
    failure_block: Option<bool>,
    /// Whether the device is to be woken by SMS, which it cannot.
    trigger: Option<bool>,
    /// Whether the server prefers UDP, which is what there is.
    prefers_udp: bool,
    /// Registration Update Trigger was executed, or a registration parameter written.
    pub(crate) update_triggered: bool,
    /// Disable was executed.
    pub(crate) disable_triggered: bool,
    /// Bootstrap-Request Trigger was executed.
    pub(crate) bootstrap_triggered: bool,
    /// Whether there is a bootstrap server to ask, and its account has not had its time.
    pub(crate) has_bootstrap_server: bool,
}

/// A resource that this device has, other than a number.
#[derive(Clone, Copy)]
enum Resource {
    ShortServerId,
    Lifetime,
    NotificationStoring,
    Binding,
    UpdateTrigger,
    Disable(feature::ServerObject),
    BootstrapTrigger(feature::Bootstrap),
    FailureBlock(feature::ServerObject),
    BootstrapOnFailure(feature::Bootstrap),
    Trigger(feature::ServerObject),
    PreferredTransport(feature::ServerObject),
    MuteSend(feature::Send),
    Number,
}

impl Resource {
    #[inline(always)]
    fn of(id: u16) -> Self {
        let resource = match id {
            SHORT_SERVER_ID => Some(Self::ShortServerId),
            LIFETIME => Some(Self::Lifetime),
            NOTIFICATION_STORING => Some(Self::NotificationStoring),
            BINDING => Some(Self::Binding),
            UPDATE_TRIGGER => Some(Self::UpdateTrigger),
            DISABLE => feature::ServerObject::VALUE.map(Self::Disable),
            BOOTSTRAP_TRIGGER => feature::Bootstrap::VALUE.map(Self::BootstrapTrigger),
            FAILURE_BLOCK => feature::ServerObject::VALUE.map(Self::FailureBlock),
            BOOTSTRAP_ON_FAILURE => feature::Bootstrap::VALUE.map(Self::BootstrapOnFailure),
            TRIGGER => feature::ServerObject::VALUE.map(Self::Trigger),
            PREFERRED_TRANSPORT => feature::ServerObject::VALUE.map(Self::PreferredTransport),
            MUTE_SEND => feature::Send::VALUE.map(Self::MuteSend),
            _ => None,
        };
        resource.unwrap_or(Self::Number)
    }
}

impl Server {
    pub(crate) fn new(config: &Config<'_>) -> Self {
        Self {
            instance: 0,
            short_server_id: config.short_server_id,
            lifetime: config.lifetime,
            store_notifications: true,
            queue_mode: config.queue_mode,
            version: config.version,
            // Send is off where the resource is absent, but in the instance that the client makes
            // itself it says what the device can do.
            mute_send: feature::Bootstrap::IS_ON && config.account.role != Role::Management,
            bootstrap_on_failure: true,
            numbers: [None; NUMBERS.len()],
            failure_block: None,
            trigger: None,
            prefers_udp: false,
            update_triggered: false,
            disable_triggered: false,
            bootstrap_triggered: false,
            has_bootstrap_server: config.account.role == Role::Bootstrap,
        }
    }

    /// An instance that a bootstrap server is about to write; of no server yet.
    pub(crate) fn written(config: &Config<'_>, instance: u16) -> Self {
        Self {
            instance,
            short_server_id: 0,
            ..Self::new(config)
        }
    }

    /// All but what was executed and is not done yet.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.u16(&mut self.instance);
        archive.u16(&mut self.short_server_id);
        archive.u32(&mut self.lifetime);
        for state in [
            &mut self.store_notifications,
            &mut self.queue_mode,
            &mut self.mute_send,
            &mut self.bootstrap_on_failure,
            &mut self.prefers_udp,
            &mut self.has_bootstrap_server,
        ] {
            archive.bool(state);
        }
        for state in [&mut self.failure_block, &mut self.trigger] {
            archive.option(state, false, Archive::bool);
        }
        for number in &mut self.numbers {
            archive.option(number, 0, Archive::u32);
        }
        let mut is_1_0 = self.is_1_0();
        archive.bool(&mut is_1_0);
        self.version = match is_1_0 {
            true => Version::V1_0,
            false => Version::V1_1,
        };
    }

    fn is_1_0(&self) -> bool {
        self.version == Version::V1_0
    }

    fn number(&self, resource: u16) -> Option<u32> {
        self.numbers.get(position(resource)?).copied().flatten()
    }

    /// The number of a resource that is known to the compiler.
    #[inline(always)]
    fn get<const RESOURCE: u16>(&self) -> Option<u32> {
        let position = const { position(RESOURCE) };
        self.numbers.get(position?).copied().flatten()
    }

    fn set_number(&mut self, resource: u16, number: Option<u32>) {
        let kept = position(resource).and_then(|position| self.numbers.get_mut(position));
        if let Some(kept) = kept {
            *kept = number;
        }
    }

    /// The server has ended a handshake or a session with an alert.
    pub(crate) fn note_alert(&mut self, alert: u8) {
        self.set_number(ALERT, Some(alert.into()));
    }

    /// The defaults of `pmin` and `pmax`, in seconds; 0 is none.
    pub(crate) fn periods(&self) -> (u32, u32) {
        let (shortest, longest) = (self.get::<DEFAULT_PMIN>(), self.get::<DEFAULT_PMAX>());
        (shortest.unwrap_or_default(), longest.unwrap_or_default())
    }
}

/// When the client is to register (LwM2M Core 1.1, 6.2.1.2); seconds.
impl Server {
    pub(crate) fn disable_timeout(&self) -> u32 {
        self.get::<DISABLE_TIMEOUT>().unwrap_or(86_400)
    }

    /// The wait before the first registration; none where there is none.
    pub(crate) fn initial_delay(&self) -> Option<u32> {
        self.get::<INITIAL_DELAY>().filter(|delay| *delay > 0)
    }

    /// Its place in the order of servers, the lowest first; none where it is in no order.
    pub(crate) fn priority(&self) -> Option<u32> {
        self.get::<PRIORITY>()
    }

    /// Whether its failure is to keep the device from the servers behind it.
    pub(crate) fn blocks_others(&self) -> bool {
        self.failure_block.unwrap_or(false)
    }

    /// The order of retries, where the server has set any part of it; the specification's default
    /// stands for the other parts.
    pub(crate) fn schedule(&self) -> Option<Schedule> {
        let numbers = [
            self.get::<RETRY_COUNT>(),
            self.get::<RETRY_TIMER>(),
            self.get::<SEQUENCE_DELAY>(),
            self.get::<SEQUENCE_COUNT>(),
        ];
        let [attempts, timer, sequence_delay, sequences] = numbers;
        // Only a bootstrap server can set them.
        let is_set = feature::Bootstrap::IS_ON && numbers.iter().any(Option::is_some);
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

    /// Without Create a Write reaches only what is there.
    #[cfg(feature = "create")]
    fn has(&self, at: At) -> bool {
        match Resource::of(at.resource) {
            Resource::FailureBlock(_) => self.failure_block.is_some(),
            Resource::Trigger(_) => self.trigger.is_some(),
            Resource::PreferredTransport(_) => self.prefers_udp,
            Resource::Number => self.number(at.resource).is_some(),
            _ => true,
        }
    }

    #[cfg(feature = "create")]
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        Ok(match Resource::of(at.resource) {
            Resource::ShortServerId => Value::Integer(self.short_server_id.into()),
            Resource::Lifetime => Value::Integer(self.lifetime.into()),
            Resource::NotificationStoring => Value::Boolean(self.store_notifications),
            Resource::Binding if self.queue_mode && self.is_1_0() => Value::String("UQ"),
            Resource::Binding => Value::String("U"),
            Resource::BootstrapOnFailure(_) => Value::Boolean(self.bootstrap_on_failure),
            Resource::MuteSend(_) => Value::Boolean(self.mute_send),
            Resource::FailureBlock(_) => {
                Value::Boolean(self.failure_block.ok_or(Refusal::NotFound)?)
            }
            Resource::Trigger(_) => Value::Boolean(self.trigger.ok_or(Refusal::NotFound)?),
            Resource::PreferredTransport(_) if self.prefers_udp => Value::String("U"),
            Resource::PreferredTransport(_) => return Err(Refusal::NotFound),
            Resource::Number => {
                let number = self.number(at.resource).ok_or(Refusal::NotFound)?;
                match DEFINITION.resource(at.resource) {
                    Some(definition) if definition.kind == Type::Unsigned => {
                        Value::Unsigned(number.into())
                    }
                    _ => Value::Integer(number.into()),
                }
            }
            Resource::Disable(_) | Resource::BootstrapTrigger(_) | Resource::UpdateTrigger => {
                return Err(Refusal::MethodNotAllowed);
            }
        })
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let is_sound = match (Resource::of(at.resource), value) {
            (Resource::Number, value) => {
                let least = position(at.resource).and_then(|position| NUMBERS.get(position));
                least.is_none_or(|(_, least)| number_of(value) >= Some(*least))
            }
            (Resource::PreferredTransport(_), Value::String(transport)) => *transport == "U",
            (Resource::Lifetime, Value::Integer(seconds)) => {
                (1..=u32::MAX.into()).contains(seconds)
            }
            // UDP is what there is, among others perhaps.
            (Resource::Binding, Value::String(binding)) => {
                binding.bytes().any(|letter| letter == b'U')
            }
            (Resource::ShortServerId, Value::Integer(id)) => (1..=65_534).contains(id),
            _ => true,
        };
        if is_sound {
            Ok(())
        } else {
            Err(Refusal::BadRequest)
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        match (Resource::of(at.resource), value) {
            (Resource::Number, value) => self.set_number(at.resource, number_of(&value)),
            (Resource::ShortServerId, Value::Integer(id)) if feature::Bootstrap::IS_ON => {
                self.short_server_id = id as u16;
            }
            (Resource::Lifetime, Value::Integer(seconds)) => {
                self.lifetime = seconds as u32;
                self.update_triggered = true;
            }
            (Resource::NotificationStoring, Value::Boolean(store)) => {
                self.store_notifications = store;
            }
            (Resource::Binding, Value::String(binding)) => {
                // In 1.1 queue mode is no part of the binding, and stays.
                if self.is_1_0() {
                    self.queue_mode = binding.bytes().any(|letter| letter == b'Q');
                }
                self.update_triggered = true;
            }
            (Resource::BootstrapOnFailure(_), Value::Boolean(bootstrap)) => {
                self.bootstrap_on_failure = bootstrap;
            }
            (Resource::MuteSend(_), Value::Boolean(mute)) => self.mute_send = mute,
            (Resource::FailureBlock(_), Value::Boolean(block)) => self.failure_block = Some(block),
            (Resource::Trigger(_), Value::Boolean(trigger)) => self.trigger = Some(trigger),
            (Resource::PreferredTransport(_), _) => self.prefers_udp = true,
            _ => return Err(Refusal::MethodNotAllowed),
        }
        Ok(())
    }

    fn execute(&mut self, at: At, _: &[u8]) -> Result<(), Refusal> {
        match Resource::of(at.resource) {
            Resource::Disable(_) => self.disable_triggered = true,
            Resource::BootstrapTrigger(_) if self.has_bootstrap_server => {
                self.bootstrap_triggered = true;
            }
            Resource::BootstrapTrigger(_) => return Err(Refusal::MethodNotAllowed),
            _ => self.update_triggered = true,
        }
        Ok(())
    }
}

impl Creatable for Server {
    fn can_add(&self, at: At) -> bool {
        at.resource_instance == 0
    }

    /// Optional resources go back to what their absence means.
    fn clear(&mut self, at: At) {
        match Resource::of(at.resource) {
            Resource::Number => self.set_number(at.resource, None),
            Resource::BootstrapOnFailure(_) => self.bootstrap_on_failure = true,
            Resource::MuteSend(_) => self.mute_send = true,
            Resource::FailureBlock(_) => self.failure_block = None,
            Resource::Trigger(_) => self.trigger = None,
            Resource::PreferredTransport(_) => self.prefers_udp = false,
            _ => {}
        }
    }
}

/// Where in [`NUMBERS`] a resource is.
const fn position(resource: u16) -> Option<usize> {
    let (mut position, mut numbers) = (0, NUMBERS.as_slice());
    while let [(id, _), rest @ ..] = numbers {
        if *id == resource {
            return Some(position);
        }
        (position, numbers) = (position + 1, rest);
    }
    None
}

fn number_of(value: &Value<'_>) -> Option<u32> {
    match *value {
        Value::Integer(number) => number.try_into().ok(),
        Value::Unsigned(number) => number.try_into().ok(),
        _ => None,
    }
}

/// A resource that a device may have.
#[derive(Clone, Copy)]
struct Row {
    is_there: bool,
    definition: ResourceDefinition,
    /// Of a number up to 2^32 - 1, which is absent until it is written: the least that makes sense.
    least: Option<u32>,
}

impl Row {
    const fn new(is_there: bool, id: u16, kind: Type, operations: Operations) -> Self {
        Self {
            is_there,
            definition: ResourceDefinition::new(id, kind, operations),
            least: None,
        }
    }

    const fn number(mut self, least: u32) -> Self {
        self.least = Some(least);
        self
    }
}

/// All resources of the object, in the order of their ids. 13 to 20 have no operations in this version:
/// the bootstrap server writes them, and for the servers themselves they are not there. A sequence of
/// attempts has one, and a wait takes some time.
const ROWS: [Row; 22] = {
    const ALWAYS: bool = true;
    const ATTRIBUTES: bool = feature::Attributes::IS_ON;
    const BOOTSTRAP: bool = feature::Bootstrap::IS_ON;
    const ADDED: bool = feature::ServerObject::IS_ON;
    const DTLS: bool = feature::Dtls::IS_ON;
    const SEND: bool = feature::Send::IS_ON;
    use Operations as Ops;
    use Type::{Boolean, Integer, Opaque, String, Unsigned};
    [
        Row::new(ALWAYS, SHORT_SERVER_ID, Integer, Ops::R),
        Row::new(ALWAYS, LIFETIME, Integer, Ops::RW),
        Row::new(ATTRIBUTES, DEFAULT_PMIN, Integer, Ops::RW).number(0),
        Row::new(ATTRIBUTES, DEFAULT_PMAX, Integer, Ops::RW).number(0),
        Row::new(ADDED, DISABLE, Opaque, Ops::E),
        Row::new(ADDED, DISABLE_TIMEOUT, Integer, Ops::RW).number(0),
        Row::new(ALWAYS, NOTIFICATION_STORING, Boolean, Ops::RW),
        Row::new(ALWAYS, BINDING, String, Ops::RW),
        Row::new(ALWAYS, UPDATE_TRIGGER, Opaque, Ops::E),
        Row::new(BOOTSTRAP, BOOTSTRAP_TRIGGER, Opaque, Ops::E),
        Row::new(ADDED && DTLS, ALERT, Integer, Ops::R).number(0),
        Row::new(BOOTSTRAP && ADDED, PRIORITY, Unsigned, Ops::NONE).number(0),
        Row::new(BOOTSTRAP && ADDED, INITIAL_DELAY, Unsigned, Ops::NONE).number(0),
        Row::new(BOOTSTRAP && ADDED, FAILURE_BLOCK, Boolean, Ops::NONE),
        Row::new(BOOTSTRAP, BOOTSTRAP_ON_FAILURE, Boolean, Ops::NONE),
        Row::new(BOOTSTRAP && ADDED, RETRY_COUNT, Unsigned, Ops::NONE).number(1),
        Row::new(BOOTSTRAP && ADDED, RETRY_TIMER, Unsigned, Ops::NONE).number(1),
        Row::new(BOOTSTRAP && ADDED, SEQUENCE_DELAY, Unsigned, Ops::NONE).number(1),
        Row::new(BOOTSTRAP && ADDED, SEQUENCE_COUNT, Unsigned, Ops::NONE).number(1),
        Row::new(ADDED, TRIGGER, Boolean, Ops::RW),
        Row::new(ADDED, PREFERRED_TRANSPORT, String, Ops::RW),
        Row::new(SEND, MUTE_SEND, Boolean, Ops::RW),
    ]
};

pub(super) static DEFINITION: ObjectDefinition = ObjectDefinition {
    id: 1,
    version: (1, 1),
    resources: &RESOURCES,
};

static RESOURCES: [ResourceDefinition; count(false)] = {
    let [first, ..] = ROWS;
    let mut resources = [first.definition; count(false)];
    let (mut row, mut found) = (0, 0);
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    while row < ROWS.len() {
        if ROWS[row].is_there {
            resources[found] = ROWS[row].definition;
            found += 1;
        }
        row += 1;
    }
    resources
};

/// The resources that hold a number, and the least number that makes sense.
const NUMBERS: [(u16, u32); count(true)] = {
    let mut numbers = [(0, 0); count(true)];
    let (mut row, mut found) = (0, 0);
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
    while row < ROWS.len() {
        if let (true, Some(least)) = (ROWS[row].is_there, ROWS[row].least) {
            numbers[found] = (ROWS[row].definition.id, least);
            found += 1;
        }
        row += 1;
    }
    numbers
};

/// How many resources there are, or how many of them are numbers.
const fn count(are_numbers: bool) -> usize {
    let mut count = 0;
    let mut rows = ROWS.as_slice();
    while let [row, rest @ ..] = rows {
        if row.is_there && (!are_numbers || row.least.is_some()) {
            count += 1;
        }
        rows = rest;
    }
    count
}

const LIFETIME: u16 = 1;
const DEFAULT_PMIN: u16 = 2;
const DEFAULT_PMAX: u16 = 3;
const DISABLE: u16 = 4;
const DISABLE_TIMEOUT: u16 = 5;
const NOTIFICATION_STORING: u16 = 6;
const BINDING: u16 = 7;
const UPDATE_TRIGGER: u16 = 8;
const BOOTSTRAP_TRIGGER: u16 = 9;
const ALERT: u16 = 11;
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
