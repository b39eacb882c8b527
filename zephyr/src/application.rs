//! What a device is for: its objects, and what it is told.

use client_lite::{Client, Event, Instant, Object};

/// The application of a device: owns the objects and is told what happens.
///
/// All methods are called on the client's thread, and none of the client's work is done meanwhile.
pub trait Application {
    /// Lends the objects beside Server (1) and Device (3) to a call: the same ones in the same order
    /// until [`Client::objects_changed`].
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R;

    /// Something happened to the client, which is given in the state after it.
    fn event(&mut self, event: Event, client: &Client<'_>) {
        let _ = (event, client);
    }

    /// Called after each turn, before the thread waits; gives the time at which it is to be called
    /// again even where nothing happens. The place for periodic measurements and
    /// [`Client::changed`].
    fn poll(&mut self, client: &mut Client<'_>, now: Instant) -> Option<Instant> {
        let _ = (client, now);
        None
    }

    /// The device is registered in queue mode, and the server will not speak before the device does:
    /// the radio may sleep. From here on nothing is received until the next message goes out.
    fn asleep(&mut self) {}
}
