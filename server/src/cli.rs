//! What the programs on the command line share: the demo server, and the example device of the host
//! crate.

mod arguments;
mod commands;
mod output;

pub use arguments::{Arguments, hex};
pub use commands::{nothing, word};
pub use output::{complain, end, print, reject};
