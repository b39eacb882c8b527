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

/// The integer of the same value or the next below, up to 2^53: the second that a time lies in.
#[cfg(any(feature = "cbor", feature = "lwm2m-cbor"))]
pub(crate) fn whole_seconds(bits: u64) -> Option<i64> {
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    // What lies behind the point counts 52 bits at most, and all below 1.
    let behind = 1075_u32.checked_sub(exponent)?.min(53);
    let significant = match exponent {
        0 => bits & MANTISSA,
        _ => (bits & MANTISSA) | (1 << 52),
    };
    let whole = (significant >> behind) as i64;
    let has_rest = (whole as u64) << behind != significant;
    Some(if bits >> 63 == 0 {
        whole
    } else {
        -whole - i64::from(has_rest)
    })
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

    #[cfg(any(feature = "cbor", feature = "lwm2m-cbor"))]
    #[test]
    fn a_time_lies_in_a_second() {
        for (time, second) in [
            (0.0, 0),
            (-0.0, 0),
            (0.999, 0),
            (5e-324, 0),
            (-5e-324, -1),
            (-0.5, -1),
            (-1.0, -1),
            (-1.5, -2),
            (1_363_896_240.5, 1_363_896_240),
            (9_007_199_254_740_991.0, 9_007_199_254_740_991),
        ] {
            assert_eq!(whole_seconds(f64::to_bits(time)), Some(second), "{time}");
        }
        for time in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(whole_seconds(time.to_bits()), None, "{time}");
        }
    }
}
