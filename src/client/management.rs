//! Device management (LwM2M Core 1.1, 6.3): the server's requests, from their options to their
//! answers.

use coap_lite::{CoapOption, MessageClass, MessageType, RequestType, ResponseType};

use crate::client::{Client, understands};
use crate::coap::exchange::EXCHANGE_LIFETIME;
use crate::coap::message::uint;
use crate::coap::{Message, Writer};
use crate::error::Refusal;
use crate::format::{self, Encoder, link};
use crate::model::object::{At, Object, Operations, ResourceDefinition};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree, has_instance};

/// A request with its options understood.
pub(super) struct Request {
    pub(super) method: RequestType,
    pub(super) path: Path,
    /// Whether the path is `/bs` and no place in the data model.
    pub(super) is_bootstrap: bool,
    /// Whether there was a query.
    has_query: bool,
    /// The content format of the body.
    pub(super) format: Option<u16>,
    /// The content format that the answer is to have.
    accept: Option<u16>,
    pub(super) observe: Option<u32>,
}

impl Request {
    fn parse(message: &Message<'_>) -> Result<Self, Refusal> {
        let MessageClass::Request(method) = message.class() else {
            return Err(Refusal::MethodNotAllowed);
        };
        let mut request = Self {
            method,
            path: Path::ROOT,
            is_bootstrap: false,
            has_query: false,
            format: None,
            accept: None,
            observe: None,
        };
        for (number, value) in message.options() {
            match CoapOption::from(number) {
                CoapOption::UriPath if value == b"bs" && request.path == Path::ROOT => {
                    request.is_bootstrap = true;
                }
                // Some servers write the root as one empty segment.
                CoapOption::UriPath if value.is_empty() => {}
                CoapOption::UriPath => {
                    request.path = segment(value)
                        .filter(|_| !request.is_bootstrap)
                        .and_then(|id| request.path.join(id))
                        .ok_or(Refusal::NotFound)?;
                }
                CoapOption::UriQuery => request.has_query = true,
                CoapOption::ContentFormat => request.format = Some(format_number(value)?),
                CoapOption::Accept => request.accept = Some(format_number(value)?),
                CoapOption::Observe => {
                    request.observe = Some(uint(value).ok_or(Refusal::BadOption)?);
                }
                _ if !understands(number) => return Err(Refusal::BadOption),
                _ => {}
            }
        }
        Ok(request)
    }
}

/// What becomes of a request that is not refused.
pub(super) enum Answer {
    /// A code, and nothing more to say.
    Code(ResponseType),
    /// Content that is written already, and its length.
    Written(usize),
}

impl Client<'_> {
    pub(super) fn handle_request(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        // Only POST must not run twice (RFC 7252, 4.5 and 5.1).
        let once = message.code == u8::from(MessageClass::Request(RequestType::Post));
        if once && let Some(code) = self.duplicates.answer(message.id) {
            return self.answer_code(message, code);
        }
        let answer = if once && self.duplicates.is_full() {
            Err(Refusal::Unavailable)
        } else {
            let answer = self.serve(message, objects);
            if once {
                let code = match &answer {
                    Ok(Answer::Code(code)) => *code,
                    Ok(Answer::Written(_)) => ResponseType::Content,
                    Err(refusal) => (*refusal).into(),
                };
                let code = MessageClass::Response(code).into();
                self.duplicates.keep(message.id, code, self.timeline.now(), EXCHANGE_LIFETIME);
            }
            answer
        };
        match answer {
            Ok(Answer::Written(length)) => self.answer = length,
            Ok(Answer::Code(code)) => {
                self.answer_code(message, MessageClass::Response(code).into());
            }
            Err(refusal) => {
                self.answer_code(message, MessageClass::Response(refusal.into()).into());
            }
        }
        self.follow_writes();
    }

    fn serve(
        &mut self,
        message: &Message<'_>,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let request = Request::parse(message)?;
        #[cfg(feature = "bootstrap")]
        if self.is_bootstrapping() {
            return self.serve_bootstrap(&request, message.payload, objects);
        }
        let path = request.path;
        if request.is_bootstrap {
            return Err(Refusal::NotFound);
        }
        if path.object_id() == Some(SECURITY) {
            return Err(Refusal::Unauthorized);
        }
        let depth = path.depth();
        match request.method {
            RequestType::Get if request.accept == Some(format::LINK) => {
                self.discover(message, path, objects)
            }
            RequestType::Get if depth > 0 => self.read(message, &request, objects),
            // Write-Attributes.
            RequestType::Put if request.has_query => Err(Refusal::MethodNotAllowed),
            RequestType::Put | RequestType::Post if depth == 2 => {
                self.write_values(&request, message.payload, objects)
            }
            RequestType::Put if depth > 2 => self.write_values(&request, message.payload, objects),
            RequestType::Post if depth == 3 => self.execute(path, message.payload, objects),
            RequestType::Get | RequestType::Put | RequestType::Post if depth == 0 => {
                Err(Refusal::MethodNotAllowed)
            }
            _ => self.exists(path, objects).and(Err(Refusal::MethodNotAllowed)),
        }
    }

    /// 4.04 for what is not there goes before 4.05 for what cannot be done to it.
    fn exists(&mut self, path: Path, objects: Objects<'_, '_>) -> Result<(), Refusal> {
        read(&mut self.tree(objects), path, &mut Nowhere).or_else(|refusal| match refusal {
            Refusal::NotFound => Err(refusal),
            _ => Ok(()),
        })
    }

    fn discover(
        &mut self,
        message: &Message<'_>,
        path: Path,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        self.write_content(message, None, format::LINK, |client, writer| {
            writer.payload(|buffer| link::discover(&mut client.tree(objects), path, buffer))
        })
    }

    fn read(
        &mut self,
        message: &Message<'_>,
        request: &Request,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let format = request.accept.unwrap_or(self.preferred_format());
        let observe = self.observe(message, request, format);
        let result = self.write_content(message, observe, format, |client, writer| {
            client.write_value(writer, request.path, format, objects)
        });
        if result.is_err() {
            self.forget_observation(&message.token);
        }
        result
    }

    /// The value of a path, in a format.
    pub(super) fn write_value(
        &mut self,
        writer: &mut Writer<'_>,
        path: Path,
        format: u16,
        objects: Objects<'_, '_>,
    ) -> Result<(), Refusal> {
        let mut tree = self.tree(objects);
        writer.payload(|buffer| {
            format::encode(format, path, buffer, &mut |encoder| read(&mut tree, path, encoder))
        })
    }

    /// Writes an answer with content: 2.05, or what `fill` refuses.
    fn write_content(
        &mut self,
        request: &Message<'_>,
        observe: Option<u32>,
        format: u16,
        fill: impl FnOnce(&mut Self, &mut Writer<'_>) -> Result<(), Refusal>,
    ) -> Result<Answer, Refusal> {
        let (kind, id) = self.answer_kind(request);
        let class = MessageClass::Response(ResponseType::Content);
        let message = core::mem::take(&mut self.message);
        let mut writer = Writer::with_token(message, kind, class, id, &request.token);
        if let Some(sequence) = observe {
            writer.option_uint(CoapOption::Observe, sequence);
        }
        writer.option_uint(CoapOption::ContentFormat, format.into());
        let result = fill(self, &mut writer);
        let (message, length) = writer.into_parts();
        self.message = message;
        result?;
        // Larger than this device's messages.
        length.map(Answer::Written).ok_or(Refusal::InternalError)
    }

    fn write_values(
        &mut self,
        request: &Request,
        body: &[u8],
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        write(&mut self.tree(objects), request, body, Operations::W)?;
        self.mark_observed(request.path);
        Ok(Answer::Code(ResponseType::Changed))
    }

    fn execute(
        &mut self,
        path: Path,
        arguments: &[u8],
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let mut tree = self.tree(objects);
        let (object, definition) = tree.resource(path)?;
        if !definition.operations.allow(Operations::E) {
            return Err(Refusal::MethodNotAllowed);
        }
        object.execute(at(path), arguments)?;
        Ok(Answer::Code(ResponseType::Changed))
    }

    fn answer_code(&mut self, request: &Message<'_>, code: u8) {
        let (kind, id) = self.answer_kind(request);
        let class = MessageClass::from(code);
        self.answer = Writer::with_token(self.message, kind, class, id, &request.token)
            .finish()
            .unwrap_or_default();
    }

    /// A confirmable request is acknowledged with its answer; to another one the answer is a
    /// message of its own.
    fn answer_kind(&mut self, request: &Message<'_>) -> (MessageType, u16) {
        match request.kind {
            MessageType::Confirmable => (MessageType::Acknowledgement, request.id),
            _ => (MessageType::NonConfirmable, self.new_message_id()),
        }
    }

    /// What the server's own objects ask for by their new values.
    fn follow_writes(&mut self) {
        if core::mem::take(&mut self.server.update_triggered) {
            self.verify_registration();
        }
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

/// Hands all readable values at or below a path to an encoder.
pub(super) fn read(
    tree: &mut Tree<'_, '_>,
    path: Path,
    encoder: &mut dyn Encoder,
) -> Result<(), Refusal> {
    if path.depth() >= 3 {
        let (object, definition) = tree.resource(path)?;
        if !definition.operations.allow(Operations::R) {
            return Err(Refusal::MethodNotAllowed);
        }
        return read_resource(object, definition, path, encoder);
    }
    let object = path
        .object_id()
        .and_then(|id| tree.object(id))
        .ok_or(Refusal::NotFound)?;
    match path.instance_id() {
        Some(instance) if has_instance(object, instance) => read_instance(object, path, encoder),
        Some(_) => return Err(Refusal::NotFound),
        None => {
            let mut index = 0;
            while let Some(instance) = object.instance(index) {
                let path = Path::instance(object.definition().id, instance);
                read_instance(object, path, encoder);
                index += 1;
            }
        }
    }
    Ok(())
}

/// The readable resources of an instance; one that has no value just now is left out.
fn read_instance(object: &mut dyn Object, path: Path, encoder: &mut dyn Encoder) {
    let instance = path.instance_id().unwrap_or_default();
    for index in 0.. {
        let Some(definition) = object.definition().resources.get(index) else {
            return;
        };
        if definition.operations.allow(Operations::R)
            && object.has(instance, definition.id)
            && let Some(path) = path.join(definition.id)
        {
            let _ = read_resource(object, definition, path, encoder);
        }
    }
}

fn read_resource(
    object: &mut dyn Object,
    definition: &ResourceDefinition,
    path: Path,
    encoder: &mut dyn Encoder,
) -> Result<(), Refusal> {
    if path.depth() == 4 || !definition.multiple {
        has_resource_instance(object, definition, path)?;
        encoder.value(path, &object.read(at(path))?);
        return Ok(());
    }
    let place = at(path);
    for index in 0.. {
        let Some(id) = object.resource_instance(place.instance, place.resource, index) else {
            break;
        };
        if let Some(path) = path.join(id) {
            encoder.value(path, &object.read(at(path))?);
        }
    }
    Ok(())
}

/// Writes a body: all of it, or nothing where one of its values is refused.
pub(super) fn write(
    tree: &mut Tree<'_, '_>,
    request: &Request,
    body: &[u8],
    needed: Operations,
) -> Result<(), Refusal> {
    for apply in [false, true] {
        format::decode(request.format, request.path, body, &mut |path, content| {
            let (object, definition) = tree.resource(path)?;
            if !definition.operations.allow(needed) {
                return Err(Refusal::MethodNotAllowed);
            }
            if path.depth() == 3 && definition.multiple {
                return Err(Refusal::BadRequest);
            }
            has_resource_instance(object, definition, path)?;
            let value = content.into_value(definition.kind)?;
            if apply {
                object.write(at(path), value)
            } else {
                object.validate(at(path), &value)
            }
        })?;
    }
    Ok(())
}

fn has_resource_instance(
    object: &dyn Object,
    definition: &ResourceDefinition,
    path: Path,
) -> Result<(), Refusal> {
    let place = at(path);
    let there = path.depth() == 3
        || (definition.multiple
            && (0..)
                .map_while(|index| {
                    object.resource_instance(place.instance, place.resource, index)
                })
                .any(|id| id == place.resource_instance));
    if there { Ok(()) } else { Err(Refusal::NotFound) }
}

fn at(path: Path) -> At {
    At {
        instance: path.instance_id().unwrap_or_default(),
        resource: path.resource_id().unwrap_or_default(),
        resource_instance: path.resource_instance_id().unwrap_or_default(),
    }
}

/// Calls `visit` for each readable resource at or below a path.
pub(super) fn each_resource(
    tree: &mut Tree<'_, '_>,
    path: Path,
    visit: &mut dyn FnMut(&mut dyn Object, u16, u16),
) {
    let Some(object) = path.object_id().and_then(|id| tree.object(id)) else {
        return;
    };
    let object_id = object.definition().id;
    for instance in 0.. {
        let Some(instance) = object.instance(instance) else {
            return;
        };
        for index in 0.. {
            let Some(definition) = object.definition().resources.get(index) else {
                break;
            };
            let resource = Path::resource(object_id, instance, definition.id);
            if definition.operations.allow(Operations::R)
                && (path.contains(resource) || resource.contains(path))
            {
                visit(object, instance, definition.id);
            }
        }
    }
}

fn segment(value: &[u8]) -> Option<u16> {
    match value {
        [] => None,
        _ => Path::from_parts(&[value])
            .filter(|path| path.depth() == 1)
            .and_then(Path::object_id),
    }
}

fn format_number(value: &[u8]) -> Result<u16, Refusal> {
    uint(value)
        .and_then(|number| number.try_into().ok())
        .ok_or(Refusal::BadOption)
}

/// Takes values and keeps none.
struct Nowhere;

impl Encoder for Nowhere {
    fn value(&mut self, _: Path, _: &crate::model::value::Value<'_>) {}
}

const SECURITY: u16 = 0;
