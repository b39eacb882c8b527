//! What a device is for: its objects, and what it is told.

use crate::client::Client;
use crate::event::Event;
use crate::model::object::Object;
use crate::time::Instant;

/// The application of a device: owns the objects and is told what happens, by all of its clients where
/// it has several servers.
///
/// All methods are called on the client's thread, and none of the client's work is done meanwhile.
///
/// ```
/// use client_lite::driver::Application;
/// use client_lite::{Client, Event, Object};
///
/// client_lite::object! {
///     /// Digital input
///     struct Button: 3200 {
///         5501: presses: i64 [R, auto],
///     }
/// }
///
/// struct Doorbell {
///     button: Button,
///     registered: bool,
/// }
///
/// impl Application for Doorbell {
///     fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
///         call(&mut [&mut self.button])
///     }
///
///     fn event(&mut self, _: Event, client: &Client<'_>) {
///         self.registered = client.endpoint_info().is_some();
///     }
/// }
/// ```
pub trait Application {
    /// Lends the objects beside Server (1) and Device (3) to a call: the same ones in the same order
    /// until [`Client::objects_changed`].
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R;

    /// Something happened to the client, which is given in the state after it; of several clients, the
    /// [short server id](Client::short_server_id) says which.
    fn event(&mut self, event: Event, client: &Client<'_>) {
        let _ = (event, client);
    }

    /// Called once in each turn of the loop, before it waits, with all clients of the device; gives the
    /// time at which it is to be called again even where nothing happens. The place for periodic
    /// measurements and, at each client, [`Client::changed`].
    fn poll(&mut self, clients: &mut [&mut Client<'_>], now: Instant) -> Option<Instant> {
        let _ = (clients, now);
        None
    }

    /// The device is registered in queue mode, and the server will not speak before the device does:
    /// the radio may sleep. From here on nothing is received until the next message goes out.
    fn asleep(&mut self) {}

    /// A CoAP message goes out or has come in, in the clear even where DTLS carries it.
    fn message(&mut self, direction: Direction, message: &[u8]) {
        let _ = (direction, message);
    }
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From this device to the server.
    Out,
    /// From the server to this device.
    In,
}
