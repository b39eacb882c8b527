//! How the device is started: a line `URI ENDPOINT [NAME=VALUE ...]`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use client_lite::{Account, BackOff, Config, Duration, Version};

use crate::text;

/// Server, name and what differs from the defaults: `lifetime=SECONDS`, `queue=y`, `version=1.0`,
/// `psk=IDENTITY:HEX`; `bootstrap=y` where the server is a bootstrap server.
pub struct Settings {
    uri: String,
    endpoint: String,
    lifetime: u32,
    queue: bool,
    version: Version,
    psk: Option<(String, Vec<u8>)>,
    bootstrap: bool,
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
            bootstrap: false,
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
            ("version", "1.0") => self.version = Version::V1_0,
            ("psk", secret) => {
                let (identity, key) = secret.split_once(':')?;
                self.psk = Some((identity.into(), text::bytes(key)?));
            }
            _ => return None,
        }
        Some(())
    }

    /// For the client, which tries again soon.
    pub fn config(&self) -> Config<'_> {
        let mut account = Account::new(&self.uri);
        if let Some((identity, key)) = &self.psk {
            account = account.with_psk(identity.as_bytes(), key);
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
