//! What Izuma's profile adds to Register and Bootstrap-Request: the query of the server's URI, and the
//! name in it.

use coap_lite::CoapOption;

use crate::coap::Writer;
use crate::context::Context;
use crate::error::Operation;
use crate::uri::ServerUri;

/// The name to register with: the one that a bootstrap server has put into the URI, or the device's
/// own.
pub(super) fn registered_name<'c>(context: &'c Context<'_>) -> &'c str {
    uri(context, Operation::Register)
        .and_then(|uri| uri.parameter("iep"))
        .unwrap_or(context.config.endpoint)
}

/// Writes the query of the server URI as it stands there, but for what the request has anyway.
pub(super) fn write_parameters(
    context: &Context<'_>,
    operation: Operation,
    writer: &mut Writer<'_>,
) {
    let query = uri(context, operation).map_or("", |uri| uri.query);
    for parameter in query.as_bytes().split(|byte| *byte == b'&') {
        let name = parameter.split(|byte| *byte == b'=').next();
        if let Some(b"" | b"ep" | b"lt" | b"lwm2m" | b"b" | b"Q" | b"pct") = name {
            continue;
        }
        writer.option(CoapOption::UriQuery, &[parameter]);
    }
}

fn uri<'c>(context: &'c Context<'_>, operation: Operation) -> Option<ServerUri<'c>> {
    let account = context.account(operation)?;
    let uri = ServerUri::parse(account.uri).ok()?;
    context.config.izuma_profile.then_some(uri)
}
