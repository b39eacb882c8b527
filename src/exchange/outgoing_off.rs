//! In place of `outgoing.rs` where a device does without the feature `block`.

use crate::buffer::Buffer;
use crate::coap::{Message, Writer};

#[derive(Default)]
pub(crate) struct Outgoing {}

impl Outgoing {
    pub(crate) fn payload<'w, 'b>(&self, writer: &'w mut Writer<'b>) -> &'w mut Buffer<'b> {
        writer.payload()
    }

    pub(crate) fn is_in_blocks(&self) -> bool {
        false
    }

    pub(super) fn cut(&mut self, _: &mut Writer<'_>, _: usize) -> Option<()> {
        Some(())
    }

    pub(crate) fn begins_anew(&mut self) -> bool {
        false
    }

    pub(crate) fn is_unsteady(&self) -> bool {
        false
    }

    pub(super) fn goes_on(&mut self, _: &Message<'_>) -> bool {
        false
    }
}
