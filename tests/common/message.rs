//! CoAP messages as `coap-lite` has them, which shares no code with the client.

use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType, ResponseType};
use demo_server::Operation;

/// The message of a datagram that is one.
pub fn packet(datagram: &[u8]) -> Packet {
    Packet::from_bytes(datagram).expect("a CoAP message")
}

pub fn bytes(packet: &Packet) -> Vec<u8> {
    packet.to_bytes().expect("a packet that can be written")
}

/// What a client's request is, by its method and path; `None` for anything else.
pub fn operation(packet: &Packet) -> Option<Operation> {
    let MessageClass::Request(method) = packet.header.code else {
        return None;
    };
    let path = texts(packet, CoapOption::UriPath);
    let path: Vec<_> = path.iter().map(String::as_str).collect();
    Some(match (method, path.as_slice()) {
        (RequestType::Post, ["rd"]) => Operation::Register,
        (RequestType::Post, ["bs"]) => Operation::BootstrapRequest,
        (RequestType::Post, ["dp"]) => Operation::Send,
        (RequestType::Post, _) => Operation::Update,
        (RequestType::Delete, _) => Operation::Deregister,
        _ => return None,
    })
}

/// A confirmable request, whose token is its message ID.
pub fn request(method: RequestType, path: &str, message_id: u16) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::Request(method);
    packet.header.message_id = message_id;
    packet.set_token(message_id.to_be_bytes().to_vec());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        packet.add_option(CoapOption::UriPath, segment.into());
    }
    packet
}

/// The answer to a request, piggybacked on its acknowledgement.
pub fn answer(request: &Packet, code: ResponseType) -> Packet {
    let mut packet = Packet::new();
    packet.header.code = MessageClass::Response(code);
    packet.header.set_type(MessageType::Acknowledgement);
    packet.header.message_id = request.header.message_id;
    packet.set_token(request.get_token().to_vec());
    packet
}

/// 2.01 with this Location-Path.
pub fn created(request: &Packet, location: &[&str]) -> Packet {
    let mut packet = answer(request, ResponseType::Created);
    for segment in location {
        packet.add_option(CoapOption::LocationPath, segment.as_bytes().to_vec());
    }
    packet
}

/// The same with a critical option that nobody knows.
pub fn with_unknown_option(mut packet: Packet) -> Packet {
    packet.add_option(CoapOption::Unknown(65_001), vec![1]);
    packet
}

/// An empty message: an acknowledgement, a Reset, or a ping.
pub fn empty(kind: MessageType, message_id: u16) -> Packet {
    let mut packet = Packet::new();
    packet.header.set_type(kind);
    packet.header.code = MessageClass::Empty;
    packet.header.message_id = message_id;
    packet
}

/// The values of a text option, in their order.
pub fn texts(packet: &Packet, option: CoapOption) -> Vec<String> {
    packet
        .get_option(option)
        .into_iter()
        .flatten()
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect()
}

/// The Uri-Query parameters, in their order.
pub fn queries(packet: &Packet) -> Vec<String> {
    texts(packet, CoapOption::UriQuery)
}

/// The error detail for an answer of this code.
pub fn answered(code: ResponseType) -> client_lite::Detail {
    client_lite::Detail::Response(MessageClass::Response(code).into())
}
