//! In place of `transaction.rs` where a device does without the feature `bootstrap-transaction`: what a
//! bootstrap server has written of the application's objects stays.

use crate::context::Context;
use crate::model::object::Object;
use crate::model::tree::Objects;

#[derive(Default)]
pub(crate) struct Transaction {}

impl Transaction {
    pub(crate) fn is_open(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn break_off(&mut self) {}
}

impl Context<'_> {
    #[inline(always)]
    pub(crate) fn begin_transaction(&mut self, _: Objects<'_, '_>) {}

    #[inline(always)]
    pub(crate) fn commit_transaction(&mut self, _: Objects<'_, '_>) {}

    #[inline(always)]
    pub(crate) fn roll_back(&mut self, _: Objects<'_, '_>) {}
}

pub(crate) fn takes_part(_: &mut dyn Object) -> bool {
    false
}
