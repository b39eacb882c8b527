// SPDX-License-Identifier: Apache-2.0

//! A board's sensors, and a server that reads and observes them: each becomes an IPSO object. What is
//! measured while the server is away is kept with its time, and sent when it is back.

#![no_std]
#![deny(unsafe_op_in_unsafe_fn)]

mod clock;
mod objects;
mod sensor;

use client_lite::objects::ipso::{Accelerometer, Barometer, Humidity, Temperature};
use client_lite::{Client, Duration, Event, Instant, Object, Path, State};
use client_lite_zephyr::{Application, Command};
use heapless::Vec;
use zephyr::kconfig::{CONFIG_SAMPLE_SENSORS_PERIOD, CONFIG_SAMPLE_SENSORS_RETRY_AFTER};

use objects::Measured;

// SAFETY: no other function of the image has this name, by which zephyr-lang-rust calls it.
#[unsafe(no_mangle)]
extern "C" fn rust_main() {
    client_lite_zephyr::log::init();
    let mut board = Board {
        temperature: Temperature::find(),
        humidity: Humidity::find(),
        pressure: Barometer::find(),
        acceleration: Accelerometer::find(),
        next: client_lite_zephyr::now(),
        again: None,
        awake: false,
    };
    let name = client_lite_zephyr::endpoint_name();
    let config = client_lite_zephyr::config(&name);
    client_lite_zephyr::command(Command::Register);
    // Runs for good: what it returns is why it cannot.
    let error = client_lite_zephyr::run(config, &mut board);
    log::error!("the client does not run: {error}");
}

/// The objects of the sensors that this board has.
struct Board {
    temperature: Option<Temperature>,
    humidity: Option<Humidity>,
    pressure: Option<Barometer>,
    acceleration: Option<Accelerometer>,
    /// When to measure again.
    next: Instant,
    /// When to register again, after an error that has halted the client.
    again: Option<Instant>,
    /// The server has just heard of the device: the time to send the backlog.
    awake: bool,
}

impl Board {
    fn sensors(&mut self) -> impl Iterator<Item = &mut dyn Measured> {
        let temperature = self.temperature.iter_mut().map(|object| object as _);
        let humidity = self.humidity.iter_mut().map(|object| object as _);
        let pressure = self.pressure.iter_mut().map(|object| object as _);
        let acceleration = self.acceleration.iter_mut().map(|object| object as _);
        temperature
            .chain(humidity)
            .chain(pressure)
            .chain(acceleration)
    }

    /// Measures with all sensors that respond.
    fn measure(&mut self) -> Vec<Measurement, SENSORS> {
        let sensors = self.sensors();
        let measurements = sensors.filter_map(|sensor| {
            let is_new = sensor.measure()?;
            Some(Measurement {
                instance: Path::instance(sensor.definition().id, 0),
                resources: sensor.measured(),
                is_new,
            })
        });
        measurements.collect()
    }

    /// Tells the client: observers get what is new, and the backlog each value with its time, where
    /// the clock is set.
    fn report(&mut self, client: &mut Client<'_>, now: Instant, measurement: &Measurement) {
        let Measurement { instance, .. } = *measurement;
        if measurement.is_new {
            // Only what is auto-observable can be too much at a time, and nothing here is.
            let _ = self.with_objects(|objects| client.changed(now, instance, objects));
        }
        let Some(time) = clock::now() else { return };
        for resource in measurement.resources {
            let path = instance.join(*resource).unwrap_or(instance);
            let kept = self.with_objects(|objects| client.record(now, path, time, objects));
            if let Err(error) = kept {
                log::warn!("{path}: {error}");
            }
        }
    }
}

/// What a sensor has measured.
struct Measurement {
    instance: Path,
    resources: &'static [u16],
    is_new: bool,
}

impl Application for Board {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        let objects = self.sensors().map(|sensor| sensor as &mut dyn Object);
        call(&mut objects.collect::<Vec<_, SENSORS>>())
    }

    fn event(&mut self, event: Event, client: &Client<'_>) {
        // All events are in the log anyway; this adds who the device is.
        if matches!(event, Event::Registered(_))
            && let Some(info) = client.endpoint_info()
        {
            let (name, id) = (info.endpoint_name, info.device_id);
            log::info!("registered: endpoint name {name}, device id {id}");
        }
        self.awake |= matches!(event, Event::Registered(_) | Event::Updated);
        if matches!(event, Event::Error { .. }) {
            // The backlog grows now. The attempts become rare, and so do the writes of flash.
            client_lite_zephyr::command(Command::RequestSnapshot);
            // What passes by itself the client tries again by itself. It halts where the server
            // refuses the device, and somebody may tell the server of it meanwhile.
            if client.state() == State::Halted {
                self.again = Some(client_lite_zephyr::now() + RETRY_AFTER);
            }
        }
    }

    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        if now >= self.next {
            for measurement in self.measure() {
                for client in &mut *clients {
                    self.report(client, now, &measurement);
                }
            }
            self.next = now + PERIOD;
        }
        if core::mem::take(&mut self.awake) {
            for client in &mut *clients {
                client.send_records(now);
            }
        }
        if self.again.is_some_and(|again| again <= now) {
            self.again = None;
            for client in clients {
                client.register(now);
            }
        }
        Some(self.again.map_or(self.next, |again| again.min(self.next)))
    }
}

const SENSORS: usize = 4;
const PERIOD: Duration = Duration::from_secs(CONFIG_SAMPLE_SENSORS_PERIOD as u32);
const RETRY_AFTER: Duration = Duration::from_secs(CONFIG_SAMPLE_SENSORS_RETRY_AFTER as u32);
