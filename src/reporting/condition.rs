//! When a notification is due (LwM2M Core 1.1, 5.1.2): what the notification attributes of a node
//! make of its values.

use crate::archive::Archive;
use crate::error::Refusal;
use crate::format::Encoder;
use crate::model::attributes::{Attributes, Name};
use crate::model::path::Path;
use crate::model::value::Value;
use crate::number::checksum;
use crate::number::double::{exact_integer, from_integer, is_number, rank, sum};
use crate::time::{Instant, earliest};

/// What is known of an observed node.
#[derive(Clone, Copy)]
pub(super) struct Condition {
    /// What new values are compared with: what was reported last or, for edges, seen last.
    reference: Sample,
    /// When the value was last looked at.
    evaluated: Instant,
    /// Whether there may be a value that was not looked at yet.
    touched: bool,
}

/// When an observer was notified last.
#[derive(Clone, Copy)]
pub(super) struct Notified(Instant);

impl Notified {
    pub(super) fn at(now: Instant) -> Self {
        Self(now)
    }
}

impl Condition {
    /// A path whose value is about to be reported.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            reference: Sample::NOTHING,
            evaluated: now,
            touched: false,
        }
    }

    /// There is a new value. Whether that is to be reported, whatever it is.
    pub(super) fn touch(&mut self) -> bool {
        self.touched = true;
        false
    }

    /// The server gets this value.
    #[inline(never)]
    pub(super) fn reported(&mut self, sample: Sample, now: Instant) {
        self.reference = sample;
        self.evaluated = now;
        self.touched = false;
    }

    /// What was reported last, as far as a snapshot knows.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        if archive.is_whole() {
            archive.option(&mut self.reference.number, 0.0, Archive::f64);
            archive.u32(&mut self.reference.checksum);
        }
    }

    /// After a restart a value is new unless it is known to be the one that was reported last.
    pub(super) fn compare(&mut self, is_known: bool, value: Result<Sample, Refusal>) {
        let is_same = value.is_ok_and(|sample| sample.checksum == self.reference.checksum);
        if !(is_known && is_same) {
            self.touched = true;
        }
        if !is_known {
            self.reference = Sample::NOTHING;
        }
    }

    /// When [`is_due`](Self::is_due) may become true, where the newest notification went out at
    /// `notified`; `None` where that takes a new value.
    pub(super) fn deadline(&self, criteria: &Criteria, notified: Notified) -> Option<Instant> {
        let period = criteria.pmax.map(|pmax| notified.0.after_millis(pmax));
        earliest(period, self.next_look(criteria, notified))
    }

    /// Whether a notification is due now. The value is looked at only where that matters; one that
    /// cannot be read is to be reported, for that ends its observation.
    pub(super) fn is_due(
        &mut self,
        criteria: &Criteria,
        notified: Notified,
        now: Instant,
        look: &mut dyn FnMut() -> Result<Sample, Refusal>,
    ) -> bool {
        if criteria
            .pmax
            .is_some_and(|pmax| notified.0.after_millis(pmax) <= now)
        {
            return true;
        }
        if self.next_look(criteria, notified).is_none_or(|at| now < at) {
            return false;
        }
        let touched = core::mem::take(&mut self.touched);
        self.evaluated = now;
        if touched && !criteria.have_thresholds() {
            return true;
        }
        let Ok(sample) = look() else {
            return true;
        };
        let due = criteria.are_met(&self.reference, &sample, touched);
        if !due && criteria.edge.is_some() {
            self.reference = sample;
        }
        due
    }

    /// A new value is looked at when pmin and epmin have passed, any value when epmax has.
    fn next_look(&self, criteria: &Criteria, notified: Notified) -> Option<Instant> {
        let wait = if self.touched {
            criteria.epmin
        } else {
            criteria.epmax?
        };
        let look = self.evaluated.after_millis(wait);
        Some(look.max(notified.0.after_millis(criteria.pmin)))
    }
}

/// The notification attributes that hold for a node; times in milliseconds.
pub(super) struct Criteria {
    pmin: u64,
    pmax: Option<u64>,
    epmin: u64,
    epmax: Option<u64>,
    gt: Option<f64>,
    lt: Option<f64>,
    st: Option<f64>,
    /// Whether the rising edge is the one that counts.
    edge: Option<bool>,
}

impl Criteria {
    /// `default` are the Server object's default periods, the shortest and the longest; 0 is none.
    pub(super) fn of(attributes: &Attributes<'_>, default: (u32, u32), node: Path) -> Self {
        // A longest period of 0, or below the shortest one, is ignored. 1.1 ignores one that is
        // equal as well; 1.0 does not, and servers use it for notifications at a fixed interval.
        let longest = |period: u64, shortest| (period > 0 && period >= shortest).then_some(period);
        if attributes.are_empty() {
            let pmin = u64::from(default.0) * 1000;
            return Self {
                pmin,
                pmax: longest(u64::from(default.1) * 1000, pmin),
                epmin: 0,
                epmax: None,
                gt: None,
                lt: None,
                st: None,
                edge: None,
            };
        }
        let value = |name| attributes.effective(node, name);
        let millis = |name, default: u32| {
            let seconds = value(name).and_then(|seconds| exact_integer(seconds.to_bits()));
            seconds.map_or(default.into(), i64::unsigned_abs) * 1000
        };
        let pmin = millis(Name::Pmin, default.0);
        let epmin = millis(Name::Epmin, 0);
        Self {
            pmin,
            pmax: longest(millis(Name::Pmax, default.1), pmin),
            epmin,
            epmax: longest(millis(Name::Epmax, 0), epmin),
            gt: value(Name::Gt),
            lt: value(Name::Lt),
            st: value(Name::St),
            edge: value(Name::Edge).map(|edge| edge.to_bits() != 0),
        }
    }

    /// Whether half of the longest period is over, and the shortest one.
    pub(super) fn is_period_half_over(&self, notified: Notified, now: Instant) -> bool {
        let half = self.pmax.map(|pmax| self.pmin.max(pmax / 2));
        half.is_some_and(|half| notified.0.after_millis(half) <= now)
    }

    /// Whether they are about the value itself.
    fn have_thresholds(&self) -> bool {
        self.gt.or(self.lt).or(self.st).is_some() || self.edge.is_some()
    }

    /// Whether the server is to be notified; without conditions on the value, of any new one.
    fn are_met(&self, old: &Sample, new: &Sample, touched: bool) -> bool {
        match (old.number, new.number) {
            (Some(old), Some(new)) if self.have_thresholds() => {
                let (was, is) = (rank(old), rank(new));
                let rises = was == 0 && is != 0;
                let falls = was != 0 && is == 0;
                let distance = rank(sum(new, -old)).abs();
                self.gt.map(rank).is_some_and(|gt| (was > gt) != (is > gt))
                    || self.lt.map(rank).is_some_and(|lt| (was < lt) != (is < lt))
                    || self.st.map(rank).is_some_and(|st| distance >= st)
                    || self
                        .edge
                        .is_some_and(|rising| if rising { rises } else { falls })
            }
            _ => touched || old.checksum != new.checksum,
        }
    }
}

/// What a value is, as far as a later one is compared with it.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    /// Of a single number; true is 1. What has several values, or is no number, has no thresholds.
    number: Option<f64>,
    checksum: u32,
}

impl Sample {
    pub(super) const NOTHING: Self = Self {
        number: None,
        checksum: checksum::START,
    };

    fn add(&mut self, bytes: &[u8]) {
        self.checksum = checksum::extend(self.checksum, bytes);
    }

    fn add_number(&mut self, number: u64) {
        self.checksum = checksum::extend_number(self.checksum, number);
    }
}

/// What `read` hands to an encoder, which is handed on to `next`; nothing where it is not wanted.
pub(super) fn sampled(
    is_wanted: bool,
    next: &mut dyn Encoder,
    read: impl FnOnce(&mut dyn Encoder) -> Result<(), Refusal>,
) -> Result<Sample, Refusal> {
    if is_wanted {
        Sampler::take(Some(next), read)
    } else {
        read(next).map(|()| Sample::NOTHING)
    }
}

/// What `read` hands to an encoder.
pub(super) fn sample(
    read: impl FnOnce(&mut dyn Encoder) -> Result<(), Refusal>,
) -> Result<Sample, Refusal> {
    Sampler::take(None, read)
}

/// Takes a sample of all values that it is given, and hands them on.
struct Sampler<'e> {
    sample: Sample,
    /// Whether there was a value before.
    any: bool,
    next: Option<&'e mut dyn Encoder>,
}

impl<'e> Sampler<'e> {
    fn take(
        next: Option<&'e mut dyn Encoder>,
        read: impl FnOnce(&mut dyn Encoder) -> Result<(), Refusal>,
    ) -> Result<Sample, Refusal> {
        let mut sampler = Self {
            sample: Sample::NOTHING,
            any: false,
            next,
        };
        read(&mut sampler)?;
        Ok(sampler.sample)
    }
}

impl Encoder for Sampler<'_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        let several = core::mem::replace(&mut self.any, true);
        self.sample.number = number(value).filter(|_| !several);
        self.sample.add_number(path.to_number());
        match value {
            Value::String(text) => self.sample.add(text.as_bytes()),
            Value::Opaque(bytes) => self.sample.add(bytes),
            Value::Integer(number) | Value::Time(number) => self.sample.add_number(*number as u64),
            Value::Unsigned(number) => self.sample.add_number(*number),
            Value::Float(number) => self.sample.add_number(number.to_bits()),
            Value::Boolean(state) => self.sample.add_number((*state).into()),
            Value::ObjectLink(link) => {
                let path = Path::instance(link.object, link.instance);
                self.sample.add_number(path.to_number());
            }
        }
        if let Some(next) = &mut self.next {
            next.value(path, value);
        }
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match *value {
        Value::Integer(number) | Value::Time(number) => {
            Some(from_integer(number < 0, number.unsigned_abs()))
        }
        Value::Unsigned(number) => Some(from_integer(false, number)),
        Value::Float(number) => is_number(number).then_some(number),
        Value::Boolean(state) => Some(if state { 1.0 } else { 0.0 }),
        Value::String(_) | Value::Opaque(_) | Value::ObjectLink(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Of what has several values only the checksum tells that they are others.
    #[test]
    fn changes_of_two_values_do_not_cancel_out() {
        let halves = -40..=40;
        let mut seen = BTreeMap::new();
        for one in halves.clone() {
            for other in halves.clone() {
                let values = [one, other].map(|half| Value::Float(f64::from(half) / 2.0));
                let sample = sample(|encoder| {
                    for (resource, value) in (0..).zip(&values) {
                        encoder.value(Path::resource(3313, 0, 5702 + resource), value);
                    }
                    Ok(())
                });
                let checksum = sample.ok().map(|sample| sample.checksum);
                let before = seen.insert(checksum, (one, other));
                assert_eq!(before, None, "the same as of {one} and {other}, in halves");
            }
        }
    }
}
