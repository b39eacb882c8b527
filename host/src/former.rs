//! The association that was open before the present one, kept for a while: its server may not have got
//! the last response, and ask again.

use std::collections::VecDeque;
use std::time::Instant;

use crate::dtls::{Session, Step};
use crate::udp::Udp;

pub(crate) struct Former {
    udp: Udp,
    session: Option<Session>,
    plaintexts: VecDeque<Vec<u8>>,
    /// How long it is kept.
    pub(crate) until: Instant,
}

impl Former {
    pub(crate) fn new(udp: Udp, session: Option<Session>, until: Instant) -> Self {
        let plaintexts = VecDeque::new();
        Self {
            udp,
            session,
            plaintexts,
            until,
        }
    }

    /// The next message from its server. What fails is as good as silence.
    pub(crate) fn receive(&mut self, now: Instant, buffer: &mut [u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(plaintext) = self.plaintexts.pop_front() {
                return Some(plaintext);
            }
            let length = self.udp.receive(buffer).ok()??;
            let Some(session) = &mut self.session else {
                return Some(buffer[..length].to_vec());
            };
            session.handle_datagram(now, &buffer[..length]).ok()?;
            self.drain();
        }
    }

    pub(crate) fn send(&mut self, now: Instant, message: &[u8]) {
        let Some(session) = &mut self.session else {
            let _ = self.udp.send(message);
            return;
        };
        let _ = session.send(now, message);
        self.drain();
    }

    /// Tells the server that a DTLS session ends.
    pub(crate) fn close(mut self) {
        if let Some(session) = &mut self.session {
            let _ = session.close();
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(step) = self.session.as_mut().and_then(Session::poll) {
            match step {
                Step::Transmit(datagram) => {
                    let _ = self.udp.send(&datagram);
                }
                Step::Plaintext(plaintext) => self.plaintexts.push_back(plaintext),
                Step::Connected | Step::Closed | Step::Refused(_) => {}
            }
        }
    }
}
