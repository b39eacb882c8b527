//! Kconfig's values as the client's configuration.

use client_lite::{
    Account, BackOff, Config, DeviceInfo, Duration, Notifications, Security, Transmission, Version,
};
use heapless::{String, Vec};

#[cfg(feature = "log")]
use crate::log;
use crate::{kconfig, platform};

/// The endpoint name that Kconfig gives, or that is made from the hardware's id; empty where the
/// hardware has none, which the log tells.
pub fn endpoint_name() -> String<{ kconfig::ENDPOINT_NAME_SIZE }> {
    let mut bytes = Vec::new();
    bytes.resize_default(bytes.capacity()).unwrap_or_default();
    // One less: it is handed out with a terminator.
    let room = bytes.len().saturating_sub(1);
    let length = platform::endpoint_name(bytes.get_mut(..room).unwrap_or_default());
    bytes.truncate(length);
    String::from_utf8(bytes).unwrap_or_default()
}

/// The configuration that Kconfig gives, for this endpoint name. A line in the log warns of a server
/// and of a name that were left at their defaults.
pub fn config(endpoint: &str) -> Config<'_> {
    #[cfg(feature = "log")]
    warn_of_defaults();
    let mut account = Account::new(kconfig::SERVER_URI);
    account.security = match kconfig::SECURITY {
        Security::PreSharedKey { identity: [], key } => Security::PreSharedKey {
            identity: endpoint.as_bytes(),
            key,
        },
        security => security,
    };
    #[cfg(feature = "bootstrap")]
    if kconfig::BOOTSTRAP {
        account = account.for_bootstrap();
    }
    let mut config = Config::new(endpoint, account);
    config.lifetime = kconfig::LIFETIME;
    config.queue_mode = kconfig::QUEUE_MODE;
    #[cfg(feature = "keep-alive")]
    {
        config.keep_alive = kconfig::KEEP_ALIVE as u32;
    }
    config.short_server_id = kconfig::SHORT_SERVER_ID;
    if kconfig::VERSION_1_0 {
        config.version = Version::V1_0;
    }
    config.back_off = BackOff {
        min: Duration::from_millis(kconfig::BACK_OFF_MIN.into()),
        max: Duration::from_millis(kconfig::BACK_OFF_MAX.into()),
        cap: Duration::from_millis(kconfig::BACK_OFF_CAP.into()),
        factor: kconfig::BACK_OFF_FACTOR,
    };
    config.transmission = Transmission {
        ack_timeout: Duration::from_millis(kconfig::ACK_TIMEOUT.into()),
        ack_random_percent: kconfig::ACK_RANDOM_PERCENT,
        max_retransmit: kconfig::MAX_RETRANSMIT,
    };
    #[cfg(feature = "bootstrap")]
    {
        config.bootstrap_hold_off = kconfig::BOOTSTRAP_HOLD_OFF as u32;
    }
    #[cfg(feature = "bootstrap-pack")]
    {
        config.bootstrap_pack = kconfig::BOOTSTRAP_PACK;
    }
    config.can_reboot = kconfig::REBOOT;
    config.reregister = kconfig::REREGISTER;
    if kconfig::CONFIRMABLE_NOTIFICATIONS {
        config.notifications = Notifications::Confirmable;
    }
    #[cfg(feature = "izuma")]
    {
        config.izuma_profile = kconfig::IZUMA_PROFILE;
    }
    config.device = DeviceInfo {
        manufacturer: kconfig::MANUFACTURER,
        model: kconfig::MODEL,
        serial_number: kconfig::SERIAL_NUMBER,
        firmware_version: kconfig::FIRMWARE_VERSION,
    };
    config
}

/// Nothing comes of a device that has them.
#[cfg(feature = "log")]
fn warn_of_defaults() {
    if kconfig::SERVER_URI_IS_DEFAULT {
        let uri = kconfig::SERVER_URI;
        log::warn(&[
            &uri,
            &" is nobody's address: set CONFIG_CLIENT_LITE_SERVER_URI",
        ]);
    }
    if kconfig::ENDPOINT_NAME_IS_DEFAULT {
        log::warn(&[
            &"CONFIG_CLIENT_LITE_ENDPOINT_NAME is the default, and a server takes all such devices for one",
        ]);
    }
}
