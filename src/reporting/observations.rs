//! What the server observes (RFC 7641): the table of observations.

use heapless::VecView;

use crate::archive::Archive;
use crate::coap::Token;
use crate::coap::block::Size;
use crate::coap::message::uint;
use crate::error::Refusal;
use crate::feature;
use crate::format::Encoder;
use crate::keep::Keep as _;
use crate::model::path::Path;
use crate::model::tree::Tree;
use crate::reporting::composite::Members;
use crate::reporting::condition::{Condition, Notified, Sample, sampled};
use crate::reporting::historical_queue::HistoricalQueue;
use crate::reporting::origin::Origin;
use crate::reporting::read::read;
use crate::time::{Instant, Second};

/// What a request's Observe option asks for (RFC 7641, 2).
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Observe {
    Register,
    Deregister,
    /// Neither, so that it is as if there were none.
    Other,
}

impl Observe {
    /// From the option's value; `None` where it is longer than the option may be.
    pub(crate) fn parse(value: &[u8]) -> Option<Self> {
        Some(match uint(value, 3)? {
            0 => Self::Register,
            1 => Self::Deregister,
            _ => Self::Other,
        })
    }
}

/// A path that the server observes, or several.
#[derive(Clone, Copy)]
pub(crate) struct Observation {
    /// The root where they are several.
    pub(super) path: Path,
    pub(super) token: Token,
    pub(super) origin: Origin,
    pub(super) format: u16,
    /// The size of blocks that the server has asked for.
    pub(super) size: Option<Size>,
    /// The message ids of the newest notifications, to know a Reset by; 0 where there was none.
    sent: [u16; 8],
    /// The number of the newest notification (RFC 7641, 3.4).
    pub(super) sequence: u32,
    /// When the server last said that it is still interested.
    pub(super) confirmed: Second,
    /// Whether the newest value has yet to be reported.
    pub(super) changed: bool,
    /// Whether the newest confirmable notification was given up.
    pub(super) doubted: bool,
    /// Whether the outstanding notification says that there is no value any longer.
    pub(super) ended: bool,
    pub(super) notified: Notified,
    pub(super) condition: Condition,
}

impl Observation {
    /// One that the server knows of, and knows the value of.
    pub(super) fn new(path: Path, token: Token, format: u16, now: Instant) -> Self {
        Self {
            path,
            token,
            origin: Origin::REQUEST,
            format,
            size: None,
            sent: [0; 8],
            sequence: 0,
            confirmed: Second::of(now),
            changed: false,
            doubted: false,
            ended: false,
            notified: Notified::at(now),
            condition: Condition::new(now),
        }
    }

    fn archive(&mut self, archive: &mut Archive<'_>) {
        self.path.archive(archive);
        self.token.archive(archive);
        self.origin.archive(archive);
        archive.u16(&mut self.format);
        Size::archive(&mut self.size, archive);
        if archive.is_whole() {
            archive.u32(&mut self.sequence);
        }
        self.condition.archive(archive);
    }

    /// Whether its paths stand in [`Observations::members`].
    pub(super) fn is_composite(&self) -> bool {
        self.observed().is_composite()
    }

    pub(super) fn observed(&self) -> Observed {
        Observed {
            path: self.path,
            token: self.token,
        }
    }

    /// Its newest number goes out in a message.
    pub(super) fn sent_in(&mut self, message_id: u16) {
        if let Some(sent) = self.sent.get_mut(self.sequence as usize & 7) {
            *sent = message_id;
        }
    }

    /// Whether one of its newest notifications was the message of this id.
    pub(super) fn was_sent_in(&self, message_id: u16) -> bool {
        message_id != 0 && self.sent.contains(&message_id)
    }

    /// In 24 bits (RFC 7641, 2).
    pub(super) fn next_number(&self) -> u32 {
        (self.sequence + 1) & 0x00ff_ffff
    }
}

/// What an observation is about.
#[derive(Clone, Copy)]
pub(super) struct Observed {
    path: Path,
    pub(super) token: Token,
}

impl Observed {
    fn is_composite(self) -> bool {
        feature::Composite::IS_ON && self.path == Path::ROOT
    }
}

/// What the server observes, in the caller's storage.
pub(crate) struct Observations<'s> {
    pub(super) list: &'s mut VecView<Observation>,
    /// The paths of the composite ones.
    pub(crate) members: Members<'s>,
    pub(super) history: HistoricalQueue<'s>,
    /// What the newest response or notification of a single path said.
    pub(super) reported: Sample,
    /// Whose turn it is.
    pub(super) next: usize,
}

impl<'s> Observations<'s> {
    pub(crate) fn new(
        list: &'s mut VecView<Observation>,
        members: Members<'s>,
        history: HistoricalQueue<'s>,
    ) -> Self {
        list.clear();
        Self {
            list,
            members,
            history,
            reported: Sample::NOTHING,
            next: 0,
        }
    }

    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        let now = archive.now();
        let empty = Observation::new(Path::ROOT, Token::NONE, 0, now);
        archive.list(self.list, empty, &mut |archive, observation| {
            observation.archive(archive);
            if archive.is_restoring() {
                // The first notification finds out whether the server is still interested.
                observation.confirmed = Second::of(now).earlier(Second::DAY);
            }
        });
        self.members.archive(archive);
        self.history.archive(archive);
    }

    /// Whether notifications have the value of a path.
    pub(super) fn cover(&self, path: Path) -> bool {
        self.list.iter().any(|observation| {
            (0..)
                .map_while(|index| self.path(observation.observed(), index))
                .any(|observed| observed.contains(path))
        })
    }

    /// Forgets observations, with their paths and what they were to be told.
    pub(super) fn forget(&mut self, which: &dyn Fn(&Observation) -> bool) {
        self.remove(which);
        self.retain_observed();
    }

    /// The same with all of them.
    pub(super) fn forget_all(&mut self) {
        if Origin::IS_ALWAYS_REQUEST {
            self.list.clear();
            self.retain_observed();
        } else {
            self.forget(&|_| true);
        }
    }

    /// Ends a composite observation.
    pub(crate) fn forget_composite(&mut self, token: &Token) {
        self.forget(&|observation| observation.is_composite() && observation.token == *token);
    }

    /// Forgets what belongs to observations that are there no longer.
    pub(super) fn retain_observed(&mut self) {
        let list = &*self.list;
        self.members.retain_observed(&|token| {
            let mut composite = list.iter().filter(|other| other.is_composite());
            composite.any(|other| other.token == *token)
        });
        self.history
            .retain(&|token| list.iter().any(|other| other.token == *token));
    }

    /// Forgets observations; those that Izuma's profile has begun are silenced instead.
    pub(super) fn remove(&mut self, which: &dyn Fn(&Observation) -> bool) {
        self.list
            .keep(&mut |observation| !which(observation) || observation.origin.silence());
    }

    /// Hands the values that a response or a notification has to an encoder, and remembers what it
    /// said to an observer.
    pub(super) fn read(
        &mut self,
        observer: Option<&Token>,
        path: Path,
        tree: &mut Tree<'_, '_>,
        encoder: &mut dyn Encoder,
        now: Instant,
    ) -> Result<(), Refusal> {
        if let Some(token) = observer {
            self.history.encode(token, encoder);
        }
        if feature::Composite::IS_ON && path == Path::ROOT {
            let owner = *observer.unwrap_or(&self.members.newest());
            for member in self.members.of(owner) {
                // What is not there just now is left out.
                let sample = sampled(true, encoder, |encoder| read(tree, member.path, encoder));
                member
                    .condition
                    .reported(sample.unwrap_or(Sample::NOTHING), now);
            }
            return Ok(());
        }
        let is_observed = observer.is_some();
        let sample = sampled(is_observed, encoder, |encoder| read(tree, path, encoder))?;
        if is_observed {
            self.reported = sample;
        }
        Ok(())
    }

    pub(super) fn get(&mut self, token: &Token) -> Option<&mut Observation> {
        self.list
            .iter_mut()
            .find(|observation| observation.token == *token && !observation.origin.is_silenced())
    }

    /// The observation that a request with this token has begun.
    pub(super) fn requested(&mut self, token: &Token) -> Option<&mut Observation> {
        self.list
            .iter_mut()
            .find(|observation| observation.token == *token && observation.origin.is_request())
    }

    /// The path at `index` of those of an observation.
    pub(super) fn path(&self, observed: Observed, index: usize) -> Option<Path> {
        if observed.is_composite() {
            return self.members.path(observed.token, index);
        }
        (index == 0).then_some(observed.path)
    }
}
