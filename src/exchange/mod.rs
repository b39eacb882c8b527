//! The one message of this client's own that may be outstanding (RFC 7252, 4.2 and NSTART = 1 in 4.7):
//! when it is sent again, which response is its own, and the blocks of what is larger than a message.

#[cfg_attr(not(feature = "echo"), path = "echo_off.rs")]
mod echo;
#[cfg_attr(not(feature = "block"), path = "outgoing_off.rs")]
mod outgoing;
mod outstanding;
mod purpose;

use coap_lite::MessageType;

use crate::coap::transmission::Transmission;
use crate::coap::{Message, Token, Writer};
use crate::context::Context;
use crate::time::Instant;

use echo::Echo;
pub(crate) use outgoing::Outgoing;
pub(crate) use outstanding::Outstanding;
pub(crate) use purpose::{Batch, Purpose};

#[derive(Default)]
pub(crate) struct Exchange {
    pub(crate) outstanding: Option<Outstanding>,
    /// How far the body of the outstanding request is.
    pub(crate) outgoing: Outgoing,
    echo: Echo,
    /// The message id of the newest separate response, which is acknowledged again if it comes again.
    acknowledged: Option<u16>,
}

/// What comes of a response.
pub(crate) struct Received {
    /// What a confirmable one is acknowledged or rejected with.
    pub(crate) reply: Option<MessageType>,
    /// What it is the response to, and when that was first transmitted; `None` where it is none, or
    /// the exchange goes on.
    pub(crate) response: Option<(Purpose, Instant)>,
}

/// What comes of an acknowledgement or a Reset without content.
pub(crate) enum Empty {
    /// It belongs to nothing that is outstanding.
    Unexpected,
    /// The response follows.
    Acknowledged,
    /// The exchange has ended.
    Ended(Purpose, Token),
}

/// What has become due.
pub(crate) enum Expired {
    Nothing,
    /// The message is to be sent again.
    Retransmission,
    /// There was no response to its last transmission.
    GivenUp(Purpose, Token),
}

impl Exchange {
    /// Makes a message the outstanding one.
    #[inline(always)]
    pub(crate) fn begin(&mut self, context: &mut Context<'_>, purpose: Purpose, token: Token) {
        let id = context.ids.message();
        self.outstanding = Some(Outstanding::new(purpose, id, token, context.now()));
        self.echo.begin(false);
        self.outgoing = Outgoing::default();
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.outstanding.is_none()
    }

    /// Whether the outstanding message is to be transmitted.
    pub(crate) fn is_due(&self) -> bool {
        self.outstanding.as_ref().is_some_and(Outstanding::is_due)
    }

    /// When [`expire`](Self::expire) is to be called.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.outstanding
            .as_ref()
            .map(|outstanding| outstanding.deadline)
    }

    pub(crate) fn expire(&mut self, now: Instant, transmission: &Transmission) -> Expired {
        match &mut self.outstanding {
            None => Expired::Nothing,
            Some(outstanding) => {
                let (purpose, token) = (outstanding.purpose, outstanding.token);
                if outstanding.gives_up(now, transmission) {
                    self.outstanding = None;
                    Expired::GivenUp(purpose, token)
                } else if outstanding.is_due() {
                    Expired::Retransmission
                } else {
                    Expired::Nothing
                }
            }
        }
    }

    /// Completes a request that was written into `writer`, in blocks where that is allowed and the
    /// whole does not fit; `None` where it does not fit.
    pub(crate) fn complete(&mut self, mut writer: Writer<'_>, in_blocks: bool) -> Option<usize> {
        let cut = if in_blocks {
            self.outgoing.cut(&mut writer, self.echo.room())
        } else {
            Some(())
        };
        self.echo.write(&mut writer);
        let length = writer.finish();
        cut.and(length)
    }

    /// Takes a response.
    pub(crate) fn receive(&mut self, context: &mut Context<'_>, message: &Message<'_>) -> Received {
        let is_expected = message.kind != MessageType::Reset
            && self
                .outstanding
                .as_ref()
                .is_some_and(|outstanding| outstanding.expects(message));
        let reply = match message.kind {
            MessageType::Confirmable if self.is_acknowledged(message, is_expected) => {
                Some(MessageType::Acknowledgement)
            }
            MessageType::Confirmable => Some(MessageType::Reset),
            _ => None,
        };
        let response = match self.outstanding.take_if(|_| is_expected) {
            None => {
                context.events.discard();
                None
            }
            Some(outstanding) if self.echo.asks_again(message) => {
                let token = context.ids.token(&mut context.random);
                self.begin(context, outstanding.purpose, token);
                self.echo.begin(true);
                None
            }
            Some(outstanding) if self.outgoing.goes_on(message) => {
                let token = context.ids.token(&mut context.random);
                let id = context.ids.message();
                let mut next = Outstanding::new(outstanding.purpose, id, token, context.now());
                // A registration lasts from its request's first transmission.
                next.started = outstanding.started;
                self.outstanding = Some(next);
                None
            }
            Some(outstanding) => Some((outstanding.purpose, outstanding.started)),
        };
        Received { reply, response }
    }

    /// Whether a confirmable response is taken; one that was taken before is acknowledged again.
    #[inline(never)]
    fn is_acknowledged(&mut self, message: &Message<'_>, is_expected: bool) -> bool {
        let is_taken = is_expected && message.unknown.is_none();
        let acknowledged = is_taken || self.acknowledged == Some(message.id);
        if acknowledged {
            self.acknowledged = Some(message.id);
        }
        acknowledged
    }

    /// Takes an acknowledgement or a Reset that has no content.
    pub(crate) fn receive_empty(&mut self, context: &Context<'_>, message: &Message<'_>) -> Empty {
        let outstanding = self.outstanding.as_mut();
        let Some(outstanding) = outstanding
            .filter(|outstanding| outstanding.was_sent() && outstanding.id == message.id)
        else {
            return Empty::Unexpected;
        };
        let (purpose, token) = (outstanding.purpose, outstanding.token);
        let is_request = matches!(purpose, Purpose::Operation(_) | Purpose::Send(_));
        if message.kind != MessageType::Reset && is_request {
            outstanding.acknowledged(context.now(), &context.config.transmission);
            return Empty::Acknowledged;
        }
        self.outstanding = None;
        Empty::Ended(purpose, token)
    }

    /// A new association: its server knows nothing of what went over the one before.
    pub(crate) fn forget_association(&mut self) {
        self.echo = Echo::default();
        self.acknowledged = None;
    }
}
