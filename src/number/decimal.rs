//! Decimal text of numbers, both ways and exact: as OMA LwM2M Core, Appendix C, has them in plain
//! text, and RFC 8259, section 6, in JSON.
//!
//! core's own float conversions are too large for a device and link panics. Here one fixed-point
//! number, wide enough for every `f64`, is multiplied and divided by powers of ten; no floating-point
//! arithmetic is involved. Its limbs have 16 bits because 32 by 16 bits is a division that the
//! processor has, and 64 by 32 bits is not. What is called from several places stays out of line,
//! which saves 0.3 kB; so does `expand`, whose stack is then free again before the text is checked.

use crate::number::digits;
use crate::number::double::rounded;

/// The decimal text of one number, in ASCII.
pub(crate) struct Decimal {
    text: [u8; MAX_TEXT],
    length: usize,
}

impl Decimal {
    const EMPTY: Self = Self {
        text: [0; MAX_TEXT],
        length: 0,
    };

    /// All digits of `value`, with `-` where it is negative.
    pub(crate) fn from_integer(value: i64) -> Self {
        Self::plain(value < 0, &digits(&mut limbs(value.unsigned_abs())), DIGITS)
    }

    /// All digits of `value`.
    pub(crate) fn from_unsigned(value: u64) -> Self {
        Self::plain(false, &digits(&mut limbs(value)), DIGITS)
    }

    /// The shortest text that [`parse_float`] turns back into `value`, and of these the closest to it.
    ///
    /// Zero and magnitudes from 1e-5 up to, not including, 1e17 are plain (`-0.5`, `22`, `-0`), others
    /// have an exponent (`1.5e300`, `5e-324`). None for infinities and NaN: they have no decimal text.
    pub(crate) fn from_float(value: f64) -> Option<Self> {
        let negative = value.is_sign_negative();
        let magnitude = value.to_bits() & !SIGN;
        if magnitude >= INFINITY {
            return None;
        }
        let below = LAST_PLACE_EXPONENT.wrapping_sub((magnitude >> 52) as u32);
        if (21..60).contains(&below) {
            let mut decimal = Self::EMPTY;
            if negative {
                decimal.push(b'-');
            }
            let mantissa = (magnitude & (MIN_NORMAL - 1)) | MIN_NORMAL;
            for &digit in digits::digits((mantissa >> below) as u32, &mut [0; 10]) {
                decimal.push(digit);
            }
            decimal.push_fraction(mantissa, below);
            return Some(decimal);
        }
        let (digits, point) = if magnitude == 0 {
            ([b'0'; DIGITS as usize], DIGITS)
        } else {
            shortest(magnitude)
        };
        let exponent = point - leading_zeros(&digits) - 1;
        let plain = (-5..17).contains(&exponent);
        let shift = if plain { 0 } else { exponent };
        let mut decimal = Self::plain(negative, &digits, point - shift);
        if !plain {
            decimal.push_exponent(exponent);
        }
        Some(decimal)
    }

    /// The text, at most 24 bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }

    /// `0.digits` times ten to the power of `point`, without the zeros that say nothing.
    fn plain(negative: bool, digits: &Digits, point: i32) -> Self {
        let mut decimal = Self::EMPTY;
        if negative {
            decimal.push(b'-');
        }
        let significant = digits.iter().rposition(|&digit| digit != b'0');
        let end = significant.map_or(0, |last| last as i32 + 1);
        for place in leading_zeros(digits).min(point - 1)..end.max(point) {
            if place == point {
                decimal.push(b'.');
            }
            decimal.push(digits.get(place as usize).map_or(b'0', |&digit| digit));
        }
        decimal
    }

    /// The fewest decimals that tell a number from the next `f64`: its mantissa has so many bits below
    /// the point, less than 60. What is left of the number and half of what is between the two are
    /// counted in halves of the last bit, and ten times as many each with every decimal.
    fn push_fraction(&mut self, mantissa: u64, below: u32) {
        let one = 2 << below;
        let mut rest = (mantissa << 1) & (one - 1);
        let mut half = 1;
        if rest != 0 {
            self.push(b'.');
        }
        while rest >= half {
            rest *= 10;
            half *= 10;
            let mut digit = b'0' + (rest >> (below + 1)) as u8;
            rest &= one - 1;
            let is_last = rest < half || rest + half > one;
            if is_last && rest >= one / 2 {
                digit += 1;
                rest = 0;
            }
            self.push(digit);
        }
    }

    fn push_exponent(&mut self, exponent: i32) {
        self.push(b'e');
        if exponent < 0 {
            self.push(b'-');
        }
        let digits = digits(&mut limbs(exponent.unsigned_abs().into()));
        for &digit in digits.iter().skip(leading_zeros(&digits) as usize) {
            self.push(digit);
        }
    }

    #[inline(never)]
    fn push(&mut self, byte: u8) {
        if let Some(end) = self.text.get_mut(self.length) {
            *end = byte;
            self.length += 1;
        }
    }
}

/// An integer: an optional `-`, then digits only; leading zeros are accepted. None where it is not
/// that or does not fit.
pub(crate) fn parse_integer(text: &[u8]) -> Option<i64> {
    match text {
        [b'-', digits @ ..] => 0_i64.checked_sub_unsigned(parse_unsigned(digits)?),
        digits => parse_unsigned(digits)?.try_into().ok(),
    }
}

/// An unsigned integer: digits only; leading zeros are accepted. None where it is not that or does
/// not fit.
pub(crate) fn parse_unsigned(text: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(byte & 0x0f))?;
    }
    (!text.is_empty()).then_some(value)
}

/// A number as JSON writes it, in plain text also with leading zeros, rounded to the nearest `f64`, ties to even.
///
/// That is exact for any count of digits. The work is bounded by the length of the text, whatever
/// its exponent. What is too small becomes a subnormal or zero. None where the text is not a number,
/// rounds to infinity, or has an exponent beyond `u64`.
pub(crate) fn parse_float(text: &[u8]) -> Option<f64> {
    let (sign, text) = match text {
        [b'-', text @ ..] => (SIGN, text),
        text => (0, text),
    };
    let (whole, text) = split_digits(text)?;
    let (fraction, text) = match text {
        [b'.', text @ ..] => split_digits(text)?,
        text => (&[][..], text),
    };
    let exponent = match text {
        [] => 0,
        [b'e' | b'E', text @ ..] => parse_exponent(text)?,
        _ => return None,
    };
    let magnitude = nearest(whole, fraction, whole.len() as i32 + exponent);
    (magnitude < INFINITY).then(|| f64::from_bits(sign | magnitude))
}

/// The bits of the `f64` nearest to `magnitude` times ten to the power of `exponent`, ties to even.
/// None where that is infinity. The work is bounded, whatever the exponent.
pub(crate) fn scaled(magnitude: u64, exponent: i32) -> Option<u64> {
    let point = exponent.saturating_add(DIGITS);
    let bits = nearest(&digits(&mut limbs(magnitude)), &[], point);
    (bits < INFINITY).then_some(bits)
}

/// An exponent with its optional sign, bounded by what no text is long enough to make up for.
fn parse_exponent(text: &[u8]) -> Option<i32> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    Some(sign * parse_unsigned(digits)?.min(100_000_000) as i32)
}

/// The digits at the start of `text`, at least one, and what follows them.
fn split_digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    text.split_at_checked(count).filter(|_| count > 0)
}

/// The fewest significant digits that are read back as the `f64` of these bits, and their decimal point.
fn shortest(magnitude: u64) -> (Digits, i32) {
    let (exact, point) = expand(magnitude);
    let first = leading_zeros(&exact);
    // A normal number that has a shorter text shows it, followed by zeros, in its first 15 digits.
    let mut count = if magnitude < MIN_NORMAL { 1 } else { 15 };
    let mut up = false;
    loop {
        let digits = round(exact, (first + count) as usize, up);
        // 17 digits are always enough.
        if count == 17 || nearest(&digits, &[], point) == magnitude {
            return (digits, point);
        }
        // The numbers below a power of two are closer to it than those above, so that the next
        // text above can fit where the closest, below, does not.
        up = !up && magnitude & (MIN_NORMAL - 1) == 0;
        count += i32::from(!up);
    }
}

/// Clears the digits from `cut` on, and adds one to the digit before if they are half of that or
/// more, or if `up`.
fn round(mut digits: Digits, cut: usize, mut up: bool) -> Digits {
    for (place, digit) in digits.iter_mut().enumerate().rev() {
        if place >= cut {
            up |= place == cut && *digit >= b'5';
            *digit = b'0';
        } else if up {
            up = *digit == b'9';
            *digit = if up { b'0' } else { *digit + 1 };
        }
    }
    digits
}

/// The bits of the `f64` nearest to `0.(whole)(fraction)` times ten to the power of `point`, ties to
/// even; or of infinity.
fn nearest(whole: &[u8], fraction: &[u8], point: i32) -> u64 {
    let end = (whole.len() + fraction.len()) as i32;
    // Further away the number is zero or infinite all the same.
    let point = point.max(-400).min(end + 400);
    let mut number = [0; FRACTION + INTEGER];
    let (below, above) = number.split_at_mut(FRACTION);

    let mut place = 0;
    while place < point {
        let next = point.min(place + 4);
        let (digits, scale) = group(whole, fraction, place, next);
        if multiply(above, scale, digits) != 0 {
            return INFINITY;
        }
        place = next;
    }
    let mut place = end;
    let mut lost = 0;
    while place > point {
        let next = point.max(place - 4);
        let (digits, scale) = group(whole, fraction, next, place);
        lost |= divide(below, scale, digits);
        place = next;
    }
    if let Some(limb) = number.first_mut() {
        // Far below the last bit kept, one bit stands for all that is lost.
        *limb |= u16::from(lost != 0);
    }
    pack(&mut number)
}

/// The places `from..to` of the digits, at most four, as a number; and the power of ten of their count.
#[inline(never)]
fn group(whole: &[u8], fraction: &[u8], from: i32, to: i32) -> (u16, u16) {
    (from..to).fold((0, 1), |(digits, scale), place| {
        let place = place as usize;
        let digit = whole
            .get(place)
            .or_else(|| fraction.get(place.wrapping_sub(whole.len())))
            .map_or(0, |digit| digit & 0x0f);
        (digits * 10 + u16::from(digit), scale * 10)
    })
}

/// The bits of the `f64` nearest to `number`, which is used up; ties to even.
fn pack(number: &mut Fixed) -> u64 {
    let top = number.iter().enumerate().rfind(|(_, limb)| **limb != 0);
    let width = top.map_or(0, |(index, limb)| {
        index * 16 + 16 - limb.leading_zeros() as usize
    });
    let last = width.saturating_sub(53).max(LAST_PLACE);
    // Four limbs then hold the 53 bits from there up and 11 bits below.
    multiply(number, 1 << (11_usize.wrapping_sub(last) % 16), 0);
    let window = (last + 4) / 16;
    let (rest, bits) = number.split_at_checked(window).unwrap_or_default();
    let bits: &[u16; 4] = bits.first_chunk().unwrap_or(&[0; 4]);
    let bits = bits
        .iter()
        .rev()
        .fold(0, |bits, &limb| bits << 16 | u64::from(limb));
    let rest = u64::from(rest.iter().any(|&limb| limb != 0));
    rounded(false, (last - LAST_PLACE) as u32 + 1, bits | rest).to_bits()
}

/// The decimal digits of the `f64` of these bits, cut off after the 19th or 20th, and their decimal
/// point. A subnormal number has fewer, but two more than tell it from the next.
#[inline(never)]
fn expand(magnitude: u64) -> (Digits, i32) {
    let mut mantissa = magnitude & (MIN_NORMAL - 1);
    let mut last = LAST_PLACE;
    if magnitude >= MIN_NORMAL {
        mantissa |= MIN_NORMAL;
        last += (magnitude >> 52) as usize - 1;
    }
    let mut number = [0; FRACTION + INTEGER];
    let window = (last + 4) / 16;
    if let Some(bits) = number.get_mut(window..).and_then(<[u16]>::first_chunk_mut) {
        *bits = limbs(mantissa << 11);
    }
    divide(&mut number, 1 << (11_usize.wrapping_sub(last) % 16), 0);
    // With the logarithm of two: a normal number's decimal exponent is this or one more.
    let exponent = ((last as i32 + 52 - FRACTION as i32 * 16) * 78_913) >> 18;
    let mut shift = 18 - exponent;
    while shift > 0 {
        let (scale, step) = if shift < 4 { (10, 1) } else { (10_000, 4) };
        multiply(&mut number, scale, 0);
        shift -= step;
    }
    while shift < 0 {
        let (scale, step) = if shift > -4 { (10, 1) } else { (10_000, 4) };
        divide(&mut number, scale, 0);
        shift += step;
    }
    let integer = number.get_mut(FRACTION..FRACTION + 5);
    (digits(integer.unwrap_or_default()), DIGITS - 18 + exponent)
}

fn limbs(value: u64) -> [u16; 4] {
    [
        value as u16,
        (value >> 16) as u16,
        (value >> 32) as u16,
        (value >> 48) as u16,
    ]
}

/// The decimal digits of an integer below 10^20, which is used up.
#[inline(never)]
fn digits(limbs: &mut [u16]) -> Digits {
    let mut digits = [b'0'; DIGITS as usize];
    for four in digits.rchunks_mut(4) {
        let mut rest = divide(limbs, 10_000, 0);
        for digit in four.iter_mut().rev() {
            *digit += (rest % 10) as u8;
            rest /= 10;
        }
    }
    digits
}

#[inline(never)]
fn leading_zeros(digits: &Digits) -> i32 {
    digits.iter().take_while(|&&digit| digit == b'0').count() as i32
}

/// Multiplies, adds `carry`, and returns what goes beyond the limbs.
#[inline(never)]
fn multiply(limbs: &mut [u16], factor: u16, mut carry: u16) -> u16 {
    for limb in limbs {
        let product = u32::from(*limb) * u32::from(factor) + u32::from(carry);
        *limb = product as u16;
        carry = (product >> 16) as u16;
    }
    carry
}

/// Divides, with `remainder` (less than the divisor) above the limbs, and returns the remainder.
#[inline(never)]
fn divide(limbs: &mut [u16], divisor: u16, remainder: u16) -> u16 {
    // Never zero; saying so here spares the compiler's check, which could panic.
    let divisor = u32::from(divisor.max(1));
    let mut remainder = u32::from(remainder);
    for limb in limbs.iter_mut().rev() {
        let dividend = remainder << 16 | u32::from(*limb);
        *limb = (dividend / divisor) as u16;
        remainder = dividend % divisor;
    }
    remainder as u16
}

/// ASCII digits, as many as the largest `u64` has; unused places at either end hold `0`.
type Digits = [u8; DIGITS as usize];
const DIGITS: i32 = 20;

/// `-1.2345678901234567e-300` and `-0.000012345678901234567`.
const MAX_TEXT: usize = 24;

/// A binary fixed-point number that holds every finite `f64` exactly, least significant limb first.
type Fixed = [u16; FRACTION + INTEGER];

/// Limbs below the binary point: the smallest `f64` is 2^-1074, and rounding looks two bits further.
const FRACTION: usize = 68;

/// Limbs above the binary point: every `f64` is below 2^1024.
const INTEGER: usize = 64;

/// The place of 2^-1074 in a [`Fixed`].
const LAST_PLACE: usize = FRACTION * 16 - 1074;

/// The exponent that an `f64` has whose last bit is worth one.
const LAST_PLACE_EXPONENT: u32 = 1075;

const SIGN: u64 = 1 << 63;
const INFINITY: u64 = 0x7ff << 52;
const MIN_NORMAL: u64 = 1 << 52;

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::format;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn text(decimal: &Decimal) -> &str {
        str::from_utf8(decimal.as_bytes()).expect("decimal text is ASCII")
    }

    fn float_text(value: f64) -> Option<String> {
        Decimal::from_float(value).map(|decimal| text(&decimal).to_string())
    }

    fn parsed_bits(text: &str) -> Option<u64> {
        parse_float(text.as_bytes()).map(f64::to_bits)
    }

    /// SplitMix64. Set `SEED` to repeat or to vary a run.
    struct Random(u64);

    impl Random {
        fn new() -> Self {
            let seed = std::env::var("SEED").map_or(Ok(1), |seed| seed.parse());
            let seed = seed.expect("SEED is an unsigned integer");
            std::println!("SEED={seed}");
            Self(seed)
        }

        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ mixed >> 31
        }

        fn below(&mut self, limit: u64) -> u64 {
            self.next() % limit
        }

        fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
            let index = self.below(choices.len() as u64) as usize;
            *choices.get(index).expect("the index is below the length")
        }

        fn digits(&mut self, most: u64) -> String {
            (0..=self.below(most))
                .map(|_| char::from(b'0' + self.below(10) as u8))
                .collect()
        }
    }

    #[test]
    fn integers_round_trip() {
        let mut random = Random::new();
        let edges = [
            0,
            1,
            9,
            10,
            99,
            100,
            1 << 63,
            (1 << 63) - 1,
            (1 << 63) + 1,
            u64::MAX,
        ];
        let shifted = (0..20_000).map(|count| random.next() >> (count % 64));
        for value in edges.into_iter().chain(shifted) {
            let signed = value as i64;
            let decimal = Decimal::from_unsigned(value);
            assert_eq!(text(&decimal), value.to_string());
            assert_eq!(parse_unsigned(decimal.as_bytes()), Some(value));
            let decimal = Decimal::from_integer(signed);
            assert_eq!(text(&decimal), signed.to_string());
            assert_eq!(parse_integer(decimal.as_bytes()), Some(signed));
        }
    }

    #[test]
    fn integers_that_do_not_fit_or_are_not_integers_are_refused() {
        assert_eq!(parse_unsigned(b"18446744073709551616"), None);
        assert_eq!(parse_unsigned(b"99999999999999999999999"), None);
        assert_eq!(parse_integer(b"9223372036854775808"), None);
        assert_eq!(parse_integer(b"-9223372036854775809"), None);
        assert_eq!(parse_integer(b"-0007"), Some(-7));
        assert_eq!(parse_integer(b"-0"), Some(0));
        for text in [
            "", "-", "--1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "12a", "\u{661}",
        ] {
            assert_eq!(parse_integer(text.as_bytes()), None, "{text:?}");
            assert_eq!(parse_unsigned(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(parse_unsigned(b"-1"), None);
    }

    #[test]
    fn floats_have_the_shortest_text() {
        for (value, text) in [
            (22.5, "22.5"),
            (600_000_000_000_000.0 + 0.25, "600000000000000.3"),
            (600_000_000_000_000.0 + 0.75, "600000000000000.8"),
            (22.0, "22"),
            (0.1, "0.1"),
            (-0.0, "-0"),
            (0.0, "0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-5, "0.00001"),
            (9.5e-6, "9.5e-6"),
            (1e16, "10000000000000000"),
            (99_999_999_999_999_984.0, "99999999999999980"),
            (1e17, "1e17"),
            (1e300, "1e300"),
            (-1.5e300, "-1.5e300"),
            (5e-324, "5e-324"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::MAX, "1.7976931348623157e308"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (-1.234_567_890_123_456_8e-300, "-1.2345678901234568e-300"),
            (-0.000_012_345_678_901_234_568, "-0.000012345678901234568"),
        ] {
            assert_eq!(float_text(value).as_deref(), Some(text));
        }
        for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN] {
            assert_eq!(float_text(value), None);
        }
    }

    #[test]
    fn random_floats_round_trip_with_the_shortest_text() {
        let mut random = Random::new();
        let count = if cfg!(debug_assertions) {
            20_000
        } else {
            200_000
        };
        let patterns = (0..count).map(|_| random.next());
        let powers = (0..2047).map(|exponent| exponent << 52);
        let subnormals = (0..52).map(|place| 1 << place);
        let tenths = (0..2_000_u64).map(|tenths| (tenths as f64 / 10.0).to_bits());
        for bits in patterns.chain(powers).chain(subnormals).chain(tenths) {
            let value = f64::from_bits(bits);
            let Some(text) = float_text(value) else {
                assert!(!value.is_finite());
                continue;
            };
            let plain = value == 0.0 || (1e-5..1e17).contains(&value.abs());
            let expected = if plain {
                format!("{value}")
            } else {
                format!("{value:e}")
            };
            assert_eq!(text, expected);
            assert_eq!(parsed_bits(&text), Some(bits), "{text}");
        }
    }

    #[test]
    fn hard_cases_are_read_to_the_nearest_float() {
        for text in [
            "0e999999999999",
            "-0.000e-5",
            "00022.50",
            "9007199254740993",
            "9007199254740992.999999999999999999999999999999",
            "9007199254740993.000000000000000000000000000001",
            "1.00000000000000011102230246251565404236316680908203125",
            "1.000000000000000111022302462515654042363166809082031250001",
            "2.2250738585072011e-308",
            "2.2250738585072012e-308",
            "2.2250738585072014E-308",
            "6.631236846766476e-316",
            "3.237883913302901289588352412501532174863037669423108059901297049552301970670676565786835742587799557860615776559838283435514391084153169252689190564396459577394618038928365305143463955100356696665629202017331344031730044369360205258345803431471660032699580731300954848363975548690010751530018881758184174569652173110473696022749934638425380623369774736560008997404060967498028389191878963968575439222206416981462690113342524002724385941651051293552601421155333430225237291523843322331326138431477823591142408800030775170625915670728657003151953664260769822494937951845801530895238439819708403389937873241463484205608000027270531106827387907791444918534771598750162812548862768493201518991668028251730299953143924168545708663913273994694463908672332763671875e-319",
            "8.98846567431158e307",
            "1.7976931348623158e308",
            "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880e0",
            "1e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "4.9406564584124654e-324",
            "7.4109846876186981626485318930233205854758970392148714663837852375e-324",
            "1e-9999999999999999999",
            "123456789e-999",
            "1.1e+1",
            "1e23",
            "8.5e22",
            "6929495644600919.5",
            "3.518437208883201171875e13",
        ] {
            let expected = text.parse::<f64>().expect("std reads it");
            assert_eq!(parsed_bits(text), Some(expected.to_bits()), "{text}");
        }
        let zeros = "0".repeat(500);
        assert_eq!(
            parsed_bits(&format!("1{zeros}e-500")),
            Some(1_f64.to_bits())
        );
        assert_eq!(
            parsed_bits(&format!("0.{zeros}1e501")),
            Some(1_f64.to_bits())
        );
        assert_eq!(
            parsed_bits(&format!("{zeros}1.5{zeros}")),
            Some(1.5_f64.to_bits())
        );
        assert_eq!(
            parsed_bits(&format!("1{zeros}.{zeros}1e-500")),
            Some(1_f64.to_bits())
        );
    }

    #[test]
    fn floats_beyond_the_largest_are_refused() {
        // Halfway between the largest f64 and the power of two above it.
        let halfway = "17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027006985557136695962284291481986083493647529271907416844436551070434271155969950809304288017790417449779";
        let largest = f64::MAX.to_bits();
        assert_eq!(parsed_bits(&format!("{halfway}1.9")), Some(largest));
        assert_eq!(parsed_bits(&format!("-{halfway}1.9")), Some(largest | SIGN));
        for text in [
            &format!("{halfway}2"),
            "1e309",
            "-1.8e308",
            "1e999999999999",
            "17976931348623159e292",
        ] {
            assert_eq!(parsed_bits(text), None, "{text}");
        }
    }

    #[test]
    fn halfway_texts_round_to_even() {
        let mut random = Random::new();
        for count in 0..2_000 {
            // Every second one is subnormal or close to it.
            let bits = if count % 2 == 0 {
                random.below(INFINITY - 1)
            } else {
                random.below(1 << 53)
            };
            let exact = |bits: u64| format!("{:0>1390}", format!("{:.1075}", f64::from_bits(bits)));
            let (lower, upper) = (exact(bits), exact(bits + 1));
            let mut sums: Vec<u8> = lower
                .bytes()
                .zip(upper.bytes())
                .map(|(one, other)| {
                    if one == b'.' {
                        b'.'
                    } else {
                        one + other - 2 * b'0'
                    }
                })
                .collect();
            let mut carry = 0;
            for sum in sums.iter_mut().rev().filter(|sum| **sum != b'.') {
                (*sum, carry) = ((*sum + carry) % 10, (*sum + carry) / 10);
            }
            let mut odd = 0;
            for sum in sums.iter_mut().filter(|sum| **sum != b'.') {
                (*sum, odd) = ((*sum + odd * 10) / 2 + b'0', *sum % 2);
            }
            let halfway = str::from_utf8(&sums).expect("digits are ASCII");
            let halfway = halfway.trim_end_matches('0');
            assert_eq!(
                parsed_bits(halfway.trim_end_matches('.')),
                Some(bits + bits % 2),
                "{halfway}"
            );
            assert_eq!(
                parsed_bits(&format!("{halfway}01")),
                Some(bits + 1),
                "{halfway}"
            );
            if let Some(below) = halfway.strip_suffix('5') {
                assert_eq!(parsed_bits(&format!("{below}49")), Some(bits), "{halfway}");
            }
        }
    }

    #[test]
    fn random_decimal_texts_are_read_to_the_nearest_float() {
        let mut random = Random::new();
        for _ in 0..100_000 {
            let most = random.pick(&[1, 5, 20, 400]);
            let mut text = String::new();
            if random.below(2) == 0 {
                text.push('-');
            }
            text += &random.digits(most);
            if random.below(2) == 0 {
                text.push('.');
                text += &random.digits(most);
            }
            if random.below(2) == 0 {
                text += random.pick(&["e", "E", "e-", "E-", "e+"]);
                text += &random.below(350).to_string();
            }
            let expected = text.parse::<f64>().expect("std reads it");
            let expected = expected.is_finite().then_some(expected.to_bits());
            assert_eq!(parsed_bits(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            "+1",
            ".",
            ".5",
            "5.",
            "-.5",
            "5.e1",
            "1e",
            "1e+",
            "1e-",
            "1e--1",
            "1e1.5",
            "0e99999999999999999999",
            "1.2.3",
            "e5",
            " 1",
            "1 ",
            "1_000",
            "1,5",
            "0x1p3",
            "inf",
            "NaN",
            "-Infinity",
            "1\0",
        ] {
            assert_eq!(parsed_bits(text), None, "{text:?}");
        }

        let mut random = Random::new();
        for _ in 0..200_000 {
            let alphabet = b"0123456789..eE+-- ";
            let text: Vec<u8> = (0..random.below(12))
                .map(|_| match random.below(60) {
                    0 => random.next() as u8,
                    index => alphabet
                        .get(index as usize % alphabet.len())
                        .map_or(b'0', |&byte| byte),
                })
                .collect();
            let expected = str::from_utf8(&text)
                .ok()
                .and_then(|text| text.parse::<f64>().ok());
            // std also reads dots without digits on both sides, a plus sign and what stands for infinity.
            let padded = [b" ", text.as_slice(), b" "].concat();
            let bare_dot = padded.windows(3).any(|part| {
                matches!(part, [before, b'.', after]
                    if !before.is_ascii_digit() || !after.is_ascii_digit())
            });
            let expected =
                expected.filter(|value| value.is_finite() && !bare_dot && !text.starts_with(b"+"));
            assert_eq!(
                parse_float(&text).map(f64::to_bits),
                expected.map(f64::to_bits),
                "{text:?}"
            );
            if let Some(value) = parse_integer(&text) {
                assert_eq!(
                    str::from_utf8(&text)
                        .ok()
                        .and_then(|text| text.parse().ok()),
                    Some(value)
                );
            }
        }
    }
}
