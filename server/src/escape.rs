use std::fmt::{self, Write};

/// Text that came from elsewhere, for a line of output: what could end the line, steer a terminal or
/// turn the direction of writing stands as an escape, such as `\n` or `\u{1b}`.
pub fn escape(text: &str) -> Escaped<'_> {
    Escaped(text)
}

/// What [`escape`] gives, to be displayed.
pub struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '"' | '\'' => f.write_char(character),
            other => write!(f, "{}", other.escape_debug()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_line_or_steers_the_terminal() {
        for (text, escaped) in [
            (
                "plain, with \"quotes\" and it's ü",
                "plain, with \"quotes\" and it's ü",
            ),
            ("a\nb\r\tc\0", r"a\nb\r\tc\0"),
            ("\u{1b}[2K\u{7f}\u{9b}31m", r"\u{1b}[2K\u{7f}\u{9b}31m"),
            ("\u{202e}\u{2028}\u{feff}", r"\u{202e}\u{2028}\u{feff}"),
            // Unlike the escape itself.
            (r"\n", r"\\n"),
        ] {
            assert_eq!(escape(text).to_string(), escaped);
        }
    }
}
