//! Composite operations (LwM2M Core 1.1, 6.3.8, 6.3.9 and 6.4.4): several paths in one message, by FETCH
//! and iPATCH (RFC 8132) of the root.

use coap_lite::ResponseType;

use crate::coap::{Message, Token};
use crate::error::Refusal;
use crate::format::{self, Body};
use crate::model::ids::SECURITY;
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::requests::operation::Request;
use crate::requests::read::{observation_number, respond};
use crate::requests::scope::{Response, Scope};
use crate::requests::write::{Writing, write as write_body};

/// Read-Composite, Observe-Composite and its cancellation.
pub(super) fn read(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    let given = request.format.filter(|format| is_pack(*format));
    let given = given.ok_or(Refusal::UnsupportedContentFormat)?;
    let format = request
        .accept
        .map_or(format::responding(given), |accept| accept as u16);
    if !format::is_pack(format) {
        return Err(Refusal::NotAcceptable);
    }
    let sequence = observation_number(scope, message, request);
    let token = sequence.map_or(Token::NONE, |_| message.token);
    let now = scope.context.now();
    // For a further block of the newest response the paths need not be named again.
    if !request.blocks.ask_for_more() || !message.payload.is_empty() {
        scope
            .reporting
            .observations
            .members
            .name(&token, given, message.payload, now)?;
    }
    if sequence.is_some() {
        scope.reporting.observations.members.adopt(&token);
    }
    let response = respond(scope, message, request, format, sequence);
    if response.is_err() {
        // One that this token had has lost its paths.
        scope.reporting.observations.forget_composite(&token);
    }
    response
}

/// Write-Composite: all of it, or nothing.
pub(super) fn write(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    if !request.format.is_some_and(is_pack) {
        return Err(Refusal::UnsupportedContentFormat);
    }
    let each = |visit: &mut dyn FnMut(Path) -> Result<(), Refusal>| {
        let mut names = Body::new(request.format, message.payload, &mut []);
        format::decode(&mut names, Path::ROOT, &mut |path, _| visit(path))
    };
    let mut tree = scope.tree();
    each(&mut |path| match path.object_id() {
        Some(SECURITY) => Err(Refusal::Unauthorized),
        _ => tree.require(Rights::WRITE, path),
    })?;
    let mut body = Body::new(request.format, message.payload, &mut *scope.buffer);
    let mut tree = scope.context.tree(&mut *scope.objects);
    write_body(&mut tree, Path::ROOT, &mut body, Writing::Update)?;
    each(&mut |path| {
        scope.was_written(path);
        Ok(())
    })?;
    Ok(Response::code(ResponseType::Changed))
}

/// Whether what a composite operation names can stand in a format.
fn is_pack(format: u16) -> bool {
    format::is_pack(format::responding(format))
}
