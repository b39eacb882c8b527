//! In place of `evaluation.rs` where a device does without the feature `attributes`.

use crate::context::Context;
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::reporting::observations::{Observation, Observations};
use crate::time::Instant;

impl Observations<'_> {
    pub(super) fn evaluate(&mut self, _: &mut Context<'_>, _: Objects<'_, '_>) {}

    pub(super) fn keep_history(&mut self, _: &mut Context<'_>, _: Path, _: Objects<'_, '_>) {}

    pub(super) fn compare(&mut self, _: &mut Context<'_>, _: bool, _: Objects<'_, '_>) {
        for observation in self.list.iter_mut() {
            observation.changed = true;
        }
    }

    pub(super) fn bring_forward(&mut self, _: &Context<'_>) {}

    pub(super) fn next_evaluation(&self, _: &Context<'_>) -> Option<Instant> {
        None
    }

    pub(super) fn is_confirmable(&self, _: &Context<'_>, _: &Observation) -> bool {
        false
    }
}
