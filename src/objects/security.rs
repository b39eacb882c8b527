//! Object 0, LwM2M Security (LwM2M Core 1.1, Appendix E.1): whom to connect to, and with what key.
//! Only a bootstrap server reaches it.

use core::str;

use heapless::VecView;

use crate::archive::Archive;
use crate::config::{Account, Role, Security};
use crate::error::Refusal;
use crate::keep::Keep as _;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::value::{Type, Value};
use crate::objects::column::Column;
use crate::objects::handshake::{self, Handshakes};

/// The instances, in the caller's memory.
pub(crate) struct Securities<'s> {
    list: &'s mut VecView<Instance>,
    /// Of [`Field::Uri`] and the others, in their order.
    columns: [Column<'s>; 3],
    handshakes: Handshakes<'s>,
}

/// One instance, without what has a length of its own.
#[derive(Clone, Copy)]
pub(crate) struct Instance {
    pub(crate) id: u16,
    pub(crate) is_bootstrap: bool,
    mode: u8,
    pub(crate) short_server_id: u16,
    /// How long the device is to wait before it asks the bootstrap server by itself, in seconds.
    pub(crate) hold_off: u32,
    /// How long the account lasts after a finished bootstrap, in seconds; 0 is for ever.
    pub(crate) timeout: u32,
    /// Where its fields are in their columns.
    slot: usize,
    /// Of the fields, in bytes.
    lengths: [u16; 3],
    handshake: handshake::Entry,
}

impl Instance {
    const EMPTY: Self = Self {
        id: 0,
        is_bootstrap: false,
        mode: UNKNOWN,
        short_server_id: 0,
        hold_off: 0,
        timeout: 0,
        slot: 0,
        lengths: [0; 3],
        handshake: handshake::Entry::NONE,
    };
}

/// What has a length of its own.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    Uri,
    Identity,
    Key,
}

impl<'s> Securities<'s> {
    /// The memory with nothing in it.
    pub(crate) fn new(
        list: &'s mut VecView<Instance>,
        columns: [Column<'s>; 3],
        handshakes: Handshakes<'s>,
    ) -> Self {
        list.clear();
        Self {
            list,
            columns,
            handshakes,
        }
    }

    /// How many instances there can be.
    pub(crate) fn capacity(&self) -> usize {
        self.list.capacity()
    }

    /// Removes all instances, and their keys from the memory.
    pub(crate) fn clear(&mut self) {
        self.remove(None);
    }

    /// Makes an empty instance of an id that is not there.
    pub(crate) fn create(&mut self, id: u16) -> Result<(), Refusal> {
        let slot = self.free_slot();
        self.push(Instance {
            id,
            slot,
            ..Instance::EMPTY
        })
    }

    /// Removes an instance, or all, and its key from the memory.
    pub(crate) fn remove(&mut self, id: Option<u16>) {
        let Self {
            list,
            columns: [.., keys],
            ..
        } = self;
        list.keep(&mut |instance| {
            let stays = id.is_some_and(|id| id != instance.id);
            if !stays {
                keys.set(instance.slot, &[]);
            }
            stays
        });
    }

    /// Takes over an instance of others as it is, but for an id that is taken here.
    #[inline(never)]
    pub(crate) fn copy(
        &mut self,
        others: &Securities<'_>,
        other: &Instance,
    ) -> Result<(), Refusal> {
        let slot = self.free_slot();
        let columns = self.columns.iter_mut().zip(&others.columns);
        for ((to, from), length) in columns.zip(other.lengths) {
            to.set(slot, from.get(other.slot, length));
        }
        self.handshakes
            .copy(slot, &others.handshakes, other.slot, other.handshake);
        let id = self.free_id(other.id);
        self.push(Instance { id, slot, ..*other })
    }

    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        let Self {
            list,
            columns,
            handshakes,
        } = self;
        let mut next_slot = 0;
        archive.list(list, Instance::EMPTY, &mut |archive, instance| {
            if archive.is_restoring() {
                instance.slot = next_slot;
                next_slot += 1;
            }
            archive.u16(&mut instance.id);
            archive.bool(&mut instance.is_bootstrap);
            archive.u8(&mut instance.mode);
            archive.u16(&mut instance.short_server_id);
            archive.u32(&mut instance.hold_off);
            archive.u32(&mut instance.timeout);
            for (column, length) in columns.iter_mut().zip(&mut instance.lengths) {
                column.archive(instance.slot, length, archive);
            }
            handshakes.archive(instance.slot, &mut instance.handshake, archive);
        });
    }

    fn push(&mut self, instance: Instance) -> Result<(), Refusal> {
        self.list.push(instance).map_err(|_| Refusal::TooLarge)
    }

    /// The instances, in the order of their slots.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Instance> {
        self.list.iter()
    }

    /// An id as it is, or the next one that no instance has.
    pub(crate) fn free_id(&self, mut id: u16) -> u16 {
        while self.get(id).is_some() {
            id = id.wrapping_add(1);
        }
        id
    }

    /// The short server ids of the management servers, in the order of their slots.
    pub(crate) fn servers(&self) -> impl Iterator<Item = u16> {
        let management = self.iter().filter(|instance| !instance.is_bootstrap);
        management.map(|instance| instance.short_server_id)
    }

    /// Whether others have the same of a management server, its keys included.
    pub(crate) fn agree_on(&self, others: &Securities<'_>, short_server_id: u16) -> bool {
        let is_its = |instance: &&Instance| {
            !instance.is_bootstrap && instance.short_server_id == short_server_id
        };
        let (own, other) = (self.iter().find(is_its), others.iter().find(is_its));
        own.zip(other).is_some_and(|(own, other)| {
            own.mode == other.mode
                && [Field::Uri, Field::Identity, Field::Key]
                    .into_iter()
                    .all(|field| self.field(own, field) == others.field(other, field))
        })
    }

    /// The account of a management server, where it can be used.
    pub(crate) fn management(&self, short_server_id: u16) -> Option<Account<'_>> {
        let is_its = |instance: &&Instance| {
            !instance.is_bootstrap && instance.short_server_id == short_server_id
        };
        self.account(self.iter().find(is_its)?)
    }

    /// The bootstrap server's own account, where it can be used.
    pub(crate) fn bootstrap(&self) -> Option<Account<'_>> {
        self.account(self.own()?)
    }

    /// The bootstrap server's own instance.
    pub(crate) fn own(&self) -> Option<&Instance> {
        self.iter().find(|instance| instance.is_bootstrap)
    }

    /// Whether each account can be used, and one at most is a bootstrap server's.
    pub(crate) fn are_complete(&self) -> bool {
        let bootstrap = self.iter().filter(|instance| instance.is_bootstrap);
        let mut accounts = self.iter().map(|instance| self.account(instance));
        bootstrap.count() <= 1 && accounts.all(|account| account.is_some())
    }

    /// The account of an instance, where it can be used.
    fn account<'a>(&'a self, instance: &'a Instance) -> Option<Account<'a>> {
        let [uri, identity, key] =
            [Field::Uri, Field::Identity, Field::Key].map(|field| self.field(instance, field));
        let security = match instance.mode {
            NO_SECURITY => Security::None,
            PRE_SHARED_KEY if Handshakes::takes_psk(identity, key) => {
                Security::PreSharedKey { identity, key }
            }
            CERTIFICATE => {
                let (slot, entry) = (instance.slot, instance.handshake);
                self.handshakes.certificates(slot, entry, identity, key)?
            }
            _ => return None,
        };
        let mut account = Account::new(str::from_utf8(uri).ok()?);
        account.security = security;
        if instance.is_bootstrap {
            account.role = Role::Bootstrap;
        }
        self.handshakes
            .complete(instance.slot, &instance.handshake, &mut account);
        account.check().is_ok().then_some(account)
    }

    pub(crate) fn field(&self, instance: &Instance, field: Field) -> &[u8] {
        let index = field as usize;
        let length = instance.lengths.get(index).copied().unwrap_or_default();
        let column = self.columns.get(index);
        column.map_or(&[], |column| column.get(instance.slot, length))
    }

    /// The longest value of a field.
    fn size(&self, field: Field) -> usize {
        let column = self.columns.get(field as usize);
        column.map_or(0, |column| column.size)
    }

    fn get(&self, id: u16) -> Option<&Instance> {
        self.list.iter().find(|instance| instance.id == id)
    }

    /// One that no instance has; behind the columns where there is none.
    fn free_slot(&self) -> usize {
        let is_free = |slot: &usize| self.list.iter().all(|instance| instance.slot != *slot);
        (0..self.capacity()).find(is_free).unwrap_or(usize::MAX)
    }
}

impl Object for Securities<'_> {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.list.get(index).map(|instance| instance.id)
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        Handshakes::resource_instance(at.resource, index)
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Err(Refusal::Unauthorized)
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let fits = match (at.resource, value) {
            (URI, Value::String(uri)) => uri.len() <= self.size(Field::Uri),
            (IDENTITY, Value::Opaque(identity)) => identity.len() <= self.size(Field::Identity),
            (KEY, Value::Opaque(key)) => key.len() <= self.size(Field::Key),
            (MODE, Value::Integer(mode)) => (0..=4).contains(mode),
            (SHORT_SERVER_ID, Value::Integer(id)) => (0..=65535).contains(id),
            (HOLD_OFF | ACCOUNT_TIMEOUT, Value::Integer(seconds)) => {
                (0..=u32::MAX.into()).contains(seconds)
            }
            _ => self.handshakes.fits(at.resource, value),
        };
        if fits {
            Ok(())
        } else {
            Err(Refusal::BadRequest)
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let mut list = self.list.iter_mut();
        let instance = list.find(|instance| instance.id == at.instance);
        let instance = instance.ok_or(Refusal::NotFound)?;
        let (field, bytes) = match (at.resource, value) {
            (URI, Value::String(uri)) => (Field::Uri, uri.as_bytes()),
            (IDENTITY, Value::Opaque(identity)) => (Field::Identity, identity),
            (KEY, Value::Opaque(key)) => (Field::Key, key),
            (BOOTSTRAP, Value::Boolean(is_bootstrap)) => {
                instance.is_bootstrap = is_bootstrap;
                return Ok(());
            }
            (MODE, Value::Integer(mode)) => {
                instance.mode = mode as u8;
                return Ok(());
            }
            (SHORT_SERVER_ID, Value::Integer(id)) => {
                instance.short_server_id = id as u16;
                return Ok(());
            }
            (HOLD_OFF, Value::Integer(seconds)) => {
                instance.hold_off = seconds as u32;
                return Ok(());
            }
            (ACCOUNT_TIMEOUT, Value::Integer(seconds)) => {
                instance.timeout = seconds as u32;
                return Ok(());
            }
            (_, value) => {
                let (slot, entry) = (instance.slot, &mut instance.handshake);
                self.handshakes.write(slot, entry, at, value);
                return Ok(());
            }
        };
        if let Some(length) = instance.lengths.get_mut(field as usize) {
            *length = bytes.len() as u16;
        }
        if let Some(column) = self.columns.get_mut(field as usize) {
            column.set(instance.slot, bytes);
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
        ResourceDefinition::new(handshake::SERVER_PUBLIC_KEY, Type::Opaque, Operations::NONE),
        ResourceDefinition::new(KEY, Type::Opaque, Operations::NONE),
        ResourceDefinition::new(SHORT_SERVER_ID, Type::Integer, Operations::NONE),
        ResourceDefinition::new(HOLD_OFF, Type::Integer, Operations::NONE),
        ResourceDefinition::new(ACCOUNT_TIMEOUT, Type::Integer, Operations::NONE),
        #[cfg(feature = "certificates")]
        ResourceDefinition::new(handshake::MATCHING_TYPE, Type::Integer, Operations::NONE),
        #[cfg(feature = "certificates")]
        ResourceDefinition::new(handshake::SERVER_NAME, Type::String, Operations::NONE),
        #[cfg(feature = "certificates")]
        ResourceDefinition::new(
            handshake::CERTIFICATE_USAGE,
            Type::Integer,
            Operations::NONE,
        ),
        #[cfg(feature = "certificates")]
        ResourceDefinition::new(handshake::CIPHER_SUITES, Type::Integer, Operations::NONE)
            .multiple(),
    ],
};

const URI: u16 = 0;
const BOOTSTRAP: u16 = 1;
const MODE: u16 = 2;
const IDENTITY: u16 = 3;
const KEY: u16 = 5;
const SHORT_SERVER_ID: u16 = 10;
const HOLD_OFF: u16 = 11;
const ACCOUNT_TIMEOUT: u16 = 12;

/// Security modes (/0/x/2).
const PRE_SHARED_KEY: u8 = 0;
const CERTIFICATE: u8 = 2;
const NO_SECURITY: u8 = 3;
/// None is there where nobody has said so.
const UNKNOWN: u8 = u8::MAX;

#[cfg(test)]
mod tests {
    use heapless::Vec;

    use super::*;

    #[test]
    fn a_key_that_is_removed_or_replaced_leaves_nothing_behind() {
        let (mut uris, mut identities, mut keys) = ([[0; 8]; 2], [[0; 8]; 2], [[0; 8]; 2]);
        let mut handshakes = handshake::Memory::<2, 8>::new();
        let mut list = Vec::<_, 2>::new();
        let columns = [
            Column::new(&mut uris),
            Column::new(&mut identities),
            Column::new(&mut keys),
        ];
        let mut securities = Securities::new(&mut list, columns, Handshakes::new(&mut handshakes));
        for (id, key) in [(0, &b"longerky"[..]), (1, b"another1"), (0, b"short")] {
            if securities.get(id).is_none() {
                securities.create(id).expect("room for two");
            }
            let at = At {
                instance: id,
                resource: KEY,
                resource_instance: 0,
            };
            securities.write(at, Value::Opaque(key)).expect("fits");
        }
        securities.remove(Some(1));
        assert_eq!(keys, [*b"short\0\0\0", [0; 8]]);
    }
}
