//! Information reporting (LwM2M Core 1.1, 6.4; RFC 7641): observations and their notifications.

use core::fmt;

use coap_lite::MessageType;
use heapless::VecView;

#[cfg(feature = "composite")]
use crate::client::composite::Member;
#[cfg(feature = "attributes")]
use crate::client::condition::{Condition, Criteria, Sample, Sampler};
use crate::client::config::Notifications;
use crate::client::event::Event;
#[cfg(feature = "izuma")]
use crate::client::izuma::Origin;
use crate::client::management::Request;
use crate::client::read::{Content, read};
use crate::client::{Client, count};
#[cfg(feature = "block")]
use crate::coap::block::{Blocks, Size};
use crate::coap::{Message, Token, Writer};
use crate::error::Refusal;
use crate::format::Encoder;
#[cfg(feature = "attributes")]
use crate::model::attributes::{Attributes, Name};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::time::{Duration, Instant};

/// A place that the server observes, or several.
#[derive(Clone, Copy)]
pub(crate) struct Observation {
    /// The root where they are several.
    pub(super) path: Path,
    pub(super) token: Token,
    #[cfg(feature = "izuma")]
    pub(super) origin: Origin,
    format: u16,
    /// The size of blocks that the server has asked for.
    #[cfg(feature = "block")]
    size: Option<Size>,
    /// The message ids of the newest notifications, to know a Reset by; 0 where there was none.
    sent: [u16; 8],
    /// The number of the newest notification (RFC 7641, 3.4).
    sequence: u32,
    /// When the server last said that it is still interested.
    confirmed: Instant,
    /// Whether the newest value has yet to be told.
    pub(super) changed: bool,
    /// Whether the newest confirmable notification was given up.
    doubted: bool,
    /// Whether the outstanding notification tells that there is no value any longer.
    ended: bool,
    /// When the server was told last.
    #[cfg(feature = "attributes")]
    notified: Instant,
    #[cfg(feature = "attributes")]
    condition: Condition,
}

impl Observation {
    /// One that the server knows of, and knows the value of.
    pub(super) fn new(path: Path, token: Token, format: u16, now: Instant) -> Self {
        Self {
            path,
            token,
            #[cfg(feature = "izuma")]
            origin: Origin::Request,
            format,
            #[cfg(feature = "block")]
            size: None,
            sent: [0; 8],
            sequence: 0,
            confirmed: now,
            changed: false,
            doubted: false,
            ended: false,
            #[cfg(feature = "attributes")]
            notified: now,
            #[cfg(feature = "attributes")]
            condition: Condition::new(now),
        }
    }

    /// Whether its places stand in [`Observations::members`].
    pub(super) fn is_composite(&self) -> bool {
        cfg!(feature = "composite") && self.path == Path::ROOT
    }

    /// Whether the server is to be notified.
    fn is_wanted(&self) -> bool {
        #[cfg(feature = "izuma")]
        return self.origin != Origin::Silenced;
        #[cfg(not(feature = "izuma"))]
        true
    }

    /// Its newest number goes out in a message.
    fn sent_in(&mut self, message_id: u16) {
        if let Some(place) = self.sent.get_mut(self.sequence as usize & 7) {
            *place = message_id;
        }
    }

    /// In 24 bits (RFC 7641, 2).
    fn next_number(&self) -> u32 {
        (self.sequence + 1) & 0x00ff_ffff
    }
}

/// What the server observes, in the caller's storage.
pub(super) struct Observations<'s> {
    pub(super) list: &'s mut VecView<Observation>,
    /// When the server wants to be told of what it observes, and of what it may observe.
    #[cfg(feature = "attributes")]
    pub(super) attributes: Attributes<'s>,
    /// The places of the composite ones.
    #[cfg(feature = "composite")]
    pub(super) members: &'s mut VecView<Member>,
    /// Whose places the newest composite answer told: a request for its further blocks may not
    /// name them again.
    #[cfg(feature = "composite")]
    pub(super) newest: Token,
    /// What the newest answer or notification of a single place told.
    #[cfg(feature = "attributes")]
    pub(super) told: Sample,
    /// Whose turn it is.
    pub(super) next: usize,
}

impl Observations<'_> {
    /// Whether notifications have the value of a path.
    #[cfg(feature = "send")]
    pub(super) fn tell(&self, path: Path) -> bool {
        self.list.iter().any(|observation| {
            (0..)
                .map_while(|index| self.place(observation, index))
                .any(|place| place.contains(path))
        })
    }

    /// Forgets observations, with their places.
    pub(super) fn forget(&mut self, which: &dyn Fn(&Observation) -> bool) {
        self.remove(which);
        #[cfg(feature = "composite")]
        self.give_places_back();
    }

    fn remove(&mut self, which: &dyn Fn(&Observation) -> bool) {
        #[cfg(not(feature = "izuma"))]
        self.list.retain(|observation| !which(observation));
        #[cfg(feature = "izuma")]
        self.list
            .retain_mut(|observation| !which(observation) || observation.silence());
    }

    /// What belongs to no observation any longer.
    #[cfg(feature = "composite")]
    fn give_places_back(&mut self) {
        self.members.retain(|member| {
            let mut composite = self.list.iter().filter(|other| other.is_composite());
            member.token == Token::NONE || composite.any(|other| other.token == member.token)
        });
    }

    /// Hands the values that an answer or a notification tells to an encoder, and remembers what it
    /// told an observer.
    pub(super) fn read(
        &mut self,
        observer: Option<&Token>,
        path: Path,
        tree: &mut Tree<'_, '_>,
        encoder: &mut dyn Encoder,
        now: Instant,
    ) -> Result<(), Refusal> {
        #[cfg(feature = "composite")]
        if path == Path::ROOT {
            let owner = *observer.unwrap_or(&self.newest);
            for member in self.members.iter_mut() {
                if member.token != owner {
                    continue;
                }
                #[cfg(feature = "attributes")]
                let mut sampler = Sampler::new(Some(&mut *encoder));
                #[cfg(feature = "attributes")]
                let encoder = &mut sampler;
                // What is not there just now is left out.
                let _ = read(tree, member.path, encoder);
                #[cfg(feature = "attributes")]
                member.condition.told(sampler.sample, now);
            }
            return Ok(());
        }
        #[cfg(feature = "attributes")]
        if observer.is_some() {
            let mut sampler = Sampler::new(Some(encoder));
            read(tree, path, &mut sampler)?;
            self.told = sampler.sample;
            return Ok(());
        }
        let _ = (observer, now);
        read(tree, path, encoder)
    }

    pub(super) fn get(&mut self, token: &Token) -> Option<&mut Observation> {
        self.list
            .iter_mut()
            .find(|observation| observation.token == *token && observation.is_wanted())
    }

    /// The observation that a request with this token has begun.
    fn requested(&mut self, token: &Token) -> Option<&mut Observation> {
        #[cfg(feature = "izuma")]
        return self.list.iter_mut().find(|observation| {
            observation.token == *token && observation.origin == Origin::Request
        });
        #[cfg(not(feature = "izuma"))]
        self.get(token)
    }

    /// The place at `index` of those of an observation.
    fn place(&self, observation: &Observation, index: usize) -> Option<Path> {
        #[cfg(feature = "composite")]
        if observation.is_composite() {
            let mut members = self.members.iter();
            return members
                .by_ref()
                .filter(|member| member.token == observation.token)
                .nth(index)
                .map(|member| member.path);
        }
        (index == 0).then_some(observation.path)
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
        // Notification Storing (LwM2M Core 1.1, E.2).
        #[cfg(feature = "attributes")]
        if !self.server.store_notifications && !self.is_in_reach() {
            return;
        }
        let observations = &mut self.observations;
        for observation in observations.list.iter_mut() {
            if !observation.is_composite() && observation.path.meets(path) {
                #[cfg(feature = "attributes")]
                observation.condition.touch();
                #[cfg(not(feature = "attributes"))]
                {
                    observation.changed = true;
                }
            }
        }
        #[cfg(feature = "composite")]
        for member in observations.members.iter_mut() {
            if member.path.meets(path) {
                #[cfg(feature = "attributes")]
                member.condition.touch();
                #[cfg(not(feature = "attributes"))]
                for observation in observations.list.iter_mut() {
                    observation.changed |= observation.token == member.token;
                }
            }
        }
    }

    /// Finds out which observers are to be notified.
    #[cfg(feature = "attributes")]
    pub(super) fn evaluate(&mut self, objects: Objects<'_, '_>) {
        let now = self.timeline.now();
        let periods = self.server.periods();
        let mut tree = Tree::new(&mut self.server, &mut self.device, objects);
        let observations = &mut self.observations;
        for observation in observations.list.iter_mut() {
            // What is told already is told with its newest value.
            if observation.changed {
                continue;
            }
            let notified = observation.notified;
            #[cfg(feature = "composite")]
            if observation.is_composite() {
                for member in observations.members.iter_mut() {
                    if member.token != observation.token {
                        continue;
                    }
                    let criteria = Criteria::of(&observations.attributes, periods, member.path);
                    // What is not there just now is left out, and is told to be so once.
                    let mut look = || Ok(sample(&mut tree, member.path).unwrap_or(Sample::NOTHING));
                    observation.changed |=
                        member.condition.is_due(&criteria, notified, now, &mut look);
                }
                continue;
            }
            let criteria = Criteria::of(&observations.attributes, periods, observation.path);
            let mut look = || sample(&mut tree, observation.path);
            observation.changed = observation
                .condition
                .is_due(&criteria, notified, now, &mut look);
        }
    }

    /// When [`evaluate`](Self::evaluate) has something to do next.
    #[cfg(feature = "attributes")]
    pub(super) fn next_evaluation(&self) -> Option<Instant> {
        if !self.is_in_reach() {
            return None;
        }
        let periods = self.server.periods();
        let observations = &self.observations;
        let deadline = |observation: &Observation, condition: &Condition, path| {
            let criteria = Criteria::of(&observations.attributes, periods, path);
            condition.deadline(&criteria, observation.notified)
        };
        let waiting = |observation: &&Observation| !observation.changed;
        let deadlines = observations.list.iter().filter(waiting);
        let single = deadlines
            .clone()
            .filter(|observation| !observation.is_composite())
            .filter_map(|single| deadline(single, &single.condition, single.path))
            .min();
        #[cfg(feature = "composite")]
        let composite = deadlines
            .flat_map(|composite| {
                let members = observations.members.iter();
                members
                    .filter(|member| member.token == composite.token)
                    .filter_map(|member| deadline(composite, &member.condition, member.path))
            })
            .min();
        #[cfg(not(feature = "composite"))]
        let composite = None;
        match (single, composite) {
            (Some(single), Some(composite)) => Some(single.min(composite)),
            (single, composite) => single.or(composite),
        }
    }

    /// The number for the Observe option of the answer to a Read (RFC 7641, 4.1), where that asks
    /// for an observation and there is room for one; it begins when the answer is there. One that
    /// the Read asks to end has ended.
    pub(super) fn observation_number(
        &mut self,
        message: &Message<'_>,
        request: &Request,
    ) -> Option<u32> {
        // A request for a further block does not observe anew (RFC 7959, 3.4).
        let wish = request.observe.filter(|_| !request.asks_for_more())?;
        if wish == 1 {
            self.forget_observation(&message.token);
        }
        #[cfg(feature = "izuma")]
        if self.observations.is_taken(&message.token, request.path) {
            return None;
        }
        let observations = &mut self.observations;
        let has_room =
            observations.requested(&message.token).is_some() || !observations.list.is_full();
        // The same request again does not turn its numbers back.
        let number = observations
            .get(&message.token)
            .map_or(0, |observation| observation.next_number());
        (has_room && wish == 0).then_some(number)
    }

    /// Begins an observation whose first value is told already, in a message of this device's with
    /// the id `sent` where that is not 0. Observers are told apart by their tokens (RFC 7641, 4.1):
    /// one with the same token is replaced.
    pub(super) fn observe(&mut self, token: Token, content: &Content, sent: u16) {
        let now = self.timeline.now();
        let observations = &mut self.observations;
        let mut observation = Observation {
            sequence: content.sequence.unwrap_or_default(),
            #[cfg(feature = "block")]
            size: content.blocks.block2.map(|block| block.size),
            ..Observation::new(content.path, token, content.format, now)
        };
        observation.sent_in(sent);
        #[cfg(feature = "attributes")]
        observation.condition.told(observations.told, now);
        observations.remove(&|before| {
            #[cfg(feature = "izuma")]
            if before.path == content.path && before.origin == Origin::List {
                return true;
            }
            before.token == token
        });
        let _ = observations.list.push(observation);
        #[cfg(feature = "composite")]
        observations.give_places_back();
    }

    pub(super) fn forget_observation(&mut self, token: &Token) {
        self.observations
            .forget(&|observation| observation.token == *token);
    }

    /// A Reset to a notification that needs no acknowledgement ends its observation (RFC 7641, 3.6),
    /// and tells that the value has not been taken.
    pub(super) fn notification_rejected(&mut self, message_id: u16, objects: Objects<'_, '_>) {
        let mut list = self.observations.list.iter();
        let rejected = list.find(|observation| observation.sent.contains(&message_id));
        let Some(&observation) = rejected.filter(|_| message_id != 0) else {
            count(&mut self.counters.discarded, 1);
            return;
        };
        #[cfg(feature = "send")]
        for index in 0.. {
            let Some(path) = self.observations.place(&observation, index) else {
                break;
            };
            // Where there is no room for it, the value goes with its next change.
            let _ = self.queue_changes(path, &mut *objects);
        }
        #[cfg(not(feature = "send"))]
        let _ = objects;
        self.forget_observation(&observation.token);
    }

    /// Ends all observations.
    pub(super) fn forget_observations(&mut self) {
        self.observations.forget(&|_| true);
    }

    /// The observation to be notified next, and whether it is to confirm that. They take turns, so
    /// that one that changes all the time does not silence the others.
    pub(super) fn next_notification(&mut self) -> Option<(Token, bool)> {
        let now = self.timeline.now();
        let busy = self.exchange.is_some();
        let always = self.config.notifications == Notifications::Confirmable;
        let confirms = |observation: &Observation| {
            #[cfg(feature = "attributes")]
            let always = always || self.is_confirmable(observation);
            #[cfg(feature = "izuma")]
            let always = always || observation.origin == Origin::List;
            always || observation.confirmed.after(CONFIRM_EVERY) <= now
        };
        let observations = &self.observations;
        let mut due = observations
            .list
            .iter()
            .enumerate()
            .filter(|(_, observation)| observation.changed && observation.is_wanted())
            .filter(|(_, observation)| !(busy && confirms(observation)));
        let first = due.next()?;
        let (place, observation) = if first.0 < observations.next {
            due.find(|(place, _)| *place >= observations.next)
                .unwrap_or(first)
        } else {
            first
        };
        let next = (observation.token, confirms(observation));
        self.observations.next = place + 1;
        self.renumber(&next.0);
        count(&mut self.counters.notifications, 1);
        Some(next)
    }

    /// Whether a place of the observation has the attribute `con`.
    #[cfg(feature = "attributes")]
    fn is_confirmable(&self, observation: &Observation) -> bool {
        (0..)
            .map_while(|index| self.observations.place(observation, index))
            .any(|place| self.observations.attributes.effective(place, Name::Con) == Some(1.0))
    }

    /// The newest value goes out under a new number.
    pub(super) fn renumber(&mut self, token: &Token) {
        if let Some(observation) = self.observations.get(token) {
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
        #[cfg(feature = "attributes")]
        let now = self.timeline.now();
        let observation = self.observations.get(token)?;
        observation.changed = false;
        #[cfg(feature = "attributes")]
        {
            observation.notified = now;
        }
        observation.sent_in(id);
        #[cfg(feature = "send")]
        let observation = *observation;
        let content = Content {
            path: observation.path,
            format: observation.format,
            sequence: Some(observation.sequence),
            // The first block; the server fetches the others (RFC 7959, 3.4).
            #[cfg(feature = "block")]
            blocks: Blocks::from_first(observation.size),
        };
        let result = self.write_content(kind, id, token, &content, objects);
        #[cfg(feature = "attributes")]
        if result.is_ok() && content.path != Path::ROOT {
            let told = self.observations.told;
            self.observations.get(token)?.condition.told(told, now);
        }
        #[cfg(feature = "izuma")]
        if result.is_err() && self.observations.is_auto(token) {
            // Its next value may be one that can be told.
            return None;
        }
        let confirmed = kind == MessageType::Confirmable;
        if confirmed {
            self.observations.get(token)?.ended = result.is_err();
        } else if result.is_err() {
            self.forget_observation(token);
        } else {
            #[cfg(feature = "send")]
            self.sends_reported(&observation);
        }
        result.ok().or_else(|| {
            let code = result.err()?.code();
            Writer::new(self.message, kind, code, id, token).finish().1
        })
    }

    /// Nothing can be told, not even an error.
    pub(super) fn notification_not_written(&mut self, token: &Token) {
        #[cfg(feature = "izuma")]
        if self.observations.is_auto(token) {
            return;
        }
        self.forget_observation(token);
    }

    /// The server has the outstanding notification, or wants no more of them.
    pub(super) fn notification_acknowledged(
        &mut self,
        token: &Token,
        rejected: bool,
        objects: Objects<'_, '_>,
    ) {
        let now = self.timeline.now();
        let Some(observation) = self.observations.get(token) else {
            return;
        };
        if rejected || observation.ended {
            // Where it begins again with the next registration.
            #[cfg(feature = "izuma")]
            {
                observation.changed = true;
            }
            return self.forget_observation(token);
        }
        observation.confirmed = now;
        observation.doubted = false;
        let observation = *observation;
        #[cfg(feature = "send")]
        if !observation.changed {
            self.sends_reported(&observation);
        }
        for index in 0.. {
            let Some(path) = self.observations.place(&observation, index) else {
                break;
            };
            self.tree(&mut *objects).delivered(path);
        }
    }

    /// Its values need no Send.
    #[cfg(feature = "send")]
    fn sends_reported(&mut self, observation: &Observation) {
        for index in 0.. {
            let Some(path) = self.observations.place(observation, index) else {
                break;
            };
            self.sends.reported(path);
        }
    }

    /// The outstanding notification was given up for another message: its value goes out later.
    pub(super) fn notification_abandoned(&mut self, token: &Token) {
        // Notification Storing (LwM2M Core 1.1, E.2).
        let stays = !cfg!(feature = "attributes") || self.server.store_notifications;
        if let Some(observation) = self.observations.get(token) {
            observation.changed = stays;
        }
    }

    /// Whether the notification before had no acknowledgement.
    #[cfg(feature = "dtls")]
    pub(super) fn notification_is_doubted(&mut self, token: &Token) -> bool {
        let observation = self.observations.get(token);
        observation.is_some_and(|observation| observation.doubted)
    }

    /// Nobody acknowledges the outstanding notification. An Update finds out whether the server is
    /// there; where it is, and the next one fails as well, the observation ends (RFC 7641, 4.5).
    pub(super) fn notification_unanswered(&mut self, token: &Token) {
        let Some(observation) = self.observations.get(token) else {
            return;
        };
        let path = observation.path;
        if core::mem::replace(&mut observation.doubted, true) || observation.ended {
            self.forget_observation(token);
            self.emit(Event::ObservationLost(path));
        }
        self.notification_abandoned(token);
        self.verify_registration();
    }
}

#[cfg(feature = "attributes")]
fn sample(tree: &mut Tree<'_, '_>, path: Path) -> Result<Sample, Refusal> {
    let mut sampler = Sampler::new(None);
    read(tree, path, &mut sampler).map(|()| sampler.sample)
}

/// How long a server may be notified without confirming that it is interested (RFC 7641, 4.5).
const CONFIRM_EVERY: Duration = Duration::from_secs(24 * 3600);
