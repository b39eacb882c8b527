//! [Client Lite](client_lite) on a host: UDP sockets, names, DTLS, clock and entropy.
//!
//! A [`Device`] runs a client and its application on one thread. Other threads reach it through a
//! [`Handle`], whose methods return at once. What the device has and what it wants to be told is
//! its [`Application`].
//!
//! Nothing is published yet; `Cargo.toml` names the repository (`git = "..."`), or the folder of a
//! clone:
//!
//! ```toml
//! [dependencies]
//! client-lite = { path = "../client-lite" }
//! client-lite-host = { path = "../client-lite/host" }
//! ```
//!
//! ```no_run
//! use client_lite::{Account, Client, Config, Event, Object, Path};
//! use client_lite_host::{Application, Device};
//!
//! client_lite::object! {
//!     /// Digital input
//!     struct Button: 3200 {
//!         5501: presses: i64 [R, auto],
//!     }
//! }
//!
//! struct Doorbell {
//!     button: Button,
//! }
//!
//! impl Application for Doorbell {
//!     fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
//!         call(&mut [&mut self.button])
//!     }
//!
//!     fn event(&mut self, event: Event, client: &Client<'_>) {
//!         println!("{event:?}: {:?}", client.endpoint_info());
//!     }
//! }
//!
//! let device = Device::new()?;
//! let handle = device.handle();
//! let config = Config::new("doorbell", Account::new("coap://lwm2m.example.com"));
//! let doorbell = Doorbell { button: Button { presses: 0 } };
//! let thread = std::thread::spawn(move || device.run(config, doorbell));
//! handle.register();
//! handle.change(Path::resource(3200, 0, 5501), |doorbell| doorbell.button.presses += 1);
//! # handle.stop();
//! # thread.join().unwrap()?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # After an error that halts
//!
//! Most errors are followed by another attempt, under back-off; [`Client::next_attempt`] says when.
//! After a few, such as a server that refuses the device, the client
//! [halts](client_lite::State::Halted): trying again at once would only be refused again. An
//! application that nobody looks after tries again later, by one call, [`Handle::register`]. The
//! example does so after an hour, unless its user has ended the registration.
//!
//! [`Client::next_attempt`]: client_lite::Client::next_attempt
//!
//! # Memory
//!
//! [`Device::run`] has a [`Storage`](client_lite::Storage) of the default sizes;
//! [`Device::run_clients`] takes clients in storages of the caller's sizes.
//!
//! # Several servers
//!
//! [`Device::run_several`] has a client for each server, over the same objects, and
//! [`Device::run_clients`] clients that the caller has made. A handle's commands and changes then go
//! to all of them. So has [`Device::run`] with a bootstrap server that writes accounts of several
//! servers.
//!
//! # Security
//!
//! `coaps` is DTLS 1.2 by the crate `dimpl`, with a pre-shared key or with certificates.
//!
//! Either is in the account ([`Account::with_psk`](client_lite::Account::with_psk),
//! [`Account::with_certificates`](client_lite::Account::with_certificates)), or comes from a bootstrap server.
//! With a pre-shared key the cipher suite is TLS_PSK_WITH_AES_128_CCM_8.
//!
//! ```no_run
//! use client_lite::{Account, Certificates, Config, Trust};
//! use client_lite_host::Device;
//! use std::fs;
//!
//! # struct Doorbell;
//! # impl client_lite_host::Application for Doorbell {
//! #     fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn client_lite::Object]) -> R) -> R {
//! #         call(&mut [])
//! #     }
//! # }
//! let [certificate, key, authority] =
//!     ["device", "device-key", "ca"].map(|file| fs::read(format!("pki/{file}.der")));
//! let (certificate, key, authority) = (certificate?, key?, authority?);
//! let account = Account::new("coaps://lwm2m.example.com").with_certificates(Certificates {
//!     certificate: &certificate,
//!     key: &key,
//!     server: Trust::Authority(&authority),
//! });
//! Device::new()?.run(Config::new("doorbell", account), Doorbell)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Certificates of the device and of an authority have ECDSA keys on P-256 or P-384; a private key may be
//! SEC 1, too. A server's certificate is accepted where the authority itself has signed it, it is valid now
//! by the system's clock, it is for servers, and it has the host of the server's URI among its subject
//! alternative names, as a DNS name or an IP address. Otherwise the handshake ends before this device has
//! sent its own certificate.
//!
//! What a server or the network does wrong is told to the client as a
//! [`TransportError`](client_lite::TransportError), and to [`Device::on_connection`] in words:
//!
//! | cause | error |
//! |---|---|
//! | the server's certificate has expired or is not valid yet, is for another host, not for servers, or not signed by the authority | `Certificate` |
//! | the server says why it refuses the device's key or certificate, or that there is no cipher suite in common | `Alert` |
//! | the server is silent, or refuses without an alert | `Handshake` |
//! | the account's certificates cannot be used, or it names a tag | `Credentials` |
//! | nobody listens at the server's port | `Socket` |
//!
//! What `dimpl` 0.9.0 does not have, an account cannot ask for either:
//!
//! - With certificates there are TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, _AES_256_GCM_SHA384 and
//!   _CHACHA20_POLY1305_SHA256, but not _AES_128_CCM_8, which LwM2M asks of everybody (LwM2M 1.1 Transport,
//!   5.2.9.3). A server that has only this one is not reached.
//! - Of a chain it tells the first certificate only, and sends one only: an authority that certifies others,
//!   which certify servers or devices, does not do. Keys are on P-256 or P-384, without RSA and raw public
//!   keys.
//! - It does not name the server in its ClientHello (SNI, RFC 6066, 3). A server of several names has to
//!   have them all in one certificate.
//! - There are neither connection ids (RFC 9146) nor session resumption: after another address a full
//!   handshake follows. Servers without the extended master secret (RFC 7627) are refused.
//!
//! Certificates are not looked up in revocation lists.
#![forbid(unsafe_code)]

mod alert;
mod certificates;
mod clock;
mod connection;
mod device;
mod dtls;
mod ecdsa;
mod former;
mod handle;
mod resolver;
mod servers;
mod snapshots;
mod transport;
mod udp;

pub use client_lite::driver::{Application, Direction};
pub use connection::Connection;
pub use device::{Device, SERVERS, seed};
pub use handle::Handle;

// The examples of these pages compile, and those that can run, do.
#[cfg(doctest)]
#[doc = include_str!("../../docs/objects.md")]
mod objects_page {}
