use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use data_encoding::{DecodeError, DecodeKind, HEXLOWER_PERMISSIVE};
use lexopt::{Arg, Parser};

use crate::escape;

/// The command line of a program that takes options, perhaps behind a command. Each error says what is wrong with it.
///
/// ```
/// # use demo_server::cli::Arguments;
/// let mut arguments = Arguments::new(["--bind=[::1]:5683", "-h"]);
/// assert_eq!(arguments.option(&[]), Ok(Some("--bind".into())));
/// assert_eq!(arguments.value("--bind"), Ok("[::1]:5683".into()));
/// assert_eq!(arguments.option(&[]), Ok(Some("--help".into())));
/// assert_eq!(arguments.option(&[]), Ok(None));
/// ```
pub struct Arguments {
    parser: Parser,
    given: BTreeSet<String>,
}

impl Arguments {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self::of(Parser::from_env())
    }

    /// These, without a program's name in front.
    pub fn new(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self::of(Parser::from_args(arguments))
    }

    fn of(parser: Parser) -> Self {
        Self {
            parser,
            given: BTreeSet::new(),
        }
    }

    /// Whether the command line begins with this command, which is then taken.
    ///
    /// ```
    /// # use demo_server::cli::Arguments;
    /// let mut arguments = Arguments::new(["pki", "folder"]);
    /// assert!(arguments.command("pki"));
    /// assert_eq!(arguments.operand("FOLDER"), Ok("folder".into()));
    /// ```
    pub fn command(&mut self, name: &str) -> bool {
        let raw = self.parser.try_raw_args();
        raw.is_some_and(|mut raw| raw.next_if(|first| first == name).is_some())
    }

    /// What a command is about: the next argument, which is no option. `name` is for the error.
    pub fn operand(&mut self, name: &str) -> Result<String, String> {
        let operand = self.next_operand();
        unicode(name, operand.ok_or_else(|| format!("{name} is missing"))?)
    }

    /// The next option's name; `-h` and `-V` are `--help` and `--version`. Only a repeatable one may
    /// be given more than once.
    pub fn option(&mut self, repeatable: &[&str]) -> Result<Option<String>, String> {
        let argument = self.parser.next().map_err(|error| error.to_string())?;
        let name = match argument {
            None => return Ok(None),
            Some(Arg::Long(name)) => format!("--{name}"),
            Some(Arg::Short('h')) => "--help".into(),
            Some(Arg::Short('V')) => "--version".into(),
            Some(Arg::Short(letter)) => format!("-{letter}"),
            Some(Arg::Value(value)) => return Err(format!("unexpected argument {value:?}")),
        };
        if !self.given.insert(name.clone()) && !repeatable.contains(&name.as_str()) {
            return Err(format!("{} is given twice", escape(&name)));
        }
        Ok(Some(name))
    }

    /// The value of the option that came last, for which it needs none: what follows, unless that is an
    /// option.
    ///
    /// ```
    /// # use demo_server::cli::Arguments;
    /// let mut arguments = Arguments::new(["--web", "--web", "[::1]:8080"]);
    /// arguments.option(&[]).unwrap();
    /// assert_eq!(arguments.optional_value("--web"), Ok(None));
    /// arguments.option(&["--web"]).unwrap();
    /// assert_eq!(arguments.optional_value("--web"), Ok(Some("[::1]:8080".into())));
    /// ```
    pub fn optional_value(&mut self, name: &str) -> Result<Option<String>, String> {
        let value = self.parser.optional_value().or_else(|| self.next_operand());
        value.map(|value| unicode(name, value)).transpose()
    }

    /// The value of the option that came last.
    pub fn value(&mut self, name: &str) -> Result<String, String> {
        let value = self.parser.value();
        unicode(name, value.map_err(|_| format!("{name} needs a value"))?)
    }

    fn next_operand(&mut self) -> Option<OsString> {
        let is_operand = |argument: &OsStr| !argument.as_encoded_bytes().starts_with(b"-");
        self.parser.try_raw_args()?.next_if(is_operand)
    }
}

fn unicode(name: &str, value: OsString) -> Result<String, String> {
    value
        .into_string()
        .map_err(|value| format!("{name}: {value:?} is not Unicode text"))
}

/// The bytes of a key in hex digits. The error, which goes behind words for the key, repeats nothing
/// of it.
///
/// ```
/// # use demo_server::cli::hex;
/// assert_eq!(hex("00fF"), Ok(vec![0, 255]));
/// assert_eq!(hex("0g"), Err("is not hexadecimal: character 2 is no hex digit".into()));
/// ```
pub fn hex(text: &str) -> Result<Vec<u8>, String> {
    match HEXLOWER_PERMISSIVE.decode(text.as_bytes()) {
        Ok(bytes) if bytes.is_empty() => Err("is empty".into()),
        Ok(bytes) => Ok(bytes),
        Err(DecodeError {
            kind: DecodeKind::Symbol,
            position,
        }) => Err(format!(
            "is not hexadecimal: character {} is no hex digit",
            position + 1
        )),
        Err(_) => Err(format!(
            "is not an even number of hex digits but an odd one, {}",
            text.len()
        )),
    }
}
