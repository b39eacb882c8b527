//! A pack that the bootstrap server has sent in place of writing (LwM2M Core 1.2, 6.1.7.7).

use crate::client::Client;
use crate::coap::Message;
use crate::model::tree::Objects;
use crate::requests::bootstrap_pack;
use crate::session::Piece;

impl Client<'_> {
    /// Takes the response to a Bootstrap-Pack-Request; whether it was one.
    pub(super) fn takes_pack(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) -> bool {
        if !self.session.awaits_pack() {
            return false;
        }
        let is_carried_out = match self.session.take_piece(message) {
            None => false,
            Some(Piece {
                start: 0,
                is_last: true,
            }) => bootstrap_pack::carry_out(&mut self.context, objects, message.payload),
            Some(Piece { start, is_last }) => {
                let uploads = &mut self.requests.uploads;
                let is_kept = uploads.keep(start, message.payload);
                if is_kept && !is_last {
                    return true;
                }
                let pack = uploads.body(start + message.payload.len());
                is_kept && bootstrap_pack::carry_out(&mut self.context, objects, pack)
            }
        };
        self.session.pack_taken(&mut self.context, is_carried_out);
        true
    }
}
