//! Alerts that end a handshake (RFC 5246, 7.2.2), which `dimpl` does not send: without one the peer would
//! wait for the end of its retransmissions to learn that it is refused.

/// Its description.
pub(crate) type Alert = u8;

pub(crate) const HANDSHAKE_FAILURE: Alert = 40;
pub(crate) const BAD_CERTIFICATE: Alert = 42;
pub(crate) const CERTIFICATE_EXPIRED: Alert = 45;
pub(crate) const UNKNOWN_CA: Alert = 48;

/// A fatal alert as a record of epoch 0 (RFC 6347, 4.1). Its sequence number is beyond those of any
/// handshake before it.
pub(crate) fn record(alert: Alert) -> Vec<u8> {
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
