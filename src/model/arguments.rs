//! The arguments of an Execute (LwM2M Core 1.1, 7.4.5).

use core::str;

use crate::error::Refusal;
use crate::split::split;

/// The arguments of an Execute, in their order: each a digit that comes once, with a text or without.
///
/// ```
/// use client_lite::{Arguments, Refusal};
///
/// let mut arguments = Arguments::parse(b"0='42',3")?;
/// assert_eq!(arguments.next(), Some((0, Some("42"))));
/// assert_eq!(arguments.next(), Some((3, None)));
/// assert_eq!(arguments.next(), None);
/// assert_eq!(Arguments::parse(b"42").err(), Some(Refusal::BadRequest));
/// # Ok::<(), Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Arguments<'a> {
    rest: &'a [u8],
}

impl<'a> Arguments<'a> {
    /// Reads what [`Object::execute`](crate::Object::execute) was given.
    ///
    /// # Errors
    ///
    /// [`Refusal::BadRequest`] where it is no list of arguments, or a digit comes twice (LwM2M Core
    /// 1.2.1).
    pub fn parse(text: &'a [u8]) -> Result<Self, Refusal> {
        let mut rest = text;
        let mut seen = 0_u16;
        while !rest.is_empty() {
            let ((digit, _), behind) = argument(rest).ok_or(Refusal::BadRequest)?;
            if seen & (1 << digit) != 0 {
                return Err(Refusal::BadRequest);
            }
            seen |= 1 << digit;
            rest = match behind {
                [] => behind,
                [b',', next @ ..] if !next.is_empty() => next,
                _ => return Err(Refusal::BadRequest),
            };
        }
        Ok(Self { rest: text })
    }

    /// The text of the argument of this digit; `None` where there is none, or no text.
    pub fn text(&self, digit: u8) -> Option<&'a str> {
        self.clone()
            .find_map(|(other, text)| (other == digit).then_some(text))?
    }
}

impl<'a> Iterator for Arguments<'a> {
    type Item = Argument<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (first, behind) = argument(self.rest)?;
        self.rest = behind.strip_prefix(b",").unwrap_or(behind);
        Some(first)
    }
}

type Argument<'a> = (u8, Option<&'a str>);

/// The first argument, and what stands behind it.
fn argument(list: &[u8]) -> Option<(Argument<'_>, &[u8])> {
    let (&digit @ b'0'..=b'9', rest) = list.split_first()? else {
        return None;
    };
    let digit = digit - b'0';
    let [b'=', b'\'', rest @ ..] = rest else {
        return Some(((digit, None), rest));
    };
    let (text, rest) = split(rest, b'\'');
    let is_text = text
        .iter()
        .all(|byte| matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b'\\'));
    let text = str::from_utf8(text).ok().filter(|_| is_text)?;
    Some(((digit, Some(text)), rest.get(1..)?))
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    /// The examples of LwM2M Core 1.1, 7.4.5.
    #[test]
    fn the_examples_of_the_specification() {
        let read = |text: &'static str| -> Vec<(u8, Option<&str>)> {
            Arguments::parse(text.as_bytes()).unwrap().collect()
        };
        assert_eq!(read("5"), [(5, None)]);
        assert_eq!(read("2='10.3'"), [(2, Some("10.3"))]);
        assert_eq!(
            read("7,0='https://www.oma.org'"),
            [(7, None), (0, Some("https://www.oma.org"))]
        );
        assert_eq!(
            read("0,1,2,3,4"),
            [0, 1, 2, 3, 4].map(|digit| (digit, None))
        );
        assert_eq!(read(""), []);
        assert_eq!(read("1=''"), [(1, Some(""))]);
    }

    #[test]
    fn what_is_no_list_of_arguments() {
        for text in [
            "a",
            "10",
            "1,",
            ",1",
            "1=2",
            "1='2",
            "1='2'3",
            "1=''',2",
            "1='a b'",
            "1='\"'",
            "1='\\'",
            "1 ",
            "1,,2",
            "1='\u{e9}'",
            "1,2,1",
            "0='x',0='y'",
        ] {
            assert!(Arguments::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn an_argument_is_found_by_its_digit() {
        let arguments = Arguments::parse(b"1,0='x'").unwrap();
        assert_eq!(arguments.text(0), Some("x"));
        assert_eq!(arguments.text(1), None);
        assert_eq!(arguments.text(2), None);
    }
}
