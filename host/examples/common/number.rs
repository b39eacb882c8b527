//! Numbers on the command line.

use std::fmt::Display;
use std::str::FromStr;

/// The value of an option; an error names the option and its limits.
pub fn number<T>(name: &str, text: &str, least: T, most: T) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    text.parse()
        .ok()
        .filter(|number| (&least..=&most).contains(&number))
        .ok_or_else(|| format!("{name}: {text:?} is not a number from {least} to {most}"))
}
