//! What the shell and the C API show of a client.

use client_lite::{Client, Instant, State};

use crate::kconfig;
use crate::platform;
use crate::shim::*;

/// Tells other threads who the client is at the server and, for the shell, where it stands.
pub(crate) fn publish(client: &Client<'_>, endpoint: &str, listening: bool) {
    let device_id = client.endpoint_info().map_or("", |info| info.device_id);
    platform::publish_names(endpoint, device_id);
    if kconfig::SHELL {
        platform::publish_status(&status(client, listening));
    }
}

fn status(client: &Client<'_>, listening: bool) -> client_lite_status {
    let counters = client.counters();
    let error = client.last_error();
    client_lite_status {
        state: match client.state() {
            State::Halted => CLIENT_LITE_STATE_HALTED,
            State::Bootstrapping => CLIENT_LITE_STATE_BOOTSTRAPPING,
            State::Registering => CLIENT_LITE_STATE_REGISTERING,
            State::Registered => CLIENT_LITE_STATE_REGISTERED,
            State::Updating => CLIENT_LITE_STATE_UPDATING,
            State::Deregistering => CLIENT_LITE_STATE_DEREGISTERING,
            State::Disabled => CLIENT_LITE_STATE_DISABLED,
            _ => CLIENT_LITE_STATE_IDLE,
        } as u8,
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
    }
}

/// Milliseconds of uptime; -1 for none.
fn uptime(at: Option<Instant>) -> i64 {
    at.map_or(-1, |at| at.as_millis() as i64)
}
