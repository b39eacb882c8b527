//! What the network may know of what follows a message.

use coap_lite::CoapOption;

use super::Client;
use crate::coap::Message;
use crate::coap::message::EMPTY;
use crate::error::Operation;
use crate::exchange::Purpose;
use crate::time::{Duration, earliest};
use crate::transport::ReleaseAssistance;

impl Client<'_> {
    /// What is expected after the message of this length that was written last, in queue mode, where
    /// the server speaks only when it was spoken to.
    pub(crate) fn expects(&self, length: usize, is_response: bool) -> ReleaseAssistance {
        let message = Message::parse(self.written(length)).ok();
        let has_more = |option| message.is_some_and(|message| message.has_more(option));
        let is_answer = is_response && message.is_some_and(|message| message.code != EMPTY);
        let outstanding = self.exchange.outstanding.as_ref();
        // A server that has a new device in front of it reads, observes or writes next.
        let introduces = outstanding.is_some_and(|outstanding| {
            outstanding.purpose == Purpose::Operation(Operation::Register)
                || outstanding.purpose == Purpose::Operation(Operation::Bootstrap)
        });
        if self.sends_more() || !is_response && has_more(CoapOption::Block1) {
            ReleaseAssistance::Ongoing
        } else if is_answer || introduces || has_more(CoapOption::Block2) {
            ReleaseAssistance::WaitMore
        } else if outstanding.is_some() {
            ReleaseAssistance::OneResponse
        } else {
            ReleaseAssistance::Last
        }
    }

    /// Whether something goes out next, or soon.
    fn sends_more(&self) -> bool {
        if !self.session.is_open() {
            return false;
        }
        let is_idle = self.exchange.is_idle();
        if self.exchange.is_due() || is_idle && self.session.requests().is_some() {
            return true;
        }
        if !self.session.reports(&self.context) {
            return false;
        }
        let reports_at = self.reporting.deadline(&self.context);
        let next = earliest(reports_at, self.session.next_update(&self.context));
        self.reporting.waits(&self.context)
            || next.is_some_and(|next| next <= self.context.now() + SOON)
    }
}

/// As long as networks usually keep a connection that nobody uses: to set up another one within this
/// time costs more.
const SOON: Duration = Duration::from_secs(10);
