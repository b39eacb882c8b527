//! What the application decides once: names, accounts, limits.

use core::fmt;

use crate::backoff::BackOff;
#[cfg(feature = "certificates")]
use crate::certificates::Certificates;
use crate::coap::transmission::Transmission;
use crate::error::Detail;
use crate::feature;
#[cfg(feature = "certificates")]
use crate::handshake::Handshake;
use crate::uri::ServerUri;

/// A client's configuration: [`Config::new`] for the defaults, then set what differs.
///
/// ```
/// use client_lite::{Account, Config};
/// let mut config = Config::new("urn:imei:351756051523999", Account::new("coap://192.0.2.1"));
/// config.lifetime = 3600;
/// config.queue_mode = true;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config<'a> {
    /// The endpoint client name, 1 to 252 bytes, unique at the server. With `ep=` before it, it is a
    /// Uri-Query option, which has 255 bytes at most (RFC 7252, 5.10).
    pub endpoint: &'a str,
    /// The server to register with, or the bootstrap server that knows it.
    pub account: Account<'a>,
    /// Seconds that a registration lasts without an Update, at least 1. Default 86,400. The server
    /// may change it by writing /1/0/1.
    pub lifetime: u32,
    /// Whether the server is to hold its requests back until the device speaks (LwM2M Core 1.1,
    /// 6.5). Default false.
    pub queue_mode: bool,
    /// The short server id of the account, 1 to 65534. Default 1.
    pub short_server_id: u16,
    /// The version of LwM2M to register with first. Default 1.1.
    pub version: Version,
    /// The wait before another attempt.
    pub back_off: BackOff,
    /// CoAP's transmission parameters.
    pub transmission: Transmission,
    /// Whether a registration that the server has forgotten is made anew at once. With `false` the
    /// client halts. Default true.
    pub reregister: bool,
    /// How observers are notified. Default [`Notifications::NonConfirmable`].
    pub notifications: Notifications,
    /// Whether the server is Izuma's, or speaks its profile of LwM2M. Default false.
    ///
    /// Register and Bootstrap-Request then carry the query of their server's URI, and Register has
    /// the query's `iep` parameter as the endpoint name. The object list has resources, and the
    /// auto-observable ones are notified from the registration on, with acknowledgement, in place
    /// of any Send. Each of them is one of [`Capacities::observations`](crate::Capacities::observations); of
    /// one without a place [`Event::NotAutoObserved`](crate::Event::NotAutoObserved) tells.
    ///
    /// Such servers are of LwM2M 1.0: see [`version`](Self::version).
    #[cfg(feature = "izuma")]
    pub izuma_profile: bool,
    /// Seconds that the device waits before it asks its bootstrap server by itself, at the start or after
    /// a registration that has failed; at random up to the longest first wait of the
    /// [`back_off`](Self::back_off) more. What the bootstrap server has written in an account of its own
    /// goes before (/0/x/11). Default 0.
    #[cfg(feature = "bootstrap")]
    pub bootstrap_hold_off: u32,
    /// Whether the bootstrap server is asked for all that it would write in one response, which is the
    /// Bootstrap-Pack of LwM2M 1.2, before it is asked to write. The pack has to fit into
    /// [`Capacities::body_size`](crate::Capacities::body_size). Default false.
    #[cfg(feature = "bootstrap-pack")]
    pub bootstrap_pack: bool,
    /// Seconds after which a ping goes out (RFC 7252, 4.3; four bytes each way) where nothing else has:
    /// less than a network address translator on the way keeps a binding that nobody uses, which is
    /// two minutes at least (RFC 4787, REQ-5) and in practice sometimes half a minute. While the device is
    /// registered, and not in queue mode. Where nobody answers, an Update finds out why. Default 0:
    /// none.
    #[cfg(feature = "keep-alive")]
    pub keep_alive: u32,
    /// What the Device object says.
    pub device: DeviceInfo<'a>,
    /// Whether the application restarts the device at [`Event::Reboot`](crate::Event::Reboot).
    /// Default false: the device then has no /3/0/4, so that no server is told of a restart that
    /// does not come. A Device object of the application's decides for itself.
    pub can_reboot: bool,
}

impl<'a> Config<'a> {
    /// The defaults for an endpoint name and an account.
    pub fn new(endpoint: &'a str, account: Account<'a>) -> Self {
        Self {
            endpoint,
            account,
            lifetime: 86_400,
            queue_mode: false,
            short_server_id: 1,
            version: Version::V1_1,
            back_off: BackOff::default(),
            transmission: Transmission::default(),
            reregister: true,
            notifications: Notifications::NonConfirmable,
            #[cfg(feature = "izuma")]
            izuma_profile: false,
            #[cfg(feature = "bootstrap")]
            bootstrap_hold_off: 0,
            #[cfg(feature = "bootstrap-pack")]
            bootstrap_pack: false,
            #[cfg(feature = "keep-alive")]
            keep_alive: 0,
            device: DeviceInfo::default(),
            can_reboot: false,
        }
    }

    /// Whether the server is Izuma's.
    pub(crate) fn is_izuma(&self) -> bool {
        #[cfg(feature = "izuma")]
        return self.izuma_profile;
        #[cfg(not(feature = "izuma"))]
        false
    }

    /// Whether this configuration can work.
    ///
    /// # Errors
    ///
    /// Names the first part that cannot. [`Client::register`](crate::Client::register) asks the
    /// same, and fails with it.
    pub fn check(&self) -> Result<(), Detail> {
        if self.endpoint.is_empty() || self.endpoint.len() > 252 {
            return Err(Detail::EndpointName);
        }
        if self.lifetime == 0 {
            return Err(Detail::Lifetime);
        }
        if !(1..=65_534).contains(&self.short_server_id) {
            return Err(Detail::ShortServerId);
        }
        if !self.back_off.is_sound() {
            return Err(Detail::BackOff);
        }
        if !self.transmission.is_sound() {
            return Err(Detail::Transmission);
        }
        self.account.check()
    }
}

/// What the device says of itself. Empty texts are not there for the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceInfo<'a> {
    /// /3/0/0, human readable.
    pub manufacturer: &'a str,
    /// /3/0/1, the manufacturer's name for the model.
    pub model: &'a str,
    /// /3/0/2.
    pub serial_number: &'a str,
    /// /3/0/3.
    pub firmware_version: &'a str,
}

/// A server, and what this device shows it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Account<'a> {
    /// `coap://host[:port]` or `coaps://host[:port]`: [`ServerUri::parse`].
    pub uri: &'a str,
    /// The credentials; `coaps` needs some, `coap` must have none.
    pub security: Security<'a>,
    /// What the server is for.
    pub role: Role,
    /// What a DTLS handshake proposes.
    #[cfg(feature = "certificates")]
    pub handshake: Handshake<'a>,
}

impl<'a> Account<'a> {
    /// A management server without security.
    pub const fn new(uri: &'a str) -> Self {
        Self {
            uri,
            security: Security::None,
            role: Role::Management,
            #[cfg(feature = "certificates")]
            handshake: Handshake {
                server_name: "",
                cipher_suites: &[],
            },
        }
    }

    /// The same with a pre-shared key.
    pub const fn with_psk(mut self, identity: &'a [u8], key: &'a [u8]) -> Self {
        self.security = Security::PreSharedKey { identity, key };
        self
    }

    /// The same with certificates.
    ///
    /// ```
    /// use client_lite::{Account, Certificates, Trust};
    /// # let (certificate, key, authority) = ([0; 400], [0; 138], [0; 400]);
    /// let account = Account::new("coaps://server.example").with_certificates(Certificates {
    ///     certificate: &certificate,
    ///     key: &key,
    ///     server: Trust::Authority(&authority),
    /// });
    /// ```
    #[cfg(feature = "certificates")]
    pub const fn with_certificates(mut self, certificates: Certificates<'a>) -> Self {
        self.security = Security::Certificates(certificates);
        self
    }

    /// The same with credentials that the platform keeps.
    pub const fn with_tag(mut self, tag: u32) -> Self {
        self.security = Security::Tag(tag);
        self
    }

    /// The same as a bootstrap server.
    #[cfg(feature = "bootstrap")]
    pub const fn for_bootstrap(mut self) -> Self {
        self.role = Role::Bootstrap;
        self
    }

    pub(crate) fn is_secure(&self) -> bool {
        !matches!(self.security, Security::None)
    }

    pub(crate) fn check(&self) -> Result<(), Detail> {
        let uri = ServerUri::parse(self.uri).map_err(|_| Detail::ServerUri)?;
        // Each parameter may become an option of a request (RFC 7252, 5.10).
        let is_option = |parameter: &str| {
            parameter.len() <= 255 && parameter.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if feature::Izuma::IS_ON && !uri.query.split('&').all(is_option) {
            return Err(Detail::ServerUri);
        }
        let keyed = match self.security {
            Security::None => false,
            Security::PreSharedKey { identity, key } => {
                if identity.is_empty() || key.is_empty() {
                    return Err(Detail::Security);
                }
                true
            }
            #[cfg(feature = "certificates")]
            Security::Certificates(certificates) => {
                certificates.check()?;
                true
            }
            Security::Tag(_) => true,
        };
        if keyed == uri.secure && (feature::Dtls::IS_ON || !keyed) {
            Ok(())
        } else {
            Err(Detail::Security)
        }
    }
}

/// What a server is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Role {
    /// Registering with it and being managed by it.
    Management,
    /// Asking it for the account of the management server (LwM2M Core 1.1, 6.1). Without the feature
    /// `bootstrap` it is taken for a management server itself.
    Bootstrap,
}

/// Credentials. Debug output shows no key. What a platform does not know it refuses, by
/// [`TransportError::Credentials`](crate::TransportError::Credentials).
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Security<'a> {
    /// None: `coap`.
    None,
    /// A pre-shared key for DTLS: `coaps`.
    PreSharedKey {
        /// The identity, 1 byte or more.
        identity: &'a [u8],
        /// The key, 1 byte or more; 16 random bytes are usual.
        key: &'a [u8],
    },
    /// Certificates for DTLS: `coaps`.
    #[cfg(feature = "certificates")]
    Certificates(Certificates<'a>),
    /// Credentials that the platform keeps under a number of its own, such as Zephyr's security
    /// tags: `coaps`. They may be a pre-shared key or certificates.
    Tag(u32),
}

impl fmt::Debug for Security<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "None",
            Self::PreSharedKey { .. } => "PreSharedKey",
            #[cfg(feature = "certificates")]
            Self::Certificates(_) => "Certificates",
            Self::Tag(tag) => return write!(formatter, "Tag({tag})"),
        })
    }
}

/// A version of LwM2M.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Version {
    /// LwM2M 1.0: `lwm2m=1.0`, queue mode as `b=UQ`.
    V1_0,
    /// LwM2M 1.1: `lwm2m=1.1`, queue mode as `Q`.
    V1_1,
}

/// How observers are notified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Notifications {
    /// Each is acknowledged, and sent again until it is.
    Confirmable,
    /// Without acknowledgement, but for one in 24 hours (RFC 7641, 4.5).
    NonConfirmable,
}
