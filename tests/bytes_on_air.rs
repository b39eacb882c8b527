//! What the operations of a device's life cost on air, beside the least that CoAP and LwM2M leave possible:
//! `cargo test --test bytes_on_air -- --nocapture` prints the table of docs/figures.md.

mod common;

use std::fs;

use client_lite::{Account, Path};
use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType, ResponseType};
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT};

/// Bytes that a record of DTLS 1.2 with AES-CCM-8 has besides a message: head, explicit nonce and tag
/// (RFC 6347, 4.1; RFC 6655, 3).
const RECORD: usize = 13 + 8 + 8;

/// With a connection id it has that, here of 8 bytes, and the message's type (RFC 9146, 4). The device
/// asks for none itself, so that what it gets has none.
const RECORD_WITH_CID: usize = RECORD + 8 + 1;

/// Without security an answer is believed by 32 random bits of its token (RFC 7252, 5.3.1); under DTLS a
/// number does.
const SERVERS: [(&str, usize); 2] = [("coap://server", 4), ("coaps://server", 1)];

/// The length of an observer's token, which the server has chosen.
const OBSERVER: usize = 2;

#[test]
fn nothing_goes_out_that_need_not_be() {
    for (uri, token) in SERVERS {
        for ((name, least), bytes) in least().into_iter().zip(measure(uri)) {
            let token = if name.starts_with("Notify") {
                OBSERVER
            } else {
                token
            };
            let least = least.map(|least| if least > 0 { least + token } else { 0 });
            assert_eq!(bytes, least, "{name}, {uri}");
        }
    }
}

#[test]
fn the_page_has_the_figures_of_this_tree() {
    let table = table();
    println!("{table}");
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/figures.md");
    let page = fs::read_to_string(page).expect("the page");
    assert!(page.contains(&table), "docs/figures.md has not\n{table}");
}

fn table() -> String {
    let mut table =
        "| bytes, up / down | CoAP without DTLS | DTLS | DTLS, connection id | least CoAP |\n\
                     |---|---:|---:|---:|---:|\n"
            .to_owned();
    let [plain, secure] = SERVERS.map(|(uri, _)| measure(uri));
    for (((name, least), plain), secure) in least().into_iter().zip(plain).zip(secure) {
        let in_records = |up, down| {
            let around = [up, down];
            [0, 1].map(|way| secure[way] + if secure[way] > 0 { around[way] } else { 0 })
        };
        let columns = [
            plain,
            in_records(RECORD, RECORD),
            in_records(RECORD_WITH_CID, RECORD),
            least,
        ];
        let columns = columns.map(|[up, down]| format!("{up} / {down}"));
        table += &format!("| {name} | {} |\n", columns.join(" | "));
    }
    table
}

/// Bytes of CoAP up and down of each exchange.
fn measure(uri: &'static str) -> Vec<[usize; 2]> {
    let mut setup = Setup::new(1);
    setup.config.account = Account::new(uri);
    if uri.starts_with("coaps") {
        setup.config.account = Account::new(uri).with_psk(b"identity", b"key");
    }
    let mut world = setup.build();
    world.peer = Peer::answering(willing);
    let mut exchanges = Vec::new();
    world.register();
    world.run_for(seconds(1));
    exchanges.push(traffic(&mut world));
    world.update();
    world.run_for(seconds(1));
    exchanges.push(traffic(&mut world));
    let mut observe = with_accept(request(RequestType::Get, TEMPERATURE, 1), TEXT);
    observe.set_observe_value(0);
    world.deliver(&bytes(&observe));
    traffic(&mut world);
    world.objects.temperature.celsius = 22.5;
    world.changed(TEMPERATURE);
    exchanges.push(traffic(&mut world));
    let path = Path::resource(3303, 0, 5700);
    let now = world.device_time();
    world.client.send(now, path).expect("room");
    world.settle();
    world.run_for(seconds(1));
    exchanges.push(traffic(&mut world));
    world.close();
    world.run_for(seconds(1));
    exchanges.push(traffic(&mut world));
    exchanges
}

/// What has gone up and down since the last time.
fn traffic(world: &mut World) -> [usize; 2] {
    let ways = [Direction::Up, Direction::Down].map(|direction| {
        let datagrams = world.wire.datagrams.iter();
        let on_the_way = datagrams.filter(|datagram| datagram.direction == direction);
        on_the_way.map(|datagram| datagram.bytes.len()).sum()
    });
    world.wire.clear();
    ways
}

/// The same messages by the specifications, without tokens: of each up and down.
fn least() -> [(&'static str, [usize; 2]); 5] {
    let post = |segments| Least::request(RequestType::Post, segments);
    let registration = post(&["rd"][..])
        .format(40)
        .query("ep=device")
        .query("lt=86400")
        .query("lwm2m=1.1")
        // The content format that the device prefers (LwM2M Core 1.1, 6.2.1).
        .payload(b"</>;ct=112,</1/0>,</3/0>,</3200/0>,</3303/0>,</33000>;ver=1.2,</33000/0>");
    let created = Least::response(ResponseType::Created)
        .option(CoapOption::LocationPath, "rd")
        .option(CoapOption::LocationPath, "1");
    let changed = Least::response(ResponseType::Changed).length();
    let notification = Least::response(ResponseType::Content)
        .option(CoapOption::Observe, "\u{1}")
        .format(TEXT)
        .payload(b"22.5");
    // RFC 8428, 6: one record, its base name and its value, which is exact in half precision.
    let mut pack = vec![0x81, 0xa2, 0x21, 0x6c];
    pack.extend(TEMPERATURE.as_bytes());
    pack.extend([0x02, 0xf9, 0x4d, 0xa0]);
    let send = post(&["dp"][..]).format(SENML_CBOR).payload(&pack);
    let delete = Least::request(RequestType::Delete, &["rd", "1"]);
    let deleted = Least::response(ResponseType::Deleted).length();
    [
        ("Register", [registration.length(), created.length()]),
        ("Update", [post(&["rd", "1"][..]).length(), changed]),
        ("Notify, a number as text", [notification.length(), 0]),
        ("Send, a number in SenML-CBOR", [send.length(), changed]),
        ("De-register", [delete.length(), deleted]),
    ]
}

/// A message as it is put together here.
struct Least(Packet);

impl Least {
    fn request(method: RequestType, segments: &[&str]) -> Self {
        let mut packet = Packet::new();
        packet.header.code = MessageClass::Request(method);
        let least = Self(packet);
        let segments = segments.iter();
        segments.fold(least, |least, segment| {
            least.option(CoapOption::UriPath, segment)
        })
    }

    fn response(code: ResponseType) -> Self {
        let mut packet = Packet::new();
        packet.header.set_type(MessageType::Acknowledgement);
        packet.header.code = MessageClass::Response(code);
        Self(packet)
    }

    fn option(mut self, option: CoapOption, value: &str) -> Self {
        self.0.add_option(option, value.as_bytes().to_vec());
        self
    }

    fn query(self, text: &str) -> Self {
        self.option(CoapOption::UriQuery, text)
    }

    fn format(mut self, format: u16) -> Self {
        let value = OptionValueU16(format);
        self.0.add_option_as(CoapOption::ContentFormat, value);
        self
    }

    fn payload(mut self, payload: &[u8]) -> Self {
        self.0.payload = payload.to_vec();
        self
    }

    fn length(&self) -> usize {
        bytes(&self.0).len()
    }
}
