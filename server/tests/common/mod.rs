//! A server on virtual time, and the messages of a hand-driven device.
#![allow(dead_code)] // No test file uses all of it.

use std::net::SocketAddr;
use std::time::Duration;

use coap_lite::{CoapOption, ContentFormat, MessageClass, MessageType, Packet};
use demo_server::{Config, Event, RequestType, ResponseType, Server};

pub const OBJECTS: &str = "</>;ct=\"11542 112\",</1/0>,</3/0>,</3303>;ver=1.1,</3303/0>";

pub struct Bench {
    pub server: Server,
    pub now: Duration,
    pub peer: SocketAddr,
    next_id: u16,
}

pub fn bench(config: Config) -> Bench {
    let peer = SocketAddr::from(([192, 0, 2, 1], 40_000));
    Bench {
        server: Server::new(config, 1),
        now: Duration::ZERO,
        peer,
        next_id: 1,
    }
}

pub fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn response(code: ResponseType) -> MessageClass {
    MessageClass::Response(code)
}

/// A request, as `"rd?ep=device&lwm2m=1.1"`.
pub fn request(method: RequestType, uri: &str, links: &str) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::Request(method);
    packet.set_token(vec![0xD0, 0x0D]);
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    for segment in path.split('/') {
        packet.add_option(CoapOption::UriPath, segment.into());
    }
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        packet.add_option(CoapOption::UriQuery, parameter.into());
    }
    if !links.is_empty() {
        packet.set_content_format(ContentFormat::ApplicationLinkFormat);
        packet.payload = links.into();
    }
    packet
}

/// An answer to `request`, piggybacked.
pub fn answer(request: &Packet, code: ResponseType) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = response(code);
    packet.header.set_type(MessageType::Acknowledgement);
    packet.header.message_id = request.header.message_id;
    packet.set_token(request.get_token().to_vec());
    packet
}

impl Bench {
    pub fn pass(&mut self, time: Duration) {
        self.now += time;
        self.server.handle_timeout(self.now);
    }

    pub fn deliver(&mut self, packet: &Packet) {
        let bytes = packet.to_bytes().expect("encodes");
        self.server.handle_datagram(self.now, self.peer, &bytes);
    }

    pub fn sent(&mut self) -> Option<Packet> {
        let (peer, bytes) = self.server.poll_transmit()?;
        assert_eq!(peer, self.peer);
        Some(Packet::from_bytes(&bytes).expect("decodes"))
    }

    pub fn expect_sent(&mut self) -> Packet {
        self.sent().expect("the server sends something")
    }

    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.server.poll_event()).collect()
    }

    pub fn event(&mut self) -> Event {
        let mut events = self.events();
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }

    /// Delivers a new confirmable message and gives what comes back.
    pub fn ask(&mut self, mut packet: Packet) -> Packet {
        packet.header.message_id = self.next_id;
        self.next_id += 1;
        self.deliver(&packet);
        self.expect_sent()
    }

    /// Registers and gives the location.
    pub fn register(&mut self, query: &str) -> String {
        let created = self.ask(request(RequestType::Post, &format!("rd?{query}"), OBJECTS));
        assert_eq!(created.header.code, response(ResponseType::Created));
        assert!(matches!(self.event(), Event::Registered { .. }));
        let segments = created
            .get_option(CoapOption::LocationPath)
            .expect("a location");
        let segments: Vec<_> = segments
            .iter()
            .map(|s| String::from_utf8_lossy(s).into_owned())
            .collect();
        segments.join("/")
    }

    /// Makes the server observe `/3303/0/5700` and gives the token.
    pub fn observed(&mut self) -> Vec<u8> {
        self.server
            .observe(self.now, "device", "/3303/0/5700", None)
            .expect("registered");
        let get = self.expect_sent();
        let mut content = answer(&get, ResponseType::Content);
        content.set_observe_value(10);
        self.deliver(&content);
        assert!(matches!(self.event(), Event::Response(answer) if answer.observe == Some(10)));
        get.get_token().to_vec()
    }
}

/// A confirmable notification; [`Bench::ask`] gives it a message ID.
pub fn notification(token: &[u8], observe: u32) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = response(ResponseType::Content);
    packet.set_token(token.to_vec());
    packet.set_observe_value(observe);
    packet.set_content_format(ContentFormat::TextPlain);
    packet.payload = b"22.5".to_vec();
    packet
}
