//! The content of a path, or of several, in responses and in notifications.

use coap_lite::{CoapOption, ResponseType};

use crate::coap::block::Blocks;
use crate::coap::message::response_code;
use crate::coap::{Header, Writer};
use crate::context::Context;
use crate::error::Refusal;
use crate::format::{self, link};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::reporting::observations::Observations;

/// What a response or a notification has.
pub(crate) struct Content<'r> {
    pub(crate) path: Path,
    pub(crate) format: u16,
    /// The number for the Observe option.
    pub(crate) sequence: Option<u32>,
    /// What the request says of blocks.
    pub(crate) blocks: &'r Blocks,
}

impl Observations<'_> {
    /// Writes a response or a notification with the content of a path, or with the block of it that
    /// is wanted, or, where the whole is wanted and does not fit, with the first one.
    #[inline(never)]
    pub(crate) fn write(
        &mut self,
        context: &mut Context<'_>,
        memory: &mut [u8],
        header: &Header<'_>,
        content: &Content<'_>,
        objects: Objects<'_, '_>,
    ) -> Result<usize, Refusal> {
        let mut writer = Writer::new(memory, response_code(ResponseType::Content), header);
        if let Some(sequence) = content.sequence {
            writer.option_uint(CoapOption::Observe, sequence);
        }
        writer.option_uint(CoapOption::ContentFormat, content.format.into());
        if context.config.is_izuma() {
            // Without it the server answers its own users with a value of up to 60 s of age.
            writer.option_uint(CoapOption::MaxAge, 0);
        }
        let observer = content.sequence.map(|_| header.token);
        let now = context.now();
        let attributes = &context.attributes;
        let mut tree = Tree::new(&mut context.server, &mut context.device, &mut *objects);
        let Content { path, blocks, .. } = *content;
        let buffer = blocks.payload(&mut writer);
        let result = match content.format {
            format::LINK => link::discover(&mut tree, path, buffer, |node, buffer| {
                attributes.put(node, path, buffer);
            }),
            format => format::encode(format, path, buffer, &mut |encoder| {
                self.read(observer, path, &mut tree, encoder, now)
            }),
        };
        if let Some(blocks) = blocks.or_first(&writer)
            && result.is_ok()
            && !observer.is_some_and(|token| self.history.goes_along(token))
        {
            let content = &Content {
                blocks: &blocks,
                ..*content
            };
            return self.write(context, memory, header, content, objects);
        }
        if let Some(token) = observer
            && path == Path::ROOT
            && blocks.leave_more(&writer)
        {
            // What is asked for next without naming paths are the further blocks of this.
            self.members.set_newest(*token);
        }
        let result = result.and_then(|()| blocks.cut(&mut writer));
        // Larger than this device's messages.
        result.and_then(|()| writer.finish().ok_or(Refusal::InternalError))
    }
}
