//! In place of `accounts.rs` where a device does without the feature `bootstrap`.

use core::marker::PhantomData;

#[derive(Default)]
pub(crate) struct Accounts<'s>(PhantomData<&'s ()>);
