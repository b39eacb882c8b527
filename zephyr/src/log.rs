//! The back end of the `log` façade: Zephyr's log, under the module `client_lite`.

use core::fmt::{self, Write};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::{kconfig, platform, shim};

/// Makes Zephyr's log the one of the `log` façade, at the level that Kconfig gives: all that Rust code
/// logs is then under the module `client_lite`. The C API does so by itself; a Rust application may have
/// the back end of zephyr-lang-rust instead.
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
        // What is over a line is cut.
        let _ = line.write_fmt(*record.args());
        platform::log(level, &line.text);
    }

    fn flush(&self) {}
}

#[derive(Default)]
struct Line {
    text: heapless::String<{ shim::CLIENT_LITE_LOG_LINE_SIZE as usize - 1 }>,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.text.push(character).map_err(|_| fmt::Error)?;
        }
        Ok(())
    }
}
