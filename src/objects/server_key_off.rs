//! `server_key.rs` without the feature `certificates`: a server's public key is taken and not used.

use core::marker::PhantomData;

use crate::config::Security;
use crate::model::value::Value;

pub(crate) struct Memory<const ACCOUNTS: usize, const SIZE: usize>;

impl<const ACCOUNTS: usize, const SIZE: usize> Memory<ACCOUNTS, SIZE> {
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct ServerKeys<'s>(PhantomData<&'s ()>);

#[derive(Clone, Copy)]
pub(crate) struct ServerKey;

impl ServerKey {
    pub(crate) const NONE: Self = Self;
}

impl<'s> ServerKeys<'s> {
    pub(crate) fn new<const ACCOUNTS: usize, const SIZE: usize>(
        _: &'s mut Memory<ACCOUNTS, SIZE>,
    ) -> Self {
        Self(PhantomData)
    }

    pub(crate) fn fits(&self, _: u16, _: &Value<'_>) -> bool {
        true
    }

    pub(crate) fn write(&mut self, _: usize, _: &mut ServerKey, _: u16, _: Value<'_>) {}

    pub(crate) fn copy(&mut self, _: usize, _: &ServerKeys<'_>, _: usize, _: ServerKey) {}

    pub(crate) fn certificates<'a>(
        &'a self,
        _: usize,
        _: ServerKey,
        _: &'a [u8],
        _: &'a [u8],
    ) -> Option<Security<'a>> {
        None
    }
}
