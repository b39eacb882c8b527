//! Dates with times (RFC 3339, 5.6), as CBOR's tag 0 has them.

/// The seconds since 1970-01-01T00:00Z; a fraction of one is cut off.
pub(crate) fn parse(text: &[u8]) -> Option<i64> {
    let mut rest = text;
    let year = number(&mut rest, 4)?;
    let month = field(&mut rest, b'-')?;
    let day = field(&mut rest, b'-')?;
    let hour = field(&mut rest, b'T')?;
    let minute = field(&mut rest, b':')?;
    let second = field(&mut rest, b':')?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    // A leap second is the one after it.
    if day == 0 || day > length || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = i64::from(days(year, month, day)) * 86_400;
    let time = (hour * 60 + minute) * 60 + second;
    Some(seconds + i64::from(time) - i64::from(offset(rest)?))
}

/// From 1970-01-01 on.
fn days(year: u32, month: u32, day: u32) -> i32 {
    // Of years that begin in March, leap days are at the end.
    let (year, month) = match month {
        1 | 2 => (year + 399, month + 9),
        _ => (year + 400, month - 3),
    };
    let before = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5;
    // 1970-01-01, 400 years later in these years.
    (before + day) as i32 - 865_566
}

/// The seconds by which a time is ahead, behind an optional fraction of a second.
fn offset(mut rest: &[u8]) -> Option<i32> {
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
        let count = digits.count();
        rest = fraction.get(count..).filter(|_| count > 0)?;
    }
    let (sign, behind) = rest.split_first()?;
    rest = behind;
    let seconds = match sign {
        b'Z' | b'z' => 0,
        b'+' | b'-' => {
            let hour = number(&mut rest, 2).filter(|hour| *hour < 24)?;
            let minute = field(&mut rest, b':').filter(|minute| *minute < 60)?;
            let seconds = ((hour * 60 + minute) * 60) as i32;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    rest.is_empty().then_some(seconds)
}

/// Two digits behind what stands before them.
#[inline(never)]
fn field(rest: &mut &[u8], before: u8) -> Option<u32> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    first
        .eq_ignore_ascii_case(&before)
        .then(|| number(rest, 2))?
}

#[inline(never)]
fn number(rest: &mut &[u8], digits: usize) -> Option<u32> {
    let (digits, behind) = rest.split_at_checked(digits)?;
    *rest = behind;
    digits.iter().try_fold(0, |number, byte| {
        Some(number * 10 + char::from(*byte).to_digit(10)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3339, 5.8, RFC 8949, Appendix A, and the ends of the range.
    #[test]
    fn dates_with_times() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2013-03-21T20:04:00Z", 1_363_896_240),
            ("1985-04-12T23:20:50.52Z", 482_196_050),
            ("1996-12-19T16:39:57-08:00", 851_042_397),
            ("1990-12-31T23:59:60Z", 662_688_000),
            ("1990-12-31T15:59:60-08:00", 662_688_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_173),
            ("2000-02-29t00:00:00z", 951_782_400),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "2013-03-21",
            "2013-03-21T20:04:00",
            "2013-03-21 20:04:00Z",
            "2013-03-21T20:04Z",
            "2013-00-21T20:04:00Z",
            "2013-13-21T20:04:00Z",
            "2013-03-00T20:04:00Z",
            "2013-02-29T20:04:00Z",
            "1900-02-29T20:04:00Z",
            "2013-04-31T20:04:00Z",
            "2013-03-21T24:04:00Z",
            "2013-03-21T20:60:00Z",
            "2013-03-21T20:04:61Z",
            "2013-03-21T20:04:00.Z",
            "2013-03-21T20:04:00+1:00",
            "2013-03-21T20:04:00+24:00",
            "2013-03-21T20:04:00ZZ",
            "2O13-03-21T20:04:00Z",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
