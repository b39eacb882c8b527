//! `handshake.rs` without the feature `certificates`: a server's public key is taken and not used.

use core::marker::PhantomData;

use crate::archive::Archive;
use crate::config::{Account, Security};
use crate::model::object::At;
use crate::model::value::Value;

pub(crate) struct Memory<const ACCOUNTS: usize, const SIZE: usize>;

impl<const ACCOUNTS: usize, const SIZE: usize> Memory<ACCOUNTS, SIZE> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Handshakes<'s>(PhantomData<&'s ()>);

#[derive(Clone, Copy)]
pub(crate) struct Entry;

impl Entry {
    pub(crate) const NONE: Self = Self;
}

impl<'s> Handshakes<'s> {
    pub(crate) fn new<const ACCOUNTS: usize, const SIZE: usize>(
        _: &'s mut Memory<ACCOUNTS, SIZE>,
    ) -> Self {
        Self(PhantomData)
    }

    pub(crate) fn fits(&self, _: u16, _: &Value<'_>) -> bool {
        true
    }

    pub(crate) fn write(&mut self, _: usize, _: &mut Entry, _: At, _: Value<'_>) {}

    pub(crate) fn copy(&mut self, _: usize, _: &Handshakes<'_>, _: usize, _: Entry) {}

    pub(crate) fn archive(&mut self, _: usize, _: &mut Entry, _: &mut Archive<'_>) {}

    pub(crate) fn certificates<'a>(
        &'a self,
        _: usize,
        _: Entry,
        _: &'a [u8],
        _: &'a [u8],
    ) -> Option<Security<'a>> {
        None
    }

    pub(crate) fn takes_psk(_: &[u8], _: &[u8]) -> bool {
        true
    }

    pub(crate) fn complete<'a>(&'a self, _: usize, _: &'a Entry, _: &mut Account<'a>) {}

    pub(crate) fn resource_instance(_: u16, index: usize) -> Option<u16> {
        (index == 0).then_some(0)
    }
}

pub(crate) const SERVER_PUBLIC_KEY: u16 = 4;
