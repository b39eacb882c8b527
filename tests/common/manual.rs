//! A server by hand: it registers the device and then says only what the test has it say, message
//! by message, without a way in between.

use std::ops::{Deref, DerefMut};

use client_lite::{Event, Notifications, RegisterReason};
use coap_lite::option_value::{OptionValueU16, OptionValueU32};
use coap_lite::{CoapOption, MessageType, Packet, RequestType, ResponseType};
use demo_server::Operation;

use super::{Peer, Setup, TEMPERATURE, World, answer, bytes, created, empty, operation};

/// A world whose server is the test.
pub struct Manual {
    world: World,
    next_id: u16,
}

impl Manual {
    /// A registered device, nothing outstanding.
    pub fn new(seed: u64) -> Self {
        Self::of(Setup::new(seed).build())
    }

    /// The same with the device of this world.
    pub fn of(mut world: World) -> Self {
        world.peer = Peer::answering(willing);
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        world.wire.clear();
        Self {
            world,
            next_id: 0x1000,
        }
    }

    /// A confirmable request with a message id and token of its own.
    pub fn request(&mut self, method: RequestType, path: &str) -> Packet {
        self.next_id += 1;
        let mut packet = super::request(method, path, self.next_id);
        if path == "/" {
            // As one segment without text, which means the same as none.
            packet.add_option(CoapOption::UriPath, Vec::new());
        }
        packet
    }

    /// A request to observe.
    pub fn observe_request(&mut self, path: &str) -> Packet {
        let mut packet = self.request(RequestType::Get, path);
        packet.set_observe_value(0);
        packet
    }

    /// Delivers a message; what the device says to it at once.
    pub fn say(&mut self, packet: &Packet) -> Vec<Packet> {
        self.say_bytes(&bytes(packet))
    }

    /// Delivers a datagram; what the device says to it at once.
    pub fn say_bytes(&mut self, datagram: &[u8]) -> Vec<Packet> {
        let before = self.world.wire.datagrams.len();
        self.world.deliver(datagram);
        self.sent_since(before)
    }

    /// Delivers a request; the answer, which is all that the device says.
    #[track_caller]
    pub fn ask(&mut self, packet: &Packet) -> Packet {
        let mut said = self.say(packet);
        assert_eq!(said.len(), 1, "{said:?}");
        let answer = said.remove(0);
        assert_eq!(answer.get_token(), packet.get_token());
        answer
    }

    /// Begins an observation and gives its token.
    #[track_caller]
    pub fn observe(&mut self, path: &str) -> Vec<u8> {
        let request = self.observe_request(path);
        let answer = self.ask(&request);
        assert!(observe(&answer).is_some(), "{answer:?}");
        request.get_token().to_vec()
    }

    /// The value at this path is a new one; what the device says at once.
    pub fn change(&mut self, path: &str) -> Vec<Packet> {
        let before = self.world.wire.datagrams.len();
        self.world.changed(path);
        self.sent_since(before)
    }

    /// A new temperature; what the device says at once.
    pub fn measure(&mut self, celsius: f64) -> Vec<Packet> {
        self.world.objects.temperature.celsius = celsius;
        self.change(TEMPERATURE)
    }

    pub fn acknowledge(&mut self, message: &Packet) -> Vec<Packet> {
        self.say(&empty(
            MessageType::Acknowledgement,
            message.header.message_id,
        ))
    }

    pub fn reset(&mut self, message: &Packet) -> Vec<Packet> {
        self.say(&empty(MessageType::Reset, message.header.message_id))
    }

    fn sent_since(&self, before: usize) -> Vec<Packet> {
        let new = &self.world.wire.datagrams[before..];
        new.iter().map(|datagram| datagram.packet()).collect()
    }
}

impl Deref for Manual {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Manual {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

/// The success that each request of a device hopes for.
pub fn willing(request: &Packet) -> Option<Packet> {
    Some(match operation(request)? {
        Operation::Register => created(request, &["rd", "1"]),
        Operation::Deregister => answer(request, ResponseType::Deleted),
        _ => answer(request, ResponseType::Changed),
    })
}

/// The same as a non-confirmable message.
pub fn non(mut packet: Packet) -> Packet {
    packet.header.set_type(MessageType::NonConfirmable);
    packet
}

pub fn with_body(mut packet: Packet, format: u16, body: &[u8]) -> Packet {
    packet.add_option_as(CoapOption::ContentFormat, OptionValueU16(format));
    packet.payload = body.to_vec();
    packet
}

pub fn with_accept(mut packet: Packet, format: u16) -> Packet {
    packet.add_option_as(CoapOption::Accept, OptionValueU16(format));
    packet
}

/// `2.05` and the like.
pub fn code(packet: &Packet) -> String {
    packet.header.get_code()
}

/// The number in the Observe option.
pub fn observe(packet: &Packet) -> Option<u32> {
    let value = packet.get_first_option_as::<OptionValueU32>(CoapOption::Observe)?;
    Some(value.expect("a number").0)
}

/// A device that wants each of its notifications acknowledged.
pub fn confirming(seed: u64) -> Setup {
    let mut setup = Setup::new(seed);
    setup.config.notifications = Notifications::Confirmable;
    setup
}

pub fn kind(packet: &Packet) -> MessageType {
    packet.header.get_type()
}

/// The one notification that was said.
#[track_caller]
pub fn notification(said: Vec<Packet>) -> Packet {
    let [notification] = said.as_slice() else {
        panic!("not one message: {said:?}");
    };
    assert_eq!(code(notification), "2.05");
    assert!(observe(notification).is_some());
    notification.clone()
}

/// Whether the one number is newer than the other (RFC 7641, 3.4).
pub fn is_newer(one: u32, other: u32) -> bool {
    (other < one && one - other < 1 << 23) || (other > one && other - one > 1 << 23)
}

/// The payload as text.
pub fn text(packet: &Packet) -> &str {
    str::from_utf8(&packet.payload).expect("UTF-8")
}
