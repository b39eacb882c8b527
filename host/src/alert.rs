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
