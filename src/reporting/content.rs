//! The content of a path, or of several, in responses and in notifications.

use coap_lite::CoapOption;

use crate::coap::block::Blocks;
use crate::coap::{Token, Writer};
use crate::context::Context;
use crate::error::Refusal;
use crate::format::{self, link};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::reporting::observations::Observations;

/// What a response or a notification has.
pub(crate) struct Content {
    pub(crate) path: Path,
    pub(crate) format: u16,
    /// The number for the Observe option.
    pub(crate) sequence: Option<u32>,
    /// What the request says of blocks.
    pub(crate) blocks: Blocks,
}

impl Observations<'_> {
    /// Completes a response or a notification with the content of a path, or with the block of it
    /// that is wanted. `token` is the message's.
    pub(super) fn write(
        &mut self,
        context: &mut Context<'_>,
        mut writer: Writer<'_>,
        token: &Token,
        content: &Content,
        objects: Objects<'_, '_>,
    ) -> Result<usize, Refusal> {
        if let Some(sequence) = content.sequence {
            writer.option_uint(CoapOption::Observe, sequence);
        }
        writer.option_uint(CoapOption::ContentFormat, content.format.into());
        if context.config.is_izuma() {
            // Without it the server answers its own users with a value of up to 60 s of age.
            writer.option_uint(CoapOption::MaxAge, 0);
        }
        let observer = content.sequence.map(|_| token);
        let now = context.now();
        let attributes = &context.attributes;
        let mut tree = Tree::new(&mut context.server, &mut context.device, objects);
        let path = content.path;
        let buffer = content.blocks.payload(&mut writer);
        let result = match content.format {
            format::LINK => link::discover(&mut tree, path, buffer, |node, buffer| {
                attributes.put(node, path, buffer);
            }),
            format => format::encode(format, path, buffer, &mut |encoder| {
                self.read(observer, path, &mut tree, encoder, now)
            }),
        };
        if let Some(token) = observer
            && path == Path::ROOT
            && content.blocks.leave_more(&writer)
        {
            // What is asked for next without naming paths are the further blocks of this.
            self.members.set_newest(*token);
        }
        let result = result.and_then(|()| content.blocks.cut(&mut writer));
        // Larger than this device's messages.
        result.and_then(|()| writer.finish().ok_or(Refusal::InternalError))
    }
}
