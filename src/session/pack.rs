//! Bootstrap-Pack-Request (LwM2M Core 1.2, 6.1.7.7): a request in place of Bootstrap-Request, whose response
//! has all that the bootstrap server would write. Where anything goes wrong with it, Bootstrap-Request
//! follows.

use coap_lite::{CoapOption, RequestType, ResponseType};

use crate::coap::block::Block;
use crate::coap::message::request_code;
use crate::coap::{Message, Writer};
use crate::context::Context;
use crate::error::Operation;
use crate::format;
use crate::session::{Phase, Session};

/// How far the pack is.
#[derive(Clone, Copy, Default)]
pub(super) enum Pack {
    /// There is none to be asked for.
    #[default]
    None,
    /// The request is due or outstanding: for the whole, or for a block behind the first.
    Requested(Option<Block>),
}

impl Pack {
    pub(super) const NONE: Self = Self::None;

    pub(super) fn begin(context: &Context<'_>) -> Self {
        match context.config.bootstrap_pack {
            true => Self::Requested(None),
            false => Self::None,
        }
    }

    /// Completes the request where it is one for a pack; whether it is.
    pub(super) fn write_request(self, context: &Context<'_>, writer: &mut Writer<'_>) -> bool {
        let Self::Requested(block) = self else {
            return false;
        };
        writer.option(CoapOption::UriPath, &[b"bspack"]);
        let name = context.config.endpoint;
        writer.option(CoapOption::UriQuery, &[b"ep=", name.as_bytes()]);
        writer.option_uint(CoapOption::Accept, format::SENML_CBOR.into());
        if let Some(block) = block {
            writer.option_uint(CoapOption::Block2, block.value());
        }
        true
    }

    pub(super) fn method(self) -> Option<u8> {
        match self {
            Self::Requested(_) => Some(request_code(RequestType::Get)),
            Self::None => None,
        }
    }
}

/// A part of a pack.
pub(crate) struct Piece {
    /// Where in the pack it begins.
    pub(crate) start: usize,
    /// Whether it is the last.
    pub(crate) is_last: bool,
}

impl Session<'_> {
    /// Whether the response to the outstanding request is one with a pack.
    pub(crate) fn awaits_pack(&self) -> bool {
        self.phase == Phase::Requesting(Operation::Bootstrap)
            && matches!(self.bootstrap.pack, Pack::Requested(_))
    }

    /// What a response has of the pack, and the request for the next block is due; `None` where it has
    /// none.
    pub(crate) fn take_piece(&mut self, response: &Message<'_>) -> Option<Piece> {
        let Pack::Requested(requested) = self.bootstrap.pack else {
            return None;
        };
        self.set_served(true);
        let format = response.option(CoapOption::ContentFormat);
        let is_pack = format.is_some_and(|format| format == [format::SENML_CBOR as u8]);
        if response.unknown.is_some() || !response.is(ResponseType::Content) || !is_pack {
            return None;
        }
        let block = response.option(CoapOption::Block2).map(Block::parse);
        let Some(block) = block.transpose().ok()? else {
            return requested.is_none().then_some(Piece {
                start: 0,
                is_last: true,
            });
        };
        let is_due = match requested {
            None => block.number == 0,
            Some(due) => block.number == due.number && block.size == due.size,
        };
        let is_whole = !block.more || response.payload.len() == block.size.bytes();
        if !is_due || !is_whole {
            return None;
        }
        if block.more {
            self.bootstrap.pack = Pack::Requested(Some(Block {
                number: block.number + 1,
                more: false,
                size: block.size,
            }));
        }
        Some(Piece {
            start: block.offset(),
            is_last: !block.more,
        })
    }

    /// The pack is complete, and was carried out or not.
    pub(crate) fn pack_taken(&mut self, context: &mut Context<'_>, is_carried_out: bool) {
        self.bootstrap.pack = Pack::NONE;
        if is_carried_out {
            self.bootstrap.is_done = true;
            return;
        }
        // The request that is due now is Bootstrap-Request, for which nothing has happened yet.
        context.accounts.begin_draft(&context.server);
        context.transaction.break_off();
    }
}
