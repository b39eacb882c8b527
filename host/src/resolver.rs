//! Names to addresses, each in a thread of its own, so that the client is served meanwhile.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use mio::Waker;

/// One lookup at a time that anybody waits for. A lookup cannot be stopped; one that is asked for
/// again while it is still running is joined.
pub(crate) struct Resolver {
    lookup: Lookup,
    waker: Arc<Waker>,
    results: (Sender<Found>, Receiver<Found>),
    running: Vec<Place>,
    wanted: Option<Place>,
}

/// Blocks until a name's addresses are known.
pub(crate) type Lookup = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

type Place = (String, u16);
type Found = (Place, io::Result<Vec<SocketAddr>>);

impl Resolver {
    /// `waker` is woken when there may be something to poll.
    pub(crate) fn new(lookup: Lookup, waker: Arc<Waker>) -> Self {
        Self {
            lookup,
            waker,
            results: channel(),
            running: Vec::new(),
            wanted: None,
        }
    }

    /// Begins a lookup in the place of the one before.
    pub(crate) fn start(&mut self, host: &str, port: u16) {
        let place = (host.to_owned(), port);
        self.wanted = Some(place.clone());
        if self.running.contains(&place) {
            return;
        }
        self.running.push(place.clone());
        let sender = self.results.0.clone();
        if let Ok(address) = host.parse::<IpAddr>() {
            // The receiver is a field of this.
            let _ = sender.send((place, Ok(vec![SocketAddr::new(address, port)])));
            return;
        }
        let (lookup, waker) = (self.lookup, self.waker.clone());
        let begun = thread::Builder::new().name("resolver".into()).spawn({
            let (sender, place) = (sender.clone(), place.clone());
            move || {
                let found = lookup(&place.0, place.1);
                // Fails if the device has stopped.
                if sender.send((place, found)).is_ok() {
                    let _ = waker.wake();
                }
            }
        });
        if let Err(error) = begun {
            let _ = sender.send((place, Err(error)));
        }
    }

    /// Nobody waits any longer.
    pub(crate) fn cancel(&mut self) {
        self.wanted = None;
    }

    /// The addresses, in the system's order of preference; an error if there is none.
    pub(crate) fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        while let Ok((place, found)) = self.results.1.try_recv() {
            self.running.retain(|running| *running != place);
            if self.wanted.take_if(|wanted| *wanted == place).is_some() {
                return Some(match found {
                    Ok(addresses) if addresses.is_empty() => {
                        Err(io::Error::other("the name has no address"))
                    }
                    found => found,
                });
            }
        }
        None
    }
}

/// The system's resolver.
pub(crate) fn system(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok((host, port).to_socket_addrs()?.collect())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_link_local_address_is_that_of_its_interface() {
        // The loopback interface, which every system has.
        let found = system("fe80::1%lo", 5684).expect("an address");
        let [SocketAddr::V6(address)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_ne!(address.scope_id(), 0);
        assert!(system("fe80::1%no-such-interface", 5684).is_err());
    }
}
