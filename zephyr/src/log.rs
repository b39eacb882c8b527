//! Zephyr's log, under the module `client_lite`: for the lines of this crate and the C API, and as the
//! back end of the `log` façade.

use core::ffi::c_int;
use core::fmt::{self, Write};

use client_lite::{Client, Describe, Detail, Event};
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::{BoundedText, kconfig, platform, shim};

/// Logs pieces of text as a line, an error.
pub fn error(parts: &[&dyn Describe]) {
    line(shim::CLIENT_LITE_LOG_ERR, parts);
}

/// The same as a warning.
pub fn warn(parts: &[&dyn Describe]) {
    line(shim::CLIENT_LITE_LOG_WRN, parts);
}

/// The same as something to know.
#[cfg(feature = "snapshot")]
pub(crate) fn info(parts: &[&dyn Describe]) {
    line(shim::CLIENT_LITE_LOG_INF, parts);
}

/// Logs what has happened, with what the server has said about it.
pub(crate) fn event(event: &Event, client: &Client<'_>) {
    let (level, detail) = match event {
        Event::Error { detail, .. } => (shim::CLIENT_LITE_LOG_WRN, Some(detail)),
        #[cfg(feature = "snapshot")]
        Event::SnapshotFailed => (shim::CLIENT_LITE_LOG_WRN, None),
        Event::SendFailed(detail) => (shim::CLIENT_LITE_LOG_INF, Some(detail)),
        _ => (shim::CLIENT_LITE_LOG_INF, None),
    };
    let is_response = matches!(detail, Some(Detail::Response(_)));
    match client.diagnostic().filter(|_| is_response) {
        Some(words) => line(level, &[event, &" ", &words]),
        None => line(level, &[event]),
    }
}

fn line(level: c_int, parts: &[&dyn Describe]) {
    let mut line = Line::new();
    for part in parts {
        part.describe(&mut |text| line.0.push(text));
    }
    platform::log(level, line.0.as_str());
}

/// Makes Zephyr's log the one of the `log` façade, at the level that Kconfig gives: what a Rust
/// application logs is then under the module `client_lite`, too. It may have the back end of
/// zephyr-lang-rust instead.
pub fn init() {
    let level = match kconfig::LOG_LEVEL {
        0 => LevelFilter::Off,
        1 => LevelFilter::Error,
        2 => LevelFilter::Warn,
        3 => LevelFilter::Info,
        _ => LevelFilter::Debug,
    };
    if log::set_logger(&ZephyrLog).is_ok() {
        log::set_max_level(level);
    }
}

struct ZephyrLog;

impl Log for ZephyrLog {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let level = match record.level() {
            Level::Error => shim::CLIENT_LITE_LOG_ERR,
            Level::Warn => shim::CLIENT_LITE_LOG_WRN,
            Level::Info => shim::CLIENT_LITE_LOG_INF,
            Level::Debug | Level::Trace => shim::CLIENT_LITE_LOG_DBG,
        };
        let mut line = Line::new();
        let _ = line.write_fmt(*record.args());
        platform::log(level, line.0.as_str());
    }

    fn flush(&self) {}
}

/// A line, without its terminator.
struct Line(BoundedText<LONGEST_LINE>);

const LONGEST_LINE: usize = shim::CLIENT_LITE_LOG_LINE_SIZE as usize - 1;

impl Line {
    fn new() -> Self {
        Self(BoundedText::with_room(LONGEST_LINE))
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push(text);
        Ok(())
    }
}
