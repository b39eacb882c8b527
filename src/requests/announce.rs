//! What must not run twice is told before it is carried out, so that it does not after a loss of power
//! either.

use coap_lite::CoapOption;

use crate::coap::Message;
use crate::model::object::Operations;
use crate::model::path::Path;
use crate::model::rights::Rights;
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
        let runs = match request.operation(message, tree) {
            Ok(Operation::Execute) => is_executable(tree, request.path),
            Ok(Operation::Create(_) | Operation::Delete(_)) => true,
            _ => false,
        };
        if runs && !message.has_more(CoapOption::Block1) {
            // Where there is no room it is refused.
            let _ = self.duplicates.reserve(message.id, now);
        }
    }
}

fn is_executable(tree: &mut Tree<'_, '_>, path: Path) -> bool {
    tree.require(Rights::EXECUTE, path).is_ok()
        && tree
            .resource(path)
            .is_ok_and(|(_, definition)| definition.operations.allow(Operations::E))
}
