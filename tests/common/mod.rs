//! One device, one server and the network between them, on virtual time.
//!
//! ```ignore
//! let mut world = World::new(seed);
//! world.register();
//! world.expect(Event::Registered(RegisterReason::First));
//! world.run_for(hours(1));
//! ```
//!
//! A failing test prints the seed of its worlds and the last datagrams.
#![allow(dead_code, unused_imports)] // No test file uses all of it.

pub mod block;
pub mod bootstrap;
mod clock;
pub mod composite;
pub mod driven;
#[cfg(feature = "snapshot")]
mod flash;
mod link;
pub mod manual;
mod message;
mod objects;
mod peer;
#[cfg_attr(not(feature = "snapshot"), path = "power_off.rs")]
mod power;
mod random;
mod requests;
pub mod senml;
mod shelf;
mod transport;
mod vault;
mod wire;
mod world;

pub use clock::{at, days, hours, later, millis, minutes, seconds};
pub use link::Link;
pub use message::{
    answer, answered, bytes, created, empty, operation, packet, queries, request, texts,
    with_unknown_option,
};
pub use objects::{Actuator, Button, LEVEL, Objects, PRESSES, Probe, TEMPERATURE, Temperature};
pub use peer::Peer;
pub use power::Flash;
pub use random::Random;
pub use shelf::Shelf;
pub use transport::{Outcome, ScriptedTransport};
pub use vault::{Step, Vault};
pub use wire::{Datagram, Direction, Wire};
pub use world::{ENDPOINT, Setup, World, leak};
