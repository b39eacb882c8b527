//! The device under test on a host. Beside the lines of `interop_device` it tells `connection` (what
//! has become of one), and `out` and `in` (a message, hexadecimal).

use std::io::{self, BufRead};
use std::process::ExitCode;
use std::thread;

use client_lite::{Client, Event, Object};
use client_lite_host::{Application, Device, Direction, Handle};
use interop_device::{Board, Settings, hex};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            println!("wrong {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("ready");
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| error.to_string())?;
    let settings = Settings::parse(&line)?;
    let device = Device::new().map_err(|error| error.to_string())?;
    let device = device.on_connection(|connection| println!("connection {connection:?}"));
    let handle = device.handle();
    handle.register();
    thread::spawn(move || serve(&handle));
    let subject = Subject {
        board: Board::new(|line| println!("{line}"), settings.has_second_server()),
    };
    let ended = device.run_several(&settings.configs(), subject);
    ended.map(|_| ()).map_err(|error| error.to_string())
}

/// Commands, until there are no more.
fn serve(device: &Handle<Subject>) {
    for line in io::stdin().lines().map_while(Result::ok) {
        if line == "register" {
            // In the order that the servers have set.
            device.register();
            println!("answer done");
            continue;
        }
        device.with_all(move |subject, clients, now| {
            let answer = interop_device::perform(&mut subject.board, clients, now, &line);
            println!("{answer}");
        });
    }
    device.stop();
}

struct Subject {
    board: Board,
}

impl Application for Subject {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut self.board.objects())
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        println!("event {event}");
    }

    fn message(&mut self, direction: Direction, message: &[u8]) {
        let direction = match direction {
            Direction::Out => "out",
            Direction::In => "in",
        };
        println!("{direction} {}", hex(message));
    }
}
