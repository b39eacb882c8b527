//! What a DTLS handshake with a server asks for, beside credentials.

/// What a handshake proposes (LwM2M 1.1, Security object). What is empty, the platform decides.
#[derive(Clone, Copy, Debug, Default)]
pub struct Handshake<'a> {
    /// The name that the server is asked for (SNI, RFC 6066, 3) and that its certificate has to have, in
    /// place of the host in its URI (/0/x/14).
    pub server_name: &'a str,
    /// The cipher suites by IANA's numbers, such as 0xc0a8 for TLS_PSK_WITH_AES_128_CCM_8 (/0/x/16). 0 is
    /// none.
    pub cipher_suites: &'a [u16],
}
