//! The life of a registration (LwM2M Core 1.1, 6.2), and of a bootstrap before it: what the
//! application's commands, the transport and the server's responses make of it.

#[cfg_attr(not(feature = "bootstrap"), path = "bootstrap_off.rs")]
mod bootstrap;
#[cfg(all(feature = "access-control", feature = "server-object"))]
mod order;
#[cfg_attr(not(feature = "bootstrap-pack"), path = "pack_off.rs")]
mod pack;
mod phase;
#[cfg_attr(not(feature = "izuma"), path = "profile_off.rs")]
mod profile;
#[cfg_attr(not(feature = "diagnostics"), path = "reason_off.rs")]
mod reason;
mod registration;
#[cfg_attr(not(feature = "snapshot"), path = "restored_off.rs")]
mod restored;

use coap_lite::ResponseType;
use heapless::VecView;

use crate::coap::Message;
use crate::config::{Role, Version};
use crate::context::Context;
use crate::context::events::count;
use crate::error::{Detail, Error, Operation};
use crate::event::{Event, RegisterReason, State};
use crate::feature;
use crate::time::{Duration, Instant};
use crate::transport::{Association, TransportError};

use bootstrap::Bootstrap;
#[cfg(feature = "bootstrap-pack")]
pub(crate) use pack::Piece;
use phase::Intent;
pub(crate) use phase::Phase;
use reason::Reason;
use registration::{Parameters, Registration, class, earliest_retry};
use restored::Restored;

pub(crate) struct Session<'s> {
    phase: Phase,
    intent: Intent,
    paused: bool,
    /// What the open association is for.
    connected: Option<Role>,
    /// Whether it has served before.
    has_served: bool,
    wanted: Option<Wanted>,
    registration: Registration<'s>,
    reason: Reason,
    /// Whether objects or instances came or went since a Register or an Update began to list them.
    objects_changed: bool,
    /// Whether the outstanding Update has the object list.
    lists_objects: bool,
    /// How many attempts have failed in a row, by which the wait before another one grows.
    failures: u32,
    bootstrap: Bootstrap,
    restored: Restored,
    effects: Effects,
}

/// What the platform's transport is to do.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    Open { operation: Operation, renew: bool },
    Close,
}

/// What a step of the session means for the other parts of the client.
#[derive(Default)]
pub(crate) struct Effects {
    /// The outstanding message is given up; a value that it has goes out with another one.
    pub(crate) abandon: bool,
    /// The server knows of no observation.
    pub(crate) forget_observations: bool,
    /// No further block of an upload will come.
    pub(crate) abort_upload: bool,
    /// What the server takes may be another than before.
    pub(crate) new_registration: bool,
}

/// What a session reacts to, other than a response.
#[derive(Clone, Copy)]
pub(crate) enum Input {
    Register,
    Update,
    Close,
    Resume,
    /// The association that was asked for is there.
    Opened(Association),
    /// There is no association, or not any longer.
    Lost(TransportError),
    /// The [deadline](Session::deadline) is over.
    Expired,
    /// Something suggests that the server does not hear.
    Doubted,
    /// Objects, or what a registration says of them, may have changed.
    Changed,
}

/// The table of the session: what each input does in each phase. What a response does depends on the
/// operation alone, and stands in [`responded`](Session::responded).
impl Session<'_> {
    #[inline(never)]
    pub(crate) fn step(&mut self, context: &mut Context<'_>, input: Input) {
        use Operation::{Bootstrap, Deregister, Register, Update};
        let is_registered = self.has_registration(context);
        match (input, self.phase) {
            (Input::Register, Phase::Idle) if is_registered && self.restored.is_there() => {
                self.open(Update, false);
                self.phase = Phase::Reopening;
            }
            (Input::Register, Phase::Idle | Phase::Halted) => self.begin(context),
            // It will register by itself, when the server wants it again.
            (Input::Register, _) if self.intent.disables() => {}
            (Input::Register, Phase::Opening(Deregister) | Phase::Requesting(Deregister)) => {
                self.intent = Intent::Register;
                self.reason.set(RegisterReason::First);
            }
            (Input::Register, _) if self.intent == Intent::Close => self.intent = Intent::None,
            (Input::Register, phase) if phase.state() == State::Registering => {}
            (Input::Register, _) if is_registered => {
                context.report(Register, Error::NotAllowed, Detail::AlreadyRegistered);
            }
            (Input::Register, _) => {}

            (Input::Update, Phase::Registered) => self.start(context, Update),
            (Input::Update, Phase::Reopening) => self.phase = Phase::Opening(Update),
            (Input::Update, Phase::Halted) if is_registered => self.open(Update, false),
            // The same twice is one.
            (
                Input::Update,
                Phase::Opening(Update)
                | Phase::Requesting(Update)
                | Phase::Waiting {
                    operation: Update, ..
                },
            ) => {}
            (Input::Update, _) => {
                context.report(Update, Error::NotRegistered, Detail::NoRegistration);
            }

            (Input::Close, Phase::Requesting(Register)) => self.intent = Intent::Close,
            // The application's wish to stop goes further than the server's.
            (Input::Close, Phase::Opening(Deregister) | Phase::Requesting(Deregister)) => {
                self.intent = Intent::None;
            }
            (Input::Close, Phase::Idle | Phase::Halted) if !is_registered => {
                context.report(Deregister, Error::NotRegistered, Detail::NoRegistration);
            }
            (Input::Close, _) => self.end(context),

            (Input::Resume, Phase::Registered | Phase::Reopening) => {
                self.open(Update, false);
                self.phase = Phase::Reopening;
            }
            (Input::Resume, Phase::Opening(operation) | Phase::Requesting(operation)) => {
                self.open(operation, false);
            }
            (Input::Resume, Phase::Bootstrapping(..)) => self.open(Bootstrap, false),
            // What failed before the pause may have failed for the pause's reason.
            (
                Input::Resume,
                Phase::Waiting {
                    operation,
                    not_before,
                    ..
                },
            ) => {
                self.failures = 0;
                self.wait(context, operation, not_before);
            }
            (Input::Resume, Phase::Idle | Phase::Halted | Phase::Disabled(..)) => {}

            (Input::Opened(association), Phase::Opening(operation)) => {
                let continued = self.opened(context, operation, association);
                // A registration belongs to its association (Transport 1.1, 6.4.3).
                if operation == Update && !(continued && is_registered) {
                    self.request(context, Register);
                } else {
                    if operation == Update {
                        self.restored.goes_on(context);
                    }
                    self.request(context, operation);
                }
            }
            (Input::Opened(association), Phase::Reopening) => {
                if self.opened(context, Update, association) && is_registered {
                    match self.restored.goes_on(context) {
                        true => self.request(context, Update),
                        false => self.settle(context),
                    }
                } else {
                    self.request(context, Register);
                }
            }
            (Input::Opened(_), _) => {}

            (Input::Lost(cause), phase) => {
                self.connected = None;
                if let Some(alert) = cause.alert() {
                    match phase {
                        // The Server object is about its own server.
                        Phase::Opening(Bootstrap)
                        | Phase::Requesting(Bootstrap)
                        | Phase::Bootstrapping(..) => {}
                        _ => context.server.note_alert(alert),
                    }
                }
                let (error, detail) = cause.class();
                match phase {
                    Phase::Opening(operation) | Phase::Requesting(operation) => {
                        self.fail(context, operation, error, detail);
                    }
                    Phase::Reopening => self.fail(context, Update, error, detail),
                    Phase::Bootstrapping(..) => self.fail(context, Bootstrap, error, detail),
                    Phase::Registered => self.recover(context, Update),
                    Phase::Idle | Phase::Halted | Phase::Waiting { .. } | Phase::Disabled(..) => {}
                }
            }

            // The bootstrap server's account has had its time (/0/x/12), during its hold-off.
            (
                Input::Expired,
                Phase::Waiting {
                    operation: Bootstrap,
                    ..
                },
            ) if feature::Bootstrap::IS_ON && !context.server.has_bootstrap_server => {
                self.open(Register, true);
            }
            // An Update is outstanding until the registration expires.
            (Input::Expired, Phase::Waiting { operation, .. } | Phase::Requesting(operation)) => {
                self.open(self.in_time(context, operation), true);
            }
            (Input::Expired | Input::Doubted, Phase::Registered) => self.start(context, Update),
            (Input::Expired, Phase::Disabled(..)) => {
                self.reason.set(RegisterReason::EnabledAgain);
                self.open(Register, false);
            }
            (Input::Expired, Phase::Bootstrapping(..)) => self.give_up_bootstrap(context),
            (
                Input::Expired,
                Phase::Idle | Phase::Halted | Phase::Opening(_) | Phase::Reopening,
            )
            | (Input::Doubted, _) => {}

            (Input::Changed, Phase::Registered) if self.has_news(context) => {
                self.start(context, Update);
            }
            (Input::Changed, _) => {}
        }
    }
}

/// Inputs and outputs beside the table.
impl<'s> Session<'s> {
    pub(crate) fn new(location: &'s mut VecView<u8>) -> Self {
        Self {
            phase: Phase::Idle,
            intent: Intent::None,
            paused: false,
            connected: None,
            has_served: false,
            wanted: None,
            registration: Registration::new(location),
            reason: Reason::NEW,
            objects_changed: false,
            lists_objects: false,
            failures: 0,
            bootstrap: Bootstrap::default(),
            restored: Restored::default(),
            effects: Effects::default(),
        }
    }

    /// Nothing is sent and no time runs out until [`Input::Resume`]. What was under way is kept.
    pub(crate) fn pause(&mut self) {
        self.paused = true;
        self.connected = None;
        self.effects.abandon = true;
    }

    /// Whether there was a pause, which has ended.
    pub(crate) fn ends_pause(&mut self) -> bool {
        core::mem::take(&mut self.paused)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// Objects or instances came or went.
    pub(crate) fn set_objects_changed(&mut self) {
        self.objects_changed = true;
    }

    /// What the other parts have to do, once.
    pub(crate) fn take_effects(&mut self) -> Effects {
        core::mem::take(&mut self.effects)
    }

    pub(crate) fn take_wanted(&mut self) -> Option<Wanted> {
        self.wanted.take()
    }

    /// Whether an association was asked for that is not there yet.
    pub(crate) fn awaits_association(&self) -> bool {
        matches!(self.phase, Phase::Opening(_) | Phase::Reopening)
    }

    /// What the open association is for.
    pub(crate) fn connected(&self) -> Option<Role> {
        self.connected
    }

    /// Whether messages can be exchanged.
    pub(crate) fn is_open(&self) -> bool {
        self.connected.is_some() && !self.paused
    }

    /// Whether notifications and Sends reach a server that knows this device.
    #[inline(always)]
    pub(crate) fn reports(&self, context: &Context<'_>) -> bool {
        self.phase.reports() && self.has_registration(context)
    }

    /// Whether the server of the open association has a say (LwM2M Core 1.1, 6.1.7, 6.3 and 6.4).
    pub(crate) fn hears(&self, context: &Context<'_>) -> bool {
        if feature::Bootstrap::IS_ON && self.connected == Some(Role::Bootstrap) {
            return self.is_bootstrapping();
        }
        let is_between = matches!(
            self.phase.state(),
            State::Registering | State::Deregistering
        );
        !is_between && self.has_registration(context)
    }

    /// The operation whose request is to be outstanding.
    pub(crate) fn requests(&self) -> Option<Operation> {
        match self.phase {
            Phase::Requesting(operation) => Some(operation),
            _ => None,
        }
    }

    /// When [`Input::Expired`] is due.
    pub(crate) fn deadline(&self, context: &Context<'_>) -> Option<Instant> {
        match self.phase {
            Phase::Waiting { until, .. } => Some(until),
            Phase::Registered => Some(self.update_at(context)),
            Phase::Requesting(Operation::Update) => Some(self.registration.expires),
            Phase::Bootstrapping(deadline, _) | Phase::Disabled(deadline, _) => Some(deadline),
            _ => None,
        }
    }

    /// When the next Update is due, where nothing else is under way.
    pub(crate) fn next_update(&self, context: &Context<'_>) -> Option<Instant> {
        (self.phase == Phase::Registered).then(|| self.update_at(context))
    }

    /// Whether the second half of the time up to the next Update has begun.
    pub(crate) fn is_update_near(&self, context: &Context<'_>) -> bool {
        let Some(at) = self.next_update(context) else {
            return false;
        };
        let Registration { expires, known, .. } = &self.registration;
        let period = at.saturating_since(*expires - Duration::from_secs(known.lifetime));
        at.saturating_since(context.now()) <= period.half()
    }

    /// When the next Update is due: so early that two can fail before the registration expires, with
    /// the wait between them; at half of the lifetime where that is shorter.
    #[inline(never)]
    fn update_at(&self, context: &Context<'_>) -> Instant {
        let limits = &context.config.back_off;
        let longest_wait = match context.server.schedule() {
            Some(schedule) => schedule.range(1, limits).1,
            None => limits.max,
        };
        let transmission = context.config.transmission.max_transmit_wait();
        let margin = transmission.saturating_mul(2) + longest_wait;
        let half = Duration::from_millis(u64::from(self.registration.known.lifetime) * 500);
        self.registration.expires - margin.min(half)
    }

    /// Whether the server may have a registration of this device.
    pub(crate) fn has_registration(&self, context: &Context<'_>) -> bool {
        self.registration.is_valid(context.now()) && context.has_server()
    }

    /// The id that the server gave this device.
    pub(crate) fn device_id<'c>(&'c self, context: &'c Context<'_>) -> Option<&'c str> {
        // While the device registers anew, the registration before may live on at the server.
        let is_gone = matches!(self.phase.state(), State::Registering | State::Disabled);
        if is_gone || !self.has_registration(context) {
            return None;
        }
        self.registration
            .device_id(context.account(Operation::Register)?)
    }

    /// Does what the server has executed in its Server object, now that it has its response.
    pub(crate) fn follow_triggers(&mut self, context: &mut Context<'_>) {
        if core::mem::take(&mut context.server.update_triggered) {
            self.step(context, Input::Doubted);
        }
        if let Some(on) = feature::ServerObject::VALUE
            && core::mem::take(&mut context.server.disable_triggered)
        {
            self.disable(context, on);
        }
        if feature::Bootstrap::IS_ON
            && core::mem::take(&mut context.server.bootstrap_triggered)
            && self.intent != Intent::Close
        {
            self.bootstrap_anew();
        }
    }

    /// A server that was restarted is silent to the records of a DTLS session that it does not know
    /// any longer: the association is renewed in place of the last retransmissions. What is left
    /// without a response over another association, too, fails as without security.
    pub(crate) fn renew_association(&mut self, context: &mut Context<'_>) {
        match self.phase {
            Phase::Requesting(operation) if operation != Operation::Update => {
                self.open(operation, true);
            }
            _ => self.recover(context, Operation::Update),
        }
    }

    /// Whether the association has served before, so that its server may have been restarted since.
    pub(crate) fn has_served(&self) -> bool {
        self.has_served
    }

    fn set_served(&mut self, has_served: bool) {
        // Without security nobody asks.
        if feature::Dtls::IS_ON {
            self.has_served = has_served;
        }
    }

    /// Whether the registration has neither lasted for the longest wait nor been updated since it was
    /// made because of a doubt. Where it has, what fails from here on begins with the first wait.
    pub(crate) fn is_in_doubt(&mut self, context: &Context<'_>) -> bool {
        let in_doubt = context.now() < self.registration.proven_at;
        if !in_doubt {
            self.failures = 0;
        }
        in_doubt
    }

    /// Takes the response to the request of an operation, which was first transmitted at `started`.
    pub(crate) fn responded(
        &mut self,
        context: &mut Context<'_>,
        operation: Operation,
        started: Instant,
        response: &Message<'_>,
    ) {
        self.set_served(true);
        if response.unknown.is_some() {
            return self.fail(
                context,
                operation,
                Error::UnknownError,
                Detail::MalformedResponse,
            );
        }
        let expected = match operation {
            Operation::Bootstrap | Operation::Update => ResponseType::Changed,
            Operation::Register => ResponseType::Created,
            Operation::Deregister => ResponseType::Deleted,
        };
        if !response.is(expected) {
            return self.refused(context, operation, response);
        }
        match operation {
            Operation::Bootstrap => self.await_bootstrap(context),
            Operation::Register => match self.registration.locate(response) {
                Err((error, detail)) => self.fail(context, operation, error, detail),
                Ok(()) => {
                    count(&mut context.events.counters.registrations, 1);
                    self.bootstrap.set_appealed(false);
                    self.effects.new_registration = true;
                    self.renewed(context, started);
                    context.emit(Event::Registered(self.reason.take()));
                    self.settle(context);
                }
            },
            Operation::Update => {
                count(&mut context.events.counters.updates, 1);
                self.registration.proven_at = Instant::default();
                self.reason.set(RegisterReason::Expired);
                self.renewed(context, started);
                context.emit(Event::Updated);
                self.settle(context);
            }
            Operation::Deregister => {
                self.forget_registration();
                if let Intent::Disable(on) = self.intent {
                    return self.rest(context, on);
                }
                self.stop(Phase::Idle);
                context.emit(Event::Deregistered);
                self.follow_intent(context);
            }
        }
    }

    /// The request of an operation has no response that could be taken.
    pub(crate) fn fail(
        &mut self,
        context: &mut Context<'_>,
        operation: Operation,
        error: Error,
        detail: Detail,
    ) {
        self.fail_until(context, operation, error, detail, Duration::ZERO);
    }
}

/// Steps of the table.
impl Session<'_> {
    fn begin(&mut self, context: &mut Context<'_>) {
        if let Err(detail) = context.config.check() {
            self.fail(
                context,
                Operation::Register,
                Error::InvalidParameters,
                detail,
            );
            return;
        }
        self.failures = 0;
        context.server.version = context.config.version;
        self.registration.proven_at = Instant::default();
        self.bootstrap.set_appealed(false);
        self.reason.set(RegisterReason::First);
        if context.has_server() {
            self.open(Operation::Register, false);
        } else {
            self.approach_bootstrap_server(context);
        }
    }

    /// Begins an operation, over the open association where that is the right one.
    fn start(&mut self, context: &mut Context<'_>, operation: Operation) {
        if operation == Operation::Update {
            self.is_in_doubt(context);
        }
        let operation = self.in_time(context, operation);
        if self.connected == Some(role(operation)) {
            self.request(context, operation);
        } else {
            self.open(operation, false);
        }
    }

    /// Asks the transport for an association.
    #[inline(never)]
    fn open(&mut self, operation: Operation, renew: bool) {
        self.effects.abandon = true;
        self.connected = None;
        self.set_served(!renew);
        self.phase = Phase::Opening(operation);
        self.wanted = Some(Wanted::Open { operation, renew });
    }

    fn request(&mut self, context: &mut Context<'_>, operation: Operation) {
        self.phase = Phase::Requesting(operation);
        if operation != Operation::Update {
            self.effects.abandon = true;
        }
        if operation == Operation::Bootstrap {
            self.begin_bootstrap(context);
        }
        if operation == Operation::Register {
            self.restored = Restored::default();
            // The server starts anew, and observes anew.
            self.forget_observed();
        }
        // What a request without a response has listed is listed again.
        self.lists_objects |= core::mem::take(&mut self.objects_changed);
        self.registration.requested = Parameters::of(&context.server);
    }

    /// Stops, and gives the transport back.
    fn stop(&mut self, phase: Phase) {
        self.phase = phase;
        self.effects.abandon = true;
        self.effects.abort_upload = true;
        self.connected = None;
        self.wanted = Some(Wanted::Close);
    }

    /// There is no registration any longer.
    fn forget_registration(&mut self) {
        self.restored = Restored::default();
        self.registration.forget();
        self.forget_observed();
    }

    /// The server knows of no observation, and of no upload.
    fn forget_observed(&mut self) {
        self.effects.forget_observations = true;
        self.effects.abort_upload = true;
    }

    /// The association for an operation is there; whether the one before goes on.
    fn opened(
        &mut self,
        context: &mut Context<'_>,
        operation: Operation,
        association: Association,
    ) -> bool {
        let is_new = association == Association::New;
        if is_new && operation == Operation::Update && self.has_registration(context) {
            self.reason.set(RegisterReason::NewAssociation);
        }
        self.connected = Some(role(operation));
        self.set_served(self.has_served && !is_new);
        let account = context.account(operation);
        let is_secure = account.is_some_and(|account| account.is_secure());
        context.ids.associate(is_secure, is_new);
        !is_new
    }

    /// The association of a registration is lost, or the registration forgotten: goes on with an
    /// Update over another association, or with a Register, at once, but under back-off where that has
    /// happened before and no Update has succeeded since.
    #[inline(always)]
    fn recover(&mut self, context: &mut Context<'_>, operation: Operation) {
        let was_in_doubt = self.is_in_doubt(context);
        self.registration.proven_at = Instant::from_millis(u64::MAX);
        if was_in_doubt {
            self.wait(context, operation, context.now());
        } else if operation == Operation::Update {
            self.open(operation, true);
        } else {
            self.start(context, operation);
        }
    }

    /// Whether the server does not know all of what an Update says.
    fn has_news(&self, context: &Context<'_>) -> bool {
        self.objects_changed || self.registration.known != Parameters::of(&context.server)
    }

    /// The registration lasts its whole lifetime again, from the request's first transmission.
    fn renewed(&mut self, context: &Context<'_>, started: Instant) {
        self.registration.known = self.registration.requested;
        self.lists_objects = false;
        let lifetime = u64::from(self.registration.known.lifetime) * 1000;
        self.registration.expires = started.after_millis(lifetime);
        if started < self.registration.proven_at {
            self.registration.proven_at = started.after(context.config.back_off.cap);
        } else {
            self.failures = 0;
        }
    }

    /// Registered, with nothing outstanding.
    #[inline(always)]
    fn settle(&mut self, context: &mut Context<'_>) {
        self.phase = Phase::Registered;
        self.follow_intent(context);
        self.step(context, Input::Changed);
    }

    fn follow_intent(&mut self, context: &mut Context<'_>) {
        match core::mem::replace(&mut self.intent, Intent::None) {
            Intent::Register => self.open(Operation::Register, false),
            Intent::Close => self.start(context, Operation::Deregister),
            // Only a De-register is followed by a rest, without coming by here.
            Intent::None | Intent::Disable(_) => {}
        }
    }

    /// Any other response than the one that the operation hopes for.
    fn refused(&mut self, context: &mut Context<'_>, operation: Operation, response: &Message<'_>) {
        let (error, detail) = match operation {
            _ if response.code >> 5 == 2 => (Error::UnknownError, Detail::MalformedResponse),
            Operation::Register
                if response.is(ResponseType::PreconditionFailed)
                    && context.server.version == Version::V1_1 =>
            {
                // Perhaps a server of 1.0; once.
                context.server.version = Version::V1_0;
                return self.request(context, Operation::Register);
            }
            Operation::Bootstrap => (Error::BootstrapFailed, Detail::Response(response.code)),
            _ => (class(operation, response), Detail::Response(response.code)),
        };
        if error == Error::NotRegistered {
            self.forget_registration();
            if operation == Operation::Update && context.config.reregister {
                context.report(operation, error, detail);
                self.reason.set(RegisterReason::Forgotten);
                return self.recover(context, Operation::Register);
            }
        }
        self.fail_until(context, operation, error, detail, earliest_retry(response));
        // Where an Update makes no sense to the server, a Register may. A server that has trouble of
        // its own still has the registration.
        if response.code >> 5 != 5
            && !response.is(ResponseType::TooManyRequests)
            && let Phase::Waiting { operation, .. } = &mut self.phase
            && *operation == Operation::Update
        {
            *operation = Operation::Register;
            self.reason.set(RegisterReason::Forgotten);
        }
    }

    /// Reports the error, then waits and tries again, or halts.
    fn fail_until(
        &mut self,
        context: &mut Context<'_>,
        operation: Operation,
        error: Error,
        detail: Detail,
        at_least: Duration,
    ) {
        context.report(operation, error, detail);
        let intent = core::mem::replace(&mut self.intent, Intent::None);
        if intent == Intent::Close {
            return self.end(context);
        }
        if let Intent::Disable(on) = intent {
            return self.rest(context, on);
        }
        if self.appeals(context, operation, error, detail) {
            return;
        }
        if error.halts(operation) {
            self.stop(Phase::Halted);
            if intent == Intent::Register {
                self.open(Operation::Register, false);
            }
            return;
        }
        let next = self.after_failed(context, operation);
        self.wait(context, next, context.now().after(at_least));
    }

    /// De-registers, or halts where there is nothing to end.
    fn end(&mut self, context: &mut Context<'_>) {
        if self.has_registration(context) {
            self.failures = 0;
            self.start(context, Operation::Deregister);
        } else {
            self.fail(
                context,
                Operation::Deregister,
                Error::NotRegistered,
                Detail::NoRegistration,
            );
        }
    }

    /// An Update that comes too late is a Register.
    #[inline(always)]
    fn in_time(&self, context: &Context<'_>, operation: Operation) -> Operation {
        match operation {
            Operation::Update if !self.has_registration(context) => Operation::Register,
            operation => operation,
        }
    }

    /// Backs off, from `not_before` on.
    fn wait(&mut self, context: &mut Context<'_>, operation: Operation, not_before: Instant) {
        self.effects.abandon = true;
        let not_before = not_before.max(context.now());
        let wait = self.draw_wait(context, operation);
        self.phase = Phase::Waiting {
            operation,
            not_before,
            until: not_before.after(wait),
        };
    }

    fn draw_wait(&mut self, context: &mut Context<'_>, operation: Operation) -> Duration {
        let limits = &context.config.back_off;
        let (low, high) = match context.server.schedule() {
            Some(schedule) if operation != Operation::Bootstrap => {
                schedule.range(self.failures.saturating_add(1), limits)
            }
            _ => limits.range(self.failures),
        };
        self.failures = self.failures.saturating_add(1);
        context.random.between(low, high)
    }
}

/// What the server puts off.
impl Session<'_> {
    /// The server, which is heard only while it has a registration, wants the device gone for a
    /// while (/1/x/4).
    fn disable(&mut self, context: &mut Context<'_>, on: feature::ServerObject) {
        self.intent = Intent::Disable(on);
        self.end(context);
    }

    /// Leaves the server alone for the time that it has set (/1/x/5).
    fn rest(&mut self, context: &mut Context<'_>, on: feature::ServerObject) {
        let seconds = context.server.disable_timeout();
        self.intent = Intent::None;
        self.failures = 0;
        self.forget_observed();
        let until = spread_after(context, seconds);
        self.stop(Phase::Disabled(until, on));
        context.emit(Event::Disabled);
    }
}

/// The wait before the first Register, after a bootstrap or another server's (/1/x/14), or before the
/// device asks the bootstrap server (/0/x/11).
fn initial_wait(context: &mut Context<'_>, operation: Operation, seconds: u32) -> Phase {
    let until = spread_after(context, seconds);
    Phase::Waiting {
        operation,
        not_before: until,
        until,
    }
}

/// After so many seconds, and at random within the first wait's limit behind that, so that a fleet
/// that was given the same number does not come at once.
fn spread_after(context: &mut Context<'_>, seconds: u32) -> Instant {
    let spread = context
        .random
        .between(Duration::ZERO, context.config.back_off.max);
    let now = context.now();
    now.after_millis(u64::from(seconds) * 1000).after(spread)
}

/// Which server an operation is a request to.
fn role(operation: Operation) -> Role {
    match operation {
        Operation::Bootstrap => Role::Bootstrap,
        _ => Role::Management,
    }
}
