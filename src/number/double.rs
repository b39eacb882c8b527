//! Doubles by their bits: conversions that lose nothing or are refused, their order and their sum. (The compiler's own are
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
    let (integer, is_exact) = floor(bits)?;
    is_exact.then_some(integer)
}

/// The second that a time lies in, up to 2^53.
pub(crate) fn whole_seconds(bits: u64) -> Option<i64> {
    floor(bits).map(|(second, _)| second)
}

/// The integer of the same value or the next below, up to 2^53, and whether it is the same.
fn floor(bits: u64) -> Option<(i64, bool)> {
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    // What lies behind the point counts 52 bits at most, and all below 1.
    let behind = 1075_u32.checked_sub(exponent)?.min(53);
    let significant = match exponent {
        0 => bits & MANTISSA,
        _ => (bits & MANTISSA) | (1 << 52),
    };
    let whole = (significant >> behind) as i64;
    let is_exact = (whole as u64) << behind == significant;
    let integer = match bits >> 63 {
        0 => whole,
        _ => -whole - i64::from(!is_exact),
    };
    Some((integer, is_exact))
}

/// The bits of the binary32 number of the same value, where that is a normal one or zero.
pub(crate) fn narrow(bits: u64) -> Option<u32> {
    let sign = ((bits >> 32) as u32) & 0x8000_0000;
    let exponent = ((bits >> 52) & 0x7ff) as u32;
    if exponent == 0 && bits & MANTISSA == 0 {
        return Some(sign);
    }
    let exact = bits & ((1 << 29) - 1) == 0;
    (exact && exponent.wrapping_sub(897) < 254)
        .then(|| sign | ((exponent - 896) << 23) | (((bits >> 29) as u32) & 0x007f_ffff))
}

/// The bits of the binary16 number of the same value as a binary32 number, where that is a normal one
/// or zero.
pub(crate) fn halve(bits: u32) -> Option<u16> {
    let sign = (bits >> 16) as u16 & 0x8000;
    let magnitude = bits << 1 >> 1;
    let is_exact = bits & 0x1fff == 0 && (magnitude >> 23).wrapping_sub(113) < 30;
    match magnitude {
        0 => Some(sign),
        _ => is_exact.then(|| sign | (magnitude.wrapping_sub(112 << 23) >> 13) as u16),
    }
}

/// The double of an integer: of one over 2^53 the nearest.
pub(crate) fn from_integer(is_negative: bool, magnitude: u64) -> f64 {
    rounded(is_negative, 1023 + 63, magnitude)
}

/// The sum of two numbers, as IEEE 754 rounds it; infinities of both signs, too, cancel out.
#[inline(never)]
pub(crate) fn sum(one: f64, other: f64) -> f64 {
    let (one, other) = (one.to_bits(), other.to_bits());
    let (large, small) = match one & !SIGN >= other & !SIGN {
        true => (one, other),
        false => (other, one),
    };
    if large ^ small == SIGN {
        return 0.0;
    }
    if large & !SIGN >= INFINITY {
        return f64::from_bits(large);
    }
    let exponent = |bits: u64| ((bits >> 52) as u32 & 0x7ff).max(1);
    let significand = |bits: u64| {
        let hidden = u64::from(bits & !SIGN > MANTISSA) << 52;
        ((bits & MANTISSA) | hidden) << (SPARE - 1)
    };
    let whole = significand(small);
    let shift = (exponent(large) - exponent(small)).min(63);
    let kept = whole >> shift;
    // What is shifted out counts when the sum is rounded.
    let kept = kept | u64::from(kept << shift != whole);
    let result = match (large ^ small) & SIGN {
        0 => significand(large) + kept,
        _ => significand(large) - kept,
    };
    rounded(large & SIGN != 0, exponent(large) + 1, result)
}

/// The nearest double, ties to even, of a significand whose highest bit, that of 2^63, has this biased exponent.
#[inline(never)]
pub(crate) fn rounded(is_negative: bool, exponent: u32, significand: u64) -> f64 {
    if significand == 0 {
        return 0.0;
    }
    // A subnormal number keeps zeros above.
    let above = significand.leading_zeros().min(exponent - 1);
    let significand = significand << above;
    let mantissa = significand >> SPARE;
    let rest = significand & ((1 << SPARE) - 1);
    let is_up = rest + (mantissa & 1) > 1 << (SPARE - 1);
    // The hidden bit, and what rounding carries over, count in the exponent.
    let magnitude = (u64::from(exponent - above - 1) << 52) + mantissa + u64::from(is_up);
    f64::from_bits((u64::from(is_negative) << 63) | magnitude.min(INFINITY))
}

/// Doubles in their order, as integers.
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

/// Whether a double is a number, of which alone there is an order.
pub(crate) fn is_number(value: f64) -> bool {
    value.to_bits() & !SIGN <= INFINITY
}

/// Room below a significand for what decides how it is rounded.
const SPARE: u32 = 11;
const INFINITY: u64 = 0x7ff << 52;
const SIGN: u64 = 1 << 63;
const MANTISSA: u64 = (1 << 52) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [f64; 22] = [
        f64::NEG_INFINITY,
        f64::MIN,
        -1e300,
        -5.01,
        -1.5,
        -f64::MIN_POSITIVE,
        -5e-324,
        0.0,
        5e-324,
        2.225_073_858_507_201e-308,
        f64::MIN_POSITIVE,
        1e-20,
        0.01,
        0.1,
        0.3,
        1.5,
        5.0,
        5.01,
        9007199254740993.0,
        1e300,
        f64::MAX,
        f64::INFINITY,
    ];

    #[test]
    fn ranks_are_in_the_order_of_the_numbers() {
        assert!(NUMBERS.is_sorted_by_key(|value| rank(*value)));
        assert_eq!(rank(-0.0), rank(0.0));
        assert!(NUMBERS.into_iter().all(is_number));
        assert!(!is_number(f64::NAN) && !is_number(-f64::NAN));
    }

    #[test]
    fn integers_become_the_doubles_that_the_compiler_makes() {
        let odd = (1 << 53) + 1;
        for value in [
            0,
            1,
            3,
            1023,
            1 << 40,
            (1 << 53) - 1,
            odd,
            odd + 1,
            odd + 2,
            1 << 63,
            u64::MAX,
        ] {
            assert_eq!(from_integer(false, value), value as f64, "{value}");
            assert_eq!(from_integer(true, value), -(value as f64), "{value}");
        }
    }

    #[test]
    fn a_sum_is_the_compilers() {
        let mut random = fastrand::Rng::with_seed(0xadd);
        let check = |one: f64, other: f64| {
            if one.is_nan() || other.is_nan() {
                return;
            }
            let (ours, theirs) = (sum(one, other), one + other);
            let cancels_out = theirs.is_nan() && ours == 0.0;
            assert!(
                ours == theirs || cancels_out,
                "{one:e} + {other:e} is {theirs:e}, not {ours:e}"
            );
        };
        for one in NUMBERS {
            for other in NUMBERS {
                check(one, other);
            }
        }
        for _ in 0..200_000 {
            let one = f64::from_bits(random.u64(..));
            check(one, f64::from_bits(random.u64(..)));
            // Close together, where bits cancel out or decide a tie.
            let bits = random.u32(1..58);
            let near = one.to_bits() ^ random.u64(..1 << bits);
            check(one, f64::from_bits(near));
            check(one, -f64::from_bits(near));
            let decimal = |random: &mut fastrand::Rng| f64::from(random.i32(-1000..1000)) / 100.0;
            check(decimal(&mut random), decimal(&mut random));
        }
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
