//! A device with this client: the core as it is, with the least memory that a registration takes.

use client_lite::{
    Account, Association, BackOff, Client, Config, Instant, Storage, TransportRequest, storage,
};
use fastrand::Rng;

use crate::device::{Answer, Device, Operation, Request};
use crate::scenario::{ENDPOINT, Scenario};

client_lite::object! {
    /// Temperature
    struct Temperature: 3303 {
        5700: value: f64 [R],
    }
}

/// Nobody reads, writes or observes.
pub type Memory = storage! {
    message_size: 96,
    observations: 0,
    changes: 0,
    requests: 0,
    location_size: 16,
    written_attributes: 0,
    composite_paths: 0,
    records: 0,
    body_size: 0,
    accounts: 0,
    account_uri_size: 0,
    account_identity_size: 0,
    account_key_size: 0,
};

pub struct ClientLite<'m> {
    client: Client<'m>,
    start: Option<Instant>,
    association: Association,
}

impl<'m> ClientLite<'m> {
    /// Begins to register at `start`.
    pub fn new(
        scenario: &Scenario,
        back_off: BackOff,
        memory: &'m mut Memory,
        start: Instant,
        random: &mut Rng,
    ) -> Self {
        let mut config = Config::new(ENDPOINT, Account::new("coap://server"));
        config.lifetime = scenario.lifetime;
        config.back_off = back_off;
        let entropy = [(); 4].map(|()| random.u32(..));
        Self {
            client: Client::new(config, memory, entropy),
            start: Some(start),
            association: Association::New,
        }
    }

    pub fn memory() -> Memory {
        Storage::new()
    }

    fn settle(&mut self, now: Instant, send: &mut impl FnMut(Request)) {
        // As on Zephyr without security, the port stays.
        while let Some(wanted) = self.client.poll_transport() {
            if let TransportRequest::Open { .. } = wanted {
                self.client.handle_connected(now, self.association);
                self.association = Association::Continued;
            }
        }
        let mut temperature = Temperature { value: 21.5 };
        while let Some(datagram) = self.client.poll_transmit(now, &mut [&mut temperature]) {
            send(read(datagram));
        }
        while self.client.poll_event().is_some() {}
    }
}

impl Device for ClientLite<'_> {
    fn turn(&mut self, now: Instant, send: &mut impl FnMut(Request)) {
        match self.start.take() {
            Some(_) => self.client.register(now),
            None => self.client.handle_timeout(now),
        }
        self.settle(now, send);
    }

    fn handle_answer(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        send: &mut impl FnMut(Request),
    ) {
        let mut temperature = Temperature { value: 21.5 };
        self.client
            .handle_datagram(now, &answer.write(request), &mut [&mut temperature]);
        self.settle(now, send);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.start.or_else(|| self.client.poll_timeout())
    }
}

/// A Register goes to /rd, an Update to a path of two segments below it.
fn read(datagram: &[u8]) -> Request {
    let token_length = datagram[0] & 0x0f;
    let options = &datagram[4 + usize::from(token_length)..];
    let mut token = [0; 8];
    token[..token_length.into()].copy_from_slice(&datagram[4..][..token_length.into()]);
    // Behind Uri-Path "rd", which takes three bytes, another Uri-Path has no distance to it.
    let has_location = options[3] >> 4 == 0;
    Request {
        operation: match has_location {
            true => Operation::Update,
            false => Operation::Register,
        },
        bytes: datagram.len() as u16,
        message_id: u16::from_be_bytes([datagram[2], datagram[3]]),
        token,
        token_length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::seconds;

    /// The sizes that those of the peers in `peer.rs` are measured by.
    #[test]
    fn a_registration_goes_on_with_updates_and_begins_anew_where_it_is_unknown() {
        let mut memory = ClientLite::memory();
        let scenario = Scenario::default();
        let mut device = ClientLite::new(
            &scenario,
            BackOff::default(),
            &mut memory,
            seconds(5),
            &mut Rng::with_seed(1),
        );
        let mut sent = Vec::new();
        assert_eq!(device.poll_timeout(), Some(seconds(5)));
        device.turn(seconds(5), &mut |request| sent.push(request));
        device.handle_answer(seconds(6), &sent[0], Answer::Registered, &mut |_| {});
        let update_at = device.poll_timeout().expect("an Update");
        device.turn(update_at, &mut |request| sent.push(request));
        let update = sent[1];
        device.handle_answer(update_at, &update, Answer::Unknown, &mut |request| {
            sent.push(request)
        });
        let said = sent
            .iter()
            .map(|request| (request.operation, request.bytes));
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                (Operation::Register, 85),
                (Operation::Update, 22),
                (Operation::Register, 85)
            ]
        );
    }
}
