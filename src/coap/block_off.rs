//! In place of `block.rs` where a device does without the feature `block`.

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::coap::Writer;
use crate::error::Refusal;

#[derive(Clone, Copy)]
pub(crate) struct Blocks {}

#[derive(Clone, Copy)]
pub(crate) enum Size {}

impl Size {
    pub(crate) fn archive(_: &mut Option<Self>, _: &mut Archive<'_>) {}
}

impl Blocks {
    pub(crate) const NONE: Self = Self {};

    pub(crate) fn take(&mut self, _: u16, _: &[u8]) -> Result<(), Refusal> {
        Ok(())
    }

    pub(crate) fn from_first(_: Option<Size>) -> Self {
        Self {}
    }

    pub(crate) fn size(&self) -> Option<Size> {
        None
    }

    pub(crate) fn ask_for_more(&self) -> bool {
        false
    }

    pub(crate) fn payload<'w, 'b>(&self, writer: &'w mut Writer<'b>) -> &'w mut Buffer<'b> {
        writer.payload()
    }

    pub(crate) fn or_first(&self, _: &Writer<'_>) -> Option<Self> {
        None
    }

    pub(crate) fn leave_more(&self, _: &Writer<'_>) -> bool {
        false
    }

    pub(crate) fn cut(&self, _: &mut Writer<'_>) -> Result<(), Refusal> {
        Ok(())
    }
}
