//! The command line.

use std::path::PathBuf;

use client_lite::Duration;
use demo_server::cli::Arguments;
use demo_server::escape;

use crate::number::number;
use crate::scenario::Scenario;

pub const HELP: &str = "\
A device in the field, on virtual time: a notification an hour, a lifetime of a day, queue mode; an
outage of a day and a reboot a week. This client, and Zephyr's engine by its rules.

Usage: field [OPTION ...]

  --days N         how long, 1 to 365 (default 30)
  --awake SECONDS  how long the radio listens after a message, 1 to 600 (default 93, which LwM2M
                   suggests; with release assistance a network lets it sleep after a few)
  --loss PERCENT   of the datagrams, 0 to 50 (default 1)
  --restart SECONDS
                   how long the application of Zephyr's engine waits before it starts the engine again,
                   which stops after so many attempts, 1 to 86400 (default 3600)
  --seed N         where chance begins; the same seed gives the same figures (default 1)
  --plot FILE      draws what adds up over the days, as .svg or .png
  --font FILE      a TrueType font for that (default: one of this machine's)
  --help           this text

Exit codes: 0 all went well, 1 something did not, 2 the command line is wrong.
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub enum Options {
    Help,
    Run(Settings),
}

#[derive(Debug, PartialEq)]
pub struct Settings {
    pub scenario: Scenario,
    pub plot: Option<PathBuf>,
    pub font: Option<PathBuf>,
}

impl Options {
    /// An error says what is wrong and what to do.
    pub fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut scenario = Scenario::default();
        let (mut plot, mut font) = (None, None);
        while let Some(name) = arguments.option(&[])? {
            let mut value = || arguments.value(&name);
            match name.as_str() {
                "--help" => return Ok(Self::Help),
                "--days" => scenario.days = number(&name, &value()?, 1, 365)?,
                "--awake" => scenario.awake = seconds(&name, &value()?, 600)?,
                "--loss" => scenario.loss = number(&name, &value()?, 0.0, 50.0)? / 100.0,
                "--restart" => scenario.restart = seconds(&name, &value()?, 86_400)?,
                "--seed" => scenario.seed = number(&name, &value()?, 0, u64::MAX)?,
                "--plot" => plot = Some(picture(&name, value()?)?),
                "--font" => font = Some(value()?.into()),
                _ => return Err(format!("unknown option {}", escape(&name))),
            }
        }
        if font.is_some() && plot.is_none() {
            return Err("--font needs --plot".into());
        }
        Ok(Self::Run(Settings {
            scenario,
            plot,
            font,
        }))
    }
}

fn seconds(name: &str, text: &str, most: u32) -> Result<Duration, String> {
    number(name, text, 1, most).map(Duration::from_secs)
}

fn picture(name: &str, file: String) -> Result<PathBuf, String> {
    let path = PathBuf::from(&file);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("svg" | "png") => Ok(path),
        _ => Err(format!("{name}: {file:?} ends in neither .svg nor .png")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Options, String> {
        Options::parse(Arguments::new(arguments.split_whitespace()))
    }

    #[test]
    fn all_options() {
        let Ok(Options::Run(settings)) = parse(
            "--days 2 --awake 5 --loss 2.5 --restart 60 --seed 7 --plot a/b.png --font c.ttf",
        ) else {
            panic!("accepted");
        };
        let scenario = settings.scenario;
        assert_eq!((scenario.days, scenario.seed), (2, 7));
        assert_eq!(scenario.awake, Duration::from_secs(5));
        assert_eq!(scenario.restart, Duration::from_secs(60));
        assert_eq!(scenario.loss, 0.025);
        assert_eq!(settings.plot, Some("a/b.png".into()));
        assert_eq!(settings.font, Some("c.ttf".into()));
        assert_eq!(parse("--help"), Ok(Options::Help));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, named) in [
            ("--frobnicate", "--frobnicate"),
            ("stray", "stray"),
            ("--days 0", "--days: \"0\" is not a number from 1 to 365"),
            ("--awake 601", "--awake: \"601\""),
            ("--loss NaN", "--loss: \"NaN\""),
            ("--seed -1", "--seed"),
            ("--plot figure.gif", "neither .svg nor .png"),
            ("--font a.ttf", "--font needs --plot"),
            ("--days 1 --days 2", "--days is given twice"),
        ] {
            let wrong = parse(arguments).expect_err(arguments);
            assert!(wrong.contains(named), "{arguments}: {wrong}");
        }
    }
}
