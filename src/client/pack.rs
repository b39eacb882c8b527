//! A pack that the bootstrap server has sent in place of writing (LwM2M Core 1.2, 6.1.7.7).

use crate::coap::Message;
use crate::context::Context;
use crate::model::tree::Objects;
use crate::requests::bootstrap_pack;
use crate::requests::upload::Uploads;
use crate::session::{Piece, Session};

/// Takes the response to a Bootstrap-Pack-Request; whether it was one.
pub(super) fn take(
    session: &mut Session<'_>,
    uploads: &mut Uploads<'_>,
    context: &mut Context<'_>,
    message: &Message<'_>,
    objects: Objects<'_, '_>,
) -> bool {
    if !session.awaits_pack() {
        return false;
    }
    let is_carried_out = match session.take_piece(message) {
        None => false,
        Some(Piece {
            start: 0,
            is_last: true,
        }) => bootstrap_pack::carry_out(context, objects, message.payload),
        Some(Piece { start, is_last }) => {
            let is_kept = uploads.keep(start, message.payload);
            if is_kept && !is_last {
                return true;
            }
            let pack = uploads.body(start + message.payload.len());
            is_kept && bootstrap_pack::carry_out(context, objects, pack)
        }
    };
    session.pack_taken(context, is_carried_out);
    true
}
