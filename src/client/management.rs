//! Device management (LwM2M Core 1.1, 6.3): the server's requests, from their options to their
//! answers.

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};

#[cfg(feature = "create")]
use crate::buffer::Buffer;
#[cfg(feature = "bootstrap")]
use crate::client::config::Role;
use crate::client::event::State;
use crate::client::write::Writing;
use crate::client::{Client, count};
#[cfg(feature = "block")]
use crate::coap::block::Blocks;
use crate::coap::duplicates::Reply;
use crate::coap::message::{response_code, uint};
use crate::coap::{Message, Token, Writer};
use crate::error::Refusal;
use crate::format::Body;
use crate::model::object::Operations;
use crate::model::path::Path;
#[cfg(feature = "access-control")]
use crate::model::rights::Rights;
use crate::model::tree::{Objects, Tree};

/// What a request's options say.
pub(super) struct Request {
    pub(super) path: Path,
    /// Whether the path is `/bs` and no place in the data model.
    pub(super) is_bootstrap: bool,
    has_query: bool,
    /// The content format of the body.
    pub(super) format: Option<u16>,
    /// The content format that the answer is to have.
    pub(super) accept: Option<u32>,
    /// The Observe option.
    pub(super) observe: Option<u32>,
    #[cfg(feature = "block")]
    pub(super) blocks: Blocks,
}

impl Request {
    fn parse(message: &Message<'_>) -> Result<Self, Refusal> {
        if let Some(unknown) = message.unknown {
            let is = |option: CoapOption| unknown == u16::from(option);
            // This device is no proxy (RFC 7252, 5.7.2 and 5.10.2).
            return Err(if is(CoapOption::ProxyUri) || is(CoapOption::ProxyScheme) {
                Refusal::ProxyingNotSupported
            } else {
                Refusal::BadOption
            });
        }
        let mut request = Self {
            path: Path::ROOT,
            is_bootstrap: false,
            has_query: false,
            format: None,
            accept: None,
            observe: None,
            #[cfg(feature = "block")]
            blocks: Blocks::default(),
        };
        for (number, value) in message.options() {
            #[cfg(feature = "block")]
            if request.blocks.take(number, value)? {
                continue;
            }
            let is = |option: CoapOption| number == u16::from(option);
            if is(CoapOption::UriPath) {
                request.enter(value)?;
            } else if is(CoapOption::UriQuery) {
                request.has_query = true;
            } else if is(CoapOption::ContentFormat) {
                // Of an elective option the first that is sound counts (5.4.3, 5.4.5).
                request.format = request
                    .format
                    .or(uint(value, 2).map(|format| format as u16));
            } else if is(CoapOption::Observe) {
                request.observe = request.observe.or(uint(value, 3));
            } else if is(CoapOption::Accept) {
                request.accept = uint(value, 2);
            }
        }
        Ok(request)
    }

    /// What the request writes, with room for one of its values.
    pub(super) fn body<'b>(&self, bytes: &'b [u8], scratch: &'b mut [u8]) -> Body<'b> {
        Body::new(self.format, bytes, scratch)
    }

    /// Whether it is for a further block of an answer.
    pub(super) fn asks_for_more(&self) -> bool {
        #[cfg(feature = "block")]
        return self.blocks.offset() > 0;
        #[cfg(not(feature = "block"))]
        false
    }

    /// Whether it is a Write to a value, and not of attributes.
    #[cfg(feature = "block")]
    pub(super) fn writes_value(&self, message: &Message<'_>) -> bool {
        !self.has_query && !self.is_bootstrap && message.asks(RequestType::Put)
    }

    /// One segment of the path.
    fn enter(&mut self, segment: &[u8]) -> Result<(), Refusal> {
        if segment == b"bs" && self.path == Path::ROOT {
            self.is_bootstrap = true;
        } else if segment == b"65535" {
            // What has no id has this one (LwM2M Transport 1.2, 6.4.4).
            return Err(Refusal::MethodNotAllowed);
        } else if !segment.is_empty() {
            // An empty segment is how some servers write the root.
            let id = Path::from_parts(&[segment]).filter(|id| id.depth() == 1);
            let id = id.and_then(Path::object_id).filter(|_| !self.is_bootstrap);
            let path = id.and_then(|id| self.path.join(id));
            self.path = path.ok_or(Refusal::NotFound)?;
        }
        Ok(())
    }
}

/// What becomes of a request that is not refused.
pub(super) enum Answer {
    /// No content.
    Reply(Reply),
    /// Content that is written already, and its length.
    Written(usize),
}

impl Answer {
    #[inline(always)]
    pub(super) fn code(response: ResponseType) -> Self {
        Self::Reply(response_code(response).into())
    }
}

impl Client<'_> {
    #[inline(never)]
    pub(super) fn handle_request(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        // Executions, Create and Delete would do more the second time, or be answered otherwise
        // (RFC 7252, 4.5 and 5.1).
        let once = message.asks(RequestType::Post);
        #[cfg(any(feature = "bootstrap", feature = "create"))]
        let once = once || message.asks(RequestType::Delete);
        let known = self.duplicates.answer(message.id, self.timeline.now());
        let reply = match known.filter(|_| once) {
            Some(reply) => reply,
            None if !self.is_heard() => return count(&mut self.counters.discarded, 1),
            None => {
                let reply = match self.serve(message, objects) {
                    Ok(Answer::Written(length)) => {
                        self.answer = length;
                        return;
                    }
                    Ok(Answer::Reply(reply)) => reply,
                    Err(refusal) => refusal.code().into(),
                };
                self.duplicates.settle(reply);
                reply
            }
        };
        if message.kind == MessageType::NonConfirmable && reply.code == Refusal::BadOption.code() {
            // Such a message is rejected, not answered (5.4.1).
            return self.answer_empty(MessageType::Reset, message.id);
        }
        self.answer_reply(message, reply);
        self.follow_triggers();
        #[cfg(feature = "create")]
        self.update_if_changed();
    }

    /// Whether the server of the open association has a say (LwM2M Core 1.1, 6.1.7, 6.3 and 6.4).
    fn is_heard(&self) -> bool {
        #[cfg(feature = "bootstrap")]
        if self.connected == Some(Role::Bootstrap) {
            return self.is_bootstrapping();
        }
        let state = self.phase.state();
        let is_between = matches!(state, State::Registering | State::Deregistering);
        !is_between && self.has_registration()
    }

    fn serve(
        &mut self,
        message: &Message<'_>,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let request = &Request::parse(message)?;
        #[cfg(feature = "block")]
        return self.serve_blocks(message, request, objects);
        #[cfg(not(feature = "block"))]
        self.carry_out(message, request, objects)
    }

    /// Carries out a request whose body is whole.
    pub(super) fn carry_out(
        &mut self,
        message: &Message<'_>,
        request: &Request,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        #[cfg(feature = "bootstrap")]
        if self.connected == Some(Role::Bootstrap) {
            if message.asks(RequestType::Post) || message.asks(RequestType::Delete) {
                // Without room for more the second time is no harm here.
                let _ = self.duplicates.reserve(message.id, self.timeline.now());
            }
            return self.serve_bootstrap(request, message, objects);
        }
        let path = request.path;
        if request.is_bootstrap {
            return Err(Refusal::NotFound);
        }
        if path.object_id() == Some(SECURITY) {
            return Err(Refusal::Unauthorized);
        }
        let depth = path.depth();
        if depth > 3
            && let Ok((_, definition)) = self.tree(&mut *objects).defined(path)
            && !definition.multiple
        {
            // There can be none (LwM2M Transport 1.2, 6.4.4).
            return Err(Refusal::MethodNotAllowed);
        }
        if message.asks(RequestType::Get) && depth > 0 {
            return self.read(message, request, objects).map(Answer::Written);
        }
        #[cfg(feature = "composite")]
        if depth == 0 && message.asks(RequestType::Fetch) {
            let read = self.read_composite(message, request, objects);
            return read.map(Answer::Written);
        } else if depth == 0 && message.asks(RequestType::IPatch) {
            return self.write_composite(request, message.payload, objects);
        }
        #[cfg(feature = "create")]
        if (depth == 1 && message.asks(RequestType::Post))
            || (matches!(depth, 2 | 4) && message.asks(RequestType::Delete))
        {
            self.duplicates.reserve(message.id, self.timeline.now())?;
            let changed = match depth {
                1 => self.create(request, message.payload, objects),
                _ => self.delete(path, objects),
            };
            if changed.is_err() {
                // Nothing has, so that it may be tried again.
                self.duplicates.release();
            }
            return changed;
        }
        #[cfg(feature = "attributes")]
        if request.has_query && message.asks(RequestType::Put) && depth > 0 {
            return self.write_attributes(path, message, objects);
        }
        // With a query it is Write-Attributes.
        let is_write = !request.has_query
            && match depth {
                2 => message.asks(RequestType::Put) || message.asks(RequestType::Post),
                // An array of values is updated as an instance is.
                #[cfg(feature = "create")]
                3 if message.asks(RequestType::Post) => {
                    let mut tree = self.tree(&mut *objects);
                    let resource = tree.defined(path);
                    resource.is_ok_and(|(_, definition)| definition.multiple)
                }
                _ => depth > 2 && message.asks(RequestType::Put),
            };
        if is_write {
            let writing = match message.asks(RequestType::Put) {
                #[cfg(feature = "create")]
                true => Writing::Replace,
                _ => Writing::Update,
            };
            #[cfg(feature = "access-control")]
            self.tree(&mut *objects).require(Rights::WRITE, path)?;
            self.write_body(request, message.payload, writing, objects)?;
            self.was_written(path);
        } else if depth == 3 && message.asks(RequestType::Post) {
            let mut tree = Tree::new(&mut self.server, &mut self.device, objects);
            #[cfg(feature = "access-control")]
            tree.require(Rights::EXECUTE, path)?;
            let (object, definition) = tree.resource(path)?;
            if !definition.operations.allow(Operations::E) {
                return Err(Refusal::MethodNotAllowed);
            }
            self.duplicates.reserve(message.id, self.timeline.now())?;
            object.execute(path.at(), message.payload)?;
        } else {
            // What is not there goes before what cannot be done to it.
            self.tree(objects).walk(path, &mut |_, _, _| {})?;
            return Err(Refusal::MethodNotAllowed);
        }
        Ok(Answer::code(ResponseType::Changed))
    }

    fn answer_reply(&mut self, request: &Message<'_>, reply: Reply) {
        let (kind, id) = self.answer_kind(request);
        #[cfg_attr(not(any(feature = "block", feature = "create")), expect(unused_mut))]
        let mut writer = Writer::new(self.message, kind, reply.code, id, &request.token);
        #[cfg(feature = "create")]
        for id in (0..).map_while(|level| reply.created.id(level)) {
            let mut digits = [0; 5];
            let mut text = Buffer::new(&mut digits);
            text.number(id.into());
            writer.option(CoapOption::LocationPath, &[text.written_since(0)]);
        }
        #[cfg(feature = "block")]
        self.uploads.answer(request, reply.code, &mut writer);
        self.answer = writer.finish().1.unwrap_or_default();
    }

    pub(super) fn answer_code(&mut self, kind: MessageType, code: u8, id: u16, token: &Token) {
        let (_, length) = Writer::new(self.message, kind, code, id, token).finish();
        self.answer = length.unwrap_or_default();
    }

    /// A confirmable request is acknowledged with its answer; to another one the answer is a
    /// message of its own.
    pub(super) fn answer_kind(&mut self, request: &Message<'_>) -> (MessageType, u16) {
        match request.kind {
            MessageType::Confirmable => (MessageType::Acknowledgement, request.id),
            _ => (MessageType::NonConfirmable, self.new_message_id()),
        }
    }
}

pub(super) const SECURITY: u16 = 0;
