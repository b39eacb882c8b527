//! A driver over the UDP sockets of `embedded-nal-async`, for asynchronous platforms.

use core::future::Future;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::pin::pin;

use embassy_futures::select::{Either, select};
use embassy_futures::yield_now;
use embedded_io::Error as _;
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, UdpStack};
use heapless::String;

use super::application::Application;
use super::work::{Job, Work};
use crate::client::Client;
use crate::config::Account;
use crate::time::{Duration, Instant};
use crate::transport::{Association, Endpoints, TransportError, TransportRequest};

/// The clock of an [`AsyncDriver`].
pub trait Clock {
    /// Milliseconds of a clock that runs on while the device sleeps.
    fn now(&self) -> Instant;

    /// Waits until a time, or for ever where there is none; ends early where the application is to be
    /// [polled](Application::poll), for instance because it has a command.
    fn wait_until(&self, until: Option<Instant>) -> impl Future<Output = ()>;
}

/// A client and its socket. There is no DTLS: an account with credentials is refused, with
/// [`TransportError::Credentials`].
///
/// [`run`](Self::run) is the loop, a future that never ends and may be dropped. A `send` of the network
/// that waits holds the loop up; one that would wait for long is to drop the datagram. The repository has
/// a device that uses it, in `examples/asynchronous`.
pub struct AsyncDriver<'c, N: UdpStack, C> {
    work: Work<'c>,
    network: &'c N,
    clock: C,
    received: &'c mut [u8],
    socket: Option<N::Connected>,
    /// Whom the client wants to be connected to.
    target: Option<Target>,
    /// The addresses that the server knows the device by.
    addresses: Option<Endpoints>,
}

/// A server that is neither resolved nor connected to.
struct Target {
    host: String<255>,
    port: u16,
}

impl<'c, N: UdpStack + Dns, C: Clock> AsyncDriver<'c, N, C> {
    /// A driver that does nothing before it [runs](Self::run). `received` has a byte more than the
    /// largest datagram that is to be taken: what fills it is dropped.
    pub fn new(client: Client<'c>, network: &'c N, clock: C, received: &'c mut [u8]) -> Self {
        Self {
            work: Work::new(client),
            network,
            clock,
            received,
            socket: None,
            target: None,
            addresses: None,
        }
    }

    /// [`Driver::sleep_after`](super::Driver::sleep_after)
    pub fn sleep_after(&mut self, after: Duration) {
        self.work.sleep_after(after, self.clock.now());
    }

    /// [`Driver::keep_snapshots`](super::Driver::keep_snapshots)
    #[cfg(feature = "snapshot")]
    pub fn keep_snapshots<A: Application>(
        &mut self,
        store: &'c mut impl crate::Store,
        application: &mut A,
    ) -> crate::Restored {
        let now = self.clock.now();
        self.work.keep_snapshots(store, now, application)
    }

    /// For commands before it runs; later the application gives them when it is
    /// [polled](Application::poll).
    pub fn client_mut(&mut self) -> &mut Client<'c> {
        &mut self.work.client
    }

    /// Runs the client, for good.
    pub async fn run<A: Application>(mut self, application: &mut A) -> ! {
        loop {
            self.turn(application).await;
            // A flood leaves the executor's other tasks their turn.
            yield_now().await;
            match self.target.take() {
                Some(target) => self.open(&target, application).await,
                None => self.receive(application).await,
            }
        }
    }

    async fn turn<A: Application>(&mut self, application: &mut A) {
        self.work.handle_timeout(self.clock.now());
        self.settle(application).await;
        self.work.poll(self.clock.now(), application);
        self.settle(application).await;
    }

    /// Does all that the client wants, but for opening.
    async fn settle<A: Application>(&mut self, application: &mut A) {
        loop {
            let mut result = None;
            while let Some(job) = self.work.next(self.clock.now(), application) {
                match job {
                    Job::Send(datagram, _) => {
                        if let Err(error) = send(&mut self.socket, datagram).await {
                            self.socket = None;
                            result = Some(error);
                        }
                    }
                    Job::Request(TransportRequest::Open { account, .. }) => {
                        self.socket = None;
                        let target = Target::of(&account);
                        result = target.as_ref().err().copied();
                        self.target = target.ok();
                    }
                    Job::Request(TransportRequest::Close) => {
                        self.close();
                        result = None;
                    }
                }
            }
            self.work.report_events(application);
            if self.work.take_given_up() {
                self.close();
            }
            let Some(error) = result else { return };
            self.work.handle_connection(self.clock.now(), Err(error));
        }
    }

    fn close(&mut self) {
        self.socket = None;
        self.target = None;
    }

    /// Connects, and goes on with timers and the application meanwhile. Ends early where the client
    /// wants something else by then.
    async fn open<A: Application>(&mut self, target: &Target, application: &mut A) {
        self.addresses = self.work.restored_endpoints().or(self.addresses);
        let before = self.addresses.map(|addresses| addresses.local.port());
        let mut connecting = pin!(connect(self.network, target, before));
        loop {
            let until = self.wait_until(application);
            match select(connecting.as_mut(), self.clock.wait_until(until)).await {
                Either::First(result) => {
                    let result = result.map(|(addresses, socket)| self.adopt(addresses, socket));
                    self.work.handle_connection(self.clock.now(), result);
                    return self.work.note_endpoints(|| self.addresses);
                }
                Either::Second(()) => self.turn(application).await,
            }
            if self.target.is_some() || !self.work.is_opening {
                return;
            }
        }
    }

    fn wait_until<A: Application>(&mut self, application: &mut A) -> Option<Instant> {
        if self.work.falls_asleep(self.clock.now()) {
            application.asleep();
        }
        self.work.wait_until()
    }

    fn adopt(&mut self, addresses: Endpoints, socket: N::Connected) -> Association {
        self.socket = Some(socket);
        match self.addresses.replace(addresses) {
            before if before == Some(addresses) => Association::Continued,
            _ => Association::New,
        }
    }

    /// Waits for a datagram, the application, or the time.
    async fn receive<A: Application>(&mut self, application: &mut A) {
        let until = self.wait_until(application);
        let wait = self.clock.wait_until(until);
        let Some(socket) = &mut self.socket else {
            return wait.await;
        };
        match select(socket.receive_into(self.received), wait).await {
            Either::First(Ok(length)) => {
                let is_whole = length < self.received.len();
                let datagram = self.received.get(..length).filter(|_| is_whole);
                let datagram = datagram.unwrap_or_default();
                self.work
                    .handle_datagram(self.clock.now(), datagram, application);
            }
            Either::First(Err(error)) => {
                self.socket = None;
                // Asleep, the next message finds out.
                if !self.work.is_asleep() {
                    let error = error.kind().into();
                    self.work.handle_connection(self.clock.now(), Err(error));
                }
            }
            Either::Second(()) => {}
        }
    }
}

impl Target {
    fn of(account: &Account<'_>) -> Result<Self, TransportError> {
        let server = account.plain_server()?;
        Ok(Self {
            host: server.host.to_name(),
            port: server.port,
        })
    }
}

/// Connects a socket, from the port of the one before where that can be had: without DTLS the server
/// knows the device by it. An IPv6 address with a zone is for the network's resolver.
async fn connect<N: UdpStack + Dns>(
    network: &N,
    target: &Target,
    before: Option<u16>,
) -> Result<(Endpoints, N::Connected), TransportError> {
    let address = match target.host.parse::<IpAddr>() {
        Ok(address) => address,
        Err(_) => network
            .get_host_by_name(&target.host, AddrType::Either)
            .await
            .map_err(|_| TransportError::NotResolved)?,
    };
    let remote = SocketAddr::new(address, target.port);
    let any: IpAddr = match remote {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let kept = match before {
        Some(port) => {
            let local = SocketAddr::new(any, port);
            network.connect_from(local, remote).await.ok()
        }
        None => None,
    };
    let (local, socket) = match kept {
        Some(kept) => kept,
        None => network
            .connect(remote)
            .await
            .map_err(|error| error.kind())?,
    };
    Ok((Endpoints { local, remote }, socket))
}

async fn send<S: ConnectedUdp>(
    socket: &mut Option<S>,
    datagram: &[u8],
) -> Result<(), TransportError> {
    let socket = socket.as_mut().ok_or(TransportError::Socket)?;
    let sent = socket.send(datagram).await;
    Ok(sent.map_err(|error| error.kind())?)
}
