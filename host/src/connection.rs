//! What has become of an attempt to connect, or of a connection.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use client_lite::{Association, TransportError};

/// What has become of an attempt to connect, or of a connection.
#[derive(Clone, Debug)]
pub enum Connection {
    /// A DTLS handshake begins.
    Handshake {
        /// The server's address and port.
        remote: SocketAddr,
    },
    /// A socket is connected, and the DTLS handshake, if any, is complete.
    Open {
        /// This device's address and port.
        local: SocketAddr,
        /// The server's address and port.
        remote: SocketAddr,
        /// Whether it goes on from the one before.
        association: Association,
    },
    /// There is none, or not any longer.
    Failed {
        /// The class that the client is told.
        error: TransportError,
        /// The cause in words: the name or address concerned, and what the system says.
        reason: String,
    },
}

/// To whom the connections are reported, of all of a device's servers.
#[derive(Clone)]
pub(crate) struct Observer(Rc<RefCell<Callback>>);

pub(crate) type Callback = Box<dyn FnMut(&Connection) + Send>;

impl Observer {
    pub(crate) fn new(callback: Callback) -> Self {
        Self(Rc::new(RefCell::new(callback)))
    }

    pub(crate) fn report(&self, connection: &Connection) {
        (self.0.borrow_mut())(connection);
    }
}
