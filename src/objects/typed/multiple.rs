//! Resources with several instances (LwM2M Core 1.1, 7.1).

use crate::error::Refusal;
use crate::model::value::{Type, Value};
use crate::objects::typed::{Field, Resource};

/// The instances of a multiple resource, with ids from 0 to `N - 1`.
///
/// The ids are bounded instead of their number, so that whether a value can be written never
/// depends on what else the same write brings: all of it takes place or none.
///
/// The resource is absent while it has no instances, unless it is a `mandatory` one.
///
/// ```
/// use client_lite::typed::Multiple;
///
/// let mut addresses = Multiple::<&str, 2>::new();
/// assert_eq!(addresses.push("192.0.2.1"), Ok(0));
/// assert_eq!(addresses.push("2001:db8::1"), Ok(1));
/// assert_eq!(addresses.push("2001:db8::2"), Err("2001:db8::2"));
/// addresses.remove(0);
/// assert_eq!(addresses.iter().collect::<Vec<_>>(), [(1, &"2001:db8::1")]);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Multiple<T, const N: usize> {
    slots: [Option<T>; N],
}

impl<T, const N: usize> Multiple<T, N> {
    /// No instances.
    pub const fn new() -> Self {
        const { assert!(N <= u16::MAX as usize, "the greatest id is 65534") };
        Self {
            slots: [const { None }; N],
        }
    }

    /// The value of an instance.
    pub fn get(&self, id: u16) -> Option<&T> {
        self.slots.get(usize::from(id))?.as_ref()
    }

    /// The value of an instance, to be changed.
    pub fn get_mut(&mut self, id: u16) -> Option<&mut T> {
        self.slots.get_mut(usize::from(id))?.as_mut()
    }

    /// Sets an instance; gives the value that it had before.
    ///
    /// # Errors
    ///
    /// The value itself where the id is not below `N`.
    pub fn insert(&mut self, id: u16, value: T) -> Result<Option<T>, T> {
        match self.slots.get_mut(usize::from(id)) {
            Some(slot) => Ok(slot.replace(value)),
            None => Err(value),
        }
    }

    /// Adds an instance with the least free id; gives that id.
    ///
    /// # Errors
    ///
    /// The value itself where there are `N` already.
    pub fn push(&mut self, value: T) -> Result<u16, T> {
        for (id, slot) in (0..).zip(&mut self.slots) {
            if slot.is_none() {
                *slot = Some(value);
                return Ok(id);
            }
        }
        Err(value)
    }

    /// Takes an instance out.
    pub fn remove(&mut self, id: u16) -> Option<T> {
        self.slots.get_mut(usize::from(id))?.take()
    }

    /// Takes all instances out.
    pub fn clear(&mut self) {
        self.slots.fill_with(|| None);
    }

    /// The instances, by ascending id.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &T)> {
        let slots = (0..).zip(&self.slots);
        slots.filter_map(|(id, slot)| Some((id, slot.as_ref()?)))
    }

    /// How many instances there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl<T, const N: usize> Default for Multiple<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// All instances, with ids from 0.
impl<T, const N: usize> From<[T; N]> for Multiple<T, N> {
    fn from(values: [T; N]) -> Self {
        Self {
            slots: values.map(Some),
        }
    }
}

impl<T: Resource + Default, const N: usize> Field for Multiple<T, N> {
    const TYPE: Type = T::TYPE;
    const WRITABLE: bool = T::WRITABLE;
    const MULTIPLE: bool = true;

    fn is_present(&self) -> bool {
        !self.is_empty()
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.iter().nth(index).map(|(id, _)| id)
    }

    fn value(&self, instance: u16) -> Option<Value<'_>> {
        self.get(instance).map(Resource::value)
    }

    fn can_add(instance: u16) -> bool {
        usize::from(instance) < N
    }

    fn accepts(instance: u16, value: &Value<'_>) -> Result<(), Refusal> {
        if !Self::can_add(instance) {
            return Err(Refusal::NotFound);
        }
        T::accepts(value)
    }

    fn assign(&mut self, instance: u16, value: Value<'_>) {
        if let Some(slot) = self.slots.get_mut(usize::from(instance)) {
            slot.get_or_insert_default().assign(value);
        }
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn remove(&mut self, instance: u16) {
        self.remove(instance);
    }
}
