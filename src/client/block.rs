//! Requests of this client that are larger than its messages (RFC 7959, 2.5 and 3.2): Register,
//! Update and Send with Block1.

use coap_lite::{CoapOption, ResponseType};

use crate::buffer::SLACK;
use crate::client::{Client, Purpose};
use crate::coap::block::{Block, Part, Size};
use crate::coap::{Exchange, Message, Writer};

/// How far the outstanding request is.
#[derive(Clone, Copy)]
pub(super) struct Sending {
    /// The block that is due or outstanding; `None` while the whole body goes in one message.
    block: Option<Block>,
    /// The largest size that the server takes.
    size: Size,
    /// Where in the body the block begins.
    pub(super) offset: usize,
    /// Of the body whose first block was sent.
    checksum: u32,
    /// How often the body was begun anew.
    restarts: u8,
    /// Whether the body that was written last is not the one that was begun.
    changed: bool,
}

impl Sending {
    pub(super) fn new() -> Self {
        Self {
            block: None,
            size: Size::LARGEST,
            offset: 0,
            checksum: 0,
            restarts: 0,
            changed: false,
        }
    }

    /// Whether the body goes in blocks.
    #[cfg(feature = "send")]
    pub(super) fn is_in_blocks(&self) -> bool {
        self.block.is_some()
    }

    /// Makes a request whose body was written from [`offset`](Self::offset) on the one that is due:
    /// the whole where it fits, otherwise a block; `None` where that cannot be. So many bytes are to
    /// be left to options that are yet to come.
    pub(super) fn cut(&mut self, writer: &mut Writer<'_>, left: usize) -> Option<()> {
        let fits = writer.fits_with(left);
        let Some(body) = writer.body().filter(|_| self.block.is_some() || !fits) else {
            return Some(());
        };
        let size = self.size.fitting(body.room().saturating_sub(SLACK + left));
        let part = size.and_then(|size| Part::cut(writer, self.offset, size).ok());
        let part = part.filter(|part| self.offset == 0 || part.checksum == self.checksum);
        self.changed = self.offset > 0 && part.is_none();
        let part = part?;
        self.checksum = part.checksum;
        self.block = Some(part.block);
        writer.add_option_uint(CoapOption::Block1, part.block.value());
        if self.offset == 0 {
            writer.add_option_uint(CoapOption::Size1, part.total as u32);
        }
        Some(())
    }

    /// Whether the body has changed on the way and is to be written from its start, as often as
    /// that is worth it.
    pub(super) fn begins_anew(&mut self) -> bool {
        let anew = self.changed && self.restarts < RESTARTS;
        if anew {
            self.changed = false;
            self.restart();
        }
        anew
    }

    /// Whether the body has never stayed the same for long enough.
    pub(super) fn is_unsteady(&self) -> bool {
        self.changed
    }

    fn restart(&mut self) {
        self.restarts += 1;
        self.offset = 0;
    }

    /// Whether an answer asks for another block.
    fn goes_on(&mut self, answer: &Message<'_>) -> bool {
        let told = answer.option(CoapOption::Block1).map(Block::parse);
        if answer.unknown.is_some() || matches!(told, Some(Err(_))) {
            return false;
        }
        let told = told.and_then(Result::ok);
        match self.block {
            Some(block) if block.more && answer.answers(ResponseType::Continue) => {
                if told.is_some_and(|told| told.number != block.number) {
                    return false;
                }
                self.offset = block.offset() + block.size.bytes();
                self.take_size(block.size, told);
                true
            }
            // The server has not kept the blocks before this one (2.9.2).
            Some(_)
                if answer.answers(ResponseType::RequestEntityIncomplete) && self.restarts == 0 =>
            {
                self.restart();
                true
            }
            block if answer.answers(ResponseType::RequestEntityTooLarge) => {
                // Blocks of this size are not too large (2.9.3).
                let smaller = told.filter(|told| block.is_none_or(|block| told.size < block.size));
                if smaller.is_none() {
                    return false;
                }
                self.offset = 0;
                self.take_size(Size::LARGEST, smaller);
                self.block = smaller;
                true
            }
            _ => false,
        }
    }

    /// A server may have the blocks smaller, not larger (2.3).
    fn take_size(&mut self, size: Size, told: Option<Block>) {
        self.size = match told {
            Some(told) if told.size < size => told.size,
            _ => size,
        };
    }
}

impl Client<'_> {
    /// Makes the next block of a request the outstanding message where the answer asks for it;
    /// otherwise the answer is that to the request.
    pub(super) fn goes_on(&mut self, exchange: &Exchange<Purpose>, answer: &Message<'_>) -> bool {
        let goes_on = self.sending.goes_on(answer);
        if goes_on {
            let (id, token) = (self.new_message_id(), self.new_token());
            let mut next = Exchange::new(exchange.purpose, id, token, self.timeline.now());
            // A registration lasts from its request's first transmission.
            next.started = exchange.started;
            self.exchange = Some(next);
        }
        goes_on
    }
}

/// How often a body that changes on the way is begun anew.
const RESTARTS: u8 = 4;
