//! The table of the resources that C code has added: their values, callbacks and changes.

use core::str;

use client_lite::{ObjectLink, Path, Type, Value};
use client_lite_zephyr::kconfig;
use client_lite_zephyr::lock::Locked;
use heapless::Vec;

use crate::abi::Callback;
use crate::definitions;
use crate::failure::Failure;
use crate::pool::{Pool, Span};

#[cfg(feature = "create")]
mod create;

/// The one table, shared by the application's threads and the client's.
pub static REGISTRY: Locked<Registry> = Locked::new(Registry::new());

pub struct Registry {
    /// By ascending path.
    slots: Vec<Slot, { kconfig::RESOURCES }>,
    pool: Pool<{ kconfig::VALUE_POOL }>,
    reserved: Reserved,
    /// Whether C code has added or removed objects or object instances.
    listing_changed: bool,
}

/// What is kept for values that the server is about to write.
struct Reserved {
    /// Of the pool.
    bytes: usize,
    slots: usize,
}

impl Reserved {
    const NOTHING: Self = Self { bytes: 0, slots: 0 };
}

/// A resource, an instance of a multiple one, or an object instance that has none of either.
struct Slot {
    path: Path,
    /// `None` where it is executed only.
    kind: Option<Type>,
    stored: Stored,
    callback: Option<Callback>,
    auto_observable: bool,
    /// C code has set a value that the client does not know of.
    changed: bool,
    /// The server has written a value that the callback has not been told.
    written: bool,
    /// The server has created the object instance, which the callback has not been told.
    created: bool,
}

impl Slot {
    const fn new(path: Path, kind: Option<Type>, callback: Option<Callback>) -> Self {
        Self {
            path,
            kind,
            stored: Stored::Nothing,
            callback,
            auto_observable: false,
            changed: false,
            written: false,
            created: false,
        }
    }

    fn is_there(&self) -> bool {
        !matches!(self.stored, Stored::Cleared)
    }
}

enum Stored {
    Nothing,
    /// The bits of every type that is not one of the others.
    Integer(u64),
    Float(f64),
    Boolean(bool),
    Bytes(Span),
    /// A replacing write has taken the resource away, and may bring it again.
    #[cfg_attr(not(feature = "create"), expect(dead_code))]
    Cleared,
}

/// Adding and removing.
impl Registry {
    pub const fn new() -> Self {
        Self {
            slots: Vec::new(),
            pool: Pool::new(),
            reserved: Reserved::NOTHING,
            listing_changed: false,
        }
    }

    /// Adds a resource without a value, or gives one that is there another callback.
    pub fn add(
        &mut self,
        path: Path,
        kind: Option<Type>,
        auto_observable: bool,
        callback: Option<Callback>,
    ) -> Result<(), Failure> {
        if let Ok(slot) = self.slot_mut(path) {
            slot.auto_observable = auto_observable;
            slot.callback = callback;
            return Ok(());
        }
        if !self.shows(path.object_id().unwrap_or_default()) {
            let shown = definitions::objects().filter(|object| self.shows(object.id));
            if shown.count() >= kconfig::OBJECTS {
                return Err(Failure::ObjectsFull);
            }
        }
        let instances = self.count_instances();
        self.insert(Slot {
            auto_observable,
            ..Slot::new(path, kind, callback)
        })?;
        self.listing_changed |= self.count_instances() != instances;
        Ok(())
    }

    /// Removes all at and below a path.
    pub fn remove(&mut self, path: Path) -> Result<(), Failure> {
        let instances = self.count_instances();
        let found = self.take_out(path);
        self.listing_changed |= self.count_instances() != instances;
        if found {
            Ok(())
        } else {
            Err(Failure::NotAdded)
        }
    }

    pub fn set_callback(&mut self, path: Path, callback: Option<Callback>) -> Result<(), Failure> {
        self.slot_mut(path)?.callback = callback;
        Ok(())
    }

    pub fn set_auto_observable(&mut self, path: Path, on: bool) -> Result<(), Failure> {
        self.slot_mut(path)?.auto_observable = on;
        Ok(())
    }

    /// Puts a slot of a path that is not there into its place.
    fn insert(&mut self, mut slot: Slot) -> Result<(), Failure> {
        // What was cleared, and what stands for an empty instance, give their place to it.
        let instance = instance_of(slot.path);
        let mut slots = self.slots.iter_mut();
        if let Some(other) = slots.find(|other| [slot.path, instance].contains(&other.path)) {
            slot.created |= other.created;
            *other = slot;
            return Ok(());
        }
        if self.slot_room() == 0 {
            return Err(Failure::ResourcesFull);
        }
        let behind = |other: &Slot| order(other.path) > order(slot.path);
        let place = self.slots.iter().position(behind);
        self.slots.push(slot).map_err(|_| Failure::ResourcesFull)?;
        if let Some(moved) = place.and_then(|place| self.slots.get_mut(place..)) {
            moved.rotate_right(1);
        }
        Ok(())
    }

    /// Removes all at and below a path; whether there was anything.
    fn take_out(&mut self, path: Path) -> bool {
        let mut found = false;
        while let Some(slot) = self.slots.iter_mut().find(|slot| path.contains(slot.path)) {
            found |= slot.is_there();
            let stored = core::mem::replace(&mut slot.stored, Stored::Nothing);
            let removed = slot.path;
            self.discard(&stored);
            self.slots.retain(|slot| slot.path != removed);
        }
        found
    }

    fn slot_room(&self) -> usize {
        let room = kconfig::RESOURCES - self.slots.len();
        room.saturating_sub(self.reserved.slots)
    }
}

/// What is there.
impl Registry {
    /// Whether the client is shown an object: one with instances, or of which servers create them.
    pub fn shows(&self, object: u16) -> bool {
        #[cfg(feature = "create")]
        if definitions::creation(object).is_some_and(|creation| creation.instances) {
            return true;
        }
        self.instance(object, 0).is_some()
    }

    /// The id of an object instance by its place among those of an object.
    pub fn instance(&self, object: u16, index: usize) -> Option<u16> {
        let mut last = None;
        let slots = self.slots.iter();
        let instances = slots
            .filter(|slot| slot.path.object_id() == Some(object))
            .filter_map(|slot| {
                let instance = slot.path.instance_id();
                (core::mem::replace(&mut last, instance) != instance).then_some(instance)?
            });
        { instances }.nth(index)
    }

    /// Whether there is something at or below a path.
    pub fn exists(&self, path: Path) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|slot| slot.is_there() && path.contains(slot.path))
    }

    /// The paths of all resources and resource instances at and below a path, in ascending order.
    pub fn below(&self, path: Path) -> impl Iterator<Item = Path> + '_ {
        self.resources().filter(move |other| path.contains(*other))
    }

    /// The first path of a resource or a resource instance behind another path.
    pub fn next(&self, path: Path) -> Option<Path> {
        self.resources().find(|other| order(*other) > order(path))
    }

    fn resources(&self) -> impl Iterator<Item = Path> + '_ {
        let slots = self.slots.iter().filter(|slot| slot.is_there());
        slots
            .map(|slot| slot.path)
            .filter(|path| path.resource_id().is_some())
    }

    pub fn callback(&self, path: Path) -> Option<Callback> {
        self.slot(path).ok()?.callback
    }

    /// Whether any of the resources at and below a path is auto-observable.
    pub fn is_auto_observable(&self, path: Path) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|slot| slot.auto_observable && slot.is_there() && path.contains(slot.path))
    }

    /// How many object instances there are.
    fn count_instances(&self) -> usize {
        let start = |slot: &Slot| order(slot.path).into_iter().take(2);
        let pairs = self.slots.iter().zip(self.slots.iter().skip(1));
        let changes = pairs.filter(|(one, next)| start(one).ne(start(next)));
        changes.count() + usize::from(!self.slots.is_empty())
    }
}

/// Values.
impl Registry {
    pub fn get(&self, path: Path) -> Result<Value<'_>, Failure> {
        let slot = self.slot(path)?;
        Ok(match slot.stored {
            Stored::Nothing | Stored::Cleared => return Err(Failure::NoValue),
            Stored::Integer(bits) => match slot.kind {
                Some(Type::Time) => Value::Time(bits as i64),
                Some(Type::Unsigned) => Value::Unsigned(bits),
                Some(Type::ObjectLink) => Value::ObjectLink(ObjectLink {
                    object: (bits >> 16) as u16,
                    instance: bits as u16,
                }),
                _ => Value::Integer(bits as i64),
            },
            Stored::Float(value) => Value::Float(value),
            Stored::Boolean(value) => Value::Boolean(value),
            Stored::Bytes(span) if slot.kind == Some(Type::String) => {
                Value::String(str::from_utf8(self.pool.get(span)).unwrap_or_default())
            }
            Stored::Bytes(span) => Value::Opaque(self.pool.get(span)),
        })
    }

    /// C code sets a value: the client is to know, but for one that is there already.
    pub fn set(&mut self, path: Path, value: Value<'_>) -> Result<(), Failure> {
        self.slot(path)?;
        if self.get(path).is_ok_and(|stored| is_same(&stored, &value)) {
            return Ok(());
        }
        self.store(path, value)?;
        self.slot_mut(path)?.changed = true;
        Ok(())
    }

    /// The server is about to write a value, after others that it has asked for before: whether
    /// [`write`](Self::write) will have room for it.
    pub fn reserve(&mut self, path: Path, value: &Value<'_>) -> Result<(), Failure> {
        let more = self.needs(path, value)?;
        if more > self.room() {
            return Err(Failure::PoolFull);
        }
        #[cfg(feature = "create")]
        self.reserve_slot(path)?;
        self.reserved.bytes += more;
        Ok(())
    }

    /// No write is under way any longer.
    pub fn release(&mut self) {
        self.reserved = Reserved::NOTHING;
    }

    /// The server writes a value: the callback is to know.
    pub fn write(&mut self, path: Path, value: Value<'_>) -> Result<(), Failure> {
        #[cfg(feature = "create")]
        self.bring(path)?;
        let more = self.needs(path, &value)?;
        self.reserved.bytes = self.reserved.bytes.saturating_sub(more);
        self.store(path, value)?;
        self.slot_mut(path)?.written = true;
        Ok(())
    }

    fn store(&mut self, path: Path, value: Value<'_>) -> Result<(), Failure> {
        let more = self.needs(path, &value)?;
        if more > self.room() {
            return Err(Failure::PoolFull);
        }
        let old = core::mem::replace(&mut self.slot_mut(path)?.stored, Stored::Nothing);
        self.discard(&old);
        self.slot_mut(path)?.stored = match value {
            Value::Integer(value) | Value::Time(value) => Stored::Integer(value as u64),
            Value::Unsigned(value) => Stored::Integer(value),
            Value::ObjectLink(ObjectLink { object, instance }) => {
                Stored::Integer(u64::from(object) << 16 | u64::from(instance))
            }
            Value::Float(value) => Stored::Float(value),
            Value::Boolean(value) => Stored::Boolean(value),
            Value::String(_) | Value::Opaque(_) => {
                let bytes = bytes(&value).unwrap_or_default();
                Stored::Bytes(self.pool.append(bytes).ok_or(Failure::PoolFull)?)
            }
        };
        Ok(())
    }

    /// How many bytes of the pool a value takes beyond those that the one in its place has.
    fn needs(&self, path: Path, value: &Value<'_>) -> Result<usize, Failure> {
        let (kind, old) = match self.slots.iter().find(|slot| slot.path == path) {
            Some(slot) => match slot.stored {
                Stored::Bytes(span) => (slot.kind, span.len()),
                _ => (slot.kind, 0),
            },
            #[cfg(feature = "create")]
            None => (definitions::kind_of(path), 0),
            #[cfg(not(feature = "create"))]
            None => return Err(Failure::NotAdded),
        };
        if kind != Some(value.kind()) {
            return Err(Failure::WrongType);
        }
        let Some(bytes) = bytes(value) else {
            return Ok(0);
        };
        if bytes.len() > kconfig::VALUE_SIZE {
            return Err(Failure::TooLong);
        }
        // Callbacks get texts that end with a zero byte.
        if kind == Some(Type::String) && bytes.contains(&0) {
            return Err(Failure::NotText);
        }
        Ok(bytes.len().saturating_sub(old))
    }

    fn room(&self) -> usize {
        self.pool.room().saturating_sub(self.reserved.bytes)
    }

    /// Gives the pool back what a value had of it.
    fn discard(&mut self, stored: &Stored) {
        let Stored::Bytes(removed) = *stored else {
            return;
        };
        self.pool.remove(removed);
        for slot in &mut self.slots {
            if let Stored::Bytes(span) = &mut slot.stored {
                span.after_removal_of(removed);
            }
        }
    }
}

/// The slots of resources that the server brings.
#[cfg(feature = "create")]
impl Registry {
    /// Keeps a slot for a resource that the server is about to bring.
    fn reserve_slot(&mut self, path: Path) -> Result<(), Failure> {
        if self.slots.iter().any(|slot| slot.path == path) {
            return Ok(());
        }
        if self.slot_room() == 0 {
            return Err(Failure::ResourcesFull);
        }
        self.reserved.slots += 1;
        Ok(())
    }

    /// Adds a resource that the server brings, where it is not there.
    fn bring(&mut self, path: Path) -> Result<(), Failure> {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.path == path) {
            if !slot.is_there() {
                slot.stored = Stored::Nothing;
            }
            return Ok(());
        }
        self.reserved.slots = self.reserved.slots.saturating_sub(1);
        let mut slot = Slot::new(
            path,
            definitions::kind_of(path),
            definitions::callback_of(path),
        );
        slot.created = self.is_created(instance_of(path));
        self.insert(slot)
    }

    fn is_created(&self, instance: Path) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|slot| slot.created && instance.contains(slot.path))
    }
}

/// What the client and the callbacks have yet to be told.
impl Registry {
    /// Takes whether objects or object instances have come or gone.
    pub fn take_listing_changed(&mut self) -> bool {
        core::mem::take(&mut self.listing_changed)
    }

    /// Takes the first resource behind another one with a new value for the client.
    pub fn take_changed(&mut self, behind: Option<Path>) -> Option<Path> {
        let is_behind = |path| behind.is_none_or(|other| order(path) > order(other));
        let mut slots = self.slots.iter_mut();
        let slot = slots.find(|slot| slot.changed && is_behind(slot.path))?;
        slot.changed = false;
        Some(slot.path)
    }

    /// Puts back what was taken, where it is still there.
    pub fn mark_changed(&mut self, path: Path) {
        if let Ok(slot) = self.slot_mut(path) {
            slot.changed = true;
        }
    }

    /// Takes a resource with a new value for its callback.
    pub fn take_written(&mut self) -> Option<Path> {
        let slot = self.slots.iter_mut().find(|slot| slot.written)?;
        slot.written = false;
        Some(slot.path)
    }
}

impl Registry {
    fn slot(&self, path: Path) -> Result<&Slot, Failure> {
        let slot = self.slots.iter().find(|slot| slot.path == path);
        slot.filter(|slot| slot.is_there()).ok_or(Failure::NotAdded)
    }

    fn slot_mut(&mut self, path: Path) -> Result<&mut Slot, Failure> {
        let slot = self.slots.iter_mut().find(|slot| slot.path == path);
        slot.filter(|slot| slot.is_there()).ok_or(Failure::NotAdded)
    }
}

/// Whether a server would be told the same. A zero has a sign.
fn is_same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        _ => one == other,
    }
}

/// The bytes of a text or an opaque value.
fn bytes<'v>(value: &Value<'v>) -> Option<&'v [u8]> {
    match *value {
        Value::String(text) => Some(text.as_bytes()),
        Value::Opaque(bytes) => Some(bytes),
        _ => None,
    }
}

/// The object instance that a path is in.
fn instance_of(path: Path) -> Path {
    let ids = (path.object_id(), path.instance_id());
    Path::instance(ids.0.unwrap_or_default(), ids.1.unwrap_or_default())
}

/// A path goes before what is below it.
fn order(path: Path) -> [Option<u16>; 4] {
    [0, 1, 2, 3].map(|level| path.id(level))
}
