//! The least that a platform does for the client, on a device without an operating system: one thread, one UDP socket.
//! [docs/porting.md](../../../docs/porting.md) says what each part of it owes the client.

#![no_std]
#![forbid(unsafe_code)]

use client_lite::{
    Account, Association, Capacities, Client, Config, Duration, Event, Instant, Memory, Object,
    Path, Security, ServerUri, Transport, TransportError, object,
};

/// What the board can do.
pub trait Board {
    /// Milliseconds since the start.
    fn now(&mut self) -> Instant;

    /// Resolves the server's name and connects a UDP socket with it.
    fn connect(&mut self, server: &ServerUri<'_>) -> Result<(), TransportError>;

    /// Closes the socket, where one is open.
    fn close(&mut self);

    /// Sends one datagram.
    fn send(&mut self, datagram: &[u8]) -> Result<(), TransportError>;

    /// Waits for a datagram, at the longest until a time. Its length, or `None` if none came; one that is too large for
    /// the buffer is dropped.
    fn receive(
        &mut self,
        buffer: &mut [u8],
        until: Instant,
    ) -> Result<Option<usize>, TransportError>;

    /// Degrees Celsius.
    fn temperature(&mut self) -> f64;

    /// What the client has to say.
    fn event(&mut self, event: Event);
}

object! {
    /// Temperature
    pub struct Temperature: 3303 {
        5700: value: f64 [R, auto],
    }
}

/// A device with a thermometer.
pub struct Device<'m, B> {
    board: B,
    client: Client<'m>,
    temperature: Temperature,
    measured: Instant,
    received: [u8; RECEIVE_SIZE],
}

impl<'m, B: Board> Device<'m, B> {
    /// `entropy` is another one at each start: a device that repeats it repeats its tokens.
    pub fn new(
        mut board: B,
        config: Config<'m>,
        memory: impl Into<Memory<'m>>,
        entropy: [u32; 4],
    ) -> Self {
        let mut client = Client::new(config, memory, entropy);
        let now = board.now();
        client.register(now);
        let value = board.temperature();
        Self {
            board,
            client,
            temperature: Temperature { value },
            measured: now,
            received: [0; RECEIVE_SIZE],
        }
    }

    /// For good.
    pub fn run(mut self) -> ! {
        loop {
            self.turn();
        }
    }

    /// Waits until something is to be done, and does it.
    pub fn turn(&mut self) {
        self.settle();
        let measure_at = self.measured + MEASURE_EVERY;
        let until = self
            .client
            .poll_timeout()
            .map_or(measure_at, |due| due.min(measure_at));
        match self.board.receive(&mut self.received, until) {
            Ok(Some(length)) => {
                let datagram = self.received.get(..length).unwrap_or_default();
                let mut objects: [&mut dyn Object; 1] = [&mut self.temperature];
                self.client
                    .handle_datagram(self.board.now(), datagram, &mut objects);
            }
            Ok(None) => {}
            Err(error) => self.client.handle_failure(self.board.now(), error),
        }
        self.settle();
        let now = self.board.now();
        if self.client.poll_timeout().is_some_and(|due| due <= now) {
            self.client.handle_timeout(now);
            self.settle();
        }
        if measure_at <= now {
            self.measure(now);
        }
    }

    /// The application's part: a new value, and which it is.
    fn measure(&mut self, now: Instant) {
        self.measured = now;
        let value = self.board.temperature();
        if self.temperature.value == value {
            return;
        }
        self.temperature.value = value;
        let mut objects: [&mut dyn Object; 1] = [&mut self.temperature];
        // What the client has no room to remember, an observer reads later.
        let _ = self
            .client
            .changed(Path::resource(3303, 0, 5700), &mut objects);
    }

    /// Carries out what the client wants, until it wants nothing more.
    fn settle(&mut self) {
        loop {
            let mut result = self.transmit().err().map(Err);
            while let Some(wanted) = self.client.poll_transport() {
                result = match wanted {
                    Transport::Open { account, .. } => {
                        let opened = open(&mut self.board, &account);
                        Some(opened.map(|()| Association::New))
                    }
                    Transport::Close => {
                        self.board.close();
                        None
                    }
                };
            }
            while let Some(event) = self.client.poll_event() {
                self.board.event(event);
            }
            let now = self.board.now();
            match result {
                Some(Ok(association)) => self.client.handle_connected(now, association),
                Some(Err(error)) => self.client.handle_failure(now, error),
                None => return,
            }
        }
    }

    fn transmit(&mut self) -> Result<(), TransportError> {
        let mut objects: [&mut dyn Object; 1] = [&mut self.temperature];
        let now = self.board.now();
        while let Some(datagram) = self.client.poll_transmit(now, &mut objects) {
            self.board.send(datagram)?;
        }
        Ok(())
    }
}

/// This board has no DTLS: an account with a key is refused, rather than talked to in the clear.
fn open<B: Board>(board: &mut B, account: &Account<'_>) -> Result<(), TransportError> {
    let Security::None = account.security else {
        return Err(TransportError::Credentials);
    };
    let server = ServerUri::parse(account.uri).map_err(|_| TransportError::NotResolved)?;
    board.close();
    board.connect(&server)
}

const MEASURE_EVERY: Duration = Duration::from_secs(10);

/// A datagram of the largest size that the client takes.
const RECEIVE_SIZE: usize = Capacities::DEFAULT.message_size;
