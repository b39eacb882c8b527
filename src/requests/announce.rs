//! What must not run twice is told before it is carried out, so that it does not after a loss of power
//! either.

use crate::coap::Message;
use crate::model::tree::Tree;
use crate::requests::Requests;
use crate::requests::operation::{Operation, Request};
use crate::time::Instant;

impl Requests<'_> {
    /// Keeps the message id of an execution, a Create or a Delete that is about to be carried out.
    pub(crate) fn announce(
        &mut self,
        message: &Message<'_>,
        tree: &mut Tree<'_, '_>,
        now: Instant,
    ) {
        let mut request = Request::NONE;
        if request.parse(message).is_err() || self.duplicates.reply(message.id, now).is_some() {
            return;
        }
        if let Ok(Operation::Execute | Operation::Create(_) | Operation::Delete(_)) =
            request.operation(message, tree)
        {
            // Where there is no room it is refused.
            let _ = self.duplicates.reserve(message.id, now);
        }
    }
}
