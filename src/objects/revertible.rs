//! Objects that are as before where a bootstrap breaks off.

use core::ops::{Deref, DerefMut};

use crate::error::Refusal;
#[cfg(feature = "snapshot")]
use crate::model::object::Persistent;
use crate::model::object::{
    AccessRights, At, BlockWise, Creatable, Object, ObjectDefinition, Transactional,
};
use crate::model::value::Value;

/// An object that takes part in bootstraps as in transactions: where a bootstrap server has written to
/// it, created or deleted in it, and then does not finish, it is as it was before.
///
/// The price is its memory a second time. While the bootstrap lasts, which is some minutes at most, what
/// the application and other servers change in the object is undone with it, so it is for objects that
/// are configured, and not for those that measure.
///
/// ```
/// use client_lite::objects::{Instances, Revertible};
///
/// client_lite::object! {
///     /// A rule
///     #[derive(Clone, Default)]
///     pub struct Rule: 33001 {
///         0: threshold: f64 [RW, mandatory],
///     }
/// }
///
/// let rules = Instances::<Rule, 4>::new().created_by(|_| Rule::default());
/// let mut rules = Revertible::new(rules);
/// rules.insert(0, Rule { threshold: 4.5 }).ok();
/// assert_eq!(rules.len(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Revertible<O> {
    object: O,
    /// What it was at the beginning of the transaction that it is in.
    before: Option<O>,
}

impl<O: Object + Clone> Revertible<O> {
    /// The object, which is to be changed through this from now on.
    pub const fn new(object: O) -> Self {
        Self {
            object,
            before: None,
        }
    }
}

impl<O> Deref for Revertible<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.object
    }
}

impl<O> DerefMut for Revertible<O> {
    fn deref_mut(&mut self) -> &mut O {
        &mut self.object
    }
}

impl<O: Object + Clone> Transactional for Revertible<O> {
    fn begin(&mut self) {
        self.before = Some(self.object.clone());
    }

    fn commit(&mut self) {
        self.before = None;
    }

    fn roll_back(&mut self) {
        if let Some(before) = self.before.take() {
            self.object = before;
        }
    }
}

impl<O: Object + Clone> Object for Revertible<O> {
    fn definition(&self) -> &ObjectDefinition {
        self.object.definition()
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.object.instance(index)
    }

    fn has(&self, at: At) -> bool {
        self.object.has(at)
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        self.object.resource_instance(at, index)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        self.object.read(at)
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        self.object.validate(at, value)
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        self.object.write(at, value)
    }

    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        self.object.execute(at, arguments)
    }

    fn is_auto_observable(&self, at: At) -> Option<bool> {
        self.object.is_auto_observable(at)
    }

    fn delivered(&mut self, at: At) {
        self.object.delivered(at);
    }

    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        self.object.creatable()
    }

    fn block_wise(&mut self) -> Option<&mut dyn BlockWise> {
        self.object.block_wise()
    }

    fn access_rights(&mut self) -> Option<&mut dyn AccessRights> {
        self.object.access_rights()
    }

    #[cfg(feature = "snapshot")]
    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        self.object.persistent()
    }

    fn transactional(&mut self) -> Option<&mut dyn Transactional> {
        Some(self)
    }
}
