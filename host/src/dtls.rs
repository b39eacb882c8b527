//! A DTLS 1.2 session with a pre-shared key or certificates, without I/O.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use client_lite::Detail;
use dimpl::crypto::Dtls12CipherSuite;
use dimpl::{Config, Dtls, Error, Output, PskResolver, SecurityError};

use crate::alert;
use crate::certificates::Certificates;

/// Who this device is to a server.
#[derive(PartialEq)]
pub(crate) enum Credentials {
    PreSharedKey { identity: Vec<u8>, key: Vec<u8> },
    Certificates(Arc<Certificates>),
}

/// What a handshake asks for.
#[derive(PartialEq)]
pub(crate) struct Proposal {
    /// The name that the server's certificate has to have.
    pub(crate) server_name: String,
    /// By their numbers; all that there are where it is empty.
    pub(crate) cipher_suites: Vec<u16>,
}

pub(crate) struct Session {
    dtls: Dtls,
    /// Where the server shows a certificate: for whom it has to be, and by whom.
    expected: Option<(String, Arc<Certificates>)>,
    due: Instant,
    buffer: Vec<u8>,
    state: State,
}

enum State {
    Handshaking,
    /// The server's certificate was accepted.
    Verified,
    Connected,
    /// It was not, for this reason, which is still to be told.
    Refused(Option<String>),
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
    /// The session has ended: the server's certificate is not accepted.
    Refused(String),
}

impl Session {
    /// Begins a handshake, which fails after `timeout` at the latest: earlier, after 31 s, where the peer is
    /// silent.
    ///
    /// An error of any method is the end of the session.
    pub(crate) fn new(
        proposal: &Proposal,
        credentials: &Credentials,
        timeout: Duration,
        now: Instant,
    ) -> Result<Self, Error> {
        let mut config = Config::builder().handshake_timeout(timeout);
        if !proposal.cipher_suites.is_empty() {
            let suites = proposal.cipher_suites.iter();
            let suites: Vec<_> = suites.copied().map(Dtls12CipherSuite::from_u16).collect();
            // Of DTLS 1.3, which would do in their place, there are none.
            config = config
                .dtls12_cipher_suites(&suites)
                .dtls13_cipher_suites(&[]);
        }
        let (mut dtls, expected) = match credentials {
            Credentials::PreSharedKey { identity, key } => {
                let config = config
                    .with_psk_client(identity.clone(), Arc::new(Key(key.clone())))
                    .build()?;
                (Dtls::new_12_psk(Arc::new(config), now), None)
            }
            Credentials::Certificates(certificates) => {
                let config = Arc::new(config.build()?);
                let dtls = Dtls::new_12(config, certificates.own(), now);
                (
                    dtls,
                    Some((proposal.server_name.clone(), certificates.clone())),
                )
            }
        };
        dtls.set_active(true);
        dtls.handle_timeout(now)?;
        Ok(Self {
            dtls,
            expected,
            due: now,
            buffer: vec![0; 2048],
            state: State::Handshaking,
        })
    }

    pub(crate) fn handle_datagram(&mut self, now: Instant, datagram: &[u8]) -> Result<(), Error> {
        if matches!(self.state, State::Handshaking) {
            // `dimpl` panics where the server's certificate does not fit, which is no longer than all
            // that has come.
            let room = self.buffer.len() + datagram.len();
            self.buffer.resize(room.min(LONGEST_CERTIFICATE), 0);
        }
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
        if let State::Refused(reason) = &mut self.state {
            return reason.take().map(Step::Refused);
        }
        loop {
            match self.dtls.poll_output(&mut self.buffer) {
                Output::Packet(datagram) => return Some(Step::Transmit(datagram.to_vec())),
                Output::ApplicationData(data) => return Some(Step::Plaintext(data.to_vec())),
                // Comes before what follows from it is sent.
                Output::PeerCert(certificate) => {
                    let Some((host, certificates)) = &self.expected else {
                        continue;
                    };
                    let now = SystemTime::now();
                    match certificates.verify(host, certificate, now) {
                        Ok(()) => self.state = State::Verified,
                        Err(refusal) => {
                            self.state = State::Refused(Some(refusal.reason));
                            return Some(Step::Transmit(alert::record(refusal.alert)));
                        }
                    }
                }
                Output::Connected => {
                    if self.expected.is_some() && !matches!(self.state, State::Verified) {
                        self.state = State::Refused(None);
                        return Some(Step::Refused("there is none".into()));
                    }
                    self.state = State::Connected;
                    return Some(Step::Connected);
                }
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

/// The server's alert, where that has ended a session.
pub(crate) fn alert(error: &Error) -> Option<u8> {
    match error {
        Error::SecurityError(SecurityError::FatalAlert { description }) => Some(*description),
        _ => None,
    }
}

/// What has ended a handshake, and what to look at, for whoever set the device up.
pub(crate) fn why(credentials: &Credentials, error: &Error) -> String {
    // An alert says by itself what to look at.
    if let Some(alert) = alert(error) {
        return Detail::Alert(alert).to_string();
    }
    // Servers tend to be silent about what they do not accept.
    match (credentials, error) {
        (Credentials::PreSharedKey { .. }, _) => format!("{error}; check identity and key"),
        (Credentials::Certificates(_), Error::Timeout(_)) => {
            format!("{error}; check this device's certificate")
        }
        (Credentials::Certificates(_), _) => error.to_string(),
    }
}

struct Key(Vec<u8>);

impl PskResolver for Key {
    fn resolve(&self, _: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }
}

/// `dimpl` puts it together from 30 datagrams at most.
const LONGEST_CERTIFICATE: usize = 30 * 65_536;
