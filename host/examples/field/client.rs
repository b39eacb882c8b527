//! A device with this client.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use client_lite::driver::{Application, Driver, ErrorKind, Transport};
use client_lite::{
    Account, Association, Client, Config, Duration, Endpoints, Instant, Memory, Notifications,
    Object, Path, TransportError,
};
use fastrand::Rng;

use crate::channel::{Channel, Datagram, Security};
use crate::field::{Device, Value};
use crate::flash::{Clock, Flash};
use crate::scenario::{ENDPOINT, LIFETIME, Scenario};

client_lite::object! {
    /// Temperature
    struct Temperature: 3303 {
        5700: value: f64 [R],
    }
}

pub struct ClientLite<'m> {
    driver: Driver<'m, Socket>,
    thermometer: Thermometer,
    next: Option<Instant>,
}

impl<'m> ClientLite<'m> {
    /// Begins to register.
    pub fn start(
        scenario: &Scenario,
        security: Security,
        notifications: Notifications,
        memory: impl Into<Memory<'m>>,
        flash: Option<&'m mut Flash>,
        (now, value): (Instant, Value),
        random: &mut Rng,
    ) -> Self {
        let account = match security {
            Security::None => Account::new("coap://server"),
            _ => Account::new("coaps://server").with_psk(ENDPOINT.as_bytes(), &[7; 16]),
        };
        let mut config = Config::new(ENDPOINT, account);
        config.lifetime = LIFETIME;
        config.queue_mode = true;
        config.notifications = notifications;
        let entropy = [(); 4].map(|()| random.u32(..));
        let client = Client::new(config, memory, entropy);
        let clock = flash.as_ref().map(|flash| flash.clock.clone());
        let clock = clock.unwrap_or_default();
        clock.set(now);
        let socket = Socket {
            clock,
            is_secure: security != Security::None,
            channel: Channel::new(security, PATIENCE, random.fork()),
            connection: None,
            inbox: VecDeque::new(),
            received: Vec::new(),
        };
        let mut driver = Driver::new(client, socket);
        driver.sleep_after(scenario.awake);
        let mut thermometer = Thermometer {
            temperature: Temperature {
                value: value.degrees(),
            },
        };
        if let Some(flash) = flash {
            driver.keep_snapshots(flash, &mut thermometer);
        }
        driver.client_mut().register(now);
        Self {
            driver,
            thermometer,
            next: None,
        }
    }
}

impl Device for ClientLite<'_> {
    fn turn(&mut self, now: Instant) {
        self.driver.transport_mut().clock.set(now);
        self.driver.turn(&mut self.thermometer);
        self.next = self.driver.wait_until(&mut self.thermometer);
    }

    fn handle_datagram(&mut self, now: Instant, port: u16, datagram: Datagram) {
        let socket = self.driver.transport_mut();
        socket.clock.set(now);
        let was_open = socket.channel.is_open();
        match socket.channel.handle_datagram(now, port, datagram) {
            Some(message) => {
                socket.inbox.push_back(message);
                while self.driver.receive(&mut self.thermometer) {}
            }
            None if !was_open && socket.channel.is_open() => {
                socket.connection = Some(Ok(Association::New));
            }
            None => {}
        }
    }

    fn measured(&mut self, now: Instant, value: Value) {
        let Thermometer { temperature } = &mut self.thermometer;
        temperature.value = value.degrees();
        let client = self.driver.client_mut();
        // It has room for more than one change.
        let _ = client.changed(now, TEMPERATURE, &mut [temperature]);
    }

    fn poll_transmit(&mut self) -> Option<(u16, Datagram)> {
        self.driver.transport_mut().channel.poll_transmit()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.next
    }
}

struct Thermometer {
    temperature: Temperature,
}

impl Application for Thermometer {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.temperature])
    }
}

/// As on Zephyr: without security the port stays, with DTLS a session goes on unless it has failed.
struct Socket {
    clock: Clock,
    channel: Channel,
    is_secure: bool,
    connection: Option<Result<Association, TransportError>>,
    inbox: VecDeque<Vec<u8>>,
    received: Vec<u8>,
}

impl Transport for Socket {
    fn now(&self) -> Instant {
        self.clock.get()
    }

    fn open(&mut self, _: Account<'_>, renew: bool) -> Result<Option<Association>, TransportError> {
        self.connection = None;
        if !self.is_secure && self.channel.port().is_some() {
            self.channel.connect(self.clock.get());
            return Ok(Some(Association::Continued));
        }
        if self.channel.is_open() && !renew {
            return Ok(Some(Association::Continued));
        }
        self.channel.open(self.clock.get());
        Ok(self.channel.is_open().then_some(Association::New))
    }

    fn close(&mut self) {
        self.connection = None;
        self.inbox.clear();
        self.channel.close();
    }

    fn poll_connection(&mut self) -> Option<Result<Association, TransportError>> {
        self.connection.take()
    }

    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind> {
        self.channel.send(datagram.to_vec());
        Ok(())
    }

    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind> {
        let Some(message) = self.inbox.pop_front() else {
            return Ok(None);
        };
        self.received = message;
        Ok(Some(&self.received))
    }

    /// The network gives the device its address again.
    fn endpoints(&self) -> Option<Endpoints> {
        let port = self.channel.port().filter(|_| !self.is_secure)?;
        Some(Endpoints {
            local: (Ipv4Addr::LOCALHOST, port).into(),
            remote: (Ipv4Addr::LOCALHOST, 5683).into(),
        })
    }

    fn go_on_between(&mut self, endpoints: Endpoints) {
        if self.channel.port().is_none() {
            self.channel.take_port(endpoints.local.port());
        }
    }

    fn handle_timeout(&mut self) {
        if self.channel.handle_timeout(self.clock.get()).is_err() {
            self.connection = Some(Err(TransportError::Handshake));
        }
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.channel.poll_timeout()
    }
}

const TEMPERATURE: Path = Path::resource(3303, 0, 5700);

/// With a handshake: the default of `CONFIG_NET_SOCKETS_CONNECT_TIMEOUT` for this client on a cellular
/// network.
const PATIENCE: Duration = Duration::from_secs(60);
