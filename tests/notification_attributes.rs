//! When a notification goes out (LwM2M Core 1.1, 5.1.2): periods, thresholds, steps and edges.

mod common;

use std::collections::BTreeMap;

use client_lite::Instant;
use coap_lite::{MessageType, RequestType};
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT};

const FLAG: &str = "/33010/0/5";

/// An observed resource, and what the server is told of it.
struct Observed {
    server: Manual,
    began: Instant,
}

impl Observed {
    /// Attributes, on the resource before it is observed.
    fn with(seed: u64, path: &str, attributes: &str) -> Self {
        let mut server = Manual::new(seed);
        server.objects.probe = Some(Probe::default());
        if !attributes.is_empty() {
            assert_eq!(server.write_attributes(path, attributes), "2.04");
        }
        Self::of(server, path)
    }

    fn of(mut server: Manual, path: &str) -> Self {
        let request = with_accept(server.observe_request(path), TEXT);
        assert!(observe(&server.ask(&request)).is_some());
        server.wire.clear();
        let began = server.now;
        Self { server, began }
    }

    /// Goes to a second after the observation began.
    fn until(&mut self, second: u64) {
        self.server.run_until_time(self.began + seconds(second));
    }

    /// What was told, each with the second after the observation began.
    fn told(&self) -> Vec<(u64, String)> {
        let messages = self.server.wire.up().map(|datagram| {
            let packet = datagram.packet();
            assert_eq!(code(&packet), "2.05");
            let after = datagram.at.saturating_since(self.began).as_millis();
            assert_eq!(after % 1000, 0);
            (after / 1000, text(&packet).to_owned())
        });
        messages.collect()
    }
}

/// The temperature is 21.5 when it is observed, and at these seconds these values; told within a
/// minute are these.
#[test]
fn thresholds_steps_and_periods() {
    type Values = &'static [(u64, f64)];
    let table: &[(&str, Values, Values)] = &[
        // Without conditions every new value is told, at once.
        ("", &[(1, 22.0), (2, 22.0)], &[(1, 22.0), (2, 22.0)]),
        // A threshold is crossed in both directions; on it is not over it.
        (
            "gt=25",
            &[
                (1, 24.0),
                (2, 25.0),
                (3, 26.0),
                (4, 27.0),
                (5, 25.0),
                (6, 24.0),
            ],
            &[(3, 26.0), (5, 25.0)],
        ),
        (
            "lt=20",
            &[(1, 21.0), (2, 20.0), (3, 19.0), (4, 18.0), (5, 20.0)],
            &[(3, 19.0), (5, 20.0)],
        ),
        // Both at once: three ranges, each way out told.
        (
            "gt=25&lt=20",
            &[(1, 26.0), (2, 22.0), (3, 19.0), (4, 30.0), (5, 28.0)],
            &[(1, 26.0), (2, 22.0), (3, 19.0), (4, 30.0)],
        ),
        ("gt=-5", &[(1, -5.0), (2, -4.0)], &[(1, -5.0), (2, -4.0)]),
        // A step is one from the value told last, either way; a creeping value is told as well.
        (
            "st=2",
            &[(1, 22.5), (2, 23.5), (3, 22.0), (4, 21.0), (5, 19.0)],
            &[(2, 23.5), (4, 21.0), (5, 19.0)],
        ),
        // A difference is that of doubles: the exact one is a little smaller here.
        (
            "st=0.6",
            &[(1, 0.1), (2, 0.69), (3, 0.7)],
            &[(1, 0.1), (3, 0.7)],
        ),
        // One condition of several is enough.
        (
            "gt=25&st=10",
            &[(1, 26.0), (2, 30.0), (3, 36.0), (4, 24.0)],
            &[(1, 26.0), (3, 36.0), (4, 24.0)],
        ),
        // The newest value waits for the end of pmin, after which the next period begins.
        (
            "pmin=10",
            &[(1, 22.0), (2, 23.0), (15, 24.0), (45, 25.0)],
            &[(10, 23.0), (20, 24.0), (45, 25.0)],
        ),
        // It is told then if the condition holds then.
        ("pmin=10&gt=25", &[(1, 26.0), (5, 24.0)], &[]),
        (
            "pmin=10&gt=25",
            &[(1, 26.0), (5, 27.0), (12, 24.0)],
            &[(10, 27.0), (20, 24.0)],
        ),
        // After pmax without a notification there is one, whatever the value.
        (
            "pmax=20",
            &[(5, 22.0)],
            &[(5, 22.0), (25, 22.0), (45, 22.0)],
        ),
        (
            "pmax=20&gt=25",
            &[(5, 22.0), (30, 23.0), (35, 26.0)],
            &[(20, 22.0), (35, 26.0), (55, 26.0)],
        ),
        // A step counts from what pmax has told.
        (
            "pmax=20&st=2",
            &[(5, 23.0), (25, 24.5), (30, 25.0)],
            &[(20, 23.0), (30, 25.0), (50, 25.0)],
        ),
        // The same interval twice is a fixed one.
        (
            "pmin=20&pmax=20",
            &[(5, 22.0), (6, 23.0), (21, 24.0)],
            &[(20, 23.0), (40, 24.0), (60, 24.0)],
        ),
        // A pmax of 0, or below pmin, is ignored.
        ("pmax=0", &[(5, 22.0)], &[(5, 22.0)]),
        ("pmin=20&pmax=10", &[(5, 22.0)], &[(20, 22.0)]),
        // Between two looks at the value lies epmin.
        (
            "epmin=10&gt=25",
            &[(1, 26.0), (2, 24.0), (11, 26.0), (35, 24.0)],
            &[(20, 26.0), (35, 24.0)],
        ),
        ("epmin=10&pmin=15", &[(1, 22.0), (2, 23.0)], &[(15, 23.0)]),
    ];
    for (index, (attributes, values, expected)) in table.iter().enumerate() {
        let mut observed = Observed::with(index as u64, TEMPERATURE, attributes);
        for (second, value) in *values {
            observed.until(*second);
            observed.server.measure(*value);
        }
        observed.until(60);
        let expected: Vec<_> = expected
            .iter()
            .map(|(second, value)| (*second, value.to_string()))
            .collect();
        assert_eq!(observed.told(), expected, "{attributes}");
    }
}

/// A sensor that fails: what is no number is on no side of a threshold, and told when it comes and when it goes.
#[test]
fn what_is_no_number() {
    let values = [22.0, f64::NAN, 22.0, f64::INFINITY, f64::INFINITY];
    for (attributes, expected) in [
        ("gt=25", [0, 1, 2, 3, 3]),
        ("lt=20", [0, 1, 2, 2, 2]),
        ("st=2", [0, 1, 2, 3, 3]),
    ] {
        let mut server = Manual::new(0x3a3);
        assert_eq!(server.write_attributes(TEMPERATURE, attributes), "2.04");
        let request = with_accept(server.observe_request(TEMPERATURE), SENML_CBOR);
        assert!(observe(&server.ask(&request)).is_some());
        server.wire.clear();
        for (value, expected) in values.into_iter().zip(expected) {
            server.measure(value);
            server.run_for(seconds(1));
            assert_eq!(server.wire.up().count(), expected, "{attributes}, {value}");
        }
    }
}

/// With epmax the client looks at the value itself; the application need not say that it changed.
#[test]
fn values_are_looked_at_by_themselves() {
    for (attributes, expected) in [
        ("epmax=10", vec![(10, "22"), (40, "26")]),
        ("epmax=10&gt=25", vec![(40, "26")]),
        ("epmax=10&pmin=25", vec![(25, "22"), (50, "26")]),
        // Ignored below epmin, as pmax is below pmin.
        ("epmax=10&epmin=20", vec![]),
        ("gt=25", vec![]),
    ] {
        let mut observed = Observed::with(1, TEMPERATURE, attributes);
        for (second, celsius) in [(3, 22.0), (35, 26.0)] {
            observed.until(second);
            observed.server.objects.temperature.celsius = celsius;
        }
        observed.until(60);
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(second, value)| (second, value.to_owned()))
            .collect();
        assert_eq!(observed.told(), expected, "{attributes}");
    }
}

/// 1.2: a rising edge, a falling one, or without the attribute both.
#[test]
fn edges() {
    for (attributes, expected) in [
        ("edge=1", vec![(1, "1"), (5, "1")]),
        ("edge=0", vec![(3, "0"), (7, "0")]),
        ("con=0", vec![(1, "1"), (3, "0"), (5, "1"), (7, "0")]),
    ] {
        let mut observed = Observed::with(1, FLAG, attributes);
        for (second, on) in [(1, true), (3, false), (5, true), (7, false)] {
            observed.until(second);
            observed.server.objects.probe.as_mut().unwrap().on = on;
            observed.server.change(FLAG);
        }
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(second, value)| (second, value.to_owned()))
            .collect();
        assert_eq!(observed.told(), expected, "{attributes}");
    }
}

/// 5.1.1: the nearest attribute counts, and without one the Server object's default.
#[test]
fn attributes_are_inherited() {
    let steps = [
        ("/3303", "pmin=7&pmax=30", (7, 30)),
        ("/3303/0", "pmax=40", (7, 40)),
        (TEMPERATURE, "pmin=9&pmax=50", (9, 50)),
        ("/3200", "pmin=1&pmax=1", (9, 50)),
        (TEMPERATURE, "pmin&pmax", (7, 40)),
        ("/3303/0", "pmax", (7, 30)),
        ("/3303", "pmin&pmax", (5, 20)),
    ];
    for count in 0..=steps.len() {
        let mut server = Manual::new(1);
        for (path, seconds) in [("/1/0/2", b"5".as_slice()), ("/1/0/3", b"20")] {
            let put = with_body(server.request(RequestType::Put, path), TEXT, seconds);
            assert_eq!(code(&server.ask(&put)), "2.04");
        }
        let mut periods = (5, 20);
        for (path, attributes, then) in &steps[..count] {
            assert_eq!(server.write_attributes(path, attributes), "2.04");
            periods = *then;
        }
        let mut observed = Observed::of(server, TEMPERATURE);
        observed.server.measure(30.0);
        let (shortest, longest) = periods;
        observed.until(shortest + longest);
        let expected = [shortest, shortest + longest].map(|second| (second, "30".to_owned()));
        assert_eq!(observed.told(), expected, "{count} writes");
    }
}

/// 7.3.2 of 1.2.1: what is attached below the observed place is for those who observe that.
#[test]
fn attributes_below_an_observed_place_do_not_count() {
    for observed in ["/3303", "/3303/0"] {
        let mut server = Manual::new(1);
        let attributes = "pmin=60&gt=100&con=1";
        assert_eq!(server.write_attributes(TEMPERATURE, attributes), "2.04");
        server.observe(observed);
        let said = server.measure(22.5);
        assert_eq!(said.len(), 1, "{observed}");
        assert_eq!(kind(&said[0]), MessageType::NonConfirmable, "{observed}");
        // The resource itself has them.
        server.observe(TEMPERATURE);
        assert_eq!(server.measure(23.5).len(), 1, "{observed}");
    }
}

/// A Write-Attributes holds for an observation that is there already, from then on.
#[test]
fn attributes_of_an_observed_place_may_change() {
    let mut observed = Observed::with(1, TEMPERATURE, "pmin=30");
    observed.server.measure(26.0);
    observed.until(10);
    assert_eq!(observed.told(), []);
    let told = |observed: &mut Observed, attributes| {
        observed.server.wire.clear();
        assert_eq!(
            observed.server.write_attributes(TEMPERATURE, attributes),
            "2.04"
        );
        let messages = observed.server.wire.up().skip(1);
        let texts = messages.map(|datagram| text(&datagram.packet()).to_owned());
        texts.collect::<Vec<_>>()
    };
    assert_eq!(told(&mut observed, "pmin=10"), ["26"]);
    assert_eq!(told(&mut observed, "pmin&gt=30"), [""; 0]);
    assert_eq!(observed.server.measure(29.0), []);
    assert_eq!(observed.server.measure(31.0).len(), 1);
    assert_eq!(told(&mut observed, "gt&pmax=5"), [""; 0]);
    observed.server.wire.clear();
    observed.until(21);
    assert_eq!(observed.told(), [(15, "31".into()), (20, "31".into())]);
    // The time since the last notification is over already.
    assert_eq!(told(&mut observed, "pmax=1"), ["31"]);
}

/// What has several values has no thresholds; each of its instances has those of the resource.
#[test]
fn resource_instances_have_thresholds() {
    let path = "/33010/0/9";
    let mut server = Manual::new(1);
    server.objects.probe = Some(Probe::default());
    assert_eq!(server.write_attributes(path, "gt=10"), "2.04");
    let whole = server.observe(path);
    let one = server.observe("/33010/0/9/7");
    for (value, tokens) in [
        (5, vec![&whole]),
        (11, vec![&whole, &one]),
        (12, vec![&whole]),
    ] {
        server.objects.probe.as_mut().unwrap().several[1] = value;
        let said = server.change("/33010/0/9/7");
        let mut said: Vec<_> = said.iter().map(|said| said.get_token().to_vec()).collect();
        said.sort();
        assert_eq!(said.iter().collect::<Vec<_>>(), tokens, "{value}");
    }
}

/// 1.2: `con` makes the notifications of a place confirmable, and of what is below it.
#[test]
fn confirmable_where_that_is_asked_for() {
    for (path, kind) in [
        ("/3303", MessageType::Confirmable),
        (TEMPERATURE, MessageType::Confirmable),
        ("/33000", MessageType::NonConfirmable),
    ] {
        let mut server = Manual::new(1);
        assert_eq!(server.write_attributes(path, "con=1"), "2.04");
        server.observe(TEMPERATURE);
        let said = server.measure(22.5);
        assert_eq!(said[0].header.get_type(), kind, "{path}");
    }
}

/// A value that cannot be read when it is looked at ends its observation, as it does without
/// attributes.
#[test]
fn a_value_that_is_gone_is_told() {
    let mut server = Manual::new(1);
    let level = "/33000/0/1";
    assert_eq!(server.write_attributes(level, "epmax=10&gt=5"), "2.04");
    let token = server.observe(level);
    server.objects.actuator = None;
    server.wire.clear();
    server.run_for(minutes(2));
    let said: Vec<_> = server.wire.up().map(|datagram| datagram.packet()).collect();
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["4.04"]);
    assert_eq!(said[0].get_token(), token);
}

/// Periods that are due while the device is out of reach cost nothing, and are told once
/// afterwards.
#[test]
fn a_period_does_not_run_while_the_network_is_dropped() {
    let mut observed = Observed::with(1, TEMPERATURE, "pmax=10");
    observed.until(5);
    observed.server.pause();
    observed.until(95);
    assert_eq!(observed.server.client.poll_timeout(), None);
    observed.server.resume();
    observed.until(99);
    assert_eq!(observed.server.wire.up().count(), 1);
}

/// Observations of many places with all attributes do not slow a device down, nor keep it awake:
/// it wakes only when one is due.
#[test]
fn nothing_wakes_the_device_early() {
    let mut observed = Observed::with(1, TEMPERATURE, "pmin=60&pmax=3600&epmin=5&gt=25&lt=20&st=1");
    observed.server.measure(22.0);
    let wake = observed.server.client.poll_timeout().expect("a deadline");
    assert_eq!(wake, observed.began + seconds(60));
    observed.until(61);
    let wake = observed.server.client.poll_timeout().expect("a deadline");
    assert_eq!(wake, observed.began + seconds(3600));
}

/// Random attributes, values and times against the rules, one step a quarter of a second.
#[test]
fn random_attributes_keep_the_rules() {
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let mut observed = Observed::with(seed, TEMPERATURE, "");
        let mut rules = Rules::new(21.5);
        let mut expected = Vec::new();
        for step in 1..1200 {
            observed
                .server
                .run_until_time(observed.began + millis(step * QUARTER));
            // What is due at this time goes before what happens at it.
            expected.extend(rules.evaluate(step));
            match random.below(20) {
                0 | 1 => {
                    rules.value = random.below(21) as f64;
                    rules.touched = true;
                    observed.server.measure(rules.value);
                }
                2 => {
                    rules.value = random.below(21) as f64;
                    observed.server.objects.temperature.celsius = rules.value;
                }
                3 if random.chance(0.4) => {
                    let (level, path) =
                        [(0, "/3303"), (1, "/3303/0"), (2, TEMPERATURE)][random.below(3) as usize];
                    let names: &[&str] = match level {
                        2 => &["pmin", "pmax", "epmin", "epmax", "gt", "lt", "st"],
                        _ => &["pmin", "pmax", "epmin", "epmax"],
                    };
                    let name = names[random.below(names.len() as u64) as usize];
                    let value = random.chance(0.7).then(|| 1 + random.below(20));
                    let query = match value {
                        Some(value) => format!("{name}={value}"),
                        None => name.to_owned(),
                    };
                    let code = match rules.write(level, name, value) {
                        true => "2.04",
                        false => "4.00",
                    };
                    assert_eq!(
                        observed.server.write_attributes(path, &query),
                        code,
                        "{query}"
                    );
                }
                _ => {}
            }
            expected.extend(rules.evaluate(step));
        }
        let messages = observed.server.wire.up().map(Datagram::packet);
        let at = observed.server.wire.up().map(|datagram| datagram.at);
        let told: Vec<_> = at
            .zip(messages)
            .filter(|(_, packet)| observe(packet).is_some())
            .map(|(at, packet)| {
                let step = at.saturating_since(observed.began).as_millis() / QUARTER;
                (step, text(&packet).parse::<f64>().expect("a number"))
            })
            .collect();
        assert_eq!(told, expected, "seed {seed}");
    }
}

const QUARTER: u64 = 250;

/// The rules as the specification words them, in steps of a quarter of a second.
struct Rules {
    /// By level and name.
    attributes: BTreeMap<(usize, &'static str), u64>,
    value: f64,
    touched: bool,
    told: f64,
    told_at: u64,
    seen_at: u64,
}

impl Rules {
    fn new(value: f64) -> Self {
        Self {
            attributes: BTreeMap::new(),
            value,
            touched: false,
            told: value,
            told_at: 0,
            seen_at: 0,
        }
    }

    fn get(&self, name: &'static str) -> Option<u64> {
        (0..3)
            .rev()
            .find_map(|level| self.attributes.get(&(level, name)).copied())
    }

    /// Whether the combination is allowed; it is only kept if so.
    fn write(&mut self, level: usize, name: &str, value: Option<u64>) -> bool {
        let names = ["pmin", "pmax", "epmin", "epmax", "gt", "lt", "st"];
        let name = names
            .into_iter()
            .find(|known| *known == name)
            .expect("known");
        let before = self.attributes.clone();
        match value {
            Some(value) => self.attributes.insert((level, name), value),
            None => self.attributes.remove(&(level, name)),
        };
        let wrong = match (self.get("lt"), self.get("gt"), self.get("st")) {
            (Some(lt), Some(gt), None) => lt >= gt,
            (Some(lt), Some(gt), Some(st)) => lt + 2 * st >= gt,
            _ => false,
        };
        if wrong {
            self.attributes = before;
        }
        !wrong
    }

    /// What is told at this step.
    fn evaluate(&mut self, step: u64) -> Option<(u64, f64)> {
        let since_told = step - self.told_at;
        let since_seen = step - self.seen_at;
        let steps = |seconds: Option<u64>| seconds.unwrap_or(0) * 1000 / QUARTER;
        let (pmin, pmax) = (steps(self.get("pmin")), steps(self.get("pmax")));
        let (epmin, epmax) = (steps(self.get("epmin")), steps(self.get("epmax")));
        let overdue = pmax != 0 && pmax >= pmin && since_told >= pmax;
        let new = self.touched && since_seen >= epmin;
        let periodic = epmax != 0 && epmax >= epmin && since_seen >= epmax;
        let looks = (new || periodic) && since_told >= pmin;
        if !overdue && !looks {
            return None;
        }
        let touched = std::mem::take(&mut self.touched);
        self.seen_at = step;
        if !overdue && !self.is_met(touched) {
            return None;
        }
        self.told = self.value;
        self.told_at = step;
        Some((step, self.value))
    }

    fn is_met(&self, touched: bool) -> bool {
        let (old, new) = (self.told, self.value);
        let float = |name| self.get(name).map(|value| value as f64);
        let mut conditions = Vec::new();
        if let Some(gt) = float("gt") {
            conditions.push((old <= gt && new > gt) || (old > gt && new <= gt));
        }
        if let Some(lt) = float("lt") {
            conditions.push((old >= lt && new < lt) || (old < lt && new >= lt));
        }
        if let Some(st) = float("st") {
            conditions.push(new >= old + st || new <= old - st);
        }
        match conditions.is_empty() {
            true => touched || old != new,
            false => conditions.contains(&true),
        }
    }
}
