//! One device, two servers: a client for each, over the same objects.

mod common;

use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use client_lite::{Account, Client, Config, Event, Object, Path, RegisterReason, State};
use client_lite_host::{Application, Device, Handle};
use common::{PATIENCE, config, server, uri};
use demo_server::format::{TEXT, Value};
use demo_server::{
    BootstrapOperation, Content, Credentials, Event as ServerEvent, SecurityInstance,
    ServerInstance, UdpConfig, UdpServer,
};

client_lite::object! {
    /// Light control
    struct Lamp: 3311 {
        5851: dimmer: i64 [RW],
    }
}

struct House {
    lamp: Lamp,
    events: Sender<(u16, Event)>,
}

impl Application for House {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.lamp])
    }

    fn event(&mut self, event: Event, client: &Client<'_>) {
        let _ = self.events.send((client.short_server_id(), event));
    }
}

#[test]
fn what_one_server_writes_is_told_to_the_other() {
    with_two_servers(|one, other, handle, _| {
        for server in [one, other] {
            server.observe("device", DIMMER, Some(TEXT)).expect("2.05");
        }
        one.write("device", DIMMER, TEXT, b"30").expect("2.04");
        assert_eq!(notified(other), "30");
        assert_eq!(notified(one), "30");
        let path = Path::resource(3311, 0, 5851);
        let changed = handle.change(path, |house| house.lamp.dimmer = 40);
        assert_eq!(changed.recv(), Ok(Ok(())));
        assert_eq!(notified(one), "40");
        assert_eq!(notified(other), "40");
    });
}

/// As the bootstrap server has set it (/1/x/13).
#[test]
fn the_servers_have_an_order() {
    let servers = [server(), server()];
    let bootstrap = bootstrap(&[(&servers[0], 1, 2), (&servers[1], 2, 1)]);
    let account = Account::new(uri("coap", bootstrap.local_addr())).for_bootstrap();
    with_device(&[config(account)], |handle, events| {
        assert_eq!(next(events).1, Event::BootstrapDone);
        assert_eq!(
            next(events),
            (2, Event::Registered(RegisterReason::Bootstrapped))
        );
        assert_eq!(
            next(events),
            (1, Event::Registered(RegisterReason::Bootstrapped))
        );
        handle.close();
        both(events, Event::Deregistered);
        // A server that is not reached yet keeps the one behind it waiting.
        handle.pause();
        handle.register();
        assert_eq!(states(handle), [State::Idle, State::Registering]);
        handle.resume();
        assert_eq!(next(events), (2, Event::Registered(RegisterReason::First)));
        assert_eq!(next(events), (1, Event::Registered(RegisterReason::First)));
    });
}

#[test]
fn a_second_bootstrap_server_is_refused() {
    let account = Account::new("coap://127.0.0.1").for_bootstrap();
    let house = House {
        lamp: Lamp { dimmer: 0 },
        events: mpsc::channel().0,
    };
    let device = Device::new().expect("a device");
    let run = device.run_several(&[config(account), config(account)], house);
    let error = run.map(drop).expect_err("refused");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

fn states(handle: &Handle<House>) -> Vec<State> {
    let states = handle.with_all(|_, clients, _| {
        let state = |client: &&mut Client<'_>| client.state();
        clients.iter().map(state).collect()
    });
    states.recv_timeout(PATIENCE).expect("states")
}

/// Runs a test with a device that is registered with both.
fn with_two_servers(
    test: impl FnOnce(&UdpServer, &UdpServer, &Handle<House>, &Receiver<(u16, Event)>),
) {
    let (one, other) = (server(), server());
    let [first, mut second] = [&one, &other].map(account);
    second.short_server_id = 2;
    with_device(&[first, second], |handle, events| {
        both(events, Event::Registered(RegisterReason::First));
        test(&one, &other, handle, events);
    });
}

/// Runs a test with a device that has been told to register.
fn with_device(
    configs: &[Config<'static>],
    test: impl FnOnce(&Handle<House>, &Receiver<(u16, Event)>),
) {
    let device = Device::new().expect("a device");
    let handle = device.handle();
    let (sender, events) = mpsc::channel();
    let house = House {
        lamp: Lamp { dimmer: 0 },
        events: sender,
    };
    thread::scope(|scope| {
        let thread = scope.spawn(|| device.run_several(configs, house).map(drop));
        // Also where the test fails.
        let stop = Stop(handle.clone());
        handle.register();
        test(&handle, &events);
        drop(stop);
        thread.join().expect("no panic").expect("it runs");
    });
}

struct Stop(Handle<House>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// A bootstrap server of servers with their short ids and priorities.
fn bootstrap(servers: &[(&UdpServer, u16, i128)]) -> UdpServer {
    let mut operations = vec![BootstrapOperation::delete("/")];
    for (server, short_server_id, priority) in servers {
        let security = SecurityInstance {
            instance: *short_server_id,
            uri: format!("coap://{}", server.local_addr()),
            bootstrap: false,
            credentials: Credentials::None,
            short_server_id: *short_server_id,
        };
        let instance = ServerInstance {
            instance: *short_server_id,
            short_server_id: *short_server_id,
            lifetime: 120,
            storing: true,
            binding: "U".into(),
        };
        let priority = Content::Resources(vec![(13, Value::Integer(*priority))]);
        operations.extend([
            security.operation(),
            instance.operation(),
            BootstrapOperation::write(&format!("/1/{short_server_id}"), priority),
        ]);
    }
    let mut config = UdpConfig::default();
    config.server.bootstrap.insert("device".into(), operations);
    UdpServer::start(config).expect("a server")
}

fn account(server: &UdpServer) -> Config<'static> {
    config(Account::new(uri("coap", server.local_addr())))
}

/// Both clients tell it, in any order.
fn both(events: &Receiver<(u16, Event)>, event: Event) {
    let mut told = [next(events), next(events)];
    told.sort_by_key(|(id, _)| *id);
    assert_eq!(told, [(1, event), (2, event)]);
}

fn next(events: &Receiver<(u16, Event)>) -> (u16, Event) {
    events.recv_timeout(PATIENCE).expect("an event")
}

fn notified(server: &UdpServer) -> String {
    let is_notification = |event: &ServerEvent| matches!(event, ServerEvent::Notification { .. });
    match server.wait_for(is_notification, PATIENCE) {
        Some(ServerEvent::Notification { payload, .. }) => {
            String::from_utf8(payload).expect("text")
        }
        _ => panic!("no notification"),
    }
}

const DIMMER: &str = "/3311/0/5851";
