//! In place of `composite.rs` where a device does without the feature `composite`.

use core::iter;
use core::marker::PhantomData;

use crate::archive::Archive;
use crate::coap::Token;
use crate::model::path::Path;
use crate::reporting::condition::Condition;

pub(crate) struct Member {
    pub(super) token: Token,
    pub(super) path: Path,
    pub(super) condition: Condition,
}

pub(crate) struct Memory<const COMPOSITE: usize>;

impl<const COMPOSITE: usize> Memory<COMPOSITE> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Members<'s>(PhantomData<&'s ()>);

impl<'s> Members<'s> {
    pub(crate) fn new<const COMPOSITE: usize>(_: &'s mut Memory<COMPOSITE>) -> Self {
        Self(PhantomData)
    }
}

impl Members<'_> {
    pub(super) fn newest(&self) -> Token {
        Token::default()
    }

    pub(super) fn set_newest(&mut self, _: Token) {}

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        iter::empty()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        iter::empty()
    }

    pub(super) fn of(&mut self, _: Token) -> impl Iterator<Item = &mut Member> {
        iter::empty()
    }

    pub(super) fn path(&self, _: Token, _: usize) -> Option<Path> {
        None
    }

    pub(super) fn archive(&mut self, _: &mut Archive<'_>) {}

    pub(super) fn retain_observed(&mut self, _: &dyn Fn(&Token) -> bool) {}
}
