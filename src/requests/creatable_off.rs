//! In place of `creatable.rs` where a device does without the feature `create`.

use crate::error::Refusal;
use crate::model::object::{At, Object};
use crate::model::path::Path;
use crate::model::tree::Tree;

pub(super) fn create_instance(_: &mut Tree<'_, '_>, _: Path) -> Result<(), Refusal> {
    Err(Refusal::NotFound)
}

pub(super) fn delete_instance(_: &mut Tree<'_, '_>, _: Path) -> Result<(), Refusal> {
    Err(Refusal::MethodNotAllowed)
}

pub(super) fn can_add(_: &mut dyn Object, _: At) -> bool {
    false
}

pub(super) fn remove(_: &mut dyn Object, _: At, _: bool) -> Result<(), Refusal> {
    Err(Refusal::MethodNotAllowed)
}

pub(super) fn prepare(_: &mut Tree<'_, '_>, _: bool) {}

pub(super) fn clear(_: &mut Tree<'_, '_>, _: Path) {}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Created;

impl Created {
    pub(super) const NONE: Self = Self;

    pub(super) fn id(self, _: usize) -> Option<u16> {
        None
    }
}
