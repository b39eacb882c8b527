//! Base64 (RFC 4648): padded in plain text (LwM2M Core 1.1, Appendix C), without padding and with
//! the alphabet for URLs in SenML's JSON (RFC 8428, 4.3).

use crate::buffer::Buffer;

/// The alphabet with `+` and `/`, padded with `=`.
pub(crate) fn put(buffer: &mut Buffer<'_>, bytes: &[u8]) {
    put_groups(buffer, bytes, b'+', b'/');
    for _ in 0..(3 - bytes.len() % 3) % 3 {
        buffer.byte(b'=');
    }
}

/// The alphabet with `-` and `_`, not padded.
pub(crate) fn put_url(buffer: &mut Buffer<'_>, bytes: &[u8]) {
    put_groups(buffer, bytes, b'-', b'_');
}

fn put_groups(buffer: &mut Buffer<'_>, bytes: &[u8], plus: u8, slash: u8) {
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .zip([16, 8, 0])
            .fold(0, |bits, (byte, shift)| bits | (u32::from(*byte) << shift));
        for place in 0..=group.len() as u32 {
            buffer.byte(match (bits >> (18 - 6 * place)) as u8 & 0x3f {
                digit @ 0..26 => b'A' + digit,
                digit @ 26..52 => b'a' + digit - 26,
                digit @ 52..62 => b'0' + digit - 52,
                62 => plus,
                _ => slash,
            });
        }
    }
}

/// What a text in either alphabet, padded or not, stands for; it takes the text's place. None where
/// it is no such text, or not the one that its bytes have.
pub(crate) fn decode(text: &mut [u8]) -> Option<&[u8]> {
    let mut length = text.len();
    if length.is_multiple_of(4) {
        let padding = text.iter().rev().take(2).take_while(|byte| **byte == b'=');
        length -= padding.count();
    }
    let (mut bits, mut count, mut end) = (0_u32, 0, 0);
    for place in 0..length {
        bits = (bits << 6) | u32::from(digit(*text.get(place)?)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            *text.get_mut(end)? = (bits >> count) as u8;
            end += 1;
        }
    }
    // What is left over is less than a digit, and zero.
    let rest = bits & ((1 << count) - 1);
    (count < 6 && rest == 0).then(|| text.get(..end))?
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        decode(&mut text.as_bytes().to_vec()).map(<[u8]>::to_vec)
    }

    fn written(bytes: &[u8], put: fn(&mut Buffer<'_>, &[u8])) -> std::string::String {
        let mut room = [0; 512];
        let mut buffer = Buffer::new(&mut room);
        put(&mut buffer, bytes);
        str::from_utf8(buffer.written_since(0)).unwrap().into()
    }

    /// RFC 4648, 10, and LwM2M Core 1.1, Appendix C.
    #[test]
    fn the_test_vectors() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg=="),
            (b"fooba", "Zm9vYmE="),
            (b"foobar", "Zm9vYmFy"),
            (b"\x01\x02\x03\x04\x05", "AQIDBAU="),
            (b"\xfb\xff\xbf", "+/+/"),
        ] {
            assert_eq!(written(bytes, put), text);
            assert_eq!(decoded(text).as_deref(), Some(bytes), "{text}");
            let bare = text.trim_end_matches('=');
            assert_eq!(decoded(bare).as_deref(), Some(bytes), "{bare}");
            {
                let url = bare.replace('+', "-").replace('/', "_");
                assert_eq!(written(bytes, put_url), url);
                assert_eq!(decoded(&url).as_deref(), Some(bytes), "{url}");
            }
        }
    }

    #[test]
    fn what_is_no_base64() {
        for text in [
            "Z",
            "Zg=",
            "Zg===",
            "Zm9vY",
            "Zm 9",
            "Zm9v\n",
            "=",
            "====",
            "Zh==",
            "Zm9=",
            "Z=g=",
            "Zm9vYmE=Zm9v",
            "\u{e9}aaa",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decoded(&written(&bytes, put)), Some(bytes));
        }
    }
}
