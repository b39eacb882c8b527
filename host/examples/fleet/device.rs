//! What a device says to the server, and what it hears.

use client_lite::Instant;

pub trait Device: Send {
    /// Does what is due, and hands over what it sends.
    fn turn(&mut self, now: Instant, send: &mut impl FnMut(Request));
    /// Takes the answer to a request.
    fn handle_answer(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        send: &mut impl FnMut(Request),
    );
    /// When it has something to do.
    fn poll_timeout(&self) -> Option<Instant>;
}

/// A datagram with a request, sent for the first time or again.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Request {
    pub operation: Operation,
    /// UDP's payload.
    pub bytes: u16,
    pub message_id: u16,
    pub token: [u8; 8],
    pub token_length: u8,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Operation {
    Register,
    Update,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Answer {
    /// 2.01
    Registered,
    /// 2.04
    Updated,
    /// 4.04
    Unknown,
    /// 5.03, with a Max-Age or none.
    Unavailable(Option<u32>),
}

impl Request {
    pub fn token(&self) -> &[u8] {
        &self.token[..self.token_length.into()]
    }
}

impl Answer {
    /// The acknowledgement that the answer comes with (RFC 7252, 5.2.1).
    pub fn write(self, request: &Request) -> Vec<u8> {
        let code = match self {
            Self::Registered => 0x41,
            Self::Updated => 0x44,
            Self::Unknown => 0x84,
            Self::Unavailable(_) => 0xa3,
        };
        let mut message = vec![0x60 | request.token_length, code];
        message.extend(request.message_id.to_be_bytes());
        message.extend(request.token());
        match self {
            Self::Registered => {
                // Location-Path is option 8, of 2 bytes, and again, of 10.
                message.extend(b"\x82rd\x0a0123456789");
            }
            Self::Unavailable(Some(max_age)) => {
                // Max-Age is option 14: a distance of 13 and one more, and a number of up to 4 bytes.
                let bytes = max_age.to_be_bytes();
                let number = &bytes[max_age.leading_zeros() as usize / 8..];
                message.extend([0xd0 | number.len() as u8, 14 - 13]);
                message.extend(number);
            }
            Self::Updated | Self::Unknown | Self::Unavailable(None) => {}
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use coap_lite::{CoapOption, MessageClass, Packet, ResponseType};

    use super::*;

    #[test]
    fn an_answer_is_a_message_of_coap() {
        let request = Request {
            operation: Operation::Register,
            bytes: 0,
            message_id: 0x1234,
            token: [1, 2, 3, 0, 0, 0, 0, 0],
            token_length: 3,
        };
        let read = |answer: Answer| Packet::from_bytes(&answer.write(&request)).expect("CoAP");
        let registered = read(Answer::Registered);
        assert_eq!(
            registered.header.code,
            MessageClass::Response(ResponseType::Created)
        );
        assert_eq!(registered.header.message_id, 0x1234);
        assert_eq!(registered.get_token(), [1, 2, 3]);
        let location = registered.get_option(CoapOption::LocationPath);
        assert_eq!(location.map(|segments| segments.len()), Some(2));
        for (seconds, bytes) in [(0, &[][..]), (60, &[60]), (600, &[2, 88])] {
            let unavailable = read(Answer::Unavailable(Some(seconds)));
            let max_age = unavailable.get_first_option(CoapOption::MaxAge);
            assert_eq!(max_age.map(Vec::as_slice), Some(bytes));
        }
    }
}
