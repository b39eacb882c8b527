//! A server and its devices, second by second: what the devices send in one is handled by the server at
//! its end, and answered in the next, since nothing comes back sooner. So the devices are on as many
//! processors as there are, and the order of the requests is that of time.

use std::ops::Range;

use rayon::prelude::*;

use crate::course::Course;
use crate::device::Device;
use crate::scenario::{Scenario, seconds};
use crate::server::Server;
use crate::shard::Shard;

/// Goes through the whole scenario with these devices, the first of which has the number `first`.
/// `passed` hears of each second.
pub fn run<D: Device>(
    scenario: &Scenario,
    numbers: Range<u32>,
    devices: impl Iterator<Item = D>,
    passed: impl Fn(),
) -> Course {
    let mut devices = devices.fuse();
    let mut shards: Vec<_> = shards(numbers.clone())
        .map(|part| Shard::new(part.start, devices.by_ref().take(part.len()).collect()))
        .collect();
    let mut server = Server::new(scenario, numbers.start, numbers.len());
    let mut course = Course::new(scenario);
    let outage = scenario.outage_start()..scenario.outage_end();
    for second in 0..scenario.end() {
        let until = seconds(second + 1);
        let is_due = |shard: &Shard<D>| shard.next().is_some_and(|at| at < until);
        if shards.iter().any(is_due) {
            shards.par_iter_mut().for_each(|shard| shard.run(until));
        }
        let mut requests = Vec::new();
        for shard in &mut shards {
            requests.extend(shard.take_sent());
        }
        course.sent(second, &requests);
        if outage.contains(&second) {
            requests.clear();
        }
        for (sent, answer) in server.handle(second, requests, &mut course) {
            course.answered(second, answer.write(&sent.request).len());
            shards[((sent.device - numbers.start) / SHARD) as usize].answered(&sent, answer);
        }
        passed();
    }
    course
}

/// Parts of the devices, each of which one processor takes at a time.
pub fn shards(numbers: Range<u32>) -> impl Iterator<Item = Range<u32>> {
    let end = numbers.end;
    let starts = numbers.step_by(SHARD as usize);
    starts.map(move |start| start..end.min(start + SHARD))
}

/// Devices. So few that the memory of those that are taken one after the other is small.
const SHARD: u32 = 4096;
