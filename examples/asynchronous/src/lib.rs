//! A thermometer on an asynchronous platform: the client is one task among others, over UDP sockets of
//! `embedded-nal-async`. Here they are those of the host; on a device those of its network stack.

#![forbid(unsafe_code)]

use std::future;
use std::io;
use std::time::Instant as SystemInstant;

use async_io::Timer;
use client_lite::driver::{Application, AsyncDriver, Clock};
use client_lite::{
    Capacities, Client, Config, Duration, Event, Instant, Object, Path, Storage, object,
};
use std_embedded_nal_async::Stack;

object! {
    /// Temperature
    pub struct Temperature: 3303 {
        5700: value: f64 [R, auto],
    }
}

/// Runs the device, for good. `measure` gives degrees Celsius, and `tell` is told of events.
///
/// # Errors
///
/// The system has no entropy.
pub async fn run(
    config: Config<'_>,
    measure: impl FnMut() -> f64,
    tell: impl FnMut(Event),
) -> io::Result<()> {
    let mut storage: Storage = Storage::new();
    let mut client = Client::new(config, &mut storage, entropy()?);
    let clock = SystemClock(SystemInstant::now());
    client.register(clock.now());
    let network = Stack::default();
    let mut received = [0; Capacities::DEFAULT.message_size + 1];
    let mut thermometer = Thermometer {
        temperature: Temperature { value: f64::NAN },
        measure_at: clock.now(),
        measure,
        tell,
    };
    AsyncDriver::new(client, &network, clock, &mut received)
        .run(&mut thermometer)
        .await
}

struct Thermometer<M, T> {
    temperature: Temperature,
    measure_at: Instant,
    measure: M,
    tell: T,
}

impl<M: FnMut() -> f64, T: FnMut(Event)> Application for Thermometer<M, T> {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.temperature])
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        (self.tell)(event);
    }

    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        if self.measure_at <= now {
            self.measure_at = now + MEASURE_EVERY;
            let value = (self.measure)();
            if value != self.temperature.value {
                self.temperature.value = value;
                let path = Path::resource(3303, 0, 5700);
                for client in clients {
                    // What it has no room to remember, an observer reads later.
                    let _ = self.with_objects(|objects| client.changed(now, path, objects));
                }
            }
        }
        Some(self.measure_at)
    }
}

struct SystemClock(SystemInstant);

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let milliseconds = self.0.elapsed().as_millis();
        Instant::from_millis(milliseconds.try_into().unwrap_or(u64::MAX))
    }

    async fn wait_until(&self, until: Option<Instant>) {
        let since = until.map(|until| std::time::Duration::from_millis(until.as_millis()));
        match since.and_then(|since| self.0.checked_add(since)) {
            Some(at) => {
                Timer::at(at).await;
            }
            None => future::pending().await,
        }
    }
}

fn entropy() -> io::Result<[u32; 4]> {
    let mut entropy = [0; 4];
    for word in &mut entropy {
        *word = getrandom::u32()?;
    }
    Ok(entropy)
}

const MEASURE_EVERY: Duration = Duration::from_secs(1);
