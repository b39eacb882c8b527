//! The device's transport: it opens associations as the test says.

use std::collections::VecDeque;

use client_lite::{
    Account, Association, Certificates, Duration, Instant, Security, TransportError, Trust,
};

use super::{millis, wire};

/// What becomes of an attempt to open an association.
pub type Outcome = Result<Association, TransportError>;

/// Resolves, connects and shakes hands, or fails to.
///
/// Unless told otherwise it succeeds: without security the local port stays, so that the first
/// association with a server is a new one and the others go on; with security one goes on unless it
/// is to be renewed.
pub struct ScriptedTransport {
    /// How long it takes.
    pub delay: Duration,
    /// What it was asked for.
    pub opened: Vec<Opened>,
    next: VecDeque<Outcome>,
    always: Option<Outcome>,
    state: State,
    /// The last server that there was an association with.
    server: Option<String>,
    port: u16,
}

/// An association that was asked for.
#[derive(Clone, Debug)]
pub struct Opened {
    pub at: Instant,
    pub uri: String,
    /// Identity and key.
    pub psk: Option<(Vec<u8>, Vec<u8>)>,
    pub certificates: Option<Certificates<'static>>,
    /// Server name and cipher suites.
    pub proposed: (String, Vec<u16>),
    pub renew: bool,
}

#[derive(Clone, Copy)]
enum State {
    Closed,
    Opening { done: Instant, outcome: Outcome },
    Open,
}

impl ScriptedTransport {
    pub fn new() -> Self {
        Self {
            delay: millis(50),
            opened: Vec::new(),
            next: VecDeque::new(),
            always: None,
            state: State::Closed,
            server: None,
            port: wire::FIRST_PORT,
        }
    }

    /// The outcome of the next attempt that has none yet.
    pub fn then(&mut self, outcome: Outcome) {
        self.next.push_back(outcome);
    }

    /// The outcome of all attempts from now on.
    pub fn always(&mut self, outcome: Outcome) {
        self.always = Some(outcome);
    }

    /// Ends what [`always`](Self::always) and [`then`](Self::then) began.
    pub fn as_usual(&mut self) {
        self.always = None;
        self.next.clear();
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open)
    }

    /// The local port, which a new association changes.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn open(&mut self, now: Instant, account: Account<'_>, renew: bool) {
        let uri = account.uri;
        let same = self.server.as_deref() == Some(uri);
        let goes_on = same && !(renew && uri.starts_with("coaps"));
        let usual = match goes_on {
            true => Association::Continued,
            false => Association::New,
        };
        let outcome = self.next.pop_front().or(self.always).unwrap_or(Ok(usual));
        if outcome.is_ok() {
            self.server = Some(uri.to_owned());
        }
        let done = now + self.delay;
        self.state = State::Opening { done, outcome };
        self.opened.push(Opened {
            at: now,
            uri: uri.to_owned(),
            psk: match account.security {
                Security::PreSharedKey { identity, key } => Some((identity.into(), key.into())),
                _ => None,
            },
            certificates: match account.security {
                Security::Certificates(certificates) => Some(kept(certificates)),
                _ => None,
            },
            proposed: (
                account.handshake.server_name.to_owned(),
                account
                    .handshake
                    .cipher_suites
                    .iter()
                    .copied()
                    .filter(|suite| *suite != 0)
                    .collect(),
            ),
            renew,
        });
    }

    /// What has become of an attempt, once it is over.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Outcome> {
        let State::Opening { done, outcome } = self.state else {
            return None;
        };
        if done > now {
            return None;
        }
        self.state = match outcome {
            Ok(_) => State::Open,
            Err(_) => State::Closed,
        };
        if outcome == Ok(Association::New) {
            self.port += 1;
        }
        Some(outcome)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Opening { done, .. } => Some(done),
            State::Closed | State::Open => None,
        }
    }

    /// Takes a port from before a loss of power again, for the same server.
    pub(super) fn restore(&mut self, port: u16, uri: &str) {
        self.port = port;
        self.server = Some(uri.to_owned());
    }

    /// Whether the open association has security.
    pub(super) fn is_secure(&self) -> bool {
        let server = self.server.as_deref();
        server.is_some_and(|uri| uri.starts_with("coaps"))
    }

    /// An association of DTLS is lost with the power; without security it is the same one between the
    /// same ports.
    pub(super) fn lose_power(&mut self) {
        self.close();
        if self.is_secure() {
            self.server = None;
        }
    }

    pub(super) fn close(&mut self) {
        self.state = State::Closed;
    }
}

/// For as long as the test runs.
fn kept(certificates: Certificates<'_>) -> Certificates<'static> {
    let kept = |bytes: &[u8]| &*bytes.to_vec().leak();
    Certificates {
        certificate: kept(certificates.certificate),
        key: kept(certificates.key),
        server: match certificates.server {
            Trust::Authority(authority) => Trust::Authority(kept(authority)),
            Trust::Certificate(certificate) => Trust::Certificate(kept(certificate)),
        },
    }
}
