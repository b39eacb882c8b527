//! Read and Discover (LwM2M Core 1.1, 6.3.1 and 6.3.2): the content of a place, in answers and in
//! notifications.

use coap_lite::{CoapOption, MessageType, ResponseType};

use crate::client::Client;
use crate::client::management::Request;
#[cfg(feature = "block")]
use crate::coap::block::Blocks;
use crate::coap::message::response_code;
use crate::coap::{Message, Token, Writer};
use crate::error::Refusal;
use crate::format::{self, Encoder, link};
use crate::model::object::{Object, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};

impl Client<'_> {
    pub(super) fn read(
        &mut self,
        message: &Message<'_>,
        request: &Request,
        objects: Objects<'_, '_>,
    ) -> Result<usize, Refusal> {
        let format = request
            .accept
            .map_or(self.preferred_format(), |accept| accept as u16);
        let sequence = match format {
            format::LINK => None,
            _ => self.observation_number(message, request),
        };
        self.answer_content(message, request, format, sequence, objects)
    }

    /// Answers with the content of the request's path, which is observed from then on where there
    /// is a number for the Observe option.
    pub(super) fn answer_content(
        &mut self,
        message: &Message<'_>,
        request: &Request,
        format: u16,
        sequence: Option<u32>,
        objects: Objects<'_, '_>,
    ) -> Result<usize, Refusal> {
        let (kind, id) = self.answer_kind(message);
        let content = Content {
            path: request.path,
            format,
            sequence,
            #[cfg(feature = "block")]
            blocks: request.blocks,
        };
        let length = self.write_content(kind, id, &message.token, &content, objects)?;
        if sequence.is_some() {
            let sent = if kind == MessageType::NonConfirmable {
                id
            } else {
                0
            };
            self.observe(message.token, &content, sent);
        }
        Ok(length)
    }

    /// Writes an answer or a notification with the content of a path, or the block of it that is
    /// wanted.
    pub(super) fn write_content(
        &mut self,
        kind: MessageType,
        id: u16,
        token: &Token,
        content: &Content,
        objects: Objects<'_, '_>,
    ) -> Result<usize, Refusal> {
        let message = core::mem::take(&mut self.message);
        let code = response_code(ResponseType::Content);
        let mut writer = Writer::new(message, kind, code, id, token);
        if let Some(sequence) = content.sequence {
            writer.option_uint(CoapOption::Observe, sequence);
        }
        writer.option_uint(CoapOption::ContentFormat, content.format.into());
        #[cfg(feature = "izuma")]
        if self.config.izuma_profile {
            // Without it the server answers its own users with a value of up to 60 s of age.
            writer.option_uint(CoapOption::MaxAge, 0);
        }
        let observer = content.sequence.map(|_| token);
        let now = self.timeline.now();
        let mut tree = Tree::new(&mut self.server, &mut self.device, objects);
        let observations = &mut self.observations;
        let path = content.path;
        let buffer = writer.payload();
        #[cfg(feature = "block")]
        buffer.skip(content.blocks.offset());
        let result = match content.format {
            format::LINK => link::discover(&mut tree, path, buffer, |place, buffer| {
                #[cfg(feature = "attributes")]
                // Of a resource, or below, also what it has from above (6.3.2).
                observations
                    .attributes
                    .put(place, place == path && path.depth() >= 3, buffer);
                #[cfg(not(feature = "attributes"))]
                let _ = (place, buffer);
            }),
            format => format::encode(format, path, buffer, &mut |encoder| {
                observations.read(observer, path, &mut tree, encoder, now)
            }),
        };
        #[cfg(all(feature = "block", feature = "composite"))]
        if let Some(token) = observer
            && path == Path::ROOT
            && !writer.fits()
        {
            // What is asked for next without naming places are the further blocks of this.
            observations.newest = *token;
        }
        #[cfg(feature = "block")]
        let result = result.and_then(|()| content.blocks.answer(&mut writer));
        let (message, length) = writer.finish();
        self.message = message;
        // Larger than this device's messages.
        result.and_then(|()| length.ok_or(Refusal::InternalError))
    }

    /// The format for a server that accepts any: what its version surely reads.
    fn preferred_format(&self) -> u16 {
        #[cfg(feature = "tlv")]
        if self.speaks_1_0() {
            return format::TLV;
        }
        format::PREFERRED
    }
}

/// What an answer or a notification tells.
pub(super) struct Content {
    pub(super) path: Path,
    pub(super) format: u16,
    /// The number for the Observe option.
    pub(super) sequence: Option<u32>,
    /// What the request says of blocks.
    #[cfg(feature = "block")]
    pub(super) blocks: Blocks,
}

/// Hands all values at or below a path that the server may read to an encoder. What was not asked
/// for by its own path, and has no value just now, is left out.
pub(super) fn read(
    tree: &mut Tree<'_, '_>,
    path: Path,
    encoder: &mut dyn Encoder,
) -> Result<(), Refusal> {
    let single = path.depth() >= 3;
    let mut result = Ok(());
    tree.walk_readable(path, &mut |object, place, definition| {
        let Some(definition) = definition else {
            return;
        };
        let read = if definition.operations.allow(Operations::R) {
            read_resource(object, definition, place, path, encoder)
        } else {
            Err(Refusal::MethodNotAllowed)
        };
        if single {
            result = read;
        }
    })?;
    result
}

/// The value of a resource, or those of its instances, as far as they are at or below the path.
fn read_resource(
    object: &mut dyn Object,
    definition: &ResourceDefinition,
    resource: Path,
    path: Path,
    encoder: &mut dyn Encoder,
) -> Result<(), Refusal> {
    let at = resource.at();
    let mut result = if path.contains(resource) {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    };
    for index in 0.. {
        let place = if definition.multiple {
            let Some(id) = object.resource_instance(at.instance, at.resource, index) else {
                break;
            };
            resource.join(id)
        } else if index == 0 {
            Some(resource)
        } else {
            break;
        };
        if let Some(place) = place
            && path.contains(place)
        {
            encoder.value(place, &object.read(place.at())?);
            result = Ok(());
        }
    }
    result
}
