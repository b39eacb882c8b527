// SPDX-License-Identifier: Apache-2.0

//! The device under test on Zephyr.

#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]

extern crate alloc;
// Its allocator and its panic handler.
extern crate zephyr;

use alloc::format;
use alloc::string::String;
use core::ffi::{CStr, c_char};

use client_lite::{Client, Event, Instant, Object};
use client_lite_zephyr::{Application, Command};
use interop_device::{Board, Settings};

// SAFETY: no other function of the image has this name, by which zephyr-lang-rust calls it.
#[unsafe(no_mangle)]
extern "C" fn rust_main() {
    print("ready");
    let settings = match Settings::parse(&line(true).unwrap_or_default()) {
        Ok(settings) => settings,
        Err(why) => return print(&format!("wrong {why}")),
    };
    let mut subject = Subject {
        board: Board::new(print, false),
    };
    client_lite_zephyr::command(Command::Register);
    let error = client_lite_zephyr::run(settings.config(), &mut subject);
    print(&format!("wrong {error}"));
}

struct Subject {
    board: Board,
}

impl Application for Subject {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut self.board.objects())
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        print(&format!("event {event}"));
    }

    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        while let Some(line) = line(false) {
            print(&interop_device::perform(
                &mut self.board,
                clients,
                now,
                &line,
            ));
        }
        None
    }
}

/// The next line; `None` where there is none and it is not to wait for one.
fn line(wait: bool) -> Option<String> {
    let mut line = [0_u8; LINE_SIZE];
    // SAFETY: the function writes as many bytes as that, the last of them 0.
    if !unsafe { interop_line(line.as_mut_ptr().cast(), wait) } {
        return None;
    }
    let text = CStr::from_bytes_until_nul(&line).ok()?;
    text.to_str().ok().map(String::from)
}

fn print(line: &str) {
    // SAFETY: the function reads as many bytes as the line has.
    unsafe { interop_print(line.as_ptr().cast(), line.len()) }
}

/// That of `console.c`.
const LINE_SIZE: usize = 1024;

unsafe extern "C" {
    fn interop_line(line: *mut c_char, wait: bool) -> bool;
    fn interop_print(line: *const c_char, length: usize);
}
