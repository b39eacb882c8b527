//! In place of `bootstrap.rs` where a device does without the feature `bootstrap`.

use crate::coap::{Message, Token, Writer};
use crate::context::Context;
use crate::error::{Detail, Error, Operation};
use crate::session::Session;
use crate::time::Instant;

#[derive(Default)]
pub(super) struct Bootstrap {}

impl Bootstrap {
    pub(super) fn set_appealed(&mut self, _: bool) {}
}

impl Session<'_> {
    pub(crate) fn is_bootstrapping(&self) -> bool {
        false
    }

    pub(crate) fn approaches_bootstrap_server(&self) -> bool {
        false
    }

    pub(super) fn approach_bootstrap_server(&mut self, _: &mut Context<'_>) -> bool {
        false
    }

    pub(super) fn bootstrap_anew(&mut self) {}

    pub(super) fn begin_bootstrap(&mut self, _: &mut Context<'_>) {}

    pub(super) fn bootstrap_method(&self) -> Option<u8> {
        None
    }

    pub(super) fn write_bootstrap_request(&self, _: &Context<'_>, _: &mut Writer<'_>) {}

    pub(super) fn await_bootstrap(&mut self, _: &Context<'_>) {}

    pub(super) fn appeals(
        &mut self,
        _: &mut Context<'_>,
        _: Operation,
        _: Error,
        _: Detail,
    ) -> bool {
        false
    }

    pub(super) fn after_failed(
        &mut self,
        context: &Context<'_>,
        operation: Operation,
    ) -> Operation {
        self.in_time(context, operation)
    }

    pub(crate) fn bootstrap_served(&mut self, _: &Context<'_>) {}

    pub(crate) fn bootstrap_finished(&mut self, _: &Context<'_>, _: u16, _: Token) {}

    pub(crate) fn bootstrap_refused(&mut self) {}

    pub(super) fn give_up_bootstrap(&mut self, _: &mut Context<'_>) {}

    pub(crate) fn leave_bootstrap(&mut self, _: &mut Context<'_>) {}

    pub(crate) fn finish_deadline(&self) -> Option<Instant> {
        None
    }

    pub(crate) fn finish_until(&self) -> Option<Instant> {
        None
    }

    pub(crate) fn is_finish_again(&self, _: &Message<'_>, _: Instant) -> bool {
        false
    }

    pub(crate) fn part_from_bootstrap_server(&mut self, _: Instant) {}
}
