//! In place of `historical_queue.rs` where a device does without the feature `historical-queue`.

use core::marker::PhantomData;

use crate::archive::Archive;
use crate::coap::Token;
use crate::format::Encoder;
use crate::model::attributes::Attributes;
use crate::model::path::Path;
use crate::time::Instant;

pub(crate) struct Memory<const VALUES: usize>;

impl<const VALUES: usize> Memory<VALUES> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct HistoricalQueue<'s>(PhantomData<&'s ()>);

impl<'s> HistoricalQueue<'s> {
    pub(crate) fn new<const VALUES: usize>(_: &'s mut Memory<VALUES>) -> Self {
        Self(PhantomData)
    }
}

impl HistoricalQueue<'_> {
    pub(super) fn is_wanted(_: &Attributes<'_>, _: Path, _: u16) -> bool {
        false
    }

    pub(super) fn keep_for(
        &mut self,
        _: Token,
        _: &Attributes<'_>,
        _: Instant,
        _: &mut dyn FnMut(&mut dyn Encoder),
    ) {
    }

    pub(super) fn has(&self, _: &Token) -> bool {
        false
    }

    pub(super) fn begin(&mut self, _: &Token, _: Instant) {}

    pub(super) fn goes_along(&self, _: &Token) -> bool {
        false
    }

    pub(super) fn leave_out(&mut self, _: &Token) -> bool {
        false
    }

    pub(super) fn encode(&self, _: &Token, _: &mut dyn Encoder) {}

    pub(super) fn delivered(&mut self, _: &Token) -> bool {
        false
    }

    pub(super) fn abandoned(&mut self, _: &Token, _: bool) {}

    pub(super) fn forget(&mut self, _: &Token) {}

    pub(super) fn retain(&mut self, _: &dyn Fn(&Token) -> bool) {}

    pub(super) fn archive(&mut self, _: &mut Archive<'_>) {}
}
