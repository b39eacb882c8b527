//! The demo server, and what its operator wants: each value, without asking more than once.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration as StdDuration;

use client_lite::Instant;
use demo_server::format::{self, SENML_CBOR};
use demo_server::{Config, Event, RequestId};

use crate::field::Value;
use crate::scenario::ENDPOINT;

pub struct Server {
    server: demo_server::Server,
    observation: Observation,
    /// Where the device was last.
    peer: Option<SocketAddr>,
    figures: Figures,
}

#[derive(Clone, Copy, PartialEq)]
enum Observation {
    None,
    Asked(RequestId),
    Made,
}

/// What has come of the device.
#[derive(Clone, Default)]
pub struct Figures {
    pub registers: u32,
    pub updates: u32,
    /// Which values have come, in notifications or when the server has observed.
    pub values: Vec<bool>,
}

impl Server {
    pub fn new(seed: u64) -> Self {
        Self {
            server: demo_server::Server::new(Config::default(), seed),
            observation: Observation::None,
            peer: None,
            figures: Figures::default(),
        }
    }

    pub fn handle_datagram(&mut self, now: Instant, port: u16, message: &[u8]) {
        let peer = SocketAddr::from((DEVICE, port));
        self.server.handle_datagram(since_start(now), peer, message);
        self.handle_events(now);
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.server.handle_timeout(since_start(now));
        self.handle_events(now);
    }

    pub fn poll_timeout(&self) -> Option<Instant> {
        // Rounded up, so that the deadline has passed.
        let nanoseconds = self.server.poll_timeout()?.as_nanos();
        Some(Instant::from_millis(nanoseconds.div_ceil(1_000_000) as u64))
    }

    /// The device's port, and a message.
    pub fn poll_transmit(&mut self) -> Option<(u16, Vec<u8>)> {
        let (peer, message) = self.server.poll_transmit()?;
        Some((peer.port(), message))
    }

    pub fn figures(self) -> Figures {
        self.figures
    }

    fn handle_events(&mut self, now: Instant) {
        while let Some(event) = self.server.poll_event() {
            match event {
                Event::Registered { peer, .. } => {
                    self.figures.registers += 1;
                    self.peer = Some(peer);
                    self.observe(now);
                }
                Event::Updated { peer, .. } => {
                    self.figures.updates += 1;
                    // Observations end where the device has another address.
                    if self.observation == Observation::None || self.peer != Some(peer) {
                        self.observe(now);
                    }
                    self.peer = Some(peer);
                }
                Event::Response(response) if self.is_observation(response.id) => {
                    self.observation = Observation::None;
                    if response.observe.is_some() {
                        self.observation = Observation::Made;
                        self.take(response.content_format, &response.payload);
                    }
                }
                Event::NoResponse { id, .. } if self.is_observation(id) => {
                    self.observation = Observation::None;
                }
                Event::ObservationEnded { .. } => self.observation = Observation::None,
                Event::Notification {
                    content_format,
                    payload,
                    ..
                } => self.take(content_format, &payload),
                _ => {}
            }
        }
    }

    fn observe(&mut self, now: Instant) {
        let asked = self
            .server
            .observe(since_start(now), ENDPOINT, PATH, Some(SENML_CBOR));
        self.observation = asked.map_or(Observation::None, Observation::Asked);
    }

    fn is_observation(&self, id: RequestId) -> bool {
        self.observation == Observation::Asked(id)
    }

    fn take(&mut self, content_format: Option<u16>, payload: &[u8]) {
        let entries = format::decode(PATH, content_format, payload).unwrap_or_default();
        let degrees = entries.iter().find_map(|entry| entry.value.as_float());
        if let Some(value) = degrees.map(Value::of_degrees) {
            let values = &mut self.figures.values;
            values.resize(values.len().max(value.0 + 1), false);
            values[value.0] = true;
        }
    }
}

fn since_start(now: Instant) -> StdDuration {
    StdDuration::from_millis(now.as_millis())
}

pub const PATH: &str = "/3303/0/5700";

const DEVICE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
