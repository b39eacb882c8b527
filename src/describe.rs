//! Text in pieces, for a log on a device: core's formatting takes more flash there than all that it
//! would format.

use core::{fmt, str};

use crate::number::digits::digits;

/// Something that gives its text in pieces, one after the other. It is the same text that it displays,
/// but without core's formatting, which a device need not have in its flash then.
///
/// ```
/// use client_lite::{Describe, Detail, Path};
///
/// let mut line = String::new();
/// for part in [&Path::instance(3, 0) as &dyn Describe, &": ", &Detail::NoValue] {
///     part.describe(&mut |text| line.push_str(text));
/// }
/// assert_eq!(line, "/3/0: there is no value at the path");
/// ```
pub trait Describe {
    /// Hands all pieces on.
    fn describe(&self, write: &mut dyn FnMut(&str));
}

impl Describe for &str {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        write(self);
    }
}

/// In decimal digits.
impl Describe for u16 {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        let mut memory = [0; 10];
        let digits = digits((*self).into(), &mut memory);
        write(str::from_utf8(digits).unwrap_or_default());
    }
}

/// Displays what describes itself.
pub(crate) fn display(what: &dyn Describe, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut result = Ok(());
    what.describe(&mut |text| result = result.and_then(|()| formatter.write_str(text)));
    result
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;
    use crate::error::{Detail, Error, Operation};
    use crate::event::Event;
    use crate::model::path::Path;

    #[test]
    fn what_is_described_is_what_is_displayed() {
        let failed = |detail| Event::Error {
            operation: Operation::Update,
            error: Error::UnknownError,
            detail,
        };
        for (event, text) in [
            (
                failed(Detail::Response(0x84)),
                "update: UNKNOWN_ERROR: the server responded with 4.04",
            ),
            (
                Event::SendFailed(Detail::Response(0xa0)),
                "Send failed: the server responded with 5.00",
            ),
            (
                Event::SendFailed(Detail::Response(0x9d)),
                "Send failed: the server responded with 4.29",
            ),
            (
                Event::ObservationLost(Path::resource(3303, 0, 65534)),
                "the observation of /3303/0/65534 has ended: nobody acknowledges",
            ),
            (
                Event::ObservationLost(Path::ROOT),
                "the observation of / has ended: nobody acknowledges",
            ),
        ] {
            let mut described = String::new();
            event.describe(&mut |piece| described.push_str(piece));
            assert_eq!(described, text);
            assert_eq!(std::format!("{event}"), text);
        }
    }
}
