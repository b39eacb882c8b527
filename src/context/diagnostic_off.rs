//! In place of `diagnostic.rs` where a device does without the feature `diagnostics`.

use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;

use crate::coap::Message;
use crate::describe::Describe;

/// What the server has said about an error, in its own words: never there without the feature
/// `diagnostics`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Diagnostic<'c>(Infallible, PhantomData<&'c str>);

impl<'c> Diagnostic<'c> {
    /// The server's words.
    pub fn as_str(&self) -> &'c str {
        match self.0 {}
    }
}

impl Describe for Diagnostic<'_> {
    fn describe(&self, _: &mut dyn FnMut(&str)) {
        match self.0 {}
    }
}

impl fmt::Display for Diagnostic<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {}
    }
}

#[derive(Default)]
pub(crate) struct Diagnostics {}

impl Diagnostics {
    pub(crate) fn clear(&mut self) {}

    pub(crate) fn keep(&mut self, _: &Message<'_>) {}

    pub(crate) fn get(&self) -> Option<Diagnostic<'_>> {
        None
    }
}
