//! The wait between attempts: it grows, stays within its limits, has no end, and keeps a fleet from
//! acting in step.

mod common;

use client_lite::{
    Account, Association, BackOff, Client, Config, Duration, Event, Instant, Operation,
    RegisterReason, Storage, TransportError, TransportRequest,
};
use common::*;

#[test]
fn ten_thousand_failures_do_not_end_it() {
    for limits in all_limits() {
        let mut ranges = ranges(&limits);
        let mut storage: Storage = Storage::new();
        let mut device = Device::new(limits, &mut storage, 0x501);
        for attempt in 0..10_000 {
            let (low, high) = ranges.next().expect("endless");
            let wait = device.fail();
            assert!(
                (low..=high).contains(&wait),
                "attempt {attempt}: {wait:?} of {limits:?}"
            );
        }
        let errors = device.client.counters().errors;
        assert_eq!(errors, 10_000);
    }
}

#[test]
fn a_fleet_stays_spread_out_at_every_step() {
    const DEVICES: usize = 10_000;
    const STEPS: usize = 14;
    let limits = BackOff::default();
    let ranges: Vec<_> = ranges(&limits).take(STEPS).collect();
    let mut slices = vec![[0_usize; 100]; STEPS];
    let mut storage: Storage = Storage::new();
    for seed in 0..DEVICES as u64 {
        let mut device = Device::new(limits, &mut storage, seed);
        for (step, (low, high)) in ranges.iter().enumerate() {
            let wait = device.fail();
            assert!(
                (*low..=*high).contains(&wait),
                "seed {seed}, step {step}: {wait:?}"
            );
            let width = high.saturating_sub(*low).as_millis();
            let place = wait.saturating_sub(*low).as_millis() * 100 / width;
            slices[step][place.min(99) as usize] += 1;
        }
    }
    for (step, slices) in slices.iter().enumerate() {
        let fullest = slices.iter().max().expect("a slice");
        assert!(
            fullest * 100 <= DEVICES * 3,
            "step {step}: {fullest} of {DEVICES} in a slice"
        );
    }
}

#[test]
fn a_success_starts_again_with_the_first_step() {
    let mut world = World::new(0x502);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    for _ in 0..6 {
        world.expect_no_address(Operation::Register);
    }
    let wait = world.wait_for_attempt();
    assert!(wait >= seconds(64), "{wait:?}");
    world.expect_no_address(Operation::Register);
    world.transport.as_usual();
    world.expect(Event::Registered(RegisterReason::First));

    world.transport.always(Err(TransportError::NotResolved));
    world.lose_association(TransportError::Socket);
    world.expect_no_address(Operation::Update);
    world.expect_first_wait();
}

#[test]
fn a_bootstrap_that_succeeds_starts_again_with_the_first_step() {
    let mut world = bootstrap::world(0x504);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    for _ in 0..6 {
        world.expect_no_address(Operation::Bootstrap);
    }
    world.transport.as_usual();
    world.transport.then(Ok(Association::New));
    world.transport.then(Err(TransportError::NotResolved));
    world.expect(Event::BootstrapDone);
    world.expect_no_address(Operation::Register);
    world.expect_first_wait();
}

#[test]
fn register_after_a_halt_starts_again_with_the_first_step() {
    let mut world = World::new(0x503);
    world.transport.always(Err(TransportError::NotResolved));
    world.register();
    for _ in 0..6 {
        world.expect_no_address(Operation::Register);
    }
    world.close();
    world.register();
    world.take_events();
    world.expect_no_address(Operation::Register);
    world.expect_first_wait();
}

/// A device whose every attempt fails.
struct Device<'s> {
    client: Client<'s>,
    now: Instant,
    failures: usize,
}

impl<'s> Device<'s> {
    fn new(limits: BackOff, storage: &'s mut Storage, seed: u64) -> Self {
        let mut config = Config::new(ENDPOINT, Account::new("coap://server"));
        config.back_off = limits;
        let now = Instant::from_millis(0);
        let mut client = Client::new(config, storage, Random::new(seed).entropy());
        client.register(now);
        Self {
            client,
            now,
            failures: 0,
        }
    }

    /// Fails once more, and waits for the next attempt.
    fn fail(&mut self) -> Duration {
        const CAUSES: [TransportError; 4] = [
            TransportError::NotResolved,
            TransportError::Handshake,
            TransportError::Socket,
            TransportError::InterfaceDown,
        ];
        let request = self.client.poll_transport();
        assert!(
            matches!(request, Some(TransportRequest::Open { .. })),
            "{request:?}"
        );
        self.client
            .handle_failure(self.now, CAUSES[self.failures % CAUSES.len()]);
        self.failures += 1;
        let event = self.client.poll_event();
        assert!(matches!(event, Some(Event::Error { .. })), "{event:?}");
        assert!(self.client.poll_transport().is_none());
        let next = self.client.poll_timeout().expect("another attempt");
        let wait = next.saturating_since(self.now);
        self.now = next;
        self.client.handle_timeout(self.now);
        wait
    }
}

fn all_limits() -> Vec<BackOff> {
    let limits = |min, max, cap, factor| BackOff {
        min: millis(min),
        max: millis(max),
        cap: millis(cap),
        factor,
    };
    vec![
        BackOff::default(),
        limits(1, 2, 2, 1),
        limits(500, 1_000, 7_000, 3),
        limits(60_000, 61_000, 61_000, 2),
        limits(1, 1_000, u32::MAX.into(), 255),
    ]
}

/// The ranges of the waits, as [`BackOff`] documents them.
fn ranges(limits: &BackOff) -> impl Iterator<Item = (Duration, Duration)> {
    let BackOff {
        min,
        max,
        cap,
        factor,
    } = *limits;
    let mut next = Some((min, max));
    std::iter::from_fn(move || {
        let range = next.unwrap_or((cap.half(), cap));
        next = next
            .map(|(low, high)| {
                let factor = factor.into();
                (low.saturating_mul(factor), high.saturating_mul(factor))
            })
            .filter(|(_, high)| *high < cap);
        Some(range)
    })
}
