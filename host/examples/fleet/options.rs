//! The command line.

use std::path::PathBuf;

use client_lite::Duration;
use demo_server::cli::Arguments;
use demo_server::escape;

use crate::advice;
use crate::number::number;
use crate::scenario::{Notice, Refusal, Scenario};

pub const HELP: &str = "\
What a server meets after an outage, on virtual time: a fleet of this client with several back-offs, of
Zephyr's engine and of Anjay Lite by their rules, and of a client that waits as long after each failure.

Usage: fleet [OPTION ...]

  --devices N      1 to 9999999 (default 10000)
  --outage SECONDS how long the server answers nobody, 1 to 86400 (default 3600)
  --notice HOW     when devices notice: \"at-once\", all lose their power as the outage begins, and start
                   again within 10 s (default), or \"updates\", by Updates that get no answer
  --lifetime SECONDS
                   of a registration, 60 to 604800 (default 86400)
  --server-forgets the server has no registrations after the outage; needs --notice updates
  --capacity N     requests that the server handles in a second (default: all); with it there is a row
                   with the back-off that fits, and its options of Kconfig
  --refuse HOW     what becomes of the others: \"drop\" (default), or \"5.03\", Service Unavailable
  --max-age SECONDS
                   that 5.03 asks to be left alone, 0 to 86400 (default: no such option, which stands
                   for 60)
  --hours N        how long after the outage is looked at, 1 to 48 (default 3)
  --restart SECONDS
                   how long an application waits with a client that has given up, as Zephyr's engine and
                   Anjay Lite do, 1 to 86400 (default 3600)
  --fixed SECONDS  the wait of the last client, 1 to 86400 (default 60)
  --seed N         where chance begins; the same seed gives the same figures, whatever the number of
                   processors (default 1)
  --plot FOLDER    draws fleet.svg and fleet.png there
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
        let (mut plot, mut font, mut max_age) = (None, None, None);
        while let Some(name) = arguments.option(&[])? {
            let mut value = || arguments.value(&name);
            match name.as_str() {
                "--help" => return Ok(Self::Help),
                "--devices" => scenario.devices = number(&name, &value()?, 1, 9_999_999)?,
                "--outage" => scenario.outage = number(&name, &value()?, 1, 86_400)?,
                "--notice" => scenario.notice = notice(&name, &value()?)?,
                "--lifetime" => scenario.lifetime = number(&name, &value()?, 60, 604_800)?,
                "--server-forgets" => scenario.server.forgets = true,
                "--capacity" => {
                    let capacity = number(&name, &value()?, 1, u32::MAX)?;
                    scenario.server.capacity = Some(capacity);
                }
                "--refuse" => scenario.server.refusal = refusal(&name, &value()?)?,
                "--max-age" => max_age = Some(number(&name, &value()?, 0, 86_400)?),
                "--hours" => scenario.watch = 3600 * number(&name, &value()?, 1, 48)?,
                "--restart" => scenario.restart = seconds(&name, &value()?)?,
                "--fixed" => scenario.fixed = seconds(&name, &value()?)?,
                "--seed" => scenario.seed = number(&name, &value()?, 0, u64::MAX)?,
                "--plot" => plot = Some(value()?.into()),
                "--font" => font = Some(value()?.into()),
                _ => return Err(format!("unknown option {}", escape(&name))),
            }
        }
        let server = &mut scenario.server;
        if max_age.is_some() {
            match &mut server.refusal {
                Refusal::Unavailable(seconds) => *seconds = max_age,
                Refusal::Silence => return Err("--max-age needs --refuse 5.03".into()),
            }
        }
        if server.refusal != Refusal::Silence && server.capacity.is_none() {
            return Err("--refuse 5.03 needs --capacity".into());
        }
        if server.forgets && scenario.notice == Notice::AtOnce {
            return Err("--server-forgets needs --notice updates".into());
        }
        let least = advice::least_capacity(scenario.devices);
        if server.capacity.is_some_and(|capacity| capacity < least) {
            return Err(format!(
                "--capacity: so many devices need {least} or more, since Kconfig has no wait that is long \
                 enough for less"
            ));
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

fn seconds(name: &str, text: &str) -> Result<Duration, String> {
    number(name, text, 1, 86_400).map(Duration::from_secs)
}

fn notice(name: &str, text: &str) -> Result<Notice, String> {
    match text {
        "at-once" => Ok(Notice::AtOnce),
        "updates" => Ok(Notice::Updates),
        _ => Err(format!("{name}: {text:?} is neither at-once nor updates")),
    }
}

fn refusal(name: &str, text: &str) -> Result<Refusal, String> {
    match text {
        "drop" => Ok(Refusal::Silence),
        "5.03" => Ok(Refusal::Unavailable(None)),
        _ => Err(format!("{name}: {text:?} is neither drop nor 5.03")),
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
            "--devices 5 --outage 60 --notice updates --lifetime 600 --server-forgets --capacity 7 \
             --refuse 5.03 --max-age 9 --hours 2 --restart 30 --fixed 20 --seed 3 --plot a --font b.ttf",
        ) else {
            panic!("accepted");
        };
        let scenario = settings.scenario;
        assert_eq!((scenario.devices, scenario.outage), (5, 60));
        assert_eq!(scenario.notice, Notice::Updates);
        assert_eq!((scenario.lifetime, scenario.watch), (600, 7200));
        let server = scenario.server;
        assert_eq!((server.capacity, server.forgets), (Some(7), true));
        assert_eq!(server.refusal, Refusal::Unavailable(Some(9)));
        assert_eq!(scenario.restart, Duration::from_secs(30));
        assert_eq!(scenario.fixed, Duration::from_secs(20));
        assert_eq!(scenario.seed, 3);
        assert_eq!(settings.plot, Some("a".into()));
        assert_eq!(settings.font, Some("b.ttf".into()));
        assert_eq!(parse("--help"), Ok(Options::Help));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, named) in [
            ("--frobnicate", "--frobnicate"),
            ("stray", "stray"),
            (
                "--devices 0",
                "--devices: \"0\" is not a number from 1 to 9999999",
            ),
            ("--outage x", "--outage: \"x\""),
            (
                "--notice soon",
                "--notice: \"soon\" is neither at-once nor updates",
            ),
            (
                "--refuse 4.04",
                "--refuse: \"4.04\" is neither drop nor 5.03",
            ),
            ("--refuse 5.03", "--refuse 5.03 needs --capacity"),
            ("--max-age 60 --capacity 9", "--max-age needs --refuse 5.03"),
            (
                "--server-forgets",
                "--server-forgets needs --notice updates",
            ),
            ("--devices 1000000 --capacity 5", "need 18 or more"),
            ("--font a.ttf", "--font needs --plot"),
            ("--seed 1 --seed 2", "--seed is given twice"),
        ] {
            let wrong = parse(arguments).expect_err(arguments);
            assert!(wrong.contains(named), "{arguments}: {wrong}");
        }
    }
}
