//! Composite operations (LwM2M Core 1.1, 6.3.8) as a server asks for them, in SenML-CBOR.

use coap_lite::{Packet, RequestType};
use demo_server::format::{self, SENML_CBOR};

use super::manual::{Manual, code, with_accept, with_body};

/// A request for what a pack names.
pub fn fetch(server: &mut Manual, pack: &[u8]) -> Packet {
    let request = server.request(RequestType::Fetch, "/");
    with_accept(with_body(request, SENML_CBOR, pack), SENML_CBOR)
}

/// Writes the values of a pack; the code of the answer.
pub fn patch(server: &mut Manual, body: &[u8]) -> String {
    let request = server.request(RequestType::IPatch, "/");
    code(&server.ask(&with_body(request, SENML_CBOR, body)))
}

/// A pack of records with names only.
pub fn names(paths: &[&str]) -> Vec<u8> {
    let mut pack = vec![0x80 | paths.len() as u8];
    for path in paths {
        pack.extend([0xa1, 0x00]);
        text_item(&mut pack, path);
    }
    pack
}

/// A pack of records with names and small numbers, or texts.
pub fn values(records: &[(&str, Result<u8, &str>)]) -> Vec<u8> {
    let mut pack = vec![0x80 | records.len() as u8];
    for (path, value) in records {
        pack.extend([0xa2, 0x00]);
        text_item(&mut pack, path);
        match value {
            Ok(number) => pack.extend([0x02, *number]),
            Err(text) => {
                pack.push(0x03);
                text_item(&mut pack, text);
            }
        }
    }
    pack
}

/// The values that a message has, one line each.
#[track_caller]
pub fn lines(message: &Packet) -> Vec<String> {
    let entries = format::decode("/", Some(SENML_CBOR), &message.payload).expect("SenML");
    entries.iter().map(ToString::to_string).collect()
}

fn text_item(pack: &mut Vec<u8>, text: &str) {
    match text.len() {
        short @ 0..24 => pack.push(0x60 | short as u8),
        long => pack.extend([0x78, long as u8]),
    }
    pack.extend(text.as_bytes());
}
