//! In place of `renewal.rs` where a device does without the feature `dtls`.

use crate::client::Client;

#[derive(Default)]
pub(super) struct Renewal {}

impl Renewal {
    pub(super) fn opens(&mut self, _: bool) {}

    pub(super) fn opened(&mut self, _: bool) {}

    pub(super) fn served(&mut self) {}
}

impl Client<'_> {
    pub(super) fn doubt_association(&mut self) {}
}
