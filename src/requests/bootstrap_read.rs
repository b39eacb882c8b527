//! Bootstrap-Discover and Bootstrap-Read (LwM2M Core 1.1, 6.1.7.3 and 6.1.7.4): what the bootstrap
//! server asks before it writes. It is told of the accounts as it has written them so far.

use coap_lite::{CoapOption, ResponseType};

use crate::buffer::Buffer;
use crate::coap::message::response_code;
use crate::coap::{Message, Writer};
use crate::context::Context;
use crate::context::accounts::Accounts;
use crate::error::Refusal;
use crate::format::{self, link};
use crate::model::ids::{ACCESS_CONTROL, SECURITY, SERVER, SHORT_SERVER_ID};
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::model::value::Value;
use crate::objects::security::Field;
use crate::reporting::read::read_resource;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};
use crate::requests::{header, preferred_format};

pub(super) fn serve(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    let path = request.path;
    let accepted = request.accept.map(|accept| accept as u16);
    let format = accepted.unwrap_or(preferred_format(scope.context));
    let is_discover = format == format::LINK;
    match (is_discover, path.object_id(), path.depth()) {
        (true, _, 0..=1) | (false, Some(SERVER | ACCESS_CONTROL), 1..=2) => {}
        // Of Discover the specification has no other code for this (Transport 1.1, 6.7).
        (true, ..) => return Err(Refusal::BadRequest),
        _ => return Err(Refusal::MethodNotAllowed),
    }
    let Scope {
        context,
        objects,
        buffer,
        ..
    } = scope;
    let header = header(context, message);
    let mut blocks = request.blocks;
    loop {
        let mut writer = Writer::new(buffer, response_code(ResponseType::Content), &header);
        writer.option_uint(CoapOption::ContentFormat, format.into());
        let body = blocks.payload(&mut writer);
        if is_discover {
            discover(context, path, objects, body)?;
        } else {
            read(context, path, objects, format, body)?;
        }
        if let Some(first) = blocks.or_first(&writer) {
            blocks = first;
            continue;
        }
        blocks.cut(&mut writer)?;
        // Larger than this device's messages.
        let length = writer.finish().ok_or(Refusal::InternalError)?;
        return Ok(Response::Content(length));
    }
}

/// The objects and instances at and below a path, the accounts with the servers that they are of.
fn discover(
    context: &mut Context<'_>,
    path: Path,
    objects: Objects<'_, '_>,
    buffer: &mut Buffer<'_>,
) -> Result<(), Refusal> {
    let start = buffer.len();
    buffer.put(match context.speaks_1_0() {
        true => b"</>;lwm2m=1.0",
        false => b"</>;lwm2m=1.1",
    });
    if path.contains(Path::object(SECURITY)) {
        put_securities(&context.accounts, start, buffer);
    }
    if path.object_id() == Some(SECURITY) {
        return Ok(());
    }
    let mut tree = context.draft_tree(path, objects);
    tree.walk(path, &mut |object, node, _| {
        link::put_listed(object, node, start, buffer);
        let id = node.join(SHORT_SERVER_ID);
        if node.depth() == 2
            && node.object_id() == Some(SERVER)
            && let Some(id) = id
            && let Ok(Value::Integer(id)) = object.read(id.at())
        {
            put_short_server_id(id as u16, buffer);
        }
    })
}

/// The Security instances. That of the bootstrap server has no server to tell of.
fn put_securities(accounts: &Accounts<'_>, start: usize, buffer: &mut Buffer<'_>) {
    let drafted = &accounts.draft.securities;
    for instance in drafted.iter() {
        link::put_link(Path::instance(SECURITY, instance.id), start, buffer);
        if !instance.is_bootstrap {
            put_short_server_id(instance.short_server_id, buffer);
            put_uri(drafted.field(instance, Field::Uri), buffer);
        }
    }
    if drafted.own().is_none() {
        // The account in force stays. One from the factory has no id of its own.
        let own = accounts.in_force.securities.own();
        let id = drafted.free_id(own.map_or(0, |own| own.id));
        link::put_link(Path::instance(SECURITY, id), start, buffer);
    }
}

fn put_short_server_id(id: u16, buffer: &mut Buffer<'_>) {
    // Of an instance that nobody has given one yet.
    if id != 0 {
        buffer.put(b";ssid=");
        buffer.number(id.into());
    }
}

/// As a quoted string (RFC 6690, 2).
fn put_uri(uri: &[u8], buffer: &mut Buffer<'_>) {
    buffer.put(b";uri=\"");
    for byte in uri {
        if matches!(byte, b'"' | b'\\') {
            buffer.byte(b'\\');
        }
        buffer.byte(*byte);
    }
    buffer.byte(b'"');
}

/// All values of Server or Access Control, also those that are no server's but this one's to read.
fn read(
    context: &mut Context<'_>,
    path: Path,
    objects: Objects<'_, '_>,
    format: u16,
    buffer: &mut Buffer<'_>,
) -> Result<(), Refusal> {
    let mut tree = context.draft_tree(path, objects);
    format::encode(format, path, buffer, &mut |encoder| {
        tree.walk(path, &mut |object, node, definition| {
            if let Some(definition) = definition {
                // What is to be executed has no value.
                let _ = read_resource(object, definition, node, path, encoder);
            }
        })
    })
}
