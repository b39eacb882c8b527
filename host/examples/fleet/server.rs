//! The server: which requests it handles in a second, and which registrations it knows.

use crate::course::Course;
use crate::device::{Answer, Operation};
use crate::scenario::{Refusal, Scenario};
use crate::shard::Sent;

pub struct Server<'s> {
    scenario: &'s Scenario,
    /// The first device's number.
    first: u32,
    /// When each registration ends, in seconds; 0 where there is none.
    expires: Vec<u32>,
    /// How many registrations end in each second.
    ending: Vec<u32>,
    registered: u32,
}

impl<'s> Server<'s> {
    pub fn new(scenario: &'s Scenario, first: u32, devices: usize) -> Self {
        Self {
            scenario,
            first,
            expires: vec![0; devices],
            ending: vec![0; scenario.end() as usize + 1],
            registered: 0,
        }
    }

    /// Takes what comes in a second, and gives the answers that there are in that order.
    pub fn handle(
        &mut self,
        second: u32,
        mut requests: Vec<Sent>,
        course: &mut Course,
    ) -> Vec<(Sent, Answer)> {
        self.registered -= self.ending[second as usize];
        if second == self.scenario.outage_end() && self.scenario.server.forgets {
            self.forget();
        }
        let settings = &self.scenario.server;
        let capacity = settings.capacity.map_or(usize::MAX, |count| count as usize);
        if capacity < requests.len() {
            requests.sort_unstable_by_key(|sent| (sent.at, sent.device));
        }
        course.requests(second, requests.len());
        let mut answers = Vec::with_capacity(requests.len());
        for (place, sent) in requests.into_iter().enumerate() {
            if place < capacity {
                let answer = self.answer(second, &sent, course);
                answers.push((sent, answer));
                continue;
            }
            course.refused(second);
            if let Refusal::Unavailable(max_age) = settings.refusal {
                answers.push((sent, Answer::Unavailable(max_age)));
            }
        }
        course.registered(second, self.registered);
        answers
    }

    fn answer(&mut self, second: u32, sent: &Sent, course: &mut Course) -> Answer {
        let expires = &mut self.expires[(sent.device - self.first) as usize];
        let is_known = second < *expires;
        let answer = match sent.request.operation {
            Operation::Register => Answer::Registered,
            Operation::Update if is_known => Answer::Updated,
            Operation::Update => return Answer::Unknown,
        };
        if is_known {
            if let Some(ending) = self.ending.get_mut(*expires as usize) {
                *ending -= 1;
            }
        } else {
            self.registered += 1;
        }
        *expires = second + self.scenario.lifetime;
        if let Some(ending) = self.ending.get_mut(*expires as usize) {
            *ending += 1;
        }
        if answer == Answer::Registered {
            course.registers(second);
        }
        answer
    }

    fn forget(&mut self) {
        self.expires.fill(0);
        self.ending.fill(0);
        self.registered = 0;
    }
}
