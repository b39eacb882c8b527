//! The device under test, for a host and for Zephyr alike: its [objects](Board), its
//! [settings](Settings) and its [commands](perform).
//!
//! It is told lines of text, and tells some. The first of those is `ready`: it listens; each other one
//! begins with what it is: `answer` or `wrong` (to a command), `event` (of the client), `server` (what
//! one has done to an object). The first line that it is told has its settings.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod board;
mod commands;
mod hardware;
mod settings;
mod table;
mod text;

pub use board::Board;
pub use commands::perform;
pub use settings::Settings;
pub use text::hex;
