//! Several instances of one object.

use crate::error::Refusal;
use crate::model::object::{At, BlockWise, Creatable, Object, ObjectDefinition, Upload};
use crate::model::value::Value;
use crate::objects::typed::Declared;

/// Up to `N` instances of an object that [`object!`](crate::object!) declares.
///
/// The application adds and removes them. Afterwards it calls
/// [`Client::objects_changed`](crate::Client::objects_changed), so that the server learns of them.
///
/// ```
/// use client_lite::objects::Instances;
/// use client_lite::objects::ipso::Temperature;
///
/// let mut temperatures = Instances::<Temperature, 2>::new();
/// temperatures.insert(0, Temperature::new("Cel", 21.5)).ok();
/// temperatures.insert(7, Temperature::new("Cel", 4.0)).ok();
/// if let Some(fridge) = temperatures.get_mut(7) {
///     fridge.set(4.5);
/// }
/// ```
#[derive(Clone)]
pub struct Instances<T, const N: usize> {
    slots: [Option<(u16, T)>; N],
    /// Makes what a server creates; without it, servers neither create nor delete.
    make: Option<fn(u16) -> T>,
}

impl<T: Declared, const N: usize> Instances<T, N> {
    /// No instances, and none that a server may create or delete.
    pub const fn new() -> Self {
        Self {
            slots: [const { None }; N],
            make: None,
        }
    }

    /// The same, where servers may Create and Delete instances. `make` gives a new one for an id,
    /// before the server's values are written into it.
    ///
    /// ```
    /// use client_lite::objects::Instances;
    ///
    /// client_lite::object! {
    ///     /// A rule
    ///     #[derive(Default)]
    ///     pub struct Rule: 33001 {
    ///         0: threshold: f64 [RW, mandatory],
    ///         1: action: Option<client_lite::heapless::String<16>> [RW],
    ///     }
    /// }
    ///
    /// let rules = Instances::<Rule, 4>::new().created_by(|_| Rule::default());
    /// # let _ = rules;
    /// ```
    pub const fn created_by(mut self, make: fn(u16) -> T) -> Self {
        self.make = Some(make);
        self
    }

    /// Sets an instance; gives the one that had this id before.
    ///
    /// # Errors
    ///
    /// The value itself where there are `N` others already, or the id is 65535.
    pub fn insert(&mut self, id: u16, value: T) -> Result<Option<T>, T> {
        let place = self
            .place(id)
            .or_else(|| self.slots.iter().position(Option::is_none))
            .filter(|_| id != u16::MAX);
        match place.and_then(|place| self.slots.get_mut(place)) {
            Some(slot) => Ok(slot.replace((id, value)).map(|(_, before)| before)),
            None => Err(value),
        }
    }

    /// Takes an instance out.
    pub fn remove(&mut self, id: u16) -> Option<T> {
        let place = self.place(id)?;
        let (_, value) = self.slots.get_mut(place)?.take()?;
        Some(value)
    }

    /// The instance of this id.
    pub fn get(&self, id: u16) -> Option<&T> {
        self.iter().find(|(other, _)| *other == id).map(|(_, t)| t)
    }

    /// The instance of this id, to be changed.
    pub fn get_mut(&mut self, id: u16) -> Option<&mut T> {
        self.iter_mut()
            .find(|(other, _)| *other == id)
            .map(|(_, value)| value)
    }

    /// The instances with their ids, in the order in which the server sees them.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &T)> {
        self.slots.iter().flatten().map(|(id, value)| (*id, value))
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (u16, &mut T)> {
        let slots = self.slots.iter_mut().flatten();
        slots.map(|(id, value)| (*id, value))
    }

    /// How many instances there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Where an instance is.
    fn place(&self, id: u16) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| slot.as_ref().is_some_and(|(other, _)| *other == id))
    }

    /// The instance that a call is about.
    fn at(&mut self, id: u16) -> Result<&mut T, Refusal> {
        self.get_mut(id).ok_or(Refusal::NotFound)
    }
}

impl<T: Declared, const N: usize> Default for Instances<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Declared, const N: usize> Object for Instances<T, N> {
    fn definition(&self) -> &ObjectDefinition {
        T::DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.iter().nth(index).map(|(id, _)| id)
    }

    fn has(&self, at: At) -> bool {
        self.get(at.instance).is_some_and(|value| value.has(at))
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        self.get(at.instance)?.resource_instance(at, index)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        self.at(at.instance)?.read(at)
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let instance = self.get(at.instance).ok_or(Refusal::NotFound)?;
        instance.validate(at, value)
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        self.at(at.instance)?.write(at, value)
    }

    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        self.at(at.instance)?.execute(at, arguments)
    }

    fn is_auto_observable(&self, at: At) -> Option<bool> {
        self.get(at.instance)?.is_auto_observable(at)
    }

    fn delivered(&mut self, at: At) {
        if let Some(value) = self.get_mut(at.instance) {
            value.delivered(at);
        }
    }

    #[cfg(feature = "create")]
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    #[cfg(feature = "block")]
    fn block_wise(&mut self) -> Option<&mut dyn BlockWise> {
        Some(self)
    }
}

impl<T: Declared, const N: usize> Creatable for Instances<T, N> {
    fn create(&mut self, instance: u16) -> Result<(), Refusal> {
        let make = self.make.ok_or(Refusal::MethodNotAllowed)?;
        match self.insert(instance, make(instance)) {
            Ok(_) => Ok(()),
            Err(_) => Err(Refusal::InternalError),
        }
    }

    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        self.make.ok_or(Refusal::MethodNotAllowed)?;
        self.remove(instance).map(|_| ()).ok_or(Refusal::NotFound)
    }

    fn can_add(&self, at: At) -> bool {
        self.get(at.instance).is_some_and(|value| value.can_add(at))
    }

    fn can_remove(&self, at: At) -> bool {
        self.get(at.instance)
            .is_some_and(|value| value.can_remove(at))
    }

    fn remove(&mut self, at: At) {
        if let Some(value) = self.get_mut(at.instance) {
            value.remove(at);
        }
    }

    fn prepare(&mut self, replaces: bool) {
        for (_, value) in self.iter_mut() {
            value.prepare(replaces);
        }
    }

    fn clear(&mut self, at: At) {
        if let Some(value) = self.get_mut(at.instance) {
            value.clear(at);
        }
    }
}

impl<T: Declared, const N: usize> BlockWise for Instances<T, N> {
    fn takes_blocks(&mut self, at: At) -> bool {
        let value = self.get_mut(at.instance).and_then(T::block_wise);
        value.is_some_and(|value| value.takes_blocks(at))
    }

    fn upload(&mut self, at: At, step: Upload<'_>) -> Result<(), Refusal> {
        let value = self.at(at.instance)?.block_wise();
        value.ok_or(Refusal::MethodNotAllowed)?.upload(at, step)
    }
}
