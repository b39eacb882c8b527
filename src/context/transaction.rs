//! A bootstrap as a transaction of the application's objects (LwM2M Core 1.1, 6.1.3.3): they are as they
//! were before where it does not come to its Finish.

use crate::context::Context;
use crate::model::object::{Object, Transactional};
use crate::model::tree::Objects;

/// Whether the objects are in a transaction.
#[derive(Default, PartialEq)]
pub(crate) enum Transaction {
    #[default]
    None,
    /// They have heard of its beginning.
    Begun,
    /// It has broken off, of which they have yet to hear.
    BrokenOff,
}

impl Transaction {
    /// Whether the objects are not what they will be.
    pub(crate) fn is_open(&self) -> bool {
        *self != Self::None
    }

    /// The bootstrap server has no say any longer. After a Finish there is nothing to break off.
    pub(crate) fn break_off(&mut self) {
        if *self == Self::Begun {
            *self = Self::BrokenOff;
        }
    }
}

impl Context<'_> {
    /// The bootstrap server is about to change something.
    pub(crate) fn begin_transaction(&mut self, objects: Objects<'_, '_>) {
        if self.transaction == Transaction::None {
            self.transaction = Transaction::Begun;
            each(objects, &mut |object| object.begin());
        }
    }

    /// The bootstrap server has finished.
    pub(crate) fn commit_transaction(&mut self, objects: Objects<'_, '_>) {
        if self.transaction == Transaction::Begun {
            self.transaction = Transaction::None;
            each(objects, &mut |object| object.commit());
        }
    }

    /// Tells the objects of a transaction that has broken off.
    pub(crate) fn roll_back(&mut self, objects: Objects<'_, '_>) {
        if self.transaction == Transaction::BrokenOff {
            self.transaction = Transaction::None;
            each(objects, &mut |object| object.roll_back());
        }
    }
}

/// Whether what is deleted in an object could come back.
pub(crate) fn takes_part(object: &mut dyn Object) -> bool {
    object.transactional().is_some()
}

fn each(objects: Objects<'_, '_>, tell: &mut dyn FnMut(&mut dyn Transactional)) {
    for object in objects {
        if let Some(object) = object.transactional() {
            tell(object);
        }
    }
}
