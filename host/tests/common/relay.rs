//! A relay between a device and its server, which keeps every datagram.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Datagrams, in their order.
pub type Seen = Vec<(Way, Vec<u8>)>;

pub struct Relay {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    ToServer,
    ToDevice,
}

impl Relay {
    /// To a server at this address, for one device.
    pub fn to(server: SocketAddr) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("binds");
        let address = socket.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stopping = Arc::new(AtomicBool::new(false));
        let (keep, stopped) = (seen.clone(), stopping.clone());
        let thread = thread::spawn(move || {
            let mut device = None;
            let mut buffer = vec![0; 65_536];
            while !stopped.load(Ordering::Relaxed) {
                let (length, from) = match socket.recv_from(&mut buffer) {
                    Ok(received) => received,
                    // Where nobody listens any longer.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => continue,
                    Err(error) => panic!("{error}"),
                };
                let (way, to) = if from == server {
                    (Way::ToDevice, device)
                } else {
                    device = Some(from);
                    (Way::ToServer, Some(server))
                };
                let datagram = buffer[..length].to_vec();
                if let Some(to) = to {
                    let _ = socket.send_to(&datagram, to);
                }
                keep.lock().expect("no panic").push((way, datagram));
            }
        });
        Self {
            address,
            seen,
            stopping,
            thread: Some(thread),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The datagrams so far.
    pub fn seen(&self) -> Seen {
        self.seen.lock().expect("no panic").clone()
    }

    /// All bytes that have gone this way so far.
    pub fn bytes(&self, wanted: Way) -> Vec<u8> {
        let seen = self.seen();
        let datagrams = seen.iter().filter(|(way, _)| *way == wanted);
        datagrams
            .flat_map(|(_, datagram)| datagram.clone())
            .collect()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        let waker = UdpSocket::bind("127.0.0.1:0").expect("binds");
        let _ = waker.send_to(b"", self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
