//! The device against a server of the user's, with commands on standard input, until Ctrl-C.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::{io, process, thread};

use client_lite::{Error, Event, Operation};
use client_lite_host::{Device, Handle};

use crate::board::Board;
use crate::commands::{self, Outcome};
use crate::options::Settings;
use crate::timeline::{self, Timeline};

/// Runs until the user ends it. The device de-registers then, if it can.
pub fn run(settings: &Settings) -> Result<(), String> {
    let (news, inbox) = mpsc::channel();
    watch_user(&news)?;
    let timeline = Arc::new(Timeline::new());
    let to = format!("{} as {}", settings.uri, settings.endpoint);
    let aim = if settings.bootstrap {
        "bootstrap from"
    } else {
        "register with"
    };
    timeline.note(
        "device",
        &format!("will {aim} {to}; help lists commands, Ctrl-C ends"),
    );
    let board = Board::new(timeline.clone(), move |event| {
        // Fails when the program is about to end.
        let _ = news.send(News::Event(event));
    });
    let device = Device::new().map_err(|error| format!("cannot start the device: {error}"))?;
    let handle = device.handle();
    thread::scope(|scope| {
        let running = scope.spawn(|| device.run(settings.config(), board));
        handle.register();
        let ended = serve(&handle, &inbox, &timeline);
        handle.stop();
        match running.join() {
            Ok(Err(error)) => Err(format!("the device has stopped: {error}")),
            Ok(Ok(_)) => ended,
            Err(_) => Err("the device has stopped by a panic".into()),
        }
    })
}

enum News {
    Event(Event),
    Line(String),
    Interrupt,
}

/// Ctrl-C and lines become news, each by a thread. The end of standard input is none: a service has
/// no input.
fn watch_user(news: &Sender<News>) -> Result<(), String> {
    let interrupts = news.clone();
    ctrlc::set_handler(move || {
        let _ = interrupts.send(News::Interrupt);
    })
    .map_err(|error| format!("cannot watch for Ctrl-C: {error}"))?;
    let lines = news.clone();
    thread::spawn(move || {
        for line in io::stdin().lines() {
            if line.is_err() || line.is_ok_and(|line| lines.send(News::Line(line)).is_err()) {
                break;
            }
        }
    });
    Ok(())
}

fn serve(
    device: &Handle<Board>,
    inbox: &Receiver<News>,
    timeline: &Timeline,
) -> Result<(), String> {
    let mut closing = false;
    for news in inbox {
        let quit = match news {
            News::Event(Event::Deregistered) if closing => return Ok(()),
            News::Event(Event::Error {
                operation: Operation::Deregister,
                error,
                detail,
            }) if closing => {
                return match error {
                    // There was nothing to end.
                    Error::NotRegistered => Ok(()),
                    _ => Err(format!("the server was not told: {detail}")),
                };
            }
            News::Event(_) => false,
            News::Interrupt => true,
            News::Line(line) => match commands::perform(device, &line) {
                Ok(Outcome::Done) => false,
                Ok(Outcome::Quit) => true,
                Ok(Outcome::Text(text)) => {
                    timeline::print(&text);
                    false
                }
                Err(wrong) => {
                    timeline::print(&format!("{wrong}\n"));
                    false
                }
            },
        };
        if quit && closing {
            process::exit(130);
        }
        if quit {
            closing = true;
            timeline.note("device", "de-registers; Ctrl-C again ends at once");
            device.resume();
            device.close();
        }
    }
    Ok(())
}
