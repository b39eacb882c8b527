//! Some of the devices, which one processor takes through a second.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use client_lite::Instant;

use crate::device::{Answer, Device, Request};
use crate::scenario::ROUND_TRIP;

pub struct Shard<D> {
    /// The first device's number.
    first: u32,
    devices: Vec<D>,
    agenda: BinaryHeap<Reverse<Entry>>,
    sent: Vec<Sent>,
}

/// A request on its way to the server.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Sent {
    pub at: Instant,
    pub device: u32,
    pub request: Request,
}

/// What is due, in the order of time.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Entry {
    at: Instant,
    /// Its place in the shard.
    place: u32,
    /// An answer arrives, or the device has something to do.
    answer: Option<(Request, Answer)>,
}

impl<D: Device> Shard<D> {
    pub fn new(first: u32, devices: Vec<D>) -> Self {
        let mut shard = Self {
            first,
            agenda: BinaryHeap::with_capacity(devices.len() + devices.len() / 4),
            devices,
            sent: Vec::new(),
        };
        for place in 0..shard.devices.len() as u32 {
            shard.schedule(place);
        }
        shard
    }

    pub fn next(&self) -> Option<Instant> {
        self.agenda.peek().map(|Reverse(entry)| entry.at)
    }

    /// Does what is due before `until`.
    pub fn run(&mut self, until: Instant) {
        while self.next().is_some_and(|at| at < until) {
            let Some(Reverse(Entry { at, place, answer })) = self.agenda.pop() else {
                return;
            };
            let device = &mut self.devices[place as usize];
            let number = self.first + place;
            let sent = &mut self.sent;
            let mut send = |request| {
                sent.push(Sent {
                    at,
                    device: number,
                    request,
                });
            };
            match answer {
                Some((request, answer)) => device.handle_answer(at, &request, answer, &mut send),
                None if device.poll_timeout() == Some(at) => device.turn(at, &mut send),
                // Something else has come before, and with it another deadline.
                None => continue,
            }
            self.schedule(place);
        }
    }

    /// What was sent since the last call.
    pub fn take_sent(&mut self) -> Vec<Sent> {
        std::mem::take(&mut self.sent)
    }

    pub fn answered(&mut self, sent: &Sent, answer: Answer) {
        self.agenda.push(Reverse(Entry {
            at: sent.at + ROUND_TRIP,
            place: sent.device - self.first,
            answer: Some((sent.request, answer)),
        }));
    }

    fn schedule(&mut self, place: u32) {
        if let Some(at) = self.devices[place as usize].poll_timeout() {
            self.agenda.push(Reverse(Entry {
                at,
                place,
                answer: None,
            }));
        }
    }
}
