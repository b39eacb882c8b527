//! In place of `send.rs` where a device does without the feature `send`.

use core::marker::PhantomData;

use crate::archive::Archive;
use crate::coap::{Header, Message};
use crate::context::Context;
use crate::error::{ChangesFull, Detail};
use crate::exchange::{Batch, Exchange};
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::reporting::observations::Observations;

pub(crate) struct Memory<const CHANGES: usize, const RECORDS: usize>;

impl<const CHANGES: usize, const RECORDS: usize> Memory<CHANGES, RECORDS> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Sends<'s>(PhantomData<&'s ()>);

impl<'s> Sends<'s> {
    pub(crate) fn new<const CHANGES: usize, const RECORDS: usize>(
        _: &'s mut Memory<CHANGES, RECORDS>,
    ) -> Self {
        Self(PhantomData)
    }
}

impl Sends<'_> {
    pub(super) fn queue_changes(
        &mut self,
        _: &mut Context<'_>,
        _: &Observations<'_>,
        _: Path,
        _: bool,
        _: Objects<'_, '_>,
    ) -> Result<(), ChangesFull> {
        Ok(())
    }

    pub(super) fn archive(&mut self, _: &mut Archive<'_>) {}

    pub(super) fn forget(&mut self) {}

    pub(crate) fn records(&self) -> usize {
        0
    }

    pub(crate) fn new_registration(&mut self) {}

    pub(super) fn reported(&mut self, _: Path) {}

    pub(super) fn again(&mut self, batch: Batch) {
        match batch {}
    }

    pub(super) fn have_turn(&self) -> bool {
        false
    }

    pub(super) fn wait_for_notification(&mut self, _: bool) {}

    pub(super) fn next(&mut self, _: &mut Context<'_>, _: &Observations<'_>) -> Option<Batch> {
        None
    }

    pub(super) fn bring_forward(&mut self, _: &Context<'_>) {}

    pub(super) fn wait(&self, _: &Context<'_>, _: &Observations<'_>) -> bool {
        false
    }

    #[expect(clippy::too_many_arguments, reason = "as in `send.rs`")]
    pub(crate) fn write(
        &mut self,
        _: &mut Context<'_>,
        _: &Observations<'_>,
        _: &mut Exchange,
        _: &mut [u8],
        batch: Batch,
        _: &Header<'_>,
        _: Objects<'_, '_>,
    ) -> Option<usize> {
        match batch {}
    }

    pub(crate) fn responded(
        &mut self,
        _: &mut Context<'_>,
        batch: Batch,
        _: &Message<'_>,
        _: Objects<'_, '_>,
    ) -> bool {
        match batch {}
    }

    pub(crate) fn are_doubted(&self) -> bool {
        false
    }

    pub(crate) fn unanswered(&mut self, _: &mut Context<'_>, batch: Batch, _: Detail) {
        match batch {}
    }

    pub(crate) fn refused(&mut self, _: &mut Context<'_>, batch: Batch, _: Detail) {
        match batch {}
    }
}
