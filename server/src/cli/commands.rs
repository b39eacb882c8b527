use crate::escape;

/// The first word of a line, and the rest.
pub fn word(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) => (first, rest.trim_start()),
        None => (text, ""),
    }
}

/// Nothing stands behind a command that takes no more; else an error that names it.
pub fn nothing(command: &str, rest: &str) -> Result<(), String> {
    if rest.is_empty() {
        Ok(())
    } else {
        Err(format!("unexpected {rest:?} behind {}", escape(command)))
    }
}
