//! The command line.

use std::path::{Path, PathBuf};

use client_lite::{Account, Certificates, Config, ServerUri, Trust, UriError, Version};
use demo_server::cli::{Arguments, hex};
use demo_server::{escape, pki};

pub const HELP: &str = "\
A device with a button (/3200/0/5501) and a thermometer (/3303/0/5700).

Usage: client                      show a registration's life with a server of its own
       client --server URI ...     be managed by this server until Ctrl-C

  --server URI         coap://HOST[:PORT] or coaps://HOST[:PORT]; IPv6 as coap://[::1]:5683
  --endpoint NAME      endpoint client name (default client-lite-example)
  --lifetime SECONDS   lifetime of the registration, 1 or more (default 300)
  --queue              queue mode: the server waits with requests until the device speaks
  --psk-identity TEXT  identity of the pre-shared key, for coaps
  --psk-key HEX        the key, an even number of hex digits, for coaps
  --certificates FOLDER
                       ca.der, device.der and device-key.der, for coaps in place of a key
  --izuma              the server is Izuma's, or speaks its profile of LwM2M
  --bootstrap          the server is a bootstrap server, which knows the server to register with
  --bootstrap-pack     ... and is first asked for all that it would write, in one response
  --retry-after SECONDS
                       time from an error that halts the device to its next attempt, 1 or more
                       (default 3600)
  --snapshots FOLDER   keep there what outlives the program, also where it is killed: the next one goes
                       on with its registration and observations
  --version            this program's version
  --help               this text

Exit codes: 0 all went well, 1 something did not, 2 the command line is wrong.

";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub enum Options {
    Help,
    Version,
    Demo,
    Server(Box<Settings>),
}

/// How to run against a server.
#[derive(PartialEq)]
pub struct Settings {
    pub uri: String,
    pub endpoint: String,
    pub lifetime: u32,
    pub queue: bool,
    pub izuma: bool,
    /// Identity and key.
    pub psk: Option<(String, Vec<u8>)>,
    pub certificates: Option<Files>,
    pub bootstrap: bool,
    pub bootstrap_pack: bool,
    /// Seconds from an error that halts the device to its next attempt.
    pub retry_after: u32,
    /// The folder of what outlives the program.
    pub snapshots: Option<PathBuf>,
}

impl Options {
    /// An error says what is wrong and what to do.
    pub fn parse(mut arguments: Arguments) -> Result<Self, String> {
        let mut uri = None;
        let mut settings = Settings {
            uri: String::new(),
            endpoint: "client-lite-example".into(),
            lifetime: 300,
            queue: false,
            izuma: false,
            psk: None,
            certificates: None,
            bootstrap: false,
            bootstrap_pack: false,
            retry_after: 3600,
            snapshots: None,
        };
        let (mut identity, mut key) = (None, None);
        // The first of the options that make no sense without a server.
        let mut dependent: Option<String> = None;
        while let Some(name) = arguments.option(&[])? {
            let mut value = || arguments.value(&name);
            match name.as_str() {
                "--help" => return Ok(Self::Help),
                "--version" => return Ok(Self::Version),
                "--server" => uri = Some(server(&name, value()?)?),
                "--endpoint" => settings.endpoint = value()?,
                "--lifetime" => settings.lifetime = seconds(&name, &value()?)?,
                "--queue" => settings.queue = true,
                "--izuma" => settings.izuma = true,
                "--psk-identity" => match value()? {
                    none if none.is_empty() => {
                        return Err(format!("{name}: the identity is empty"));
                    }
                    given => identity = Some(given),
                },
                "--psk-key" => {
                    let given = hex(&value()?);
                    key = Some(given.map_err(|wrong| format!("{name}: the key {wrong}"))?);
                }
                "--certificates" => {
                    let read = certificates(Path::new(&value()?));
                    settings.certificates = Some(read.map_err(|why| format!("{name}: {why}"))?);
                }
                "--bootstrap" => settings.bootstrap = true,
                "--bootstrap-pack" => settings.bootstrap_pack = true,
                "--retry-after" => {
                    settings.retry_after = seconds(&name, &value()?)?;
                }
                "--snapshots" => settings.snapshots = Some(value()?.into()),
                _ => return Err(format!("unknown option {}", escape(&name))),
            }
            if name != "--server" {
                dependent.get_or_insert(name);
            }
        }
        settings.psk = match (identity, key) {
            (Some(identity), Some(key)) => Some((identity, key)),
            (None, None) => None,
            (Some(_), None) => return Err("--psk-identity needs --psk-key".into()),
            (None, Some(_)) => return Err("--psk-key needs --psk-identity".into()),
        };
        settings.uri = match (uri, dependent) {
            (Some(uri), _) => uri,
            (None, None) => return Ok(Self::Demo),
            (None, Some(option)) => return Err(format!("{option} needs --server")),
        };
        let secure = ServerUri::parse(&settings.uri).is_ok_and(|uri| uri.secure);
        match (secure, &settings.psk, &settings.certificates) {
            (_, Some(_), Some(_)) => {
                return Err("a key and --certificates: only one of them can be used".into());
            }
            (true, None, None) => {
                let why = "coaps:// needs --psk-identity and --psk-key, or --certificates";
                return Err(why.into());
            }
            (false, Some(_), _) => {
                return Err("--psk-identity and --psk-key need a coaps:// server".into());
            }
            (false, _, Some(_)) => return Err("--certificates needs a coaps:// server".into()),
            _ => {}
        }
        if settings.bootstrap_pack && !settings.bootstrap {
            return Err("--bootstrap-pack needs --bootstrap".into());
        }
        settings
            .config()
            .check()
            .map_err(|detail| detail.to_string())?;
        Ok(Self::Server(Box::new(settings)))
    }
}

impl Settings {
    pub fn config(&self) -> Config<'_> {
        let mut account = Account::new(&self.uri);
        if let Some((identity, key)) = &self.psk {
            account = account.with_psk(identity.as_bytes(), key);
        }
        if let Some(files) = &self.certificates {
            account = account.with_certificates(Certificates {
                certificate: &files.certificate,
                key: &files.key,
                server: Trust::Authority(&files.authority),
            });
        }
        if self.bootstrap {
            account = account.for_bootstrap();
        }
        let mut config = Config::new(&self.endpoint, account);
        config.lifetime = self.lifetime;
        config.queue_mode = self.queue;
        config.izuma_profile = self.izuma;
        config.bootstrap_pack = self.bootstrap_pack;
        if self.izuma {
            config.version = Version::V1_0;
        }
        config.device.manufacturer = "Client Lite";
        config.device.model = "example";
        config.device.firmware_version = env!("CARGO_PKG_VERSION");
        config
    }
}

/// Shows no key.
impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.config().fmt(formatter)
    }
}

/// A device's certificates, as the demo server's `pki` makes them.
#[derive(PartialEq)]
pub struct Files {
    authority: Vec<u8>,
    certificate: Vec<u8>,
    key: Vec<u8>,
}

fn certificates(folder: &Path) -> Result<Files, String> {
    let read = |file| {
        pki::read(&folder.join(file)).map_err(|error| {
            format!("{error}; cargo run -p demo-server -- pki FOLDER makes the files")
        })
    };
    Ok(Files {
        authority: read("ca.der")?,
        certificate: read("device.der")?,
        key: read("device-key.der")?,
    })
}

fn server(name: &str, uri: String) -> Result<String, String> {
    let wrong = match ServerUri::parse(&uri) {
        Ok(_) => return Ok(uri),
        Err(UriError::Scheme) => "does not begin with coap:// or coaps://",
        Err(UriError::Host) => "has no host, or one that cannot be a name or an address",
        Err(UriError::Port) => "has a port that is not a number from 1 to 65535",
        Err(UriError::Path) => "has a path, a user or a fragment, which it must not have",
    };
    Err(format!(
        "{name}: {uri:?} {wrong}; expected such as coap://192.0.2.1:5683 or coap://[::1]"
    ))
}

fn seconds(name: &str, text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| {
            format!(
                "{name}: {text:?} is not a number of seconds from 1 to {}",
                u32::MAX
            )
        })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn parse(arguments: &str) -> Result<Options, String> {
        Options::parse(Arguments::new(arguments.split_whitespace()))
    }

    #[test]
    fn all_options() {
        let Ok(Options::Server(settings)) = parse(
            "--server coaps://[::1]:5694 --endpoint x --lifetime 60 --queue --izuma \
             --psk-identity i --psk-key 00fF --bootstrap --bootstrap-pack --retry-after 5 \
             --snapshots kept",
        ) else {
            panic!("accepted");
        };
        assert_eq!(settings.uri, "coaps://[::1]:5694");
        assert_eq!(settings.endpoint, "x");
        assert_eq!(settings.lifetime, 60);
        assert!(settings.queue && settings.izuma && settings.bootstrap);
        assert!(settings.bootstrap_pack);
        assert_eq!(settings.psk, Some(("i".into(), vec![0, 255])));
        assert_eq!(settings.retry_after, 5);
        assert_eq!(settings.snapshots, Some("kept".into()));
        assert_eq!(parse(""), Ok(Options::Demo));
        assert_eq!(parse("--help"), Ok(Options::Help));
        assert_eq!(parse("--version"), Ok(Options::Version));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, named) in [
            ("--frobnicate", "--frobnicate"),
            ("-x", "-x"),
            ("stray", "stray"),
            ("--server", "--server needs a value"),
            ("--server http://a", "coap:// or coaps://"),
            ("--server coap://a:0", "port"),
            ("--server coap://a/rd", "path"),
            ("--server coap://", "host"),
            ("--server coap://a --lifetime 0", "--lifetime: \"0\""),
            ("--server coap://a --lifetime soon", "\"soon\""),
            ("--server coaps://a", "--psk-identity and --psk-key"),
            ("--server coaps://a --psk-identity i", "--psk-key"),
            ("--server coaps://a --psk-key 00", "--psk-identity"),
            (
                "--server coap://a --psk-identity i --psk-key 00",
                "coaps://",
            ),
            (
                "--server coaps://a --psk-identity i --psk-key 0g",
                "character 2",
            ),
            ("--server coaps://a --psk-identity i --psk-key 123", "odd"),
            (
                "--server coaps://a --certificates no-such",
                "no-such/ca.der",
            ),
            ("--queue", "--queue needs --server"),
            (
                "--server coap://a --bootstrap-pack",
                "--bootstrap-pack needs --bootstrap",
            ),
            ("--server coap://a --retry-after 0", "--retry-after: \"0\""),
            (
                "--server coap://a --server coap://b",
                "--server is given twice",
            ),
            (
                "--server coap://a --queue --queue",
                "--queue is given twice",
            ),
            (
                "--server coaps://a --psk-identity= --psk-key 00",
                "--psk-identity: the identity is empty",
            ),
            (
                "--server coaps://a --psk-identity i --psk-key=",
                "--psk-key: the key is empty",
            ),
        ] {
            let wrong = parse(arguments).expect_err(arguments);
            assert!(wrong.contains(named), "{arguments}: {wrong}");
        }
        for argument in ["--\u{1b}[2K", "\u{1b}[2K", "--server=\u{1b}"] {
            let wrong = parse(argument).expect_err("refused");
            assert!(wrong.contains(r"\u{1b}"), "{wrong}");
        }
        let long = format!("--server coap://a --endpoint {}", "x".repeat(256));
        assert!(parse(&long).expect_err("too long").contains("252"));
    }

    #[test]
    fn a_key_and_certificates_exclude_each_other() {
        let folder = std::env::temp_dir().join(format!("client-lite-{}", std::process::id()));
        pki::create(&folder, &["localhost"], "x").expect("certificates");
        let certificates = format!("--certificates {}", folder.display());
        let alone = parse(&format!("--server coaps://a {certificates}"));
        let Ok(Options::Server(settings)) = &alone else {
            panic!("{alone:?}");
        };
        assert!(settings.certificates.is_some());
        for (others, named) in [
            (
                "--server coaps://a --psk-identity i --psk-key 00",
                "only one",
            ),
            ("--server coap://a", "needs a coaps:// server"),
            ("", "--certificates needs --server"),
        ] {
            let wrong = parse(&format!("{others} {certificates}")).expect_err(others);
            assert!(wrong.contains(named), "{others}: {wrong}");
        }
        fs::remove_dir_all(folder).expect("a folder");
    }

    #[test]
    fn a_key_is_in_no_error() {
        let wrong = parse("--server coaps://a --psk-identity i --psk-key deadbee").unwrap_err();
        assert!(!wrong.contains("deadbee"), "{wrong}");
    }
}
