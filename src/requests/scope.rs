//! What carrying out a request may use, and what may come of it.

use coap_lite::ResponseType;

use crate::coap::Token;
use crate::coap::message::response_code;
use crate::config::Role;
use crate::context::Context;
use crate::feature;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::reporting::{Reach, Reporting};
use crate::requests::duplicates::Reply;

/// What a request reaches: the device, what is observed of it, and room for a response.
pub(crate) struct Scope<'c, 'a, 'o> {
    pub(crate) context: &'c mut Context<'a>,
    pub(crate) reporting: &'c mut Reporting<'a>,
    pub(crate) objects: Objects<'c, 'o>,
    pub(crate) buffer: &'c mut [u8],
    /// What the server is to this device.
    pub(crate) role: Role,
    pub(crate) reach: Reach,
    pub(crate) outcome: Outcome,
    /// Whether object instances came or went.
    pub(crate) objects_changed: bool,
}

/// What a request means for the client's life.
pub(crate) enum Outcome {
    /// Nothing.
    Served,
    /// The bootstrap server goes on.
    Bootstrapping(feature::Bootstrap),
    /// It has finished, by the request of this message id and token.
    BootstrapFinished(u16, Token, feature::Bootstrap),
    /// What it has written does not fit together.
    BootstrapRefused(feature::Bootstrap),
}

/// What becomes of a request that is not refused.
pub(crate) enum Response {
    /// No content.
    Reply(Reply),
    /// Content that is written already, and its length.
    Content(usize),
}

impl Response {
    #[inline(always)]
    pub(super) fn code(response: ResponseType) -> Self {
        Self::Reply(response_code(response).into())
    }
}

impl<'o> Scope<'_, '_, 'o> {
    #[inline(always)]
    pub(super) fn tree(&mut self) -> Tree<'_, 'o> {
        self.context.tree(&mut *self.objects)
    }

    /// The server has written at or below a path: observers are notified, also other servers'.
    pub(super) fn was_written(&mut self, path: Path) {
        self.reporting.mark(self.context, path, self.reach);
        self.context.written.note(path, false);
    }
}
