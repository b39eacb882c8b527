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
//! `coaps` is DTLS 1.2 with a pre-shared key and TLS_PSK_WITH_AES_128_CCM_8, by the crate `dimpl`.
//! It has neither connection ids nor session resumption nor certificates, and refuses servers
//! without the extended master secret (RFC 7627).
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
mod transport;
mod udp;

pub use certificates::Certificates;
pub use client_lite::driver::{Application, Direction};
pub use connection::Connection;
pub use device::{Device, SERVERS, seed};
pub use handle::Handle;
