//! Information reporting (LwM2M Core 1.1, 6.4; RFC 7641): notifications of what the server observes, and
//! values that reach it without its asking.

#[cfg_attr(not(feature = "composite"), path = "composite_off.rs")]
pub(crate) mod composite;
#[cfg_attr(not(feature = "attributes"), path = "condition_off.rs")]
mod condition;
mod content;
#[cfg_attr(not(feature = "attributes"), path = "evaluation_off.rs")]
mod evaluation;
#[cfg_attr(not(feature = "historical-queue"), path = "historical_queue_off.rs")]
pub(crate) mod historical_queue;
#[cfg_attr(not(feature = "izuma"), path = "izuma_off.rs")]
mod izuma;
pub(crate) mod observations;
#[cfg_attr(not(feature = "izuma"), path = "origin_off.rs")]
mod origin;
pub(crate) mod read;
#[cfg(feature = "send")]
#[cfg_attr(not(feature = "records"), path = "records_off.rs")]
pub(crate) mod records;
#[cfg_attr(not(feature = "send"), path = "send_off.rs")]
pub(crate) mod send;

use coap_lite::MessageType;

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::coap::block::Blocks;
use crate::coap::{Header, Message, Token, Writer};
use crate::config::Notifications;
use crate::context::Context;
use crate::context::events::count;
use crate::error::ChangesFull;
use crate::event::Event;
use crate::exchange::{Batch, Purpose};
use crate::feature;
use crate::format;
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::time::{Instant, Second};

use condition::Notified;
pub(crate) use content::Content;
use observations::{Observation, Observations, Observe, Observed};
use send::Sends;

pub(crate) struct Reporting<'s> {
    pub(crate) observations: Observations<'s>,
    pub(crate) sends: Sends<'s>,
}

/// Whether anything can be reported to the server.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// It knows this device.
    pub(crate) is_registered: bool,
    /// It can be reached now.
    pub(crate) is_open: bool,
}

impl Reach {
    pub(crate) fn is_given(self) -> bool {
        self.is_registered && self.is_open
    }
}

/// A message that is to go out next.
pub(crate) enum Due {
    Notification { token: Token, confirmable: bool },
    Send(Batch),
}

impl Reporting<'_> {
    /// Values at or below a path have changed.
    pub(crate) fn changed(
        &mut self,
        context: &mut Context<'_>,
        path: Path,
        reach: Reach,
        objects: Objects<'_, '_>,
    ) -> Result<(), ChangesFull> {
        self.mark(context, path, reach);
        if feature::HistoricalQueue::IS_ON && !reach.is_given() && stores_notifications(context) {
            self.observations.keep_history(context, path, &mut *objects);
        }
        self.sends.queue_changes(
            context,
            &self.observations,
            path,
            reach.is_registered,
            objects,
        )
    }

    /// Notes for observers that a path has a new value.
    pub(crate) fn mark(&mut self, context: &Context<'_>, path: Path, reach: Reach) {
        if !reach.is_given() && !stores_notifications(context) {
            return;
        }
        let Observations { list, members, .. } = &mut self.observations;
        for observation in list.iter_mut() {
            if !observation.is_composite() && observation.path.meets(path) {
                observation.changed |= observation.condition.touch();
            }
        }
        for member in members.iter_mut().filter(|member| member.path.meets(path)) {
            if member.condition.touch() {
                for observation in list.iter_mut() {
                    observation.changed |= observation.token == member.token;
                }
            }
        }
    }

    /// What is to be sent next. While another message is outstanding, only what needs no
    /// acknowledgement.
    pub(crate) fn next(
        &mut self,
        context: &mut Context<'_>,
        is_idle: bool,
        objects: Objects<'_, '_>,
    ) -> Option<Due> {
        if is_idle
            && self.sends.have_turn()
            && let Some(batch) = self.sends.next(context, &self.observations)
        {
            return Some(Due::Send(batch));
        }
        self.observations.evaluate(context, objects);
        if let Some((token, confirmable)) = self.next_notification(context, is_idle) {
            self.sends.wait_for_notification(confirmable);
            return Some(Due::Notification { token, confirmable });
        }
        let batch = is_idle.then(|| self.sends.next(context, &self.observations));
        Some(Due::Send(batch??))
    }

    /// When [`next`](Self::next) may have something, other than after a change.
    pub(crate) fn deadline(&self, context: &Context<'_>) -> Option<Instant> {
        self.observations.next_evaluation(context)
    }

    /// What would be sent later is to be sent now.
    pub(crate) fn bring_forward(&mut self, context: &Context<'_>) {
        self.observations.bring_forward(context);
        self.sends.bring_forward(context);
    }

    /// Whether something waits to be sent that [`next`](Self::next) has not had its turn for.
    pub(crate) fn waits(&self, context: &Context<'_>) -> bool {
        let mut observations = self.observations.list.iter();
        observations.any(|observation| observation.changed && !observation.origin.is_silenced())
            || self.sends.wait(context, &self.observations)
    }

    /// The observation to be notified next, and whether it is to confirm that. They take turns, so
    /// that one that changes all the time does not silence the others.
    fn next_notification(
        &mut self,
        context: &mut Context<'_>,
        is_idle: bool,
    ) -> Option<(Token, bool)> {
        let now = Second::of(context.now());
        let observations = &self.observations;
        let always = context.config.notifications == Notifications::Confirmable;
        let confirms = |observation: &Observation| {
            always
                || observations.is_confirmable(context, observation)
                || observation.origin.is_list()
                || observations.history.has(&observation.token)
                || now.since(observation.confirmed) >= CONFIRM_EVERY
        };
        let mut due = observations
            .list
            .iter()
            .enumerate()
            .filter(|(_, observation)| observation.changed && !observation.origin.is_silenced())
            .filter(|(_, observation)| is_idle || !confirms(observation));
        let first = due.next()?;
        let (index, observation) = if first.0 < observations.next {
            due.find(|(index, _)| *index >= observations.next)
                .unwrap_or(first)
        } else {
            first
        };
        let next = (observation.token, confirms(observation));
        if !context.snapshots.take_number() {
            return None;
        }
        self.observations.next = index + 1;
        self.renumber(&next.0);
        count(&mut context.events.counters.notifications, 1);
        Some(next)
    }

    /// The newest value goes out under a new number.
    pub(crate) fn renumber(&mut self, token: &Token) {
        if let Some(observation) = self.observations.get(token) {
            observation.sequence = observation.next_number();
        }
    }

    /// A notification; what cannot be read any longer ends its observation with an error
    /// (RFC 7641, 4.2).
    pub(crate) fn write_notification(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
        header: &Header<'_>,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        let now = context.now();
        let token = header.token;
        self.observations.history.begin(token, now);
        let has_history = self.observations.history.goes_along(token);
        let observation = self.observations.get(token)?;
        observation.changed = false;
        observation.notified = Notified::at(now);
        observation.sent_in(header.id);
        let content = Content {
            path: observation.path,
            format: observation.format,
            sequence: Some(observation.sequence),
            // The first block; the server fetches the others (RFC 7959, 3.4), by Reads, which have the
            // newest values only.
            blocks: &Blocks::from_first(observation.size.filter(|_| !has_history)),
        };
        let mut result = self
            .observations
            .write(context, buffer, header, &content, &mut *objects);
        while result.is_err() && self.observations.history.leave_out(token) {
            result = self
                .observations
                .write(context, buffer, header, &content, &mut *objects);
        }
        let reported = self.observations.reported;
        let observation = self.observations.get(token)?;
        if result.is_ok() && content.path != Path::ROOT {
            observation.condition.reported(reported, now);
        }
        if result.is_err() && observation.origin.is_list() {
            // Its next value may be one that can be reported.
            return None;
        }
        if header.kind == MessageType::Confirmable {
            observation.ended = result.is_err();
        } else if result.is_err() {
            self.forget(token);
        } else {
            let observed = observation.observed();
            self.sends_reported(observed);
        }
        result.ok().or_else(|| {
            let code = result.err()?.code();
            Writer::new(buffer, code, header).finish()
        })
    }

    /// Writes the object list of Register and Update.
    pub(crate) fn write_object_list(
        &self,
        context: &mut Context<'_>,
        buffer: &mut Buffer<'_>,
        objects: Objects<'_, '_>,
    ) {
        self.observations.write_list(context, buffer, objects);
    }

    /// Begins what an object list announces as observed, and ends what it does no longer.
    pub(crate) fn announce(
        &mut self,
        context: &mut Context<'_>,
        registers: bool,
        objects: Objects<'_, '_>,
    ) {
        self.observations.announce(context, registers, objects);
    }

    /// Its values need no Send.
    fn sends_reported(&mut self, observed: Observed) {
        for index in 0.. {
            let Some(path) = self.observations.path(observed, index) else {
                break;
            };
            self.sends.reported(path);
        }
    }

    /// The outstanding message was given up for another one: its values go out later.
    #[inline(always)]
    pub(crate) fn abandoned(&mut self, context: &Context<'_>, purpose: Purpose, token: &Token) {
        match purpose {
            Purpose::Notification => {
                let stays = stores_notifications(context);
                self.observations.history.abandoned(token, stays);
                if let Some(observation) = self.observations.get(token) {
                    observation.changed = stays;
                }
            }
            Purpose::Send(batch) => self.sends.again(batch),
            Purpose::Operation(_) | Purpose::Ping(_) => {}
        }
    }
}

/// What outlives a loss of power.
impl Reporting<'_> {
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        self.observations.archive(archive);
        self.sends.archive(archive);
    }

    /// Whether no new value waits for its turn.
    pub(crate) fn is_all_reported(&self) -> bool {
        let mut list = self.observations.list.iter();
        list.all(|observation| !observation.changed)
    }

    /// What was restored is of no use.
    pub(crate) fn forget_restored(&mut self) {
        self.observations.list.clear();
        self.observations.retain_observed();
        self.sends.forget();
    }

    /// After a restart: so many notifications may have gone out since the snapshot, and what has
    /// changed is to be reported.
    pub(crate) fn go_on(
        &mut self,
        context: &mut Context<'_>,
        notified: u32,
        objects: Objects<'_, '_>,
    ) {
        for observation in self.observations.list.iter_mut() {
            let sequence = observation.sequence.wrapping_add(notified);
            observation.sequence = sequence & 0x00ff_ffff;
        }
        if stores_notifications(context) {
            self.observations.compare(context, notified == 0, objects);
        }
    }
}

/// Observations.
impl Reporting<'_> {
    /// The number for the Observe option of the response to a Read (RFC 7641, 4.1), where that asks
    /// for an observation and there is room for one; it begins when the response is there. One that
    /// the Read asks to end has ended.
    pub(crate) fn observation_number(
        &mut self,
        message: &Message<'_>,
        path: Path,
        wish: Option<Observe>,
    ) -> Option<u32> {
        let wish = wish?;
        if wish == Observe::Deregister {
            self.forget(&message.token);
        }
        if wish != Observe::Register {
            return None;
        }
        let observations = &mut self.observations;
        if observations.is_announced_for_another(&message.token, path) {
            return None;
        }
        let has_room =
            observations.requested(&message.token).is_some() || !observations.list.is_full();
        // The same request again does not turn its numbers back.
        let number = observations
            .get(&message.token)
            .map_or(0, |observation| observation.next_number());
        has_room.then_some(number)
    }

    /// Begins an observation whose first value is reported already, in a response with this header.
    /// Observers are told apart by their tokens (RFC 7641, 4.1): one with the same token is replaced.
    pub(crate) fn observe(
        &mut self,
        context: &mut Context<'_>,
        header: &Header<'_>,
        content: &Content<'_>,
    ) {
        let token = *header.token;
        let now = context.now();
        let observations = &mut self.observations;
        let mut observation = Observation::new(content.path, token, content.format, now);
        observation.sequence = content.sequence.unwrap_or_default();
        observation.size = content.blocks.size();
        if header.kind == MessageType::NonConfirmable {
            observation.sent_in(header.id);
        }
        observation.condition.reported(observations.reported, now);
        if feature::HistoricalQueue::IS_ON {
            if !format::has_times(content.format) {
                observations.history.forget(&token);
            }
            observation.changed = observations.history.has(&token);
        }
        let mut others = observations.list.iter_mut();
        let before = others.find(|before| before.token == token && before.origin.is_request());
        if feature::Snapshot::IS_ON
            && let Some(before) = before
        {
            // In its place, so that a snapshot says the same; its number is in a response, which waits for
            // the snapshot that may be due.
            *before = observation;
            let _ = context.snapshots.take_number();
            return observations.retain_observed();
        }
        observations.remove(&|before| {
            before.token == token || (before.path == content.path && before.origin.is_list())
        });
        let _ = observations.list.push(observation);
        observations.retain_observed();
    }

    pub(crate) fn forget(&mut self, token: &Token) {
        self.observations
            .forget(&|observation| observation.token == *token);
    }

    /// Ends all observations.
    pub(crate) fn forget_all(&mut self) {
        self.observations.forget_all();
    }

    /// A Reset to a notification that needs no acknowledgement ends its observation (RFC 7641, 3.6),
    /// and says that the value has not been taken.
    pub(crate) fn rejected(
        &mut self,
        context: &mut Context<'_>,
        message_id: u16,
        is_registered: bool,
        objects: Objects<'_, '_>,
    ) {
        let mut list = self.observations.list.iter();
        let rejected = list.find(|observation| observation.was_sent_in(message_id));
        let Some(observed) = rejected.map(Observation::observed) else {
            context.events.discard();
            return;
        };
        for index in 0.. {
            let Some(path) = self.observations.path(observed, index) else {
                break;
            };
            // Where there is no room for it, the value goes with its next change.
            let _ = self.sends.queue_changes(
                context,
                &self.observations,
                path,
                is_registered,
                &mut *objects,
            );
        }
        self.forget(&observed.token);
    }

    /// The server has the outstanding notification, or wants no more of them.
    pub(crate) fn acknowledged(
        &mut self,
        context: &mut Context<'_>,
        token: &Token,
        is_rejected: bool,
        objects: Objects<'_, '_>,
    ) {
        let now = context.now();
        let has_more = self.observations.history.delivered(token);
        let Some(observation) = self.observations.get(token) else {
            return;
        };
        if is_rejected || observation.ended {
            // Where it is silenced, it begins again with the next registration.
            observation.changed = true;
            return self.forget(token);
        }
        observation.confirmed = Second::of(now);
        observation.doubted = false;
        observation.changed |= has_more;
        let (observed, changed) = (observation.observed(), observation.changed);
        if !changed {
            self.sends_reported(observed);
        }
        for index in 0.. {
            let Some(path) = self.observations.path(observed, index) else {
                break;
            };
            context.tree(&mut *objects).delivered(path);
        }
    }

    /// Nothing can be reported, not even an error.
    pub(crate) fn not_written(&mut self, token: &Token) {
        let observation = self.observations.get(token);
        if observation.is_none_or(|observation| !observation.origin.is_list()) {
            self.forget(token);
        }
    }

    /// Whether the notification before had no acknowledgement.
    pub(crate) fn is_doubted(&mut self, token: &Token) -> bool {
        let observation = self.observations.get(token);
        observation.is_some_and(|observation| observation.doubted)
    }

    /// Nobody acknowledges the outstanding notification. An Update finds out whether the server is
    /// there; where it is, and the next one fails as well, the observation ends (RFC 7641, 4.5).
    /// Whether it is still observed.
    pub(crate) fn unacknowledged(&mut self, context: &mut Context<'_>, token: &Token) -> bool {
        let Some(observation) = self.observations.get(token) else {
            return false;
        };
        let path = observation.path;
        if core::mem::replace(&mut observation.doubted, true) || observation.ended {
            self.forget(token);
            context.emit(Event::ObservationLost(path));
        }
        self.abandoned(context, Purpose::Notification, token);
        true
    }
}

/// Whether what changes while the server is out of reach is reported later (Notification Storing, LwM2M
/// Core 1.1, E.2).
fn stores_notifications(context: &Context<'_>) -> bool {
    !feature::Attributes::IS_ON || context.server.store_notifications
}

/// How long a server may be notified without confirming that it is interested (RFC 7641, 4.5).
const CONFIRM_EVERY: u32 = Second::DAY;
