//! In place of `echo.rs` where a device does without the feature `echo`.

use crate::coap::{Message, Writer};

#[derive(Default)]
pub(super) struct Echo {}

impl Echo {
    pub(super) fn asks_again(&mut self, _: &Message<'_>) -> bool {
        false
    }

    pub(super) fn begin(&mut self, _: bool) {}

    pub(super) fn write(&self, _: &mut Writer<'_>) {}

    pub(super) fn room(&self) -> usize {
        0
    }
}
