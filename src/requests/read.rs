//! Read, Discover and Observe (LwM2M Core 1.1, 6.3.1, 6.3.2 and 6.4.1).

use crate::coap::Message;
use crate::error::Refusal;
use crate::format;
use crate::reporting::Content;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};
use crate::requests::{header, preferred_format};

pub(super) fn read(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    let format = request
        .accept
        .map_or(preferred_format(scope.context), |accept| accept as u16);
    let sequence = match format {
        format::LINK => None,
        _ => observation_number(scope, message, request),
    };
    respond(scope, message, request, format, sequence)
}

/// The number for the Observe option of the response, where there is to be one. A request for a further
/// block does not observe anew (RFC 7959, 3.4).
pub(super) fn observation_number(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Option<u32> {
    let wish = request.observe.filter(|_| !request.blocks.ask_for_more());
    scope
        .reporting
        .observation_number(message, request.path, wish)
}

/// Responds with the content of the request's path, which is observed from then on where there is a
/// number for the Observe option.
pub(super) fn respond(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
    format: u16,
    sequence: Option<u32>,
) -> Result<Response, Refusal> {
    let Scope {
        context,
        reporting,
        objects,
        buffer,
        ..
    } = scope;
    let header = header(context, message);
    let content = Content {
        path: request.path,
        format,
        sequence,
        blocks: &request.blocks,
    };
    let length = reporting
        .observations
        .write(context, buffer, &header, &content, objects)?;
    if sequence.is_some() {
        reporting.observe(context, &header, &content);
    }
    Ok(Response::Content(length))
}
