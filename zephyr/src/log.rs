//! Zephyr's log, under the module `client_lite`: for the lines of this crate and the C API, and as the
//! back end of the `log` façade.

use core::ffi::c_int;
use core::fmt::{self, Write};

use client_lite::{Client, Describe, Event};
use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::{kconfig, platform, shim};

/// Logs pieces of text as a line, an error.
pub fn error(parts: &[&dyn Describe]) {
    line(shim::CLIENT_LITE_LOG_ERR, parts);
}

/// The same as a warning.
pub fn warn(parts: &[&dyn Describe]) {
    line(shim::CLIENT_LITE_LOG_WRN, parts);
}

/// Logs what has happened, with what the server has said about it.
pub(crate) fn event(event: &Event, client: &Client<'_>) {
    let (level, has_words) = match event {
        Event::Error { .. } => (shim::CLIENT_LITE_LOG_WRN, true),
        Event::SendFailed(_) => (shim::CLIENT_LITE_LOG_INF, true),
        _ => (shim::CLIENT_LITE_LOG_INF, false),
    };
    match client.diagnostic().filter(|_| has_words) {
        Some(words) => line(level, &[event, &" ", &words]),
        None => line(level, &[event]),
    }
}

fn line(level: c_int, parts: &[&dyn Describe]) {
    let mut line = Line::default();
    for part in parts {
        part.describe(&mut |text| line.push(text));
    }
    platform::log(level, &line.text);
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
        let mut line = Line::default();
        let _ = line.write_fmt(*record.args());
        platform::log(level, &line.text);
    }

    fn flush(&self) {}
}

/// A line; what is over its length is cut.
#[derive(Default)]
struct Line {
    text: heapless::String<{ shim::CLIENT_LITE_LOG_LINE_SIZE as usize - 1 }>,
}

impl Line {
    fn push(&mut self, text: &str) {
        for character in text.chars() {
            let _ = self.text.push(character);
        }
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}
