//! Information reporting (LwM2M Core 1.1, 6.4; RFC 7641): observations and their notifications.

use coap_lite::{CoapOption, MessageClass, MessageType, ObserveOption, ResponseType};

use crate::client::management::{Request, each_resource};
use crate::client::{Client, Purpose};
use crate::coap::{Message, Token, Writer};
use crate::error::Refusal;
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::client::config::Notifications;
use crate::time::{Duration, Instant};

/// A place that the server observes.
#[derive(Clone, Copy)]
pub(crate) struct Observation {
    path: Path,
    token: Token,
    format: u16,
    /// Whether the newest value has yet to be told.
    changed: bool,
    /// The number of the newest notification (RFC 7641, 3.4).
    sequence: u32,
    /// The message id of the newest notification, to know a Reset by.
    message_id: u16,
    /// When the server last said that it is still interested.
    confirmed: Instant,
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

impl Client<'_> {
    /// Notes that a place has a new value; whether anybody observes it.
    pub(super) fn mark_observed(&mut self, path: Path) -> bool {
        let mut observed = false;
        for observation in self.observations.iter_mut() {
            let inside = observation.path.contains(path);
            if inside || path.contains(observation.path) {
                observation.changed = true;
                observed |= inside;
            }
        }
        observed
    }

    /// Begins or ends an observation where a Read asks for it; the number for its answer's Observe
    /// option (RFC 7641, 4.1).
    pub(super) fn observe(
        &mut self,
        message: &Message<'_>,
        request: &Request,
        format: u16,
    ) -> Option<u32> {
        let wish = ObserveOption::try_from(request.observe? as usize).ok()?;
        // There is one server: a second observation of a place takes the place of the first.
        self.observations.retain(|observation| {
            observation.token != message.token && observation.path != request.path
        });
        if wish == ObserveOption::Deregister {
            return None;
        }
        let observation = Observation {
            path: request.path,
            token: message.token,
            format,
            changed: false,
            sequence: 0,
            message_id: message.id,
            confirmed: self.timeline.now(),
        };
        self.observations.push(observation).ok().map(|()| 0)
    }

    pub(super) fn forget_observation(&mut self, token: &Token) {
        self.observations.retain(|observation| observation.token != *token);
    }

    /// Ends the observation whose newest notification has this message id.
    pub(super) fn forget_notified(&mut self, message_id: u16) -> bool {
        let before = self.observations.len();
        self.observations.retain(|observation| {
            observation.sequence == 0 || observation.message_id != message_id
        });
        self.observations.len() < before
    }

    /// Writes the next notification that is due.
    pub(super) fn transmit_notification(
        &mut self,
        now: Instant,
        objects: Objects<'_, '_>,
    ) -> usize {
        let confirmable = self.config.notifications == Notifications::Confirmable;
        let busy = self.exchange.is_some();
        let Some(observation) = self.observations.iter_mut().find(|observation| {
            let confirm = confirmable || observation.confirmed + CONFIRM_EVERY <= now;
            observation.changed && !(confirm && busy)
        }) else {
            return 0;
        };
        let token = observation.token;
        let confirm = confirmable || observation.confirmed + CONFIRM_EVERY <= now;
        self.renumber(&token);
        self.counters.notifications += 1;
        if confirm {
            self.begin(Purpose::Notify(token));
            return self.transmit_exchange(now, objects);
        }
        let id = self.new_message_id();
        match self.write_notification(MessageType::NonConfirmable, id, &token, objects) {
            Some(length) => length,
            None => {
                self.forget_observation(&token);
                0
            }
        }
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
        let Observation { path, format, sequence, .. } = *observation;
        let message = core::mem::take(&mut self.message);
        let class = MessageClass::Response(ResponseType::Content);
        let mut writer = Writer::with_token(message, kind, class, id, token);
        writer.option_uint(CoapOption::Observe, sequence);
        writer.option_uint(CoapOption::ContentFormat, format.into());
        let result = self.write_value(&mut writer, path, format, objects);
        let (message, length) = writer.into_parts();
        self.message = message;
        let refusal = match (result, length) {
            (Ok(()), Some(length)) => return Some(length),
            (Ok(()), None) => Refusal::InternalError,
            (Err(refusal), _) => refusal,
        };
        self.forget_observation(token);
        let class = MessageClass::Response(refusal.into());
        Writer::with_token(self.message, kind, class, id, token).finish()
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
        let Some(observation) = self.observation(token) else {
            return;
        };
        observation.confirmed = now;
        let path = observation.path;
        each_resource(&mut self.tree(objects), path, &mut |object, instance, resource| {
            object.delivered(instance, resource);
        });
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

/// No room for another changed resource in [`Storage`](crate::Storage)'s `CHANGES`: those that wait
/// stay, and this one reaches the server with its next change or by a Read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChangesFull;

impl core::fmt::Display for ChangesFull {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("too many changed resources wait to be sent: enlarge Storage's CHANGES")
    }
}

impl core::error::Error for ChangesFull {}

/// How long a server may be notified without confirming that it is interested (RFC 7641, 4.5).
const CONFIRM_EVERY: Duration = Duration::from_secs(24 * 3600);
