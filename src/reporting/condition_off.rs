//! In place of `condition.rs` where a device does without the feature `attributes`: every new value is
//! reported.

use crate::archive::Archive;
use crate::error::Refusal;
use crate::format::Encoder;
use crate::time::Instant;

#[derive(Clone, Copy)]
pub(super) struct Condition {}

impl Condition {
    pub(super) fn new(_: Instant) -> Self {
        Self {}
    }

    pub(super) fn touch(&mut self) -> bool {
        true
    }

    pub(super) fn reported(&mut self, _: Sample, _: Instant) {}

    pub(super) fn archive(&mut self, _: &mut Archive<'_>) {}
}

#[derive(Clone, Copy)]
pub(super) struct Notified {}

impl Notified {
    pub(super) fn at(_: Instant) -> Self {
        Self {}
    }
}

#[derive(Clone, Copy)]
pub(super) struct Sample {}

impl Sample {
    pub(super) const NOTHING: Self = Self {};
}

pub(super) fn sampled(
    _: bool,
    next: &mut dyn Encoder,
    read: impl FnOnce(&mut dyn Encoder) -> Result<(), Refusal>,
) -> Result<Sample, Refusal> {
    read(next).map(|()| Sample {})
}
