//! The least that a platform does for the client, on a device without an operating system: one thread, one UDP socket.
//! [docs/porting.md](../../../docs/porting.md) says what each part of it owes the client.

#![no_std]
#![forbid(unsafe_code)]

use client_lite::driver::{Application, Driver, ErrorKind, Transport};
use client_lite::{
    Account, Association, Capacities, Client, Config, Duration, Event, Instant, Memory, Object,
    Path, ServerUri, TransportError, object,
};

/// The board's clock and its UDP socket.
pub trait Network {
    /// Milliseconds since the start.
    fn now(&self) -> Instant;

    /// Resolves the server's name and connects a UDP socket with it, in place of the one that is open.
    fn connect(&mut self, server: &ServerUri<'_>) -> Result<(), TransportError>;

    /// Closes the socket, where one is open.
    fn close(&mut self);

    /// Sends one datagram.
    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind>;

    /// The length of the next datagram, or `None` if none has come. One that is too large for the buffer is dropped, and
    /// has its own length.
    fn receive(&mut self, buffer: &mut [u8]) -> Result<Option<usize>, ErrorKind>;

    /// Waits for a datagram, at the longest until a time.
    fn wait(&mut self, until: Instant);
}

/// What else there is on the board.
pub trait Panel {
    /// Degrees Celsius.
    fn temperature(&mut self) -> f64;

    /// Shows what has happened.
    fn show(&mut self, event: Event);
}

object! {
    /// Temperature
    pub struct Temperature: 3303 {
        5700: value: f64 [R, auto],
    }
}

/// A device with a thermometer.
pub struct Device<'m, N, P> {
    driver: Driver<'m, Socket<N>>,
    thermometer: Thermometer<P>,
}

impl<'m, N: Network, P: Panel> Device<'m, N, P> {
    /// `entropy` is another one at each start: a device that repeats it repeats its tokens.
    pub fn new(
        network: N,
        mut panel: P,
        config: Config<'m>,
        memory: impl Into<Memory<'m>>,
        entropy: [u32; 4],
    ) -> Self {
        let mut client = Client::new(config, memory, entropy);
        let now = network.now();
        client.register(now);
        let thermometer = Thermometer {
            temperature: Temperature {
                value: panel.temperature(),
            },
            measure_at: now + MEASURE_EVERY,
            panel,
        };
        let socket = Socket {
            network,
            received: [0; RECEIVE_SIZE],
        };
        Self {
            driver: Driver::new(client, socket),
            thermometer,
        }
    }

    /// For good.
    pub fn run(mut self) -> ! {
        loop {
            self.turn();
        }
    }

    /// Does what is to be done, and waits until there is more.
    pub fn turn(&mut self) {
        self.driver.turn(&mut self.thermometer);
        let until = self.driver.wait_until(&mut self.thermometer);
        let until = until.unwrap_or(self.thermometer.measure_at);
        self.driver.transport_mut().network.wait(until);
        // Of a flood some now, so that timers have their turn.
        for _ in 0..BURST {
            if !self.driver.receive(&mut self.thermometer) {
                break;
            }
        }
    }
}

/// The platform's part.
struct Socket<N> {
    network: N,
    received: [u8; RECEIVE_SIZE],
}

impl<N: Network> Transport for Socket<N> {
    fn now(&self) -> Instant {
        self.network.now()
    }

    /// This board has no DTLS.
    fn open(
        &mut self,
        account: Account<'_>,
        _: bool,
    ) -> Result<Option<Association>, TransportError> {
        self.network.connect(&account.plain_server()?)?;
        Ok(Some(Association::New))
    }

    fn close(&mut self) {
        self.network.close();
    }

    fn send(&mut self, datagram: &[u8]) -> Result<(), ErrorKind> {
        self.network.send(datagram)
    }

    fn receive(&mut self) -> Result<Option<&[u8]>, ErrorKind> {
        let length = self.network.receive(&mut self.received)?;
        Ok(length.map(|length| self.received.get(..length).unwrap_or_default()))
    }
}

/// The application's part.
struct Thermometer<P> {
    panel: P,
    temperature: Temperature,
    measure_at: Instant,
}

impl<P: Panel> Application for Thermometer<P> {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.temperature])
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        self.panel.show(event);
    }

    /// A new value, and which it is.
    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        if self.measure_at <= now {
            self.measure_at = now + MEASURE_EVERY;
            let value = self.panel.temperature();
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

const MEASURE_EVERY: Duration = Duration::from_secs(10);

const BURST: usize = 16;

/// A datagram of the largest size that the client takes.
const RECEIVE_SIZE: usize = Capacities::DEFAULT.message_size;
