//! The beginning of a ClientHello, which says what for a handshake it is before there is a session.

use dimpl::crypto::Dtls12CipherSuite;

/// The cipher suites that are offered by a datagram, in the client's order; `None` where it does not begin
/// with a handshake record of epoch 0 with a ClientHello (RFC 6347, 4.1 and 4.2.1).
pub(crate) fn cipher_suites(datagram: &[u8]) -> Option<Vec<Dtls12CipherSuite>> {
    let is_hello = datagram.first() == Some(&22)
        && datagram.get(3..5) == Some(&[0, 0])
        && datagram.get(13) == Some(&1);
    is_hello.then(|| offered(datagram).unwrap_or_default())
}

/// Behind the headers, the version, the random, the session id and the cookie.
fn offered(datagram: &[u8]) -> Option<Vec<Dtls12CipherSuite>> {
    let session_id = datagram.get(13 + 12 + 2 + 32..)?;
    let cookie = behind_vector(session_id)?;
    let suites = behind_vector(cookie)?;
    let (length, suites) = suites.split_first_chunk()?;
    let suites = suites.get(..u16::from_be_bytes(*length).into())?;
    let numbers = suites.chunks_exact(2);
    let suite =
        |two: &[u8]| Dtls12CipherSuite::from_u16(u16::from(two[0]) << 8 | u16::from(two[1]));
    Some(numbers.map(suite).collect())
}

/// Of up to 255 bytes.
fn behind_vector(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first()?;
    rest.get(usize::from(*length)..)
}
