//! The command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use demo_server::cli::{Arguments, hex};
use demo_server::format::{self, Value};
use demo_server::{
    BootstrapOperation, Certificates, Content, Credentials, Psk, SecurityInstance, ServerInstance,
    UdpConfig, escape, pki,
};

pub const HELP: &str = "\
A small LwM2M server and bootstrap server, for demonstrations and tests.

Usage: demo-server [OPTIONS]
       demo-server pki FOLDER [--name NAME]... [--endpoint NAME]

  --bind ADDRESS:PORT        listen for coap:// here (default 127.0.0.1:5683; IPv6 as [::1]:5683)
  --dtls-bind ADDRESS:PORT   listen for coaps:// here as well (port 5684 is usual)
  --psk IDENTITY:HEX         a key for coaps://; may be given more than once
  --certificates FOLDER      the server's certificate and the authority of its devices, for coaps://;
                             beside --psk the first cipher suite that a device offers decides
  --no-client-certificates   do not ask devices for a certificate
  --bootstrap-for NAME=URI[,IDENTITY:HEX|,FOLDER]
                             bootstrap the device NAME to the server URI, with a key or the certificates
                             in a folder for coaps://; may be given more than once. With FOLDER/server.der
                             the device trusts this certificate alone, whatever names it has
  --bootstrap-name NAME      ... and has it ask for this name and check it, in place of the URI's host
  --bootstrap-suite NUMBER   ... and has it propose this cipher suite, such as 0xc0ae; may be given more
                             than once
  --bootstrap-pack           give all of it in one response, where the device asks for that
  --bootstrap-reads          in a bootstrap, ask the device what it has before it writes (Discover /),
                             and what it has written afterwards (Read /1)
  --web [ADDRESS:PORT]       show the devices on a web page, which can also read, write, observe and execute
                             (default 127.0.0.1:8080); whoever reaches the address can do so
  --registrations N          registrations at a time, 1 or more (default 10000); beyond it 5.03
  --version                  this program's version
  --help                     this text

pki FOLDER makes certificates in it, valid for a year: of an authority, of a server and of a device.

  --name NAME                DNS name or IP address of the server; may be given more than once
                             (default localhost, 127.0.0.1 and ::1)
  --endpoint NAME            endpoint name of the device (default client-lite-example)

";

/// What the command line asks for.
pub enum Options {
    Help,
    Version,
    Serve {
        server: Box<UdpConfig>,
        /// The address of the web page, if there is to be one.
        web: Option<SocketAddr>,
    },
    Pki(Pki),
}

/// Whose certificates to make, and where.
pub struct Pki {
    pub folder: PathBuf,
    pub names: Vec<String>,
    pub endpoint: String,
}

impl Options {
    /// An error says what is wrong.
    pub fn parse(mut arguments: Arguments) -> Result<Self, String> {
        if arguments.command("pki") {
            return Self::parse_pki(arguments);
        }
        let mut ask_clients = true;
        let mut config = UdpConfig {
            bind: SocketAddr::from(([127, 0, 0, 1], 5683)),
            ..UdpConfig::default()
        };
        let (mut reads, mut web) = (false, None);
        let (mut server_name, mut suites) = (None, Vec::new());
        let repeatable = ["--psk", "--bootstrap-for", "--bootstrap-suite"];
        while let Some(name) = arguments.option(&repeatable)? {
            let mut value = || arguments.value(&name);
            match name.as_str() {
                "--help" => return Ok(Self::Help),
                "--version" => return Ok(Self::Version),
                "--bind" => config.bind = address(&name, &value()?)?,
                "--dtls-bind" => config.dtls_bind = Some(address(&name, &value()?)?),
                "--psk" => {
                    let psk = psk(&name, &value()?)?;
                    if config.psk.iter().any(|one| one.identity == psk.identity) {
                        let identity = psk.identity.escape_ascii();
                        return Err(format!("{name}: \"{identity}\" has a key already"));
                    }
                    config.psk.push(psk);
                }
                "--certificates" => {
                    let certificates = Certificates::read(Path::new(&value()?));
                    config.certificates = Some(certificates.map_err(|error| {
                        format!("{name}: {error}; demo-server pki FOLDER makes the files")
                    })?);
                }
                "--no-client-certificates" => ask_clients = false,
                "--bootstrap-for" => {
                    let (device, account) = account(&name, &value()?)?;
                    if config.server.bootstrap.contains_key(&device) {
                        return Err(format!("{name}: {device:?} has an account already"));
                    }
                    config.server.bootstrap.insert(device, account);
                }
                "--bootstrap-name" => server_name = Some(value()?),
                "--bootstrap-suite" => suites.push(suite(&name, &value()?)?),
                "--bootstrap-pack" => config.server.bootstrap_packs = true,
                "--bootstrap-reads" => reads = true,
                "--web" => {
                    let value = arguments.optional_value(&name)?;
                    web = Some(address(
                        &name,
                        value.as_deref().unwrap_or("127.0.0.1:8080"),
                    )?);
                }
                "--registrations" => config.server.registrations = count(&name, &value()?)?,
                _ => return Err(format!("unknown option {}", escape(&name))),
            }
        }
        for operations in config.server.bootstrap.values_mut() {
            operations.extend(proposal(server_name.clone(), &suites));
        }
        if reads {
            for operations in config.server.bootstrap.values_mut() {
                operations.insert(0, BootstrapOperation::discover("/"));
                operations.push(BootstrapOperation::read("/1"));
            }
        }
        match &mut config.certificates {
            Some(certificates) => certificates.require_client = ask_clients,
            None if !ask_clients => {
                return Err("--no-client-certificates needs --certificates".into());
            }
            None => {}
        }
        let (psk, certificates) = (!config.psk.is_empty(), config.certificates.is_some());
        match config.dtls_bind {
            None if psk => Err("--psk needs --dtls-bind".into()),
            None if certificates => Err("--certificates needs --dtls-bind".into()),
            Some(_) if !psk && !certificates => {
                Err("--dtls-bind needs a --psk or --certificates".into())
            }
            _ => Ok(Self::Serve {
                server: Box::new(config),
                web,
            }),
        }
    }

    fn parse_pki(mut arguments: Arguments) -> Result<Self, String> {
        let mut pki = Pki {
            folder: PathBuf::new(),
            names: Vec::new(),
            endpoint: "client-lite-example".into(),
        };
        let folder = arguments.operand("FOLDER");
        while let Some(name) = arguments.option(&["--name"])? {
            match name.as_str() {
                "--help" => return Ok(Self::Help),
                "--name" => pki.names.push(arguments.value(&name)?),
                "--endpoint" => pki.endpoint = arguments.value(&name)?,
                _ => return Err(format!("unknown option {} of pki", escape(&name))),
            }
        }
        if pki.names.is_empty() {
            pki.names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        }
        pki.folder = folder.map_err(|wrong| format!("pki: {wrong}"))?.into();
        Ok(Self::Pki(pki))
    }
}

fn address(name: &str, text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{name}: {text:?} is not ADDRESS:PORT"))
}

fn count(name: &str, text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or_else(|| format!("{name}: {text:?} is not a number from 1 on"))
}

// The key is not repeated in errors.
fn psk(name: &str, text: &str) -> Result<Psk, String> {
    let (identity, key) = text
        .rsplit_once(':')
        .ok_or_else(|| format!("{name}: expected IDENTITY:HEX"))?;
    if identity.is_empty() {
        return Err(format!("{name}: the identity is empty"));
    }
    let key = hex(key).map_err(|wrong| format!("{name}: the key of {identity:?} {wrong}"))?;
    Ok(Psk {
        identity: identity.into(),
        key,
    })
}

fn account(name: &str, text: &str) -> Result<(String, Vec<BootstrapOperation>), String> {
    let expected =
        || format!("{name}: expected NAME=URI, NAME=URI,IDENTITY:HEX or NAME=URI,FOLDER");
    let (device, rest) = text.split_once('=').ok_or_else(expected)?;
    let (uri, credentials) = match rest.split_once(',') {
        Some((uri, key)) if key.contains(':') => {
            let Psk { identity, key } = psk(name, key)?;
            (uri, Credentials::PreSharedKey { identity, key })
        }
        Some((uri, folder)) => (uri, certificates(name, Path::new(folder))?),
        None => (rest, Credentials::None),
    };
    let (scheme, _) = uri.split_once("://").ok_or_else(expected)?;
    let secure = scheme.eq_ignore_ascii_case("coaps");
    if device.is_empty() || !(secure || scheme.eq_ignore_ascii_case("coap")) {
        return Err(expected());
    }
    if secure == matches!(credentials, Credentials::None) {
        return Err(format!(
            "{name}: coaps:// needs a key or certificates, and coap:// has none"
        ));
    }
    let security = SecurityInstance {
        instance: 1,
        uri: uri.into(),
        bootstrap: false,
        credentials,
        short_server_id: 1,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 300,
        storing: true,
        binding: "U".into(),
    };
    let operations = BootstrapOperation::account(&security, &server);
    Ok((device.into(), operations))
}

/// What a device's handshake with the server of [`account`] is to propose.
fn proposal(server_name: Option<String>, suites: &[u16]) -> Vec<BootstrapOperation> {
    let resources = |resources| Content::Resources(resources);
    let mut operations = Vec::new();
    if let Some(name) = server_name {
        let name = resources(vec![(14, Value::Text(name))]);
        operations.push(BootstrapOperation::write("/0/1", name));
    }
    if !suites.is_empty() {
        let suites = (0..).zip(suites.iter().map(|suite| Value::Integer((*suite).into())));
        let body = format::encode(format::SENML_CBOR, "/0/1/16", &suites.collect::<Vec<_>>());
        let content = Content::Bytes(format::SENML_CBOR, body.unwrap_or_default());
        operations.push(BootstrapOperation::write("/0/1/16", content));
    }
    operations
}

fn suite(name: &str, text: &str) -> Result<u16, String> {
    let hexadecimal = text
        .strip_prefix("0x")
        .map(|digits| u16::from_str_radix(digits, 16));
    hexadecimal
        .unwrap_or_else(|| text.parse())
        .ok()
        .filter(|suite| *suite > 0)
        .ok_or_else(|| format!("{name}: {text:?} is not a number from 1 to 0xffff"))
}

/// A device's, as `pki` makes them: it trusts the authority, or where a file is named this certificate.
fn certificates(name: &str, path: &Path) -> Result<Credentials, String> {
    let folder = match path.is_file() {
        true => path.parent().unwrap_or(path),
        false => path,
    };
    let read = |file: &Path| {
        pki::read(&folder.join(file))
            .map_err(|error| format!("{name}: {error}; demo-server pki FOLDER makes the files"))
    };
    let (server, usage) = match path.file_name() {
        Some(file) if path.is_file() => (read(Path::new(file))?, DOMAIN_ISSUED),
        _ => (read(Path::new("ca.der"))?, TRUST_ANCHOR),
    };
    Ok(Credentials::Certificates {
        certificate: read(Path::new("device.der"))?,
        key: read(Path::new("device-key.der"))?,
        server,
        usage,
    })
}

/// Certificate usages (/0/x/15): the server is known by its authority's certificate, or by its own.
const TRUST_ANCHOR: u8 = 2;
const DOMAIN_ISSUED: u8 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<const N: usize>(arguments: [&str; N]) -> Result<Options, String> {
        Options::parse(Arguments::new(arguments))
    }

    #[test]
    fn all_options() {
        let Ok(Options::Serve {
            server: config,
            web,
        }) = parse([
            "--bind=127.0.0.1:1",
            "--dtls-bind",
            "[::1]:2",
            "--psk",
            "a:00",
            "--psk",
            "urn:b:ff",
            "--bootstrap-for",
            "x=coap://a",
            "--bootstrap-for",
            "y=coaps://a,i:00",
            "--bootstrap-name",
            "server.example",
            "--bootstrap-suite",
            "0xc0ae",
            "--bootstrap-suite=49320",
            "--bootstrap-reads",
            "--web",
            "--registrations",
            "3",
        ])
        else {
            panic!("accepted");
        };
        assert_eq!(config.bind.port(), 1);
        assert_eq!(config.dtls_bind.map(|address| address.port()), Some(2));
        assert_eq!(config.psk[1].identity, b"urn:b");
        assert_eq!(config.server.bootstrap.len(), 2);
        for operations in config.server.bootstrap.values() {
            assert_eq!(operations.first(), Some(&BootstrapOperation::discover("/")));
            assert_eq!(operations.last(), Some(&BootstrapOperation::read("/1")));
        }
        assert_eq!(config.server.registrations, 3);
        assert_eq!(web.map(|address| address.port()), Some(8080));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, named) in [
            (&["stray"][..], "unexpected argument \"stray\""),
            (&["--frob\u{1b}"], r"unknown option --frob\u{1b}"),
            (&["--bind"], "--bind needs a value"),
            (&["--bind", "here"], "\"here\" is not ADDRESS:PORT"),
            (
                &["--bind", "[::1]:1", "--bind", "[::1]:2"],
                "--bind is given twice",
            ),
            (&["--psk", "a:00"], "--psk needs --dtls-bind"),
            (&["--psk", ":00"], "the identity is empty"),
            (&["--psk", "a:"], "the key of \"a\" is empty"),
            (&["--psk", "a:0"], "even number of hex digits"),
            (&["--psk", "a:00", "--psk", "a:01"], "\"a\" has a key"),
            (
                &[
                    "--bootstrap-for",
                    "x=coap://a",
                    "--bootstrap-for",
                    "x=coap://b",
                ],
                "\"x\" has an account",
            ),
            (&["--bootstrap-for", "x=coaps://a,:00"], "identity is empty"),
            (
                &["--bootstrap-for", "x=coaps://a,no-such-folder"],
                "no-such-folder/ca.der",
            ),
            (
                &["--bootstrap-for", "x=coaps://a"],
                "coaps:// needs a key or certificates",
            ),
            (
                &["--bootstrap-suite", "0x10000"],
                "\"0x10000\" is not a number",
            ),
            (&["--web=8080"], "--web: \"8080\" is not ADDRESS:PORT"),
            (&["--registrations", "0"], "\"0\" is not a number"),
            (&["--dtls-bind", "[::1]:2"], "--psk or --certificates"),
            (&["--no-client-certificates"], "needs --certificates"),
            (&["--certificates", "no-such-folder"], "no-such-folder"),
            (&["pki"], "FOLDER is missing"),
            (&["pki", "--name", "x"], "FOLDER is missing"),
            (&["pki", "a", "b"], "unexpected argument \"b\""),
            (
                &["pki", "a", "--psk", "a:00"],
                "unknown option --psk of pki",
            ),
        ] {
            let wrong = Options::parse(Arguments::new(arguments)).err();
            let wrong = wrong.expect("refused");
            assert!(wrong.contains(named), "{arguments:?}: {wrong}");
        }
    }
}
