//! Information reporting (LwM2M Core 1.1, 6.4; RFC 7641): observations and their notifications.

use core::fmt;

use coap_lite::MessageType;

use crate::client::config::Notifications;
use crate::client::management::Content;
use crate::client::{Client, Purpose};
use crate::coap::{Message, Token, Writer};
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::time::{Duration, Instant};

/// A place that the server observes.
#[derive(Clone, Copy)]
pub(crate) struct Observation {
    path: Path,
    token: Token,
    format: u16,
    /// The message id of the newest notification, to know a Reset by.
    message_id: u16,
    /// The number of the newest notification (RFC 7641, 3.4).
    sequence: u32,
    /// When the server last said that it is still interested.
    confirmed: Instant,
    /// Whether the newest value has yet to be told.
    changed: bool,
}

/// Application's part.
impl Client<'_> {
    /// A resource, or all below a path, has new values: observers are notified, and
    /// auto-observable resources sent, with the next messages. Of several changes before that the
    /// last is told.
    ///
    /// An error names what is full; the change is then known to observers only.
    pub fn changed(
        &mut self,
        path: Path,
        objects: &mut [&mut dyn crate::Object],
    ) -> Result<(), ChangesFull> {
        let observed = self.mark_observed(path);
        #[cfg(feature = "send")]
        if !observed && self.tree(objects).is_auto_observable(path) {
            return self.send(path);
        }
        let _ = (observed, objects);
        Ok(())
    }
}

/// No room for another changed resource in [`Storage`](crate::Storage)'s `CHANGES`: those that wait
/// stay, and this one reaches the server with its next change or by a Read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChangesFull;

impl fmt::Display for ChangesFull {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("too many changed resources wait to be sent: enlarge Storage's CHANGES")
    }
}

impl core::error::Error for ChangesFull {}

impl Client<'_> {
    /// Notes that a place has a new value; whether anybody observes all of it.
    pub(super) fn mark_observed(&mut self, path: Path) -> bool {
        let mut observed = false;
        for observation in self.observations.iter_mut() {
            if observation.path.meets(path) {
                observation.changed = true;
                observed |= observation.path.contains(path);
            }
        }
        observed
    }

    /// Begins or ends an observation where a Read asks for it; the number for its answer's Observe
    /// option (RFC 7641, 4.1).
    pub(super) fn observe(
        &mut self,
        message: &Message<'_>,
        wish: u32,
        path: Path,
        format: u16,
    ) -> Option<u32> {
        // There is one server: a second observation of a place takes the place of the first.
        self.forget(&|observation| observation.token == message.token || observation.path == path);
        if wish != 0 {
            return None;
        }
        let observation = Observation {
            path,
            token: message.token,
            format,
            message_id: message.id,
            sequence: 0,
            confirmed: self.timeline.now(),
            changed: false,
        };
        self.observations.push(observation).ok().map(|()| 0)
    }

    pub(super) fn forget_observation(&mut self, token: &Token) {
        self.forget(&|observation| observation.token == *token);
    }

    /// Ends the observation whose newest notification has this message id.
    pub(super) fn forget_notified(&mut self, message_id: u16) -> bool {
        self.forget(&|observation| {
            observation.sequence != 0 && observation.message_id == message_id
        })
    }

    /// Ends all observations.
    pub(super) fn forget_observations(&mut self) {
        self.forget(&|_| true);
    }

    /// Ends some observations; whether there were any.
    fn forget(&mut self, which: &dyn Fn(&Observation) -> bool) -> bool {
        let before = self.observations.len();
        self.observations.retain(|observation| !which(observation));
        self.observations.len() < before
    }

    /// Writes the next notification that is due.
    pub(super) fn transmit_notification(
        &mut self,
        now: Instant,
        objects: Objects<'_, '_>,
    ) -> usize {
        let busy = self.exchange.is_some();
        let always = self.config.notifications == Notifications::Confirmable;
        for observation in self.observations.iter_mut() {
            let confirm = always || observation.confirmed + CONFIRM_EVERY <= now;
            if !observation.changed || (confirm && busy) {
                continue;
            }
            let token = observation.token;
            self.renumber(&token);
            self.counters.notifications += 1;
            if confirm {
                self.begin(Purpose::Notify, token);
                return self.transmit_exchange(now, objects);
            }
            let id = self.new_message_id();
            let kind = MessageType::NonConfirmable;
            return self
                .write_notification(kind, id, &token, objects)
                .unwrap_or_default();
        }
        0
    }

    /// The newest value goes out under a new number.
    pub(super) fn renumber(&mut self, token: &Token) {
        if let Some(observation) = self.observation(token) {
            // 24 bits (RFC 7641, 2).
            observation.sequence = (observation.sequence + 1) & 0x00ff_ffff;
        }
    }

    /// A notification; what cannot be read any longer ends its observation with an error
    /// (RFC 7641, 4.2).
    pub(super) fn write_notification(
        &mut self,
        kind: MessageType,
        id: u16,
        token: &Token,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        let observation = self.observation(token)?;
        observation.changed = false;
        observation.message_id = id;
        let content = Content {
            path: observation.path,
            format: observation.format,
            sequence: Some(observation.sequence),
        };
        match self.write_content(kind, id, token, &content, objects) {
            Ok(length) => Some(length),
            Err(refusal) => {
                self.forget_observation(token);
                Writer::new(self.message, kind, refusal.code(), id, token)
                    .finish()
                    .1
            }
        }
    }

    /// The server has the outstanding notification, or wants no more of them.
    pub(super) fn notification_acknowledged(
        &mut self,
        token: &Token,
        rejected: bool,
        objects: Objects<'_, '_>,
    ) {
        if rejected {
            return self.forget_observation(token);
        }
        let now = self.timeline.now();
        if let Some(observation) = self.observation(token) {
            observation.confirmed = now;
            let path = observation.path;
            self.tree(objects).delivered(path);
        }
    }

    /// The outstanding notification did not arrive: its value goes out with the next one.
    pub(super) fn notification_unanswered(&mut self, token: &Token) {
        if let Some(observation) = self.observation(token) {
            observation.changed = true;
        }
    }

    fn observation(&mut self, token: &Token) -> Option<&mut Observation> {
        self.observations
            .iter_mut()
            .find(|observation| observation.token == *token)
    }
}

/// How long a server may be notified without confirming that it is interested (RFC 7641, 4.5).
const CONFIRM_EVERY: Duration = Duration::from_secs(24 * 3600);
