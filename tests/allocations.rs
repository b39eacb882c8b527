//! The core does not allocate: not to register, not in 1,000 reads and 1,000 notifications, not to
//! record and send, be refused, be disabled, or deregister.
//!
//! The allocator counts for each thread, and only calls into the core are counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration as StdDuration;

use client_lite::{
    Account, Association, Client, Config, Duration, Event, Instant, Memory, Notifications, Object,
    Path, RegisterReason, Storage, TransportRequest, object, storage,
};
use demo_server::format::{SENML_CBOR, TEXT, TLV};
use demo_server::{BootstrapOperation, Credentials, SecurityInstance, Server, ServerInstance};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations() -> usize {
    ALLOCATIONS.with(Cell::get)
}

object! {
    #[derive(Default)]
    struct Thermometer: 3303, version (1, 1), delivered count_delivered {
        5700: celsius: f64 [R],
        5701: unit: heapless::String<8> [RW],
        5750: presses: i64 [R, auto],
        5605: reset [E],
        // Counts for the test.
        9: deliveries: i64 [R],
    }
}

impl Thermometer {
    fn count_delivered(&mut self, _resource: u16) {
        self.deliveries += 1;
    }

    fn reset(&mut self, _arguments: &[u8]) -> Result<(), client_lite::Refusal> {
        self.celsius = 0.0;
        Ok(())
    }
}

/// A client and a server with no way in between.
struct Bench<'a> {
    client: Client<'a>,
    thermometer: Thermometer,
    server: Server,
    now: u64,
    /// By the core.
    allocations: usize,
    events: Vec<Event>,
    answers: usize,
    notifications: usize,
    sends: usize,
}

impl<'a> Bench<'a> {
    fn new(config: Config<'a>, server: demo_server::Config, memory: impl Into<Memory<'a>>) -> Self {
        let before = allocations();
        let client = Client::new(config, memory, [1, 2, 3, 4]);
        Self {
            allocations: allocations() - before,
            client,
            thermometer: Thermometer::default(),
            server: Server::new(server, 1),
            now: 0,
            events: Vec::new(),
            answers: 0,
            notifications: 0,
            sends: 0,
        }
    }

    /// Calls the core and counts.
    fn core<R>(
        &mut self,
        call: impl FnOnce(&mut Client<'a>, Instant, &mut [&mut dyn Object]) -> R,
    ) -> R {
        let mut objects: [&mut dyn Object; 1] = [&mut self.thermometer];
        let before = allocations();
        let result = call(
            &mut self.client,
            Instant::from_millis(self.now),
            &mut objects,
        );
        self.allocations += allocations() - before;
        result
    }

    /// Exchanges what both have to say until they are done.
    fn settle(&mut self) {
        let peer = SocketAddr::from(([192, 0, 2, 1], 40_000));
        loop {
            let mut datagrams = 0;
            let mut buffer = [0; 1200];
            while let Some(length) = self.core(|client, now, objects| {
                let datagram = client.poll_transmit(now, objects)?;
                buffer[..datagram.len()].copy_from_slice(datagram);
                Some(datagram.len())
            }) {
                datagrams += 1;
                let now = StdDuration::from_millis(self.now);
                self.server.handle_datagram(now, peer, &buffer[..length]);
            }
            let opens = self.core(|client, _, _| {
                matches!(client.poll_transport(), Some(TransportRequest::Open { .. }))
            });
            if opens {
                self.core(|client, now, _| client.handle_connected(now, Association::New));
            }
            while let Some(event) = self.core(|client, _, _| client.poll_event()) {
                self.events.push(event);
            }
            self.core(|client, _, _| client.poll_timeout());
            if let Some((_, datagram)) = self.server.poll_transmit() {
                datagrams += 1;
                self.core(|client, now, objects| client.handle_datagram(now, &datagram, objects));
            }
            while let Some(event) = self.server.poll_event() {
                match event {
                    demo_server::Event::Response(_) => self.answers += 1,
                    demo_server::Event::Notification { .. } => self.notifications += 1,
                    demo_server::Event::Send { .. } => self.sends += 1,
                    _ => {}
                }
            }
            if datagrams == 0 && !opens {
                return;
            }
        }
    }

    fn command(&mut self, command: impl FnOnce(&mut Client<'a>, Instant)) {
        self.core(|client, now, _| command(client, now));
        self.settle();
    }

    fn change(&mut self, resource: u16) {
        let path = Path::resource(3303, 0, resource);
        self.core(|client, now, objects| client.changed(now, path, objects))
            .expect("room");
        self.settle();
    }

    fn ask<E: std::fmt::Debug>(
        &mut self,
        ask: impl FnOnce(&mut Server, StdDuration) -> Result<demo_server::RequestId, E>,
    ) {
        ask(&mut self.server, StdDuration::from_millis(self.now)).expect("a request");
        self.settle();
    }

    fn pass(&mut self, time: Duration) {
        self.now += time.as_millis();
        self.core(|client, now, _| client.handle_timeout(now));
        self.settle();
    }
}

/// The counter counts.
#[test]
fn allocations_are_counted() {
    let before = allocations();
    drop(std::hint::black_box(vec![0; 100]));
    assert_eq!(allocations(), before + 1);
}

#[test]
fn the_core_does_not_allocate() {
    let mut storage: Storage = Storage::new();
    let mut config = Config::new("device", Account::new("coap://server"));
    config.notifications = Notifications::Confirmable;
    let mut bench = Bench::new(config, demo_server::Config::default(), &mut storage);
    bench.command(|client, now| client.register(now));
    assert_eq!(bench.events, [Event::Registered(RegisterReason::First)]);

    for count in 0..1_000 {
        let accept = [None, Some(TEXT), Some(TLV), Some(SENML_CBOR)][count % 4];
        let path = match accept {
            Some(TEXT) => "/3303/0/5700",
            _ => ["/3303/0/5700", "/3303/0", "/3", "/1/0/1"][count / 4 % 4],
        };
        bench.ask(|server, now| server.read(now, "device", path, accept));
    }
    assert_eq!(bench.answers, 1_000);

    bench.ask(|server, now| server.observe(now, "device", "/3303/0/5700", None));
    for count in 0..1_000 {
        bench.thermometer.celsius = f64::from(count) / 7.0;
        bench.change(5700);
    }
    assert_eq!(
        (bench.notifications, bench.thermometer.deliveries),
        (1_000, 1_000)
    );

    for count in 0..100 {
        bench.thermometer.presses = count;
        bench.change(5750);
    }
    assert_eq!(bench.sends, 100);

    let temperature = Path::resource(3303, 0, 5700);
    for count in 0..1_000 {
        bench.core(|client, now, objects| {
            let time = 1_700_000_000_000 + count;
            client
                .record(now, temperature, time, objects)
                .expect("a value");
        });
        bench.settle();
    }
    bench
        .core(|client, now, _| {
            client.send_records(now);
            client.send_all(now, &[temperature, Path::instance(3303, 0)])
        })
        .expect("room");
    bench.settle();
    bench.core(|client, _, _| assert_eq!(client.records(), 0));
    assert_eq!(bench.sends, 100 + 1_000_usize.div_ceil(12) + 1);

    bench.answers = 0;
    for count in 0..100_u32 {
        let unit = count.to_string().into_bytes();
        bench.ask(|server, now| server.write(now, "device", "/3303/0/5701", TEXT, &unit));
        bench.ask(|server, now| server.discover(now, "device", "/3303"));
        bench.ask(|server, now| server.execute(now, "device", "/3303/0/5605", "0"));
        bench.ask(|server, now| server.read(now, "device", "/9/9/9", None));
        bench.pass(Duration::from_secs(40));
    }
    assert_eq!(bench.answers, 400);

    for _ in 0..10 {
        bench.command(|client, now| client.update(now));
        bench.command(|client, now| client.objects_changed(now));
        bench.command(|client, now| client.pause(now));
        bench.command(|client, now| client.resume(now));
    }
    bench.server.forget_all();
    bench.command(|client, now| client.update(now));
    bench.core(|client, _, _| {
        assert!(client.endpoint_info().is_some() && client.next_update().is_some());
        (client.state(), client.counters(), client.last_error())
    });

    bench.ask(|server, now| server.write(now, "device", "/1/0/5", TEXT, b"60"));
    bench.ask(|server, now| server.execute(now, "device", "/1/0/4", ""));
    assert_eq!(bench.events.last(), Some(&Event::Disabled));
    bench.pass(Duration::from_secs(80));
    assert_eq!(
        bench.events.last(),
        Some(&Event::Registered(RegisterReason::EnabledAgain))
    );

    bench.command(|client, now| client.close(now));
    assert_eq!(bench.events.last(), Some(&Event::Deregistered));
    assert_eq!(bench.allocations, 0);
}

/// Neither to write attributes, nor to look at values and tell them by their conditions and periods.
#[test]
fn attributes_do_not_allocate() {
    let mut storage = <Storage>::new();
    let config = Config::new("device", Account::new("coap://server"));
    let mut bench = Bench::new(config, demo_server::Config::default(), &mut storage);
    bench.command(|client, now| client.register(now));
    for (id, query) in [
        "pmin=2",
        "pmax=3600",
        "gt=25.5",
        "lt=-3.25",
        "st=0.1",
        "epmin=1",
        "epmax=5",
        "con=0",
        "gt=1e999",
        "unknown=1",
        "gt=-4",
        "pmin",
        "pmin=1",
    ]
    .into_iter()
    .enumerate()
    {
        let mut put = b"\x40\x03\x70\x00\xb43303\x010\x045700".to_vec();
        put[3] = id as u8;
        put.push(0x40 | query.len() as u8);
        put.extend(query.as_bytes());
        bench.core(|client, now, objects| client.handle_datagram(now, &put, objects));
        bench.settle();
    }
    bench.ask(|server, now| server.discover(now, "device", "/3303/0/5700"));
    bench.ask(|server, now| server.observe(now, "device", "/3303/0/5700", None));
    for count in 0..1_000 {
        bench.thermometer.celsius = f64::from(count) / 7.0;
        bench.pass(Duration::from_secs(5));
    }
    assert!(bench.notifications > 990, "{}", bench.notifications);
    assert_eq!(bench.allocations, 0);
}

#[test]
fn bootstrap_does_not_allocate() {
    let security = SecurityInstance {
        instance: 1,
        uri: "coaps://server".into(),
        bootstrap: false,
        credentials: Credentials::PreSharedKey {
            identity: b"identity".to_vec(),
            key: b"key".to_vec(),
        },
        short_server_id: 1,
    };
    let instance = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 600,
        storing: true,
        binding: "U".into(),
    };
    let mut server = demo_server::Config::default();
    let operations = BootstrapOperation::account(&security, &instance);
    server.bootstrap.insert("device".into(), operations);
    let mut storage: Storage = Storage::new();
    let account = Account::new("coap://bootstrap").for_bootstrap();
    let mut bench = Bench::new(Config::new("device", account), server, &mut storage);
    bench.command(|client, now| client.register(now));
    assert_eq!(
        bench.events,
        [
            Event::BootstrapDone,
            Event::Registered(RegisterReason::Bootstrapped)
        ]
    );
    assert_eq!(bench.allocations, 0);
}

#[test]
fn blocks_do_not_allocate() {
    let mut storage = <storage! { message_size: 160 }>::new();
    let config = Config::new("device", Account::new("coap://server"));
    let mut bench = Bench::new(config, demo_server::Config::default(), &mut storage);
    bench.command(|client, now| client.register(now));
    assert_eq!(bench.events, [Event::Registered(RegisterReason::First)]);
    for number in 0..8 {
        let mut answer = [0; 160];
        let mut read = *b"\x40\x01\x00\x00\xb43303\xc1\x00";
        read[3] = number;
        read[10] = number << 4;
        let mut write = *b"\x40\x03\x01\x00\xb43303\x010\x045701\xd1\x03\x08\xff0123456789abcdef";
        write[3] = number;
        write[18] = number << 4 | u8::from(number < 7) << 3;
        for (datagram, code) in [
            (&read[..], if number < 4 { 0x45 } else { 0x80 }),
            (&write, if number < 7 { 0x5f } else { 0x80 }),
        ] {
            let length = bench.core(|client, now, objects| {
                client.handle_datagram(now, datagram, objects);
                let datagram = client.poll_transmit(now, objects).expect("an answer");
                answer[..datagram.len()].copy_from_slice(datagram);
                datagram.len()
            });
            assert_eq!(answer[1], code, "{number}: {:x?}", &answer[..length]);
        }
    }
    assert_eq!(bench.allocations, 0);
}

/// Datagrams that cost others an allocation for each option.
#[test]
fn hostile_datagrams_do_not_allocate() {
    let mut storage: Storage = Storage::new();
    let config = Config::new("device", Account::new("coap://server"));
    let mut bench = Bench::new(config, demo_server::Config::default(), &mut storage);
    bench.command(|client, now| client.register(now));
    let mut options = [0; 1152];
    options[..4].copy_from_slice(&[0x40, 1, 0, 1]);
    let mut paths = [0xb0; 1152];
    paths[..4].copy_from_slice(&[0x40, 1, 0, 2]);
    let mut nested = [0x08; 1152];
    nested[..19].copy_from_slice(b"\x40\x03\x00\x03\xb43303\x010\x12\x2d\x16\xff\x08\x00\xff\x08");
    for datagram in [&options, &paths, &nested, &[0; 1152], &[0xff; 1152]] {
        bench.core(|client, now, objects| client.handle_datagram(now, datagram, objects));
        bench.settle();
    }
    assert_eq!(bench.allocations, 0);
}
