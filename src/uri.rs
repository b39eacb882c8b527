//! Server URIs (RFC 7252, 6; LwM2M Core 1.1, /0/x/0): `coap://host[:port]` and `coaps://host[:port]`,
//! with an optional query.

use core::fmt::{self, Write};
use core::str;

use heapless::String;

use crate::feature;
use crate::number::digits;
use crate::split::{contains, split};

/// A server URI, taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServerUri<'a> {
    /// Whether the scheme is `coaps`, that is, CoAP over DTLS.
    pub secure: bool,
    /// The name or address.
    pub host: Host<'a>,
    /// The port, 5683 for `coap` and 5684 for `coaps` where the URI has none.
    pub port: u16,
    /// What stands behind `?`, empty where there is none.
    pub query: &'a str,
}

impl<'a> ServerUri<'a> {
    /// Takes a URI apart, or says which part of it cannot be used.
    ///
    /// A path other than `/` is refused: LwM2M has no place for it.
    ///
    /// ```
    /// use client_lite::ServerUri;
    /// let uri = ServerUri::parse("coaps://[2001:db8::1]:5694?iep=0123").unwrap();
    /// assert_eq!((uri.host.to_string().as_str(), uri.port, uri.secure), ("2001:db8::1", 5694, true));
    /// assert_eq!(uri.parameter("iep"), Some("0123"));
    /// ```
    pub fn parse(uri: &'a str) -> Result<Self, UriError> {
        let (scheme, rest) = split(uri.as_bytes(), b':');
        let secure = scheme.len() == 5;
        // Letters only differ in this bit from those of the other case.
        let mut letters = scheme.iter().zip(b"coaps");
        let is_coap = letters.all(|(byte, letter)| byte | 0x20 == *letter);
        let rest = match rest {
            [b':', b'/', b'/', rest @ ..] if is_coap && (secure || scheme.len() == 4) => rest,
            _ => return Err(UriError::Scheme),
        };
        let (place, query) = split(rest, b'?');
        let (authority, path) = split(place, b'/');
        if path.len() > 1 || contains(rest, b'#') || contains(authority, b'@') {
            return Err(UriError::Path);
        }
        let (host, behind) = match authority {
            [b'[', bracketed @ ..] => match split(bracketed, b']') {
                (host, [b']', behind @ ..]) if contains(host, b':') => (host, behind),
                _ => return Err(UriError::Host),
            },
            _ => split(authority, b':'),
        };
        let host = Host(host);
        if !host.is_sound(matches!(authority, [b'[', ..])) {
            return Err(UriError::Host);
        }
        // An empty port is none (RFC 3986, 3.2.3).
        let usual = if secure { 5684 } else { 5683 };
        let port = match behind {
            [] | [b':'] => Some(usual),
            [b':', digits @ ..] => digits::parse(digits).filter(|port| *port != 0),
            _ => None,
        };
        Ok(Self {
            secure,
            host,
            port: port.ok_or(UriError::Port)?,
            query: text(query.get(1..).unwrap_or_default()),
        })
    }

    /// The value of a query parameter `name=value`.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.query.as_bytes();
        loop {
            let (pair, behind) = split(rest, b'&');
            match pair.strip_prefix(name.as_bytes()) {
                Some([b'=', value @ ..]) => return Some(text(value)),
                _ => rest = behind.get(1..)?,
            }
        }
    }
}

/// The host of a server URI: a name, an IPv4 address, or an IPv6 address without its brackets, behind
/// which a zone may stand, such as `fe80::1%eth0` (RFC 6874).
#[derive(Clone, Copy)]
pub struct Host<'a>(&'a [u8]);

impl<'a> Host<'a> {
    /// What a resolver is asked for, 1 to 255 bytes of ASCII: percent-encodings are undone (RFC 3986,
    /// 2.1), and the case is the URI's.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let mut rest = self.0;
        core::iter::from_fn(move || next(&mut rest))
    }

    /// The same as text.
    pub fn to_name(&self) -> String<255> {
        let mut name = String::new();
        for byte in self.bytes() {
            // There is room for a host of any length.
            let _ = name.push(byte.into());
        }
        name
    }

    /// Whether it can be a name, or in brackets an IPv6 address, perhaps with a zone; a name of the DNS
    /// has at most 255 bytes (RFC 1035, 2.3.4). The rest the platform's resolver finds out, and in a
    /// device without bootstrap, whose URI no server has written, all of it.
    fn is_sound(&self, bracketed: bool) -> bool {
        let is_looked_at = |host: &Self| {
            let begins = |byte: &u8| *byte == b':' || hex(*byte).is_some();
            (!bracketed || host.0.first().is_some_and(begins))
                && host.bytes().all(|byte| {
                    byte.is_ascii_graphic() && (bracketed || !matches!(byte, b'%' | b':'))
                })
        };
        (1..=255).contains(&self.0.len()) && (!feature::Bootstrap::IS_ON || is_looked_at(self))
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes()
            .try_for_each(|byte| formatter.write_char(byte.into()))
    }
}

impl fmt::Debug for Host<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

/// By what is asked for, however it is written.
impl PartialEq for Host<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Host<'_> {}

impl PartialEq<str> for Host<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes().eq(other.bytes())
    }
}

/// The part of a server URI that cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UriError {
    /// Neither `coap://` nor `coaps://`.
    Scheme,
    /// No host, one of over 255 characters, or one that is no name, no IPv4 address and no IPv6
    /// address in brackets. A name has letters of ASCII; others in their ASCII form, `xn--`.
    Host,
    /// Not a number from 1 to 65535.
    Port,
    /// A path, user or fragment, which a server URI cannot have.
    Path,
}

impl fmt::Display for UriError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Scheme => "a server URI begins with coap:// or coaps://",
            Self::Host => {
                "the host must be a name or address of 1 to 255 characters, an IPv6 address in brackets"
            }
            Self::Port => "the port must be a number from 1 to 65535",
            Self::Path => "a server URI has no path, user or fragment",
        })
    }
}

impl core::error::Error for UriError {}

/// Takes the next byte, or three that are the percent-encoding of one.
fn next(rest: &mut &[u8]) -> Option<u8> {
    if let [b'%', high, low, behind @ ..] = *rest
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        *rest = behind;
        return Some(high << 4 | low);
    }
    let (byte, behind) = rest.split_first()?;
    *rest = behind;
    Some(*byte)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|digit| digit as u8)
}

/// A part that ends at a separator is as sound a text as the whole.
fn text(part: &[u8]) -> &str {
    str::from_utf8(part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn hosts_ports_and_queries() {
        for (uri, host, port) in [
            ("coap://a", "a", 5683),
            ("coaps://a/", "a", 5684),
            ("coap://a:1", "a", 1),
            ("coap://[::1]", "::1", 5683),
            ("coap://[fe80::1]:65535/?x=1", "fe80::1", 65535),
            ("coap://lwm2m.example.com.", "lwm2m.example.com.", 5683),
            ("coap://192.0.2.1:05683", "192.0.2.1", 5683),
            ("coap://[::ffff:192.0.2.1]", "::ffff:192.0.2.1", 5683),
        ] {
            is(uri, host, port);
        }
        let uri = ServerUri::parse("coap://h?aid=1&iep=x").unwrap();
        assert_eq!(uri.parameter("iep"), Some("x"));
        assert_eq!(uri.parameter("ie"), None);
    }

    /// RFC 3986, 3.1
    #[test]
    fn the_case_of_the_scheme_does_not_matter() {
        for (uri, secure, port) in [
            ("COAP://host", false, 5683),
            ("Coap://host", false, 5683),
            ("COAPS://host", true, 5684),
            ("coapS://host", true, 5684),
        ] {
            is(uri, "host", port);
            assert_eq!(ServerUri::parse(uri).unwrap().secure, secure, "{uri}");
        }
        for uri in ["coapss://h", "coapt://h", "scoap://h", "s://h", "://h"] {
            assert_eq!(ServerUri::parse(uri), Err(UriError::Scheme), "{uri}");
        }
    }

    /// RFC 3986, 3.2.3 and 6.2.3
    #[test]
    fn an_empty_port_is_the_usual_one() {
        is("coap://host:", "host", 5683);
        is("coaps://host:/", "host", 5684);
        is("coap://[::1]:", "::1", 5683);
        is("coaps://[::1]:?x", "::1", 5684);
    }

    /// RFC 3986, 2.1 and 3.2.2
    #[test]
    fn a_percent_encoded_name_is_the_name() {
        is("coap://%6cocalhost", "localhost", 5683);
        is("coap://%6Cocalhost:1", "localhost", 1);
        is("coap://a%2Db%2dc%2ed", "a-b-c.d", 5683);
        let plain = ServerUri::parse("coap://localhost");
        assert_eq!(ServerUri::parse("coap://%6c%6f%63alhost"), plain);
        for uri in [
            "coap://%",
            "coap://a%6",
            "coap://a%6g",
            "coap://a%%6c",
            "coap://a%20b",
            "coap://a%00",
            "coap://%3a%3a1",
            "coap://%c3%bc",
        ] {
            assert_eq!(ServerUri::parse(uri), Err(UriError::Host), "{uri}");
        }
    }

    /// RFC 6874, 2; a bare `%` as its section 3 has it
    #[test]
    fn a_link_local_address_has_a_zone() {
        is("coap://[fe80::1%25eth0]", "fe80::1%eth0", 5683);
        is("coaps://[FE80::1%25en%2d1]:7", "FE80::1%en-1", 7);
        is("coap://[fe80::1%251]:", "fe80::1%1", 5683);
        is("coap://[fe80::1%wlan0]", "fe80::1%wlan0", 5683);
        for uri in [
            "coap://[fe80::1%25a b]",
            "coap://[%25eth0]",
            "coap://fe80::1%25eth0",
            "coap://a%25eth0",
        ] {
            assert!(ServerUri::parse(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn each_part_is_named_where_it_is_wrong() {
        for (uri, error) in [
            ("", UriError::Scheme),
            ("http://a", UriError::Scheme),
            ("coap:/a", UriError::Scheme),
            ("coap+tcp://a", UriError::Scheme),
            (" coap://a", UriError::Scheme),
            ("coap://", UriError::Host),
            ("coap:///", UriError::Host),
            ("coap://?x", UriError::Host),
            ("coap://:", UriError::Host),
            ("coap://:1", UriError::Host),
            ("coap://[]", UriError::Host),
            ("coap://[::1", UriError::Host),
            ("coap://::1", UriError::Host),
            ("coap://[v1.fe80::a+en1]", UriError::Host),
            ("coap://[localhost]", UriError::Host),
            ("coap://[192.0.2.1]", UriError::Host),
            ("coap://[::1 ]", UriError::Host),
            ("coap://a b", UriError::Host),
            ("coap://a\tb", UriError::Host),
            ("coap://a\nb", UriError::Host),
            ("coap://h\u{fc}", UriError::Host),
            ("coap://a:0", UriError::Port),
            ("coap://a:65536", UriError::Port),
            ("coap://a:99999999999999999999", UriError::Port),
            ("coap://a:-1", UriError::Port),
            ("coap://a:+1", UriError::Port),
            ("coap://a: 1", UriError::Port),
            ("coap://a:1 ", UriError::Port),
            ("coap://a:1:2", UriError::Port),
            ("coap://[::1]x", UriError::Port),
            ("coap://[::1]1", UriError::Port),
            ("coap://a/rd", UriError::Path),
            ("coap://a//", UriError::Path),
            ("coap://user@a", UriError::Path),
            ("coap://user:secret@a:1", UriError::Path),
            ("coap://@a", UriError::Path),
            ("coap://a#x", UriError::Path),
            ("coap://a/#x", UriError::Path),
            ("coap://a#x?y", UriError::Path),
            ("coap://a?x#y", UriError::Path),
        ] {
            assert_eq!(ServerUri::parse(uri), Err(error), "{uri}");
        }
        let long = |count| {
            let mut uri = std::string::String::from("coap://");
            uri.extend(core::iter::repeat_n("a", count));
            ServerUri::parse(&uri).map(|uri| uri.host.bytes().count())
        };
        assert_eq!(long(255), Ok(255));
        assert_eq!(long(256), Err(UriError::Host));
        assert_eq!(long(10_000), Err(UriError::Host));
    }

    #[track_caller]
    fn is(uri: &str, host: &str, port: u16) {
        let parsed = ServerUri::parse(uri).unwrap();
        assert_eq!(
            (&parsed.host.to_string()[..], parsed.port),
            (host, port),
            "{uri}"
        );
        assert!(parsed.host == *host);
    }
}
