//! A device in a storage of its own sizes.

mod common;

use std::sync::mpsc;
use std::thread;

use client_lite::{Account, Client, Event, Object, RegisterReason, storage};
use client_lite_host::{Application, Device, Handle, seed};
use common::{PATIENCE, config, server, uri};
use demo_server::UdpServer;

client_lite::object! {
    /// Digital output
    struct Switches: 3201 {
        5550: first: bool [R],
        5551: second: bool [R],
        5552: third: bool [R],
    }
}

struct Board {
    switches: Switches,
    events: mpsc::Sender<Event>,
}

impl Application for Board {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.switches])
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        let _ = self.events.send(event);
    }
}

/// Runs a device, registers it, and tells how many of three resources the server can observe.
fn observations(
    server: &UdpServer,
    run: impl FnOnce(Device<Board>, Board) -> std::io::Result<Board> + Send,
) -> usize {
    let device = Device::new().expect("a device");
    let handle = device.handle();
    let (sender, events) = mpsc::channel();
    let board = Board {
        switches: Switches {
            first: true,
            second: true,
            third: true,
        },
        events: sender,
    };
    thread::scope(|scope| {
        let thread = scope.spawn(|| run(device, board).map(drop));
        let stop = Stop(handle.clone());
        handle.register();
        assert_eq!(
            events.recv_timeout(PATIENCE),
            Ok(Event::Registered(RegisterReason::First))
        );
        let observed = ["/3201/0/5550", "/3201/0/5551", "/3201/0/5552"]
            .map(|path| server.observe("device", path, Some(0)).expect("an answer"));
        drop(stop);
        thread.join().expect("no panic").expect("it runs");
        observed
            .iter()
            .filter(|answer| answer.observe.is_some())
            .count()
    })
}

struct Stop(Handle<Board>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[test]
fn its_sizes_are_the_callers() {
    let server = server();
    let uri = uri("coap", server.local_addr());
    let config = || config(Account::new(uri));
    let usual = observations(&server, |device, board| device.run(config(), board));
    assert_eq!(usual, 3);
    let mut one = <storage! { observations: 1 }>::new();
    let client = Client::new(config(), &mut one, seed().expect("entropy"));
    let observed = observations(&server, |device, board| {
        device.run_clients(vec![client], board)
    });
    assert_eq!(observed, 1);
}
