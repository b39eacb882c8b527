//! Izuma's profile of LwM2M: the object list says by the attribute `aobs` which resources the device
//! notifies without a request. The attribute is the number of their notifications' token, which has two
//! bytes on the wire.

use crate::buffer::Buffer;
use crate::coap::Token;
use crate::context::Context;
use crate::event::Event;
use crate::format::{self, link};
use crate::keep::Keep as _;
use crate::model::object::ResourceDefinition;
use crate::model::path::Path;
use crate::model::tree::{Objects, is_auto_observable};
use crate::model::value::Type;
use crate::reporting::observations::{Observation, Observations};
use crate::reporting::origin::Origin;

impl Observations<'_> {
    /// Whether a token is that of another path in the object list. An observation with it would have
    /// notifications that could be taken for the other path's.
    pub(super) fn is_announced_for_another(&self, token: &Token, path: Path) -> bool {
        self.list.iter().any(|observation| {
            !observation.origin.is_request()
                && observation.token == *token
                && observation.path != path
        })
    }

    /// Writes the object list of Register and Update.
    pub(super) fn write_list(
        &self,
        context: &mut Context<'_>,
        buffer: &mut Buffer<'_>,
        objects: Objects<'_, '_>,
    ) {
        let has_resources = context.config.izuma_profile;
        let mut tree = context.tree(objects);
        if !has_resources {
            return link::object_list(&mut tree, buffer);
        }
        link::resource_list(&mut tree, buffer, &|path| {
            let observation = self.announced(path)?;
            let number = observation.token.as_bytes().try_into().ok()?;
            observation
                .origin
                .is_list()
                .then_some(u16::from_be_bytes(number))
        });
    }

    /// Before an object list is written: begins the observations that it is to announce, and ends
    /// those of paths that are gone. With Register all that were silenced begin again.
    pub(super) fn announce(
        &mut self,
        context: &mut Context<'_>,
        registers: bool,
        objects: Objects<'_, '_>,
    ) {
        if !context.config.izuma_profile {
            return;
        }
        let now = context.now();
        let mut tree = context.tree(objects);
        self.list.keep(&mut |observation| {
            if observation.origin.is_request() {
                return true;
            }
            if registers {
                observation.origin = Origin::List;
            }
            let path = observation.path;
            tree.resource(path)
                .is_ok_and(|(object, definition)| is_auto_observable(object, path, definition))
        });
        let mut left_out = None;
        // What cannot be walked has nothing to observe.
        let _ = tree.walk_readable(Path::ROOT, &mut |object, path, definition| {
            let Some(definition) =
                definition.filter(|definition| is_auto_observable(object, path, definition))
            else {
                return;
            };
            if self.announced(path).is_some() {
                return;
            }
            let token = self.free_token();
            let format = preferred_format(definition);
            let mut observation = Observation::new(path, token, format, now);
            observation.origin = Origin::List;
            // The server does not know the value yet.
            observation.changed = true;
            if self.list.push(observation).is_err() {
                left_out = left_out.or(Some(path));
            }
        });
        if let Some(path) = left_out {
            context.emit(Event::NotAutoObserved(path));
        }
    }

    /// A token that nothing has. The same paths get the same ones whenever the device starts.
    fn free_token(&self) -> Token {
        let is_free = |token: &Token| {
            let mut list = self.list.iter();
            !list.any(|observation| observation.token == *token)
        };
        let mut tokens = (1..=LAST_TOKEN).map(Token::pair);
        tokens.find(is_free).unwrap_or_default()
    }

    fn announced(&self, path: Path) -> Option<&Observation> {
        let mut list = self.list.iter();
        list.find(|observation| observation.path == path && !observation.origin.is_request())
    }
}

/// The format of notifications, which nobody has asked for.
fn preferred_format(definition: &ResourceDefinition) -> u16 {
    match definition.kind {
        _ if definition.multiple => format::TLV,
        Type::Opaque => format::OPAQUE,
        _ => format::TEXT,
    }
}

/// Izuma's own client has tokens from 1 to 1023.
const LAST_TOKEN: u16 = 1023;
