//! Text in pieces, for a log on a device: core's formatting takes more flash there than all that it
//! would format.

use core::{fmt, str};

use crate::buffer::Buffer;

/// What says itself in pieces of text that stand one after the other: the text that it displays, without
/// core's formatting, which takes about 5 kB of a device's flash.
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
        let mut digits = [0; 5];
        let mut text = Buffer::new(&mut digits);
        text.number((*self).into());
        write(str::from_utf8(text.written_since(0)).unwrap_or_default());
    }
}

/// Displays what describes itself.
pub(crate) fn display(what: &dyn Describe, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut result = Ok(());
    what.describe(&mut |text| result = result.and_then(|()| formatter.write_str(text)));
    result
}
