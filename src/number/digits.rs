//! Decimal digits of small numbers.

/// The number of a text of nothing but digits.
#[inline(never)]
pub(crate) fn parse(digits: &[u8]) -> Option<u16> {
    let number = digits.iter().try_fold(0_u16, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    });
    number.filter(|_| !digits.is_empty())
}

/// The digits of a number, at the end of memory for the most that there can be.
pub(crate) fn digits(number: u32, memory: &mut [u8; 10]) -> &[u8] {
    let mut rest = number;
    let mut first = memory.len();
    for digit in memory.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        first -= 1;
        if rest == 0 {
            break;
        }
    }
    memory.get(first..).unwrap_or_default()
}
