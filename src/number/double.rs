//! Conversions of doubles that lose nothing or are refused, by their bits. (The compiler's own are
//! large on cores without a double-precision unit.)

use core::cmp::Ordering;

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

/// The double of an integer; of one over 2^53 the next towards zero.
pub(crate) fn from_integer(is_negative: bool, magnitude: u64) -> f64 {
    if magnitude == 0 {
        return 0.0;
    }
    let above = magnitude.leading_zeros();
    let mantissa = (magnitude << above) >> 11;
    let exponent = u64::from(1023 + 63 - above);
    f64::from_bits((u64::from(is_negative) << 63) | (exponent << 52) | (mantissa & MANTISSA))
}

/// Doubles in their order, as integers. What is no number lies behind the infinities.
#[inline(never)]
pub(crate) fn rank(value: f64) -> i64 {
    let bits = value.to_bits();
    let magnitude = (bits & !SIGN) as i64;
    if bits & SIGN == 0 {
        magnitude
    } else {
        -magnitude
    }
}

/// How the distance of two numbers compares with a step, 0 or more, that is doubled so many times. Bits
/// that are 2^61 times smaller than the largest of the three do not count.
#[inline(never)]
pub(crate) fn compare_distance(one: f64, other: f64, step: f64, doublings: u32) -> Ordering {
    let exponent = |value: f64| (((value.to_bits() & !SIGN) >> 52) as u32).max(1);
    let step_exponent = exponent(step) + doublings;
    let top = exponent(one).max(exponent(other)).max(step_exponent);
    let scaled = |value: f64, exponent: u32| {
        let bits = value.to_bits();
        let hidden = u64::from(bits & !SIGN > MANTISSA) << 52;
        let mantissa = ((bits & MANTISSA) | hidden) << 8;
        let magnitude = mantissa.checked_shr(top - exponent).unwrap_or_default() as i64;
        if bits & SIGN == 0 {
            magnitude
        } else {
            -magnitude
        }
    };
    let distance = scaled(one, exponent(one)) - scaled(other, exponent(other));
    distance
        .unsigned_abs()
        .cmp(&scaled(step, step_exponent).unsigned_abs())
}

const SIGN: u64 = 1 << 63;
const MANTISSA: u64 = (1 << 52) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_in_the_order_of_the_numbers() {
        let ascending = [
            f64::NEG_INFINITY,
            f64::MIN,
            -1.5,
            -5e-324,
            0.0,
            5e-324,
            f64::MIN_POSITIVE,
            1.5,
            f64::MAX,
            f64::INFINITY,
        ];
        assert!(ascending.is_sorted_by_key(|value| rank(*value)));
        assert!(rank(f64::NAN) > rank(f64::INFINITY));
        assert_eq!(rank(-0.0), rank(0.0));
    }

    #[test]
    fn integers_become_the_doubles_that_the_compiler_makes() {
        for value in [0, 1, 2, 3, 1023, 1 << 40, (1 << 53) - 1, 1 << 53, 1 << 63] {
            assert_eq!(from_integer(false, value), value as f64);
            assert_eq!(from_integer(true, value), -(value as f64));
        }
        assert_eq!(from_integer(false, u64::MAX), 18446744073709549568.0);
    }

    #[test]
    fn a_distance_is_compared_as_subtraction_has_it() {
        for (one, other, step, expected) in [
            (1.0, 3.0, 2.0, Ordering::Equal),
            (3.0, 1.0, 2.5, Ordering::Less),
            (-1.0, 1.5, 2.0, Ordering::Greater),
            (0.0, 0.0, 0.0, Ordering::Equal),
            (0.0, 0.0, 5e-324, Ordering::Less),
            (0.0, 5e-324, 5e-324, Ordering::Equal),
            // 0.3 - 0.1 is a little less than 0.2.
            (0.1, 0.3, 0.2, Ordering::Less),
            (20.0, 20.5, 0.5, Ordering::Equal),
            (1e-20, 1.0, 1.0, Ordering::Equal),
            (1e300, -1e300, 1.0, Ordering::Greater),
            (f64::MAX, f64::MIN, f64::MAX, Ordering::Greater),
            (f64::INFINITY, 0.0, 1e300, Ordering::Greater),
        ] {
            assert_eq!(
                compare_distance(one, other, step, 0),
                expected,
                "{one} {other} {step}"
            );
            assert_eq!(
                compare_distance(other, one, step, 0),
                expected,
                "{other} {one} {step}"
            );
        }
        assert_eq!(compare_distance(1.0, 3.0, 1.0, 1), Ordering::Equal);
        assert_eq!(compare_distance(1.0, 3.0, 1.5, 1), Ordering::Less);
    }

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
