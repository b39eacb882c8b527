//! Zephyr, as `shim/platform.h` has it: each function here wraps the one of the same name there.

use core::ffi::c_int;
use core::net::{IpAddr, Ipv6Addr, SocketAddr};

#[cfg(feature = "snapshot")]
use client_lite::Part;
use client_lite::{Association, Endpoints, Instant, ReleaseAssistance, TransportError};

use crate::shim::*;

/// What the application, the shell or the network's events ask for. The same twice is one, and of
/// opposites the later wins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(i32)]
pub enum Command {
    /// Register, and stay registered.
    Register = CLIENT_LITE_REGISTER,
    /// De-register.
    Close = CLIENT_LITE_CLOSE,
    /// Update the registration.
    Update = CLIENT_LITE_UPDATE,
    /// Send nothing and let no time run out until [`Command::Resume`].
    Pause = CLIENT_LITE_PAUSE,
    /// End the pause.
    Resume = CLIENT_LITE_RESUME,
    /// The network went away.
    NetworkDown = CLIENT_LITE_NETWORK_DOWN,
    /// The network is back.
    NetworkUp = CLIENT_LITE_NETWORK_UP,
    /// Call [`Application::poll`](crate::Application::poll).
    Changed = CLIENT_LITE_CHANGED,
    /// The radio is on, or about to be: [`Client::radio_on`](client_lite::Client::radio_on). Does nothing
    /// without the feature `coalescing`.
    RadioOn = CLIENT_LITE_RADIO_ON,
    /// Store what the client has, with what the application has recorded by now:
    /// `Client::request_snapshot`. Does nothing without the feature `snapshot`.
    RequestSnapshot = CLIENT_LITE_REQUEST_SNAPSHOT,
}

/// Gives the client a command, from any thread but not from an interrupt.
pub fn command(command: Command) {
    // SAFETY: the function takes any of the enumeration's values.
    unsafe { client_lite_command(command as c_int) }
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

/// The credentials that an association begins with.
#[derive(Default)]
pub(crate) struct Credentials {
    /// Their security tag; `None` without DTLS.
    pub(crate) tag: Option<u32>,
    /// Whether the server's certificate has to be the one under the tag.
    pub(crate) pinned: bool,
}

/// The server to connect to, as the shim wants it.
pub(crate) struct Server<'s> {
    pub(crate) host: &'s str,
    pub(crate) port: u16,
    pub(crate) credentials: Credentials,
    /// The name to ask for and to check, in place of the host; none where it is empty.
    pub(crate) name: &'s str,
    /// What the handshake proposes; all that there are where it is empty.
    pub(crate) cipher_suites: &'s [u16],
    pub(crate) renew: bool,
}

pub(crate) fn open(server: &Server<'_>) {
    let server = client_lite_server {
        host: server.host.as_ptr().cast(),
        host_length: server.host.len(),
        port: server.port,
        secure: server.credentials.tag.is_some(),
        sec_tag: server.credentials.tag.unwrap_or_default() as i32,
        pinned: server.credentials.pinned,
        name: server.name.as_ptr().cast(),
        name_length: server.name.len(),
        cipher_suites: server.cipher_suites.as_ptr(),
        cipher_suite_count: server.cipher_suites.len(),
        renew: server.renew,
    };
    // SAFETY: the function copies what it needs of the structure, the names and the cipher suites, whose
    // lengths are given, before it returns.
    unsafe { client_lite_open(&raw const server) }
}

pub(crate) fn close() {
    // SAFETY: called by the client's thread only, after `start`.
    unsafe { client_lite_close() }
}

/// What has become of [`open`], told once.
pub(crate) fn connection() -> Option<Result<Association, TransportError>> {
    // SAFETY: called by the client's thread only, after `start`.
    Some(match unsafe { client_lite_connection() } {
        CLIENT_LITE_CONNECTION_NEW => Ok(Association::New),
        CLIENT_LITE_CONNECTION_CONTINUED => Ok(Association::Continued),
        CLIENT_LITE_CONNECTION_NOT_RESOLVED => Err(TransportError::NotResolved),
        CLIENT_LITE_CONNECTION_HANDSHAKE => Err(TransportError::Handshake),
        CLIENT_LITE_CONNECTION_CERTIFICATE => Err(TransportError::Certificate),
        CLIENT_LITE_CONNECTION_SOCKET => Err(TransportError::Socket),
        CLIENT_LITE_CONNECTION_INTERFACE_DOWN => Err(TransportError::InterfaceDown),
        CLIENT_LITE_CONNECTION_CREDENTIALS => Err(TransportError::Credentials),
        _ => return None,
    })
}

/// The ends of the open association, where the server knows it by them and the stack tells.
pub(crate) fn endpoints() -> Option<Endpoints> {
    let nowhere = client_lite_end {
        address: [0; 16],
        port: 0,
    };
    let (mut local, mut remote) = (nowhere, nowhere);
    // SAFETY: called by the client's thread only, after `start`; the function writes both structures.
    let are_known = unsafe { client_lite_ends(&raw mut local, &raw mut remote) };
    let address = |end: client_lite_end| {
        let address = IpAddr::V6(Ipv6Addr::from(end.address)).to_canonical();
        SocketAddr::new(address, end.port)
    };
    are_known.then(|| Endpoints {
        local: address(local),
        remote: address(remote),
    })
}

/// Those of the association from before a restart.
pub(crate) fn go_on_between(endpoints: Endpoints) {
    let end = |address: SocketAddr| client_lite_end {
        address: match address.ip() {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        },
        port: address.port(),
    };
    let (local, remote) = (end(endpoints.local), end(endpoints.remote));
    // SAFETY: called by the client's thread only, after `start`; the function copies the structures
    // before it returns.
    unsafe { client_lite_go_on_between(&raw const local, &raw const remote) }
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
            CLIENT_LITE_RECEIVED_NOTHING => Received::Nothing,
            CLIENT_LITE_RECEIVED_TOO_LARGE => Received::TooLarge,
            _ => Received::Failed,
        },
    }
}

/// Sends a datagram; whether the association is still there.
pub(crate) fn send(datagram: &[u8]) -> bool {
    // SAFETY: the function reads as many bytes as the datagram has.
    unsafe { client_lite_send(datagram.as_ptr().cast(), datagram.len()) == 0 }
}

/// Tells the modem what the device expects.
pub(crate) fn assist_release(expected: ReleaseAssistance) {
    let expected = match expected {
        ReleaseAssistance::NoData => CLIENT_LITE_EXPECT_NO_DATA,
        ReleaseAssistance::Last => CLIENT_LITE_EXPECT_NOTHING,
        ReleaseAssistance::OneResponse => CLIENT_LITE_EXPECT_ONE_RESPONSE,
        ReleaseAssistance::Ongoing => CLIENT_LITE_EXPECT_ONGOING,
        ReleaseAssistance::WaitMore => CLIENT_LITE_EXPECT_MORE,
    };
    // SAFETY: called by the client's thread only, after `start`, with one of the enumeration's values.
    unsafe { client_lite_assist_release(expected) }
}

/// Stores an account's credentials, in the order of `client_lite_credential_kind`, under a security tag:
/// those that are empty are not there afterwards. Whether that went well.
#[cfg(feature = "dtls")]
pub(crate) fn store(tag: u32, credentials: [&[u8]; CLIENT_LITE_CREDENTIAL_KINDS as usize]) -> bool {
    let credentials = credentials.map(|credential| client_lite_credential {
        bytes: credential.as_ptr().cast(),
        length: credential.len(),
    });
    // SAFETY: the function copies as many bytes as each credential has before it returns, and there is one
    // of each kind.
    unsafe { client_lite_store(tag as i32, credentials.as_ptr()) == 0 }
}

/// Reads a part of what outlives a restart, as much of it as there is room for; its length.
#[cfg(feature = "snapshot")]
pub(crate) fn load_snapshot(part: Part, buffer: &mut [u8]) -> Option<usize> {
    // SAFETY: the function writes at most as many bytes as the buffer has.
    let length = unsafe {
        client_lite_load_snapshot(number(part), buffer.as_mut_ptr().cast(), buffer.len())
    };
    length.try_into().ok()
}

/// Stores a part in place of what there was; whether that went well.
#[cfg(feature = "snapshot")]
pub(crate) fn save_snapshot(part: Part, bytes: &[u8]) -> bool {
    // SAFETY: the function reads as many bytes as the part has.
    unsafe { client_lite_save_snapshot(number(part), bytes.as_ptr().cast(), bytes.len()) == 0 }
}

#[cfg(feature = "snapshot")]
fn number(part: Part) -> c_int {
    match part {
        Part::Accounts => CLIENT_LITE_PART_ACCOUNTS,
        Part::Session => CLIENT_LITE_PART_SESSION,
    }
}

/// Milliseconds since 1970, where a clock has them that outlives a restart.
#[cfg(feature = "snapshot")]
pub(crate) fn time() -> Option<u64> {
    // SAFETY: the function only reads a clock.
    unsafe { client_lite_time() }.try_into().ok()
}

/// Writes the endpoint name; its length.
pub(crate) fn endpoint_name(name: &mut [u8]) -> usize {
    // SAFETY: the function writes at most as many bytes as the buffer has.
    unsafe { client_lite_endpoint_name(name.as_mut_ptr().cast(), name.len()) }
}

/// One line to the log, at a level of `client_lite_log_level`.
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

/// Restarts the device after a moment, in which the response leaves it.
pub(crate) fn reboot() {
    // SAFETY: the function only starts a timer.
    unsafe { client_lite_reboot() }
}

/// Tells the shell where the client stands.
pub(crate) fn publish_status(status: &client_lite_status) {
    // SAFETY: the function copies the structure before it returns.
    unsafe { client_lite_publish_status(status) }
}

/// Tells the shell and the C API who the client is at the server.
pub(crate) fn publish_names(endpoint_name: &str, device_id: &str) {
    // SAFETY: the function copies the names, whose lengths are given, before it returns.
    unsafe {
        client_lite_publish_names(
            endpoint_name.as_ptr().cast(),
            endpoint_name.len(),
            device_id.as_ptr().cast(),
            device_id.len(),
        )
    }
}

pub(crate) fn lock() {
    // SAFETY: a k_mutex, which any thread may lock at any time.
    unsafe { client_lite_lock() }
}

pub(crate) fn unlock() {
    // SAFETY: `crate::lock` calls it on the thread that has locked.
    unsafe { client_lite_unlock() }
}
