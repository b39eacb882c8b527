//! In place of `access.rs` where a device does without the feature `access-control`: the server may do
//! everything.

use crate::error::Refusal;
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Tree, Visit};

impl Tree<'_, '_> {
    #[inline(always)]
    pub(crate) fn require(&mut self, _: Rights, _: Path) -> Result<(), Refusal> {
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn walk_readable(&mut self, path: Path, visit: Visit<'_>) -> Result<(), Refusal> {
        self.walk(path, visit)
    }

    #[inline(always)]
    pub(crate) fn own(&mut self, _: Path) -> Result<(), Refusal> {
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn disown(&mut self, _: Path) {}

    #[inline(always)]
    pub(crate) fn server_removed(
        &mut self,
        _: u16,
        _: &dyn Fn(usize) -> Option<u16>,
    ) -> Option<Path> {
        None
    }
}
