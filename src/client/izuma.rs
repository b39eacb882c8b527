//! Izuma's profile of LwM2M: Register and Bootstrap-Request carry the query of the server's URI, and
//! the object list says by the attribute `aobs` which resources the device notifies without a
//! request. The attribute is the number of their notifications' token, which has two bytes on the
//! wire.

use coap_lite::CoapOption;

use crate::buffer::Buffer;
use crate::client::Client;
use crate::client::event::Event;
use crate::client::observe::{Observation, Observations};
use crate::coap::{Token, Writer};
use crate::error::Operation;
use crate::format::{self, link};
use crate::model::object::ResourceDefinition;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree, is_auto_observable};
use crate::model::value::Type;
use crate::uri::ServerUri;

/// Where an observation comes from.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Origin {
    Request,
    /// An `aobs` attribute.
    List,
    /// The same, but not wanted until the next registration: the server has rejected a notification,
    /// does not acknowledge them, or observes the place by a request.
    Silenced,
}

impl Observation {
    /// Silences an observation that comes from a list, instead of forgetting it; whether it does.
    pub(super) fn silence(&mut self) -> bool {
        let listed = self.origin != Origin::Request;
        if listed {
            self.origin = Origin::Silenced;
        }
        listed
    }
}

impl Observations<'_> {
    /// Whether a token is that of notifications without a request.
    pub(super) fn is_auto(&mut self, token: &Token) -> bool {
        self.get(token)
            .is_some_and(|observation| observation.origin == Origin::List)
    }

    /// Whether a token is that of another place in the object list. An observation with it would
    /// have notifications that could be taken for the other place's.
    pub(super) fn is_taken(&self, token: &Token, path: Path) -> bool {
        self.list.iter().any(|observation| {
            observation.origin != Origin::Request
                && observation.token == *token
                && observation.path != path
        })
    }

    /// A token that nothing has. The same places get the same ones whenever the device starts.
    fn free_token(&self) -> Token {
        (1..=LAST_TOKEN)
            .map(Token::pair)
            .find(|token| {
                !self
                    .list
                    .iter()
                    .any(|observation| observation.token == *token)
            })
            .unwrap_or_default()
    }

    fn listed(&self, place: Path) -> Option<&Observation> {
        self.list
            .iter()
            .find(|observation| observation.path == place && observation.origin != Origin::Request)
    }
}

impl Client<'_> {
    /// The name to register with: the one that a bootstrap server has put into the URI, or the
    /// device's own.
    pub(super) fn registered_name(&self) -> &str {
        self.profile_uri(Operation::Register)
            .and_then(|uri| uri.parameter("iep"))
            .unwrap_or(self.config.endpoint)
    }

    /// The query of the server URI as it stands there, but for what the request has anyway.
    pub(super) fn write_account_parameters(&self, operation: Operation, writer: &mut Writer<'_>) {
        let query = self.profile_uri(operation).map_or("", |uri| uri.query);
        for parameter in query.as_bytes().split(|byte| *byte == b'&') {
            let name = parameter.split(|byte| *byte == b'=').next();
            if let Some(b"" | b"ep" | b"lt" | b"lwm2m" | b"b" | b"Q" | b"pct") = name {
                continue;
            }
            writer.option(CoapOption::UriQuery, &[parameter]);
        }
    }

    pub(super) fn write_resource_list(
        &mut self,
        buffer: &mut Buffer<'_>,
        objects: Objects<'_, '_>,
    ) {
        let mut tree = Tree::new(&mut self.server, &mut self.device, objects);
        link::resource_list(&mut tree, buffer, &|place| {
            let observation = self.observations.listed(place)?;
            let number = observation.token.as_bytes().try_into().ok()?;
            (observation.origin == Origin::List).then_some(u16::from_be_bytes(number))
        });
    }

    /// Before an object list is told: begins the observations that it is to announce, and ends
    /// those of places that are gone. With Register all that were silenced begin again.
    pub(super) fn auto_observe(&mut self, operation: Operation, objects: Objects<'_, '_>) {
        let registers = operation == Operation::Register;
        let updates = operation == Operation::Update && self.registration.tells_objects;
        if !self.config.izuma_profile || !(registers || updates) {
            return;
        }
        let now = self.timeline.now();
        let mut tree = Tree::new(&mut self.server, &mut self.device, objects);
        let observations = &mut self.observations;
        observations.list.retain_mut(|observation| {
            if observation.origin == Origin::Request {
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
        let _ = tree.walk_readable(Path::ROOT, &mut |object, place, definition| {
            let Some(definition) =
                definition.filter(|definition| is_auto_observable(object, place, definition))
            else {
                return;
            };
            if observations.listed(place).is_some() {
                return;
            }
            let token = observations.free_token();
            let format = preferred_format(definition);
            let mut observation = Observation::new(place, token, format, now);
            observation.origin = Origin::List;
            // The server does not know the value yet.
            observation.changed = true;
            if observations.list.push(observation).is_err() {
                left_out = left_out.or(Some(place));
            }
        });
        if let Some(path) = left_out {
            self.emit(Event::NotAutoObserved(path));
        }
    }

    fn profile_uri(&self, operation: Operation) -> Option<ServerUri<'_>> {
        let account = self.account(operation)?;
        let uri = ServerUri::parse(account.uri).ok()?;
        self.config.izuma_profile.then_some(uri)
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
