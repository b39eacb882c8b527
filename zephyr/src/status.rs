//! What the shell shows of a client.

use client_lite::{Client, Instant, State};

use crate::kconfig::{ENDPOINT_NAME_SIZE, LOCATION_SIZE};
use crate::platform;

/// `struct client_lite_status` of `shim/platform.h`.
#[repr(C)]
pub(crate) struct Status {
    state: u8,
    paused: bool,
    listening: bool,
    error: u8,
    error_at: i64,
    next_update: i64,
    next_attempt: i64,
    disabled_until: i64,
    endpoint_name: [u8; ENDPOINT_NAME_SIZE],
    device_id: [u8; LOCATION_SIZE],
    registrations: u32,
    updates: u32,
    errors: u32,
    retransmissions: u32,
    notifications: u32,
    discarded: u32,
    records_dropped: u32,
    bytes_sent: u32,
    bytes_received: u32,
}

/// Tells the shell and the C API where the client stands.
pub(crate) fn publish(client: &Client<'_>, endpoint: &str, listening: bool) {
    let counters = client.counters();
    let error = client.last_error();
    let device_id = client.endpoint_info().map_or("", |info| info.device_id);
    platform::publish(&Status {
        state: match client.state() {
            State::Halted => 1,
            State::Bootstrapping => 2,
            State::Registering => 3,
            State::Registered => 4,
            State::Updating => 5,
            State::Deregistering => 6,
            State::Disabled => 7,
            _ => 0,
        },
        paused: client.is_paused(),
        listening,
        error: error.map_or(0, |last| last.error as u8),
        error_at: error.map_or(0, |last| last.at.as_millis() as i64),
        next_update: uptime(client.next_update()),
        next_attempt: uptime(client.next_attempt()),
        #[cfg(feature = "server-object")]
        disabled_until: uptime(client.disabled_until()),
        #[cfg(not(feature = "server-object"))]
        disabled_until: -1,
        endpoint_name: terminated(endpoint),
        device_id: terminated(device_id),
        registrations: counters.registrations,
        updates: counters.updates,
        errors: counters.errors,
        retransmissions: counters.retransmissions,
        notifications: counters.notifications,
        discarded: counters.discarded,
        #[cfg(feature = "send")]
        records_dropped: counters.records_dropped,
        #[cfg(not(feature = "send"))]
        records_dropped: 0,
        bytes_sent: counters.bytes_sent,
        bytes_received: counters.bytes_received,
    });
}

/// Milliseconds of uptime; -1 for none.
fn uptime(at: Option<Instant>) -> i64 {
    at.map_or(-1, |at| at.as_millis() as i64)
}

/// A C string, cut where it is too long.
fn terminated<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let room = bytes.iter_mut().take(N.saturating_sub(1));
    for (byte, from) in room.zip(text.bytes()) {
        *byte = from;
    }
    bytes
}
