//! The registration interface (OMA LwM2M 1.1 Core, 6.2) and the Send operation (6.4.6).

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use coap_lite::link_format::LinkFormatParser;
use coap_lite::{CoapOption, Packet, ResponseType};

use super::auto_observation::AutoObservation;
use super::requests::Queued;
use super::{Refusal, Server, content_format, refusal, response, texts};
use crate::format::LINK_FORMAT;
use crate::{Event, NoResponse, Segment};

/// A registered client, as it described itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    /// Its endpoint name.
    pub endpoint: String,
    /// Where its last Register or Update came from; requests go there.
    pub peer: SocketAddr,
    /// The Location-Path that it was given, as segments.
    pub location: Vec<String>,
    /// Lifetime in seconds; 0 is without end.
    pub lifetime: u32,
    /// When it ends without an Update; `None` is never.
    pub expires: Option<Duration>,
    /// LwM2M's version, `1.0` or `1.1`.
    pub version: String,
    /// The binding as it was sent, `U` if it was not.
    pub binding: String,
    /// Queue mode.
    pub queue: bool,
    /// The parameters of Register that LwM2M does not know, as they were sent: such as `aid=1`.
    pub parameters: Vec<String>,
    /// Objects and instances, in the order of the list. Links to resources (Izuma's profile) count
    /// as their instance.
    pub objects: Vec<ObjectLink>,
    /// The places that the device notifies without being asked, by the list's `aobs` attributes.
    pub auto_observations: Vec<AutoObservation>,
    /// Content formats that it says it supports, by the `ct` of its root link.
    pub content_formats: Vec<u16>,
    /// Registers since the endpoint name was first seen, this one included.
    pub registers: u32,
    /// Updates of this registration.
    pub updates: u32,
}

/// A link of the object list: an object, or one of its instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectLink {
    /// Object ID.
    pub object: u16,
    /// Instance ID; `None` for the object itself.
    pub instance: Option<u16>,
    /// The object's version, as `1.1`; `None` if it is not given.
    pub version: Option<String>,
}

impl fmt::Display for ObjectLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.object)?;
        if let Some(instance) = self.instance {
            write!(f, "/{instance}")?;
        }
        Ok(())
    }
}

pub(super) struct Client {
    pub(super) registration: Registration,
    /// Requests that wait: for NSTART, or for a queue-mode client to wake.
    pub(super) queue: VecDeque<Queued>,
    pub(super) in_flight: usize,
    /// When it was last heard; `None` since a request to it was in vain.
    pub(super) heard: Option<Duration>,
}

impl Server {
    pub(super) fn register(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        packet: &Packet,
    ) -> Result<Packet, Refusal> {
        let parameters = Parameters::parse(packet)?;
        let endpoint = parameters
            .endpoint
            .filter(|endpoint| !endpoint.is_empty())
            .ok_or_else(|| bad("ep is missing"))?;
        let version = parameters.version.ok_or_else(|| bad("lwm2m is missing"))?;
        if !matches!(version.as_str(), "1.0" | "1.1") {
            let reason = format!("lwm2m={version} is neither 1.0 nor 1.1");
            return Err(refusal(ResponseType::PreconditionFailed, reason));
        }
        let binding = parameters.binding.unwrap_or_else(|| "U".into());
        check_binding(&version, &binding)?;
        let list = object_list(packet)?.ok_or_else(|| bad("the object list is missing"))?;
        let lifetime = parameters.lifetime.unwrap_or(self.config.default_lifetime);
        let most = self.config.registrations;
        if self.clients.len() >= most && !self.clients.contains_key(&endpoint) {
            let reason = format!("{most} clients are registered, and there is no room for more");
            return Err(refusal(ResponseType::ServiceUnavailable, reason));
        }

        let before = self.remove_client(&endpoint);
        let location = self.new_location();
        let registration = Registration {
            endpoint: endpoint.clone(),
            peer,
            location: location.clone(),
            lifetime,
            expires: None,
            queue: is_queue(&version, &binding, parameters.queue),
            version,
            binding,
            parameters: parameters.others,
            objects: list.objects,
            auto_observations: list.auto_observations,
            content_formats: list.content_formats,
            registers: before
                .as_ref()
                .map_or(0, |client| client.registration.registers)
                + 1,
            updates: 0,
        };
        let queue = before.map_or_else(VecDeque::new, |client| client.queue);
        let client = Client {
            registration,
            queue,
            in_flight: 0,
            heard: Some(now),
        };
        self.clients.insert(endpoint.clone(), client);
        self.locations.insert(location.clone(), endpoint.clone());
        self.peers.insert(peer, endpoint.clone());
        self.auto_observe(&endpoint);
        self.renew(now, &endpoint);
        self.events.push_back(Event::Registered { endpoint, peer });

        let mut created = response(ResponseType::Created);
        for segment in location {
            created.add_option(CoapOption::LocationPath, segment.into_bytes());
        }
        Ok(created)
    }

    pub(super) fn update(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        packet: &Packet,
        location: &[String],
    ) -> Result<Packet, Refusal> {
        let endpoint = self.at_location(location)?;
        let parameters = Parameters::parse(packet)?;
        let list = object_list(packet)?;
        let Some(client) = self.clients.get_mut(&endpoint) else {
            return Err(refusal(ResponseType::NotFound, "not registered"));
        };
        let registration = &mut client.registration;
        if let Some(binding) = parameters.binding {
            check_binding(&registration.version, &binding)?;
            let q = registration.version != "1.0" && registration.queue;
            registration.queue = is_queue(&registration.version, &binding, q);
            registration.binding = binding;
        }
        if let Some(lifetime) = parameters.lifetime {
            registration.lifetime = lifetime;
        }
        if let Some(list) = list {
            registration.objects = list.objects;
            registration.auto_observations = list.auto_observations;
            registration.content_formats = list.content_formats;
        }
        registration.updates += 1;
        let before = std::mem::replace(&mut registration.peer, peer);
        if before != peer {
            // Tokens belong to a pair of addresses (RFC 7252, 5.3.1).
            self.end_conversations(&endpoint, before);
        }
        self.peers.insert(peer, endpoint.clone());
        self.auto_observe(&endpoint);
        self.renew(now, &endpoint);
        self.events.push_back(Event::Updated { endpoint, peer });
        Ok(response(ResponseType::Changed))
    }

    pub(super) fn deregister(&mut self, location: &[String]) -> Result<Packet, Refusal> {
        let endpoint = self.at_location(location)?;
        self.end_registration(&endpoint);
        self.events.push_back(Event::Deregistered { endpoint });
        Ok(response(ResponseType::Deleted))
    }

    pub(super) fn receive_send(
        &mut self,
        peer: SocketAddr,
        packet: &Packet,
    ) -> Result<Packet, Refusal> {
        let Some(endpoint) = self.peers.get(&peer).cloned() else {
            return Err(refusal(
                ResponseType::NotFound,
                "the sender is not registered",
            ));
        };
        if packet.payload.is_empty() {
            return Err(bad("the payload is missing"));
        }
        let content_format = content_format(packet);
        if content_format.is_none() {
            return Err(bad("Content-Format is missing"));
        }
        let payload = packet.payload.clone();
        self.events.push_back(Event::Send {
            endpoint,
            content_format,
            payload,
        });
        Ok(response(ResponseType::Changed))
    }

    pub(super) fn expire(&mut self, now: Duration) {
        while let Some((due, endpoint)) = self.expiries.first().cloned()
            && due <= now
        {
            self.end_registration(&endpoint);
            self.events.push_back(Event::Expired { endpoint });
        }
    }

    /// Starts the lifetime anew.
    fn renew(&mut self, now: Duration, endpoint: &str) {
        let Some(client) = self.clients.get_mut(endpoint) else {
            return;
        };
        let lifetime = client.registration.lifetime;
        let expires = (lifetime != 0).then(|| now + Duration::from_secs(lifetime.into()));
        if let Some(before) = std::mem::replace(&mut client.registration.expires, expires) {
            self.expiries.remove(&(before, endpoint.to_owned()));
        }
        if let Some(expires) = expires {
            self.expiries.insert((expires, endpoint.to_owned()));
        }
    }

    fn at_location(&self, location: &[String]) -> Result<String, Refusal> {
        self.locations.get(location).cloned().ok_or_else(|| {
            let reason = format!("no registration at /{}", location.join("/"));
            refusal(ResponseType::NotFound, reason)
        })
    }

    fn end_registration(&mut self, endpoint: &str) {
        let Some(mut client) = self.remove_client(endpoint) else {
            return;
        };
        for queued in client.queue.drain(..) {
            self.events
                .push_back(queued.no_response(endpoint, NoResponse::Gone));
        }
    }

    /// Removes a client with all that refers to it, but for the requests that wait.
    fn remove_client(&mut self, endpoint: &str) -> Option<Client> {
        let client = self.clients.remove(endpoint)?;
        let registration = &client.registration;
        self.end_conversations(endpoint, registration.peer);
        if let Some(expires) = registration.expires {
            self.expiries.remove(&(expires, endpoint.to_owned()));
        }
        // Another client may have been given the same location since.
        if self
            .locations
            .get(&registration.location)
            .is_some_and(|owner| owner == endpoint)
        {
            self.locations.remove(&registration.location);
        }
        Some(client)
    }

    fn new_location(&mut self) -> Vec<String> {
        let random = self.config.location.iter().any(|segment| match segment {
            Segment::Fixed(_) => false,
            Segment::Random(length) => *length > 0,
        });
        loop {
            let mut location = Vec::new();
            for segment in &self.config.location {
                location.push(match segment {
                    Segment::Fixed(text) => text.clone(),
                    Segment::Random(length) => {
                        (0..*length).map(|_| self.rng.alphanumeric()).collect()
                    }
                });
            }
            if !random || !self.locations.contains_key(&location) {
                return location;
            }
        }
    }
}

fn bad(reason: impl Into<String>) -> Refusal {
    refusal(ResponseType::BadRequest, reason)
}

/// The query of Register and Update.
#[derive(Default)]
struct Parameters {
    endpoint: Option<String>,
    lifetime: Option<u32>,
    version: Option<String>,
    binding: Option<String>,
    queue: bool,
    /// What LwM2M does not know.
    others: Vec<String>,
}

impl Parameters {
    fn parse(packet: &Packet) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        for query in texts(packet, CoapOption::UriQuery) {
            let (key, value) = query.split_once('=').unwrap_or((&query, ""));
            match key {
                "ep" => parameters.endpoint = Some(value.to_owned()),
                "lt" => {
                    let seconds = value
                        .parse()
                        .map_err(|_| bad(format!("lt={value} is not a number of seconds")))?;
                    parameters.lifetime = Some(seconds);
                }
                "lwm2m" => parameters.version = Some(value.to_owned()),
                "b" => parameters.binding = Some(value.to_owned()),
                "Q" => parameters.queue = true,
                _ => parameters.others.push(query),
            }
        }
        Ok(parameters)
    }
}

/// LwM2M 1.0 Core, 5.3.1.1, lists six modes; 1.1 lists bindings, in any order.
fn check_binding(version: &str, binding: &str) -> Result<(), Refusal> {
    let known = match version {
        "1.0" => ["U", "UQ", "S", "SQ", "US", "UQS"].contains(&binding),
        _ => !binding.is_empty() && binding.chars().all(|letter| "UTSN".contains(letter)),
    };
    if known {
        Ok(())
    } else {
        Err(bad(format!(
            "b={binding} is not a binding of LwM2M {version}"
        )))
    }
}

/// Queue mode is a `Q` in 1.0's binding, and a parameter of its own in 1.1.
fn is_queue(version: &str, binding: &str, parameter: bool) -> bool {
    match version {
        "1.0" => binding.contains('Q'),
        _ => parameter,
    }
}

#[derive(Default)]
struct ObjectList {
    objects: Vec<ObjectLink>,
    auto_observations: Vec<AutoObservation>,
    content_formats: Vec<u16>,
}

impl ObjectList {
    fn insert(&mut self, link: ObjectLink) {
        if !self.objects.contains(&link) {
            self.objects.push(link);
        }
    }

    fn auto_observe(&mut self, observation: AutoObservation) -> Result<(), Refusal> {
        let same = |other: &&AutoObservation| other.token == observation.token;
        if let Some(other) = self.auto_observations.iter().find(same) {
            let (one, other) = (&other.path, &observation.path);
            return Err(bad(format!("{one} and {other} have the same aobs")));
        }
        self.auto_observations.push(observation);
        Ok(())
    }
}

/// The payload of Register and Update; `None` if there is none.
fn object_list(packet: &Packet) -> Result<Option<ObjectList>, Refusal> {
    if packet.payload.is_empty() {
        return Ok(None);
    }
    if content_format(packet) != Some(LINK_FORMAT) {
        return Err(bad("the object list needs Content-Format 40"));
    }
    let text = std::str::from_utf8(&packet.payload).map_err(|_| bad("links are not UTF-8"))?;
    let mut list = ObjectList::default();
    let mut root = String::new();
    let mut resources = Vec::new();
    let mut observable = false;
    for link in LinkFormatParser::new(text) {
        let (target, attributes) = link.map_err(|_| bad(format!("not a list of links: {text}")))?;
        // `Unquote::to_cow` panics on a lone quotation mark.
        let attributes: Vec<_> = attributes
            .map(|(key, value)| (key, value.into_raw_str().trim_matches('"')))
            .collect();
        let attribute = |name| {
            attributes
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, v)| *v)
        };
        if target == "/" || attribute("rt") == Some("oma.lwm2m") {
            // LwM2M 1.1 Core, 6.2.1: the root link can move the objects to another path.
            root = target.trim_end_matches('/').to_owned();
            list.content_formats = attribute("ct")
                .unwrap_or("")
                .split_ascii_whitespace()
                .map(|number| {
                    number
                        .parse()
                        .map_err(|_| bad(format!("ct={number} in {target}")))
                })
                .collect::<Result<_, _>>()?;
            continue;
        }
        let numbers = target
            .strip_prefix(&root)
            .and_then(|path| path.strip_prefix('/'))
            .unwrap_or(target);
        let Some(ids) = ids(numbers)? else { continue };
        observable |= attribute("obs").or(attribute("aobs")).is_some();
        if let Some(token) = attribute("aobs") {
            list.auto_observe(AutoObservation::parse(&ids, token).map_err(bad)?)?;
        }
        if ids.len() > 2 {
            resources.push(numbers.to_owned());
        }
        list.insert(ObjectLink {
            object: ids[0],
            instance: ids.get(1).copied(),
            version: attribute("ver").map(str::to_owned),
        });
    }
    match resources.first() {
        // Only Izuma's profile, which marks what can be observed, lists resources.
        Some(path) if !observable => Err(bad(format!(
            "</{path}> is neither an object nor an instance"
        ))),
        _ => Ok(Some(list)),
    }
}

/// The ids of a place, or `None` for a link to something that is not LwM2M's.
fn ids(path: &str) -> Result<Option<Vec<u16>>, Refusal> {
    if !path.starts_with(|first: char| first.is_ascii_digit()) {
        return Ok(None);
    }
    let ids = path
        .split('/')
        .map(|id| id.parse().ok().filter(|id| *id != u16::MAX))
        .collect::<Option<Vec<u16>>>()
        .filter(|ids| ids.len() <= 4)
        .ok_or_else(|| bad(format!("</{path}> is no place of LwM2M")))?;
    match ids[0] {
        0 | 21 => Err(bad(format!(
            "</{path}>: objects 0 and 21 are not to be registered"
        ))),
        _ => Ok(Some(ids)),
    }
}
