//! Decimal fractions (RFC 8949, 3.4.4): an integer times a power of ten.

use crate::feature;
use crate::number::decimal;

/// A magnitude that an integer or a double holds.
pub(crate) enum Magnitude {
    Integer(u64),
    /// The bits of the nearest double, ties to even.
    Double(u64),
}

/// `mantissa` times ten to the power of `exponent`: an integer where it is one, else a double. None
/// where that is infinity, or, on a device without decimal text, where it takes more than 18 decimals
/// or 64 bits.
pub(crate) fn magnitude(mantissa: u64, exponent: i32) -> Option<Magnitude> {
    if mantissa == 0 {
        return Some(Magnitude::Integer(0));
    }
    let near = match exponent {
        -18..=0 => Some(quotient(mantissa, exponent.unsigned_abs())),
        1.. => product(mantissa, exponent).map(Magnitude::Integer),
        _ => None,
    };
    let exact = |_| decimal::scaled(mantissa, exponent).map(Magnitude::Double);
    near.or_else(|| feature::Decimals::VALUE.and_then(exact))
}

/// It stops where it overflows, so that the exponent costs no time.
fn product(mantissa: u64, exponent: i32) -> Option<u64> {
    (0..exponent).try_fold(mantissa, |product, _| {
        (product <= u64::MAX / 10).then(|| product * 10)
    })
}

/// It goes bit by bit, since a division of 64 bits is large.
fn quotient(mut dividend: u64, decimals: u32) -> Magnitude {
    let divisor = (0..decimals).fold(1_u64, |power, _| power * 10);
    let (mut quotient, mut rest, mut bits) = (0_u64, 0_u64, 0_u32);
    // Until all bits of the dividend are used, and then of the fraction those that a double rounds.
    while bits < 64 || quotient >> 63 == 0 {
        rest = (rest << 1) | (dividend >> 63);
        dividend <<= 1;
        quotient <<= 1;
        if rest >= divisor {
            rest -= divisor;
            quotient |= 1;
        }
        bits += 1;
        if bits == 64 && rest == 0 {
            return Magnitude::Integer(quotient);
        }
    }
    let below = quotient as u32 & 0x7ff | u32::from(rest != 0);
    let mantissa = quotient >> 11;
    let up = below + (mantissa as u32 & 1) > 0x400;
    // The mantissa's uppermost bit and the carry of rounding both count the exponent up, as they
    // must.
    Magnitude::Double((u64::from(1023 + 126 - bits) << 52) + mantissa + u64::from(up))
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    fn float(mantissa: u64, exponent: i32) -> Option<f64> {
        Some(match magnitude(mantissa, exponent)? {
            Magnitude::Integer(integer) => integer as f64,
            Magnitude::Double(bits) => f64::from_bits(bits),
        })
    }

    #[test]
    fn integers_stay_exact() {
        for (mantissa, exponent, integer) in [
            (17, 0, 17),
            (17, 3, 17_000),
            (1_700, -2, 17),
            (0, -2_000_000_000, 0),
            (u64::MAX, 0, u64::MAX),
            (9_007_199_254_740_993_000, -3, 9_007_199_254_740_993),
            (1, 18, 1_000_000_000_000_000_000),
        ] {
            let magnitude = magnitude(mantissa, exponent);
            assert!(
                matches!(magnitude, Some(Magnitude::Integer(found)) if found == integer),
                "{mantissa}e{exponent}"
            );
        }
    }

    /// As the standard library reads the same text.
    #[test]
    fn others_are_the_nearest_double() {
        let mantissas = [
            1,
            3,
            27_315,
            123_456_789,
            (1 << 53) - 1,
            (1 << 53) + 1,
            (1 << 62) + 1,
            1_276_020_091_305,
            u64::MAX,
        ];
        for mantissa in mantissas {
            for exponent in -18..0 {
                let text = format!("{mantissa}e{exponent}");
                assert_eq!(float(mantissa, exponent), text.parse().ok(), "{text}");
            }
        }
        for (mantissa, exponent) in [
            (1, -19),
            (15, 300),
            (u64::MAX, -40),
            (5, -324),
            (1, i32::MIN),
        ] {
            let text = format!("{mantissa}e{exponent}");
            assert_eq!(float(mantissa, exponent), text.parse().ok(), "{text}");
        }
        assert_eq!(float(1, 309), None);
        assert_eq!(float(1, i32::MAX), None);
    }
}
