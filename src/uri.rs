//! Server URIs (RFC 7252, 6; LwM2M Core 1.1, /0/x/0): `coap://host[:port]` and `coaps://host[:port]`,
//! with an optional query.

use core::fmt;

/// A server URI, taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ServerUri<'a> {
    /// Whether the scheme is `coaps`, that is, CoAP over DTLS.
    pub secure: bool,
    /// The name or address, an IPv6 address without its brackets.
    pub host: &'a str,
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
    /// assert_eq!((uri.host, uri.port, uri.secure), ("2001:db8::1", 5694, true));
    /// assert_eq!(uri.parameter("iep"), Some("0123"));
    /// ```
    pub fn parse(uri: &'a str) -> Result<Self, UriError> {
        let (secure, rest) = match (uri.strip_prefix("coap://"), uri.strip_prefix("coaps://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err(UriError::Scheme),
        };
        let (place, query) = cut(rest, b'?').unwrap_or((rest, ""));
        let authority = place.strip_suffix('/').unwrap_or(place);
        if authority
            .bytes()
            .any(|byte| matches!(byte, b'/' | b'#' | b'@'))
        {
            return Err(UriError::Path);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (host, port) = cut(bracketed, b']').ok_or(UriError::Host)?;
                match port.strip_prefix(':') {
                    None if !port.is_empty() => return Err(UriError::Port),
                    port => (host, port),
                }
            }
            None => match cut(authority, b':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        // RFC 1035, 2.3.4: a name has at most 255 octets.
        if host.is_empty() || host.len() > 255 || !host.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(UriError::Host);
        }
        let port = match port {
            Some(digits) => parse_port(digits).ok_or(UriError::Port)?,
            None if secure => 5684,
            None => 5683,
        };
        Ok(Self {
            secure,
            host,
            port,
            query,
        })
    }

    /// The value of a query parameter `name=value`.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.query;
        loop {
            let (pair, next) = match cut(rest, b'&') {
                Some((pair, next)) => (pair, Some(next)),
                None => (rest, None),
            };
            match pair
                .strip_prefix(name)
                .and_then(|pair| pair.strip_prefix('='))
            {
                None => rest = next?,
                value => return value,
            }
        }
    }
}

/// The part of a server URI that cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UriError {
    /// Neither `coap://` nor `coaps://`.
    Scheme,
    /// No host, one of over 255 characters, or one with blanks or control characters.
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
            Self::Host => "the host must have 1 to 255 characters, none of them a blank",
            Self::Port => "the port must be a number from 1 to 65535",
            Self::Path => "a server URI has no path, user or fragment",
        })
    }
}

impl core::error::Error for UriError {}

/// What stands before and behind the first `separator`. (The standard library's searchers cost 2 kB
/// of flash.)
fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn parse_port(digits: &str) -> Option<u16> {
    let mut port = 0_u16;
    for byte in digits.bytes() {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        port = port.checked_mul(10)?.checked_add(digit.into())?;
    }
    (port != 0).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_ports_and_queries() {
        for (uri, host, port) in [
            ("coap://a", "a", 5683),
            ("coaps://a/", "a", 5684),
            ("coap://a:1", "a", 1),
            ("coap://[::1]", "::1", 5683),
            ("coap://[fe80::1]:65535/?x=1", "fe80::1", 65535),
        ] {
            let parsed = ServerUri::parse(uri).unwrap();
            assert_eq!((parsed.host, parsed.port), (host, port), "{uri}");
        }
        let uri = ServerUri::parse("coap://h?aid=1&iep=x").unwrap();
        assert_eq!(uri.parameter("iep"), Some("x"));
        assert_eq!(uri.parameter("ie"), None);
    }

    #[test]
    fn each_part_is_named_where_it_is_wrong() {
        for (uri, error) in [
            ("http://a", UriError::Scheme),
            ("coap:/a", UriError::Scheme),
            ("coap+tcp://a", UriError::Scheme),
            ("coap://", UriError::Host),
            ("coap://:1", UriError::Host),
            ("coap://[::1", UriError::Host),
            ("coap://a b", UriError::Host),
            ("coap://a:", UriError::Port),
            ("coap://a:0", UriError::Port),
            ("coap://a:65536", UriError::Port),
            ("coap://a:1:2", UriError::Port),
            ("coap://[::1]x", UriError::Port),
            ("coap://a/rd", UriError::Path),
        ] {
            assert_eq!(ServerUri::parse(uri), Err(error), "{uri}");
        }
        let mut long = std::string::String::from("coap://");
        long.extend(core::iter::repeat_n('a', 10_000));
        assert_eq!(ServerUri::parse(&long), Err(UriError::Host));
    }
}
