//! Device management (LwM2M Core 1.1, 6.3): the server's requests, from their options to their responses.

mod announce;
#[cfg_attr(not(feature = "bootstrap"), path = "bootstrap_off.rs")]
mod bootstrap;
#[cfg(feature = "bootstrap-pack")]
pub(crate) mod bootstrap_pack;
#[cfg(feature = "bootstrap")]
#[cfg_attr(not(feature = "bootstrap-read"), path = "bootstrap_off.rs")]
mod bootstrap_read;
#[cfg_attr(not(feature = "composite"), path = "composite_off.rs")]
mod composite;
#[cfg_attr(not(feature = "create"), path = "creatable_off.rs")]
mod creatable;
#[cfg_attr(not(feature = "create"), path = "create_off.rs")]
mod create;
pub(crate) mod duplicates;
mod execute;
mod operation;
mod read;
mod scope;
#[cfg_attr(not(feature = "block"), path = "upload_off.rs")]
pub(crate) mod upload;
mod write;
#[cfg_attr(not(feature = "attributes"), path = "write_attributes_off.rs")]
mod write_attributes;

use coap_lite::{CoapOption, MessageType, RequestType};

use crate::coap::message::write_empty;
use crate::coap::{Header, Message, Writer};
use crate::config::Role;
use crate::context::Context;
use crate::error::Refusal;
use crate::feature;
use crate::format;
use crate::number::digits::digits;

use duplicates::{Duplicates, Reply};
use operation::{Operation, Request};
pub(crate) use scope::{Outcome, Response, Scope};
use upload::{Part, Uploads};

/// What is known of the server's requests.
pub(crate) struct Requests<'s> {
    pub(crate) duplicates: Duplicates<'s>,
    pub(crate) uploads: Uploads<'s>,
}

impl Requests<'_> {
    /// Serves a request of the server whose association is open; the length of the response, where
    /// there is one. One that is not heard only gets the response that it had before.
    pub(crate) fn serve(
        &mut self,
        scope: &mut Scope<'_, '_, '_>,
        message: &Message<'_>,
        is_heard: bool,
    ) -> Option<usize> {
        let mut request = Request::NONE;
        let parsed = request.parse(message);
        // Executions, Create and Delete would do more the second time, or have another response
        // (RFC 7252, 4.5 and 5.1).
        let deletes = feature::Delete::IS_ON && message.asks(RequestType::Delete);
        let once = deletes || message.asks(RequestType::Post);
        let known = self.duplicates.reply(message.id, scope.context.now());
        let reply = match known.filter(|_| once) {
            Some(reply) => reply,
            None if !is_heard => {
                scope.context.events.discard();
                return None;
            }
            None => {
                let result = parsed.and_then(|()| self.carry_out(scope, message, &request));
                let reply = match result {
                    Ok(Response::Content(length)) => return Some(length),
                    Ok(Response::Reply(reply)) => reply,
                    Err(refusal) => refusal.code().into(),
                };
                self.duplicates.settle(reply);
                reply
            }
        };
        if message.kind == MessageType::NonConfirmable && reply.code == Refusal::BadOption.code() {
            // Such a message is rejected, and has no response (5.4.1).
            return write_empty(scope.buffer, MessageType::Reset, message.id);
        }
        self.write_reply(scope, message, &request, reply)
    }

    /// Carries out a request, or takes what it is a block of.
    fn carry_out(
        &mut self,
        scope: &mut Scope<'_, '_, '_>,
        message: &Message<'_>,
        request: &Request,
    ) -> Result<Response, Refusal> {
        match self.uploads.take(scope, message, request)? {
            Part::Whole => dispatch(&mut self.duplicates, scope, message, request),
            Part::Responded(code) => Ok(Response::Reply(code.into())),
            Part::Last(length) => {
                let whole = message.with_payload(self.uploads.body(length));
                let response = dispatch(&mut self.duplicates, scope, &whole, request);
                if response.is_ok() && message.asks(RequestType::Post) {
                    // Its last block in another message must not carry it out again.
                    self.uploads.forget();
                }
                response
            }
        }
    }

    fn write_reply(
        &self,
        scope: &mut Scope<'_, '_, '_>,
        message: &Message<'_>,
        request: &Request,
        reply: Reply,
    ) -> Option<usize> {
        let header = header(scope.context, message);
        let mut writer = Writer::new(scope.buffer, reply.code, &header);
        for id in (0..).map_while(|level| reply.created.id(level)) {
            let mut memory = [0; 10];
            let id = digits(id.into(), &mut memory);
            writer.option(CoapOption::LocationPath, &[id]);
        }
        self.uploads.write_options(request, reply.code, &mut writer);
        writer.finish()
    }
}

/// Carries out a request whose body is whole.
fn dispatch(
    duplicates: &mut Duplicates<'_>,
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    if feature::Bootstrap::IS_ON && scope.role == Role::Bootstrap {
        if message.asks(RequestType::Post) || message.asks(RequestType::Delete) {
            // Without room for more the second time is no harm here.
            let _ = duplicates.reserve(message.id, scope.context.now());
        }
        return bootstrap::serve(scope, message, request);
    }
    match request.operation(message, &mut scope.tree())? {
        Operation::Read => read::read(scope, message, request),
        Operation::ReadComposite(_) => composite::read(scope, message, request),
        Operation::Write(writing) => {
            write::serve(scope, message, request.format, request.path, writing)
        }
        Operation::WriteComposite(_) => composite::write(scope, message, request),
        Operation::WriteAttributes(_) => {
            write_attributes::write_attributes(scope, message, request.path)
        }
        Operation::Execute => execute::execute(duplicates, scope, message, request),
        Operation::Create(_) => duplicates.once(message, scope.context.now(), || {
            create::create(scope, message, request)
        }),
        Operation::Delete(_) => duplicates.once(message, scope.context.now(), || {
            create::delete(scope, request.path)
        }),
    }
}

/// The header of a response: a confirmable request is acknowledged with its response, and for another
/// one that is a message of its own.
#[inline(always)]
fn header<'m>(context: &mut Context<'_>, request: &'m Message<'_>) -> Header<'m> {
    let (kind, id) = match request.kind {
        MessageType::Confirmable => (MessageType::Acknowledgement, request.id),
        _ => (MessageType::NonConfirmable, context.ids.message()),
    };
    Header {
        kind,
        id,
        token: &request.token,
    }
}

/// The format for a server that accepts any: what its version surely reads.
fn preferred_format(context: &Context<'_>) -> u16 {
    match feature::Tlv::IS_ON && context.speaks_1_0() {
        true => format::TLV,
        false => format::PREFERRED,
    }
}
