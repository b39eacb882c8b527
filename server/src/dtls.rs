//! DTLS 1.2 with pre-shared keys and certificates: one association a peer, between a socket and
//! [`crate::Server`].

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dimpl::crypto::Dtls12CipherSuite;
use dimpl::{Config, Dtls, Error, Output, PskResolver, SecurityError};

use crate::alert::{self, Alert};
use crate::{Certificates, Psk, client_hello};

pub(crate) struct Associations {
    config: Arc<Config>,
    certificates: Option<Certificates>,
    by_peer: BTreeMap<SocketAddr, Association>,
    datagrams: VecDeque<(SocketAddr, Vec<u8>)>,
    /// Of the peer whose datagram was handled last.
    plaintexts: VecDeque<Vec<u8>>,
    /// Peers whose handshake has failed, and why.
    failures: VecDeque<(SocketAddr, String)>,
}

/// A handshake does not disturb the association before it until it is complete: a ClientHello can
/// be forged (RFC 6347, 4.2.8).
struct Association {
    established: Option<Session>,
    handshake: Option<Session>,
    heard: Instant,
}

struct Session {
    dtls: Dtls,
    connected: bool,
    due: Instant,
    /// The endpoint name that the peer's certificate is for.
    endpoint: Option<String>,
    /// Bytes of the handshake that have come: the peer's certificate is no longer. `dimpl` panics where
    /// it does not fit into the buffer.
    received: usize,
}

impl Associations {
    /// Without certificates it is by keys that a handshake goes, even where there is none.
    pub(crate) fn new(keys: &[Psk], certificates: Option<Certificates>) -> io::Result<Self> {
        let mut config = Config::builder();
        if !keys.is_empty() || certificates.is_none() {
            let keys = keys
                .iter()
                .map(|psk| (psk.identity.clone(), psk.key.clone()))
                .collect();
            config = config.with_psk_server(None, Arc::new(Keys(keys)));
        }
        if let Some(certificates) = &certificates {
            certificates.check()?;
            config = config.require_client_certificate(certificates.require_client);
        }
        let config = config
            .build()
            .map_err(|error| io::Error::other(format!("DTLS: {error:?}")))?;
        Ok(Self {
            config: Arc::new(config),
            certificates,
            by_peer: BTreeMap::new(),
            datagrams: VecDeque::new(),
            plaintexts: VecDeque::new(),
            failures: VecDeque::new(),
        })
    }

    /// Whether `peer` has completed a handshake.
    pub(crate) fn has(&self, peer: SocketAddr) -> bool {
        self.by_peer
            .get(&peer)
            .is_some_and(|association| association.established.is_some())
    }

    /// The endpoint name that a peer's certificate is for.
    pub(crate) fn endpoint(&self, peer: SocketAddr) -> Option<&str> {
        let established = self.by_peer.get(&peer)?.established.as_ref()?;
        established.endpoint.as_deref()
    }

    pub(crate) fn handle_datagram(&mut self, now: Instant, peer: SocketAddr, datagram: &[u8]) {
        let offered = client_hello::cipher_suites(datagram);
        if !self.by_peer.contains_key(&peer) {
            if offered.is_none() {
                return;
            }
            self.make_room(now);
        }
        let association = self.by_peer.entry(peer).or_insert(Association {
            established: None,
            handshake: None,
            heard: now,
        });
        association.heard = now;
        if let Some(offered) = offered
            && association.handshake.is_none()
        {
            let config = self.config.clone();
            let suite = first_known(&config, &offered);
            if suite.is_none() && !offered.is_empty() {
                // `dimpl` would be silent.
                let reason = "there is no cipher suite in common".into();
                return self.refuse(peer, Some(alert::HANDSHAKE_FAILURE), reason);
            }
            let dtls = match &self.certificates {
                Some(certificates) if !suite.is_some_and(|suite| suite.is_psk()) => {
                    Dtls::new_12(config, certificates.own(), now)
                }
                _ => Dtls::new_12_psk(config, now),
            };
            association.handshake = Some(Session {
                dtls,
                connected: false,
                due: now,
                endpoint: None,
                received: 0,
            });
        }
        // Before the keys are there, records are in epoch 0; whose keys the others fit shows only
        // in decrypting them.
        let encrypted = datagram.get(3..5) != Some(&[0, 0]);
        if (encrypted || association.handshake.is_none())
            && let Some(session) = &mut association.established
            && session.dtls.handle_packet(datagram).is_err()
        {
            association.established = None;
        }
        if let Some(session) = &mut association.handshake {
            session.received += datagram.len();
            let taken = session.dtls.handle_timeout(now);
            if let Err(error) = taken.and_then(|()| session.dtls.handle_packet(datagram)) {
                // What is queued, such as an alert, still goes out.
                self.drain(peer);
                self.fail(peer, &error);
            }
        }
        self.drain(peer);
    }

    /// Encrypts `plaintext` for `peer`.
    pub(crate) fn send(&mut self, now: Instant, peer: SocketAddr, plaintext: &[u8]) {
        let Some(association) = self.by_peer.get_mut(&peer) else {
            return;
        };
        if let Some(session) = &mut association.established {
            let sent = session.dtls.handle_timeout(now).is_ok()
                && session.dtls.send_application_data(plaintext).is_ok();
            if !sent {
                association.established = None;
            }
        }
        self.drain(peer);
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        let due = |association: &Association| {
            let sessions = association.sessions().map(|session| session.due);
            sessions.fold(association.heard + IDLE, Instant::min)
        };
        self.by_peer.values().map(due).min()
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        let due: Vec<_> = self
            .by_peer
            .iter()
            .filter(|(_, association)| {
                association.sessions().any(|session| session.due <= now)
                    || now.duration_since(association.heard) >= IDLE
            })
            .map(|(peer, _)| *peer)
            .collect();
        for peer in due {
            if let Some(association) = self.by_peer.get_mut(&peer) {
                if let Some(session) = &mut association.established
                    && session.dtls.handle_timeout(now).is_err()
                {
                    association.established = None;
                }
                let handshake = association.handshake.as_mut();
                let result = handshake.map_or(Ok(()), |session| session.dtls.handle_timeout(now));
                if now.duration_since(association.heard) >= IDLE {
                    self.by_peer.remove(&peer);
                }
                if let Err(error) = result {
                    self.fail(peer, &error);
                }
            }
            self.drain(peer);
        }
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
        self.datagrams.pop_front()
    }

    pub(crate) fn poll_plaintext(&mut self) -> Option<Vec<u8>> {
        self.plaintexts.pop_front()
    }

    /// The next peer whose handshake has failed, and why.
    pub(crate) fn poll_failure(&mut self) -> Option<(SocketAddr, String)> {
        self.failures.pop_front()
    }

    fn fail(&mut self, peer: SocketAddr, error: &Error) {
        let (alert, reason) = match error {
            Error::SecurityError(SecurityError::FatalAlert { description }) => (
                None,
                format!("the device refuses, with alert {description}"),
            ),
            Error::Timeout(_) => (None, error.to_string()),
            _ => (Some(alert::HANDSHAKE_FAILURE), error.to_string()),
        };
        self.refuse(peer, alert, reason);
    }

    /// Ends a peer's handshake.
    fn refuse(&mut self, peer: SocketAddr, alert: Option<Alert>, reason: String) {
        if let Some(alert) = alert {
            self.datagrams.push_back((peer, alert::record(alert)));
        }
        self.failures.push_back((peer, reason));
        if let Some(association) = self.by_peer.get_mut(&peer) {
            association.handshake = None;
            if association.established.is_none() {
                self.by_peer.remove(&peer);
            }
        }
    }

    fn drain(&mut self, peer: SocketAddr) {
        let Some(association) = self.by_peer.get_mut(&peer) else {
            return;
        };
        let mut buffer = vec![0; 2048];
        let mut refused = None;
        for slot in [&mut association.established, &mut association.handshake] {
            let Some(session) = slot else { continue };
            if !session.connected {
                let most = session.received.min(LONGEST_CERTIFICATE);
                buffer.resize(most.max(buffer.len()), 0);
            }
            loop {
                match session.dtls.poll_output(&mut buffer) {
                    Output::Packet(bytes) => self.datagrams.push_back((peer, bytes.to_vec())),
                    Output::ApplicationData(bytes) => {
                        self.plaintexts.push_back(bytes.to_vec());
                    }
                    // Comes before what follows from it is sent.
                    Output::PeerCert(certificate) => {
                        let certificates = self.certificates.as_ref();
                        match certificates.map(|own| own.endpoint(certificate)) {
                            Some(Ok(endpoint)) => session.endpoint = Some(endpoint),
                            Some(Err(why)) => {
                                refused = Some(why);
                                break;
                            }
                            None => {}
                        }
                    }
                    Output::Connected => session.connected = true,
                    Output::BufferTooSmall { needed } => buffer.resize(needed, 0),
                    Output::Timeout(due) => {
                        session.due = due;
                        break;
                    }
                    _ => {}
                }
            }
            if session.dtls.is_closed() || session.dtls.is_closing() {
                *slot = None;
            }
        }
        if let Some((alert, reason)) = refused {
            return self.refuse(peer, Some(alert), reason);
        }
        if association
            .handshake
            .as_ref()
            .is_some_and(|session| session.connected)
        {
            association.established = association.handshake.take();
        }
        if association.sessions().next().is_none() {
            self.by_peer.remove(&peer);
        }
    }

    /// Drops the longest idle association, one without keys first, when there are too many.
    fn make_room(&mut self, now: Instant) {
        if self.by_peer.len() < MOST_ASSOCIATIONS {
            return;
        }
        let worst = self
            .by_peer
            .iter()
            .max_by_key(|(_, association)| {
                (
                    association.established.is_none(),
                    now.duration_since(association.heard),
                )
            })
            .map(|(peer, _)| *peer);
        if let Some(peer) = worst {
            self.by_peer.remove(&peer);
        }
    }
}

impl Association {
    fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.established.iter().chain(&self.handshake)
    }
}

struct Keys(BTreeMap<Vec<u8>, Vec<u8>>);

impl PskResolver for Keys {
    fn resolve(&self, identity: &[u8]) -> Option<Vec<u8>> {
        self.0.get(identity).cloned()
    }
}

/// The first cipher suite that a client offers and this server has: where there are keys and certificates,
/// it says which.
fn first_known(config: &Config, offered: &[Dtls12CipherSuite]) -> Option<Dtls12CipherSuite> {
    let known = |suite: &&Dtls12CipherSuite| {
        let mut all = config.dtls12_cipher_suites();
        all.any(|one| one.suite() == **suite)
    };
    offered.iter().find(known).copied()
}

/// `dimpl` puts it together from 30 datagrams at most.
const LONGEST_CERTIFICATE: usize = 30 * 65_536;

const MOST_ASSOCIATIONS: usize = 1024;

/// Longer than LwM2M's default lifetime.
const IDLE: Duration = Duration::from_secs(2 * 86_400);
