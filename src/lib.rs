//! An LwM2M client for constrained devices: protocol and state, without I/O.
//!
//! The crate registers a device with an LwM2M 1.0 or 1.1 server, keeps it registered, and lets the
//! server read, write, execute and observe the objects that the application owns. It does not
//! allocate, does not panic, and reads neither a clock nor a random source nor a socket: time,
//! entropy and datagrams come in as arguments.
//!
//! Nothing is published yet; `Cargo.toml` names the repository, or the folder of a clone:
//!
//! ```toml
//! [dependencies]
//! client-lite = { path = "../client-lite", default-features = false, features = ["senml-cbor"] }
//! ```
//!
//! # Driving a client
//!
//! [`driver`] has the loop of a device: a platform implements one trait, and the application another.
//! What follows is for those who write the loop themselves. [`Client`] has four kinds of methods:
//!
//! - **commands** of the application: [`register`](Client::register), [`update`](Client::update),
//!   [`close`](Client::close), [`pause`](Client::pause), [`resume`](Client::resume),
//!   [`changed`](Client::changed), [`send`](Client::send), [`send_all`](Client::send_all),
//!   [`record`](Client::record), [`send_records`](Client::send_records),
//!   [`objects_changed`](Client::objects_changed), [`radio_on`](Client::radio_on). They return at once; what becomes of them is
//!   reported by events.
//! - **inputs** of the platform: [`handle_datagram`](Client::handle_datagram),
//!   [`handle_timeout`](Client::handle_timeout), [`handle_connected`](Client::handle_connected),
//!   [`handle_failure`](Client::handle_failure); and
//!   [`handle_former_datagram`](Client::handle_former_datagram), where it keeps the association with
//!   the bootstrap server for a while.
//! - with the feature `snapshot`: `restore` once at the start; `announce` before each datagram; after each
//!   input and command `is_snapshot_due` and `save`, and again where `poll_transmit` gives `None`, for a
//!   notification may wait for that; `set_endpoints` after `handle_connected`;
//! - **outputs**: [`poll_transmit`](Client::poll_transmit),
//!   [`poll_transport`](Client::poll_transport), [`poll_event`](Client::poll_event),
//!   [`poll_timeout`](Client::poll_timeout).
//! - **state**: [`state`](Client::state), [`endpoint_info`](Client::endpoint_info),
//!   [`next_update`](Client::next_update), [`next_attempt`](Client::next_attempt),
//!   [`disabled_until`](Client::disabled_until), [`records`](Client::records),
//!   [`counters`](Client::counters), [`last_error`](Client::last_error),
//!   [`diagnostic`](Client::diagnostic).
//!
//! After any command or input, poll the outputs in the order above, each but the last until it
//! gives `None`; then wait for a datagram, a command, or the time that
//! [`poll_timeout`](Client::poll_timeout) gave. `now` never needs to be exact, and may even step
//! back: that counts as no time passed. The repository's `docs/porting.md` says what else the client
//! counts on.
//!
//! ```
//! use client_lite::{
//!     Account, Association, Client, Config, Instant, Object, Storage, TransportRequest,
//! };
//!
//! client_lite::object! {
//!     /// Digital input
//!     pub struct Button: 3200 {
//!         5501: presses: i64 [R, auto],
//!     }
//! }
//!
//! let mut button = Button { presses: 0 };
//! let mut objects: [&mut dyn Object; 1] = [&mut button];
//! let mut storage: Storage = Storage::new();
//! let config = Config::new("my-device", Account::new("coap://[::1]"));
//! let entropy = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
//! let mut client = Client::new(config, &mut storage, entropy);
//!
//! let now = Instant::from_millis(0);
//! client.register(now);
//! assert!(matches!(client.poll_transport(), Some(TransportRequest::Open { .. })));
//! // The platform resolves the name and connects its socket, then says so.
//! client.handle_connected(now, Association::New);
//! let datagram = client.poll_transmit(now, &mut objects).expect("a Register");
//! assert!(datagram.len() < 100);
//! assert!(client.poll_timeout().is_some());
//! ```
//!
//! # Objects
//!
//! Objects are an argument of the calls that need them, so the application owns its values and
//! changes them as it likes. It tells the client with [`changed`](Client::changed). [`object!`]
//! declares one in a few lines; [`Object`] is the trait behind it, and [`objects`] has those of the
//! OMA registry. The objects Server (1) and Device (3) are there by themselves.
//!
//! # Features
//!
//! A device switches off what it does not use to save flash. `full` is all but
//! `embedded-nal-async` and `log`.
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `senml-cbor` | on | SenML in CBOR, the format of LwM2M 1.1 |
//! | `tlv` | on | OMA TLV, the format of LwM2M 1.0 |
//! | `text` | on | plain text for single values |
//! | `cbor` | on | CBOR for single values |
//! | `opaque` | on | opaque values as they are |
//! | `senml-json` | | SenML in JSON |
//! | `lwm2m-cbor` | | LwM2M CBOR, the format of LwM2M 1.2 |
//! | `attributes` | on | Write-Attributes: when a change is worth a notification |
//! | `composite` | on | Read-, Write- and Observe-Composite |
//! | `coalescing` | on | in queue mode what is due later goes with other messages, so that the radio is on less often |
//! | `create` | on | Create and Delete; resources and resource instances that a Write brings or takes away |
//! | `block` | on | bodies larger than a message, both ways (RFC 7959) |
//! | `diagnostics` | on | the server's own words about an error, and why the device has registered |
//! | `dtls` | on | `coaps`: tokens that never come again, and a quick way back to a server that was restarted |
//! | `echo` | on | requests are repeated where a server wants to see that they are fresh (RFC 9175) |
//! | `records` | on | a backlog of values with their times, which go by Send |
//! | `send` | on | Send, which takes auto-observable resources to the server; needs `senml-cbor` |
//! | `server-object` | on | Disable, and what LwM2M 1.1 has added to object 1; with `bootstrap` the order of servers and retries |
//! | `bootstrap` | on | accounts from a bootstrap server |
//! | `bootstrap-read` | on | Bootstrap-Discover and Bootstrap-Read; brings `bootstrap` |
//! | `bootstrap-transaction` | on | objects that are as before where a bootstrap breaks off; brings `bootstrap` |
//! | `certificates` | on | X.509 certificates as credentials, also from a bootstrap server; the server's name and cipher suites of its choice; brings `dtls` |
//! | `keep-alive` | | pings that keep the way back through an address translator open, without queue mode |
//! | `release-assistance` | | a device in queue mode says what it expects, so that a cellular network releases the radio in time |
//! | `bootstrap-pack` | | Bootstrap-Pack of LwM2M 1.2; brings `block`, `bootstrap` and `senml-cbor` |
//! | `access-control` | | more than one server, and what each may do |
//! | `historical-queue` | | `hqmax` of LwM2M 1.2: what changes while the server is out of reach is told with its times; brings `attributes` and `send` |
//! | `izuma` | | the profile of Izuma Device Management |
//! | `snapshot` | | registration, observations and accounts that outlive a loss of power; brings `attributes` |
//! | `embedded-nal-async` | | [`driver::AsyncDriver`], for asynchronous platforms |
//! | `log` | | events to the `log` façade; never a key, nor a resource's value |

#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(feature = "full"),
    allow(
        dead_code,
        reason = "each set of features uses a part; `full` uses all of it"
    )
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

#[cfg(test)]
extern crate std;

#[cfg(feature = "dtls")]
mod alert;
mod archive;
mod backoff;
mod buffer;
#[cfg(feature = "certificates")]
mod certificates;
mod client;
mod coap;
mod config;
mod context;
mod describe;
pub mod driver;
mod error;
mod event;
mod exchange;
mod feature;
mod format;
#[cfg(feature = "certificates")]
mod handshake;
mod keep;
mod model;
mod number;
pub mod objects;
mod random;
mod reporting;
mod requests;
mod session;
#[cfg(feature = "snapshot")]
mod snapshot;
mod split;
mod storage;
mod time;
mod transport;
mod uri;

#[cfg(feature = "snapshot")]
pub use archive::Archive;
pub use backoff::BackOff;
#[cfg(feature = "certificates")]
pub use certificates::{Certificates, Trust};
pub use client::Client;
#[cfg(all(feature = "access-control", feature = "server-object"))]
pub use client::order::register_in_order;
#[cfg(all(
    feature = "access-control",
    feature = "bootstrap",
    feature = "server-object"
))]
pub use client::share::share_accounts;
pub use coap::transmission::Transmission;
pub use config::{Account, Config, DeviceInfo, Notifications, Role, Security, Version};
pub use context::diagnostic::Diagnostic;
pub use describe::Describe;
pub use error::{ChangesFull, Detail, Error, Operation, RecordError, Refusal};
pub use event::{Counters, EndpointInfo, Event, LastError, RegisterReason, State, Written};
#[cfg(feature = "certificates")]
pub use handshake::Handshake;
/// Texts and vectors of a fixed capacity, for the fields of objects.
pub use heapless;
pub use model::arguments::Arguments;
pub use model::object::{
    AccessRights, At, BlockWise, Creatable, Object, ObjectDefinition, Operations, Persistent,
    ResourceDefinition, Transactional, Upload,
};
pub use model::path::{Path, PathError};
pub use model::rights::Rights;
pub use model::value::{ObjectLink, Type, Value};
pub use objects::typed;
#[cfg(feature = "snapshot")]
pub use snapshot::{Part, RestoreError, Restored, Store};
pub use storage::{Capacities, Memory, Storage};
pub use time::{Duration, Instant};
pub use transport::{Association, Endpoints, ReleaseAssistance, TransportError, TransportRequest};
pub use uri::{Host, ServerUri, UriError};
