//! How the device is started: a line `URI ENDPOINT [NAME=VALUE ...]`.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use client_lite::{Account, BackOff, Certificates, Config, Duration, Trust, Version};

use crate::text;

/// Server, name and what differs from the defaults: `lifetime=SECONDS`, `queue=y`, `version=1.0`,
/// `psk=IDENTITY:HEX`, or `certificates=` with the device's certificate, its key and the authority's
/// certificate, all `HEX:HEX:HEX`; `bootstrap=y` where the server is a bootstrap server; `second=URI`
/// for another server, in the clear.
pub struct Settings {
    uri: String,
    endpoint: String,
    lifetime: u32,
    queue: bool,
    version: Version,
    psk: Option<(String, Vec<u8>)>,
    certificates: Option<[Vec<u8>; 3]>,
    bootstrap: bool,
    second: Option<String>,
}

impl Settings {
    /// An error names what is wrong.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.split_whitespace();
        let (Some(uri), Some(endpoint)) = (words.next(), words.next()) else {
            return Err("URI ENDPOINT [NAME=VALUE ...]".into());
        };
        let mut settings = Self {
            uri: uri.into(),
            endpoint: endpoint.into(),
            lifetime: 86_400,
            queue: false,
            version: Version::V1_1,
            psk: None,
            certificates: None,
            bootstrap: false,
            second: None,
        };
        for word in words {
            settings
                .set(word)
                .ok_or_else(|| format!("not a setting: {word}"))?;
        }
        Ok(settings)
    }

    fn set(&mut self, word: &str) -> Option<()> {
        match word.split_once('=')? {
            ("lifetime", seconds) => self.lifetime = seconds.parse().ok()?,
            ("queue", "y") => self.queue = true,
            ("bootstrap", "y") => self.bootstrap = true,
            ("second", uri) => self.second = Some(uri.into()),
            ("version", "1.0") => self.version = Version::V1_0,
            ("psk", secret) => {
                let (identity, key) = secret.split_once(':')?;
                self.psk = Some((identity.into(), text::bytes(key)?));
            }
            ("certificates", all) => {
                let all: Option<Vec<_>> = all.split(':').map(text::bytes).collect();
                self.certificates = Some(all?.try_into().ok()?);
            }
            _ => return None,
        }
        Some(())
    }

    /// Whether there are two servers to be told apart.
    pub fn has_second_server(&self) -> bool {
        self.second.is_some()
    }

    /// For the client of each server.
    pub fn configs(&self) -> Vec<Config<'_>> {
        let mut configs = vec![self.config()];
        if let Some(uri) = &self.second {
            let mut config = self.config();
            config.account = Account::new(uri);
            config.short_server_id = 2;
            configs.push(config);
        }
        configs
    }

    /// For the client of the first one, which tries again soon.
    pub fn config(&self) -> Config<'_> {
        let mut account = Account::new(&self.uri);
        if let Some((identity, key)) = &self.psk {
            account = account.with_psk(identity.as_bytes(), key);
        }
        if let Some([certificate, key, authority]) = &self.certificates {
            account = account.with_certificates(Certificates {
                certificate,
                key,
                server: Trust::Authority(authority),
            });
        }
        if self.bootstrap {
            account = account.for_bootstrap();
        }
        let mut config = Config::new(&self.endpoint, account);
        config.lifetime = self.lifetime;
        config.queue_mode = self.queue;
        config.version = self.version;
        config.back_off = BackOff {
            min: Duration::from_millis(200),
            max: Duration::from_millis(400),
            ..config.back_off
        };
        config
    }
}
