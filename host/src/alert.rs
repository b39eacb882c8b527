//! Alerts of the handshake (RFC 5246, 7.2.2).

/// A fatal alert as a record of epoch 0 (RFC 6347, 4.1), which `dimpl` does not send: the server would
/// wait for this device in vain. Its sequence number is beyond those of the handshake before it.
pub(crate) fn record(alert: u8) -> Vec<u8> {
    const FATAL: u8 = 2;
    const TYPE: u8 = 21;
    let version = [254, 253];
    let epoch = [0, 0];
    let sequence_number = [0, 0, 0, 1, 0, 0];
    let length = [0, 2];
    [
        &[TYPE],
        &version[..],
        &epoch,
        &sequence_number,
        &length,
        &[FATAL, alert],
    ]
    .concat()
}

/// What a server means by the usual ones.
pub(crate) fn words(alert: u8) -> Option<&'static str> {
    Some(match alert {
        40 => "no common cipher suite, or no certificate (alert 40, handshake_failure)",
        42 => "a bad certificate (alert 42, bad_certificate)",
        43 => {
            "a certificate of a kind that it does not support (alert 43, unsupported_certificate)"
        }
        44 => "a certificate that was revoked (alert 44, certificate_revoked)",
        45 => "a certificate that has expired or is not valid yet (alert 45, certificate_expired)",
        46 => "an unacceptable certificate (alert 46, certificate_unknown)",
        48 => "a certificate of an authority that it does not know (alert 48, unknown_ca)",
        51 => "a wrong key (alert 51, decrypt_error)",
        70 => "another version of DTLS (alert 70, protocol_version)",
        71 => "too weak a cipher suite (alert 71, insufficient_security)",
        115 => "an identity that it does not know (alert 115, unknown_psk_identity)",
        _ => return None,
    })
}
