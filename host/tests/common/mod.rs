//! A device on a thread of its own, and what it has been told.
#![allow(dead_code, reason = "each test uses a part")]

pub mod relay;

use std::fmt::Debug;
use std::net::{Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use client_lite::{
    Account, BackOff, Certificates, Client, Config, Detail, Error, Event, Object, TransportError,
    Trust,
};
use client_lite_host::{Application, Connection, Device, Handle};
use demo_server::pki::{Authority, CertifiedKey, a_year};
use demo_server::{Psk, UdpConfig, UdpServer};

client_lite::object! {
    /// Digital input
    pub struct Button: 3200 {
        5501: presses: i64 [R, auto],
    }
}

pub struct Board {
    pub button: Button,
    events: Sender<Event>,
}

impl Application for Board {
    fn with_objects<R>(&mut self, call: impl FnOnce(&mut [&mut dyn Object]) -> R) -> R {
        call(&mut [&mut self.button])
    }

    fn event(&mut self, event: Event, _: &Client<'_>) {
        let _ = self.events.send(event);
    }
}

/// A device that has been told to register; stops when dropped.
pub struct Running {
    pub handle: Handle<Board>,
    pub events: Receiver<Event>,
    connections: Receiver<Connection>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn new(config: Config<'static>) -> Self {
        Self::start(
            config,
            new_device().handshake_timeout(Duration::from_millis(500)),
        )
    }

    /// With certificates in its account.
    pub fn certified(mut config: Config<'static>, own: Own) -> Self {
        config.account = config.account.with_certificates(own.credentials());
        Self::start(config, new_device())
    }

    /// What is to outlive it is in this folder.
    pub fn keeping(config: Config<'static>, folder: &Path) -> Self {
        Self::start(config, new_device().keep_snapshots(folder))
    }

    fn start(config: Config<'static>, device: Device<Board>) -> Self {
        let (sender, connections) = mpsc::channel();
        let device = device.on_connection(move |connection| {
            let _ = sender.send(connection.clone());
        });
        let handle = device.handle();
        let (sender, events) = mpsc::channel();
        let board = Board {
            button: Button { presses: 0 },
            events: sender,
        };
        let thread = thread::spawn(move || drop(device.run(config, board).expect("it runs")));
        handle.register();
        Self {
            handle,
            events,
            connections,
            thread: Some(thread),
        }
    }

    /// The next event.
    pub fn event(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("an event")
    }

    /// The class of the next event, which is an error.
    pub fn error(&self) -> Error {
        match self.event() {
            Event::Error { error, .. } => error,
            other => panic!("an error, but got {other:?}"),
        }
    }

    /// The cause of the next event, which is an error.
    pub fn detail(&self) -> Detail {
        match self.event() {
            Event::Error { detail, .. } => detail,
            other => panic!("an error, but got {other:?}"),
        }
    }

    /// What has become of the connections so far.
    pub fn connections(&self) -> Vec<Connection> {
        self.connections.try_iter().collect()
    }

    /// The next connection that fails.
    pub fn failure(&self) -> (TransportError, String) {
        loop {
            let connection = self.connections.recv_timeout(PATIENCE);
            if let Connection::Failed { error, reason } = connection.expect("a connection") {
                return (error, reason);
            }
        }
    }

    /// Passes over errors, up to a registration.
    pub fn expect_registered(&self) {
        loop {
            match self.event() {
                Event::Registered(_) => return,
                Event::Error { .. } => {}
                other => panic!("a registration, but got {other:?}"),
            }
        }
    }

    /// The next connection that is open.
    pub fn connection(&self) -> (SocketAddr, client_lite::Association) {
        loop {
            let connection = self.connections.recv_timeout(PATIENCE);
            if let Connection::Open {
                local, association, ..
            } = connection.expect("a connection")
            {
                return (local, association);
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !thread::panicking()
        {
            panic!("the device's thread has panicked");
        }
    }
}

fn new_device() -> Device<Board> {
    Device::new().expect("a device")
}

/// For the device `device`, which tries again soon.
pub fn config(account: Account<'static>) -> Config<'static> {
    let mut config = Config::new("device", account);
    config.back_off = BackOff {
        min: client_lite::Duration::from_millis(20),
        max: client_lite::Duration::from_millis(50),
        cap: client_lite::Duration::from_millis(100),
        factor: 2,
    };
    config
}

/// The URI of an address, for as long as the test runs.
pub fn uri(scheme: &str, address: impl Debug) -> &'static str {
    format!("{scheme}://{address:?}").leak()
}

pub fn server() -> UdpServer {
    UdpServer::start(UdpConfig::default()).expect("a server")
}

/// A server that takes [`IDENTITY`] and [`KEY`].
pub fn secure_server(config: UdpConfig) -> UdpServer {
    secure_server_at(SocketAddr::from(([127, 0, 0, 1], 0)), config)
}

/// The same at this address.
pub fn secure_server_at(address: SocketAddr, mut config: UdpConfig) -> UdpServer {
    config.dtls_bind = Some(address);
    config.psk = vec![Psk {
        identity: IDENTITY.into(),
        key: KEY.into(),
    }];
    UdpServer::start(config).expect("a server")
}

/// A certification authority that both sides know, for now.
pub fn authority() -> Authority {
    Authority::new("authority", a_year()).expect("an authority")
}

/// What a device has for servers with certificates.
#[derive(Clone)]
pub struct Own {
    pub authority: Vec<u8>,
    pub certificate: Vec<u8>,
    pub key: Vec<u8>,
}

impl Own {
    /// For as long as the test runs.
    pub fn credentials(self) -> Certificates<'static> {
        Certificates {
            certificate: self.certificate.leak(),
            key: self.key.leak(),
            server: Trust::Authority(self.authority.leak()),
        }
    }
}

/// That of the device `device`, which believes `authority`.
pub fn device_of(authority: &Authority) -> Own {
    let own = authority.device("device", a_year()).expect("a certificate");
    device_with(authority, own)
}

pub fn device_with(authority: &Authority, own: CertifiedKey) -> Own {
    Own {
        authority: authority.certificate().into(),
        certificate: own.certificate,
        key: own.key,
    }
}

/// The certificates of a server on 127.0.0.1, which believes `authority` and wants devices to have one.
pub fn server_of(authority: &Authority) -> demo_server::Certificates {
    let own = authority.server(&["127.0.0.1"], a_year());
    server_with(authority, own.expect("a certificate"))
}

pub fn server_with(authority: &Authority, own: CertifiedKey) -> demo_server::Certificates {
    demo_server::Certificates {
        ca: authority.certificate().into(),
        certificate: own.certificate,
        key: own.key,
        require_client: true,
    }
}

/// A server with certificates on any port.
pub fn certified_server(certificates: demo_server::Certificates) -> UdpServer {
    certified_server_at(SocketAddr::from(([127, 0, 0, 1], 0)), certificates)
}

/// The same at this address.
pub fn certified_server_at(
    address: SocketAddr,
    certificates: demo_server::Certificates,
) -> UdpServer {
    let config = UdpConfig {
        dtls_bind: Some(address),
        certificates: Some(certificates),
        ..UdpConfig::default()
    };
    UdpServer::start(config).expect("a server")
}

/// A port of 127.0.0.1 that answers nobody, and that nobody else gets while the socket is held: it
/// is connected to itself.
pub fn unused() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("binds");
    let address = socket.local_addr().expect("an address");
    socket.connect(address).expect("connects");
    (socket, address)
}

pub fn has_ipv6() -> bool {
    let has = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        println!("skipped: this machine has no IPv6");
    }
    has
}

pub const IDENTITY: &[u8] = b"device";
pub const KEY: &[u8] = &[7; 16];
pub const PATIENCE: Duration = Duration::from_secs(30);
