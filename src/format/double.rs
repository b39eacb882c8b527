//! Conversions of doubles that lose nothing or are refused, by their bits. (The compiler's own are
//! large on cores without a double-precision unit.)

/// The bits of a binary16 or binary32 number in double precision.
pub(crate) fn widen(bits: u32, mantissa_bits: u32, exponent_bits: u32) -> u64 {
    let sign = (bits >> (mantissa_bits + exponent_bits)) << 31;
    let largest = (1 << exponent_bits) - 1;
    let bias = largest >> 1;
    let mut exponent = (bits >> mantissa_bits) & largest;
    // From the highest bit of 32 on.
    let mut mantissa = bits << (32 - mantissa_bits);
    if exponent == largest {
        exponent = 0x7ff;
    } else if exponent != 0 {
        exponent += 1023 - bias;
    } else if mantissa != 0 {
        // A subnormal number becomes a normal one.
        let shift = mantissa.leading_zeros();
        exponent = 1023 - bias - shift;
        mantissa = (mantissa << shift) << 1;
    }
    let high = sign | (exponent << 20);
    (u64::from(high) << 32) | (u64::from(mantissa) << 20)
}

/// The bits of the double of the same value, where there is one: up to 2^53.
pub(crate) fn exact_double(value: i64) -> Option<u64> {
    let magnitude = value.unsigned_abs();
    if magnitude == 0 {
        return Some(0);
    }
    let top = 63 - magnitude.leading_zeros();
    if top > 53 || (top == 53 && magnitude & 1 != 0) {
        return None;
    }
    // One bit more than the mantissa holds, so that 2^53 itself shifts in; then down again.
    let mantissa = ((magnitude << (53 - top)) >> 1) & MANTISSA;
    Some((u64::from(value < 0) << 63) | (u64::from(1023 + top) << 52) | mantissa)
}

/// The integer of the same value as a double, where there is one: up to 2^53.
pub(crate) fn exact_integer(bits: u64) -> Option<i64> {
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    let mantissa = bits & MANTISSA;
    if exponent == 0 && mantissa == 0 {
        return Some(0);
    }
    let shift = 52 - exponent.checked_sub(1023).filter(|top| *top <= 52)?;
    let mantissa = mantissa | (1 << 52);
    let magnitude = (mantissa >> shift) as i64;
    ((magnitude as u64) << shift == mantissa).then_some(if bits >> 63 == 0 {
        magnitude
    } else {
        -magnitude
    })
}

/// The bits of the double that is nearest to a thousandth of `value`, which is not 0; ties to even.
pub(crate) fn thousandths(value: i64) -> u64 {
    let magnitude = value.unsigned_abs();
    let shift = magnitude.leading_zeros();
    let scaled = magnitude.checked_shl(shift).unwrap_or_default();
    // The quotient has 54 or 55 bits, one or two more than a double.
    let (quotient, rest) = (scaled / 1000, scaled % 1000);
    let surplus = 11_u32.saturating_sub(quotient.leading_zeros());
    let half = (1 << surplus) >> 1;
    let below = quotient & ((1 << surplus) - 1);
    let mantissa = quotient >> surplus;
    let up = 2 * below + u64::from(rest != 0) + (mantissa & 1) > 2 * half;
    let exponent = u64::from(1023 + 52 + surplus - shift);
    // Where rounding up fills the mantissa, its carry counts the exponent up, as it must.
    (u64::from(value < 0) << 63) | ((exponent << 52) + (mantissa & MANTISSA) + u64::from(up))
}

/// The binary32 number of the same value, where that is a normal one or zero.
pub(crate) fn narrow(bits: u64) -> Option<u32> {
    let sign = ((bits >> 32) as u32) & 0x8000_0000;
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    if exponent == 0 && bits & MANTISSA == 0 {
        return Some(sign);
    }
    let exact = bits & ((1 << 29) - 1) == 0;
    (exact && (897..=1150).contains(&exponent))
        .then(|| sign | ((exponent - 896) << 23) | (((bits >> 29) as u32) & 0x007f_ffff))
}

const MANTISSA: u64 = (1 << 52) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_convert_without_loss_or_not_at_all() {
        for value in [
            0,
            1,
            -1,
            2,
            3,
            22,
            1 << 40,
            (1 << 53) - 1,
            1 << 53,
            -(1 << 53),
        ] {
            assert_eq!(
                exact_double(value),
                Some((value as f64).to_bits()),
                "{value}"
            );
        }
        for value in [0, 1, -1, 3, 22, -65_536, (1 << 53) - 1] {
            assert_eq!(
                exact_integer((value as f64).to_bits()),
                Some(value),
                "{value}"
            );
        }
        assert_eq!(exact_double((1 << 53) + 1), None);
        assert_eq!(exact_double(i64::MIN), None);
        for value in [0.5, -22.25, f64::NAN, f64::INFINITY, 1e300, 5e-324] {
            assert_eq!(exact_integer(value.to_bits()), None, "{value}");
        }
    }

    #[test]
    fn thousandths_are_the_nearest() {
        for value in [
            1,
            -1,
            999,
            1_001,
            -1_500,
            1_276_020_091_305,
            (1 << 53) - 1,
            1 - (1 << 53),
        ] {
            assert_eq!(f64::from_bits(thousandths(value)), value as f64 / 1000.0);
        }
        // These have no double of their own before the division.
        for value in [i64::MAX, i64::MIN + 1, (1 << 53) + 1, (1 << 62) + 1] {
            let bits = thousandths(value);
            let error = |bits: u64| {
                let scaled = (f64::from_bits(bits) * (1_u64 << 40) as f64) as i128;
                (scaled * 1000 - (i128::from(value) << 40)).abs()
            };
            assert!(error(bits) <= error(bits - 1) && error(bits) <= error(bits + 1));
        }
    }
}
