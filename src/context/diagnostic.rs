//! What an error response says in words: its diagnostic payload (RFC 7252, 5.5.2).

use core::fmt;
use core::str;

use coap_lite::CoapOption;
use heapless::String;

use crate::coap::Message;
use crate::describe::{Describe, display};

/// What the server has said about an error, in its own words.
///
/// It is bounded, and shown with its control characters and those that change the direction of
/// writing escaped, so that it can neither forge a line nor steer a terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Diagnostic<'c>(&'c str);

impl<'c> Diagnostic<'c> {
    /// The server's words as they came, with control characters; of longer ones the first 64
    /// bytes.
    pub fn as_str(&self) -> &'c str {
        self.0
    }
}

impl Describe for Diagnostic<'_> {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        let mut write = |character: char| write(character.encode_utf8(&mut [0; 4]));
        for character in self.0.chars() {
            match character {
                '\\' => ['\\', '\\'].into_iter().for_each(&mut write),
                _ if is_harmless(character) => write(character),
                _ => character.escape_unicode().for_each(&mut write),
            }
        }
    }
}

impl fmt::Display for Diagnostic<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        display(self, formatter)
    }
}

fn is_harmless(character: char) -> bool {
    // Marks, separators and overrides of the general punctuation, and the byte order mark.
    !character.is_control()
        && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        && !matches!(character, '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
}

/// The words of the newest error; empty where it had none.
#[derive(Default)]
pub(crate) struct Diagnostics {
    text: String<SIZE>,
}

impl Diagnostics {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
    }

    /// Takes the words of an error response. A payload with a content format is something else.
    pub(crate) fn keep(&mut self, response: &Message<'_>) {
        if response.code >> 5 == 2 {
            return;
        }
        self.clear();
        if response.option(CoapOption::ContentFormat).is_some() {
            return;
        }
        for character in str::from_utf8(response.payload).unwrap_or_default().chars() {
            if self.text.push(character).is_err() {
                break;
            }
        }
    }

    pub(crate) fn get(&self) -> Option<Diagnostic<'_>> {
        (!self.text.is_empty()).then_some(Diagnostic(&self.text))
    }
}

const SIZE: usize = 64;

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::Diagnostic;

    #[test]
    fn it_forges_no_line() {
        for (words, shown) in [
            ("device is blocked", "device is blocked"),
            ("a\nb\r\t\0", r"a\u{a}b\u{d}\u{9}\u{0}"),
            ("\u{1b}[2J\u{9b}0m\u{7f}", r"\u{1b}[2J\u{9b}0m\u{7f}"),
            ("\u{202e}\u{2028}\u{feff}", r"\u{202e}\u{2028}\u{feff}"),
            (r"\u{1b}", r"\\u{1b}"),
            ("gesperrt: Gerät 7 – »x«", "gesperrt: Gerät 7 – »x«"),
        ] {
            assert_eq!(Diagnostic(words).to_string(), shown);
        }
    }
}
