//! Information reporting (LwM2M Core 1.1, 6.4; RFC 7641): observations and their notifications.

use core::fmt;

use coap_lite::MessageType;

use crate::client::config::Notifications;
use crate::client::event::Event;
use crate::client::management::Content;
use crate::client::{Client, count};
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
    /// Whether the newest confirmable notification was given up.
    doubted: bool,
    /// Whether the outstanding notification tells that there is no value any longer.
    ended: bool,
}

impl Observation {
    /// Whether its notifications have the value of a path.
    #[cfg(feature = "send")]
    pub(super) fn tells(&self, path: Path) -> bool {
        self.path.contains(path)
    }

    /// In 24 bits (RFC 7641, 2).
    fn next_number(&self) -> u32 {
        (self.sequence + 1) & 0x00ff_ffff
    }
}

/// Application's part.
impl Client<'_> {
    /// A resource, or all below a path, has new values: observers are notified, and
    /// auto-observable resources that nobody observes are sent, with the next messages. Of several
    /// changes before that the last is told.
    ///
    /// # Errors
    ///
    /// [`ChangesFull`] where there is no room for another auto-observable resource; observers are
    /// notified all the same.
    pub fn changed(
        &mut self,
        path: Path,
        objects: &mut [&mut dyn crate::Object],
    ) -> Result<(), ChangesFull> {
        self.mark_observed(path);
        #[cfg(feature = "send")]
        return self.queue_changes(path, objects);
        #[cfg(not(feature = "send"))]
        {
            let _ = objects;
            Ok(())
        }
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
    /// Notes that a place has a new value.
    pub(super) fn mark_observed(&mut self, path: Path) {
        for observation in self.observations.iter_mut() {
            observation.changed |= observation.path.meets(path);
        }
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
        // The same request again does not turn its numbers back.
        let sequence = self
            .observation(&message.token)
            .filter(|observation| observation.path == path)
            .map_or(0, |observation| observation.next_number());
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
            sequence,
            confirmed: self.timeline.now(),
            changed: false,
            doubted: false,
            ended: false,
        };
        self.observations.push(observation).ok().map(|()| sequence)
    }

    pub(super) fn forget_observation(&mut self, token: &Token) {
        self.forget(&|observation| observation.token == *token);
    }

    /// A Reset to a notification that needs no acknowledgement ends its observation (RFC 7641, 3.6),
    /// and tells that the value has not been taken.
    pub(super) fn notification_rejected(&mut self, message_id: u16, objects: Objects<'_, '_>) {
        let rejected = self
            .observations
            .iter()
            .find(|observation| observation.sequence != 0 && observation.message_id == message_id);
        let Some(&Observation { path, token, .. }) = rejected else {
            count(&mut self.counters.discarded, 1);
            return;
        };
        self.forget_observation(&token);
        #[cfg(feature = "send")]
        // Where there is no room for it, the value goes with its next change.
        let _ = self.queue_changes(path, objects);
        #[cfg(not(feature = "send"))]
        let _ = (path, objects);
    }

    /// Ends all observations.
    pub(super) fn forget_observations(&mut self) {
        self.forget(&|_| true);
    }

    fn forget(&mut self, which: &dyn Fn(&Observation) -> bool) {
        self.observations.retain(|observation| !which(observation));
    }

    /// The observation to be notified next, and whether it is to confirm that. They take turns, so
    /// that one that changes all the time does not silence the others.
    pub(super) fn next_notification(&mut self) -> Option<(Token, bool)> {
        let now = self.timeline.now();
        let busy = self.exchange.is_some();
        let always = self.config.notifications == Notifications::Confirmable;
        let confirms =
            |observation: &Observation| always || observation.confirmed.after(CONFIRM_EVERY) <= now;
        let mut due = self
            .observations
            .iter()
            .enumerate()
            .filter(|(_, observation)| observation.changed && !(busy && confirms(observation)));
        let first = due.next()?;
        let (place, observation) = if first.0 < self.next_observation {
            due.find(|(place, _)| *place >= self.next_observation)
                .unwrap_or(first)
        } else {
            first
        };
        let next = (observation.token, confirms(observation));
        self.next_observation = place + 1;
        self.renumber(&next.0);
        count(&mut self.counters.notifications, 1);
        Some(next)
    }

    /// The newest value goes out under a new number.
    pub(super) fn renumber(&mut self, token: &Token) {
        if let Some(observation) = self.observation(token) {
            observation.sequence = observation.next_number();
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
        let result = self.write_content(kind, id, token, &content, objects);
        let confirmed = kind == MessageType::Confirmable;
        if confirmed {
            self.observation(token)?.ended = result.is_err();
        } else if result.is_err() {
            self.forget_observation(token);
        } else {
            #[cfg(feature = "send")]
            self.sends.reported(content.path);
        }
        result.ok().or_else(|| {
            let code = result.err()?.code();
            Writer::new(self.message, kind, code, id, token).finish().1
        })
    }

    /// The server has the outstanding notification, or wants no more of them.
    pub(super) fn notification_acknowledged(
        &mut self,
        token: &Token,
        rejected: bool,
        objects: Objects<'_, '_>,
    ) {
        let now = self.timeline.now();
        let Some(observation) = self.observation(token) else {
            return;
        };
        if rejected || observation.ended {
            return self.forget_observation(token);
        }
        observation.confirmed = now;
        observation.doubted = false;
        let path = observation.path;
        #[cfg(feature = "send")]
        if !observation.changed {
            self.sends.reported(path);
        }
        self.tree(objects).delivered(path);
    }

    /// The outstanding notification was given up for another message: its value goes out later.
    pub(super) fn notification_abandoned(&mut self, token: &Token) {
        if let Some(observation) = self.observation(token) {
            observation.changed = true;
        }
    }

    /// Nobody acknowledges the outstanding notification. An Update finds out whether the server is
    /// there; where it is, and the next one fails as well, the observation ends (RFC 7641, 4.5).
    pub(super) fn notification_unanswered(&mut self, token: &Token) {
        let Some(observation) = self.observation(token) else {
            return;
        };
        let path = observation.path;
        observation.changed = true;
        if core::mem::replace(&mut observation.doubted, true) || observation.ended {
            self.forget_observation(token);
            self.emit(Event::ObservationLost(path));
        }
        self.verify_registration();
    }

    fn observation(&mut self, token: &Token) -> Option<&mut Observation> {
        self.observations
            .iter_mut()
            .find(|observation| observation.token == *token)
    }
}

/// How long a server may be notified without confirming that it is interested (RFC 7641, 4.5).
const CONFIRM_EVERY: Duration = Duration::from_secs(24 * 3600);
