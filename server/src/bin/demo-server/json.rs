//! The JSON of the web page. `web/page.js` reads it.

use std::sync::Arc;
use std::time::Duration;

use coap_lite::MessageClass;
use coap_lite::link_format::LinkFormatParser;
use serde::Serialize;
use serde_json::json;

use demo_server::format::{self, LINK_FORMAT};
use demo_server::{Event, Registration, Response, ResponseType, Server, UdpServer};

/// What a page begins with: what has happened lately, and the devices as they are now.
pub fn beginning<'t>(server: &UdpServer, recent: impl IntoIterator<Item = &'t Arc<str>>) -> String {
    let recent: Vec<_> = recent.into_iter().map(AsRef::as_ref).collect();
    let uri = json!(format!("coap://{}", server.local_addr()));
    let devices = devices(server);
    format!(
        r#"{{"server":{uri},"recent":[{}],"now":{devices}}}"#,
        recent.join(",")
    )
}

/// All devices.
pub fn devices(server: &UdpServer) -> String {
    server.with(|server, now| {
        let clients = server.clients();
        let devices: Vec<_> = clients.map(|one| Device::new(server, now, one)).collect();
        json!({ "devices": devices }).to_string()
    })
}

/// An event, and the line of the terminal that tells of it.
pub fn happening(server: &UdpServer, event: &Event, line: &str) -> String {
    let mut happening = Happening {
        line,
        endpoint: event.endpoint(),
        ..Happening::default()
    };
    match event {
        Event::Deregistered { .. } => happening.gone = Some("deregistered"),
        Event::Expired { .. } => happening.gone = Some("expired"),
        Event::Response(response) => happening.answer(response),
        Event::NoResponse {
            id, path, reason, ..
        } => {
            happening.request = Some(id.number());
            happening.path = Some(path);
            happening.error = Some(reason.to_string());
        }
        Event::Notification {
            path,
            content_format,
            payload,
            ..
        } => happening.values = values(path, *content_format, payload),
        Event::Send {
            content_format,
            payload,
            ..
        } => happening.values = values("/", *content_format, payload),
        Event::ObservationEnded { path, code, .. } => {
            happening.path = Some(path);
            let code = name(*code);
            happening.error = Some(format!("the device ended the observation: {code}"));
        }
        _ => {}
    }
    happening.device = server.with(|server, now| {
        let client = server.client(event.endpoint()?)?;
        Some(json!(Device::new(server, now, client)))
    });
    json!(happening).to_string()
}

#[derive(Default, Serialize)]
struct Happening<'e> {
    /// As in the terminal.
    line: &'e str,
    endpoint: Option<&'e str>,
    /// The endpoint's registration as it is now, a [`Device`].
    device: Option<serde_json::Value>,
    /// How a registration has ended.
    gone: Option<&'static str>,
    /// The request that is answered.
    request: Option<u64>,
    path: Option<&'e str>,
    error: Option<String>,
    values: Vec<Value>,
    /// The paths that a Discover has found.
    links: Vec<String>,
}

impl<'e> Happening<'e> {
    fn answer(&mut self, response: &'e Response) {
        let (path, payload) = (&response.path, &response.payload);
        self.request = Some(response.id.number());
        self.path = Some(path);
        if !response.is_success() {
            let mut error = name(response.code);
            if !payload.is_empty() {
                error += &format!(": {}", format::diagnostic(path, payload));
            }
            self.error = Some(error);
        } else if response.content_format == Some(LINK_FORMAT) {
            self.links = links(payload);
        } else {
            self.values = values(path, response.content_format, payload);
        }
    }
}

#[derive(Serialize)]
struct Device<'s> {
    endpoint: &'s str,
    address: String,
    location: String,
    version: &'s str,
    binding: &'s str,
    /// In seconds; 0 is without end.
    lifetime: u32,
    /// In seconds from now.
    expires_in: Option<u64>,
    queue_mode: bool,
    /// In seconds from now; `None` is asleep, in queue mode.
    awake_for: Option<u64>,
    /// Paths of objects and instances.
    objects: Vec<String>,
    /// Paths.
    observed: Vec<&'s str>,
}

impl<'s> Device<'s> {
    fn new(server: &'s Server, now: Duration, registration: &'s Registration) -> Self {
        let endpoint = registration.endpoint.as_str();
        let seconds = |at: Duration| at.checked_sub(now).map(|left| left.as_secs());
        Self {
            endpoint,
            address: registration.peer.to_string(),
            location: format!("/{}", registration.location.join("/")),
            version: &registration.version,
            binding: &registration.binding,
            lifetime: registration.lifetime,
            expires_in: registration.expires.and_then(seconds),
            queue_mode: registration.queue,
            awake_for: server.awake_until(endpoint).and_then(seconds),
            objects: registration
                .objects
                .iter()
                .map(ToString::to_string)
                .collect(),
            observed: server.observed(endpoint),
        }
    }
}

#[derive(Serialize)]
struct Value {
    path: String,
    text: String,
    /// `"untyped"` where the format does not tell.
    kind: &'static str,
}

/// Those that can be read here.
fn values(path: &str, content_format: Option<u16>, payload: &[u8]) -> Vec<Value> {
    let entries = format::decode(path, content_format, payload).unwrap_or_default();
    let values = entries.into_iter().map(|entry| Value {
        kind: match entry.value {
            // In plain text any value is one.
            format::Value::Text(_) if content_format == Some(format::TEXT) => "untyped",
            format::Value::Text(_) => "string",
            format::Value::Integer(_) => "integer",
            format::Value::Float(_) => "float",
            format::Value::Boolean(_) => "boolean",
            format::Value::Opaque(_) => "opaque",
            format::Value::ObjectLink(..) => "object link",
            format::Value::Untyped(_) => "untyped",
        },
        text: entry.text(),
        path: entry.path,
    });
    values.collect()
}

fn links(payload: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(payload);
    let links = LinkFormatParser::new(&text).map_while(Result::ok);
    links.map(|(target, _)| target.to_owned()).collect()
}

/// Such as `4.05 Method Not Allowed`.
fn name(code: ResponseType) -> String {
    let mut name = MessageClass::Response(code).to_string();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() {
            name.push(' ');
        }
        name.push(letter);
    }
    name
}
