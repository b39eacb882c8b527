//! Requests of this client that are larger than its messages (RFC 7959, 2.5 and 3.2): Register,
//! Update and Send with Block1.

use coap_lite::{CoapOption, ResponseType};

use crate::buffer::Buffer;
use crate::coap::block::{Block, Part, Size};
use crate::coap::{Message, Writer};

/// How far the outstanding request is.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing {
    /// The block that is due or outstanding; `None` while the body goes in one message.
    block: Option<Block>,
    /// The largest size that the server takes.
    size: Size,
    /// Where in the body the block begins.
    offset: usize,
    /// Of the body whose first block was sent.
    checksum: u32,
    /// How often the body was begun anew.
    restarts: u8,
    /// Whether the body that was written last is not the one that was begun.
    changed: bool,
    /// Whether the whole body has turned out not to fit.
    is_too_large: bool,
}

impl Default for Outgoing {
    fn default() -> Self {
        Self {
            block: None,
            size: Size::LARGEST,
            offset: 0,
            checksum: 0,
            restarts: 0,
            changed: false,
            is_too_large: false,
        }
    }
}

impl Outgoing {
    /// Where the body is written to: from the byte on that is due, where it goes in blocks.
    pub(crate) fn payload<'w, 'b>(&self, writer: &'w mut Writer<'b>) -> &'w mut Buffer<'b> {
        let payload = writer.payload();
        if self.is_in_blocks() {
            payload.skip(self.offset);
        }
        payload
    }

    /// Whether the body goes in blocks.
    pub(crate) fn is_in_blocks(&self) -> bool {
        self.block.is_some()
    }

    /// Makes a request whose body was written to [`payload`](Self::payload) the one that is due: the
    /// whole, or a block; `None` where that cannot be, or where the whole does not fit, which then
    /// [`begins_anew`](Self::begins_anew) in blocks. So many bytes are to be left to options that are
    /// yet to come.
    pub(super) fn cut(&mut self, writer: &mut Writer<'_>, left: usize) -> Option<()> {
        let fits = writer.fits_with(left);
        let Some(body) = writer.body() else {
            return Some(());
        };
        if self.block.is_none() {
            self.is_too_large = !fits;
            self.block = (!fits).then_some(Block::FIRST);
            return fits.then_some(());
        }
        let size = self.size.fitting(body.room().saturating_sub(left));
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

    /// Whether the body is to be written from its start: in blocks, or because it has changed on the
    /// way, as often as that is worth it.
    pub(crate) fn begins_anew(&mut self) -> bool {
        if core::mem::take(&mut self.is_too_large) {
            return true;
        }
        let anew = self.changed && self.restarts < RESTARTS;
        if anew {
            self.changed = false;
            self.restart();
        }
        anew
    }

    /// Whether the body has never stayed the same for long enough.
    pub(crate) fn is_unsteady(&self) -> bool {
        self.changed
    }

    fn restart(&mut self) {
        self.restarts += 1;
        self.offset = 0;
    }

    /// Whether a response asks for another block.
    pub(super) fn goes_on(&mut self, response: &Message<'_>) -> bool {
        let given = response.option(CoapOption::Block1).map(Block::parse);
        if response.unknown.is_some() || matches!(given, Some(Err(_))) {
            return false;
        }
        let given = given.and_then(Result::ok);
        match self.block {
            Some(block) if block.more && response.is(ResponseType::Continue) => {
                if given.is_some_and(|given| given.number != block.number) {
                    return false;
                }
                self.offset = block.offset() + block.size.bytes();
                self.take_size(block.size, given);
                true
            }
            // The server has not kept the blocks before this one (2.9.2).
            Some(_) if response.is(ResponseType::RequestEntityIncomplete) && self.restarts == 0 => {
                self.restart();
                true
            }
            block if response.is(ResponseType::RequestEntityTooLarge) => {
                // Blocks of this size are not too large (2.9.3).
                let smaller =
                    given.filter(|given| block.is_none_or(|block| given.size < block.size));
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
    fn take_size(&mut self, size: Size, given: Option<Block>) {
        self.size = match given {
            Some(given) if given.size < size => given.size,
            _ => size,
        };
    }
}

/// How often a body that changes on the way is begun anew.
const RESTARTS: u8 = 4;
