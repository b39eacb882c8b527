//! Which observers are to be notified, by the notification attributes (LwM2M Core 1.1, 5.1.2).

use crate::context::Context;
use crate::model::attributes::Name;
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::reporting::condition::{Condition, Criteria, Notified, Sample, sample};
use crate::reporting::historical_queue::HistoricalQueue;
use crate::reporting::observations::{Observation, Observations};
use crate::reporting::read::read;
use crate::time::{Instant, earliest};

impl Observations<'_> {
    /// Finds out which observers are to be notified.
    pub(super) fn evaluate(&mut self, context: &mut Context<'_>, objects: Objects<'_, '_>) {
        let now = context.now();
        let periods = context.server.periods();
        let attributes = &context.attributes;
        let mut tree = Tree::new(&mut context.server, &mut context.device, objects);
        for observation in self.list.iter_mut() {
            // What is to be reported already is reported with its newest value.
            if observation.changed {
                continue;
            }
            let notified = observation.notified;
            if observation.is_composite() {
                for member in self.members.of(observation.token) {
                    let criteria = Criteria::of(attributes, periods, member.path);
                    // What is not there just now is left out, and is reported to be so once.
                    let mut look = || {
                        let sample = sample(|encoder| read(&mut tree, member.path, encoder));
                        Ok(sample.unwrap_or(Sample::NOTHING))
                    };
                    observation.changed |=
                        member.condition.is_due(&criteria, notified, now, &mut look);
                }
                continue;
            }
            let criteria = Criteria::of(attributes, periods, observation.path);
            let mut look = || sample(|encoder| read(&mut tree, observation.path, encoder));
            observation.changed = observation
                .condition
                .is_due(&criteria, notified, now, &mut look);
        }
    }

    /// Keeps what observers of a path that has changed would be told of now, if the server were in
    /// reach.
    pub(super) fn keep_history(
        &mut self,
        context: &mut Context<'_>,
        changed: Path,
        objects: Objects<'_, '_>,
    ) {
        let now = context.now();
        let periods = context.server.periods();
        let attributes = &context.attributes;
        let mut tree = Tree::new(&mut context.server, &mut context.device, objects);
        let history = &mut self.history;
        let mut keep = |observation: &mut Observation, condition: &mut Condition, path: Path| {
            let is_wanted = HistoricalQueue::is_wanted(attributes, path, observation.format);
            if !is_wanted || !path.meets(changed) {
                return;
            }
            let criteria = Criteria::of(attributes, periods, path);
            let Ok(sample) = sample(|encoder| read(&mut tree, path, encoder)) else {
                return;
            };
            if condition.is_due(&criteria, observation.notified, now, &mut || Ok(sample)) {
                history.keep_for(observation.token, attributes, now, &mut |encoder| {
                    let _ = read(&mut tree, path, encoder);
                });
                condition.reported(sample, now);
                observation.notified = Notified::at(now);
                observation.changed = true;
            }
        };
        for observation in self.list.iter_mut() {
            if observation.is_composite() {
                for member in self.members.of(observation.token) {
                    keep(observation, &mut member.condition, member.path);
                }
            } else {
                let (mut condition, path) = (observation.condition, observation.path);
                keep(observation, &mut condition, path);
                observation.condition = condition;
            }
        }
    }

    /// After a restart, finds out what has changed since it was reported, where that `is_known`. Other
    /// values are reported whatever they are.
    pub(super) fn compare(
        &mut self,
        context: &mut Context<'_>,
        is_known: bool,
        objects: Objects<'_, '_>,
    ) {
        let mut tree = context.tree(objects);
        let mut look = |path| sample(|encoder| read(&mut tree, path, encoder));
        for observation in self.list.iter_mut() {
            if !observation.is_composite() {
                let value = look(observation.path);
                observation.condition.compare(is_known, value);
            }
        }
        for member in self.members.iter_mut() {
            let value = look(member.path);
            member
                .condition
                .compare(is_known, Ok(value.unwrap_or(Sample::NOTHING)));
        }
    }

    /// Observers whose longest period is half over are to be notified now.
    pub(super) fn bring_forward(&mut self, context: &Context<'_>) {
        let now = context.now();
        let periods = context.server.periods();
        for observation in self.list.iter_mut() {
            let is_near = |path| {
                Criteria::of(&context.attributes, periods, path)
                    .is_period_half_over(observation.notified, now)
            };
            observation.changed |= if observation.is_composite() {
                let mut members = self.members.of(observation.token);
                members.any(|member| is_near(member.path))
            } else {
                is_near(observation.path)
            };
        }
    }

    /// When [`evaluate`](Self::evaluate) has something to do next.
    pub(super) fn next_evaluation(&self, context: &Context<'_>) -> Option<Instant> {
        let periods = context.server.periods();
        let mut next = None;
        for observation in self.list.iter().filter(|observation| !observation.changed) {
            let mut consider = |condition: &Condition, path| {
                let criteria = Criteria::of(&context.attributes, periods, path);
                next = earliest(next, condition.deadline(&criteria, observation.notified));
            };
            if observation.is_composite() {
                let members = self.members.iter();
                for member in members.filter(|member| member.token == observation.token) {
                    consider(&member.condition, member.path);
                }
            } else {
                consider(&observation.condition, observation.path);
            }
        }
        next
    }

    /// Whether a path of the observation has the attribute `con`.
    pub(super) fn is_confirmable(&self, context: &Context<'_>, observation: &Observation) -> bool {
        (0..)
            .map_while(|index| self.path(observation.observed(), index))
            .filter_map(|path| context.attributes.effective(path, Name::Con))
            .any(|confirmable| confirmable.to_bits() != 0)
    }
}
