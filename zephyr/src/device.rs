//! The run loop: one thread that waits for datagrams, commands, the connector and timers, and drives
//! the client by its contract.

use core::cell::UnsafeCell;
use core::{fmt, mem};

use client_lite::{
    Account, Client, Config, Duration, Event, Instant, Security, ServerUri, Storage, Transport,
    TransportError, storage,
};

use heapless::String;

use crate::application::Application;
use crate::lock::Locked;
use crate::platform::{self, Command, Commands, Received, Server};
use crate::{kconfig, status};

/// Runs the client on this thread, for good. There is one client in an image.
///
/// It registers when [`Command::Register`] says so, which may be given before. Where it returns, the
/// client cannot run yet, and this may be called again when what was missing is there.
pub fn run<A: Application>(config: Config<'_>, application: &mut A) -> StartError {
    let Some(seed) = platform::entropy() else {
        return StartError::NoEntropy;
    };
    let Some(memory) = Memory::take() else {
        return StartError::Running;
    };
    if !platform::start() {
        memory.give_back();
        return StartError::NoEvent;
    }
    let queue_mode = config.queue_mode;
    let endpoint = config.endpoint;
    let device = Device {
        client: Client::new(config, &mut memory.storage, seed),
        application,
        endpoint,
        buffer: &mut memory.received,
        paused: false,
        network_down: false,
        awake: queue_mode.then(platform::now),
        listening: true,
        opening: false,
        lost: None,
    };
    device.run()
}

/// Why the client cannot run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StartError {
    /// It runs already.
    Running,
    /// The image has no source of entropy, or it failed: the log says which.
    NoEntropy,
    /// There is no file descriptor left for an event: raise `CONFIG_ZVFS_EVENTFD_MAX` and
    /// `CONFIG_ZVFS_OPEN_MAX`.
    NoEvent,
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Running => "the client runs already",
            Self::NoEntropy => "there is no entropy: the image needs an entropy driver",
            Self::NoEvent => "no event: raise CONFIG_ZVFS_EVENTFD_MAX and CONFIG_ZVFS_OPEN_MAX",
        })
    }
}

impl core::error::Error for StartError {}

struct Device<'m, A> {
    client: Client<'m>,
    application: &'m mut A,
    endpoint: &'m str,
    buffer: &'m mut [u8],
    /// The application wants a pause.
    paused: bool,
    network_down: bool,
    /// In queue mode, when the last message came or went.
    awake: Option<Instant>,
    listening: bool,
    /// The connector works on an association.
    opening: bool,
    /// The association was lost in a call of the client's outputs.
    lost: Option<TransportError>,
}

impl<A: Application> Device<'_, A> {
    fn run(mut self) -> ! {
        let mut wish = None;
        loop {
            self.fall_asleep();
            self.publish();
            let found = platform::wait(self.wake_up(wish), !self.listening);
            if !self.listening {
                self.discard();
            } else if found {
                self.receive();
            }
            self.carry_out(Commands::take());
            self.settle();
            let now = platform::now();
            if self.client.poll_timeout().is_some_and(|due| due <= now) {
                self.client.handle_timeout(now);
                self.settle();
            }
            wish = self.application.poll(&mut self.client, now);
            self.settle();
        }
    }

    /// Takes what has come; a flood does not keep commands and timers waiting.
    fn receive(&mut self) {
        for _ in 0..BURST {
            let now = platform::now();
            match platform::receive(self.buffer) {
                Received::Datagram(datagram) => {
                    let client = &mut self.client;
                    self.application
                        .with_objects(|objects| client.handle_datagram(now, datagram, objects));
                    self.stay_awake(now);
                }
                Received::TooLarge => {}
                Received::Nothing => return,
                Received::Failed => self.client.handle_failure(now, TransportError::Socket),
            }
            self.settle();
        }
    }

    /// Asleep nobody listens, but what comes would hold the stack's memory until the next message.
    /// Where the association is lost meanwhile, that message finds out.
    fn discard(&mut self) {
        for _ in 0..BURST {
            match platform::receive(self.buffer) {
                Received::Datagram(datagram) => self.client.discard(datagram),
                Received::TooLarge => {}
                Received::Nothing | Received::Failed => return,
            }
        }
    }

    fn carry_out(&mut self, commands: Commands) {
        let now = platform::now();
        let client = &mut self.client;
        if commands.has(Command::Pause) {
            self.paused = true;
            client.pause(now);
        }
        if commands.has(Command::NetworkDown) {
            self.network_down = true;
            client.pause(now);
        }
        if commands.has(Command::NetworkUp) {
            self.network_down = false;
            if !self.paused {
                // Also ends a wait that the network was the reason for.
                client.pause(now);
                client.resume(now);
            }
        }
        if commands.has(Command::Resume) {
            self.paused = false;
            if !self.network_down {
                client.resume(now);
            }
        }
        let asked = [Command::Register, Command::Update, Command::Close]
            .into_iter()
            .any(|command| commands.has(command));
        if asked && self.network_down && !self.paused {
            // The application is told that there is no network, instead of waiting for it.
            client.resume(now);
        }
        if commands.has(Command::Register) {
            client.register(now);
        }
        if commands.has(Command::Update) {
            client.update(now);
        }
        if commands.has(Command::Close) {
            client.close(now);
        }
    }

    /// Carries out all that the client wants.
    fn settle(&mut self) {
        loop {
            self.transmit();
            while let Some(wanted) = self.client.poll_transport() {
                match wanted {
                    Transport::Open { account, renew } => {
                        self.opening = true;
                        self.lost = open(account, renew).err();
                        if self.lost.is_some() {
                            self.shut();
                        }
                    }
                    Transport::Close => self.shut(),
                }
            }
            while let Some(event) = self.client.poll_event() {
                // The application may ask for it.
                self.publish();
                self.application.event(event, &self.client);
                if kconfig::REBOOT && event == Event::Reboot {
                    platform::reboot();
                }
            }
            if self.client.is_paused() {
                // It would not take the result in, and asks again when it resumes.
                if self.opening {
                    self.shut();
                }
                return;
            }
            let result = self.lost.take().map(Err).or_else(platform::connection);
            let now = platform::now();
            match result {
                None => return,
                Some(Ok(association)) => self.client.handle_connected(now, association),
                Some(Err(error)) => self.client.handle_failure(now, error),
            }
            self.opening = false;
        }
    }

    fn publish(&self) {
        status::publish(&self.client, self.endpoint, self.listening);
    }

    fn shut(&mut self) {
        platform::shut();
        self.opening = false;
    }

    fn transmit(&mut self) {
        loop {
            let now = platform::now();
            let client = &mut self.client;
            let datagram = self
                .application
                .with_objects(|objects| client.poll_transmit(now, objects));
            let Some(datagram) = datagram else { return };
            if !platform::send(datagram) {
                self.lost = Some(TransportError::Socket);
            }
            self.stay_awake(now);
        }
    }

    fn stay_awake(&mut self, now: Instant) {
        if let Some(awake) = &mut self.awake {
            *awake = now;
        }
    }

    /// In queue mode datagrams are waited for some time after each message, and then no longer.
    fn fall_asleep(&mut self) {
        let asleep = self.sleeps_at().is_some_and(|at| at <= platform::now());
        if asleep && mem::replace(&mut self.listening, false) {
            self.application.asleep();
        }
        self.listening = !asleep;
    }

    fn sleeps_at(&self) -> Option<Instant> {
        let awake = self.awake.filter(|_| self.client.is_quiet())?;
        Some(awake + Duration::from_secs(kconfig::QUEUE_AWAKE_TIME as u32))
    }

    /// When the thread has something to do even where nothing comes.
    fn wake_up(&self, wish: Option<Instant>) -> Option<Instant> {
        let sleep = self.sleeps_at().filter(|_| self.listening);
        [self.client.poll_timeout(), wish, sleep]
            .into_iter()
            .flatten()
            .min()
    }
}

/// Begins to connect to an account's server.
fn open(account: Account<'_>, renew: bool) -> Result<(), TransportError> {
    let uri = ServerUri::parse(account.uri).map_err(|_| TransportError::NotResolved)?;
    let tag = match account.security {
        Security::None => None,
        Security::Tag(tag) => Some(tag),
        Security::PreSharedKey { identity, key } => {
            let tag = kconfig::SEC_TAG;
            if !platform::store_psk(tag, identity, key) {
                return Err(TransportError::Credentials);
            }
            Some(tag)
        }
    };
    let mut host: String<255> = String::new();
    for byte in uri.host.bytes() {
        let _ = host.push(byte.into());
    }
    platform::open(&Server {
        host: &host,
        port: uri.port,
        tag,
        renew,
    });
    Ok(())
}

/// What the client works in: too much for a stack.
struct Memory {
    storage: storage! {
        message_size: kconfig::MESSAGE_SIZE,
        observations: kconfig::OBSERVATIONS,
        changes: kconfig::CHANGES,
        requests: kconfig::REQUESTS,
        location_size: kconfig::LOCATION_SIZE,
        written_attributes: kconfig::WRITTEN_ATTRIBUTES,
        composite_paths: kconfig::COMPOSITE_PATHS,
        records: kconfig::RECORDS,
        body_size: kconfig::BODY_SIZE,
        accounts: ACCOUNTS,
        account_uri_size: kconfig::ACCOUNT_URI_SIZE,
        account_identity_size: kconfig::ACCOUNT_IDENTITY_SIZE,
        account_key_size: kconfig::ACCOUNT_KEY_SIZE,
    },
    received: [u8; kconfig::RECEIVE_SIZE],
}

impl Memory {
    /// The memory, where nobody has it.
    fn take() -> Option<&'static mut Self> {
        struct Shared(UnsafeCell<Memory>);
        // SAFETY: `TAKEN` gives the only reference to one thread.
        unsafe impl Sync for Shared {}
        static MEMORY: Shared = Shared(UnsafeCell::new(Memory {
            storage: Storage::new(),
            received: [0; kconfig::RECEIVE_SIZE],
        }));
        if TAKEN.with(|taken| mem::replace(taken, true)) {
            return None;
        }
        // SAFETY: who comes here has the only reference, until `give_back` takes it.
        Some(unsafe { &mut *MEMORY.0.get() })
    }

    /// Ends the only reference.
    fn give_back(&'static mut self) {
        TAKEN.with(|taken| *taken = false);
    }
}

/// Whether there is a reference to the memory.
static TAKEN: Locked<bool> = Locked::new(false);

const BURST: usize = 16;

/// The server's and the bootstrap server's own.
const ACCOUNTS: usize = 2;
