//! What a device is for: its objects, and what it is told.

use std::net::SocketAddr;

use client_lite::{Association, Client, Event, Object, TransportError};

/// The application of a [`Device`](crate::Device): owns the objects and is told what happens, by all of
/// its clients where it has several servers.
///
/// All methods are called on the device's thread and hold it up; they should not block.
pub trait Application {
    /// The objects beside Server (1) and Device (3), always the same ones in the same order.
    fn objects(&mut self) -> Vec<&mut dyn Object>;

    /// Something happened to the client, which is given in the state after it; of several clients, the
    /// [short server id](Client::short_server_id) says which.
    fn event(&mut self, event: Event, client: &Client<'_>) {
        let _ = (event, client);
    }

    /// A CoAP message goes out or has come in, in the clear even where DTLS carries it.
    fn message(&mut self, direction: Direction, message: &[u8]) {
        let _ = (direction, message);
    }

    /// There is a connection to the server, or not.
    fn connection(&mut self, connection: &Connection) {
        let _ = connection;
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
