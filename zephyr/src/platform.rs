//! Zephyr, as `shim/platform.h` has it: each function here wraps the one of the same name there.

use core::ffi::{c_char, c_int, c_void};

use client_lite::{Association, Instant, TransportError};

use crate::status::Status;

/// What the application, the shell or the network's events ask for. The same twice is one, and of
/// opposites the later wins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u32)]
pub enum Command {
    /// Register, and stay registered.
    Register = 1 << 0,
    /// De-register.
    Close = 1 << 1,
    /// Update the registration.
    Update = 1 << 2,
    /// Send nothing and let no time run out until [`Command::Resume`].
    Pause = 1 << 3,
    /// End the pause.
    Resume = 1 << 4,
    /// The network went away.
    NetworkDown = 1 << 5,
    /// The network is back.
    NetworkUp = 1 << 6,
    /// Call [`Application::poll`](crate::Application::poll).
    Changed = 1 << 7,
}

/// Gives the client a command, from any thread but not from an interrupt.
pub fn command(command: Command) {
    // SAFETY: the function takes any of the enumeration's values, which are the same on both sides.
    unsafe { client_lite_command(command as u32) }
}

/// Commands that are to be carried out.
#[derive(Clone, Copy)]
pub(crate) struct Commands(u32);

impl Commands {
    pub(crate) fn take() -> Self {
        // SAFETY: the function has no arguments and may be called at any time.
        Self(unsafe { client_lite_take_commands() })
    }

    pub(crate) fn has(self, command: Command) -> bool {
        self.0 & command as u32 != 0
    }
}

/// Prepares the event that the client's thread waits on, and the connector.
pub(crate) fn start() -> bool {
    // SAFETY: called by the one thread that has the client's memory.
    unsafe { client_lite_start() == 0 }
}

/// Waits for commands, the connector, a datagram, or a time; whether there is something to receive.
/// Asleep a datagram ends the wait only where that costs no wake-up while none comes.
pub(crate) fn wait(until: Option<Instant>, asleep: bool) -> bool {
    let until = until.map_or(i64::MAX, |until| {
        until.as_millis().try_into().unwrap_or(i64::MAX)
    });
    // SAFETY: called by the client's thread only, after `start`.
    unsafe { client_lite_wait(until, asleep) }
}

/// The time since boot.
pub fn now() -> Instant {
    // SAFETY: the function only reads the clock.
    let milliseconds = unsafe { client_lite_uptime() };
    Instant::from_millis(milliseconds.try_into().unwrap_or_default())
}

/// Random bytes to seed the client with.
pub(crate) fn entropy() -> Option<[u32; 4]> {
    let mut seed = [0_u32; 4];
    // SAFETY: the function writes as many bytes as the array has, which may have any values.
    let result = unsafe { client_lite_entropy(seed.as_mut_ptr().cast(), size_of_val(&seed)) };
    (result == 0).then_some(seed)
}

/// The server to connect to, as the shim wants it.
pub(crate) struct Server<'s> {
    pub(crate) host: &'s str,
    pub(crate) port: u16,
    /// The security tag of the credentials; `None` without DTLS.
    pub(crate) tag: Option<u32>,
    pub(crate) renew: bool,
}

pub(crate) fn open(server: &Server<'_>) {
    let server = ServerOfC {
        host: server.host.as_ptr().cast(),
        host_length: server.host.len(),
        port: server.port,
        secure: server.tag.is_some(),
        sec_tag: server.tag.unwrap_or_default() as i32,
        renew: server.renew,
    };
    // SAFETY: the function copies what it needs of the structure and of the name, whose length is
    // given, before it returns.
    unsafe { client_lite_open(&raw const server) }
}

pub(crate) fn shut() {
    // SAFETY: called by the client's thread only, after `start`.
    unsafe { client_lite_shut() }
}

/// What has become of [`open`], told once.
pub(crate) fn connection() -> Option<Result<Association, TransportError>> {
    // SAFETY: called by the client's thread only, after `start`.
    Some(match unsafe { client_lite_connection() } {
        1 => Ok(Association::New),
        2 => Ok(Association::Continued),
        3 => Err(TransportError::NotResolved),
        4 => Err(TransportError::Handshake),
        5 => Err(TransportError::Certificate),
        6 => Err(TransportError::Socket),
        7 => Err(TransportError::InterfaceDown),
        8 => Err(TransportError::Credentials),
        _ => return None,
    })
}

/// What came from the socket.
pub(crate) enum Received<'b> {
    Datagram(&'b [u8]),
    /// Larger than the buffer, and lost.
    TooLarge,
    /// Nothing more.
    Nothing,
    /// The association is lost.
    Failed,
}

pub(crate) fn receive(buffer: &mut [u8]) -> Received<'_> {
    // SAFETY: the function writes at most as many bytes as the buffer has.
    let result = unsafe { client_lite_receive(buffer.as_mut_ptr().cast(), buffer.len()) };
    match usize::try_from(result) {
        Ok(length) => buffer
            .get(..length)
            .map_or(Received::TooLarge, Received::Datagram),
        Err(_) => match result {
            -1 => Received::Nothing,
            -2 => Received::TooLarge,
            _ => Received::Failed,
        },
    }
}

/// Sends a datagram; whether the association is still there.
pub(crate) fn send(datagram: &[u8]) -> bool {
    // SAFETY: the function reads as many bytes as the datagram has.
    unsafe { client_lite_send(datagram.as_ptr().cast(), datagram.len()) == 0 }
}

/// Stores a pre-shared key under a security tag; whether there was room.
pub(crate) fn store_psk(tag: u32, identity: &[u8], key: &[u8]) -> bool {
    // SAFETY: the function copies both before it returns.
    unsafe {
        client_lite_store_psk(
            tag as i32,
            identity.as_ptr().cast(),
            identity.len(),
            key.as_ptr().cast(),
            key.len(),
        ) == 0
    }
}

/// Writes the endpoint name; its length.
pub(crate) fn endpoint_name(name: &mut [u8]) -> usize {
    // SAFETY: the function writes at most as many bytes as the buffer has.
    unsafe { client_lite_endpoint_name(name.as_mut_ptr().cast(), name.len()) }
}

/// One line to the log, at one of Zephyr's levels: 1 error to 4 debug.
#[cfg(feature = "log")]
pub(crate) fn log(level: c_int, text: &str) {
    // SAFETY: the function reads as many bytes as the text has.
    unsafe { client_lite_log(level, text.as_ptr().cast(), text.len()) }
}

/// Stops the system for a defect at this place: for a panic handler.
pub fn panic(file: &str, line: u32) -> ! {
    // SAFETY: the function reads as many bytes as the text has.
    unsafe { client_lite_panic(file.as_ptr().cast(), file.len(), line) }
}

/// Restarts the device after a moment, in which the answer leaves it.
pub(crate) fn reboot() {
    // SAFETY: the function only starts a timer.
    unsafe { client_lite_reboot() }
}

pub(crate) fn publish(status: &Status) {
    // SAFETY: the structure is that of platform.h, and is copied before the function returns.
    unsafe { client_lite_publish(status) }
}

pub(crate) fn lock() {
    // SAFETY: a k_mutex, which any thread may lock at any time.
    unsafe { client_lite_lock() }
}

pub(crate) fn unlock() {
    // SAFETY: `crate::lock` calls it on the thread that has locked.
    unsafe { client_lite_unlock() }
}

/// `struct client_lite_server`.
#[repr(C)]
struct ServerOfC {
    host: *const c_char,
    host_length: usize,
    port: u16,
    secure: bool,
    sec_tag: i32,
    renew: bool,
}

unsafe extern "C" {
    fn client_lite_command(command: u32);
    fn client_lite_take_commands() -> u32;
    fn client_lite_start() -> c_int;
    fn client_lite_wait(until: i64, asleep: bool) -> bool;
    fn client_lite_uptime() -> i64;
    fn client_lite_entropy(bytes: *mut c_void, size: usize) -> c_int;
    fn client_lite_open(server: *const ServerOfC);
    fn client_lite_shut();
    fn client_lite_connection() -> u32;
    fn client_lite_receive(buffer: *mut c_void, size: usize) -> c_int;
    fn client_lite_send(datagram: *const c_void, length: usize) -> c_int;
    fn client_lite_store_psk(
        sec_tag: i32,
        identity: *const c_void,
        identity_length: usize,
        key: *const c_void,
        key_length: usize,
    ) -> c_int;
    fn client_lite_endpoint_name(name: *mut c_char, size: usize) -> usize;
    #[cfg(feature = "log")]
    fn client_lite_log(level: c_int, text: *const c_char, length: usize);
    fn client_lite_reboot();
    fn client_lite_panic(file: *const c_char, length: usize, line: u32) -> !;
    fn client_lite_publish(status: *const Status);
    fn client_lite_lock();
    fn client_lite_unlock();
}
