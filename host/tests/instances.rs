//! Instances that come and go while the device runs.

mod common;

use std::sync::mpsc;
use std::thread;

use client_lite::objects::Instances;
use client_lite::objects::ipso::Temperature;
use client_lite::{Account, Client, Event, Object, RegisterReason};
use client_lite_host::{Application, Device};
use common::{PATIENCE, config, server, uri};

struct House {
    rooms: Instances<Temperature, 2>,
    events: mpsc::Sender<Event>,
}

impl Application for House {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.rooms])
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        let _ = self.events.send(event);
    }
}

#[test]
fn the_server_is_told_of_a_new_one() {
    let server = server();
    let (sender, events) = mpsc::channel();
    let house = House {
        rooms: Instances::new(),
        events: sender,
    };
    let device = Device::new().expect("a device");
    let handle = device.handle();
    let config = config(Account::new(uri("coap", server.local_addr())));
    let thread = thread::spawn(move || device.run(config, house).map(drop));
    handle.register();
    assert_eq!(
        events.recv_timeout(PATIENCE),
        Ok(Event::Registered(RegisterReason::First))
    );
    handle.with(|house, _, _| house.rooms.insert(7, Temperature::new("Cel", 21.5)).is_ok());
    handle.objects_changed();
    assert_eq!(events.recv_timeout(PATIENCE), Ok(Event::Updated));
    let listed = server.with(|server, _| {
        let objects = &server.client("device").expect("registered").objects;
        objects.iter().any(|link| link.to_string() == "/3303/7")
    });
    assert!(listed);
    handle.stop();
    thread.join().expect("no panic").expect("it runs");
}
