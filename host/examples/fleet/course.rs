//! What has happened in each second from the outage's begin on, and what follows from it.

use crate::scenario::Scenario;
use crate::shard::Sent;

#[derive(Clone)]
pub struct Course {
    /// The outage's begin.
    start: u32,
    seconds: Vec<Second>,
    datagrams: u64,
    bytes: u64,
}

#[derive(Clone, Copy, Default)]
pub struct Second {
    /// Requests that have come to the server, those included that were sent again.
    pub requests: u32,
    /// Of these, what was over the capacity.
    pub refused: u32,
    /// Registers that were accepted.
    pub registers: u32,
    /// Devices with a registration.
    pub registered: u32,
}

/// What a table says.
pub struct Figures {
    pub peak: u32,
    /// Seconds from the outage's end to the peak.
    pub peak_after: u32,
    pub peak_registers: u32,
    /// Seconds from the outage's end until 99 % of the devices are registered; `None` where that has not
    /// come.
    pub registered_after: Option<u32>,
    /// A share of the requests.
    pub refused: f64,
    /// Datagrams with requests from the outage's begin on, for each device.
    pub sent: f64,
    /// UDP's payload both ways, for each device.
    pub bytes: f64,
}

impl Course {
    pub fn new(scenario: &Scenario) -> Self {
        let start = scenario.outage_start();
        Self {
            start,
            seconds: vec![Second::default(); (scenario.end() - start) as usize],
            datagrams: 0,
            bytes: 0,
        }
    }

    pub fn sent(&mut self, second: u32, requests: &[Sent]) {
        if self.at(second).is_some() {
            self.datagrams += requests.len() as u64;
            let bytes = requests.iter().map(|sent| u64::from(sent.request.bytes));
            self.bytes += bytes.sum::<u64>();
        }
    }

    pub fn answered(&mut self, second: u32, bytes: usize) {
        if self.at(second).is_some() {
            self.bytes += bytes as u64;
        }
    }

    pub fn requests(&mut self, second: u32, count: usize) {
        if let Some(at) = self.at(second) {
            at.requests += count as u32;
        }
    }

    pub fn refused(&mut self, second: u32) {
        if let Some(at) = self.at(second) {
            at.refused += 1;
        }
    }

    pub fn registers(&mut self, second: u32) {
        if let Some(at) = self.at(second) {
            at.registers += 1;
        }
    }

    pub fn registered(&mut self, second: u32, devices: u32) {
        if let Some(at) = self.at(second) {
            at.registered = devices;
        }
    }

    /// Of the same scenario with other devices.
    pub fn merge(mut self, other: &Self) -> Self {
        for (one, other) in self.seconds.iter_mut().zip(&other.seconds) {
            one.requests += other.requests;
            one.refused += other.refused;
            one.registers += other.registers;
            one.registered += other.registered;
        }
        self.datagrams += other.datagrams;
        self.bytes += other.bytes;
        self
    }

    /// From the outage's begin on.
    pub fn seconds(&self) -> &[Second] {
        &self.seconds
    }

    pub fn figures(&self, scenario: &Scenario) -> Figures {
        let after = &self.seconds[scenario.outage as usize..];
        let peak = after.iter().map(|second| second.requests).max();
        let peak = peak.unwrap_or_default();
        let place = |found: &dyn Fn(&Second) -> bool| after.iter().position(found);
        let most = u64::from(scenario.devices) * 99;
        let requests: u64 = after.iter().map(|second| u64::from(second.requests)).sum();
        let refused: u64 = after.iter().map(|second| u64::from(second.refused)).sum();
        let devices = f64::from(scenario.devices);
        Figures {
            peak,
            peak_after: place(&|second| second.requests == peak).unwrap_or_default() as u32,
            peak_registers: after
                .iter()
                .map(|second| second.registers)
                .max()
                .unwrap_or_default(),
            registered_after: place(&|second| u64::from(second.registered) * 100 >= most)
                .map(|seconds| seconds as u32 + 1),
            refused: refused as f64 / requests.max(1) as f64,
            sent: self.datagrams as f64 / devices,
            bytes: self.bytes as f64 / devices,
        }
    }

    fn at(&mut self, second: u32) -> Option<&mut Second> {
        self.seconds
            .get_mut(second.checked_sub(self.start)? as usize)
    }
}
