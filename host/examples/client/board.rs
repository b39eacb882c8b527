//! The device: its objects, and what it does when it is told of something.

use std::sync::Arc;

use client_lite::{At, Client, Event, Object, Path, State, Type, Value};
use client_lite_host::{Application, Connection, Direction};

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
    on_event: Box<dyn FnMut(Event) + Send>,
}

impl Board {
    /// All that happens goes to the timeline, and events to `on_event` as well.
    pub fn new(timeline: Arc<Timeline>, on_event: impl FnMut(Event) + Send + 'static) -> Self {
        Self {
            button: Button { presses: 0 },
            temperature: Temperature {
                value: 21.5,
                units: "Cel",
            },
            timeline,
            on_event: Box::new(on_event),
        }
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
            .ok_or_else(|| format!("{path} is of type {kind:?}, which \"{text}\" is not"))?;
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
    fn objects(&mut self) -> Vec<&mut dyn Object> {
        vec![&mut self.button, &mut self.temperature]
    }

    fn event(&mut self, event: Event, client: &Client<'_>) {
        self.timeline.note("event", &describe(&event, client));
        (self.on_event)(event);
    }

    fn message(&mut self, direction: Direction, message: &[u8]) {
        self.timeline.message(direction, message);
    }

    fn connection(&mut self, connection: &Connection) {
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
        self.timeline.note("connection", &text);
    }
}

fn describe(event: &Event, client: &Client<'_>) -> String {
    match event {
        Event::Registered => match client.endpoint_info() {
            Some(info) => format!(
                "registered: endpoint name {}, device id {}",
                info.endpoint_name, info.device_id
            ),
            None => "registered".into(),
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
            let next = match client.state() {
                State::Halted => "; halted",
                State::Idle => "",
                _ => "; goes on",
            };
            format!("error {error} in {operation}: {detail}{words}{next}")
        }
        Event::SendFailed(detail) => format!("a Send failed: {detail}{}", words(client)),
        Event::ObservationLost(path) => {
            format!("nobody acknowledges the notifications of {path}; its observation has ended")
        }
        Event::SendUnavailable => "the server takes no Send".into(),
        other => format!("{other:?}"),
    }
}

/// What the server has said about the newest error, behind its code.
fn words(client: &Client<'_>) -> String {
    let words = client.diagnostic().map(|words| format!(" {words}"));
    words.unwrap_or_default()
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
        Value::String(value) => (*value).to_owned(),
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
    use client_lite::{Account, Association, Config, Instant, Storage, Transport};
    use coap_lite::{MessageClass, MessageType, Packet, ResponseType};

    use super::*;

    #[test]
    fn what_the_server_says_stands_behind_its_code() {
        let mut storage: Storage = Storage::new();
        let config = Config::new("device", Account::new("coap://192.0.2.1"));
        let mut client = Client::new(config, &mut storage, [1, 2, 3, 4]);
        let now = Instant::from_millis(0);
        client.register(now);
        assert!(matches!(
            client.poll_transport(),
            Some(Transport::Open { .. })
        ));
        client.handle_connected(now, Association::New);
        let register = client.poll_transmit(now, &mut []).expect("a Register");
        let mut answer = Packet::from_bytes(register).expect("a message");
        answer.header.set_type(MessageType::Acknowledgement);
        answer.header.code = MessageClass::Response(ResponseType::Forbidden);
        let options: Vec<_> = answer.options().map(|(number, _)| *number).collect();
        for number in options {
            answer.clear_option(number.into());
        }
        answer.payload = b"device is\nblocked".to_vec();
        let answer = answer.to_bytes().expect("a datagram");
        client.handle_datagram(now, &answer, &mut []);
        let event = client.poll_event().expect("an error");
        let line = describe(&event, &client);
        assert!(line.contains(r"4.03 device is\u{a}blocked"), "{line}");
    }
}
