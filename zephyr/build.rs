//! Kconfig's values as Rust constants, in `kconfig.rs`, and the shim's header in Rust, in `platform.rs`.
//! What Kconfig itself cannot refuse is refused here.

#[path = "build/headers.rs"]
mod headers;

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=DOTCONFIG");
    if let Err(message) = generate() {
        println!("cargo::error={message}");
    }
}

fn generate() -> Result<(), String> {
    let dotconfig = env::var("DOTCONFIG").map_err(|_| {
        "DOTCONFIG is not set: Zephyr's build system builds this crate, with CONFIG_CLIENT_LITE=y"
    })?;
    println!("cargo::rerun-if-changed={dotconfig}");
    let kconfig = Kconfig::read(Path::new(&dotconfig))?;
    let constants = constants(&kconfig)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    let header = "shim/platform.h";
    let shim = headers::types(&["include/client_lite_credentials.h", header])?
        + &headers::functions(header)?;
    fs::write(out.join("kconfig.rs"), constants)
        .and_then(|()| fs::write(out.join("platform.rs"), shim))
        .map_err(|error| error.to_string())
}

fn constants(kconfig: &Kconfig) -> Result<String, String> {
    let mut code = String::new();
    for (name, kind) in NUMBERS {
        let value = kconfig.number(name)?;
        writeln!(code, "pub const {name}: {kind} = {value};").unwrap();
    }
    for (name, value) in back_off(kconfig)? {
        writeln!(code, "pub const {name}: u32 = {value};").unwrap();
    }
    let name_size = kconfig.number("ENDPOINT_NAME_SIZE")?;
    let name_size = name_size.max(kconfig.text("ENDPOINT_NAME")?.len() as i64 + 1);
    writeln!(code, "pub const ENDPOINT_NAME_SIZE: usize = {name_size};").unwrap();
    for name in TEXTS {
        let value = kconfig.text(name)?;
        writeln!(code, "pub const {name}: &str = {value:?};").unwrap();
    }
    for name in SWITCHES {
        let value = kconfig.is_set(name);
        writeln!(code, "pub const {name}: bool = {value};").unwrap();
    }
    for (name, default) in OPTIONAL_NUMBERS {
        let value = kconfig.number(name).unwrap_or(*default);
        writeln!(code, "pub const {name}: usize = {value};").unwrap();
    }

    for (name, feature) in [
        ("IZUMA_PROFILE", "izuma"),
        ("KEEP_ALIVE", "keep-alive"),
        ("RELEASE_ASSISTANCE", "release-assistance"),
    ] {
        let is_used = kconfig.is_set(name) || kconfig.number(name).is_ok_and(|number| number > 0);
        let variable = format!("CARGO_FEATURE_{}", feature.to_uppercase().replace('-', "_"));
        if is_used && env::var_os(variable).is_none() {
            return Err(format!(
                "CONFIG_CLIENT_LITE_{name} needs the feature {feature} of client-lite-zephyr in the \
                 application's Cargo.toml"
            ));
        }
    }
    if kconfig.is_set("ACCOUNT_CERTIFICATES") != env::var_os("CARGO_FEATURE_CERTIFICATES").is_some()
    {
        return Err(
            "CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES and the feature certificates of \
             client-lite-zephyr in the application's Cargo.toml need each other"
                .into(),
        );
    }
    if kconfig.is_set("SNAPSHOT") != env::var_os("CARGO_FEATURE_SNAPSHOT").is_some() {
        return Err(
            "CONFIG_CLIENT_LITE_SNAPSHOT and the feature snapshot of client-lite-zephyr in the \
             application's Cargo.toml need each other"
                .into(),
        );
    }
    let tag = kconfig.number("SEC_TAG").unwrap_or(0);
    if kconfig.is_set("SECURITY_TAG") && kconfig.number("ACCOUNT_SEC_TAG") == Ok(tag) {
        return Err(
            "CONFIG_CLIENT_LITE_ACCOUNT_SEC_TAG must not be CONFIG_CLIENT_LITE_SEC_TAG: an account's \
             credentials would take the place of those for the bootstrap server"
                .into(),
        );
    }
    let credentials = if kconfig.is_set("SECURITY_PSK") {
        let identity = kconfig.text("PSK_IDENTITY")?;
        if identity.len() > 128 {
            return Err("CONFIG_CLIENT_LITE_PSK_IDENTITY must have 128 bytes at most".into());
        }
        let key = key(&kconfig.text("PSK")?)?;
        format!(
            "Security::PreSharedKey {{ identity: &{:?}, key: &{key:?} }}",
            identity.as_bytes()
        )
    } else if kconfig.is_set("SECURITY_TAG") {
        format!("Security::Tag({tag})")
    } else {
        "Security::None".into()
    };
    writeln!(
        code,
        "pub(crate) const SECURITY: Security<'static> = {credentials};"
    )
    .unwrap();
    let tag = kconfig.number("ACCOUNT_SEC_TAG").unwrap_or(tag);
    writeln!(code, "pub const ACCOUNT_SEC_TAG: u32 = {tag};").unwrap();
    Ok(code)
}

/// The limits of the back-off. Of those that are 0, which stands for "not set", each follows from the
/// others, so that only two that are set can contradict each other.
fn back_off(kconfig: &Kconfig) -> Result<[(&'static str, i64); 3], String> {
    let [min, max, cap] = ["BACK_OFF_MIN", "BACK_OFF_MAX", "BACK_OFF_CAP"];
    let set = |name| {
        kconfig
            .number(name)
            .map(|value| Some(value).filter(|value| *value != 0))
    };
    let (shortest, longest, end) = (set(min)?, set(max)?, set(cap)?);
    // The jitter needs room, whatever is set: 1 to 2 ms.
    let (longest, end) = (longest.map(|it| it.max(2)), end.map(|it| it.max(2)));
    let longest = longest.unwrap_or_else(|| {
        let jittered = shortest.unwrap_or(2_000) * 5;
        jittered.min(end.unwrap_or(jittered))
    });
    let shortest = shortest.unwrap_or_else(|| (longest / 5).clamp(1, 2_000));
    let end = end.unwrap_or_else(|| longest.max(3_600_000));
    if shortest >= longest || longest > end {
        return Err(format!(
            "CONFIG_CLIENT_LITE_{max} must be over CONFIG_CLIENT_LITE_{min}, since what lies between \
             them is the jitter, and not over CONFIG_CLIENT_LITE_{cap}: these are {shortest}, \
             {longest} and {end}; 0 has one follow from the others"
        ));
    }
    Ok([(min, shortest), (max, longest), (cap, end)])
}

/// A pre-shared key in hexadecimal digits.
fn key(digits: &str) -> Result<Vec<u8>, String> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        match pair {
            [high, low] => Some((digit(high)? << 4 | digit(low)?) as u8),
            _ => None,
        }
    });
    bytes
        .collect::<Option<Vec<u8>>>()
        .filter(|key| (1..=64).contains(&key.len()))
        .ok_or_else(|| {
            "CONFIG_CLIENT_LITE_PSK must be 1 to 64 bytes in hexadecimal digits, two a byte".into()
        })
}

/// What `.config` says, without the prefix `CONFIG_CLIENT_LITE_`.
struct Kconfig(HashMap<String, String>);

impl Kconfig {
    fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        let lines = text.lines().filter_map(|line| {
            let (name, value) = line.strip_prefix("CONFIG_CLIENT_LITE_")?.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        });
        Ok(Self(lines.collect()))
    }

    fn value(&self, name: &str) -> Result<&str, String> {
        self.0.get(name).map(String::as_str).ok_or_else(|| {
            format!("CONFIG_CLIENT_LITE_{name} is not in .config: is CONFIG_CLIENT_LITE set?")
        })
    }

    fn number(&self, name: &str) -> Result<i64, String> {
        let value = self.value(name)?;
        value
            .parse()
            .map_err(|_| format!("CONFIG_CLIENT_LITE_{name}={value} is not a number"))
    }

    fn text(&self, name: &str) -> Result<String, String> {
        let value = self.value(name)?;
        let quoted = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let quoted =
            quoted.ok_or_else(|| format!("CONFIG_CLIENT_LITE_{name}={value} is not a text"))?;
        // Kconfig escapes quotes and backslashes.
        let mut text = String::new();
        let mut characters = quoted.chars();
        while let Some(character) = characters.next() {
            text.push(match character {
                '\\' => characters.next().unwrap_or('\\'),
                other => other,
            });
        }
        Ok(text)
    }

    fn is_set(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value == "y")
    }
}

const NUMBERS: &[(&str, &str)] = &[
    ("SHORT_SERVER_ID", "u16"),
    ("LIFETIME", "u32"),
    ("BACK_OFF_FACTOR", "u8"),
    ("ACK_TIMEOUT", "u32"),
    ("ACK_RANDOM_PERCENT", "u16"),
    ("MAX_RETRANSMIT", "u8"),
    ("MESSAGE_SIZE", "usize"),
    ("RECEIVE_SIZE", "usize"),
    ("OBSERVATIONS", "usize"),
    ("REQUESTS", "usize"),
    ("LOCATION_SIZE", "usize"),
];

const TEXTS: &[&str] = &[
    "SERVER_URI",
    "MANUFACTURER",
    "MODEL",
    "SERIAL_NUMBER",
    "FIRMWARE_VERSION",
];

const SWITCHES: &[&str] = &[
    "BOOTSTRAP",
    "BOOTSTRAP_PACK",
    "VERSION_1_0",
    "QUEUE_MODE",
    "REBOOT",
    "RELEASE_ASSISTANCE",
    "REREGISTER",
    "SHELL",
    "CONFIRMABLE_NOTIFICATIONS",
    "IZUMA_PROFILE",
    "SERVER_URI_IS_DEFAULT",
    "ENDPOINT_NAME_IS_DEFAULT",
    "ERROR_TEXTS",
];

/// What is there in some configurations only: in seconds, the log's level, the capacities of features,
/// and the C API's sizes.
const OPTIONAL_NUMBERS: &[(&str, i64)] = &[
    // MAX_TRANSMIT_WAIT (RFC 7252, 4.8.2), where a Rust application decides on queue mode itself.
    ("QUEUE_AWAKE_TIME", 93),
    ("BOOTSTRAP_HOLD_OFF", 0),
    ("KEEP_ALIVE", 0),
    ("LOG_LEVEL", 0),
    ("CHANGES", 0),
    ("RECORDS", 0),
    ("HISTORICAL_VALUES", 0),
    ("WRITTEN_ATTRIBUTES", 0),
    ("COMPOSITE_PATHS", 0),
    ("BODY_SIZE", 0),
    ("ACCOUNT_URI_SIZE", 0),
    ("ACCOUNT_IDENTITY_SIZE", 0),
    ("ACCOUNT_KEY_SIZE", 0),
    ("ACCOUNT_SERVER_KEY_SIZE", 0),
    ("SNAPSHOT_SIZE", 0),
    ("OBJECTS", 0),
    ("RESOURCES", 0),
    ("VALUE_SIZE", 0),
    ("VALUE_POOL", 0),
];
