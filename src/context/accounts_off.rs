//! In place of `accounts.rs` where a device does without the feature `bootstrap`.

use core::marker::PhantomData;

use crate::archive::Archive;
use crate::config::{Account, Role};
use crate::error::Operation;
use crate::objects::server::Server;
use crate::time::Instant;

pub(crate) struct Memory<
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
    const SERVER_KEY: usize,
>;

impl<
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
    const SERVER_KEY: usize,
> Memory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>
{
    pub(crate) const fn new() -> Self {
        Self
    }
}

pub(crate) struct Accounts<'s>(PhantomData<&'s ()>);

impl<'s> Accounts<'s> {
    pub(crate) fn new<
        const ACCOUNTS: usize,
        const URI: usize,
        const IDENTITY: usize,
        const KEY: usize,
        const SERVER_KEY: usize,
    >(
        _: &'s mut Memory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>,
    ) -> Self {
        Self(PhantomData)
    }
}

impl Accounts<'_> {
    pub(crate) fn of<'a>(
        &self,
        configured: Account<'a>,
        _: Operation,
        _: u16,
    ) -> Option<Account<'a>> {
        Some(configured)
    }

    pub(crate) fn is_purged(&self, _: Instant) -> bool {
        false
    }

    pub(crate) fn purge(&mut self, _: Instant) {}

    pub(crate) fn archive(&mut self, _: Server, _: &mut Archive<'_>) {}

    pub(crate) fn forget(&mut self) {}

    pub(crate) fn have_server(&self, _: Role, _: u16) -> bool {
        true
    }
}
