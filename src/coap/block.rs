//! Block-wise transfer (RFC 7959): the options, and which block of a body a message carries.

use coap_lite::CoapOption;

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::coap::message::{Writer, uint};
use crate::error::Refusal;

/// The value of a Block1 or Block2 option (2.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Block {
    pub(crate) number: u32,
    /// Whether others follow.
    pub(crate) more: bool,
    pub(crate) size: Size,
}

/// The size of blocks: 16 bytes, doubled as often as the exponent says, up to 1024.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Size(u8);

impl Block {
    /// The first, of the largest size.
    pub(crate) const FIRST: Self = Self {
        number: 0,
        more: false,
        size: Size::LARGEST,
    };

    /// The block that begins at an offset, which the size divides.
    pub(crate) fn at(offset: usize, size: Size, more: bool) -> Option<Self> {
        // A division would be linked with its panic.
        let number = (offset >> (4 + size.0)) as u32;
        (number < 1 << 20).then_some(Self { number, more, size })
    }

    pub(crate) fn parse(value: &[u8]) -> Result<Self, Refusal> {
        let value = uint(value, 3).ok_or(Refusal::BadOption)?;
        let exponent = (value & 7) as u8;
        if exponent > Size::LARGEST.0 {
            return Err(Refusal::BadRequest);
        }
        Ok(Self {
            number: value >> 4,
            more: value & 8 != 0,
            size: Size(exponent),
        })
    }

    pub(crate) fn value(self) -> u32 {
        (self.number << 4) | (u32::from(self.more) << 3) | u32::from(self.size.0)
    }

    /// Where in the body the block begins.
    pub(crate) fn offset(self) -> usize {
        self.number as usize * self.size.bytes()
    }
}

impl Size {
    pub(crate) const LARGEST: Self = Self(6);

    pub(crate) fn bytes(self) -> usize {
        16 << self.0
    }

    /// The size that a peer has asked for, where it has.
    pub(crate) fn archive(size: &mut Option<Self>, archive: &mut Archive<'_>) {
        archive.option(size, Self::LARGEST, |archive, size| {
            archive.u8(&mut size.0);
            if *size > Self::LARGEST {
                archive.refuse();
            }
        });
    }

    /// The largest, up to this one, that fits.
    pub(crate) fn fitting(self, room: usize) -> Option<Self> {
        (0..=self.0)
            .rev()
            .map(Self)
            .find(|size| size.bytes() <= room)
    }
}

/// What a request says of blocks.
#[derive(Clone, Copy)]
pub(crate) struct Blocks {
    /// Which block of the request's body it carries.
    pub(crate) block1: Option<Block>,
    /// Which block of the response it wants.
    pub(crate) block2: Option<Block>,
    /// How large the request's body is.
    pub(crate) size1: Option<u32>,
    /// Whether it wants to know how large the response's body is.
    size2: bool,
}

impl Blocks {
    /// Nothing.
    pub(crate) const NONE: Self = Self {
        block1: None,
        block2: None,
        size1: None,
        size2: false,
    };

    /// Takes an option, where it is one of these.
    pub(crate) fn take(&mut self, number: u16, value: &[u8]) -> Result<(), Refusal> {
        let is = |option: CoapOption| number == u16::from(option);
        let block = if is(CoapOption::Block1) {
            &mut self.block1
        } else if is(CoapOption::Block2) {
            &mut self.block2
        } else {
            if is(CoapOption::Size1) {
                self.size1 = self.size1.or(uint(value, 4));
            } else if is(CoapOption::Size2) {
                self.size2 = true;
            }
            return Ok(());
        };
        *block = Some(Block::parse(value)?);
        Ok(())
    }

    /// What wants the first block of a response, in a size where one was asked for.
    pub(crate) fn from_first(size: Option<Size>) -> Self {
        let block2 = size.map(|size| Block {
            number: 0,
            more: false,
            size,
        });
        Self {
            block2,
            ..Self::NONE
        }
    }

    /// The size of blocks that the server has asked for.
    pub(crate) fn size(&self) -> Option<Size> {
        self.block2.map(|block| block.size)
    }

    /// Whether the request is for a further block of a response.
    pub(crate) fn ask_for_more(&self) -> bool {
        self.offset() > 0
    }

    /// Where the response's body is written to: from the byte on that is wanted, where a block is.
    pub(crate) fn payload<'w, 'b>(&self, writer: &'w mut Writer<'b>) -> &'w mut Buffer<'b> {
        let payload = writer.payload();
        if let Some(block) = self.block2 {
            payload.skip(block.offset());
        }
        payload
    }

    /// In place of a whole body that was written and does not fit, its first block, for which it is
    /// written again.
    pub(crate) fn or_first(&self, writer: &Writer<'_>) -> Option<Self> {
        let is_too_large = self.block2.is_none() && !writer.fits();
        is_too_large.then_some(Self {
            block2: Some(Block::FIRST),
            ..*self
        })
    }

    /// Whether the response cannot have all of the body.
    pub(crate) fn leave_more(&self, writer: &Writer<'_>) -> bool {
        !writer.fits()
    }

    fn offset(&self) -> usize {
        self.block2.map_or(0, Block::offset)
    }

    /// Makes a response whose body was written to [`payload`](Self::payload) the one that is wanted:
    /// the whole body, or one block of it.
    pub(crate) fn cut(&self, writer: &mut Writer<'_>) -> Result<(), Refusal> {
        let mut total = None;
        if let Some(block) = self.block2 {
            let part = Part::cut(writer, block.offset(), block.size)?;
            writer.put_etag(part.checksum);
            writer.add_option_uint(CoapOption::Block2, part.block.value());
            total = (self.size2 || part.block.number == 0).then_some(part.total);
        }
        if let Some(block) = self.block1 {
            writer.add_option_uint(CoapOption::Block1, block.value());
        }
        if let Some(total) = total {
            writer.add_option_uint(CoapOption::Size2, total as u32);
        }
        Ok(())
    }
}

/// A block that was cut out of a body, and what is known of the whole.
pub(crate) struct Part {
    pub(crate) block: Block,
    pub(crate) total: usize,
    /// Tells this body from another one. Being of the content, it also notices values that are
    /// measured on demand, of which nobody says that they have changed.
    pub(crate) checksum: u32,
}

impl Part {
    /// Leaves of a body that was written behind a message's options the block at an offset.
    pub(crate) fn cut(
        writer: &mut Writer<'_>,
        offset: usize,
        largest: Size,
    ) -> Result<Self, Refusal> {
        let body = writer.body().ok_or(Refusal::InternalError)?;
        let (total, checksum) = (body.total(), body.checksum());
        // The slack is room enough for the options that are yet to come, too.
        let size = largest.fitting(body.room());
        let size = size.ok_or(Refusal::InternalError)?;
        if offset > 0 && offset >= total {
            return Err(Refusal::BadRequest);
        }
        let length = size.bytes().min(total - offset);
        body.keep(offset, length).ok_or(Refusal::InternalError)?;
        let block = Block::at(offset, size, offset + length < total);
        Ok(Self {
            block: block.ok_or(Refusal::InternalError)?,
            total,
            checksum,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(number: u32, more: bool, bytes: usize) -> Block {
        let size = Size::LARGEST.fitting(bytes).expect("a size");
        Block { number, more, size }
    }

    /// RFC 7959, 2.2 and the examples of 3.
    #[test]
    fn values_of_the_rfc() {
        for (value, expected) in [
            (&[][..], block(0, false, 16)),
            (&[0x0b], block(0, true, 128)),
            (&[0x22], block(2, false, 64)),
            (&[0x02, 0x0e], block(32, true, 1024)),
            (&[0xff, 0xff, 0xf6], block((1 << 20) - 1, false, 1024)),
            (&[0, 0x10], block(1, false, 16)),
        ] {
            assert_eq!(Block::parse(value), Ok(expected), "{value:x?}");
        }
        assert_eq!(Block::parse(&[0x07]), Err(Refusal::BadRequest));
        assert_eq!(Block::parse(&[0; 4]), Err(Refusal::BadOption));
    }

    #[test]
    fn what_is_written_can_be_read() {
        for number in [0, 1, 15, 16, 4095, 4096, (1 << 20) - 1] {
            for exponent in 0..=6 {
                for more in [false, true] {
                    let block = block(number, more, 16 << exponent);
                    let bytes = block.value().to_be_bytes();
                    assert_eq!(Block::parse(&bytes[1..]), Ok(block));
                    assert_eq!(Block::at(block.offset(), block.size, more), Some(block));
                }
            }
        }
        assert_eq!(Block::at(16 << 20, Size(0), false), None);
    }
}
