//! The device: its objects, and what it does when it is told of something.

use std::sync::Arc;

use client_lite::{At, Client, Event, Instant, Object, Path, State, Type, Value};
use client_lite_host::{Application, Connection, Device, Direction};
use demo_server::escape;

use crate::timeline::Timeline;

client_lite::object! {
    /// Digital input
    pub struct Button: 3200 {
        5501: presses: i64 [R, auto],
    }
}

client_lite::object! {
    /// Temperature
    pub struct Temperature: 3303 {
        5700: value: f64 [R],
        5701: units: &'static str [R],
    }
}

pub const PRESSES: Path = Path::resource(3200, 0, 5501);
pub const TEMPERATURE: Path = Path::resource(3303, 0, 5700);

pub struct Board {
    pub button: Button,
    pub temperature: Temperature,
    timeline: Arc<Timeline>,
    /// As the timeline has it.
    next_update: Option<Instant>,
    on_event: Box<dyn FnMut(Event, State) + Send>,
}

impl Board {
    /// All that happens goes to the timeline, and events to `on_event` as well, with the state after
    /// them.
    pub fn new(
        timeline: Arc<Timeline>,
        on_event: impl FnMut(Event, State) + Send + 'static,
    ) -> Self {
        Self {
            button: Button { presses: 0 },
            temperature: Temperature {
                value: 21.5,
                units: "Cel",
            },
            timeline,
            next_update: None,
            on_event: Box::new(on_event),
        }
    }

    fn objects(&mut self) -> [&mut dyn Object; 2] {
        [&mut self.button, &mut self.temperature]
    }

    /// Sets the resource at `path` from text, as the hardware would.
    pub fn set(&mut self, path: Path, text: &str) -> Result<(), String> {
        let at = resource(path).ok_or_else(|| format!("{path} is not a resource"))?;
        let mut objects = self.objects();
        let object = objects
            .iter_mut()
            .find(|object| Some(object.definition().id) == path.object_id())
            .filter(|object| has_instance(&***object, at.instance));
        let object = object.ok_or_else(|| not_here(path))?;
        let definition = object.definition().resource(at.resource);
        let kind = definition.ok_or_else(|| not_here(path))?.kind;
        let value = parse(kind, text)
            .ok_or_else(|| format!("{path} is of type {kind:?}, which {text:?} is not"))?;
        object
            .validate(at, &value)
            .and_then(|()| object.write(at, value))
            .map_err(|_| format!("{path} is fixed"))
    }

    /// The values at and below `path`, a line each.
    pub fn get(&mut self, path: Path) -> Result<String, String> {
        let mut lines = String::new();
        for object in self.objects() {
            let id = object.definition().id;
            let mut instances = 0;
            while let Some(instance) = object.instance(instances) {
                instances += 1;
                for resource in object.definition().resources {
                    let here = Path::resource(id, instance, resource.id);
                    let at = At {
                        instance,
                        resource: resource.id,
                        resource_instance: 0,
                    };
                    if path.contains(here)
                        && let Ok(value) = object.read(at)
                    {
                        lines += &format!("{here} = {}\n", text(&value));
                    }
                }
            }
        }
        if lines.is_empty() {
            return Err(not_here(path));
        }
        Ok(lines)
    }
}

impl Application for Board {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut self.objects())
    }

    fn event(&mut self, event: Event, client: &Client<'_>) {
        self.timeline.note("event", &describe(&event, client));
        (self.on_event)(event, client.state());
    }

    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        for client in clients {
            if let Some(at) = client.next_update()
                && self.next_update != Some(at)
            {
                self.next_update = Some(at);
                let wait = in_seconds(at.saturating_since(now));
                self.timeline
                    .note("device", &format!("next Update in {wait}"));
            }
        }
        None
    }

    fn message(&mut self, direction: Direction, message: &[u8]) {
        self.timeline.message(direction, message);
    }
}

/// A device whose connections go to the timeline.
pub fn device(timeline: &Arc<Timeline>) -> Result<Device<Board>, String> {
    let device = Device::new().map_err(|error| format!("cannot start the device: {error}"))?;
    let timeline = timeline.clone();
    Ok(device.on_connection(move |connection| {
        let text = match connection {
            Connection::Handshake { remote } => format!("DTLS handshake with {remote}"),
            Connection::Open {
                local,
                remote,
                association,
            } => {
                let association = format!("{association:?}").to_lowercase();
                format!("from {local} to {remote}, {association}")
            }
            Connection::Failed { reason, .. } => format!("none: {reason}"),
        };
        timeline.note("connection", &text);
    }))
}

fn describe(event: &Event, client: &Client<'_>) -> String {
    match event {
        Event::Registered(_) => match client.endpoint_info() {
            Some(info) => format!(
                "{event}: endpoint name {}, device id {}",
                escape(info.endpoint_name),
                escape(info.device_id)
            ),
            None => event.to_string(),
        },
        Event::Updated => "registration updated".into(),
        Event::Deregistered => "deregistered".into(),
        Event::BootstrapDone => "bootstrapped".into(),
        Event::Error {
            operation,
            error,
            detail,
        } => {
            let words = words(client);
            let next = match (client.state(), next_attempt(client)) {
                (State::Halted, _) => "; halted".into(),
                (State::Idle, _) => String::new(),
                (_, Some(wait)) => format!("; {wait}"),
                _ => "; goes on".into(),
            };
            format!("error {error} in {operation}: {detail}{words}{next}")
        }
        Event::SendFailed(detail) => format!("Send failed: {detail}{}", words(client)),
        Event::Reboot => "the server wants a reboot, which this example leaves out".into(),
        other => other.to_string(),
    }
}

/// What the server has said about the newest error, behind its code.
fn words(client: &Client<'_>) -> String {
    let words = client.diagnostic().map(|words| format!(" {words}"));
    words.unwrap_or_default()
}

/// When it is, as of the newest error.
fn next_attempt(client: &Client<'_>) -> Option<String> {
    let wait = client
        .next_attempt()?
        .saturating_since(client.last_error()?.at);
    Some(format!("next attempt in {}", in_seconds(wait)))
}

/// A span in whole seconds, the last one begun.
pub fn in_seconds(span: client_lite::Duration) -> String {
    format!("{} s", span.as_millis().div_ceil(1000))
}

fn not_here(path: Path) -> String {
    format!("there is no {path} among this device's own objects; get lists them")
}

fn resource(path: Path) -> Option<At> {
    Some(At {
        instance: path.instance_id()?,
        resource: path.resource_id()?,
        resource_instance: path.resource_instance_id().unwrap_or(0),
    })
}

fn has_instance(object: &dyn Object, instance: u16) -> bool {
    (0..)
        .map_while(|index| object.instance(index))
        .any(|id| id == instance)
}

fn parse(kind: Type, text: &str) -> Option<Value<'_>> {
    Some(match kind {
        Type::String => Value::String(text),
        Type::Integer => Value::Integer(text.parse().ok()?),
        Type::Unsigned => Value::Unsigned(text.parse().ok()?),
        Type::Float => Value::Float(text.parse().ok().filter(|value: &f64| value.is_finite())?),
        Type::Boolean => Value::Boolean(text.parse().ok()?),
        Type::Opaque => Value::Opaque(text.as_bytes()),
        Type::Time => Value::Time(text.parse().ok()?),
        Type::ObjectLink => return None,
    })
}

fn text(value: &Value<'_>) -> String {
    match value {
        Value::String(value) => escape(value).to_string(),
        Value::Integer(value) | Value::Time(value) => value.to_string(),
        Value::Unsigned(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Opaque(value) => format!("{value:02x?}"),
        Value::ObjectLink(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use client_lite::{Account, Association, Config, Storage, TransportError};

    use super::*;

    /// A client that has begun to register, at a second of its own.
    fn registering(storage: &mut Storage) -> Client<'_> {
        let config = Config::new("device", Account::new("coap://server"));
        let mut client = Client::new(config, storage, [1, 2, 3, 4]);
        client.register(NOW);
        client.poll_transport();
        client
    }

    /// An acknowledgement with a code, and what stands behind its token.
    fn answer(request: &[u8], code: u8, rest: &[u8]) -> Vec<u8> {
        let token = &request[4..4 + usize::from(request[0] & 15)];
        let head = [0x60 | request[0] & 15, code, request[2], request[3]];
        [&head, token, rest].concat()
    }

    #[test]
    fn an_error_says_when_the_next_attempt_comes() {
        let mut storage = Storage::new();
        let mut client = registering(&mut storage);
        client.handle_failure(NOW, TransportError::NotResolved);
        let event = client.poll_event().expect("an error");
        let wait = client.next_attempt().expect("it waits");
        let seconds = wait.saturating_since(NOW).as_millis().div_ceil(1000);
        assert!((2..=10).contains(&seconds));
        assert_eq!(
            describe(&event, &client),
            format!(
                "error DNS_RESOLVING_FAILED in register: the server's name has no address; \
                 next attempt in {seconds} s"
            )
        );
    }

    #[test]
    fn an_id_that_the_server_has_made_up_stays_in_its_line() {
        let mut storage = Storage::new();
        let mut client = registering(&mut storage);
        client.handle_connected(NOW, Association::New);
        let register = client.poll_transmit(NOW, &mut []).expect("a Register");
        // 2.01, and a Location-Path.
        let created = answer(register, 0x41, b"\x84a\n\x1bb");
        client.handle_datagram(NOW, &created, &mut []);
        let event = client.poll_event().expect("registered");
        assert_eq!(
            describe(&event, &client),
            r"registered: endpoint name device, device id a\n\u{1b}b"
        );
    }

    #[test]
    fn what_the_server_says_stands_behind_its_code() {
        let mut storage = Storage::new();
        let mut client = registering(&mut storage);
        client.handle_connected(NOW, Association::New);
        let register = client.poll_transmit(NOW, &mut []).expect("a Register");
        // 4.03, and a diagnostic payload.
        let forbidden = answer(register, 0x83, b"\xffdevice is\nblocked");
        client.handle_datagram(NOW, &forbidden, &mut []);
        let event = client.poll_event().expect("an error");
        let line = describe(&event, &client);
        assert!(line.contains(r"4.03 device is\u{a}blocked"), "{line}");
    }

    const NOW: Instant = Instant::from_millis(1_000_000);
}
