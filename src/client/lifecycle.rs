//! The life of a registration (LwM2M Core 1.1, 6.2): the application's commands, what the transport
//! and the server answer, and what the client does next.

use coap_lite::ResponseType;

use crate::client::config::{Role, Version};
use crate::client::echo::Echo;
use crate::client::event::{Event, LastError, State};
use crate::client::registration::{Parameters, class, earliest_retry};
use crate::client::transport::{Association, TransportError};
use crate::client::{Client, Purpose, Wanted, count};
use crate::coap::Message;
use crate::error::{Detail, Error, Operation};
use crate::time::{Duration, Instant};

/// Where the client stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Nothing to do.
    Idle,
    /// Stopped by an error.
    Halted,
    /// The transport opens an association for this operation.
    Opening(Operation),
    /// The transport opens one for a registration that may still hold.
    Reopening,
    /// The request is outstanding, or an Update waits for another message's answer (NSTART = 1).
    Requesting(Operation),
    /// Backing off. An association that is still open is served meanwhile.
    Waiting {
        operation: Operation,
        /// The server wants to be left alone so long.
        not_before: Instant,
        until: Instant,
    },
    /// The bootstrap server writes, until the given time.
    #[cfg(feature = "bootstrap")]
    Bootstrapping(Instant),
    /// Registered, until the next Update at the given time.
    Registered(Instant),
    /// De-registered for the server, which has disabled itself, until the given time.
    #[cfg(feature = "server-object")]
    Disabled(Instant),
}

impl Phase {
    pub(super) fn state(self) -> State {
        match self {
            Self::Idle => State::Idle,
            Self::Halted => State::Halted,
            Self::Registered(_) | Self::Reopening => State::Registered,
            #[cfg(feature = "bootstrap")]
            Self::Bootstrapping(_) => State::Bootstrapping,
            #[cfg(feature = "server-object")]
            Self::Disabled(_) => State::Disabled,
            Self::Opening(operation)
            | Self::Requesting(operation)
            | Self::Waiting { operation, .. } => match operation {
                Operation::Bootstrap => State::Bootstrapping,
                Operation::Register => State::Registering,
                Operation::Update => State::Updating,
                Operation::Deregister => State::Deregistering,
            },
        }
    }

    /// Whether notifications may go out, given a registration.
    pub(super) fn is_served(self) -> bool {
        matches!(
            self,
            Self::Registered(_) | Self::Requesting(Operation::Update)
        )
    }
}

/// A command that came while a request was outstanding, and waits for its result.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Intent {
    None,
    Register,
    Close,
    /// The server's: De-register, and register again after a while.
    #[cfg(feature = "server-object")]
    Disable,
}

/// Commands.
impl Client<'_> {
    /// Registers the device, and keeps it registered until [`Client::close`].
    ///
    /// Ends in [`Event::Registered`]. Temporary errors are told and retried for ever; a
    /// configuration that cannot work halts with [`Error::InvalidParameters`]. While the device is
    /// registered, the command is refused with [`Error::NotAllowed`], and nothing else happens.
    /// While a server has disabled itself, the device registers when that time is over, and not
    /// before.
    pub fn register(&mut self, now: Instant) {
        self.timeline.advance(now);
        match self.phase {
            Phase::Idle | Phase::Halted => {
                if let Err(detail) = self.config.check() {
                    self.fail(Operation::Register, Error::InvalidParameters, detail);
                    return;
                }
                self.back_off = self.config.back_off.first();
                self.server.version = self.config.version;
                self.registration.proven_at = Instant::default();
                #[cfg(feature = "bootstrap")]
                {
                    self.registration.appealed = false;
                    if self.account(Operation::Register).is_none() {
                        self.turn_to_bootstrap_server();
                        return;
                    }
                }
                self.open(Operation::Register, false);
            }
            // It will register by itself, when the server wants it again.
            #[cfg(feature = "server-object")]
            _ if self.intent == Intent::Disable => {}
            Phase::Opening(Operation::Deregister) | Phase::Requesting(Operation::Deregister) => {
                self.intent = Intent::Register;
            }
            _ if self.intent == Intent::Close => self.intent = Intent::None,
            // Under way already.
            _ if self.phase.state() == State::Registering => {}
            _ if self.has_registration() => {
                self.report(
                    Operation::Register,
                    Error::NotAllowed,
                    Detail::AlreadyRegistered,
                );
            }
            _ => {}
        }
    }

    /// Updates the registration now.
    ///
    /// Ends in [`Event::Updated`], or in [`Event::Registered`] where the server has forgotten the
    /// device. Without a registration the command is refused with [`Error::NotRegistered`].
    pub fn update(&mut self, now: Instant) {
        self.timeline.advance(now);
        match self.phase {
            Phase::Registered(_) => self.start(Operation::Update),
            Phase::Reopening => self.phase = Phase::Opening(Operation::Update),
            Phase::Halted if self.has_registration() => {
                self.open(Operation::Update, false);
            }
            // The same twice is one.
            Phase::Opening(Operation::Update)
            | Phase::Requesting(Operation::Update)
            | Phase::Waiting {
                operation: Operation::Update,
                ..
            } => {}
            _ => self.report(
                Operation::Update,
                Error::NotRegistered,
                Detail::NoRegistration,
            ),
        }
    }

    /// De-registers the device and stops.
    ///
    /// Ends in [`Event::Deregistered`], or in an error, after which the client halts. As long as the
    /// server may have a registration of this device, it is told, whatever has failed since. Without
    /// a registration, attempts at one end, and the command answers with [`Error::NotRegistered`].
    /// While a Register is outstanding its answer is waited for, so that the server is not left
    /// with a registration.
    pub fn close(&mut self, now: Instant) {
        self.timeline.advance(now);
        #[cfg(feature = "server-object")]
        if self.intent == Intent::Disable {
            // The application's wish to stop goes further.
            self.intent = Intent::None;
        }
        match self.phase {
            Phase::Requesting(Operation::Register) => self.intent = Intent::Close,
            Phase::Opening(Operation::Deregister) | Phase::Requesting(Operation::Deregister) => {
                self.intent = Intent::None;
            }
            Phase::Idle | Phase::Halted if !self.has_registration() => {
                self.report(
                    Operation::Deregister,
                    Error::NotRegistered,
                    Detail::NoRegistration,
                );
            }
            _ => self.end(),
        }
    }

    /// The network goes away, by the application's or the platform's will: nothing is sent and no
    /// time runs out until [`Client::resume`]. What was under way is kept.
    pub fn pause(&mut self, now: Instant) {
        self.timeline.advance(now);
        self.paused = true;
        self.connected = None;
        self.answer = 0;
        self.abandon();
    }

    /// The network is back: asks for an association where there was one, or where one is due.
    ///
    /// Where the association goes on, a registration that holds costs no message; where it does
    /// not, the device registers. A back-off starts again with its first, short step.
    pub fn resume(&mut self, now: Instant) {
        self.timeline.advance(now);
        if !core::mem::take(&mut self.paused) {
            return;
        }
        match self.phase {
            Phase::Registered(_) | Phase::Reopening => {
                self.open(Operation::Update, false);
                self.phase = Phase::Reopening;
            }
            Phase::Opening(operation) | Phase::Requesting(operation) => {
                self.open(operation, false);
            }
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(_) => self.open(Operation::Bootstrap, false),
            // What failed before the pause may have failed for the pause's reason.
            Phase::Waiting {
                operation,
                not_before,
                ..
            } => {
                self.back_off = self.config.back_off.first();
                self.wait(operation, not_before);
            }
            Phase::Idle | Phase::Halted => {}
            #[cfg(feature = "server-object")]
            Phase::Disabled(_) => {}
        }
    }

    /// Objects or object instances came or went: the server is told by an Update.
    pub fn objects_changed(&mut self, now: Instant) {
        self.timeline.advance(now);
        self.registration.objects_changed = true;
        self.update_if_changed();
    }
}

/// Progress.
impl Client<'_> {
    /// Begins an operation, over the open association where that is the right one.
    pub(super) fn start(&mut self, operation: Operation) {
        if operation == Operation::Update {
            self.is_in_doubt();
        }
        let operation = self.in_time(operation);
        if self.connected == Some(role(operation)) {
            self.request(operation);
        } else {
            self.open(operation, false);
        }
    }

    /// Asks the transport for an association.
    pub(super) fn open(&mut self, operation: Operation, renew: bool) {
        self.abandon();
        self.connected = None;
        self.renewal.opens(renew);
        self.phase = Phase::Opening(operation);
        self.wanted = Some(Wanted::Open { operation, renew });
    }

    fn request(&mut self, operation: Operation) {
        self.phase = Phase::Requesting(operation);
        if operation != Operation::Update {
            self.abandon();
        }
        #[cfg(feature = "bootstrap")]
        if operation == Operation::Bootstrap {
            self.begin_bootstrap();
        }
        if operation == Operation::Register {
            // The server starts anew, and observes anew.
            self.forget_observed();
        }
        let registration = &mut self.registration;
        // A request without an answer has told nothing.
        registration.tells_objects |= core::mem::take(&mut registration.objects_changed);
        registration.told = Parameters::of(&self.server);
    }

    /// Gives the outstanding message up; a value that it has goes out with another one.
    fn abandon(&mut self) {
        let Some(exchange) = self.exchange.take() else {
            return;
        };
        match exchange.purpose {
            Purpose::Notify => self.notification_abandoned(&exchange.token),
            #[cfg(feature = "send")]
            Purpose::Send(batch) => self.sends.again(batch),
            Purpose::Operation(_) => {}
        }
    }

    /// Stops, and gives the transport back.
    pub(super) fn stop(&mut self, phase: Phase) {
        self.phase = phase;
        self.abandon();
        #[cfg(feature = "block")]
        self.uploads.abort();
        self.connected = None;
        self.wanted = Some(Wanted::Close);
    }

    /// There is no registration any longer.
    pub(super) fn forget_registration(&mut self) {
        self.registration.location.clear();
        self.forget_observed();
    }

    /// There are no observations that the server could know of.
    fn forget_observed(&mut self) {
        self.forget_observations();
        #[cfg(feature = "block")]
        self.uploads.abort();
    }

    pub(super) fn opened(&mut self, association: Association) {
        if self.paused {
            return;
        }
        let (operation, reopening) = match self.phase {
            Phase::Opening(operation) => (operation, false),
            Phase::Reopening => (Operation::Update, true),
            _ => return,
        };
        self.connected = Some(role(operation));
        self.answer = 0;
        let continued = association == Association::Continued;
        self.renewal.opened(continued);
        if !continued {
            self.echo = Echo::default();
            self.duplicates.clear();
            self.acknowledged = None;
            self.next_token = 0;
            #[cfg(feature = "block")]
            self.uploads.abort();
        }
        let holds = continued && self.has_registration();
        match operation {
            Operation::Update if reopening && holds => self.settle(),
            // Transport 1.1, 6.4.3.
            Operation::Update if !holds => self.request(Operation::Register),
            operation => self.request(operation),
        }
    }

    pub(super) fn lost(&mut self, cause: TransportError) {
        if self.paused {
            return;
        }
        self.connected = None;
        let (error, detail) = cause.class();
        match self.phase {
            Phase::Opening(operation) | Phase::Requesting(operation) => {
                self.fail(operation, error, detail);
            }
            Phase::Reopening => self.fail(Operation::Update, error, detail),
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(_) => self.fail(Operation::Bootstrap, error, detail),
            Phase::Registered(_) => self.recover(Operation::Update),
            Phase::Idle | Phase::Halted | Phase::Waiting { .. } => {}
            #[cfg(feature = "server-object")]
            Phase::Disabled(_) => {}
        }
    }

    /// The association of a registration is lost, or the registration forgotten: goes on with an
    /// Update over another association, or with a Register, at once, but under back-off where that has
    /// happened before and no Update has succeeded since.
    pub(super) fn recover(&mut self, operation: Operation) {
        if self.doubt() {
            self.wait(operation, self.timeline.now());
        } else if operation == Operation::Update {
            self.open(operation, true);
        } else {
            self.start(operation);
        }
    }

    pub(super) fn handle_phase_timeout(&mut self, now: Instant) {
        if self.phase_deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.phase {
            // An Update is outstanding until the registration expires.
            Phase::Waiting { operation, .. } | Phase::Requesting(operation) => {
                self.open(self.in_time(operation), true);
            }
            Phase::Registered(_) => self.start(Operation::Update),
            #[cfg(feature = "server-object")]
            Phase::Disabled(_) => self.open(Operation::Register, false),
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(_) => self.give_up_bootstrap(),
            _ => {}
        }
    }

    pub(super) fn phase_deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting {
                until: deadline, ..
            }
            | Phase::Registered(deadline) => Some(deadline),
            Phase::Requesting(Operation::Update) => Some(self.registration.expires),
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(deadline) => Some(deadline),
            #[cfg(feature = "server-object")]
            Phase::Disabled(deadline) => Some(deadline),
            _ => None,
        }
    }

    /// Does what the server has executed in its Server object, now that it has its answer.
    pub(super) fn follow_triggers(&mut self) {
        if core::mem::take(&mut self.server.update_triggered) {
            self.verify_registration();
        }
        #[cfg(feature = "server-object")]
        if core::mem::take(&mut self.server.disable_triggered) {
            self.disable();
        }
        #[cfg(feature = "bootstrap")]
        if core::mem::take(&mut self.server.bootstrap_triggered) && self.intent != Intent::Close {
            self.bootstrap_anew();
        }
    }

    /// Something suggests that the server does not hear: an Update finds out.
    pub(super) fn verify_registration(&mut self) {
        if matches!(self.phase, Phase::Registered(_)) {
            self.start(Operation::Update);
        }
    }

    /// Tells the server what it does not know yet.
    pub(super) fn update_if_changed(&mut self) {
        if matches!(self.phase, Phase::Registered(_))
            && (self.registration.objects_changed
                || self.registration.known != Parameters::of(&self.server))
        {
            self.start(Operation::Update);
        }
    }

    /// The answer to the request of an operation.
    pub(super) fn answered(
        &mut self,
        operation: Operation,
        started: Instant,
        answer: &Message<'_>,
    ) {
        self.renewal.served();
        if answer.unknown.is_some() {
            return self.fail(operation, Error::UnknownError, Detail::MalformedAnswer);
        }
        let expected = match operation {
            Operation::Bootstrap | Operation::Update => ResponseType::Changed,
            Operation::Register => ResponseType::Created,
            Operation::Deregister => ResponseType::Deleted,
        };
        if !answer.answers(expected) {
            return self.refused(operation, answer);
        }
        match operation {
            #[cfg(feature = "bootstrap")]
            Operation::Bootstrap => self.await_bootstrap(),
            #[cfg(not(feature = "bootstrap"))]
            Operation::Bootstrap => {}
            Operation::Register => match self.registration.locate(answer) {
                Err((error, detail)) => self.fail(operation, error, detail),
                Ok(()) => {
                    count(&mut self.counters.registrations, 1);
                    #[cfg(feature = "bootstrap")]
                    {
                        self.registration.appealed = false;
                    }
                    #[cfg(feature = "send")]
                    self.sends.new_registration();
                    self.renewed(started);
                    self.emit(Event::Registered);
                    self.settle();
                }
            },
            Operation::Update => {
                count(&mut self.counters.updates, 1);
                self.registration.proven_at = Instant::default();
                self.renewed(started);
                self.emit(Event::Updated);
                self.settle();
            }
            #[cfg(feature = "server-object")]
            Operation::Deregister if self.intent == Intent::Disable => {
                self.forget_registration();
                self.rest();
            }
            Operation::Deregister => {
                self.forget_registration();
                self.stop(Phase::Idle);
                self.emit(Event::Deregistered);
                self.follow_intent();
            }
        }
    }

    /// The registration lasts its whole lifetime again, from the request's first transmission.
    fn renewed(&mut self, started: Instant) {
        self.registration.known = self.registration.told;
        self.registration.tells_objects = false;
        let lifetime = u64::from(self.registration.known.lifetime) * 1000;
        let margin = self
            .config
            .transmission
            .max_transmit_wait()
            .saturating_mul(2)
            + self.longest_first_wait();
        let expires = started.after_millis(lifetime);
        self.registration.expires = expires;
        self.registration.update_at = (expires - margin).max(started.after_millis(lifetime / 2));
        if started < self.registration.proven_at {
            self.registration.proven_at = started.after(self.config.back_off.cap);
        } else {
            self.back_off = self.config.back_off.first();
        }
    }

    /// Registered, with nothing outstanding.
    fn settle(&mut self) {
        self.phase = Phase::Registered(self.registration.update_at);
        self.follow_intent();
        self.update_if_changed();
    }

    fn follow_intent(&mut self) {
        match core::mem::replace(&mut self.intent, Intent::None) {
            Intent::Register => self.open(Operation::Register, false),
            Intent::Close => self.start(Operation::Deregister),
            // Only a De-register is followed by a rest, without coming by here.
            _ => {}
        }
    }

    /// Any other answer than the one that the operation hopes for.
    fn refused(&mut self, operation: Operation, answer: &Message<'_>) {
        let (error, detail) = match operation {
            _ if answer.code >> 5 == 2 => (Error::UnknownError, Detail::MalformedAnswer),
            Operation::Register
                if answer.answers(ResponseType::PreconditionFailed)
                    && self.server.version == Version::V1_1 =>
            {
                // Perhaps a server of 1.0; once.
                self.server.version = Version::V1_0;
                return self.request(Operation::Register);
            }
            Operation::Bootstrap => (Error::BootstrapFailed, Detail::Answer(answer.code)),
            _ => (class(operation, answer), Detail::Answer(answer.code)),
        };
        if error == Error::NotRegistered {
            self.forget_registration();
            if operation == Operation::Update && self.config.reregister {
                self.report(operation, error, detail);
                return self.recover(Operation::Register);
            }
        }
        self.fail_until(operation, error, detail, earliest_retry(answer));
        // Where an Update makes no sense to the server, a Register may. A server that has trouble of
        // its own still has the registration.
        if answer.code >> 5 != 5
            && !answer.answers(ResponseType::TooManyRequests)
            && let Phase::Waiting { operation, .. } = &mut self.phase
            && *operation == Operation::Update
        {
            *operation = Operation::Register;
        }
    }

    pub(super) fn fail(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.fail_until(operation, error, detail, Duration::ZERO);
    }

    /// Tells the application, then waits and tries again, or halts.
    fn fail_until(
        &mut self,
        operation: Operation,
        error: Error,
        detail: Detail,
        at_least: Duration,
    ) {
        self.report(operation, error, detail);
        let intent = core::mem::replace(&mut self.intent, Intent::None);
        if intent == Intent::Close {
            return self.end();
        }
        #[cfg(feature = "server-object")]
        if intent == Intent::Disable {
            return self.rest();
        }
        #[cfg(feature = "bootstrap")]
        if self.appeals(operation, error, detail) && self.turn_to_bootstrap_server() {
            return;
        }
        if error.halts(operation) {
            self.stop(Phase::Halted);
            if intent == Intent::Register {
                self.open(Operation::Register, false);
            }
            return;
        }
        let next = match operation {
            // An account that the bootstrap server has not touched is worth another try.
            #[cfg(feature = "bootstrap")]
            Operation::Bootstrap if self.account(Operation::Register).is_some() => {
                self.registration.appealed = false;
                Operation::Register
            }
            operation => self.in_time(operation),
        };
        self.wait(next, self.timeline.now().after(at_least));
    }

    /// Whether the registration has neither lasted for the longest wait nor been updated since it was
    /// made because of a doubt. Where it has, what fails from here on begins with the first wait.
    pub(super) fn is_in_doubt(&mut self) -> bool {
        let in_doubt = self.timeline.now() < self.registration.proven_at;
        if !in_doubt {
            self.back_off = self.config.back_off.first();
        }
        in_doubt
    }

    /// The server may not know the registration; whether that was in doubt before.
    fn doubt(&mut self) -> bool {
        let before = self.is_in_doubt();
        self.registration.proven_at = Instant::from_millis(u64::MAX);
        before
    }

    /// Whether the server may have a registration of this device.
    #[inline(never)]
    pub(super) fn has_registration(&self) -> bool {
        self.registration.is_valid(self.timeline.now()) && self.account(Operation::Update).is_some()
    }

    /// De-registers, or halts where there is nothing to end.
    fn end(&mut self) {
        if self.has_registration() {
            self.back_off = self.config.back_off.first();
            self.start(Operation::Deregister);
        } else {
            self.fail(
                Operation::Deregister,
                Error::NotRegistered,
                Detail::NoRegistration,
            );
        }
    }

    /// An Update that comes too late is a Register.
    #[inline(never)]
    fn in_time(&self, operation: Operation) -> Operation {
        match operation {
            Operation::Update if !self.has_registration() => Operation::Register,
            operation => operation,
        }
    }

    /// A registration that is rejected, or has failed in all the sequences that the server has set,
    /// goes to the bootstrap server first (/1/x/16).
    #[cfg(feature = "bootstrap")]
    fn appeals(&mut self, operation: Operation, error: Error, detail: Detail) -> bool {
        let rejected = error == Error::InvalidParameters && matches!(detail, Detail::Answer(_));
        #[cfg(feature = "server-object")]
        let rejected = rejected
            || self
                .server
                .schedule()
                .is_some_and(|schedule| self.back_off.ends(&schedule));
        rejected
            && operation == Operation::Register
            && self.config.account.role == Role::Bootstrap
            && self.server.bootstrap_on_failure
            && !core::mem::replace(&mut self.registration.appealed, true)
    }

    /// Backs off, from `not_before` on.
    fn wait(&mut self, operation: Operation, not_before: Instant) {
        self.abandon();
        let not_before = not_before.max(self.timeline.now());
        let wait = self.draw_wait(operation);
        self.phase = Phase::Waiting {
            operation,
            not_before,
            until: not_before.after(wait),
        };
    }

    fn draw_wait(&mut self, operation: Operation) -> Duration {
        let (limits, random) = (&self.config.back_off, &mut self.random);
        #[cfg(feature = "server-object")]
        if operation != Operation::Bootstrap
            && let Some(schedule) = self.server.schedule()
        {
            return self.back_off.draw_scheduled(&schedule, limits, random);
        }
        let _ = operation;
        self.back_off.draw(limits, random)
    }

    /// Of the first wait after a success.
    fn longest_first_wait(&self) -> Duration {
        #[cfg(feature = "server-object")]
        if let Some(schedule) = self.server.schedule() {
            return schedule.first(&self.config.back_off).1;
        }
        self.config.back_off.max
    }

    fn report(&mut self, operation: Operation, error: Error, detail: Detail) {
        count(&mut self.counters.errors, 1);
        self.last_error = Some(LastError {
            operation,
            error,
            detail,
            at: self.timeline.now(),
        });
        self.emit(Event::Error {
            operation,
            error,
            detail,
        });
    }
}

/// What the server puts off.
#[cfg(feature = "server-object")]
impl Client<'_> {
    /// The server, which is heard only while it has a registration, wants the device gone for a
    /// while (/1/x/4).
    fn disable(&mut self) {
        self.intent = Intent::Disable;
        self.end();
    }

    /// Leaves the server alone for the time that it has set (/1/x/5).
    fn rest(&mut self) {
        let seconds = self.server.disable_timeout();
        self.intent = Intent::None;
        self.back_off = self.config.back_off.first();
        self.forget_observed();
        let until = self.spread_after(seconds);
        self.stop(Phase::Disabled(until));
        self.emit(Event::Disabled);
    }

    /// The wait before the first Register, after a bootstrap or another server's (/1/x/14).
    #[cfg(any(feature = "access-control", feature = "bootstrap"))]
    pub(super) fn initial_wait(&mut self, seconds: u32) -> Phase {
        let until = self.spread_after(seconds);
        Phase::Waiting {
            operation: Operation::Register,
            not_before: until,
            until,
        }
    }

    /// After so many seconds, and at random within the first wait's limit behind that, so that a
    /// fleet that was told the same does not come at once.
    fn spread_after(&mut self, seconds: u32) -> Instant {
        let spread = self
            .random
            .between(Duration::ZERO, self.config.back_off.max);
        let now = self.timeline.now();
        now.after_millis(u64::from(seconds) * 1000).after(spread)
    }
}

fn role(operation: Operation) -> Role {
    match operation {
        #[cfg(feature = "bootstrap")]
        Operation::Bootstrap => Role::Bootstrap,
        _ => Role::Management,
    }
}
