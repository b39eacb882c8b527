//! Object 2, Access Control (LwM2M Core 1.1, 8 and Appendix E.3): what each of several servers may
//! do with an object instance.

#[cfg_attr(
    not(feature = "bootstrap-transaction"),
    path = "access_control/before_off.rs"
)]
mod before;

use core::cell::Cell;
use core::cmp::Reverse;

use crate::archive::Archive;
use crate::error::Refusal;
use crate::feature;
use crate::model::object::{
    AccessRights, At, Creatable, Object, ObjectDefinition, Operations, Persistent,
    ResourceDefinition, Transactional,
};
use crate::model::value::{Type, Value};
use before::Before;

pub use crate::model::rights::Rights;

/// The rights of all servers, among the application's objects: up to `N` instances, one for each
/// object instance that it has rights for, with up to `ENTRIES` ACL entries each.
///
/// They hold for each server whose [`Client`](crate::Client) is handed this object: a device with
/// one server, which may do everything, leaves it out. Servers are known by their short server id.
/// What they create belongs to them; of what the device is made with, Device (3) included, the
/// application or the bootstrap server says who owns it. Only object 1 needs no rights, since each
/// server sees its own instance of it.
///
/// ```
/// use client_lite::objects::access_control::{AccessControl, DEFAULT, Rights};
///
/// let mut control = AccessControl::<8>::new();
/// // Server 1 owns /3/0, and every other server may read it.
/// control.grant(3, 0, 1, &[(DEFAULT, Rights::READ)]).unwrap();
/// // Server 2 may create instances of object 3303.
/// control.grant_create(3303, &[(2, Rights::CREATE)]).unwrap();
///
/// assert_eq!(control.rights_of(2, 3, Some(0)), Rights::READ);
/// assert!(control.rights_of(1, 3, Some(0)).allow(Rights::WRITE));
/// assert_eq!(control.rights_of(1, 3303, None), Rights::NONE);
/// ```
#[derive(Clone, Debug)]
pub struct AccessControl<const N: usize, const ENTRIES: usize = 4> {
    slots: [Option<Control<ENTRIES>>; N],
    before: Before<Control<ENTRIES>, N>,
}

/// The short server id of the ACL entry for servers that have none of their own.
pub const DEFAULT: u16 = 0;

/// The owner of what only the bootstrap server manages.
pub const BOOTSTRAP: u16 = u16::MAX;

/// One instance of the object.
#[derive(Clone, Debug)]
struct Control<const ENTRIES: usize> {
    id: u16,
    object: u16,
    /// The object instance; 65535 for the object, and the right to create.
    instance: u16,
    owner: u16,
    /// Rights by short server id, without gaps.
    entries: [Option<(u16, Rights)>; ENTRIES],
    /// Whose entries there are once the Write that is being validated has taken place, without gaps.
    planned: [Cell<Option<u16>>; ENTRIES],
}

impl<const N: usize, const ENTRIES: usize> AccessControl<N, ENTRIES> {
    /// No rights for anybody.
    pub const fn new() -> Self {
        Self {
            slots: [const { None }; N],
            before: Before::new(),
        }
    }

    /// Sets who owns an object instance, and the rights of the others by short server id. What was
    /// granted before is gone.
    ///
    /// # Errors
    ///
    /// [`Refusal::InternalError`] where there are `N` instances already, or more than `ENTRIES`
    /// rights.
    pub fn grant(
        &mut self,
        object: u16,
        instance: u16,
        owner: u16,
        rights: &[(u16, Rights)],
    ) -> Result<(), Refusal> {
        if rights.len() > ENTRIES {
            return Err(Refusal::InternalError);
        }
        let known = self.position(|control| control.is_about(object, instance));
        let place = known.or_else(|| self.slots.iter().position(Option::is_none));
        let id = match known.and_then(|place| self.slots.get(place)) {
            Some(Some(control)) => control.id,
            _ => self.free_id(),
        };
        let mut control = Control::new(id, object, instance, owner);
        for (server, rights) in rights {
            control.set(*server, *rights)?;
        }
        let slot = place.and_then(|place| self.slots.get_mut(place));
        *slot.ok_or(Refusal::InternalError)? = Some(control);
        Ok(())
    }

    /// Sets which servers may create instances of an object: those with [`Rights::CREATE`]. Only the
    /// bootstrap server can change that.
    ///
    /// # Errors
    ///
    /// As [`grant`](Self::grant).
    pub fn grant_create(&mut self, object: u16, rights: &[(u16, Rights)]) -> Result<(), Refusal> {
        self.grant(object, OBJECT, BOOTSTRAP, rights)
    }

    /// Takes away what was granted for an object instance.
    pub fn revoke(&mut self, object: u16, instance: u16) {
        for slot in &mut self.slots {
            if slot
                .as_ref()
                .is_some_and(|control| control.is_about(object, instance))
            {
                *slot = None;
            }
        }
    }

    /// The rights of a server (Core 1.1, 8.2).
    ///
    /// Of an object instance: those of the server's own ACL entry; without one [`Rights::FULL`] for
    /// the owner, and the default entry's for others. Where nothing is granted, there is none.
    /// Of an object (`None`): [`Rights::CREATE`] by the same rule, or none.
    ///
    /// Object 2 itself is read by every server, and an instance of it is written by its owner.
    /// Discover needs no right.
    pub fn rights_of(&self, server: u16, object: u16, instance: Option<u16>) -> Rights {
        if object == ID {
            let owned = instance
                .and_then(|id| self.find(id))
                .is_some_and(|control| control.owner == server);
            return match instance {
                Some(_) if owned => Rights::READ | Rights::WRITE,
                Some(_) => Rights::READ,
                None => Rights::NONE,
            };
        }
        let possible = match instance {
            Some(_) => Rights::FULL,
            None => Rights::CREATE,
        };
        let instance = instance.unwrap_or(OBJECT);
        let controls = self.slots.iter().flatten();
        let control = { controls }.find(|control| control.is_about(object, instance));
        let rights = control.map_or(Rights::NONE, |control| {
            let own = control.get(server);
            if own.is_none() && server == control.owner {
                return possible;
            }
            own.or(control.get(DEFAULT)).unwrap_or(Rights::NONE)
        });
        rights & possible
    }

    fn find(&self, id: u16) -> Option<&Control<ENTRIES>> {
        self.slots.iter().flatten().find(|control| control.id == id)
    }

    fn find_mut(&mut self, id: u16) -> Result<&mut Control<ENTRIES>, Refusal> {
        let mut controls = self.slots.iter_mut().flatten();
        controls
            .find(|control| control.id == id)
            .ok_or(Refusal::NotFound)
    }

    fn position(&self, is: impl Fn(&Control<ENTRIES>) -> bool) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| slot.as_ref().is_some_and(&is))
    }

    /// The least id that no instance has.
    fn free_id(&self) -> u16 {
        let mut ids = 0..u16::MAX;
        ids.find(|id| self.find(*id).is_none()).unwrap_or_default()
    }
}

impl<const N: usize, const ENTRIES: usize> Default for AccessControl<N, ENTRIES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const ENTRIES: usize> Control<ENTRIES> {
    fn new(id: u16, object: u16, instance: u16, owner: u16) -> Self {
        Self {
            id,
            object,
            instance,
            owner,
            entries: [None; ENTRIES],
            planned: [const { Cell::new(None) }; ENTRIES],
        }
    }

    fn archive(&mut self, archive: &mut Archive<'_>) {
        for id in [
            &mut self.id,
            &mut self.object,
            &mut self.instance,
            &mut self.owner,
        ] {
            archive.u16(id);
        }
        for entry in &mut self.entries {
            archive.option(
                entry,
                (DEFAULT, Rights::NONE),
                |archive, (server, rights)| {
                    archive.u16(server);
                    let mut bits = rights.bits();
                    archive.u8(&mut bits);
                    *rights = Rights::from_bits(bits);
                },
            );
        }
    }

    fn is_about(&self, object: u16, instance: u16) -> bool {
        self.object == object && self.instance == instance
    }

    fn get(&self, server: u16) -> Option<Rights> {
        let mut entries = self.entries.iter().flatten();
        let (_, rights) = entries.find(|(id, _)| *id == server)?;
        Some(*rights)
    }

    fn set(&mut self, server: u16, rights: Rights) -> Result<(), Refusal> {
        let is_own = |entry: &Option<(u16, Rights)>| entry.is_some_and(|(id, _)| id == server);
        let known = self.entries.iter().position(is_own);
        let place = known.or_else(|| self.entries.iter().position(Option::is_none));
        let entry = place.and_then(|place| self.entries.get_mut(place));
        *entry.ok_or(Refusal::InternalError)? = Some((server, rights));
        Ok(())
    }

    fn remove(&mut self, server: u16) {
        for entry in &mut self.entries {
            *entry = entry.filter(|(id, _)| *id != server);
        }
    }

    /// Who is to own it, of those that are left and may do anything with it: the one with the highest
    /// sum of Write and Delete, each of which counts 1 (LwM2M Transport 1.1, 5.2.5), and the lowest id
    /// among equals.
    fn heir(&self, left: &dyn Fn(usize) -> Option<u16>) -> Option<u16> {
        let rank = |id: &u16| {
            let rights = self.get(*id).or(self.get(DEFAULT));
            let rights = rights.unwrap_or(Rights::NONE) & Rights::FULL;
            let counts = [Rights::WRITE, Rights::DELETE].map(|right| rights.allow(right));
            let sum = counts.into_iter().filter(|counts| *counts).count();
            (rights != Rights::NONE, sum, Reverse(*id))
        };
        let best = (0..).map_while(left).max_by_key(rank)?;
        rank(&best).0.then_some(best)
    }

    /// Whether there are rights for anybody but the owner, of those that are left and of those that may
    /// come.
    fn is_shared(&self, left: &dyn Fn(usize) -> Option<u16>) -> bool {
        let is_left = |id| id == DEFAULT || (0..).map_while(left).any(|left| left == id);
        let mut entries = self.entries.iter().flatten();
        entries.any(|(id, rights)| *rights != Rights::NONE && is_left(*id))
    }

    /// Keeps room for an entry that is about to be written.
    fn plan(&self, server: u16) -> Result<(), Refusal> {
        let mut planned = self.planned.iter();
        let is_place = |place: &&Cell<Option<u16>>| place.get().is_none_or(|id| id == server);
        let place = planned.find(is_place).ok_or(Refusal::InternalError)?;
        place.set(Some(server));
        Ok(())
    }
}

/// The client's view. A server can write an ACL of up to `ENTRIES` entries; a Write that makes it
/// more is refused with [`Refusal::InternalError`] and changes nothing.
impl<const N: usize, const ENTRIES: usize> Object for AccessControl<N, ENTRIES> {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.slots
            .iter()
            .flatten()
            .nth(index)
            .map(|control| control.id)
    }

    fn has(&self, at: At) -> bool {
        at.resource != ACL || self.resource_instance(at, 0).is_some()
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        if at.resource != ACL {
            return None;
        }
        let mut entries = self.find(at.instance)?.entries.iter().flatten();
        entries.nth(index).map(|(server, _)| *server)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        let control = self.find(at.instance).ok_or(Refusal::NotFound)?;
        Ok(Value::Integer(match at.resource {
            OBJECT_ID => control.object.into(),
            INSTANCE_ID => control.instance.into(),
            ACL => control
                .get(at.resource_instance)
                .ok_or(Refusal::NotFound)?
                .bits()
                .into(),
            _ => control.owner.into(),
        }))
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let Value::Integer(number) = value else {
            return Err(Refusal::BadRequest);
        };
        let range = match at.resource {
            OBJECT_ID => 1..=0xfffe,
            INSTANCE_ID => 0..=0xffff,
            ACL => 0..=31,
            _ => 1..=0xffff,
        };
        if !range.contains(number) {
            return Err(Refusal::BadRequest);
        }
        if feature::Create::IS_ON && at.resource == ACL {
            let control = self.find(at.instance).ok_or(Refusal::NotFound)?;
            control.plan(at.resource_instance)?;
        }
        Ok(())
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let Value::Integer(number) = value else {
            return Err(Refusal::BadRequest);
        };
        let control = self.find_mut(at.instance)?;
        let id = number as u16;
        match at.resource {
            OBJECT_ID => control.object = id,
            INSTANCE_ID => control.instance = id,
            ACL => return control.set(at.resource_instance, Rights::from_bits(id as u8)),
            _ => control.owner = id,
        }
        Ok(())
    }

    #[cfg(feature = "create")]
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    fn access_rights(&mut self) -> Option<&mut dyn AccessRights> {
        Some(self)
    }

    #[cfg(feature = "snapshot")]
    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        Some(self)
    }

    #[cfg(feature = "bootstrap-transaction")]
    fn transactional(&mut self) -> Option<&mut dyn Transactional> {
        Some(self)
    }
}

impl<const N: usize, const ENTRIES: usize> Persistent for AccessControl<N, ENTRIES> {
    fn archive(&mut self, archive: &mut Archive<'_>) {
        let mut sizes = (N as u16, ENTRIES as u16);
        archive.u16(&mut sizes.0);
        archive.u16(&mut sizes.1);
        if sizes != (N as u16, ENTRIES as u16) {
            return archive.refuse();
        }
        let before = archive.is_restoring().then(|| self.slots.clone());
        for slot in &mut self.slots {
            let mut is_there = slot.is_some();
            archive.bool(&mut is_there);
            let nothing = Control::new(0, u16::MAX, OBJECT, BOOTSTRAP);
            if is_there {
                slot.get_or_insert(nothing).archive(archive);
            } else {
                *slot = None;
            }
        }
        if let Some(before) = before
            && !archive.is_sound()
        {
            self.slots = before;
        }
    }
}

impl<const N: usize, const ENTRIES: usize> Creatable for AccessControl<N, ENTRIES> {
    fn create(&mut self, instance: u16) -> Result<(), Refusal> {
        let slot = self.slots.iter_mut().find(|slot| slot.is_none());
        // It is about nothing until it is written.
        let control = Control::new(instance, u16::MAX, OBJECT, BOOTSTRAP);
        *slot.ok_or(Refusal::InternalError)? = Some(control);
        Ok(())
    }

    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        let place = self.position(|control| control.id == instance);
        let slot = place.and_then(|place| self.slots.get_mut(place));
        *slot.ok_or(Refusal::NotFound)? = None;
        Ok(())
    }

    fn can_add(&self, at: At) -> bool {
        at.resource == ACL
    }

    fn can_remove(&self, at: At) -> bool {
        at.resource == ACL
    }

    fn remove(&mut self, at: At) {
        if let Ok(control) = self.find_mut(at.instance) {
            control.remove(at.resource_instance);
        }
    }

    fn prepare(&mut self, replaces: bool) {
        for control in self.slots.iter().flatten() {
            for (place, entry) in control.planned.iter().zip(&control.entries) {
                place.set(entry.filter(|_| !replaces).map(|(server, _)| server));
            }
        }
    }

    fn clear(&mut self, at: At) {
        if at.resource == ACL
            && let Ok(control) = self.find_mut(at.instance)
        {
            control.entries = [None; ENTRIES];
        }
    }
}

impl<const N: usize, const ENTRIES: usize> AccessRights for AccessControl<N, ENTRIES> {
    fn rights(&self, server: u16, object: u16, instance: Option<u16>) -> Rights {
        self.rights_of(server, object, instance)
    }

    fn set_owner(&mut self, object: u16, instance: u16, owner: Option<u16>) -> Result<(), Refusal> {
        match owner {
            Some(owner) => self.grant(object, instance, owner, &[]),
            None => {
                self.revoke(object, instance);
                Ok(())
            }
        }
    }

    /// What nobody inherits is the bootstrap server's to manage.
    fn server_removed(
        &mut self,
        server: u16,
        left: &dyn Fn(usize) -> Option<u16>,
    ) -> Option<(u16, u16)> {
        for control in self.slots.iter_mut().flatten() {
            control.remove(server);
            if control.owner != server {
                continue;
            }
            let heir = control.heir(left);
            control.owner = heir.unwrap_or(BOOTSTRAP);
            if heir.is_none() && !control.is_shared(left) && control.instance != OBJECT {
                return Some((control.object, control.instance));
            }
        }
        None
    }
}

impl<const N: usize, const ENTRIES: usize> Transactional for AccessControl<N, ENTRIES> {
    fn begin(&mut self) {
        self.before.keep(&self.slots);
    }

    fn commit(&mut self) {}

    fn roll_back(&mut self) {
        self.before.give_back(&mut self.slots);
    }
}

static DEFINITION: ObjectDefinition = ObjectDefinition {
    id: ID,
    version: (1, 0),
    resources: &[
        ResourceDefinition::new(OBJECT_ID, Type::Integer, Operations::R).mandatory(),
        ResourceDefinition::new(INSTANCE_ID, Type::Integer, Operations::R).mandatory(),
        ResourceDefinition::new(ACL, Type::Integer, Operations::RW).multiple(),
        ResourceDefinition::new(OWNER, Type::Integer, Operations::RW).mandatory(),
    ],
};

const ID: u16 = 2;

/// Instead of an instance: the object itself.
const OBJECT: u16 = u16::MAX;

const OBJECT_ID: u16 = 0;
const INSTANCE_ID: u16 = 1;
const ACL: u16 = 2;
const OWNER: u16 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// Each combination of the server's own entry, the default entry and ownership.
    #[test]
    fn own_entry_then_owner_then_default_entry() {
        let own = (7, Rights::WRITE);
        let default = (DEFAULT, Rights::READ | Rights::EXECUTE);
        for (entries, owner, expected) in [
            (&[][..], 1, Rights::NONE),
            (&[], 7, Rights::FULL),
            (&[default], 1, Rights::READ | Rights::EXECUTE),
            (&[default], 7, Rights::FULL),
            (&[own], 1, Rights::WRITE),
            (&[own], 7, Rights::WRITE),
            (&[own, default], 1, Rights::WRITE),
            (&[own, default], 7, Rights::WRITE),
            (&[(8, Rights::FULL)], 1, Rights::NONE),
            (&[own], BOOTSTRAP, Rights::WRITE),
            (&[], BOOTSTRAP, Rights::NONE),
        ] {
            let mut control = AccessControl::<1>::new();
            control.grant(3303, 5, owner, entries).unwrap();
            let rights = control.rights_of(7, 3303, Some(5));
            assert_eq!(rights, expected, "{entries:?}, owner {owner}");
        }
    }

    #[test]
    fn what_is_granted_nowhere_is_not_allowed() {
        let mut control = AccessControl::<2>::new();
        control.grant(3303, 0, 1, &[]).unwrap();
        assert_eq!(control.rights_of(1, 3303, Some(1)), Rights::NONE);
        assert_eq!(control.rights_of(1, 3304, Some(0)), Rights::NONE);
        assert_eq!(control.rights_of(1, 3303, None), Rights::NONE);
    }

    #[test]
    fn create_is_a_right_to_the_object_alone() {
        let all = Rights::FULL | Rights::CREATE;
        let mut control = AccessControl::<2>::new();
        control.grant_create(3303, &[(1, all)]).unwrap();
        control.grant(3303, 0, 2, &[(1, all)]).unwrap();
        assert_eq!(control.rights_of(1, 3303, None), Rights::CREATE);
        assert_eq!(control.rights_of(2, 3303, None), Rights::NONE);
        assert_eq!(control.rights_of(1, 3303, Some(0)), Rights::FULL);
        assert_eq!(control.rights_of(2, 3303, Some(0)), Rights::FULL);
    }

    #[test]
    fn the_owner_manages_an_instance_and_others_read_it() {
        let mut control = AccessControl::<2>::new();
        control.grant(3303, 0, 1, &[]).unwrap();
        assert_eq!(
            control.rights_of(1, 2, Some(0)),
            Rights::READ | Rights::WRITE
        );
        assert_eq!(control.rights_of(2, 2, Some(0)), Rights::READ);
        assert_eq!(control.rights_of(1, 2, None), Rights::NONE);
    }

    #[test]
    fn who_creates_an_instance_owns_it_until_it_is_deleted() {
        let mut control = AccessControl::<1>::new();
        control.set_owner(3303, 4, Some(9)).unwrap();
        assert_eq!(control.rights_of(9, 3303, Some(4)), Rights::FULL);
        assert_eq!(
            control.set_owner(3303, 5, Some(9)),
            Err(Refusal::InternalError)
        );
        control.set_owner(3303, 4, None).unwrap();
        assert_eq!(control.rights_of(9, 3303, Some(4)), Rights::NONE);
        assert_eq!(control.instance(0), None);
    }

    #[test]
    fn granting_again_replaces_and_keeps_the_id() {
        let mut control = AccessControl::<3>::new();
        control.grant(3, 0, 1, &[(2, Rights::READ)]).unwrap();
        control.grant(4, 0, 1, &[]).unwrap();
        control.grant(3, 0, 2, &[]).unwrap();
        assert_eq!(control.instance(0), Some(0));
        assert_eq!(control.instance(1), Some(1));
        assert_eq!(control.instance(2), None);
        assert_eq!(control.rights_of(2, 3, Some(0)), Rights::FULL);
        assert_eq!(control.rights_of(1, 3, Some(0)), Rights::NONE);
    }

    /// What becomes of an instance that server 1 owns when its account is gone and those of others are
    /// left: who owns it, or that nobody may do anything with it any longer.
    #[test]
    fn another_server_inherits_what_one_owned() {
        let (read, write) = (Rights::READ, Rights::WRITE);
        let both = Rights::WRITE | Rights::DELETE;
        for (entries, left, heir) in [
            (&[(2, read), (3, write)][..], &[2, 3][..], Some(3)),
            (&[(2, both), (3, write)], &[2, 3], Some(2)),
            (&[(2, read), (3, read)], &[3, 2], Some(2)),
            // Without an entry of its own a server has the default.
            (&[(2, read), (DEFAULT, both)], &[2, 3], Some(3)),
            (&[(2, Rights::NONE), (DEFAULT, read)], &[2, 3], Some(3)),
            // One without an account counts for nothing, whether it is gone as well or was never there.
            (&[(2, both), (3, read)], &[3], Some(3)),
            (&[(2, both)], &[3], None),
            (&[(2, both), (DEFAULT, read)], &[], Some(BOOTSTRAP)),
            (&[(1, Rights::FULL), (2, Rights::NONE)], &[2, 3], None),
            (&[], &[2, 3], None),
        ] {
            let mut control = AccessControl::<1>::new();
            control.grant(3303, 5, 1, entries).unwrap();
            let orphan = control.server_removed(1, &|index| left.get(index).copied());
            assert_eq!(orphan, heir.is_none().then_some((3303, 5)), "{entries:?}");
            let owner = control.find(0).unwrap().owner;
            assert_eq!(owner, heir.unwrap_or(BOOTSTRAP), "{entries:?}");
            assert_eq!(control.find(0).unwrap().get(1), None);
        }
    }

    #[test]
    fn a_server_that_is_gone_leaves_what_others_own() {
        let mut control = AccessControl::<3>::new();
        control.grant(3303, 0, 2, &[(1, Rights::FULL)]).unwrap();
        control
            .grant(3303, 1, BOOTSTRAP, &[(1, Rights::FULL)])
            .unwrap();
        control.grant_create(3303, &[(1, Rights::CREATE)]).unwrap();
        assert_eq!(control.server_removed(1, &|_| None), None);
        for (instance, owner) in [(0, 2), (1, BOOTSTRAP), (2, BOOTSTRAP)] {
            let control = control.find(instance).unwrap();
            assert_eq!((control.owner, control.get(1)), (owner, None));
        }
    }
}
