//! The work that is counted on the host by callgrind, and the bytes that it takes on the wire, with the
//! features of the image `all` of tests/size: `bench start`, `bench malformed` and `bench float` do a
//! thing 100 times, of which only the functions named `measured_` count, and `bench wire` prints
//! lengths.

use std::hint::black_box;

use client_lite::objects::ipso::Temperature;
use client_lite::{Account, Association, Client, Config, Instant, Object, Path, storage};

type Memory = storage! { changes: 1 };

const TIMES: u16 = 100;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("start") => start(),
        Some("malformed") => repeat(|id| {
            let [high, low] = id.to_be_bytes();
            // A token of nine bytes.
            vec![0x49, 1, high, low, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }),
        Some("float") => repeat(|id| request(GET, id, &["3303", "0", "5700"], Some(TEXT), false)),
        Some("wire") => wire(),
        _ => {
            eprintln!("bench: start, malformed, float or wire");
            std::process::exit(2);
        }
    }
}

/// Starts a device and registers it.
fn start() {
    for _ in 0..TIMES {
        let mut memory = Memory::new();
        let mut temperature = Temperature::new("Cel", 22.5);
        measured_start(black_box(&mut memory), &mut temperature);
    }
}

#[unsafe(no_mangle)]
#[inline(never)]
fn measured_start(memory: &mut Memory, temperature: &mut Temperature) {
    let mut device = Device::new(memory);
    device.register(temperature);
}

/// Hands datagrams to a registered device.
fn repeat(datagram: impl Fn(u16) -> Vec<u8>) {
    let mut memory = Memory::new();
    let mut temperature = Temperature::new("Cel", 22.5);
    let mut device = Device::new(&mut memory);
    device.register(&mut temperature);
    for id in 0..TIMES {
        let datagram = datagram(id);
        measured_request(&mut device, black_box(&datagram), &mut temperature);
    }
}

/// Hands a datagram to the device; the length of its response.
#[unsafe(no_mangle)]
#[inline(never)]
fn measured_request(
    device: &mut Device<'_>,
    datagram: &[u8],
    temperature: &mut Temperature,
) -> usize {
    let mut objects: [&mut dyn Object; 1] = [temperature];
    let (client, now) = (&mut device.client, device.now);
    client.handle_datagram(now, datagram, &mut objects);
    black_box(client.poll_transmit(now, &mut objects)).map_or(0, <[u8]>::len)
}

fn wire() {
    let mut memory = Memory::new();
    let mut temperature = Temperature::new("Cel", 22.5);
    let mut device = Device::new(&mut memory);
    println!("Register {}", device.register(&mut temperature));
    for (name, path, format) in [
        ("Read 3 in SenML-CBOR", &["3"][..], SENML_CBOR),
        ("Read 3303/0 in SenML-CBOR", &["3303", "0"], SENML_CBOR),
        ("Read 3303/0 in TLV", &["3303", "0"], TLV),
        ("Read 3303/0 in SenML-JSON", &["3303", "0"], SENML_JSON),
    ] {
        let datagram = request(GET, 1, path, Some(format), false);
        let length = measured_request(&mut device, &datagram, &mut temperature);
        println!("{name} {length}");
    }
    let observe = request(GET, 2, &["3303", "0", "5700"], Some(SENML_CBOR), true);
    measured_request(&mut device, &observe, &mut temperature);
    temperature.set(23.5);
    let mut objects: [&mut dyn Object; 1] = [&mut temperature];
    device.now = Instant::from_millis(10_000);
    let changed = Path::resource(3303, 0, 5700);
    device
        .client
        .changed(device.now, changed, &mut objects)
        .expect("room");
    let notification = device.client.poll_transmit(device.now, &mut objects);
    println!("Notify 3303/0/5700 {}", notification.map_or(0, <[u8]>::len));
    device.client.update(device.now);
    let update = device.client.poll_transmit(device.now, &mut objects);
    println!("Update {}", update.map_or(0, <[u8]>::len));
}

struct Device<'a> {
    client: Client<'a>,
    now: Instant,
}

impl<'a> Device<'a> {
    fn new(memory: &'a mut Memory) -> Self {
        let mut config = Config::new("bench", Account::new("coap://192.0.2.1"));
        config.device.manufacturer = "Client Lite";
        config.device.model = "bench";
        config.device.serial_number = "0001";
        config.device.firmware_version = "1.0";
        Self {
            client: Client::new(config, memory, [1, 2, 3, 4]),
            now: Instant::from_millis(1000),
        }
    }

    /// Registers; the length of the Register.
    fn register(&mut self, temperature: &mut Temperature) -> usize {
        let (client, now) = (&mut self.client, self.now);
        let mut objects: [&mut dyn Object; 1] = [temperature];
        client.register(now);
        while client.poll_transport().is_some() {}
        client.handle_connected(now, Association::New);
        let register = client.poll_transmit(now, &mut objects).expect("a Register");
        let length = register.len();
        let mut response = [0; 16];
        let token = usize::from(register[0] & 15);
        response[..4 + token].copy_from_slice(&register[..4 + token]);
        // An acknowledgement with 2.01 and a Location-Path of /rd/5.
        response[0] = 0x60 | token as u8;
        response[1] = 0x41;
        response[4 + token..9 + token].copy_from_slice(&[0x82, b'r', b'd', 0x01, b'5']);
        client.handle_datagram(now, &response[..9 + token], &mut objects);
        while client.poll_event().is_some() {}
        length
    }
}

fn request(code: u8, id: u16, path: &[&str], accept: Option<u16>, observes: bool) -> Vec<u8> {
    let [high, low] = id.to_be_bytes();
    let mut bytes = vec![0x42, code, high, low, 0x11, 0x22];
    let mut number = 0;
    let mut option = |option: u8, value: &[u8]| {
        let delta = option - number;
        number = option;
        bytes.push(delta << 4 | value.len() as u8);
        bytes.extend_from_slice(value);
    };
    if observes {
        option(6, &[]);
    }
    for segment in path {
        option(11, segment.as_bytes());
    }
    if let Some(format) = accept {
        let unused = format.leading_zeros() as usize / 8;
        option(17, &format.to_be_bytes()[unused..]);
    }
    bytes
}

const GET: u8 = 1;
const TEXT: u16 = 0;
const SENML_JSON: u16 = 110;
const SENML_CBOR: u16 = 112;
const TLV: u16 = 11542;
