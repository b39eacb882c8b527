//! A checksum that tells two contents apart where nobody means to deceive: FNV-1a in 32 bits.

/// The checksum of nothing.
pub(crate) const START: u32 = 0x811c_9dc5;

/// The checksum of what `checksum` is of, followed by `bytes`.
pub(crate) fn extend(checksum: u32, bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(checksum, |checksum, byte| step(checksum, (*byte).into()))
}

/// The same, followed by a number. Its halves count as a byte each, and as a product spreads upward
/// only, the checksum is turned before: otherwise two changes of the highest bit would cancel out.
pub(crate) fn extend_number(checksum: u32, number: u64) -> u32 {
    let low = step(checksum.rotate_left(13), number as u32);
    step(low.rotate_left(13), (number >> 32) as u32)
}

fn step(checksum: u32, data: u32) -> u32 {
    (checksum ^ data).wrapping_mul(0x0100_0193)
}
