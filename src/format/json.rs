//! JSON's tokens (RFC 8259), read in place: a text keeps its escapes until somebody wants it.

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::split::contains;

/// A text between its quotation marks, with its escapes.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// What the text says: it stands as it is, or in the scratch where it has escapes.
    pub(crate) fn unescape(self, scratch: &'a mut [u8]) -> Result<&'a [u8], Refusal> {
        if contains(self.0, b'\\') {
            return Ok(self.unescape_into(scratch)?);
        }
        Ok(self.0)
    }

    /// What the text says, in the scratch.
    pub(crate) fn unescape_into(self, scratch: &'a mut [u8]) -> Result<&'a mut [u8], Refusal> {
        let mut buffer = Buffer::new(scratch);
        let mut rest = self.0;
        while let [byte, behind @ ..] = rest {
            rest = behind;
            if *byte == b'\\' {
                let character = escaped(&mut rest).ok_or(Refusal::BadRequest)?;
                buffer.put(character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                buffer.byte(*byte);
            }
        }
        let (scratch, length) = buffer.finish();
        let length = length.ok_or(Refusal::TooLarge)?;
        scratch.get_mut(..length).ok_or(Refusal::TooLarge)
    }
}

/// A value that has no others in it, and is no text.
pub(crate) enum Scalar<'a> {
    Number(&'a [u8]),
    Boolean(bool),
    Null,
}

/// Reads tokens one after the other, with the whitespace before them.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    pub(crate) fn is_empty(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Steps over a structural character; whether it is there.
    pub(crate) fn take(&mut self, structural: u8) -> bool {
        let is_there = self.peek() == Some(structural);
        if is_there {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        is_there
    }

    /// Whether an array or an object has another element, that is next; steps over the comma before
    /// it, or the end. None where there is neither.
    pub(crate) fn has_element(&mut self, is_first: &mut bool, end: u8) -> Option<bool> {
        if self.take(end) {
            return Some(false);
        }
        let is_first = core::mem::replace(is_first, false);
        (is_first || self.take(b',')).then_some(true)
    }

    /// The name of an object's next member.
    pub(crate) fn name(&mut self) -> Option<Text<'a>> {
        let name = self.text()?;
        self.take(b':').then_some(name)
    }

    pub(crate) fn scalar(&mut self) -> Option<Scalar<'a>> {
        self.peek()?;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = self.rest.iter().take_while(|byte| is_part(byte)).count();
        let (word, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(match word {
            b"true" => Scalar::Boolean(true),
            b"false" => Scalar::Boolean(false),
            b"null" => Scalar::Null,
            _ if is_number(word) => Scalar::Number(word),
            _ => return None,
        })
    }

    pub(crate) fn number(&mut self) -> Option<&'a [u8]> {
        match self.scalar()? {
            Scalar::Number(number) => Some(number),
            _ => None,
        }
    }

    /// Steps over a value of at most `depth` arrays and objects in each other.
    pub(crate) fn skip(&mut self, depth: u8) -> Option<()> {
        let (is_object, end) = match self.peek()? {
            b'{' => (true, b'}'),
            b'[' => (false, b']'),
            b'"' => return self.text().map(|_| ()),
            _ => return self.scalar().map(|_| ()),
        };
        let depth = depth.checked_sub(1)?;
        self.rest = self.rest.get(1..)?;
        let mut is_first = true;
        while self.has_element(&mut is_first, end)? {
            if is_object {
                self.name()?;
            }
            self.skip(depth)?;
        }
        Some(())
    }

    /// A value that is a text.
    pub(crate) fn text(&mut self) -> Option<Text<'a>> {
        if !self.take(b'"') {
            return None;
        }
        let mut is_escaped = false;
        let length = self.rest.iter().position(|byte| {
            let is_end = !is_escaped && *byte == b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            is_end || *byte < b' '
        })?;
        let (text, end) = self.rest.split_at_checked(length)?;
        self.rest = end.strip_prefix(b"\"")?;
        Some(Text(text))
    }

    fn peek(&mut self) -> Option<u8> {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
        self.rest.first().copied()
    }
}

/// Whether a word is a number (6): no zero leads, and each part has a digit.
fn is_number(word: &[u8]) -> bool {
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let (whole, rest) = split_digits(word);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => split_digits(rest),
        rest => (&b"0"[..], rest),
    };
    let (exponent, rest) = match rest {
        [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => split_digits(rest),
        rest => (&b"0"[..], rest),
    };
    let is_whole = matches!(whole, [b'0'] | [b'1'..=b'9', ..]);
    is_whole && !fraction.is_empty() && !exponent.is_empty() && rest.is_empty()
}

/// The digits at the start of a text, and what follows them.
fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at_checked(count).unwrap_or_default()
}

/// The character of an escape, behind its backslash (7).
fn escaped(rest: &mut &[u8]) -> Option<char> {
    let (kind, behind) = rest.split_first()?;
    *rest = behind;
    Some(match kind {
        b'"' | b'\\' | b'/' => (*kind).into(),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let mut code = code_unit(rest)?;
            if let 0xd800..0xdc00 = code {
                *rest = rest.strip_prefix(b"\\u")?;
                let low = code_unit(rest)?.checked_sub(0xdc00)?;
                code = 0x1_0000 + ((code - 0xd800) << 10) + low;
                if low >= 0x400 {
                    return None;
                }
            }
            char::from_u32(code)?
        }
        _ => return None,
    })
}

/// Four hexadecimal digits.
fn code_unit(rest: &mut &[u8]) -> Option<u32> {
    let (digits, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    digits.iter().try_fold(0, |code, digit| {
        Some((code << 4) | char::from(*digit).to_digit(16)?)
    })
}

/// A text in quotation marks.
pub(crate) fn put_text(buffer: &mut Buffer<'_>, text: &str) {
    buffer.byte(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => buffer.put(&[b'\\', byte]),
            0..0x20 => {
                let low = byte & 0x0f;
                let letter = if low < 10 { b'0' } else { b'a' - 10 };
                buffer.put(&[b'\\', b'u', b'0', b'0', b'0' + (byte >> 4), letter + low]);
            }
            _ => buffer.byte(byte),
        }
    }
    buffer.byte(b'"');
}
