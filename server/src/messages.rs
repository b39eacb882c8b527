//! The message layer (RFC 7252, section 4): acknowledgements, retransmission and duplicates.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::Duration;

use coap_lite::{CoapOption, MessageClass, MessageType, Packet};
use fastrand::Rng;

use crate::Timing;

pub(crate) type Token = Vec<u8>;

pub(crate) struct Messages {
    timing: Timing,
    separate_responses: bool,
    /// Nothing comes in and nothing goes out.
    pub(crate) silent: bool,
    next_id: u16,
    outbox: VecDeque<(SocketAddr, Vec<u8>)>,
    confirmables: BTreeMap<(SocketAddr, u16), Confirmable>,
    retransmissions: BTreeSet<(Duration, SocketAddr, u16)>,
    /// What was answered to each message ID, until EXCHANGE_LIFETIME is over.
    answers: BTreeMap<(SocketAddr, u16), Option<Vec<u8>>>,
    answers_by_age: VecDeque<(Duration, SocketAddr, u16)>,
}

/// A confirmable message that is not yet acknowledged.
struct Confirmable {
    bytes: Vec<u8>,
    /// The token of a request; `None` for a separate response.
    request: Option<Token>,
    retransmissions: u32,
    interval: Duration,
    due: Duration,
}

/// What a datagram turned out to be, where somebody has to act.
pub(crate) enum Received {
    Request(Packet),
    Response(Packet),
    /// An empty ACK to the request with this token.
    Acknowledged(Token),
    /// A RST to the request with this token.
    Reset(Token),
    /// A repetition, a ping or the end of a separate response: only a sign of life.
    Settled,
}

impl Messages {
    pub(crate) fn new(timing: Timing, separate_responses: bool, rng: &mut Rng) -> Self {
        Self {
            timing,
            separate_responses,
            silent: false,
            next_id: rng.u16(..),
            outbox: VecDeque::new(),
            confirmables: BTreeMap::new(),
            retransmissions: BTreeSet::new(),
            answers: BTreeMap::new(),
            answers_by_age: VecDeque::new(),
        }
    }

    /// What a datagram is; `None` if it is to be ignored.
    pub(crate) fn receive(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        datagram: &[u8],
    ) -> Option<Received> {
        if self.silent {
            return None;
        }
        self.forget_old_answers(now);
        let &[first, _, id_high, id_low, ..] = datagram else {
            return None;
        };
        // RFC 7252, 3: other versions are silently ignored.
        if first >> 6 != 1 {
            return None;
        }
        let id = u16::from_be_bytes([id_high, id_low]);
        let confirmable = first & 0x30 == 0;
        let Some(packet) = parse(datagram) else {
            if confirmable {
                self.push_empty(peer, MessageType::Reset, id);
            }
            return None;
        };
        match packet.header.get_type() {
            MessageType::Acknowledgement => match packet.header.code {
                MessageClass::Empty => Some(match self.settle(peer, id) {
                    Some(token) => Received::Acknowledged(token),
                    None => Received::Settled,
                }),
                MessageClass::Response(_) => {
                    let sent = self.confirmables.get(&(peer, id))?;
                    if sent.request.as_deref() != Some(packet.get_token()) {
                        return None;
                    }
                    self.settle(peer, id);
                    Some(Received::Response(packet))
                }
                _ => None,
            },
            MessageType::Reset => Some(match self.settle(peer, id) {
                Some(token) => Received::Reset(token),
                None => Received::Settled,
            }),
            MessageType::Confirmable | MessageType::NonConfirmable => {
                if packet.header.code == MessageClass::Empty {
                    // RFC 7252, 4.3: a ping.
                    if confirmable {
                        self.push_empty(peer, MessageType::Reset, id);
                    }
                    return Some(Received::Settled);
                }
                if let Some(answer) = self.answers.get(&(peer, id)) {
                    if let Some(bytes) = answer.clone() {
                        self.push(peer, bytes);
                    }
                    return Some(Received::Settled);
                }
                self.remember(now, peer, id, None);
                Some(match packet.header.code {
                    MessageClass::Response(_) => Received::Response(packet),
                    _ => Received::Request(packet),
                })
            }
        }
    }

    /// Answers `request` with `response`, whose code, options and payload are set.
    pub(crate) fn answer(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        request: &Packet,
        mut response: Packet,
        rng: &mut Rng,
    ) {
        response.set_token(request.get_token().to_vec());
        let confirmable = request.header.get_type() == MessageType::Confirmable;
        if confirmable && self.separate_responses {
            self.acknowledge(peer, request);
            self.push_confirmable(now, peer, response, None, rng);
            return;
        }
        if confirmable {
            response.header.set_type(MessageType::Acknowledgement);
            response.header.message_id = request.header.message_id;
        } else {
            response.header.set_type(MessageType::NonConfirmable);
            response.header.message_id = self.take_id(peer);
        }
        let bytes = encode(&response);
        self.answered(peer, request, bytes.clone());
        self.push(peer, bytes);
    }

    /// Acknowledges a confirmable message by an empty ACK.
    pub(crate) fn acknowledge(&mut self, peer: SocketAddr, message: &Packet) {
        if message.header.get_type() == MessageType::Confirmable {
            let bytes = self.push_empty(
                peer,
                MessageType::Acknowledgement,
                message.header.message_id,
            );
            self.answered(peer, message, bytes);
        }
    }

    /// Rejects a message by RST (RFC 7252, 4.2 and 4.3); an ACK cannot be rejected.
    pub(crate) fn reset(&mut self, peer: SocketAddr, message: &Packet) {
        if message.header.get_type() != MessageType::Acknowledgement {
            let bytes = self.push_empty(peer, MessageType::Reset, message.header.message_id);
            self.answered(peer, message, bytes);
        }
    }

    /// Sends a confirmable request, whose token is set.
    pub(crate) fn request(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        request: Packet,
        rng: &mut Rng,
    ) {
        let token = request.get_token().to_vec();
        self.push_confirmable(now, peer, request, Some(token), rng);
    }

    /// Stops retransmitting the request with this token: its answer came, or nobody waits for it.
    pub(crate) fn stop(&mut self, peer: SocketAddr, token: &[u8]) {
        let id = self
            .confirmables
            .range((peer, 0)..=(peer, u16::MAX))
            .find(|(_, sent)| sent.request.as_deref() == Some(token))
            .map(|((_, id), _)| *id);
        if let Some(id) = id {
            self.settle(peer, id);
        }
    }

    /// Retransmits what is due; gives the requests that nobody acknowledged.
    pub(crate) fn handle_timeout(&mut self, now: Duration) -> Vec<(SocketAddr, Token)> {
        let mut unanswered = Vec::new();
        while let Some(&(due, peer, id)) = self.retransmissions.first() {
            if due > now {
                break;
            }
            self.retransmissions.pop_first();
            let Some(sent) = self.confirmables.get_mut(&(peer, id)) else {
                continue;
            };
            if sent.retransmissions >= self.timing.max_retransmit {
                let request = self
                    .confirmables
                    .remove(&(peer, id))
                    .and_then(|sent| sent.request);
                unanswered.extend(request.map(|token| (peer, token)));
                continue;
            }
            sent.retransmissions += 1;
            sent.interval *= 2;
            sent.due = now + sent.interval;
            self.retransmissions.insert((sent.due, peer, id));
            let bytes = sent.bytes.clone();
            self.push(peer, bytes);
        }
        unanswered
    }

    /// Whether a confirmable message to `peer` is outstanding.
    pub(crate) fn awaits(&self, peer: SocketAddr) -> bool {
        let mut of_peer = self.confirmables.range((peer, 0)..=(peer, u16::MAX));
        of_peer.next().is_some()
    }

    pub(crate) fn poll_timeout(&self) -> Option<Duration> {
        self.retransmissions.first().map(|(due, ..)| *due)
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.outbox.pop_front()
    }

    fn push(&mut self, peer: SocketAddr, bytes: Vec<u8>) {
        if !self.silent {
            self.outbox.push_back((peer, bytes));
        }
    }

    fn push_empty(&mut self, peer: SocketAddr, kind: MessageType, id: u16) -> Vec<u8> {
        let mut packet = Packet::new();
        packet.header.set_type(kind);
        packet.header.code = MessageClass::Empty;
        packet.header.message_id = id;
        let bytes = encode(&packet);
        self.push(peer, bytes.clone());
        bytes
    }

    fn push_confirmable(
        &mut self,
        now: Duration,
        peer: SocketAddr,
        mut packet: Packet,
        request: Option<Token>,
        rng: &mut Rng,
    ) {
        let id = self.take_id(peer);
        packet.header.set_type(MessageType::Confirmable);
        packet.header.message_id = id;
        let bytes = encode(&packet);
        // RFC 7252, 4.2: between ACK_TIMEOUT and ACK_TIMEOUT * ACK_RANDOM_FACTOR.
        let spread = (self.timing.ack_random_factor - 1.0).max(0.0);
        let interval = self.timing.ack_timeout.mul_f64(1.0 + spread * rng.f64());
        let due = now + interval;
        self.retransmissions.insert((due, peer, id));
        self.confirmables.insert(
            (peer, id),
            Confirmable {
                bytes: bytes.clone(),
                request,
                retransmissions: 0,
                interval,
                due,
            },
        );
        self.push(peer, bytes);
    }

    /// A message ID that no outstanding message to `peer` has.
    fn take_id(&mut self, peer: SocketAddr) -> u16 {
        while self.confirmables.contains_key(&(peer, self.next_id)) {
            self.next_id = self.next_id.wrapping_add(1);
        }
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        id
    }

    /// Ends a confirmable message; gives the token, if it was a request.
    fn settle(&mut self, peer: SocketAddr, id: u16) -> Option<Token> {
        let sent = self.confirmables.remove(&(peer, id))?;
        self.retransmissions.remove(&(sent.due, peer, id));
        sent.request
    }

    fn answered(&mut self, peer: SocketAddr, message: &Packet, answer: Vec<u8>) {
        if let Some(stored) = self.answers.get_mut(&(peer, message.header.message_id)) {
            *stored = Some(answer);
        }
    }

    fn remember(&mut self, now: Duration, peer: SocketAddr, id: u16, answer: Option<Vec<u8>>) {
        if self.answers_by_age.len() >= MOST_ANSWERS
            && let Some((_, peer, id)) = self.answers_by_age.pop_front()
        {
            self.answers.remove(&(peer, id));
        }
        self.answers.insert((peer, id), answer);
        let until = now + self.timing.exchange_lifetime();
        self.answers_by_age.push_back((until, peer, id));
    }

    fn forget_old_answers(&mut self, now: Duration) {
        while let Some(&(until, peer, id)) = self.answers_by_age.front() {
            if until > now {
                break;
            }
            self.answers_by_age.pop_front();
            self.answers.remove(&(peer, id));
        }
    }
}

/// Whether the message has a critical option (RFC 7252, 5.4.1) outside `known`.
pub(crate) fn unknown_critical(packet: &Packet, known: &[CoapOption]) -> Option<u16> {
    packet
        .options()
        .map(|(number, _)| *number)
        .find(|number| number % 2 == 1 && !known.contains(&CoapOption::from(*number)))
}

/// A well-formed message (RFC 7252, section 3), or `None`.
fn parse(datagram: &[u8]) -> Option<Packet> {
    let packet = Packet::from_bytes(datagram).ok()?;
    let code = u8::from(packet.header.code);
    let class = code >> 5;
    let empty_with_more = code == 0 && datagram.len() > 4;
    // Classes 1, 6 and 7 are reserved, and a payload marker needs a payload.
    let marker_alone = packet.payload.is_empty()
        && datagram.last() == Some(&0xFF)
        && encode(&packet).len() < datagram.len();
    if empty_with_more || matches!(class, 1 | 6 | 7) || marker_alone {
        return None;
    }
    let is_response = class >= 2;
    let mut packet = packet;
    if is_response && !matches!(packet.header.code, MessageClass::Response(_)) {
        // RFC 7252, 5.9: an unknown code is its class's generic one.
        packet.header.code = MessageClass::from(class << 5);
    }
    match packet.header.code {
        MessageClass::Reserved(_) if is_response => None,
        _ => Some(packet),
    }
}

fn encode(packet: &Packet) -> Vec<u8> {
    packet.to_bytes_unlimited().unwrap_or_default()
}

/// Enough for a few thousand clients; beyond it the oldest are forgotten early.
const MOST_ANSWERS: usize = 200_000;
