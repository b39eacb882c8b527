//! The power goes at any instant, between two datagrams or in the middle of what is being stored, again and
//! again: no account is lost and no observation, nothing runs twice, and no registration is left behind.
#![cfg(all(feature = "bootstrap", feature = "snapshot"))]

mod common;

use client_lite::{Association, Duration, State};
use common::*;

/// How often the power goes in all.
const LOSSES: u32 = 1000;

/// How often in the life of one device.
const LOSSES_EACH: u32 = 5;

#[test]
fn nothing_is_lost_that_was_there() {
    let mut seen = Seen::default();
    for seed in 0..u64::from(LOSSES / LOSSES_EACH) {
        let mut device = Device::new(seed);
        for _ in 0..LOSSES_EACH {
            device.live(&mut seen);
            device.lose_power(&mut seen);
        }
        device.check(&mut seen);
    }
    eprintln!("{seen:?}");
    // Otherwise the test has not tried what it is for.
    assert!(seen.torn > LOSSES / 10, "{seen:?}");
    assert!(seen.went_on > LOSSES / 10, "{seen:?}");
    assert!(seen.executed > LOSSES / 10, "{seen:?}");
    assert!(seen.notified > LOSSES / 10, "{seen:?}");
    assert!(seen.bootstrapped > LOSSES / 100, "{seen:?}");
}

/// What the devices have been through.
#[derive(Debug, Default)]
struct Seen {
    /// The power went while something was being stored.
    torn: u32,
    /// A registration went on after it.
    went_on: u32,
    executed: u32,
    notified: u32,
    bootstrapped: u32,
}

/// A device with a bootstrap server, over a network that is not ideal.
struct Device {
    world: World,
    random: Random,
    /// How many executions the server has asked for.
    asked: i64,
}

impl Device {
    fn new(seed: u64) -> Self {
        let mut world = bootstrap::world(seed);
        world.keep_snapshots().accounts.expect_err("nothing yet");
        world.register();
        world.run_for(minutes(1));
        world.link.loss = 0.1;
        world.link.duplication = 0.1;
        Self {
            world,
            random: Random::new(!seed),
            asked: 0,
        }
    }

    /// Some things happen, and at any of them the power may go.
    fn live(&mut self, seen: &mut Seen) {
        let is_torn = self.random.chance(0.5);
        let flash = self.world.flash.as_mut().expect("a flash");
        flash.power = is_torn.then(|| 1 + self.random.below(600) as usize);
        let end = self.world.now + self.random.between(Duration::ZERO, seconds(40));
        while self.world.now < end && !self.is_off() {
            self.happen();
            let next = self.random.between(Duration::ZERO, seconds(5));
            self.world.run_for(next);
        }
        seen.torn += u32::from(self.is_off());
    }

    fn is_off(&self) -> bool {
        self.world.flash.as_ref().is_some_and(Flash::is_off)
    }

    fn happen(&mut self) {
        let is_registered = self.world.registration().is_some();
        match self.random.below(8) {
            0 if is_registered => self.world.observe(TEMPERATURE),
            1 if is_registered => self.world.observe(PRESSES),
            2 | 3 if is_registered => {
                self.asked += 1;
                self.world.execute("/33000/0/4");
            }
            4 if is_registered => {
                let lifetime = 600 + self.random.below(5000);
                self.world.write("/1/0/1", lifetime);
            }
            5 => self.measure(),
            6 if is_registered && self.random.chance(0.2) => {
                let id = 1 + self.random.below(9) as u16;
                self.world
                    .server()
                    .set_bootstrap(ENDPOINT, bootstrap::account("coap://server", id));
                self.world.execute("/1/0/9");
            }
            _ => {}
        }
    }

    fn measure(&mut self) {
        if !self.is_off() {
            self.world.objects.temperature.celsius += 1.0;
            self.world.changed(TEMPERATURE);
        }
    }

    fn lose_power(&mut self, seen: &mut Seen) {
        let away = self.random.between(millis(1), minutes(3));
        let before = self.world.registration().map(|one| one.registers);
        let opened = self.world.transport.opened.len();
        if self.random.chance(0.2) {
            // Another address, or another port.
            self.world.transport.then(Ok(Association::New));
        }
        let restored = self.world.restart(away);
        self.world.run_for(minutes(5));
        let after = self.world.registration().map(|one| one.registers);
        seen.went_on += u32::from(before.is_some() && before == after);
        // Nobody is asked for an account that is there.
        assert_eq!(restored.accounts, Ok(()));
        assert_eq!(self.world.transport.opened[opened].uri, "coap://server");
    }

    /// All is as it should be, once the network is.
    fn check(&mut self, seen: &mut Seen) {
        let world = &mut self.world;
        world.link = Link::ideal();
        // Requests that were on their way have come to an end.
        world.run_for(minutes(10));
        world.expect_state(State::Registered);

        let id = world
            .client
            .endpoint_info()
            .map(|info| info.device_id.to_owned());
        let location = world.registration().map(|one| one.location.clone());
        assert_eq!(id.as_ref(), location.expect("registered").last());
        assert_eq!(world.server().clients().count(), 1, "registrations");

        let actuator = world.objects.actuator.as_ref().expect("there");
        assert!(actuator.executions <= self.asked, "more than was asked for");
        seen.executed += actuator.executions as u32;

        seen.bootstrapped += count(world, |event| {
            matches!(event, demo_server::Event::Bootstrapped { .. })
        });

        let observed = world.server().observed(ENDPOINT).contains(&TEMPERATURE);
        let told = notified(world);
        world.objects.temperature.celsius += 1.0;
        world.changed(TEMPERATURE);
        world.run_for(seconds(10));
        assert_eq!(notified(world) > told, observed, "the observation");
        seen.notified += notified(world);
    }
}

/// How many notifications the server has got.
fn notified(world: &World) -> u32 {
    count(world, |event| {
        matches!(event, demo_server::Event::Notification { .. })
    })
}

fn count(world: &World, which: impl Fn(&demo_server::Event) -> bool) -> u32 {
    let events = world.server_events.iter();
    events.filter(|(_, event)| which(event)).count() as u32
}
