//! In place of `upload.rs` where a device does without the feature `block`.

use core::marker::PhantomData;

use crate::coap::{Message, Writer};
use crate::context::Context;
use crate::error::Refusal;
use crate::model::tree::Objects;
use crate::requests::operation::Request;
use crate::requests::scope::Scope;
use crate::time::Instant;

pub(crate) struct Memory<const BODY: usize>;

impl<const BODY: usize> Memory<BODY> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Uploads<'s>(PhantomData<&'s ()>);

impl<'s> Uploads<'s> {
    pub(crate) fn new<const BODY: usize>(_: &'s mut Memory<BODY>, _: usize) -> Self {
        Self(PhantomData)
    }
}

pub(super) enum Part {
    Whole,
    Responded(u8),
    Last(usize),
}

impl Uploads<'_> {
    #[inline(always)]
    pub(super) fn take(
        &mut self,
        _: &mut Scope<'_, '_, '_>,
        _: &Message<'_>,
        _: &Request,
    ) -> Result<Part, Refusal> {
        Ok(Part::Whole)
    }

    pub(super) fn body(&self, _: usize) -> &[u8] {
        &[]
    }

    pub(super) fn forget(&mut self) {}

    pub(super) fn write_options(&self, _: &Request, _: u8, _: &mut Writer<'_>) {}

    pub(crate) fn deadline(&self) -> Option<Instant> {
        None
    }

    pub(crate) fn expire(&mut self, _: Instant) {}

    pub(crate) fn abort(&mut self) {}

    pub(crate) fn abort_at_object(&mut self, _: &mut Context<'_>, _: Objects<'_, '_>) {}
}
