//! A checksum that tells two contents apart where nobody means to deceive: FNV-1a in 32 bits.

/// The checksum of nothing.
pub(crate) const START: u32 = 0x811c_9dc5;

/// The checksum of what `checksum` is of, followed by `bytes`.
pub(crate) fn extend(checksum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(checksum, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}
