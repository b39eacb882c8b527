//! A UDP socket that is connected to one peer: the system drops other peers' datagrams, and tells
//! of ICMP errors.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use mio::{Interest, Registry, Token, net};

pub(crate) struct Udp {
    socket: net::UdpSocket,
    local: SocketAddr,
    remote: SocketAddr,
}

impl Udp {
    /// Connects from any free port, or from the given one where that is free. The registry tells under
    /// `token` when there is something to receive.
    pub(crate) fn connect(
        registry: &Registry,
        token: Token,
        remote: SocketAddr,
        port: u16,
    ) -> io::Result<Self> {
        let wanted = SocketAddr::new(any(remote).ip(), port);
        let mut socket =
            net::UdpSocket::bind(wanted).or_else(|_| net::UdpSocket::bind(any(remote)))?;
        socket.connect(remote)?;
        registry.register(&mut socket, token, Interest::READABLE)?;
        Ok(Self {
            local: socket.local_addr()?,
            socket,
            remote,
        })
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(crate) fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// Whether the system would still choose this socket's address to reach the peer. It would not
    /// after a change of network.
    pub(crate) fn is_current(&self) -> bool {
        let probe = || {
            let socket = std::net::UdpSocket::bind(any(self.remote))?;
            socket.connect(self.remote)?;
            socket.local_addr()
        };
        probe().is_ok_and(|local: SocketAddr| local.ip() == self.local.ip())
    }

    /// Sends a datagram, or loses it where the system's buffer is full.
    pub(crate) fn send(&self, datagram: &[u8]) -> io::Result<()> {
        match self.socket.send(datagram) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }

    /// The next datagram's length, `None` when there is none. The error may be one of an earlier
    /// datagram, such as a port unreachable.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match self.socket.recv(buffer) {
                Ok(length) => return Ok(Some(length)),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => return Ok(None),
                    io::ErrorKind::Interrupted => {}
                    _ => return Err(error),
                },
            }
        }
    }
}

/// Any address and port of a peer's family.
fn any(peer: SocketAddr) -> SocketAddr {
    let address = match peer {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    SocketAddr::new(address, 0)
}
