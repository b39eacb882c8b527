//! In place of `izuma.rs` where a device does without the feature `izuma`.

use crate::buffer::Buffer;
use crate::coap::Token;
use crate::context::Context;
use crate::format::link;
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::reporting::observations::Observations;

impl Observations<'_> {
    pub(super) fn is_announced_for_another(&self, _: &Token, _: Path) -> bool {
        false
    }

    pub(super) fn write_list(
        &self,
        context: &mut Context<'_>,
        buffer: &mut Buffer<'_>,
        objects: Objects<'_, '_>,
    ) {
        link::object_list(&mut context.tree(objects), buffer);
    }

    pub(super) fn announce(&mut self, _: &mut Context<'_>, _: bool, _: Objects<'_, '_>) {}
}
