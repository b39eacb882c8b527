//! Alerts by which a server ends a DTLS handshake or session (RFC 5246, 7.2; RFC 4279, 6; RFC 6066, 9).

/// Why it did, for the person who can mend it.
pub(crate) fn cause(alert: u8) -> &'static str {
    match alert {
        20 | 51 => "the keys differ",
        40 => "there is no cipher suite in common, or it asks for a certificate",
        71 => "this device's cipher suites are too weak for it",
        42 | 43 | 46 => "this device's certificate is not one that it can check",
        44 => "this device's certificate is revoked",
        45 => "this device's certificate has expired, or one of the two clocks is wrong",
        48 => "it does not know the CA of this device's certificate",
        49 => "it knows this device, and gives it no access",
        70 => "it has no DTLS 1.2",
        112 => "it does not have the name in the server URI",
        115 => "it does not know this identity",
        _ => "RFC 5246, 7.2.2 says what it is for",
    }
}
