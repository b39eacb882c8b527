//! A small LwM2M server and bootstrap server (OMA LwM2M 1.0 and 1.1) for demonstrations, tests and
//! simulations. It is strict about what clients send, can be told to misbehave, and keeps
//! everything in memory.
//!
//! [`Server`] is the protocol without I/O: datagrams and the time go in, datagrams and [`Event`]s
//! come out, and the same inputs with the same seed give the same outputs.
//! [`UdpServer`] runs one on UDP sockets, with and without DTLS, by pre-shared keys and by certificates
//! ([`pki`] makes some).
//!
//! ```
//! use demo_server::{Config, Server};
//! use std::time::Duration;
//!
//! let now = Duration::ZERO;
//! let mut server = Server::new(Config::default(), 1);
//! let peer = "192.0.2.1:5683".parse().unwrap();
//! let ping = [0x40, 0x00, 0x12, 0x34];
//! server.handle_datagram(now, peer, &ping);
//! assert_eq!(server.poll_transmit(), Some((peer, vec![0x70, 0x00, 0x12, 0x34])));
//! ```
#![forbid(unsafe_code)]

mod account;
mod alert;
mod certificates;
pub mod cli;
mod client_hello;
mod config;
mod dtls;
mod ecdsa;
mod escape;
mod event;
mod fault;
pub mod format;
mod messages;
pub mod pki;
mod server;
mod udp;

pub use account::{BootstrapOperation, Content, Credentials, SecurityInstance, ServerInstance};
pub use certificates::Certificates;
pub use coap_lite::{RequestType, ResponseType};
pub use config::{Config, Segment, Timing};
pub use escape::{Escaped, escape};
pub use event::{Error, Event, NoResponse, RequestId, Response};
pub use fault::Operation;
pub use server::{AutoObservation, ObjectLink, Registration, Request, Server};
pub use udp::{Direction, Psk, Tap, UdpConfig, UdpServer};
