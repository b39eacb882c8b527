//! Block-wise transfer (RFC 7959) as a server sees it, by `coap-lite`'s packets.

use std::cell::RefCell;
use std::rc::Rc;

use coap_lite::{CoapOption, MessageClass, Packet, RequestType, ResponseType};

use super::manual::{Manual, code};
use super::{Peer, answer};

/// A Block option: number, whether more follow, size in bytes.
pub type Block = (usize, bool, usize);

pub fn block(packet: &Packet, option: CoapOption) -> Option<Block> {
    let value = number(packet, option)?;
    Some((value >> 4, value & 8 != 0, 16 << (value & 7)))
}

/// An option's number.
pub fn number(packet: &Packet, option: CoapOption) -> Option<usize> {
    let values = packet.get_option(option)?;
    assert_eq!(values.len(), 1);
    let value = values.front().expect("a value");
    Some(
        value
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte)),
    )
}

pub fn with_block(packet: Packet, option: CoapOption, (number, more, size): Block) -> Packet {
    let exponent = (size / 16).trailing_zeros() as usize;
    with_number(
        packet,
        option,
        number << 4 | usize::from(more) << 3 | exponent,
    )
}

pub fn with_number(mut packet: Packet, option: CoapOption, number: usize) -> Packet {
    let bytes = number.to_be_bytes();
    let start = bytes.iter().take_while(|byte| **byte == 0).count();
    packet.add_option(option, bytes[start..].to_vec());
    packet
}

/// Gets all blocks of a content, each not larger than `size`; their answers.
pub fn get(
    server: &mut Manual,
    path: &str,
    accept: Option<u16>,
    size: Option<usize>,
) -> Vec<Packet> {
    let mut answers = Vec::new();
    let mut wish = size.map(|size| (0, false, size));
    loop {
        let mut request = server.request(RequestType::Get, path);
        if let Some(accept) = accept {
            request = super::manual::with_accept(request, accept);
        }
        if let Some(wish) = wish {
            request = with_block(request, CoapOption::Block2, wish);
        }
        let answer = server.ask(&request);
        let got = block(&answer, CoapOption::Block2);
        answers.push(answer);
        match got {
            Some((number, true, size)) => wish = Some((number + 1, false, size)),
            _ => return answers,
        }
    }
}

/// Sends a body in blocks, and gives the answers up to the first that is not 2.31.
pub fn put(
    server: &mut Manual,
    request: &dyn Fn(&mut Manual) -> Packet,
    body: &[u8],
    size: usize,
) -> Vec<Packet> {
    let mut answers = Vec::new();
    let count = body.len().div_ceil(size);
    for (number, piece) in body.chunks(size).enumerate() {
        let packet = part(
            request(server),
            body,
            number,
            piece,
            number + 1 < count,
            size,
        );
        answers.push(server.ask(&packet));
        if answers.last().is_some_and(|answer| code(answer) != "2.31") {
            break;
        }
    }
    answers
}

/// One block of a request, the first with the size of all.
pub fn part(
    request: Packet,
    body: &[u8],
    number: usize,
    piece: &[u8],
    more: bool,
    size: usize,
) -> Packet {
    let mut packet = with_block(request, CoapOption::Block1, (number, more, size));
    if number == 0 {
        packet = with_number(packet, CoapOption::Size1, body.len());
    }
    packet.payload = piece.to_vec();
    packet
}

pub fn codes(answers: &[Packet]) -> Vec<String> {
    answers.iter().map(code).collect()
}

pub fn joined(answers: &[Packet]) -> Vec<u8> {
    answers
        .iter()
        .flat_map(|answer| answer.payload.clone())
        .collect()
}

/// What a [`collecting`] server has.
#[derive(Default)]
pub struct Collected {
    /// The size that it asks for, where that is less than what comes.
    pub largest: Option<usize>,
    /// Answers, before any other, to requests of the device.
    pub refusals: Vec<ResponseType>,
    /// The body so far.
    pub body: Vec<u8>,
    /// Each block in its order, duplicates left out.
    pub blocks: Vec<Block>,
    /// Whole bodies.
    pub bodies: Vec<Vec<u8>>,
}

/// A server that collects the blocks of the device's requests, and answers the last as `last` says.
pub fn collecting(
    last: impl Fn(&Packet) -> Option<Packet> + 'static,
) -> (Peer, Rc<RefCell<Collected>>) {
    let collected = Rc::new(RefCell::new(Collected::default()));
    let theirs = collected.clone();
    let mut newest: Option<(u16, Packet)> = None;
    let peer = Peer::answering(move |request| {
        let id = request.header.message_id;
        if let Some((_, answer)) = newest.as_ref().filter(|(newest, _)| *newest == id) {
            return Some(answer.clone());
        }
        let answer = collect(&mut theirs.borrow_mut(), request, &last)?;
        newest = Some((id, answer.clone()));
        Some(answer)
    });
    (peer, collected)
}

fn collect(
    collected: &mut Collected,
    request: &Packet,
    last: &dyn Fn(&Packet) -> Option<Packet>,
) -> Option<Packet> {
    let MessageClass::Request(_) = request.header.code else {
        return None;
    };
    let Some((number, more, size)) = block(request, CoapOption::Block1) else {
        return last(request);
    };
    if !collected.refusals.is_empty() {
        let refusal = collected.refusals.remove(0);
        let packet = answer(request, refusal);
        return Some(match collected.largest {
            Some(largest) => with_block(packet, CoapOption::Block1, (0, false, largest)),
            None => packet,
        });
    }
    if number == 0 {
        collected.body.clear();
    }
    if number * size != collected.body.len() {
        return Some(answer(request, ResponseType::RequestEntityIncomplete));
    }
    if more {
        assert_eq!(request.payload.len(), size);
    }
    collected.blocks.push((number, more, size));
    collected.body.extend(&request.payload);
    let packet = if more {
        answer(request, ResponseType::Continue)
    } else {
        let body = std::mem::take(&mut collected.body);
        collected.bodies.push(body);
        last(request)?
    };
    let size = collected.largest.map_or(size, |largest| largest.min(size));
    Some(with_block(packet, CoapOption::Block1, (number, more, size)))
}
