//! A DTLS 1.2 session with a pre-shared key, without I/O.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dimpl::{Dtls, Error, Output, PskResolver};

pub(crate) struct Session {
    dtls: Dtls,
    due: Instant,
    buffer: Vec<u8>,
}

/// What comes out of a session.
pub(crate) enum Step {
    /// A datagram to be sent.
    Transmit(Vec<u8>),
    /// The handshake is complete.
    Connected,
    /// Data from the peer.
    Plaintext(Vec<u8>),
    /// The peer has closed the session.
    Closed,
}

impl Session {
    /// Begins a handshake, which fails after `timeout` at the latest: earlier, after 31 s, where
    /// the peer is silent.
    ///
    /// An error of any method is the end of the session.
    pub(crate) fn new(
        identity: &[u8],
        key: &[u8],
        timeout: Duration,
        now: Instant,
    ) -> Result<Self, Error> {
        let config = dimpl::Config::builder()
            .with_psk_client(identity.to_vec(), Arc::new(Key(key.to_vec())))
            .handshake_timeout(timeout)
            .build()?;
        let mut dtls = Dtls::new_12_psk(Arc::new(config), now);
        dtls.set_active(true);
        dtls.handle_timeout(now)?;
        Ok(Self {
            dtls,
            due: now,
            buffer: vec![0; 2048],
        })
    }

    pub(crate) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Error> {
        self.dtls.handle_timeout(now)?;
        self.dtls.handle_packet(datagram)
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.dtls.handle_timeout(now)
    }

    pub(crate) fn send(&mut self, now: Instant, plaintext: &[u8]) -> Result<(), Error> {
        self.dtls.handle_timeout(now)?;
        self.dtls.send_application_data(plaintext).map(|_| ())
    }

    /// Tells the peer that the session ends.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        self.dtls.close()
    }

    /// To be called after every other method until it gives `None`.
    pub(crate) fn poll(&mut self) -> Option<Step> {
        loop {
            match self.dtls.poll_output(&mut self.buffer) {
                Output::Packet(datagram) => return Some(Step::Transmit(datagram.to_vec())),
                Output::ApplicationData(data) => return Some(Step::Plaintext(data.to_vec())),
                Output::Connected => return Some(Step::Connected),
                Output::CloseNotify => return Some(Step::Closed),
                Output::BufferTooSmall { needed } => self.buffer.resize(needed, 0),
                Output::Timeout(due) => {
                    self.due = due;
                    return None;
                }
                _ => {}
            }
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called.
    pub(crate) fn due(&self) -> Instant {
        self.due
    }
}

struct Key(Vec<u8>);

impl PskResolver for Key {
    fn resolve(&self, _: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }
}
