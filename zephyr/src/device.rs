//! The run loop: one thread that waits for datagrams, commands, the connector and timers.

use core::cell::UnsafeCell;
use core::{fmt, mem};

use client_lite::driver::{Application, Direction, Driver};
use client_lite::{Client, Config, Describe, Duration, Event, Instant, Object, Storage, storage};

use crate::lock::Locked;
use crate::platform::{self, Command, Commands};
use crate::snapshots::Snapshots;
use crate::transport::Sockets;
use crate::{kconfig, status};

/// Runs the client on this thread, for good. There is one client in an image.
///
/// It registers when [`Command::Register`] says so, which may be given before. Where it returns, the
/// client cannot run yet, and this may be called again when what was missing is there.
///
/// With the feature `snapshot` the first [`Command::Register`] also takes over what was stored before a
/// restart, where the application's objects and their instances are those that it was stored with.
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
    let endpoint = config.endpoint;
    let client = Client::new(config, &mut memory.storage, seed);
    let mut driver = Driver::new(client, Sockets::new(&mut memory.received));
    driver.sleep_after(Duration::from_secs(kconfig::QUEUE_AWAKE_TIME as u32));
    let application = Published {
        application,
        endpoint,
        listening: true,
    };
    let device = Device {
        driver,
        application,
        snapshots: Some(&mut memory.snapshots),
        paused: false,
        network_down: false,
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

impl StartError {
    fn text(self) -> &'static str {
        match self {
            Self::Running => "the client runs already",
            Self::NoEntropy => "there is no entropy: the image needs an entropy driver",
            Self::NoEvent => "no event: raise CONFIG_ZVFS_EVENTFD_MAX and CONFIG_ZVFS_OPEN_MAX",
        }
    }
}

impl Describe for StartError {
    fn describe(&self, write: &mut dyn FnMut(&str)) {
        write(self.text());
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl core::error::Error for StartError {}

/// What runs on the client's thread.
struct Device<'m, A> {
    driver: Driver<'m, Sockets<'m>>,
    application: Published<'m, A>,
    /// Until the client keeps them.
    snapshots: Option<&'m mut Snapshots>,
    /// The application wants a pause.
    paused: bool,
    network_down: bool,
}

impl<A: Application> Device<'_, A> {
    fn run(mut self) -> ! {
        loop {
            self.driver.turn(&mut self.application);
            let until = self.driver.wait_until(&mut self.application);
            let asleep = self.driver.is_asleep();
            self.application.listening = !asleep;
            self.application.publish(self.driver.client());
            if platform::wait(until, asleep) || asleep {
                // A flood does not keep commands and timers waiting.
                for _ in 0..BURST {
                    if !self.driver.receive(&mut self.application) {
                        break;
                    }
                }
            }
            self.carry_out(Commands::take());
        }
    }

    fn carry_out(&mut self, commands: Commands) {
        let now = platform::now();
        let client = self.driver.client_mut();
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
            // What was stored belongs to the objects that the application has added by now.
            if let Some(snapshots) = self.snapshots.take() {
                snapshots.keep(&mut self.driver, &mut self.application);
            }
            self.driver.client_mut().register(now);
        }
        let client = self.driver.client_mut();
        if commands.has(Command::Update) {
            client.update(now);
        }
        #[cfg(feature = "coalescing")]
        if commands.has(Command::RadioOn) {
            client.radio_on(now);
        }
        if commands.has(Command::Close) {
            client.close(now);
        }
        #[cfg(feature = "snapshot")]
        if commands.has(Command::RequestSnapshot) {
            // Takes over what the application has recorded.
            self.driver.turn(&mut self.application);
            self.driver.client_mut().request_snapshot();
        }
    }
}

/// The application, of whose client the shell and the C API know where it stands.
struct Published<'m, A> {
    application: &'m mut A,
    endpoint: &'m str,
    listening: bool,
}

impl<A> Published<'_, A> {
    fn publish(&self, client: &Client<'_>) {
        status::publish(client, self.endpoint, self.listening);
    }
}

impl<A: Application> Application for Published<'_, A> {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        self.application.with_objects(call)
    }

    fn event(&mut self, event: Event, client: &Client<'_>) {
        #[cfg(feature = "log")]
        crate::log::event(&event, client);
        // The application may ask for it.
        self.publish(client);
        self.application.event(event, client);
        if kconfig::REBOOT && event == Event::Reboot {
            platform::reboot();
        }
    }

    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        self.application.poll(clients, now)
    }

    fn asleep(&mut self) {
        self.application.asleep();
    }

    fn message(&mut self, direction: Direction, message: &[u8]) {
        self.application.message(direction, message);
    }
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
        historical_values: kconfig::HISTORICAL_VALUES,
        body_size: kconfig::BODY_SIZE,
        accounts: ACCOUNTS,
        account_uri_size: kconfig::ACCOUNT_URI_SIZE,
        account_identity_size: kconfig::ACCOUNT_IDENTITY_SIZE,
        account_key_size: kconfig::ACCOUNT_KEY_SIZE,
        account_server_key_size: kconfig::ACCOUNT_SERVER_KEY_SIZE,
    },
    received: [u8; kconfig::RECEIVE_SIZE],
    snapshots: Snapshots,
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
            snapshots: Snapshots::new(),
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
