//! The message format (RFC 7252, 3): a view of a received datagram, and a writer in place.

use coap_lite::{CoapOption, MessageClass, MessageType, RequestType, ResponseType};

use crate::archive::Archive;
use crate::buffer::{Buffer, copy};
use crate::feature;

/// A received message; options and payload stay in the datagram.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) kind: MessageType,
    pub(crate) code: u8,
    pub(crate) id: u16,
    pub(crate) token: Token,
    options: &'a [u8],
    /// The first critical option that is not understood.
    pub(crate) unknown: Option<u16>,
    pub(crate) payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// Checks the whole message; what comes out holds nothing that a later step could stumble over.
    pub(crate) fn parse(datagram: &'a [u8]) -> Result<Self, ParseError> {
        let (&[first, code, id_high, id_low], rest) =
            datagram.split_first_chunk().ok_or(ParseError::NotCoap)?;
        // Other versions MUST be silently ignored (3).
        if first >> 6 != 1 {
            return Err(ParseError::NotCoap);
        }
        let kind = match (first >> 4) & 3 {
            0 => MessageType::Confirmable,
            1 => MessageType::NonConfirmable,
            2 => MessageType::Acknowledgement,
            _ => MessageType::Reset,
        };
        let id = u16::from_be_bytes([id_high, id_low]);
        let malformed = ParseError::Malformed { kind, id };
        let (token, rest) = rest
            .split_at_checked((first & 0x0f).into())
            .ok_or(malformed)?;
        let token = Token::new(token).ok_or(malformed)?;
        // An empty message has nothing behind its message id (4.1).
        if code == EMPTY && datagram.len() != 4 {
            return Err(malformed);
        }
        let mut options = Options::new(rest);
        let (mut unknown, mut before) = (None, 0);
        for (number, value) in options.by_ref() {
            let again = core::mem::replace(&mut before, number) == number;
            if unknown.is_none() && !understands(number, value.len(), again) {
                unknown = Some(number);
            }
        }
        let payload = options.payload().ok_or(malformed)?;
        Ok(Self {
            kind,
            code,
            id,
            token,
            options: rest,
            unknown,
            payload,
        })
    }

    /// Whether a block option says that another block follows: the bit M of its last byte (RFC 7959, 2.2).
    pub(crate) fn has_more(&self, option: CoapOption) -> bool {
        let last = self.option(option).and_then(<[u8]>::last);
        last.is_some_and(|last| last & 8 != 0)
    }

    /// The same message with another payload.
    pub(crate) fn with_payload<'b>(&self, payload: &'b [u8]) -> Message<'b>
    where
        'a: 'b,
    {
        Message { payload, ..*self }
    }

    /// Whether the code is in one of the response classes 2.xx, 4.xx and 5.xx (12.1.2).
    pub(crate) fn is_response(&self) -> bool {
        matches!(self.code >> 5, 2 | 4 | 5)
    }

    /// Whether the message stands for itself, and neither acknowledges nor rejects another one.
    pub(crate) fn is_own(&self) -> bool {
        matches!(
            self.kind,
            MessageType::Confirmable | MessageType::NonConfirmable
        )
    }

    /// Whether the code is in the request class 0.xx and not the empty message.
    pub(crate) fn is_request(&self) -> bool {
        self.code >> 5 == 0 && self.code != EMPTY
    }

    /// Whether this is a request of the given method.
    #[inline(always)]
    pub(crate) fn asks(&self, method: RequestType) -> bool {
        self.code == request_code(method)
    }

    /// Whether this is a response of the given code.
    #[inline(always)]
    pub(crate) fn is(&self, response: ResponseType) -> bool {
        self.code == response_code(response)
    }

    /// The options in the message's order, each with its number and value.
    pub(crate) fn options(&self) -> Options<'a> {
        Options::new(self.options)
    }

    /// The first option of the given number.
    #[inline(always)]
    pub(crate) fn option(&self, option: CoapOption) -> Option<&'a [u8]> {
        let number = u16::from(option);
        self.options()
            .find_map(|(candidate, value)| (candidate == number).then_some(value))
    }
}

/// Whether a critical option is one that this client understands in a request or a response: one of
/// a length that it cannot have, or that comes again where it may stand once, is not. Those that
/// are not critical may be ignored (5.4).
fn understands(number: u16, length: usize, again: bool) -> bool {
    let is = |option: CoapOption| number == u16::from(option);
    let repeatable = is(CoapOption::UriPath) || is(CoapOption::UriQuery);
    let longest = if repeatable || is(CoapOption::UriHost) {
        255
    } else if is(CoapOption::UriPort) || is(CoapOption::Accept) {
        2
    } else if feature::Block::IS_ON && (is(CoapOption::Block1) || is(CoapOption::Block2)) {
        3
    } else {
        return number & 1 == 0;
    };
    let shortest = is(CoapOption::UriHost).into();
    (shortest..=longest).contains(&length) && (repeatable || !again)
}

/// The code of an empty message.
pub(crate) const EMPTY: u8 = 0;

/// Why a datagram is not taken as a message.
#[derive(Clone, Copy)]
pub(crate) enum ParseError {
    /// Too short for a header, or of another version: to be ignored.
    NotCoap,
    /// A message format error (4.2): a confirmable message is rejected with a Reset.
    Malformed { kind: MessageType, id: u16 },
}

/// Walks over the options (3.1).
pub(crate) struct Options<'a> {
    rest: &'a [u8],
    number: u16,
    valid: bool,
}

impl<'a> Options<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            number: 0,
            valid: true,
        }
    }

    /// What stands behind the options, once all were walked over; `None` where they are malformed.
    fn payload(&self) -> Option<&'a [u8]> {
        match (self.valid, self.rest) {
            (true, []) => Some(&[]),
            // A marker with nothing behind it is a format error (3).
            (true, [MARKER, payload @ ..]) if !payload.is_empty() => Some(payload),
            _ => None,
        }
    }

    fn step(&mut self) -> Option<(u16, &'a [u8])> {
        let (&head, rest) = self.rest.split_first()?;
        let (delta, rest) = extended(head >> 4, rest)?;
        let (length, rest) = extended(head & 0x0f, rest)?;
        let number = self.number.checked_add(delta)?;
        let (value, rest) = rest.split_at_checked(length.into())?;
        self.number = number;
        self.rest = rest;
        Some((number, value))
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.rest, [] | [MARKER, ..]) {
            return None;
        }
        let option = self.step();
        self.valid = option.is_some();
        if !self.valid {
            self.rest = &[];
        }
        option
    }
}

/// An option's delta or length: a nibble with its extension bytes.
fn extended(nibble: u8, rest: &[u8]) -> Option<(u16, &[u8])> {
    match nibble {
        0..13 => Some((nibble.into(), rest)),
        13 => {
            let (&byte, rest) = rest.split_first()?;
            Some((13 + u16::from(byte), rest))
        }
        14 => {
            let (bytes, rest) = rest.split_first_chunk()?;
            Some((u16::from_be_bytes(*bytes).checked_add(269)?, rest))
        }
        // Reserved for the payload marker.
        _ => None,
    }
}

/// An option's value read as an unsigned integer (3.2); `None` where it is longer than the option
/// may be.
pub(crate) fn uint(value: &[u8], longest: usize) -> Option<u32> {
    (value.len() <= longest).then(|| {
        value
            .iter()
            .fold(0, |number, byte| (number << 8) | u32::from(*byte))
    })
}

/// A token of up to eight bytes.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Token {
    bytes: [u8; 8],
    len: u8,
}

impl Token {
    /// A token that no message has.
    pub(crate) const NONE: Self = Self {
        bytes: [0; 8],
        len: u8::MAX,
    };

    fn new(token: &[u8]) -> Option<Self> {
        let mut bytes = [0; 8];
        bytes
            .get_mut(..token.len())?
            .iter_mut()
            .zip(token)
            .for_each(|(to, from)| *to = *from);
        Some(Self {
            bytes,
            len: token.len() as u8,
        })
    }

    /// Four bytes, for requests without security.
    pub(crate) fn random(random: u32) -> Self {
        let [a, b, c, d] = random.to_be_bytes();
        Self {
            bytes: [a, b, c, d, 0, 0, 0, 0],
            len: 4,
        }
    }

    /// The fewest bytes that hold a sequence number (RFC 9175, 4.2).
    pub(crate) fn sequence(number: u32) -> Self {
        let len = (4 - (number.leading_zeros() / 8) as u8).max(1);
        let [a, b, c, d] = (number << (32 - 8 * u32::from(len))).to_be_bytes();
        Self {
            bytes: [a, b, c, d, 0, 0, 0, 0],
            len,
        }
    }

    /// Two bytes, the higher one first.
    pub(crate) fn pair(number: u16) -> Self {
        let [high, low] = number.to_be_bytes();
        Self {
            bytes: [high, low, 0, 0, 0, 0, 0, 0],
            len: 2,
        }
    }

    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.u8(&mut self.len);
        archive.bytes(&mut self.bytes);
        if self.len > 8 && self.len != Self::NONE.len {
            archive.refuse();
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len.into()).unwrap_or_default()
    }
}

/// What stands before a message's options, other than its code.
#[derive(Clone, Copy)]
pub(crate) struct Header<'m> {
    pub(crate) kind: MessageType,
    pub(crate) id: u16,
    pub(crate) token: &'m Token,
}

/// Writes one message: header first, then options in ascending order, then the payload.
pub(crate) struct Writer<'b> {
    buffer: Buffer<'b>,
    number: u16,
    payload: Option<usize>,
    /// Where the options begin.
    first_option: usize,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(bytes: &'b mut [u8], code: u8, header: &Header<'_>) -> Self {
        let Header { kind, id, token } = header;
        let kind = match kind {
            MessageType::Confirmable => 0,
            MessageType::NonConfirmable => 1,
            MessageType::Acknowledgement => 2,
            MessageType::Reset => 3,
        };
        let [high, low] = id.to_be_bytes();
        copy(&[0x40 | (kind << 4) | token.len, code, high, low], bytes);
        copy(token.as_bytes(), bytes.get_mut(4..).unwrap_or_default());
        let first_option = 4 + usize::from(token.len);
        Self {
            buffer: Buffer::behind(bytes, first_option),
            number: 0,
            payload: None,
            first_option,
        }
    }

    /// An option whose value is the concatenation of `parts`. Numbers never descend.
    #[inline(always)]
    pub(crate) fn option(&mut self, option: CoapOption, parts: &[&[u8]]) {
        // Inlined, so that no table of all options is linked.
        self.put_option(option.into(), parts);
    }

    /// An option whose value is a number in the fewest bytes (3.2).
    #[inline(always)]
    pub(crate) fn option_uint(&mut self, option: CoapOption, value: u32) {
        self.put_option_uint(option.into(), value);
    }

    #[inline(never)]
    fn put_option_uint(&mut self, number: u16, value: u32) {
        let bytes = value.to_be_bytes();
        let start = (value.leading_zeros() / 8) as usize;
        self.put_option(number, &[bytes.get(start..).unwrap_or_default()]);
    }

    fn put_option(&mut self, number: u16, parts: &[&[u8]]) {
        let head = self.buffer.len();
        self.buffer.byte(0);
        let delta = self.extend(number.wrapping_sub(self.number));
        let length = self.extend(parts.iter().map(|part| part.len() as u16).sum());
        self.buffer.set(head, (delta << 4) | length);
        self.number = number;
        for part in parts {
            self.buffer.put(part);
        }
    }

    /// Writes the extension of an option's delta or length, and gives its nibble (3.1).
    fn extend(&mut self, value: u16) -> u8 {
        match value {
            0..13 => value as u8,
            13..269 => {
                self.buffer.byte((value - 13) as u8);
                13
            }
            _ => {
                self.buffer.put(&(value - 269).to_be_bytes());
                14
            }
        }
    }

    /// Where the payload goes, behind its marker. Once a message.
    #[inline(never)]
    pub(crate) fn payload(&mut self) -> &mut Buffer<'b> {
        self.payload = Some(self.buffer.len());
        self.buffer.byte(MARKER);
        &mut self.buffer
    }

    /// An option whose value is a number, behind the others and before a payload that is there
    /// already.
    #[inline(always)]
    pub(crate) fn add_option_uint(&mut self, option: CoapOption, value: u32) {
        let bytes = value.to_be_bytes();
        let start = (value.leading_zeros() / 8) as usize;
        self.add_option(option.into(), bytes.get(start..).unwrap_or_default());
    }

    /// An option of at most 40 bytes, behind the others and before a payload that is there already.
    #[inline(never)]
    pub(crate) fn add_option(&mut self, number: u16, value: &[u8]) {
        let Some(marker) = self.payload else {
            return self.put_option(number, &[value]);
        };
        let mut bytes = [0; 45];
        let mut writer = Writer {
            buffer: Buffer::new(&mut bytes),
            number: self.number,
            payload: None,
            first_option: 0,
        };
        writer.put_option(number, &[value]);
        self.number = number;
        self.insert(marker, writer.buffer.written_since(0));
    }

    /// An ETag, which goes before all other options that this client writes. There is one at least,
    /// and a payload.
    pub(crate) fn put_etag(&mut self, etag: u32) {
        let first = self.first_option;
        let head = self.buffer.written_since(first).first().copied();
        // That one's number is given by its distance to this one.
        self.buffer
            .set(first, head.unwrap_or_default().wrapping_sub(4 << 4));
        let [a, b, c, d] = etag.to_be_bytes();
        self.insert(first, &[(4 << 4) | 4, a, b, c, d]);
    }

    /// Inserts options before the payload.
    fn insert(&mut self, position: usize, options: &[u8]) {
        self.buffer.insert(position, options);
        self.payload = self.payload.map(|marker| marker + options.len());
    }

    /// The payload that was begun.
    pub(crate) fn body(&mut self) -> Option<&mut Buffer<'b>> {
        self.payload.map(|_| &mut self.buffer)
    }

    /// Whether all that was written is in the message.
    pub(crate) fn fits(&self) -> bool {
        self.fits_with(0)
    }

    /// Whether it is, with so much more behind it.
    pub(crate) fn fits_with(&self, more: usize) -> bool {
        self.buffer.fits_with(more)
    }

    /// The message's length, or `None` where it did not fit.
    #[inline(never)]
    pub(crate) fn finish(&mut self) -> Option<usize> {
        // No marker without a payload (3).
        if let Some(marker) = self.payload
            && self.buffer.len() == marker + 1
        {
            self.buffer.truncate(marker);
        }
        self.fits().then_some(self.buffer.len())
    }
}

/// Writes a message without content (4.1).
pub(crate) fn write_empty(buffer: &mut [u8], kind: MessageType, id: u16) -> Option<usize> {
    let header = Header {
        kind,
        id,
        token: &Token::default(),
    };
    Writer::new(buffer, EMPTY, &header).finish()
}

/// The code of a request.
#[inline(always)]
pub(crate) fn request_code(method: RequestType) -> u8 {
    MessageClass::Request(method).into()
}

/// The code of a response.
#[inline(always)]
pub(crate) fn response_code(response: ResponseType) -> u8 {
    MessageClass::Response(response).into()
}

const MARKER: u8 = 0xff;
