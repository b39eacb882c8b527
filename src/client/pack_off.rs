//! In place of `pack.rs` where a device does without the feature `bootstrap-pack`.

use crate::client::Client;
use crate::coap::Message;
use crate::model::tree::Objects;

impl Client<'_> {
    pub(super) fn takes_pack(&mut self, _: &Message<'_>, _: Objects<'_, '_>) -> bool {
        false
    }
}
